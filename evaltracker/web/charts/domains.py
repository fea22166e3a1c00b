"""Risk domains × labs: how many outside model evaluations name each, by the lab whose model it was."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from xml.etree import ElementTree as ET

from evaltracker.web.charts import drawing
from evaltracker.web.charts.drawing import ACCENT, INK, MUTED, NARROW, WIDE
from evaltracker.web.charts.kinds import Asked, FigureKind, Picture
from labs.choices import Activity, Domain, Outcome
from labs.models import Lab
from labs.models.addresses import page_path
from labs.queries.events import EventAsOf, events_as_of
from labs.rules.order import people_order
from labs.rules.words import counted, listed
from labs.web.columns import AS_OF, DATA_VERSION, METHOD, Column, Field, Link, count_field, reference
from labs.web.parameters import address

QUESTION = "Which risks did outsiders evaluate, and at which lab?"
NONE_NAMED = "none"
"""The risk domain in addresses for evaluations of which no source names any."""
_ROW = 34


@dataclass(frozen=True, slots=True)
class LabDomains:
    """A lab with how many evaluations of its models name each risk domain, and of how many releases they were."""

    day: dt.date
    lab: Lab
    evaluations: int
    named: Mapping[str, int]
    releases: Mapping[str, int]

    def address(self, domain: str) -> str:
        """The list of these evaluations."""
        return address(
            page_path("labs:event_list"),
            {
                "lab": self.lab.key,
                "domain": domain,
                "activity": Activity.MODEL_EVALUATION.value,
                "outcome": Outcome.GRANTED.value,
            },
        )

    def title(self, domain: str) -> str:
        """A cell in a line."""
        count, what = self.named[domain], _NAMES[domain]
        if not count:
            return f"{self.lab.name}, {what}: none on record"
        of = f", of {counted(self.releases[domain], 'release')}" if self.releases[domain] else ""
        return f"{self.lab.name}, {what}: {counted(count, 'model evaluation')}{of}"


_NAMES = {domain.value: domain.label for domain in Domain} | {NONE_NAMED: "none named"}


def lab_domains(asked: Asked) -> list[LabDomains]:
    """The labs with a model evaluation to which they gave access, at any time, by name."""
    of_lab: dict[str, list[EventAsOf]] = {}
    for event in events_as_of(asked.day).values():
        if event.fact.activity is Activity.MODEL_EVALUATION and event.fact.outcome is Outcome.GRANTED:
            of_lab.setdefault(event.record.lab.key, []).append(event)
    rows = [_row(asked.day, events) for events in of_lab.values()]
    return sorted(rows, key=lambda row: people_order(row.lab.name))


def _row(day: dt.date, events: Sequence[EventAsOf]) -> LabDomains:
    having: dict[str, list[EventAsOf]] = {name: [] for name in _NAMES}
    for event in events:
        for name in _domains(event):
            having[name].append(event)
    return LabDomains(
        day=day,
        lab=events[0].record.lab,
        evaluations=len(events),
        named={name: len(found) for name, found in having.items()},
        releases={name: len({event.fact.model for event in found} - {None}) for name, found in having.items()},
    )


def _domains(event: EventAsOf) -> list[str]:
    return [domain.value for domain in event.domains] or [NONE_NAMED]


def finding(rows: Sequence[LabDomains]) -> str:
    """What the picture shows, with its counts."""
    total = sum(row.evaluations for row in rows)
    if not total:
        return "No model evaluation to which a lab gave access is on record by this day."
    none = sum(row.named[NONE_NAMED] for row in rows)
    sums = {domain: sum(row.named[domain.value] for row in rows) for domain in Domain}
    risks = [domain for domain in Domain if domain is not Domain.OTHER]
    most = max(sums[domain] for domain in risks)
    sentence = (
        f"Of {counted(total, 'model evaluation')} on record to which {counted(len(rows), 'lab')} gave access, "
        f"{total - none} name a risk domain, often several."
    )
    if most:
        often = listed([domain.label for domain in risks if sums[domain] == most])
        sentence += f" Most name {often} ({most})."
    never = [domain.label for domain in risks if not sums[domain]]
    if never:
        sentence += f" None on record names {listed(never, 'or')}."
    return f"{sentence} In {none} no source names one." if none else sentence


def domains_picture(asked: Asked) -> Picture:
    """A number in each cell, with a bar from 0 under it."""
    rows = lab_domains(asked)
    return Picture(
        question=QUESTION,
        finding=finding(rows),
        draw=lambda: _drawn(rows, is_narrow=False),
        draw_narrow=lambda: _drawn(rows, is_narrow=True),
        rows=tuple(rows),
        note=(
            "Each number counts model evaluations that name the domain, before release or after, and leads to them; an "
            "evaluation that names several stands in several rows. A point: none on record, which does not say that "
            "nobody tested it. A lab with more releases, or with evaluators who publish more, has more evaluations."
        ),
    )


def _drawn(rows: Sequence[LabDomains], *, is_narrow: bool) -> ET.Element:
    width, names = (NARROW, 106) if is_narrow else (WIDE, 150)
    cell = max((width - names) / max(len(rows), 1), 24) if is_narrow else min((width - names) / max(len(rows), 1), 100)
    most = max((count for row in rows for count in row.named.values()), default=1)
    body = ET.Element("g")
    total = sum(row.evaluations for row in rows)
    drawing.text(body, 0, 14, f"n = {counted(total, 'model evaluation')}", colour=INK, is_bold=True)
    y = _heads(body, rows, names, cell, is_narrow=is_narrow)
    for domain, label in _NAMES.items():
        drawing.line(body, 0, y, width, y)
        to = body if domain == NONE_NAMED else drawing.explained(body, Domain(domain))
        drawing.text(to, 0, y + 21, label, colour=MUTED if domain == NONE_NAMED else INK)
        for place, row in enumerate(rows):
            _cell(body, row, domain, names + place * cell, y, cell, most)
        y += _ROW
    if not rows:
        drawing.text(body, names, 14, "No model evaluation on record", colour=INK)
    root = drawing.picture(max(width, names + cell * len(rows)), y)
    root.append(body)
    return root


def _heads(parent: ET.Element, rows: Sequence[LabDomains], names: float, cell: float, *, is_narrow: bool) -> float:
    """The labs above their columns, on end where it is narrow, with their numbers; returns where the rows begin."""
    wrapped = [drawing.wrapped(row.lab.name, cell - 4) for row in rows]
    base = max((drawing.width_of(row.lab.name) for row in rows), default=0) + 46 if is_narrow else 32
    if not is_narrow:
        base += 16 * max((len(lines) for lines in wrapped), default=1)
    for place, (row, lines) in enumerate(zip(rows, wrapped, strict=True)):
        left = names + cell * place + 4
        link = drawing.linked(parent, page_path("labs:lab_detail", row.lab.key), f"{row.lab.name}, the lab")
        if is_narrow:
            text = drawing.text(link, left + 13, base - 20, row.lab.name, colour=INK)
            text.set("transform", f"rotate(-90 {drawing.number(left + 13)} {drawing.number(base - 20)})")
        else:
            for at, line in enumerate(lines):
                drawing.text(link, left, base - 16 * (len(lines) - at), line, colour=INK)
        words = str(row.evaluations) if is_narrow else f"n = {row.evaluations}"
        drawing.text(parent, left, base, words, is_bold=True)
    return base + 12


def _cell(parent: ET.Element, row: LabDomains, domain: str, x: float, y: float, cell: float, most: int) -> None:
    count = row.named[domain]
    if not count:
        drawing.text(parent, x + 4, y + 19, "·", colour=MUTED, is_bold=True)
        return
    link = drawing.linked(parent, row.address(domain), row.title(domain))
    drawing.target(link, x, y, cell, _ROW)
    drawing.text(link, x + 4, y + 17, str(count), colour=INK, is_bold=True)
    room = cell - 8
    drawing.rect(link, x + 4, y + 23, room * count / most, 6, fill=ACCENT)


def _count(row: LabDomains, domain: str) -> Link | int:
    count = row.named[domain]
    return Link(row.address(domain), str(count)) if count else count


def _domain(name: str) -> Column:
    words = (
        "How many of them name no risk domain."
        if name == NONE_NAMED
        else f"How many of them name the risk domain “{_NAMES[name]}”."
    )
    return Column(
        name=f"domain_{name}",
        explanation=words,
        fields=(count_field(f"evaluations_{name}", words, lambda row: row.named[name]),),
        cell=partial(_count, domain=name),
        header=_NAMES[name],
        style="num",
    )


COLUMNS: tuple[Column, ...] = (
    Column(
        name="lab",
        explanation="The lab whose model was evaluated.",
        fields=(
            reference("lab", "lab", "key"),
            Field("lab_name", lambda row: row.lab.name, "The name of the lab."),
        ),
        cell=lambda row: row.lab,
    ),
    Column(
        name="evaluations",
        explanation="How many model evaluations are on record to which the lab gave access.",
        fields=(
            count_field(
                "evaluations",
                "How many model evaluations are on record to which the lab gave access.",
                lambda row: row.evaluations,
            ),
        ),
        cell=lambda row: row.evaluations,
        header="Model evaluations",
        style="num",
    ),
    *map(_domain, _NAMES),
    AS_OF,
    DATA_VERSION,
    METHOD,
)

DOMAINS = FigureKind("domains", "Risk domains evaluated, by lab", COLUMNS, domains_picture, "labs")
