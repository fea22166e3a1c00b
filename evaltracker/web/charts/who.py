"""Who tests whom: evaluators and labs, and of how many releases each pair is on record."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import cos, degrees, radians, sin
from xml.etree import ElementTree as ET

from commitments.queries import ledger
from evaltracker.web.charts import drawing
from evaltracker.web.charts.drawing import GOOD, GROUND, HALF, INK, NARROW, WIDE, number
from evaltracker.web.charts.kinds import Asked, FigureKind, Picture
from evaltracker.web.charts.record_labels import RecordLabels, record_labels
from labs.choices import Activity
from labs.models.addresses import page_path
from labs.rules.access import UNSPECIFIED_GROUPS
from labs.rules.certainty import is_documented, is_outside, link_certainty
from labs.rules.event_words import UNNAMED
from labs.rules.glossary import Word
from labs.rules.ledger import AccessLedger
from labs.rules.order import people_order
from labs.rules.words import counted
from labs.web.columns import AS_OF, DATA_VERSION, METHOD, Column, Link, count_field, named_reference
from labs.web.parameters import address

_ROW = 28
_RADIUS = 9
_LINE = 14
_SLANT = 50
_LONG = 100
"""The head of a column that is longer stands in two lines."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A record by its key and its name."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Pair:
    """An evaluator and a lab: how many releases of the lab it is confirmed to have tested before release, how many with
    those of which that is possible, and how many of the lab count.
    """

    day: dt.date
    evaluator: _Named
    lab: _Named
    confirmed: int
    possible: int
    releases: int

    @property
    def title(self) -> str:
        """The pair in a line: “METR tested OpenAI: 4 releases confirmed, 1 more possible, of 20”."""
        more = f", {self.possible - self.confirmed} more possible" if self.possible > self.confirmed else ""
        return (
            f"{self.evaluator.name} and {self.lab.name}: {counted(self.confirmed, 'release')} confirmed{more}, "
            f"of {self.releases}"
        )

    @property
    def path(self) -> str:
        """The model evaluations behind it."""
        chosen = {"evaluator": self.evaluator.key, "lab": self.lab.key, "activity": Activity.MODEL_EVALUATION.value}
        return address(page_path("labs:event_list"), chosen)


COLUMNS: tuple[Column, ...] = (
    Column(
        name="evaluator",
        explanation="Who tested.",
        fields=named_reference("evaluator", "evaluator"),
        cell=lambda row: Link(page_path("labs:evaluator_detail", row.evaluator.key), row.evaluator.name),
        header="Evaluator",
    ),
    Column(
        name="lab",
        explanation="Whose releases.",
        fields=named_reference("lab", "lab"),
        cell=lambda row: Link(page_path("labs:lab_detail", row.lab.key), row.lab.name),
    ),
    Column(
        name="releases_tested",
        explanation="Of how many releases it is confirmed, and of how many possible.",
        fields=(
            count_field(
                "releases_tested_low",
                "How many releases of the lab the evaluator is confirmed to have tested before release.",
                lambda row: row.confirmed,
            ),
            count_field(
                "releases_tested_high",
                "The same with releases of which that is reported, or the timing or the evaluator’s part not sure.",
                lambda row: row.possible,
            ),
            count_field(
                "releases_of_lab", "How many releases of the lab count in the window.", lambda row: row.releases
            ),
        ),
        cell=lambda row: Link(row.path, f"{row.confirmed} of {row.releases}"),
        header="Releases confirmed as tested before release",
    ),
    Column(
        name="possible",
        explanation="Of how many more releases it is possible.",
        cell=lambda row: row.possible - row.confirmed,
        header="More, possible",
        style="num",
    ),
    AS_OF,
    DATA_VERSION,
    METHOD,
)


def who_picture(asked: Asked) -> Picture:
    """Each pair with a test that counts, surely or possibly (methodology, section 4); one evaluator’s part is only as
    sure as its link to the test (section 1).
    """
    found, labels = ledger(asked.day).access, record_labels(asked.day)
    pairs = pairs_of(found, asked, labels)
    return Picture(
        question="Who tested whose models before release?",
        finding=_finding(pairs, found, asked),
        draw=partial(_drawn, pairs, WIDE),
        draw_narrow=partial(_drawn, pairs, NARROW),
        rows=tuple(pairs),
        note="The number is of releases, and leads to the tests behind it. An empty cell means that no source which we "
        "read tells of such a test; it does not mean that none took place.",
    )


