"""What was measured, as Markdown tables that docs/performance.md takes in."""

from collections.abc import Iterable, Sequence

from tests.bench.measure import COLD, FIRST, FURTHER, Cost, Result

BUILDS = ("base", "this")


def at_factor(result: Result, limit: float) -> str:
    """What each page costs in both builds, with the ratios."""
    heads = ["page"]
    for measure in (FIRST, COLD, FURTHER):
        heads += [f"{measure}, CPU ms", "ratio"]
    heads += ["queries, first / nothing kept / further", "kB"]
    has_fresh = any(cost.fresh for costs in result.costs.values() for cost in costs.values())
    rows = []
    for page, path in result.pages.items():
        costs = [result.costs[page][name] for name in BUILDS]
        row = [f"`{path}`"]
        for measure in (FIRST, COLD, FURTHER):
            row += [_both(time_of(cost, measure, limit) for cost in costs), _ratio(*costs, measure)]
        row.append(
            _both(" / ".join(str(_last(cost, each, "queries")) for each in (FIRST, COLD, FURTHER)) for cost in costs)
        )
        row.append(_both(f"{_last(cost, FIRST, 'bytes') / 1000:.0f}" for cost in costs))
        if has_fresh:
            row.append(_both(f"{_median(cost.fresh):.0f}" for cost in costs))
        rows.append(row)
    if has_fresh:
        heads.append("first request of a worker, ms more than its second")
    return f"### {result.factor} × the records: base → this\n\n{table(heads, rows)}"


def growth(results: Sequence[Result], limit: float) -> str:
    """How cost grows with the records."""
    heads = ["page"] + [f"{name}, {measure}" for name in BUILDS for measure in (FIRST, COLD, FURTHER)]
    rows = [
        [f"`{path}`"]
        + [
            _both(time_of(result.costs[page][name], measure, limit) for result in results)
            for name in BUILDS
            for measure in (FIRST, COLD, FURTHER)
        ]
        for page, path in results[0].pages.items()
    ]
    factors = " → ".join(f"{result.factor} ×" for result in results)
    return f"### How cost grows: CPU ms at {factors}\n\n{table(heads, rows)}"


def memory(results: Sequence[Result]) -> str:
    """What a worker holds at each factor."""
    rows = [
        [f"{result.factor} ×", *(f"{result.memory[name][key]:.0f}" for name in BUILDS for key in ("now", "most"))]
        for result in results
    ]
    heads = ["records", *(f"{name}, {key}" for name in BUILDS for key in ("after all pages", "at most"))]
    return f"### Memory of a worker, MB\n\n{table(heads, rows)}"


def time_of(cost: Cost, measure: str, limit: float) -> str:
    """The median CPU time in ms, or why there is none."""
    if (ms := cost.ms(measure)) is not None:
        return f"{ms:,.0f}"
    if not cost.views[measure]:
        return "–"
    status = cost.status(measure)
    return f"over {limit:.0f} s" if status == 0 else f"answers {status}"


def _ratio(base: Cost, this: Cost, measure: str) -> str:
    before, after = base.ms(measure), this.ms(measure)
    return f"{after / before:.2f}" if before and after is not None else "–"


def _last(cost: Cost, measure: str, key: str) -> int:
    return cost.views[measure][-1][key]


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _both(cells: Iterable[str]) -> str:
    return " → ".join(cells)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are numbers."""
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
