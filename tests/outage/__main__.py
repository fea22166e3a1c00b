"""`make outage`: the table of docs/performance.md."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.report import table
from tests.outage.load import READ, WRITTEN, Load
from tests.outage.phases import Outcome, run
from tests.outage.setting import missing_programs, started


def as_table(load: Load) -> str:
    rows = [
        [phase, *(f"{counts.found[what]:,}" for what in (*READ, *WRITTEN))] for phase, counts in load.counts.items()
    ]
    return table(["phase", *READ, *WRITTEN], rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make outage")
    parser.add_argument("--seconds", type=float, default=10, help="how long each phase lasts")
    seconds = parser.parse_args().seconds
    if missing := missing_programs():
        print(f"make outage: not installed: {', '.join(missing)}", file=sys.stderr)
        return 1
    with (
        tempfile.TemporaryDirectory(prefix="evaltracker-outage-", dir="/tmp") as folder,
        started(Path(folder)) as setting,
    ):
        outcome: Outcome = run(setting, seconds, log=lambda text: print(text, file=sys.stderr, flush=True))
    print(as_table(outcome.load))
    print(f"\nReports accepted: {len(outcome.load.accepted)}; lost: {len(outcome.lost)}.", end=" ")
    print(f"Of them on the replica: {outcome.on_replica}.")
    for phase, counts in outcome.load.counts.items():
        for odd in counts.odd[:5]:
            print(f"{phase}: {odd}", file=sys.stderr)
    return 1 if outcome.lost else 0


if __name__ == "__main__":
    sys.exit(main())
