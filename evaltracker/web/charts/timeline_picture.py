"""The picture of the timeline: marks on lanes, as plain figure data in plotly's terms."""

import datetime as dt
import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from evaltracker.web.charts.timeline import MarkKind, Timeline, TimelineEvent, TimelineRelease
from labs.rules.dates import Span
from labs.rules.facts import ReleaseFact

NAMES_EACH_MARK = 1
"""Up to this many labs, each release has its own row, and each mark has its evaluators' names beside it."""

_LOOK = {  # symbol, series of the style sheet
    MarkKind.RELEASE: ("square", "ink"),
    MarkKind.OTHER_RELEASE: ("square-open", "ink"),
    MarkKind.STRICT: ("circle", "1"),
    MarkKind.LENIENT: ("circle-open", "1"),
    MarkKind.NOT_COUNTED: ("circle-cross-open", "soft"),
    MarkKind.RED_TEAMING: ("triangle-up-open", "2"),
    MarkKind.SAFEGUARDS: ("diamond-open", "3"),
    MarkKind.OTHER: ("triangle-down-open", "4"),
    MarkKind.DENIED: ("x-thin-open", "ink"),
}


def timeline_data(timeline: Timeline) -> dict[str, Any]:
    """The picture as a plotly figure: a trace for each kind of mark, days across, a lane for each lab or release.

    Marks that would cover each other are stacked; the height of a mark has no other meaning. ``customdata`` of a mark
    is [release, event, from, to], as keys and days. A bar begins with the mark and runs to the end, or over the days
    that the source leaves open.
    """
    names_marks = len(timeline.labs) <= NAMES_EACH_MARK
    lanes = list(_release_lanes(timeline) if names_marks else _lab_lanes(timeline))
    height = sum(lane.height for lane in lanes)
    placed: list[_Spot] = []
    ticks: list[tuple[float, str]] = []
    rules: list[float] = []
    top = height
    for lane in lanes:
        top -= lane.height
        rules.append(top)
        lines = lane.label.count("<br>") + 1
        ticks.append((top + lane.height - (0.75 if lines == 1 else lines * 0.8), lane.label))
        placed += [_Spot(mark, top + 0.75 + level) for mark, level in lane.marks]
    start, end = _range(placed, timeline.day)
    layout = _layout(ticks, rules, height, start, end, wide_labels=names_marks)
    if not placed:
        text = "Nothing to draw by this day"
        layout["annotations"].append(
            {"text": text, "showarrow": False, "xanchor": "center", "yanchor": "middle", "x": 0.5, "y": 0.5}
            | {"xref": "paper", "yref": "paper"}
        )
    return {"data": list(_traces(placed, start, end, names_marks)), "layout": layout}


@dataclass(frozen=True)
class _Mark:
    kind: MarkKind
    span: Span
    hover: str
    text: str
    release: str | None
    event: str | None

    @property
    def start(self) -> dt.date:
        assert self.span.earliest is not None, "a mark has its days"
        return self.span.earliest

    @property
    def end(self) -> dt.date:
        assert self.span.latest is not None, "a mark has its days"
        return self.span.latest


@dataclass(frozen=True)
class _Spot:
    """A mark with its height in the picture."""

    mark: _Mark
    y: float


@dataclass(frozen=True)
class _Lane:
    """A row of the picture: its label, and its marks with their levels from the bottom."""

    label: str
    marks: list[tuple[_Mark, int]]
    least: int

    @property
    def height(self) -> float:
        return max([level + 1 for _, level in self.marks] + [self.least]) + 0.5


def _marks(entry: TimelineRelease) -> list[_Mark]:
    """The release and its events at the release, then the events that have a start of their own."""
    marks = []
    if entry.drawn is not None:
        marks.append(_Mark(entry.kind, entry.drawn, entry.label, "", entry.release.key, None))
    for event in sorted(entry.events, key=lambda each: (list(MarkKind).index(each.kind), each.who)):
        if event.drawn is not None:
            marks.append(_event_mark(event, entry.release))
    return marks


def _event_mark(event: TimelineEvent, release: ReleaseFact | None) -> _Mark:
    hover = f"{release.name}. {event.label}" if release else event.label
    return _Mark(event.kind, event.drawn or Span(), hover, event.who, release.key if release else None, event.key)


