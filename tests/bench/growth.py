"""What each type of page of this build alone costs with 1, 10 and 100 times the shipped records.

One worker is made warm with the shipped records. Each page is then asked for in new processes that begin as that worker
is, so that the code is loaded and nothing is kept: a first view, and what the process holds after it. One more process
gives the further views of all pages, after a page for which the ledger is read.
"""

import contextlib
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.bench.builds import ROOT, BenchError, Worker, progress, this_build
from tests.bench.figures import Figures
from tests.bench.generate import copies, shipped_rows
from tests.bench.measure import FIRST, FURTHER, SLOW, Cost, chosen_pages
from tests.bench.pages import LEDGER_PAGES
from tests.bench.report import table, time_of

MORE = {
    "evaluator": "/evaluators/metr/",
    "figures": "/charts/",
    "share": "/charts/share/",
    "data": "/data/",
    "search": "/search/?q=metr",
}
CODINGS = "br, gzip"
ALL_FURTHER = ""
"""In the place of a page: the further views of all."""


@dataclass
class Grown(Cost):
    """What one page costs at one factor: its views, the MB that a process holds after the first, and its sizes."""

    memory: list[float] = field(default_factory=list)
    size: int = 0
    compressed: int = 0

    def mb(self) -> float | None:
        return statistics.median(self.memory) if self.memory else None


@dataclass
class Growth:
    """What was measured at one factor; ``memory`` in MB of a process that answered every page."""

    factor: int
    pages: Mapping[str, str]
    costs: dict[str, Grown]
    limit: float
    memory: float = 0.0


def measure(
    figures: Figures,
    *,
    factors: Sequence[int],
    names: Sequence[str],
    rounds: int,
    limit: float,
    minutes: float,
    is_postgres: bool,
) -> Iterator[Growth]:
    """What the named page types cost at each factor, as soon as it is measured; all types where none is named.

    What is among the ``figures`` is not measured again, and what is measured is kept there. After so many ``minutes``
    at one factor no view is begun. Raises BenchError for a type that there is not, and for a page that does not answer.
    """
    shipped = shipped_rows(ROOT / "fixtures")
    loaded = 1
    with this_build(is_postgres) as build, contextlib.ExitStack() as stack:
        progress("loading the records")
        build.load(copies(shipped, range(1)))
        pages = chosen_pages(names, shipped, build, limit, MORE)
        worker = None
        for factor in sorted(set(factors)):
            growth = Growth(factor, pages, {page: Grown() for page in pages}, limit)
            of = ("growth", factor, limit, is_postgres, *pages)
            if any(figures.get(*of, *part) is None for part in _parts(pages, rounds, figures, of)) and minutes:
                if worker is None:
                    worker = stack.enter_context(build.worker(limit))
                    for path in pages.values():
                        if (status := worker.ask("view", path=path)["status"]) != 200:
                            raise BenchError(f"{path} answers {status}")
                if factor > loaded:
                    progress(f"loading {factor} times the records")
                    build.load(copies(shipped, range(loaded, factor)))
                    loaded = factor
                worker.ask("view", path=LEDGER_PAGES[0], forget=True)  # drops what is kept of the version before
                worker.ask("forget")
                until = time.monotonic() + 60 * minutes
                for part in _parts(pages, rounds, figures, of):
                    if figures.get(*of, *part) is None and time.monotonic() < until:
                        figures.put(_measured(worker, factor, pages, *part), *of, *part)
            for part in _parts(pages, rounds, figures, of):
                if (done := figures.get(*of, *part)) is not None:
                    _add(growth, part[0], done)
            yield growth


def _parts(pages: Mapping[str, str], rounds: int, figures: Figures, of: tuple[Any, ...]) -> Iterator[tuple[str, int]]:
    """What is measured by itself: the first view of a page, or without a page the further views of all; each as often
    as there are rounds, but what is slow only once.

    The further views come first: a few processes give all of them, and each first view takes one of its own.
    """
    for page in (ALL_FURTHER, *pages):
        for number in range(rounds):
            yield page, number
            if (done := figures.get(*of, page, number)) is not None and done["views"][0]["ms"] > SLOW:
                break


