"""Every release, one square, by half-year: what the record shows of tests by outsiders. Of one lab, its strip."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from xml.etree import ElementTree as ET

from commitments.queries import ledger
from evaltracker.web.charts import drawing
from evaltracker.web.charts.drawing import GOOD, GROUND, HALF, INK, MUTED, NARROW, SOFT, WIDE, number
from evaltracker.web.charts.kinds import Asked, FigureKind, Picture
from evaltracker.web.charts.record_labels import record_labels
from evaltracker.web.charts.share import HalfYear, half_years
from labs.choices import Evidence
from labs.models.addresses import page_path
from labs.rules.dates import Span
from labs.rules.ledger import Assessment
from labs.rules.sentences import evidence_counts, headline
from labs.rules.words import counted
from labs.web.columns import (
    AS_OF,
    DATA_VERSION,
    METHOD,
    Column,
    Field,
    Link,
    edtf_field_group,
    evidence_badge,
    reference,
    term_fields,
)

MOST_DRAWN = 400
"""So many releases are drawn, those of the newest half-years; the file of the rows has all."""
SIDE, STEP = 18, 22
"""The side of a square, and how far the next one is."""


@dataclass(frozen=True, slots=True)
class Square:
    """A release that counts, with its word. ``day`` is the day as of which it is known."""

    day: dt.date
    model: str
    name: str
    lab: str
    lab_name: str
    released: Span
    released_text: str
    released_label: str
    half_year: str
    evidence: Evidence

    @property
    def title(self) -> str:
        """The release in a line: “GPT-4 (OpenAI), 14 March 2023: confirmed before release”."""
        return f"{self.name} ({self.lab_name}), {self.released_label}: {self.evidence.label}"


COLUMNS: tuple[Column, ...] = (
    Column(
        name="release",
        explanation="The release.",
        fields=(
            reference("model"),
            Field("model_name", lambda row: row.name, "The name of the release."),
        ),
        cell=lambda row: Link(page_path("labs:model_detail", row.model), row.name),
        header="Release",
    ),
    Column(
        name="lab",
        explanation="The lab that brought it out.",
        fields=(reference("lab"), Field("lab_name", lambda row: row.lab_name, "The name of the lab.")),
        cell=lambda row: Link(page_path("labs:lab_detail", row.lab), row.lab_name),
    ),
    Column(
        name="released",
        explanation="When the release came out.",
        fields=edtf_field_group(
            "released_on",
            "When the release came out.",
            lambda row: row.released_text,
            lambda row: row.released.earliest,
            lambda row: row.released.latest,
        ),
        cell=lambda row: row.released_label,
    ),
    Column(
        name="half_year",
        explanation="The half-year in which it stands.",
        fields=(
            Field("release_half_year", lambda row: row.half_year, "The half-year of its latest possible release day."),
        ),
    ),
    Column(
        name="evidence",
        explanation="What its access events show of outside model evaluation.",
        fields=term_fields(
            "evidence",
            lambda row: row.evidence,
            Evidence,
            "What its own access events show of outside model evaluation, whether or not it counts in figures.",
        ),
        cell=lambda row: evidence_badge(row.evidence),
        header="Tested by outsiders?",
    ),
    AS_OF,
    DATA_VERSION,
    METHOD,
)


def releases_picture(asked: Asked) -> Picture:
    """One square for each release that counts in the window, of one lab or of all (methodology, sections 1 and 3)."""
    found = ledger(asked.day)
    labels = record_labels(asked.day)
    maker = labels.labs.get(asked.about, asked.about)  # a lab may be public no more
    halves = half_years(found, asked.window, asked.about or None)
    groups = [(half, [_square(each, half, asked.day) for each in half.releases]) for half in halves]
    counts = evidence_counts(found.access.counted_in(asked.window, asked.about or None))
    sentences = headline(counts, found.access.window_words(asked.window), is_past=asked.is_past, maker=maker)
    shown = _newest(groups)
    omitted = sum(len(squares) for _, squares in groups[: len(groups) - len(shown)])
    note = "Each square is a release and leads to it. A half-year that is not whole has a dashed line."
    if omitted:
        note += f" Not drawn, but in the table: {counted(omitted, 'older release')}."
    return Picture(
        question=(
            f"Which releases of {maker} did outsiders test before release?"
            if maker
            else "Which frontier releases did outsiders test before release?"
        ),
        finding=" ".join(sentences).replace("**", ""),
        draw=lambda: _wide(shown),
        draw_narrow=lambda: _narrow(shown),
        rows=tuple(square for _, squares in reversed(groups) for square in reversed(squares)),
        note=note,
    )


RELEASES = FigureKind("releases", "Every release, one square", COLUMNS, releases_picture, "releases", takes="lab")

_Groups = Sequence[tuple[HalfYear, Sequence[Square]]]


def _square(assessment: Assessment, half: HalfYear, day: dt.date) -> Square:
    release, labels = assessment.release, record_labels(day)
    return Square(
        day=day,
        model=release.key,
        name=release.name,
        lab=release.lab,
        lab_name=labels.labs[release.lab],
        released=release.released,
        released_text=labels.released_edtf.get(release.key, ""),
        released_label=labels.released.get(release.key, ""),
        half_year=half.edtf,
        evidence=assessment.evidence.word,
    )


def _newest(groups: _Groups) -> _Groups:
    """The newest half-years with so many releases as are drawn, at least one of them."""
    shown = 0
    for place, (_, squares) in enumerate(reversed(groups)):
        shown += len(squares)
        if shown > MOST_DRAWN and place:
            return groups[len(groups) - place :]
    return groups


def _in_order(squares: Sequence[Square]) -> list[Square]:
    """By word, the surest first, then by day."""
    return sorted(squares, key=lambda each: (list(Evidence).index(each.evidence), each.released.latest, each.model))


def _words(groups: _Groups) -> list[tuple[str, drawing.Sample, Evidence]]:
    """Each word with its count, for the legend: all six, so that a reader sees which there could be."""
    found = Counter(square.evidence for _, squares in groups for square in squares)
    return [(f"{word.badge_label}: {found[word]}", partial(draw_word, word=word, side=16), word) for word in Evidence]


def _wide(groups: _Groups) -> ET.Element:
    """Half-years side by side, their squares stacked on one line."""
    columns = max(len(groups), 1)
    room = (WIDE - 8) / columns
    beside = max(int((min(room, 130) - 10) // STEP), 1)
    highest = max((-(-len(squares) // beside) for _, squares in groups), default=1)
    head = ET.Element("g")
    top = drawing.legend(head, _words(groups), 4, 4, WIDE - 8) + 14
    base = top + max(highest, 1) * STEP + 2
    root = drawing.picture(WIDE, base + 58)
    root.append(head)
    if not groups:
        drawing.text(root, WIDE / 2, base - 8, "No frontier release in this window", anchor="middle", colour=INK)
    for place, (half, squares) in enumerate(groups):
        left = 4 + place * room
        middle = left + room / 2
        start = middle - min(beside, max(len(squares), 1)) * STEP / 2 + (STEP - SIDE) / 2
        for at, square in enumerate(_in_order(squares)):
            row, column = divmod(at, beside)
            _draw(root, square, start + column * STEP, base - (row + 1) * STEP)
        _ground(root, left + 5, left + room - 5, base, half)
        drawing.text(root, middle, base + 17, half.months, anchor="middle")
        part = f", {half.part_words}" if half.part_words else ""
        drawing.text(root, middle, base + 33, f"{half.start.year}{part}", anchor="middle")
        drawing.text(root, middle, base + 50, f"n = {len(squares)}", anchor="middle", colour=INK, is_bold=True)
    return root


def _narrow(groups: _Groups) -> ET.Element:
    """For a phone: half-years below each other, the newest first."""
    label = 98
    beside = int((NARROW - label) // STEP)
    head = ET.Element("g")
    y = drawing.legend(head, _words(groups), 0, 2, NARROW) + 14
    rows = []
    for half, squares in reversed(groups):
        lines = max(-(-len(squares) // beside), 1)
        rows.append((y, half, squares))
        y += max(lines * STEP, 36) + 12
    root = drawing.picture(NARROW, max(y, 60))
    root.append(head)
    if not groups:
        drawing.text(root, 0, y, "No frontier release in this window", colour=INK)
    for top, half, squares in rows:
        drawing.text(root, 0, top + 14, f"{half.months}")
        drawing.text(root, 0, top + 30, f"{half.start.year} {half.part_words}".rstrip())
        drawing.text(root, label - 8, top + 14, str(len(squares)), anchor="end", colour=INK, is_bold=True)
        height = max(-(-len(squares) // beside) * STEP, 36)
        dash = "" if half.is_whole else "3 3"
        drawing.line(root, label - 3, top - 2, label - 3, top + height, colour=SOFT, dash=dash)
        for at, square in enumerate(_in_order(squares)):
            row, column = divmod(at, beside)
            _draw(root, square, label + 2 + column * STEP, top + row * STEP)
    return root


def _ground(root: ET.Element, left: float, right: float, y: float, half: HalfYear) -> None:
    """The line on which a half-year stands; dashed where it is not whole."""
    drawing.line(root, left, y, right, y, colour=INK, dash="" if half.is_whole else "3 3")


def _draw(root: ET.Element, square: Square, x: float, y: float) -> None:
    link = drawing.linked(root, page_path("labs:model_detail", square.model), square.title)
    drawing.target(link, x - (STEP - SIDE) / 2, y - (STEP - SIDE) / 2, STEP, STEP)
    draw_word(link, x, y, word=square.evidence, side=SIDE)


def draw_word(parent: ET.Element, x: float, y: float, *, word: Evidence, side: float) -> None:
    """The mark of a word for evidence: its shape says it without colour.

    Full, half full, hatched, an arrow past the release, crossed out, empty.
    """
    colour = {
        Evidence.CONFIRMED: GOOD,
        Evidence.TIMING_NOT_SHOWN: HALF,
        Evidence.REPORTED: HALF,
        Evidence.SAID_NONE: INK,
    }.get(word, MUTED)
    if word is Evidence.CONFIRMED:
        drawing.rect(parent, x, y, side, side, fill=colour)
        return
    width = 1.2 if word is Evidence.NOTHING_FOUND else 1.8
    inset = width / 2
    box = {"fill": GROUND, "stroke": colour, "stroke_width": number(width)}
    drawing.rect(parent, x + inset, y + inset, side - width, side - width, **box)
    match word:
        case Evidence.TIMING_NOT_SHOWN:
            corner = f"M{number(x)} {number(y)}V{number(y + side)}H{number(x + side)}Z"
            drawing.path(parent, corner, fill=colour)
        case Evidence.REPORTED:
            drawing.hatched(parent, x, y, side, side, colour=colour, step=side / 3)
        case Evidence.SAID_NONE:
            a, b, c, d = (number(each) for each in (x + 4, y + 4, x + side - 4, y + side - 4))
            drawing.path(parent, f"M{a} {b}L{c} {d}M{a} {d}L{c} {b}", stroke=colour, stroke_width="1.8")
        case Evidence.AFTER_RELEASE_ONLY:
            middle, third = y + side / 2, side / 4
            arrow = f"M{number(x + third)} {number(middle)}h{number(side / 2)}"
            arrow += (
                f"m{number(-third)} {number(-third)}l{number(third)} {number(third)}l{number(-third)} {number(third)}"
            )
            drawing.path(parent, arrow, stroke=colour, stroke_width="1.8", fill="none")