def _lab_lanes(timeline: Timeline) -> Iterator[_Lane]:
    spacing = _days_per_mark(timeline)
    for key, name in timeline.labs:
        entries = [each for each in reversed(timeline.releases) if each.release.lab == key]
        columns = [column for entry in entries for column in _columns(_marks(entry))]
        columns += [[_event_mark(event, None)] for event in timeline.unassigned if _is_drawn(event, key)]
        tally = timeline.counts[key]
        label = f"<b>{html.escape(name, quote=False)}</b><br>{tally.evaluated_low} of {tally.releases}"
        if tally.evaluated_high > tally.evaluated_low:
            label += f" ({tally.evaluated_high})"
        yield _Lane(label, _stacked(columns, spacing), least=3)


def _release_lanes(timeline: Timeline) -> Iterator[_Lane]:
    """One lane for each release, its events one below the other; then one for events whose release no source names."""
    for entry in timeline.releases:
        marks = _marks(entry)
        if marks:
            name = entry.release.name
            short = name if len(name) <= 25 else f"{name[:24]}…"
            last = len(marks) - 1
            yield _Lane(html.escape(short, quote=False), [(mark, last - at) for at, mark in enumerate(marks)], least=1)
    loose = [_event_mark(event, None) for event in timeline.unassigned if event.drawn is not None]
    if loose:
        yield _Lane("no single release", [(mark, level) for level, mark in enumerate(loose)], least=1)


def _is_drawn(event: TimelineEvent, lab: str) -> bool:
    return event.drawn is not None and event.weighed.event.lab == lab


def _columns(marks: Sequence[_Mark]) -> Iterator[list[_Mark]]:
    """Marks on the same days as the release are stacked in one column; each other mark has its own."""
    if not marks:
        return
    first = marks[0]
    yield [mark for mark in marks if mark.span == first.span]
    yield from ([mark] for mark in marks if mark.span != first.span)


def _stacked(columns: Iterable[list[_Mark]], spacing: dt.timedelta) -> list[tuple[_Mark, int]]:
    """Each column on the lowest levels where it covers no other."""
    taken: list[tuple[dt.date, dt.date, int]] = []
    placed: list[tuple[_Mark, int]] = []
    for column in columns:
        start = min(mark.start for mark in column) - spacing
        end = max(mark.end for mark in column) + spacing
        full = {level for a, b, level in taken if a < end and start < b}
        base = 0
        while any(base + step in full for step in range(len(column))):
            base += 1
        for step, mark in enumerate(column):
            placed.append((mark, base + step))
            taken.append((mark.start, mark.end, base + step))
    return placed


_PLOT_WIDTH = 570  # about; in the units of the picture (evaltracker.web.charts.svg)
_MARK_WIDTH = 11
_CHARACTER_WIDTH = 6.4
_LEVEL_HEIGHT = {True: 15, False: 11}


def _days_per_mark(timeline: Timeline) -> dt.timedelta:
    days = [each.drawn.earliest for each in (*timeline.releases, *timeline.events) if each.drawn is not None]
    reach = (timeline.day - min(days)).days if days else 0  # type: ignore[type-var]
    return dt.timedelta(days=max(reach, 60) * _MARK_WIDTH / _PLOT_WIDTH)


