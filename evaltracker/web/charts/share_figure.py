"""The figure of the share of evaluated frontier releases: a point for each half-year, from 0 to 100 per cent.

Points are joined only where both half-years are whole and had enough releases; the others are hollow.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import groupby
from typing import Any
from xml.etree import ElementTree as ET

from commitments.queries import ledger
from evaltracker.web.charts import drawing
from evaltracker.web.charts.drawing import ACCENT, GROUND, INK, MUTED, NARROW, RULE, SOFT, WIDE, number
from evaltracker.web.charts.kinds import Asked, FigureKind, Picture
from evaltracker.web.charts.share import (
    ALONE,
    BAND,
    FIRST_CHECK,
    LINE,
    QUESTION,
    HalfYear,
    finding,
    half_years,
    releases_of,
    share_data,
)
from evaltracker.web.tables import FIGURES, figure_field
from labs.rules.dates import day_label
from labs.rules.ranges import CRITERION_PLACES, printed
from labs.rules.words import counted
from labs.web.columns import (
    AS_OF,
    NONE,
    Column,
    Field,
    FieldType,
    edtf_field_group,
    path_reader,
    yes_no_field,
)

_RADIUS = 6
_TICKS = (0, 25, 50, 75, 100)
_SPAN = "var(--bar-span)"
_Point = tuple[float, float]
_Place = Callable[[int, Fraction], _Point]


def title(half: HalfYear) -> str:
    """A point in a line: “Jul–Dec 2025: 12 of 25, up to 15 (48–60%)”."""
    return f"{half.label}: {half.count_label} ({half.share_label})"


def share_picture(asked: Asked) -> Picture:
    """The half-years of the window, each with its share and its counts."""
    found = ledger(asked.day)
    halves = half_years(found, asked.window)
    return Picture(
        question=QUESTION,
        finding=finding(halves, found.access.window_words(asked.window)),
        draw=lambda: share_wide(halves, asked.day),
        draw_narrow=lambda: share_narrow(halves, asked.day),
        rows=tuple(ShareRow(half, asked.day) for half in halves),
        note=(
            "Each point is a half-year of release and leads to its releases; its counts are the releases confirmed as "
            "tested before release, of all. Confirmed: the lab, an evaluator or a government body that took part says "
            "so. The band reaches up to what the share would be if the reported and undated ones counted too. A share "
            "stands for few releases: read it with its counts."
        ),
    )


def share_plot(asked: Asked) -> Mapping[str, Any]:
    """The same as a plotly figure."""
    return share_data(ledger(asked.day), asked.window)


def share_wide(halves: Sequence[HalfYear], day: dt.date) -> ET.Element:
    """Time from left to right."""
    head, top = _head(halves, WIDE)
    left, bottom = 48, top + 250
    step = (WIDE - left - 4) / max(len(halves), 1)
    body = ET.Element("g")
    for tick in _TICKS:
        y = bottom - (bottom - top) * tick / 100
        drawing.line(body, left, y, WIDE, y, colour=INK if tick == 0 else RULE)
        drawing.text(body, left - 8, y + 4, f"{tick}%", anchor="end")
    if (at := _place_of_check(halves, day)) is not None:
        x = left + step * at
        drawing.line(body, x, top - 8, x, bottom, colour=INK, dash="4 3")
        drawing.text(body, x + 5, top - 2, f"{day_label(FIRST_CHECK)}: the first check", colour=INK)
    _draw(body, halves, lambda at, share: (left + step * (at + 0.5), bottom - (bottom - top) * float(share)))
    for at, half in enumerate(halves):
        middle = left + step * (at + 0.5)
        drawing.text(body, middle, bottom + 18, half.months, anchor="middle")
        drawing.text(body, middle, bottom + 34, f"{half.start.year} {half.part_words}".rstrip(), anchor="middle")
        first, _, second = half.count_label.partition(", ")
        is_bold = half.share is not None
        drawing.text(body, middle, bottom + 52, first, anchor="middle", colour=INK, is_bold=is_bold)
        drawing.text(body, middle, bottom + 68, second, anchor="middle")
    root = drawing.picture(WIDE, bottom + 76)
    root.extend((head, body))
    return root


def share_narrow(halves: Sequence[HalfYear], day: dt.date) -> ET.Element:
    """Time from top to bottom."""
    check = [(f"{day_label(FIRST_CHECK)}: the first check", _check_sample)] * (_place_of_check(halves, day) is not None)
    head, top = _head(halves, NARROW, check)
    left, right, step = 92, 252, 44
    bottom = top + step * max(len(halves), 1)
    body = ET.Element("g")
    for tick in (0, 50, 100):
        x = left + (right - left) * tick / 100
        drawing.line(body, x, top, x, bottom, colour=INK if tick == 0 else RULE)
        drawing.text(body, x, bottom + 17, f"{tick}%", anchor="middle")
    if (at := _place_of_check(halves, day)) is not None:
        y = top + step * at
        drawing.line(body, 0, y, right, y, colour=INK, dash="4 3")
    _draw(body, halves, lambda at, share: (left + (right - left) * float(share), top + step * (at + 0.5)))
    for at, half in enumerate(halves):
        y = top + step * (at + 0.5)
        drawing.text(body, 0, y - 2, half.months)
        drawing.text(body, 0, y + 14, f"{half.start.year} {half.part_words}".rstrip())
        first, _, second = half.count_label.partition(", ")
        drawing.text(body, right + 14, y - 2, first, colour=INK, is_bold=half.share is not None)
        drawing.text(body, right + 14, y + 14, second)
    root = drawing.picture(NARROW, bottom + 24)
    root.extend((head, body))
    return root


def _head(
    halves: Sequence[HalfYear], width: float, others: Sequence[tuple[str, drawing.Sample]] = ()
) -> tuple[ET.Element, float]:
    """What the marks mean, and of how many releases they are; and where that ends."""
    head = ET.Element("g")
    samples = [(LINE, partial(_sample, is_firm=True)), (BAND, _band_sample), (ALONE, partial(_sample, is_firm=False))]
    y = drawing.legend(head, [*samples, *others], 0, 2, width) + 18
    releases = sum(half.counts.releases for half in halves)
    words = f"n = {counted(releases, 'frontier release')}" if halves else "No frontier release by this day"
    drawing.text(head, 0, y, words, colour=INK, is_bold=True)
    return head, y + 28


def _draw(parent: ET.Element, halves: Sequence[HalfYear], place: _Place) -> None:
    """The band and the lines of each run, then a mark for each half-year with a release."""
    for run in runs(halves):
        low = [place(at, half.share.low) for at, half in run if half.share]
        high = [place(at, half.share.high) for at, half in run if half.share]
        drawing.path(parent, f"{_line(low)}L{_line(high[::-1])[1:]}Z", fill=_SPAN, opacity="0.45")
        drawing.path(parent, _line(high), fill="none", stroke=ACCENT, stroke_width="1.5", stroke_dasharray="2 3")
        drawing.path(parent, _line(low), fill="none", stroke=ACCENT, stroke_width="2.5")
    for at, half in enumerate(halves):
        if half.share is None:
            continue
        low, high = place(at, half.share.low), place(at, half.share.high)
        link = drawing.linked(parent, releases_of(half), title(half))
        drawing.target(link, min(low[0], high[0]) - 12, min(low[1], high[1]) - 12, *_size(low, high))
        if low != high:
            drawing.line(link, *low, *high, colour=MUTED, dash="2 3", width=1.5)
            drawing.circle(link, *high, 4, fill=GROUND, stroke=ACCENT if half.is_firm else SOFT, stroke_width="1.5")
        _dot(link, *low, is_firm=half.is_firm)


def runs(halves: Sequence[HalfYear]) -> list[list[tuple[int, HalfYear]]]:
    """The half-years that are joined: two or more beside each other whose shares may be."""
    groups = groupby(enumerate(halves), key=lambda pair: pair[1].is_firm and pair[1].share is not None)
    found = [list(group) for is_joined, group in groups if is_joined]
    return [run for run in found if len(run) > 1]


def _place_of_check(halves: Sequence[HalfYear], day: dt.date) -> float | None:
    """Where the day of the first check lies, in half-years from the start; None where it does not, or had not come."""
    if day < FIRST_CHECK:
        return None
    for at, half in enumerate(halves):
        if half.start <= FIRST_CHECK <= half.end:
            return at + float(Fraction((FIRST_CHECK - half.start).days, (half.end - half.start).days + 1))
    return None


def _line(points: Sequence[_Point]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def _size(low: _Point, high: _Point) -> tuple[float, float]:
    return abs(low[0] - high[0]) + 24, abs(low[1] - high[1]) + 24


def _dot(parent: ET.Element, x: float, y: float, *, is_firm: bool) -> None:
    """Full where the share may be joined to others, else hollow."""
    fill, stroke = (ACCENT, GROUND) if is_firm else (GROUND, SOFT)
    drawing.circle(parent, x, y, _RADIUS, fill=fill, stroke=stroke, stroke_width="1" if is_firm else "2")


def _sample(parent: ET.Element, x: float, y: float, *, is_firm: bool) -> None:
    if is_firm:
        drawing.line(parent, x, y + 8, x + 16, y + 8, colour=ACCENT, width=2.5)
    _dot(parent, x + 8, y + 8, is_firm=is_firm)


def _check_sample(parent: ET.Element, x: float, y: float) -> None:
    drawing.line(parent, x, y + 8, x + 16, y + 8, colour=INK, dash="4 3")


def _band_sample(parent: ET.Element, x: float, y: float) -> None:
    drawing.rect(parent, x, y + 2, 16, 12, fill=_SPAN, opacity="0.45")
    drawing.line(parent, x, y + 2, x + 16, y + 2, colour=ACCENT, dash="2 3", width=1.5)


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A half-year as known on a day."""

    half: HalfYear
    day: dt.date


