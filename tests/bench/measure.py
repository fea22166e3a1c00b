"""What each type of page costs in both builds, A B A B in one run, at each factor of the base's shipped records."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from tests.bench.builds import BenchError, Build, Worker, progress, two_builds
from tests.bench.generate import copies, shipped_rows
from tests.bench.pages import LEDGER_PAGES, VERDICTS, page_types

FIRST, COLD, FURTHER = "first view", "nothing kept", "further view"
SLOW = 5_000  # ms; a request that takes longer is its own warm-up, and is not repeated
FRESH_ROUNDS = 3  # at most
LISTING = ("changes", "home")
GROWN_ROUNDS = 2  # at most, with more than the shipped records

View = dict[str, Any]


@dataclass
class Cost:
    """What one page costs in one build: its requests, and how many ms a fresh worker's first one takes more."""

    views: dict[str, list[View]] = field(default_factory=lambda: {FIRST: [], COLD: [], FURTHER: []})
    fresh: list[float] = field(default_factory=list)

    def ms(self, measure: str) -> float | None:
        """The median CPU time; None if a request was refused, failed or took too long."""
        views = self.views[measure]
        return statistics.median(view["ms"] for view in views) if views and self.status(measure) == 200 else None

    def status(self, measure: str) -> int:
        return next((view["status"] for view in self.views[measure] if view["status"] != 200), 200)


@dataclass
class Result:
    """What was measured at one factor; ``costs`` by page and build, ``memory`` in MB by build."""

    factor: int
    pages: Mapping[str, str]
    costs: dict[str, dict[str, Cost]]
    memory: dict[str, dict[str, float]]


def measure(
    base: str, *, factors: Sequence[int], names: Sequence[str], rounds: int, limit: float, is_postgres: bool
) -> Iterator[Result]:
    """What the named page types cost at each factor, as soon as it is measured; all types where none is named.

    Raises BenchError for a type that there is not.
    """
    pages: dict[str, str] = {}
    loaded = 0
    with two_builds(base, is_postgres) as builds:
        shipped = shipped_rows(builds[0].folder / "fixtures")
        for factor in sorted(set(factors)):
            for build in builds:
                progress(f"{build.name}: loading {factor} times the records")
                build.load(copies(shipped, range(loaded, factor)))
            loaded = factor
            pages = pages or chosen_pages(names, shipped, builds[0], limit)
            some = rounds if factor == 1 else min(rounds, GROWN_ROUNDS)
            with_fresh = factor == min(factors)
            yield _at_factor(builds, factor, pages, rounds=some, limit=limit, with_fresh=with_fresh)


def chosen_pages(
    names: Sequence[str],
    shipped: Sequence[Any],
    build: Build,
    limit: float,
    more: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """The addresses of the named page types, of all where none is named; ``more`` are types that the base has not."""
    with build.worker(limit) as worker:
        verdicts = worker.ask("view", path=VERDICTS, body=True)["body"]
    pages = page_types(shipped, verdicts) | dict(more)
    if wrong := [name for name in names if name not in pages]:
        raise BenchError(f"There is no page type {', '.join(wrong)}; there are: {', '.join(pages)}.")
    return {name: path for name, path in pages.items() if not names or name in names}


def _at_factor(
    builds: Sequence[Build], factor: int, pages: Mapping[str, str], *, rounds: int, limit: float, with_fresh: bool
) -> Result:
    costs = {page: {build.name: Cost() for build in builds} for page in pages}
    with ExitStack() as stack:
        if with_fresh:
            cold = [stack.enter_context(build.worker(limit)) for build in builds]
            for page, path in pages.items():
                progress(f"× {factor}, fresh worker: {page}")
                for _ in range(min(rounds, FRESH_ROUNDS)):
                    for worker in cold:
                        first, second = worker.ask("fresh", views=[{"path": path}] * 2)["views"]
                        costs[page][worker.name].fresh.append(first["ms"] - second["ms"])
        warm = [stack.enter_context(build.worker(limit)) for build in builds]
        for worker in warm:
            worker.ask("view", path=LEDGER_PAGES[0])
        keeps = {worker.name: worker.ask("about")["keeps"] for worker in warm}
        for page, path in pages.items():
            progress(f"× {factor}, {COLD}: {page}")
            _first_views(warm, path, costs[page], rounds, COLD)
        keeping = [worker for worker in warm if keeps[worker.name]]
        for worker in warm:
            if worker not in keeping:  # all its views are alike
                for each in costs.values():
                    each[worker.name].views |= dict.fromkeys((FIRST, FURTHER), each[worker.name].views[COLD])
        _further_views(keeping, pages, costs, rounds, factor)
        # At last, for each adds a change; those first that list changes.
        for page in sorted(pages, key=lambda name: name not in LISTING):
            progress(f"× {factor}, {FIRST}: {page}")
            _first_views(keeping, pages[page], costs[page], rounds, FIRST)
        memory = {worker.name: worker.ask("memory") for worker in warm}
    return Result(factor, pages, costs, memory)


def _first_views(workers: Sequence[Worker], path: str, costs: Mapping[str, Cost], rounds: int, measured: str) -> None:
    """The code is warm. Either nothing is kept, or the state before a change, in which the page was viewed too."""
    asking = list(workers)
    for number in range(rounds + 1):
        for worker in list(asking):
            view = worker.ask("view", path=path, **{"forget" if measured == COLD else "change": True})
            is_last = view["ms"] > SLOW or view["status"] != 200
            if number or is_last:
                costs[worker.name].views[measured].append(view)
            if is_last:
                asking.remove(worker)


def _further_views(
    workers: Sequence[Worker],
    pages: Mapping[str, str],
    costs: Mapping[str, Mapping[str, Cost]],
    rounds: int,
    factor: int,
) -> None:
    """Other addresses were asked for, so the ledger is kept; this one was not."""
    if not workers:
        return
    progress(f"× {factor}, {FURTHER}")
    for _ in range(rounds):
        for anchor in LEDGER_PAGES:
            # Behind home all pages but home, which stands behind the other one.
            asked = {
                page: path for page, path in pages.items() if (path == LEDGER_PAGES[0]) != (anchor == LEDGER_PAGES[0])
            }
            if asked:
                for worker in workers:
                    worker.ask("view", path=anchor, forget=True)
            for page, path in asked.items():
                for worker in workers:
                    costs[page][worker.name].views[FURTHER].append(worker.ask("view", path=path))
