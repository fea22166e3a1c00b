"""What each type of page of this build alone costs with 1, 10 and 100 times the shipped records.

One worker is made warm with the shipped records. Each page is then asked for in new processes that begin as that worker
is, so that the code is loaded and nothing is kept: a first view, and what the process holds after it. One more process
gives the further views of all pages, after a page for which the ledger is read.
"""

import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.bench.builds import ROOT, BenchError, Worker, progress, this_build
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
    *, factors: Sequence[int], names: Sequence[str], rounds: int, limit: float, minutes: float, is_postgres: bool
) -> Iterator[Growth]:
    """What the named page types cost at each factor, as soon as it is measured; all types where none is named.

    After so many ``minutes`` at one factor no first view is begun. Raises BenchError for a type that there is not, and
    for a page that does not answer.
    """
    shipped = shipped_rows(ROOT / "fixtures")
    loaded = 1
    with this_build(is_postgres) as build:
        progress("loading the records")
        build.load(copies(shipped, range(1)))
        pages = chosen_pages(names, shipped, build, limit, MORE)
        with build.worker(limit) as worker:
            for path in pages.values():
                if (status := worker.ask("view", path=path)["status"]) != 200:
                    raise BenchError(f"{path} answers {status}")
            for factor in sorted(set(factors)):
                if factor > loaded:
                    progress(f"loading {factor} times the records")
                    build.load(copies(shipped, range(loaded, factor)))
                    loaded = factor
                worker.ask("view", path=LEDGER_PAGES[0], forget=True)  # drops what is kept of the version before
                worker.ask("forget")
                growth = Growth(factor, pages, {page: Grown() for page in pages}, limit)
                yield _at_factor(worker, growth, rounds, minutes)


def _at_factor(worker: Worker, growth: Growth, rounds: int, minutes: float) -> Growth:
    """The further views come first: a few processes give all of them, and each first view takes one of its own."""
    until = time.monotonic() + 60 * minutes
    for number in range(rounds):
        progress(f"× {growth.factor}, {FURTHER}, {number + 1}")
        if _further_views(worker, growth, is_first=not number) > SLOW:
            break
    for page, path in growth.pages.items():
        cost = growth.costs[page]
        for _ in range(rounds):
            if time.monotonic() > until:
                break
            done = worker.ask("fresh", views=[{"path": path}])
            cost.views[FIRST] += done["views"]
            cost.memory.append(done["memory"]["now"])
            progress(f"× {growth.factor}, {FIRST}: {path}: {done['views'][0]['ms']:.0f} ms")
            if done["views"][0]["ms"] > SLOW:
                break
    return growth


def _further_views(worker: Worker, growth: Growth, *, is_first: bool) -> float:
    """Note one further view of each page; returns the ms of the view before, for which the ledger was read."""
    before = 0.0
    # Behind the list of labs all pages but it, which stands behind home.
    for anchor, asked in (
        (LEDGER_PAGES[0], [page for page, path in growth.pages.items() if path == LEDGER_PAGES[1]]),
        (LEDGER_PAGES[1], [page for page, path in growth.pages.items() if path != LEDGER_PAGES[1]]),
    ):
        if not asked:
            continue
        views = [{"path": anchor}, *({"path": growth.pages[page]} for page in asked)]
        if is_first:  # each is asked for again, for the bytes that are sent
            views += [{"path": growth.pages[page], "encoding": CODINGS} for page in asked]
        done = worker.ask("fresh", views=views)
        first, *answers = done["views"]
        before, growth.memory = first["ms"], max(growth.memory, done["memory"]["now"])
        for page, view in zip(asked, answers, strict=False):
            growth.costs[page].views[FURTHER].append(view)
            growth.costs[page].size = view["bytes"]
        for page, sent in zip(asked, answers[len(asked) :], strict=False):
            growth.costs[page].compressed = sent["bytes"]
    return before


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
    return f"### {factors} the records\n\n{table(heads, rows)}\n\nA worker that answered all of them holds {after} MB."


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
