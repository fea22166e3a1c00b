"""`make bench BASE=… ARGS=--all`: the shorter benches in turn, and one table of all goals.

Each runs in a process of its own and prints its tables; the goals are read from what it printed.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.bench.builds import progress
from tests.bench.figures import Figures
from tests.bench.report import table
from tests.bench.stream import NOTHING_KEPT

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Goal:
    """What was wanted, what was measured, and whether that meets it."""

    name: str
    goal: str
    measured: str
    is_met: bool


def tables(text: str) -> Iterator[Rows]:
    """The Markdown tables in a text, each as its rows by their heads."""
    lines = [line for line in text.splitlines() if not re.fullmatch(r"[|\s:-]+", line) or not line]
    found: list[list[str]] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            found.append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif found:
            heads, *rows = found
            yield [dict(zip(heads, row, strict=False)) for row in rows]
            found = []


def number(text: str) -> float:
    """A figure as a table has it; infinite where it says why there is none, not a number where it says nothing."""
    if text.startswith(("over ", "answers ")):
        return float("inf")
    found = re.search(r"\d[\d,]*(?:\.\d+)?", text)
    return float(found[0].replace(",", "")) if found else float("nan")


def at_least(name: str, least: float, measured: float) -> Goal:
    return Goal(name, f"at least {least:g}", f"{measured:g}", measured >= least)


def at_most(name: str, most: float, measured: float, unit: str = "") -> Goal:
    return Goal(name, f"at most {most:g}{unit}", f"{measured:g}{unit}", measured <= most)


def of_kept_pages(text: str) -> Iterator[Goal]:
    """What a kept page costs beside each peer."""
    for rows in tables(text):
        for row in rows:
            peer, ours = (row[name].partition(": ")[0] for name in ("peer", "ours"))
            yield at_least(f"{ours}, times as cheap as {peer}", number(row["goal, at least"]), number(row["ratio"]))


def of_the_list(text: str) -> Iterator[Goal]:
    """A list that is not kept, beside Django's own."""
    for name, ratio in re.findall(r"(Django’s change list [\w ]+): .*?ratio ([\d.]+)", text):
        yield at_most(f"`/access/`, not kept, of the cost of {name}", 1, float(ratio))


def of_files(text: str) -> Iterator[Goal]:
    """Rows of CSV for each second of CPU; of the database's own program those of the same columns."""
    for rows in tables(text):
        for row in rows:
            name = row["file"].removeprefix("this: ")
            # On a machine that is not prepared the first of all files is made while its reader waits: no goal.
            if not name.startswith("CSV of") or "gzip" in name or name == NOTHING_KEPT:
                continue
            yield at_least(f"{name}, times the base’s rows a second", 10, number(row["× base"]))
            if "plain" in name:
                yield at_least(f"{name}, of the database’s own rows", 0.5, number(row["× the database's own"]))


def of_first_views(text: str) -> Iterator[Goal]:
    """Pages on a slow line."""
    for rows in tables(text):
        missed = [row["page"] for row in rows if row[""] != "met"]
        measured = f"{len(rows) - len(missed)} of {len(rows)}" + (f"; not {', '.join(missed)}" if missed else "")
        yield Goal("pages that meet the goals of a first view", "all", measured, not missed)


def of_growth(text: str) -> Iterator[Goal]:
    """Every page at ten times the records."""
    *_, rows = tables(text)
    for head in ("first view, CPU ms", "further view, CPU ms"):
        costs = {row["page"]: number(row[head]) for row in rows}
        known = {page: cost for page, cost in costs.items() if cost == cost}
        page = max(known, key=lambda name: known[name])
        yield at_most(
            f"{head.removesuffix(', CPU ms')} of the dearest page at ten times the records ({page})",
            1000,
            known[page],
            " ms of CPU",
        )


BENCHES: dict[str, tuple[Callable[[str], Iterator[Goal]], tuple[str, ...]]] = {
    "cached": (of_kept_pages, ("BASE",)),
    "list": (of_the_list, ()),
    "stream": (of_files, ("BASE", "--count", "100000", "--sqlite")),
    "first": (of_first_views, ()),
    "growth": (of_growth, ("--factor", "10", "--rounds", "1", "--minutes", "6")),
}


def run_all(base: str, figures: Figures, minutes: float) -> tuple[str, bool]:
    """The table of all goals, and whether each is met. A bench that fails, or takes more minutes, is one that is not.

    What a bench printed is kept among the figures, so it is not run again for the same code.
    """
    goals: list[Goal] = []
    for name, (read, arguments) in BENCHES.items():
        progress(f"== {name}")
        given = [base if each == "BASE" else each for each in arguments]
        printed = figures.get("all", name, *given)
        why = "kept from the run before"
        if printed is None:
            printed, why = run([sys.executable, "-m", "tests.bench", name, *given], minutes)
            if not why:
                figures.put(printed, "all", name, *given)
        print(f"## {name}\n\n{printed}", flush=True)
        goals += (
            list(read(printed)) if printed.strip() else [Goal(f"the bench “{name}”", "figures", f"none: {why}", False)]
        )
    return goals_table(goals), all(goal.is_met for goal in goals)


def run(command: list[str], minutes: float) -> tuple[str, str]:
    """What a bench printed, and why that is not all; "" where it is."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            printed, _ = process.communicate(timeout=60 * minutes)
        except subprocess.TimeoutExpired:
            process.terminate()  # what it began goes with it
            printed, _ = process.communicate()
            return printed, f"it was not done in {minutes:g} minutes"
    return printed, "" if printed.strip() else f"it ended with {process.returncode}"


def goals_table(goals: list[Goal]) -> str:
    """All goals, in Markdown."""
    rows = [[each.name, each.goal, each.measured, "met" if each.is_met else "not met"] for each in goals]
    return table(["what", "goal", "measured", ""], rows)