WHO = FigureKind("who-tests-whom", "Who tests whom", COLUMNS, who_picture, "pairs of an evaluator and a lab")


def pairs_of(found: AccessLedger, asked: Asked, labels: RecordLabels) -> list[Pair]:
    """The pairs of the window: the evaluators of the most releases first, unnamed testers last; then labs likewise."""
    surely: dict[tuple[str, str], set[str]] = {}
    possibly: dict[tuple[str, str], set[str]] = {}
    for assessment in found.counted_in(asked.window):
        for weighed in assessment.counted:
            for part in weighed.event.participations:
                if not is_outside(weighed.event, part):
                    continue
                pair = part.evaluator, assessment.release.lab
                possibly.setdefault(pair, set()).add(assessment.release.key)
                if weighed.is_strict and is_documented(link_certainty(weighed.certainty, part)):
                    surely.setdefault(pair, set()).add(assessment.release.key)
    of_evaluator: dict[str, int] = {}
    of_lab: dict[str, int] = {}
    for (evaluator, lab), releases in possibly.items():
        of_evaluator[evaluator] = of_evaluator.get(evaluator, 0) + len(releases)
        of_lab[lab] = of_lab.get(lab, 0) + len(releases)
    pairs = [
        Pair(
            day=asked.day,
            evaluator=_Named(evaluator, _name(evaluator, labels)),
            lab=_Named(lab, labels.labs[lab]),
            confirmed=len(surely.get((evaluator, lab), ())),
            possible=len(releases),
            releases=len(found.counted_in(asked.window, lab)),
        )
        for (evaluator, lab), releases in possibly.items()
    ]
    pairs.sort(key=lambda each: (-of_lab[each.lab.key], people_order(each.lab.name)))
    pairs.sort(
        key=lambda each: (
            each.evaluator.key == UNSPECIFIED_GROUPS,
            -of_evaluator[each.evaluator.key],
            people_order(each.evaluator.name),
        )
    )
    return pairs


def _name(evaluator: str, labels: RecordLabels) -> str:
    return UNNAMED if evaluator == UNSPECIFIED_GROUPS else labels.evaluators[evaluator]


def _finding(pairs: Sequence[Pair], found: AccessLedger, asked: Asked) -> str:
    window = found.window_words(asked.window)
    total = len(found.counted_in(asked.window))
    if not pairs:
        return f"Of {counted(total, 'frontier release')} {window}, no test by outsiders before release is on record."
    named = {each.evaluator.key for each in pairs if each.evaluator.key != UNSPECIFIED_GROUPS}
    labs = {each.lab.key for each in pairs}
    first = pairs[0].evaluator
    of_first = [each for each in pairs if each.evaluator == first]
    low, high = sum(each.confirmed for each in of_first), sum(each.possible for each in of_first)
    more = f", {high} with possible ones" if high > low else ""
    return (
        f"Of {counted(total, 'frontier release')} {window}, {counted(len(named), 'named evaluator')} and "
        f"{counted(len(labs), 'lab')} are on record with a test before release, confirmed or possible. "
        f"{first.name} stands with the most: {counted(low, 'release')} confirmed{more}."
    )