def _measured(worker: Worker, factor: int, pages: Mapping[str, str], page: str, number: int) -> dict[str, Any]:
    if page == ALL_FURTHER:
        progress(f"× {factor}, {FURTHER}, {number + 1}")
        return _further_views(worker, pages)
    done = worker.ask("fresh", views=[{"path": pages[page]}])
    progress(f"× {factor}, {FIRST}: {pages[page]}: {done['views'][0]['ms']:.0f} ms")
    return done


def _further_views(worker: Worker, pages: Mapping[str, str]) -> dict[str, Any]:
    """One further view of each page, one more for the bytes that are sent, and the view before, for which the ledger
    was read.
    """
    before: list[dict[str, Any]] = []
    further, sent = {}, {}
    memory = {"now": 0.0}
    # Behind the list of labs all pages but it, which stands behind home.
    for anchor, asked in (
        (LEDGER_PAGES[1], [page for page, path in pages.items() if path != LEDGER_PAGES[1]]),
        (LEDGER_PAGES[0], [page for page, path in pages.items() if path == LEDGER_PAGES[1]]),
    ):
        if asked:
            packed = [{"path": pages[page], "encoding": CODINGS} for page in asked]
            done = worker.ask("fresh", views=[{"path": anchor}, *({"path": pages[page]} for page in asked), *packed])
            first, *answers = done["views"]
            before.append(first)
            memory = max(memory, done["memory"], key=lambda each: each["now"])
            further |= dict(zip(asked, answers, strict=False))
            sent |= dict(zip(asked, answers[len(asked) :], strict=True))
    return {"views": before, "further": further, "sent": sent, "memory": memory}


def _add(growth: Growth, page: str, done: dict[str, Any]) -> None:
    """Note what was measured."""
    if page != ALL_FURTHER:
        growth.costs[page].views[FIRST] += done["views"]
        growth.costs[page].memory.append(done["memory"]["now"])
        return
    growth.memory = max(growth.memory, done["memory"]["now"])
    for name, cost in growth.costs.items():
        cost.views[FURTHER].append(done["further"][name])
        cost.size, cost.compressed = done["further"][name]["bytes"], done["sent"][name]["bytes"]


def left_out(found: Sequence[Growth]) -> str:
    """What there was no time for, in a sentence; "" where all was measured."""
    lacking = [
        f"at {each.factor} × {counted} first views"
        for each in found
        if (counted := sum(not cost.views[FIRST] for cost in each.costs.values()))
    ]
    return f"Not measured for want of time: {', '.join(lacking)}." if lacking else ""


def table_of(found: Sequence[Growth]) -> str:
    """The figures as a Markdown table, in each cell one for each factor; – for what was not measured."""
    heads = ["page", "first view, CPU ms", "further view, CPU ms", "queries, first / further"]
    heads += ["MB of a worker after it", "kB", "kB compressed"]
    rows = [
        [f"`{path}`", *(" → ".join(cells) for cells in zip(*(_cells(each, page) for each in found), strict=True))]
        for page, path in found[0].pages.items()
    ]
    factors = " → ".join(f"{each.factor} ×" for each in found)
    after = " → ".join(f"{each.memory:.0f}" for each in found)
    said = " ".join([f"A worker that answered all of them holds {after} MB.", *filter(None, [left_out(found)])])
    return f"### {factors} the records\n\n{table(heads, rows)}\n\n{said}"


def _cells(growth: Growth, page: str) -> list[str]:
    cost = growth.costs[page]
    return [
        *(time_of(cost, measure, growth.limit) for measure in (FIRST, FURTHER)),
        " / ".join(_queries(cost, measure) for measure in (FIRST, FURTHER)),
        "–" if (mb := cost.mb()) is None else f"{mb:.0f}",
        f"{cost.size / 1000:,.0f}",
        f"{cost.compressed / 1000:,.1f}",
    ]


def _queries(cost: Grown, measure: str) -> str:
    return str(cost.views[measure][-1]["queries"]) if cost.views[measure] else "–"
