"""What growth.py measured, drawn: a row for each type of page; CPU time, memory and bytes over the number of records.

All scales are logarithmic, and each column has one scale, so that rows compare. The file follows the reader's scheme.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree as ET

from tests.bench.growth import Grown, Growth
from tests.bench.measure import FIRST, FURTHER

STYLE = """
text { font: 12px "Source Sans Pro", system-ui, sans-serif; fill: #4b525a; }
.name, .head { fill: #15191e; } .head { font-weight: 600; }
.ground { fill: #fdfdfb; } .cell { fill: none; stroke: #d6d9d2; } .tick { stroke: #d6d9d2; stroke-dasharray: 2 3; }
.one { fill: none; stroke: #12455c; stroke-width: 2; }
.two { fill: none; stroke: #b4551e; stroke-width: 2; stroke-dasharray: 5 3; }
.at.one { fill: #12455c; stroke: none; } .at.two { fill: #b4551e; stroke: none; }
@media (prefers-color-scheme: dark) {
  text { fill: #a9b2ba; } .name, .head { fill: #e7eaec; }
  .ground { fill: #12161a; } .cell, .tick { stroke: #333c44; }
  .one { stroke: #8cc4de; } .two { stroke: #f0a06a; } .at.one { fill: #8cc4de; } .at.two { fill: #f0a06a; }
}
"""
NAMES, CELL, GAP, HIGH, ROW, TOP, MARGIN = 200, 178, 12, 52, 60, 62, 12
EDGE = 6
"""Between the edge of a cell and what is drawn in it."""
Value = Callable[[Grown], float | None]


@dataclass(frozen=True)
class Column:
    """One cell of each row: what the line shows, and what the broken line shows."""

    head: str
    legend: tuple[str, str]
    lines: tuple[Value, ...]

    def values(self, cost: Grown) -> list[float | None]:
        return [value(cost) for value in self.lines]


COLUMNS = (
    Column("CPU, ms", (FIRST, FURTHER), (lambda cost: cost.ms(FIRST), lambda cost: cost.ms(FURTHER))),
    Column("memory of a worker, MB", ("after a first view", ""), (Grown.mb,)),
    Column("bytes, kB", ("as made", "compressed"), (lambda cost: cost.size / 1e3, lambda cost: cost.compressed / 1e3)),
)


def drawn(found: Sequence[Growth]) -> str:
    """The picture as an SVG document; pages that were given up at a factor have no point there."""
    pages = found[0].pages
    width = 2 * MARGIN + NAMES + len(COLUMNS) * (CELL + GAP) - GAP
    height = TOP + len(pages) * ROW + 28
    size = {"width": str(width), "height": str(height), "viewBox": f"0 0 {width} {height}"}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"} | size)
    times = ", ".join(str(each.factor) for each in found)
    ET.SubElement(root, "title").text = f"CPU time, memory and bytes of each type of page at {times} times the records"
    ET.SubElement(root, "style").text = STYLE
    _add(root, "rect", "ground", width=width, height=height)
    for line, words in enumerate(("each type of page", f"figures: at {found[-1].factor} × the records")):
        _text(root, MARGIN, MARGIN + 12 + 20 * line, words, "" if line else "head")
    for number, column in enumerate(COLUMNS):
        _draw_column(root, found, column, MARGIN + NAMES + number * (CELL + GAP))
    for row, path in enumerate(pages.values()):
        for place, words in enumerate(_in_lines(path)):
            _text(root, MARGIN, TOP + row * ROW + 22 + 15 * place, words, "name")
    return ET.tostring(root, encoding="unicode") + "\n"


def _draw_column(root: ET.Element, found: Sequence[Growth], column: Column, left: float) -> None:
    every = [
        value for each in found for cost in each.costs.values() for value in column.values(cost) if value is not None
    ]
    low, high = math.log10(min(every)), math.log10(max(every))
    ticks = range(math.ceil(low), math.floor(high) + 1)
    last = math.log10(found[-1].factor) or 1.0

    def x_of(factor: int) -> float:
        return left + EDGE + math.log10(factor) / last * (CELL - 2 * EDGE - 52)

    _text(root, left, MARGIN + 12, column.head, "head")
    x = left
    for kind, words in zip(("one", "two"), column.legend, strict=True):
        if words:
            _add(root, "path", kind, d=f"M{x:.0f} {MARGIN + 28}h18")
            _text(root, x + 22, MARGIN + 32, words)
            x += max(82, 30 + 5.6 * len(words))
    for row, page in enumerate(found[0].pages):
        top = TOP + row * ROW

        def y_of(value: float, top: float = top) -> float:
            return top + HIGH - EDGE - (math.log10(value) - low) / ((high - low) or 1.0) * (HIGH - 2 * EDGE)

        for tick in ticks:
            _add(root, "path", "tick", d=f"M{left} {y_of(10**tick):.1f}h{CELL}")
        _add(root, "rect", "cell", x=left, y=top, width=CELL, height=HIGH)
        said = []
        for kind, value in zip(("one", "two"), column.lines, strict=False):
            points = [
                (x_of(each.factor), y_of(number), number)
                for each in found
                if (number := value(each.costs[page])) is not None
            ]
            for (x1, y1, _), (x2, y2, _) in pairwise(points):
                _add(root, "path", kind, d=f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")
            for x, y, _ in points:
                _add(root, "circle", f"at {kind}", cx=f"{x:.1f}", cy=f"{y:.1f}", r=2.5)
            if value(found[-1].costs[page]) is not None:
                said.append((points[-1][1], _short(points[-1][2])))
        said.sort()
        above = top
        for y, words in said:  # two figures do not stand on each other
            above = min(max(y + 4, above + 12), top + HIGH - 3)
            _text(root, left + CELL - 4, above, words, "name", anchor="end")
    bottom = TOP + len(found[0].pages) * ROW + 8
    for each in found:
        anchor = "start" if each.factor == found[0].factor else "middle"
        _text(root, x_of(each.factor) - (EDGE if anchor == "start" else 0), bottom, f"{each.factor} ×", anchor=anchor)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _in_lines(path: str) -> list[str]:
    """An address in two lines where it is too long for one."""
    if len(path) <= 28:
        return [path]
    cut = max(path.rfind(mark, 0, 28) for mark in "/?&-") + 1
    return [path[:cut], path[cut:]]


def _add(parent: ET.Element, name: str, kind: str, **given: float | str) -> ET.Element:
    return ET.SubElement(parent, name, {"class": kind} | {key: str(value) for key, value in given.items()})


def _text(parent: ET.Element, x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> None:
    given = {"x": f"{x:.1f}", "y": f"{y:.1f}"} | ({"class": kind} if kind else {})
    ET.SubElement(parent, "text", given | ({"text-anchor": anchor} if anchor != "start" else {})).text = words
