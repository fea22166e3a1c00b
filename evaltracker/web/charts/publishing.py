"""Free to publish or not: what sources say of each access event, by evaluator. Unknown is never a no."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from xml.etree import ElementTree as ET

from evaltracker.web.charts import drawing
from evaltracker.web.charts.drawing import GROUND, INK, MUTED, NARROW, SOFT, WIDE
from evaltracker.web.charts.kinds import Asked, FigureKind, Picture
from labs.choices import Answer, Outcome
from labs.models import Evaluator
from labs.models.addresses import page_path
from labs.queries.evaluators import evaluators_as_of
from labs.queries.events import EventAsOf, events_as_of
from labs.rules.order import people_order
from labs.rules.words import counted
from labs.web.columns import AS_OF, DATA_VERSION, METHOD, Column, Field, Link, count_field, reference
from labs.web.parameters import address

QUESTION = "Could outsiders publish what they found without the lab’s approval?"
LETTERS = {Answer.YES: "Y", Answer.PARTIAL: "P", Answer.NO: "N"}
"""The letter of each answer in its square; where no source says, there is none."""
_SIDE, _STEP = 20, 23


@dataclass(frozen=True, slots=True)
class PublishingRow:
    """An evaluator with the access events in which a lab gave it access, by what sources say of its freedom."""

    day: dt.date
    evaluator: Evaluator
    events: tuple[EventAsOf, ...]
    by_answer: Mapping[Answer, list[EventAsOf]]

    def having(self, answer: Answer) -> list[EventAsOf]:
        """The events with this answer."""
        return self.by_answer.get(answer, [])

    @property
    def answered(self) -> list[EventAsOf]:
        """The events of which a source says: yes, then in part, then no."""
        return [event for answer in LETTERS for event in self.having(answer)]

    @property
    def address(self) -> str:
        """The list of those of which no source says."""
        return _list_of({"evaluator": self.evaluator.key})


def _list_of(others: dict[str, str]) -> str:
    values = {"free_to_publish": Answer.UNKNOWN.value, "outcome": Outcome.GRANTED.value}
    return address(page_path("labs:event_list"), others | values)


def publishing_rows(asked: Asked) -> list[PublishingRow]:
    """The evaluators to which a lab gave access: those with an answer first, then the others, each by name."""
    rows = []
    answers = {event.key: event.free_to_publish for event in granted(asked)}
    for each in evaluators_as_of(asked.day).values():
        events = tuple(event for event in each.events if event.key in answers)
        if events:
            by_answer: defaultdict[Answer, list[EventAsOf]] = defaultdict(list)
            for event in events:
                by_answer[answers[event.key]].append(event)
            rows.append(PublishingRow(asked.day, each.record, events, by_answer))
    return sorted(rows, key=lambda row: (not row.answered, people_order(row.evaluator.name)))


def granted(asked: Asked) -> list[EventAsOf]:
    """The access events in which a lab gave access; one with several evaluators is one of them."""
    return [each for each in events_as_of(asked.day).values() if each.fact.outcome is Outcome.GRANTED]


def _counts(events: Sequence[EventAsOf]) -> Counter[Answer]:
    return Counter(event.free_to_publish for event in events)


def finding(events: Sequence[EventAsOf]) -> str:
    """What the picture shows, with its counts."""
    if not events:
        return "No access event in which a lab gave access is on record by this day."
    found = _counts(events)
    unknown = found[Answer.UNKNOWN]
    said = len(events) - unknown
    start = f"Of {counted(len(events), 'access event')} in which a lab gave access,"
    if not said:
        return f"{start} no source says of any whether the testers could publish without the lab’s approval."
    return (
        f"{start} no source says of {unknown} whether the testers could publish without the lab’s approval. Where one "
        f"does ({said}): yes for {found[Answer.YES]}, in part for {found[Answer.PARTIAL]}, no for {found[Answer.NO]}."
    )


def publishing_picture(asked: Asked) -> Picture:
    """Above, all events in one bar; below, a square with a letter for each of which a source says."""
    rows, events = publishing_rows(asked), granted(asked)
    return Picture(
        question=QUESTION,
        finding=finding(events),
        draw=lambda: _drawn(rows, events, is_narrow=False),
        draw_narrow=lambda: _drawn(rows, events, is_narrow=True),
        rows=tuple(rows),
        note=(
            "Each square is one access event of the evaluator and leads to it; one with several evaluators stands with "
            "each of them. Hatched: no source says, which is not a no. In part: it held for a part of the test or to "
            "some degree; the event’s page says more."
        ),
    )


def _drawn(rows: Sequence[PublishingRow], events: Sequence[EventAsOf], *, is_narrow: bool) -> ET.Element:
    width = NARROW if is_narrow else WIDE
    body = ET.Element("g")
    drawing.text(body, 0, 14, f"n = {counted(len(events), 'access event')}", colour=INK, is_bold=True)
    found = _counts(events)
    items = [
        (f"{answer.label}: {found[answer]}", partial(_square, answer=answer, side=16), answer)
        for answer in (*LETTERS, Answer.UNKNOWN)
    ]
    y = _bar(body, found, width, 26) + 12
    y += drawing.legend(body, items, 0, y, width) + 30
    answered = [row for row in rows if row.answered]
    names = 0 if is_narrow else 270
    for row in answered:
        y = _row(body, row, names, y, width)
    others = len(rows) - len(answered)
    if others:
        link = drawing.linked(body, _list_of({}), "The access events of which no source says")
        words = (
            f"{counted(others, 'other evaluator' if answered else 'evaluator')}: not disclosed for any of their tests"
        )
        for line in drawing.wrapped(words, width):
            drawing.text(link, 0, y, line, colour=INK)
            y += 18
    root = drawing.picture(width, y + 2)
    root.append(body)
    return root


def _bar(parent: ET.Element, found: Mapping[Answer, int], width: float, y: float) -> float:
    """All events in one bar, as wide as the picture."""
    total, x = sum(found.values()) or 1, 0.0
    for answer in (*LETTERS, Answer.UNKNOWN):
        part = width * found[answer] / total
        if answer is Answer.UNKNOWN and part:
            link = drawing.linked(parent, _list_of({}), f"{found[answer]} of {sum(found.values())}: no source says")
            drawing.rect(link, x, y, part, 24, fill=GROUND, stroke=SOFT)
            drawing.hatched(link, x, y, part, 24, colour=MUTED, step=6)
        elif part:
            _filled(parent, x, y, part, 24, answer)
        x += part
    return y + 24


def _row(parent: ET.Element, row: PublishingRow, names: float, y: float, width: float) -> float:
    """An evaluator with its squares, and how many of its events have no answer."""
    link = drawing.linked(parent, page_path("labs:evaluator_detail", row.evaluator.key), row.evaluator.name)
    lines = drawing.wrapped(row.evaluator.name, (names or width) - 28, is_bold=True)
    for at, line in enumerate(lines):
        drawing.text(link, 0, y + 16 * at, line, colour=INK, is_bold=True)
    below = y + 16 * (len(lines) - 1)
    if not names:
        y = below + 24
    x, top = names, y - 15
    for event in row.answered:
        if x + _SIDE > width:
            x, top = names, top + _STEP
        link = drawing.linked(
            parent, page_path("labs:event_detail", event.key), f"{event.title}: {event.free_to_publish.label}"
        )
        drawing.target(link, x, top, _STEP, _STEP)
        _square(link, x, top, answer=event.free_to_publish, side=_SIDE)
        x += _STEP
    unknown = len(row.having(Answer.UNKNOWN))
    words = f"not disclosed for {unknown} of {len(row.events)}" if unknown else f"of {len(row.events)}"
    if x + 6 + drawing.width_of(words) > width:
        x, top = names, top + _STEP
    if unknown:
        parent = drawing.linked(parent, row.address, f"{row.evaluator.name}: {words}")
    drawing.text(parent, x + (6 if x > names else 0), top + 15, words)
    return max(top + 15, below) + 32


def _square(parent: ET.Element, x: float, y: float, *, answer: Answer, side: float) -> None:
    """A square with the letter of an answer; hatched where there is none."""
    if answer is Answer.UNKNOWN:
        drawing.rect(parent, x, y, side, side, fill=GROUND, stroke=SOFT)
        drawing.hatched(parent, x, y, side, side, colour=MUTED, step=5)
        return
    _filled(parent, x, y, side, side, answer)
    colour = GROUND if answer is Answer.YES else INK
    size = 13 if side > 16 else 12
    drawing.text(
        parent,
        x + side / 2,
        y + side / 2 + 4.5,
        LETTERS[answer],
        anchor="middle",
        colour=colour,
        size=size,
        is_bold=True,
    )


def _filled(parent: ET.Element, x: float, y: float, width: float, height: float, answer: Answer) -> None:
    """Full for yes, empty for no, with a line below for in part."""
    if answer is Answer.YES:
        drawing.rect(parent, x, y, width, height, fill=INK)
        return
    drawing.rect(parent, x + 0.75, y + 0.75, width - 1.5, height - 1.5, fill=GROUND, stroke=INK, stroke_width="1.5")
    if answer is Answer.PARTIAL:
        drawing.rect(parent, x, y + height - 4, width, 4, fill=INK)


def _answer(answer: Answer) -> Column:
    words = f"Of how many of its access events the answer is “{answer.label}”."
    return Column(
        name=answer.value,
        explanation=words,
        fields=(count_field(f"free_to_publish_{answer.value}", words, lambda row: len(row.having(answer))),),
        cell=lambda row: len(row.having(answer)),
        header=answer.label.capitalize(),
        style="num",
    )


COLUMNS: tuple[Column, ...] = (
    Column(
        name="evaluator",
        explanation="The evaluator.",
        fields=(
            reference("evaluator", "evaluator", "key"),
            Field("evaluator_name", lambda row: row.evaluator.name, "The name of the evaluator."),
        ),
        cell=lambda row: row.evaluator,
    ),
    Column(
        name="events",
        explanation="In how many access events a lab gave it access.",
        fields=(
            count_field(
                "events_granted", "In how many access events a lab gave it access.", lambda row: len(row.events)
            ),
        ),
        cell=lambda row: Link(
            address(page_path("labs:event_list"), {"evaluator": row.evaluator.key, "outcome": Outcome.GRANTED.value}),
            str(len(row.events)),
        ),
        header="Access events",
        style="num",
    ),
    *map(_answer, Answer),
    AS_OF,
    DATA_VERSION,
    METHOD,
)

PUBLISHING = FigureKind("free-to-publish", "Free to publish, by evaluator", COLUMNS, publishing_picture, "evaluators")