def _share(end: str) -> Callable[[ShareRow], str | None]:
    def value(row: ShareRow) -> str | None:
        return None if row.half.share is None else printed(getattr(row.half.share, end), CRITERION_PLACES)

    return value


_COUNTS = (
    ("releases", "Frontier releases"),
    ("evaluated_low", "Confirmed as tested before release"),
    ("evaluated_high", "With reported and undated ones"),
    ("deeper_yes", ""),
    ("deeper_no", ""),
    ("deeper_unknown", ""),
)


def _count(name: str, header: str) -> Column:
    read = path_reader("half", "counts", name)
    return Column(
        name=name,
        explanation=FIGURES[name],
        fields=(figure_field(name, "half", "counts", name),),
        cell=read if header else None,
        header=header,
        style="num" if header else "",
    )


def _one(name: str, *fields: Field, cell: Callable[[ShareRow], str] | None = None) -> Column:
    return Column(name=name, explanation=fields[0].description, fields=fields, cell=cell)


COLUMNS: tuple[Column, ...] = (
    Column(
        name="half_year",
        explanation="The half-year in which the releases came out.",
        fields=edtf_field_group(
            "half_year",
            "The half-year in which the releases came out: 2024-40 is the first half of 2024.",
            lambda row: row.half.edtf,
            lambda row: row.half.start,
            lambda row: row.half.end,
        ),
        cell=lambda row: row.half.label,
    ),
    _one(
        "is_running",
        yes_no_field(
            "is_running",
            "Whether the half-year had not ended on the day to which the records are complete.",
            lambda row: row.half.is_running,
        ),
    ),
    *(_count(name, header) for name, header in _COUNTS),
    _one(
        "share",
        Field(
            "share_low",
            _share("low"),
            "The share of the releases that outsiders surely evaluated before deployment, from 0 to 1.",
            FieldType.NUMBER,
        ),
        Field(
            "share_high",
            _share("high"),
            "The share of the releases that outsiders surely or possibly evaluated before deployment, from 0 to 1.",
            FieldType.NUMBER,
        ),
        cell=lambda row: row.half.share_label or "no release, so no share",
    ),
    Column(
        name="deeper",
        explanation="Whether access was deeper than users get, of the releases with a confirmed evaluation.",
        cell=lambda row: row.half.deeper_label or NONE,
        header="Deeper access than users get",
        style="wide",
    ),
    AS_OF,
)

SHARE = FigureKind(
    "share", "Share of frontier releases evaluated, by half-year", COLUMNS, share_picture, "half-years", plot=share_plot
)