def _range(placed: Sequence[_Spot], day: dt.date) -> tuple[dt.date, dt.date]:
    """From a little before the first mark to a little after the last day."""
    start = min((each.mark.start for each in placed), default=day - dt.timedelta(days=365))
    end = max([each.mark.end for each in placed] + [day])
    margin = dt.timedelta(days=max((end - start).days // 50, 4))
    return start - margin, end + margin


def _traces(placed: Sequence[_Spot], start: dt.date, end: dt.date, names_marks: bool) -> Iterator[dict[str, Any]]:
    for kind in MarkKind:
        here = [spot for spot in placed if spot.mark.kind is kind]
        if not here:
            continue
        symbol, series = _LOOK[kind]
        bars = [spot for spot in here if spot.mark.end > spot.mark.start]
        if bars:
            yield {
                "type": "scatter",
                "mode": "lines",
                "name": f"{kind.label}, days",
                "showlegend": False,
                "hoverinfo": "skip",
                "x": [day for spot in bars for day in (spot.mark.start.isoformat(), spot.mark.end.isoformat(), None)],
                "y": [y for spot in bars for y in (spot.y, spot.y, None)],
                "line": {"width": 2},
                "meta": {"series": series},
            }
        yield {
            "type": "scatter",
            "mode": "markers",
            "name": kind.label,
            "x": [spot.mark.start.isoformat() for spot in here],
            "y": [spot.y for spot in here],
            "marker": {"symbol": symbol, "size": 9},
            "hovertext": [html.escape(spot.mark.hover, quote=False) for spot in here],
            "hoverinfo": "text",
            "customdata": [
                [
                    spot.mark.release,
                    spot.mark.event,
                    spot.mark.start.isoformat(),
                    spot.mark.end.isoformat(),
                ]
                for spot in here
            ],
            "meta": {"series": series},
        }
    if names_marks:
        yield from _names([spot for spot in placed if spot.mark.text], start, end)


def _names(placed: Sequence[_Spot], start: dt.date, end: dt.date) -> Iterator[dict[str, Any]]:
    """Who it was, beside the mark: on its right in the left half of the picture, on its left in the right half."""
    if not placed:
        return
    days_per_character = (end - start).days * _CHARACTER_WIDTH / _PLOT_WIDTH
    x, text, side = [], [], []
    for spot in placed:
        before = int((spot.mark.start - start).days / days_per_character) - 2
        after = int((end - spot.mark.end).days / days_per_character) - 2
        length = len(spot.mark.text)
        is_right = after >= before
        room = after if is_right else before
        shown = spot.mark.text if length <= room else f"{spot.mark.text[: max(room - 1, 1)]}…"
        x.append((spot.mark.end if is_right else spot.mark.start).isoformat())
        text.append(html.escape(shown, quote=False))
        side.append("middle right" if is_right else "middle left")
    yield {
        "type": "scatter",
        "mode": "text",
        "name": "who",
        "showlegend": False,
        "hoverinfo": "skip",
        "x": x,
        "y": [spot.y for spot in placed],
        "text": text,
        "textposition": side,
        "meta": {"series": "soft"},
    }


def _layout(
    ticks: Sequence[tuple[float, str]],
    rules: Sequence[float],
    height: float,
    start: dt.date,
    end: dt.date,
    *,
    wide_labels: bool,
) -> dict[str, Any]:
    months = list(_month_ticks(start, end))
    return {
        "height": round(height * _LEVEL_HEIGHT[wide_labels]) + 44,
        "margin": {"l": 178 if wide_labels else 124, "r": 12, "t": 8, "b": 36},
        "xaxis": {
            "type": "date",
            "range": [start.isoformat(), end.isoformat()],
            "tickvals": [day.isoformat() for day, _ in months],
            "ticktext": [text for _, text in months],
            "showgrid": True,
        },
        "yaxis": {
            "range": [0, height or 1],
            "tickvals": [at for at, _ in ticks],
            "ticktext": [text for _, text in ticks],
            "showgrid": False,
        },
        "shapes": [
            {"type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": at, "y1": at, "name": "grid"}
            for at, _ in pairwise([*rules, 0.0])
        ],
        "annotations": [],
    }


def _month_ticks(start: dt.date, end: dt.date) -> Iterator[tuple[dt.date, str]]:
    """Months, at a step that fits the range. January and the first tick also show the year."""
    months = (end.year - start.year) * 12 + end.month - start.month
    step = next(step for step, most in ((1, 8), (3, 20), (6, 50), (12, 10**6)) if months <= most)
    is_first = True
    for number in range(start.year * 12 + start.month - 1, end.year * 12 + end.month):
        day = dt.date(number // 12, number % 12 + 1, 1)
        if (day.month - 1) % step or day < start:
            continue
        if day.month == 1:
            yield day, f"<b>{day.year}</b>"
        else:
            yield day, f"{day:%b %Y}" if is_first else f"{day:%b}"
        is_first = False