def _drawn(pairs: Sequence[Pair], width: float) -> ET.Element:
    """Evaluators below each other, labs side by side; the names of labs are written upwards. No name is cut."""
    labs: dict[str, Pair] = {}
    for pair in sorted(pairs, key=lambda each: -sum(o.possible for o in pairs if o.lab == each.lab)):
        labs.setdefault(pair.lab.key, pair)
    label = 236 if width == WIDE else 112
    names = {pair.evaluator: drawing.wrapped(pair.evaluator.name, label - 14) for pair in pairs}
    heights = {each: max(_ROW, len(lines) * _LINE + 8) for each, lines in names.items()}
    step = min((width - label - 26) / max(len(labs), 1), 64)
    place = {key: label + step * (at + 0.5) for at, key in enumerate(labs)}
    heads = {key: _head_lines(pair) for key, pair in labs.items()}
    long = {key: max(map(drawing.width_of, lines)) for key, lines in heads.items()}
    has_room = all(place[key] + long[key] * cos(radians(_SLANT)) <= width for key in labs)
    slant = radians(_SLANT if has_room else 90)
    head = ET.Element("g")
    samples = [
        ("releases confirmed as tested before release", lambda to, x, y: _mark(to, x + 8, y + 8, 1, 1)),
        ("possible, not confirmed", lambda to, x, y: _mark(to, x + 8, y + 8, 0, 1), Word.POSSIBLE),
        ("some confirmed, more possible", lambda to, x, y: _mark(to, x + 8, y + 8, 1, 2), Word.POSSIBLE),
    ]
    top = drawing.legend(head, samples, 2, 4, width - 4)
    top += max(long.values(), default=0) * sin(slant) + _LINE * cos(slant) + 28
    bottom = top + sum(heights.values())
    root = drawing.picture(width, (bottom if pairs else top + _ROW) + 8)
    root.append(head)
    if not pairs:
        drawing.text(root, 0, top, "No test before release on record in this window", colour=INK)
    for key, pair in labs.items():
        link = drawing.linked(root, page_path("labs:lab_detail", key), f"{pair.lab.name}: n = {pair.releases} releases")
        _head(link, heads[key], place[key], top - 10, slant)
        drawing.line(root, place[key], top - 4, place[key], bottom)
    for evaluator, lines in names.items():
        y = top + heights[evaluator] / 2
        link = drawing.linked(root, page_path("labs:evaluator_detail", evaluator.key), evaluator.name)
        for at, words in enumerate(lines):
            drawing.text(link, 0, y + 4 + (at - (len(lines) - 1) / 2) * _LINE, words, colour=INK)
        drawing.line(root, label - 8, y, width - 2, y)
        for pair in pairs:
            if pair.evaluator == evaluator:
                cell = drawing.linked(root, pair.path, pair.title)
                drawing.target(cell, place[pair.lab.key] - 14, y - 14, 28, 28)
                _mark(cell, place[pair.lab.key], y, pair.confirmed, pair.possible, is_counted=True)
        top += heights[evaluator]
    return root


def _head_lines(pair: Pair) -> list[str]:
    """The name of a lab and how many of its releases count, in one line or two."""
    words = f"{pair.lab.name} ({pair.releases})"
    return drawing.halved(words) if drawing.width_of(words) > _LONG else [words]


def _head(link: ET.Element, lines: Sequence[str], x: float, y: float, slant: float) -> None:
    """The head of a column, written upwards from its foot: slanted, its last line ends there; upright, its middle."""
    is_upright = slant > radians(_SLANT)
    for at, words in enumerate(lines):
        beside = _LINE * (at - (len(lines) - 1) / (2 if is_upright else 1))
        left, top = x + (4 if is_upright else -4) + beside * sin(slant), y + beside * cos(slant)
        text = drawing.text(link, 0, 0, words, colour=INK)
        text.set("transform", f"translate({number(left)} {number(top)}) rotate({number(-degrees(slant))})")


def _mark(to: ET.Element, x: float, y: float, confirmed: int, possible: int, *, is_counted: bool = False) -> None:
    """A disc with the number of confirmed releases, a ring round it for those that are only possible, beside it how
    many; where none is confirmed, the ring alone with its number.
    """
    ring = {"stroke": HALF, "stroke_width": "1.6", "stroke_dasharray": "3 2"}
    radius = _RADIUS if is_counted else _RADIUS - 4
    if confirmed:
        if possible > confirmed:
            drawing.circle(to, x, y, radius + 3, fill=GROUND, **ring)
        drawing.circle(to, x, y, radius, fill=GOOD)
    else:
        drawing.circle(to, x, y, radius, fill=GROUND, **ring)
    if not is_counted:
        return
    colour = GROUND if confirmed else INK
    drawing.text(to, x, y + 4, str(confirmed or possible), anchor="middle", size=12, colour=colour, is_bold=True)
    if confirmed and possible > confirmed:
        drawing.text(to, x + radius + 1, y - 7, f"+{possible - confirmed}", size=11, colour=INK)
