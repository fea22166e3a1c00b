"""`make outage`: the table of docs/performance.md."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.report import table
from tests.outage.load import READ, WRITTEN, Load
from tests.outage.phases import PHASES, Outcome, run
from tests.outage.setting import missing_programs, started


def as_table(load: Load) -> str:
    rows = [
        [phase, *(f"{counts.found[what]:,}" for what in (*READ, *WRITTEN))] for phase, counts in load.counts.items()
    ]
    return table(["phase", *READ, *WRITTEN], rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make outage")
    parser.add_argument("--seconds", type=float, default=10, help="how long each phase lasts")
    parser.add_argument(
        "--as-deployed", action="store_true", help="with the site's own minute: at least two minutes for each edit"
    )
    parser.add_argument("--phases", help="some, with commas, as the table names them; else all")
    arguments = parser.parse_args()
    wanted = [each.strip() for each in arguments.phases.split(",")] if arguments.phases else list(PHASES)
    if unknown := [each for each in wanted if each not in PHASES]:
        parser.error(f"no such phase: {', '.join(unknown)}. There are: {', '.join(PHASES)}")
    if missing := missing_programs():
        print(f"make outage: not installed: {', '.join(missing)}", file=sys.stderr)
        return 1
    with (
        tempfile.TemporaryDirectory(prefix="evaltracker-outage-", dir="/tmp") as folder,
        started(Path(folder), as_deployed=arguments.as_deployed) as setting,
    ):
        outcome: Outcome = run(
            setting,
            arguments.seconds,
            {each: PHASES[each] for each in wanted},
            log=lambda text: print(text, file=sys.stderr, flush=True),
        )
    print(as_table(outcome.load))
    print(f"\nReports accepted: {len(outcome.load.accepted)}; lost: {len(outcome.lost)}.", end=" ")
    print(f"Of them on the replica: {outcome.on_replica}. Edits accepted: {outcome.edits}.")
    for problem in outcome.problems:
        print(f"Not as it has to be: {problem}")
    for phase, counts in outcome.load.counts.items():
        for odd in (*counts.odd[:5], *counts.missed[:5]):
            print(f"{phase}: {odd}", file=sys.stderr)
    return 1 if outcome.lost or outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
