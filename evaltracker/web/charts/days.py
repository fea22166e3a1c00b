"""Days of access: a dot for each access event of which a source states them, and the bar of those that state none."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from commitments.rules.criteria import FULL_ACCESS_DAYS
from evaltracker.web.charts import drawing
from evaltracker.web.charts.drawing import ACCENT, GROUND, INK, MUTED, NARROW, SOFT, WIDE
from evaltracker.web.charts.kinds import Asked, FigureKind, Picture
from labs.choices import Activity, Outcome
from labs.models.addresses import page_path
from labs.queries.events import EventAsOf, events_as_of
from labs.rules.words import counted
from labs.web.columns import (
    AS_OF,
    DATA_VERSION,
    METHOD,
    NONE,
    Column,
    Link,
    count_field,
    reference,
    term_fields,
)
from labs.web.filters import DAYS_NOT_DISCLOSED
from labs.web.parameters import address

QUESTION = "For how many days did outsiders have access, where anyone says?"
_RADIUS = 6
_STACK = 14
_WEEK = 7


@dataclass(frozen=True, slots=True)
class DaysRow:
    """A mark: one event of which a source states the days, or all events of an activity that state none."""

    day: dt.date
    activity: Activity
    event: EventAsOf | None
    event_count: int
    address: str

    @property
    def days(self) -> int | None:
        return self.event.fact.access_days if self.event else None

    @property
    def title(self) -> str:
        """The mark in a line."""
        if self.event is None:
            return f"{self.activity.label}: {counted(self.event_count, 'event')} of which no source states the days"
        return f"{self.event.title}: {counted(self.days or 0, 'day')}"


def days_rows(asked: Asked) -> list[DaysRow]:
    """By activity: the events in which a lab gave access, the shortest first, then how many state no days."""
    events = [
        each
        for each in events_as_of(asked.day).values()
        if each.fact.outcome is Outcome.GRANTED and asked.about in ("", each.fact.lab)
    ]
    rows = []
    for activity in Activity:
        of_it = [each for each in events if each.fact.activity is activity]
        stated = sorted(
            (each for each in of_it if each.fact.access_days is not None),
            key=lambda each: (each.fact.access_days or 0, each.key),
        )
        rows += [DaysRow(asked.day, activity, each, 1, page_path("labs:event_detail", each.key)) for each in stated]
        if others := len(of_it) - len(stated):
            rows.append(DaysRow(asked.day, activity, None, others, _list_of(asked, activity)))
    return rows


def _list_of(asked: Asked, activity: Activity) -> str:
    """The address of the list of those that state no days."""
    values = {"outcome": Outcome.GRANTED.value, "activity": activity.value, "days": DAYS_NOT_DISCLOSED}
    if asked.about:
        values["lab"] = asked.about
    return address(page_path("labs:event_list"), values)


def finding(rows: Sequence[DaysRow]) -> str:
    """What the picture shows, with its counts."""
    total = sum(row.event_count for row in rows)
    if not total:
        return "No access event in which a lab gave access is on record by this day."
    stated = sum(row.event is not None for row in rows)
    events = f"{counted(total, 'access event')} in which a lab gave access"
    if not stated:
        return f"For none of {events} does a source state the days."
    sentence = f"Of {events}, sources state the days of {stated}; for the other {total - stated} none does."
    of_evaluations = [row for row in rows if row.activity is Activity.MODEL_EVALUATION]
    days = [row.days for row in of_evaluations if row.days is not None]
    if days:
        evaluations = sum(row.event_count for row in of_evaluations)
        span = f"{days[0]} to {days[-1]} days" if days[0] != days[-1] else counted(days[0], "day")
        sentence += (
            f" Of {counted(evaluations, 'model evaluation')} among them they state those of {len(days)}: {span}."
        )
    return sentence


def days_picture(asked: Asked) -> Picture:
    """Above, how many state their days; below, the days of those that do."""
    rows = days_rows(asked)
    return Picture(
        question=QUESTION,
        finding=finding(rows),
        draw=lambda: _drawn(rows, is_narrow=False),
        draw_narrow=lambda: _drawn(rows, is_narrow=True),
        rows=tuple(rows),
        note=(
            "Each dot is one access event, before release or after, and leads to it. Hatched: no source states the "
            f"days, which does not say that they were few. The line at {FULL_ACCESS_DAYS} days is what counts in full "
            "in a score, the EU code of practice’s 20 working days."
        ),
    )


def _drawn(rows: Sequence[DaysRow], *, is_narrow: bool) -> ET.Element:
    width, left = (NARROW, 0) if is_narrow else (WIDE, 156)
    body = ET.Element("g")
    total = sum(row.event_count for row in rows)
    stated = sum(row.event is not None for row in rows)
    y = _heading(body, f"Do sources state the days? n = {counted(total, 'access event')}", 14, width)
    y = _bars(body, rows, left, width, y + 2, is_narrow=is_narrow)
    y = _heading(body, f"Where they do, for how many days? n = {stated}", y + 26, width)
    y = _dots(body, [row for row in rows if row.event], left, width, y - 4, is_narrow=is_narrow)
    root = drawing.picture(width, y)
    root.append(body)
    return root


def _heading(parent: ET.Element, words: str, y: float, width: float) -> float:
    """A heading in lines; returns where what it is about begins."""
    for line in drawing.wrapped(words, width * 0.9):
        drawing.text(parent, 0, y, line, colour=INK, is_bold=True)
        y += 18
    return y


def _by_activity(rows: Sequence[DaysRow]) -> list[tuple[Activity, list[DaysRow]]]:
    groups = [(activity, [row for row in rows if row.activity is activity]) for activity in Activity]
    return [(activity, found) for activity, found in groups if found]


def _bars(
    parent: ET.Element, rows: Sequence[DaysRow], left: float, width: float, y: float, *, is_narrow: bool
) -> float:
    """A bar for each activity: how many events state their days, and hatched how many do not."""
    groups = _by_activity(rows)
    room = width - left - 96
    most = max((sum(row.event_count for row in found) for _, found in groups), default=1)
    for activity, found in groups:
        y += 19 if is_narrow else 0
        drawing.text(drawing.explained(parent, activity), 0, y - 6 if is_narrow else y + 12, activity.label, colour=INK)
        stated = sum(row.event is not None for row in found)
        total = sum(row.event_count for row in found)
        end = left + room * total / most
        drawing.rect(parent, left, y, room * stated / most, 16, fill=ACCENT)
        for row in found:
            if row.event is None:
                link = drawing.linked(parent, row.address, row.title)
                start = left + room * stated / most
                drawing.rect(link, start, y, end - start, 16, fill=GROUND, stroke=SOFT)
                drawing.hatched(link, start, y, end - start, 16, colour=MUTED, step=6)
        drawing.text(parent, end + 8, y + 13, f"{stated} of {total}", colour=INK)
        y += 26
    return y


def _dots(
    parent: ET.Element, rows: Sequence[DaysRow], left: float, width: float, y: float, *, is_narrow: bool
) -> float:
    """The events that state their days on an axis from 0; where dots would cover each other they are stacked."""
    if not rows:
        drawing.text(parent, 0, y + 12, "No source states for how many days", colour=INK)
        return y + 24
    start, end = left + _RADIUS, width - 16
    longest = max(FULL_ACCESS_DAYS, *(row.days or 0 for row in rows))
    weeks = -(-longest // _WEEK)
    step = _WEEK * (1 if weeks <= 9 and not is_narrow else 2 if weeks <= 10 else -(-weeks // 5))

    def place(days: float) -> float:
        return start + (end - start) * days / (weeks * _WEEK)

    top = y
    y += 22
    lanes = ET.Element("g")
    for activity, found in _by_activity(rows):
        levels = _levels([place(row.days or 0) for row in found])
        height = (max(levels) + 1) * _STACK
        y += 18 if is_narrow else 0
        drawing.text(
            drawing.explained(lanes, activity), 0, y - 4 if is_narrow else y + height, activity.label, colour=INK
        )
        y += height + 8
        for row, level in zip(found, levels, strict=True):
            x, middle = place(row.days or 0), y - 8 - _STACK * level
            link = drawing.linked(lanes, row.address, row.title)
            drawing.target(link, x - 7, middle - 7, 14, 14)
            drawing.circle(link, x, middle, _RADIUS, fill=ACCENT, stroke=GROUND)
        drawing.line(lanes, start, y, end, y)
    for days in range(0, weeks * _WEEK + 1, step):
        drawing.line(parent, place(days), top + 18, place(days), y)
        drawing.text(parent, place(days), y + 17, str(days), anchor="middle")
    full = place(FULL_ACCESS_DAYS)
    drawing.line(parent, full, top + 18, full, y, colour=INK, dash="4 3", width=1.5)
    drawing.text(parent, full + 4, top + 12, f"{FULL_ACCESS_DAYS} days", colour=INK)
    parent.append(lanes)
    drawing.text(parent, start, y + 36, "days of access")
    return y + 44


def _levels(places: Sequence[float]) -> list[int]:
    """For each dot, from left to right, the lowest level at which it covers no other."""
    last: list[float] = []
    found = []
    for x in places:
        level = next((at for at, taken in enumerate(last) if x - taken >= 2 * _RADIUS + 1), len(last))
        last[level : level + 1] = [x]
        found.append(level)
    return found


def _event(row: DaysRow) -> Link:
    if row.event is None:
        return Link(row.address, counted(row.event_count, "event"), note="no source states the days")
    return Link(row.address, row.event.title)


COLUMNS: tuple[Column, ...] = (
    Column(
        name="activity",
        explanation="What they did with the model.",
        fields=term_fields("activity", lambda row: row.activity, Activity, "What they did with the model."),
        cell=lambda row: row.activity,
    ),
    Column(
        name="event",
        explanation="The access event; empty where the row stands for all that state no days.",
        fields=(reference("event", "event", "key"),),
        cell=_event,
        header="Access event",
        style="wide",
    ),
    Column(
        name="days",
        explanation="For how many calendar days they had access, where a source states it.",
        fields=(
            count_field(
                "days_stated", "The days of access that a source states; empty where none does.", lambda row: row.days
            ),
        ),
        cell=lambda row: NONE if row.days is None else row.days,
        header="Days",
        style="num",
    ),
    Column(
        name="count",
        explanation="How many access events the row stands for.",
        fields=(
            count_field("events_in_row", "How many access events the row stands for.", lambda row: row.event_count),
        ),
        cell=lambda row: row.event_count,
        header="Events",
        style="num",
    ),
    AS_OF,
    DATA_VERSION,
    METHOD,
)

DAYS = FigureKind("days", "Days of access, where a source states them", COLUMNS, days_picture, "marks", takes="lab")
