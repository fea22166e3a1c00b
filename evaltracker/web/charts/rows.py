"""One row per release: day 0 is the release; who tested it stands left of it and right of it, by name."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from xml.etree import ElementTree as ET

from commitments.rules.scorecards import Counts
from evaltracker.web.chart_tables import TIMELINE_COLUMNS, timeline_rows
from evaltracker.web.charts import drawing
from evaltracker.web.charts.drawing import GOOD, GROUND, HALF, INK, MUTED, NARROW, SOFT, WIDE, number
from evaltracker.web.charts.kinds import Asked, FigureKind, Part, Picture
from evaltracker.web.charts.timeline import (
    MarkKind,
    Side,
    Timeline,
    TimelineEvent,
    TimelineRelease,
    days_of,
    side_of,
    timeline_of,
    timeline_of_all,
)
from labs.models.addresses import page_path
from labs.rules.access import ReleaseStanding
from labs.rules.dates import day_label
from labs.rules.words import counted, listed

MOST_DRAWN = 300
"""So many releases are drawn, the newest; the files of the rows have all."""
UNDATED, UNASSIGNED = "undated", "none"
"""The parts beside the years: releases without a day, and events that are tied to no single release."""
_LINE = 18
_TICKS = (-90, -60, -30, 30)
"""The days beside the release that have a line of their own."""
_MARK = 10
_GAP = 12
_LEAST_ROOM = 80
"""Where a name has less room than so beside its bar it goes to the other side."""


@dataclass(frozen=True, slots=True)
class _Space:
    """Where things stand: names of releases up to ``label``, day 0 at ``zero``, ``days`` before it at ``left``."""

    width: float
    label: float
    left: float
    zero: float
    days: int

    def at(self, days: int) -> float:
        """The place of a day, counted from the release; what is beyond the picture stands at its edge."""
        place = self.zero + days * (self.zero - self.left) / self.days
        return min(max(place, self.left), self.width - 2)


_SPACES = {WIDE: _Space(WIDE, 176, 184, 560, 120), NARROW: _Space(NARROW, 0, 0, 222, 120)}


def rows_picture(asked: Asked) -> Picture:
    """Releases with their tests, newest first, by year and by lab (methodology, sections 3 and 4)."""
    keys = asked.abouts
    timeline = timeline_of(asked.day, *keys) if keys else timeline_of_all(asked.day)
    shown = timeline.newest(MOST_DRAWN)
    years = [(year, list(each)) for year, each in groupby(shown.releases, key=_year)]
    one = timeline.lab_names.get(keys[0], keys[0]) if len(keys) == 1 else ""
    parts = [
        Part(
            title=f"{year or 'Release day not known'}: {counted(len(releases), 'release')}",
            draw=partial(_drawn, _SPACES[WIDE], [(year, releases)]),
            draw_narrow=partial(_drawn, _SPACES[NARROW], [(year, releases)]),
            key=str(year or UNDATED),
            rows=tuple(timeline_rows(replace(timeline, releases=tuple(releases), unassigned=()))),
        )
        for year, releases in years
    ]
    if timeline.unassigned:
        words = f"{counted(len(timeline.unassigned), 'access event')} tied to no single release"
        rows = tuple(timeline_rows(replace(timeline, releases=())))
        said = partial(_said, f"{words}: in the table")
        parts.append(Part(title=words, draw=said, draw_narrow=said, key=UNASSIGNED, rows=rows))
    return Picture(
        question=(f"Who tested the releases of {one}, and when?" if one else "Who tested which release, and when?"),
        finding=_finding(timeline, asked, one),
        draw=partial(_drawn, _SPACES[WIDE], years),
        parts=tuple(parts),
        draw_nothing=partial(_said, "No release by this day"),
        rows=tuple(timeline_rows(timeline)),
        note=_note(timeline, shown),
    )


TIMELINE = FigureKind(
    "timeline",
    "Timeline: each release with each of its access events",
    TIMELINE_COLUMNS,
    rows_picture,
    "releases and tests",
    takes="lab",
    takes_many=True,
    path="timeline",
    parted_by="year",
    part_keys=rf"[12]\d{{3}}|{UNDATED}|{UNASSIGNED}",
)


def _year(release: TimelineRelease) -> int | None:
    day = release.release.released.latest or release.release.released.earliest
    return day.year if day else None


def _finding(timeline: Timeline, asked: Asked, one: str) -> str:
    """How many releases and tests there are, how many count, and of how many tests a source gives a day."""
    if not timeline.releases:
        return f"No release{f' of {one}' if one else ''} was known on {day_label(asked.day)}."
    tests = [event for release in timeline.releases for event in release.events]
    dated = sum(event.started != "" for event in tests)
    counts = [release.counts for release in timeline.releases if release.standing is ReleaseStanding.COUNTS]
    names = [] if one else [timeline.lab_names.get(key, key) for key in asked.abouts]
    of = f" of {one or listed(names)}" if one or names else ""
    known = f"As known on {day_label(asked.day)}, {counted(len(timeline.releases), 'release')}{of} and "
    known += f"{counted(len(tests), 'access event')} about them {'was' if asked.is_past else 'are'} on record"
    start = f"for {dated} of these a source gives the start" if tests else "none of them dated"
    return f"{known}; {start}. {_confirmed(counts)}"


def _confirmed(counts: Sequence[Counts]) -> str:
    low, high = sum(each.evaluated_low for each in counts), sum(each.evaluated_high for each in counts)
    if not counts:
        return "None of the releases counts as a frontier release."
    more = f", {high} with what is reported or undated" if high > low else ""
    total = "frontier release that counts" if len(counts) == 1 else "frontier releases that count"
    return (
        f"Of the {len(counts)} {total}, {low} {'is' if low == 1 else 'are'} confirmed as tested before release{more}."
    )


def _note(timeline: Timeline, shown: Timeline) -> str:
    sentences = [
        "Left of the line: before release; right of it: after. A bar spans the days that a source gives, a thin line "
        "those that it leaves open; a name without either has no day on record. An empty row means "
        "that no source which we read tells of a test; it does not mean that none took place."
    ]
    if timeline.unassigned:
        events = counted(len(timeline.unassigned), "event is", "events are")
        sentences.append(f"{events} tied to no single release and in a part of their own, a table.")
    if shown.omitted:
        sentences.append(f"{counted(shown.omitted, 'older release')} in the files only.")
    return " ".join(sentences)


# ------------------------------------------------------------------------------------------------------------ drawing


def _drawn(space: _Space, years: Sequence[tuple[int | None, Sequence[TimelineRelease]]]) -> ET.Element:
    """The rows of some years, under a legend and an axis."""
    body = ET.Element("g")
    y = _legend(body, space, [event for _, releases in years for each in releases for event in each.events])
    if not years:
        drawing.text(body, 0, y + 20, "No release by this day", colour=INK)
        y += 32
    for year, releases in years:
        y = _axis(body, space, y, str(year or "no day"))
        top = y
        grid = ET.SubElement(body, "g")
        for lab, of_lab in _by_lab(releases):
            drawing.text(body, 0, y + 16, lab, colour=INK, is_bold=True, size=14)
            y += 24
            for release in of_lab:
                y = _row(body, space, release, y)
        _grid(grid, space, top, y)
    root = drawing.picture(space.width, y + 8)
    root.extend([body])
    return root


def _said(words: str) -> ET.Element:
    """A line of words in place of rows."""
    root = drawing.picture(NARROW, 28)
    drawing.text(root, 0, 18, words, colour=INK)
    return root


def _by_lab(releases: Sequence[TimelineRelease]) -> list[tuple[str, list[TimelineRelease]]]:
    """By lab, the one with the newest release first; within a lab the newest release first."""
    found: dict[str, list[TimelineRelease]] = {}
    for each in releases:
        found.setdefault(each.lab, []).append(each)
    return list(found.items())


def _legend(body: ET.Element, space: _Space, events: Sequence[TimelineEvent]) -> float:
    """The kinds of tests that there are, each with its number."""
    kinds = [event.kind for event in events]
    items = [
        (f"{kind.label}: {kinds.count(kind)}", _sample(kind))
        for kind in MarkKind
        if kind in kinds and kind not in (MarkKind.RELEASE, MarkKind.OTHER_RELEASE)
    ]
    return drawing.legend(body, items, 0, 2, space.width, row=22) + 6


def _sample(kind: MarkKind) -> Callable[[ET.Element, float, float], None]:
    return lambda parent, x, y: draw_mark(parent, x + 3, y + 3, kind)


def _axis(body: ET.Element, space: _Space, y: float, year: str) -> float:
    """The head of a year: the year, and which days stand where."""
    drawing.text(body, 0, y + 18, year, size=18, colour=INK, is_bold=True)
    drawing.text(body, space.zero, y + 18, "release", anchor="middle", colour=INK, is_bold=True)
    for days in _TICKS:
        if (days == -60) == (space.width == NARROW):
            drawing.text(body, space.at(days), y + 18, f"{days:+d} days".replace("-", "−"), anchor="middle", size=12)
    drawing.line(body, 0, y + 25, space.width, y + 25, colour=INK)
    return y + 28


def _grid(grid: ET.Element, space: _Space, top: float, bottom: float) -> None:
    for days in _TICKS:
        drawing.line(grid, space.at(days), top, space.at(days), bottom)
    drawing.line(grid, space.zero, top, space.zero, bottom, colour=SOFT, width=1.5)


def _row(body: ET.Element, space: _Space, release: TimelineRelease, top: float) -> float:
    """A release with its tests; returns where the next row begins."""
    link = drawing.linked(
        body, page_path("labs:model_detail", release.release.key), f"{release.label}: {_word(release)}"
    )
    is_counted = release.standing is ReleaseStanding.COUNTS
    room = space.label - 8 if space.label else space.width - 92
    lines = drawing.wrapped(release.release.name, room)
    for at, line in enumerate(lines):
        _name(link, space, 0, top + 14 + _LINE * at, line, colour=INK if is_counted else SOFT)
    when = release.released_label if is_counted else f"{release.released_label}, not counted"
    more = _LINE * (len(lines) - 1)
    if space.label:
        drawing.text(body, 0, top + 28 + more, drawing.shortened(when, room, 11), size=11)
        y, least = top, top + 34 + more
    else:
        drawing.text(body, space.width, top + 14, when.replace(", not counted", ""), anchor="end", size=11)
        y, least = top + 18 + more, top + 36 + more
    placed = [event for event in release.events if days_of(event, release) is not None]
    loose = [event for event in release.events if days_of(event, release) is None]
    for event in placed:
        y += _bar(body, space, event, release, y)
    sides = {side: [event for event in loose if side_of(event) is side] for side in Side}
    before = _flow(body, space, sides[Side.BEFORE], y, space.left, space.zero - 8, "end")
    after = _flow(body, space, sides[Side.AFTER], y, space.zero + 8, space.width, "start")
    y = max(before, after)
    if sides[Side.OPEN]:
        drawing.text(body, space.left, y + 13, "when is not disclosed:", size=11)
        left, below = (space.left + 132, 0) if space.label else (space.left, _LINE)
        y = _flow(body, space, sides[Side.OPEN], y + below, left, space.width, "start")
    if not release.events:
        drawing.text(body, space.zero - 8, y + 14, "no test found", anchor="end", colour=MUTED)
    y = max(y, least) + 4
    drawing.line(body, 0, y, space.width, y)
    return y + 2


def _word(release: TimelineRelease) -> str:
    return release.evidence.label


def _bar(body: ET.Element, space: _Space, event: TimelineEvent, release: TimelineRelease, y: float) -> float:
    """A test with days: a bar over those that are sure, thin lines over those that are open, its name beside it;
    returns the height that it takes.
    """
    found = days_of(event, release)
    assert found is not None, "asked of tests with days only"
    first, last, ends, at_latest = found
    link = _link(body, event)
    middle = y + 9
    left, right = space.at(first), max(space.at(at_latest + 1), space.at(first) + 3)
    colour = _COLOUR.get(event.kind, MUTED)
    drawing.line(link, left, middle, right, middle, colour=colour, width=2)
    if ends >= last:
        drawing.rect(link, space.at(last), middle - 4, max(space.at(ends + 1) - space.at(last), 3), 8, fill=colour)
    else:
        for x in (left, right):
            drawing.line(link, x, middle - 4, x, middle + 4, colour=colour, width=2)
    room_left, room_right = left - space.left - 20, space.width - right - 22
    words = event.who
    wide = drawing.width_of(words)
    is_after = first >= 0 and room_right >= _LEAST_ROOM  # its name too stands right of the release
    is_left = wide <= room_left if at_latest <= 0 else wide > room_right and room_left > room_right and not is_after
    if not is_left and (is_after or wide <= room_right or room_right >= room_left):
        lines, x = drawing.wrapped(words, room_right), right + 19
    else:
        lines = drawing.wrapped(words, room_left)
        x = left - 6 - max(map(drawing.width_of, lines))
    draw_mark(link, x - 14, y + 4, event.kind)
    for at, line in enumerate(lines):
        _name(link, space, x, y + 13 + _LINE * at, line)
    return _LINE * len(lines)


def _name(link: ET.Element, space: _Space, x: float, y: float, words: str, colour: str = INK) -> None:
    """A name; where lines of the axis run behind it, on a ground that ends them."""
    right = x + drawing.width_of(words)
    if any(x - 2 < space.at(days) < right + 2 for days in (*_TICKS, 0)):
        drawing.rect(link, x - 2, y - 11, right - x + 4, 14, fill=GROUND)
    drawing.text(link, x, y, words, colour=colour)


def _flow(
    body: ET.Element,
    space: _Space,
    events: Sequence[TimelineEvent],
    top: float,
    left: float,
    right: float,
    anchor: str,
) -> float:
    """Names side by side in lines between two places, each with its mark; returns where the next line begins."""
    y = top
    for line in _lines(events, right - left):
        wide = sum(width for _, _, width in line) + _GAP * (len(line) - 1)
        high = _LINE * max(len(words) for _, words, _ in line)
        x = right - wide if anchor == "end" else left
        for event, words, width in line:
            link = _link(body, event)
            drawing.target(link, x - 2, y, width + 4, high)
            draw_mark(link, x, y + 4, event.kind)
            for at, each in enumerate(words):
                _name(link, space, x + _MARK + 4, y + 13 + _LINE * at, each)
            x += width + _GAP
        y += high
    return y


def _lines(events: Sequence[TimelineEvent], room: float) -> Iterator[list[tuple[TimelineEvent, list[str], float]]]:
    """What stands side by side: each test with its name, in several lines where it is long, and their width."""
    line: list[tuple[TimelineEvent, list[str], float]] = []
    used = 0.0
    for event in events:
        words = drawing.wrapped(event.who, room - _MARK - 4)
        width = max(map(drawing.width_of, words)) + _MARK + 4
        if line and used + _GAP + width > room:
            yield line
            line, used = [], 0.0
        line.append((event, words, width))
        used += width + (_GAP if used else 0)
    if line:
        yield line


def _link(body: ET.Element, event: TimelineEvent) -> ET.Element:
    return drawing.linked(body, page_path("labs:event_detail", event.key), event.label)


_COLOUR = {MarkKind.STRICT: GOOD, MarkKind.LENIENT: HALF, MarkKind.DENIED: INK}


def draw_mark(parent: ET.Element, x: float, y: float, kind: MarkKind) -> None:
    """The mark of a kind of test, 10 wide and high: a model evaluation is a square, as full as it counts."""
    colour, size = _COLOUR.get(kind, MUTED), number(_MARK)
    line = {"fill": GROUND, "stroke": colour, "stroke_width": "1.5"}
    if kind is MarkKind.STRICT:
        drawing.rect(parent, x, y, _MARK, _MARK, fill=colour)
    elif kind in (MarkKind.LENIENT, MarkKind.NOT_COUNTED):
        drawing.rect(parent, x + 0.75, y + 0.75, _MARK - 1.5, _MARK - 1.5, **line)
        if kind is MarkKind.LENIENT:
            drawing.path(parent, f"M{number(x)} {number(y)}v{size}h{size}z", fill=colour)
    elif kind is MarkKind.DENIED:
        cross = f"M{number(x + 1)} {number(y + 1)}l8 8m0 -8l-8 8"
        drawing.path(parent, cross, stroke=colour, stroke_width="2", fill="none")
    elif kind is MarkKind.RED_TEAMING:
        drawing.circle(parent, x + _MARK / 2, y + _MARK / 2, _MARK / 2 - 0.75, **line)
    elif kind is MarkKind.SAFEGUARDS:
        drawing.path(parent, f"M{number(x + 5)} {number(y + 0.5)}l4.5 4.5l-4.5 4.5l-4.5 -4.5z", **line)
    else:
        drawing.path(parent, f"M{number(x + 5)} {number(y + 1)}l4.5 8h-9z", **line)
