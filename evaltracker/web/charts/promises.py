"""Promises × labs: a square with a letter for each release that a testable promise was held against."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from xml.etree import ElementTree as ET

from commitments.queries import CommitmentAsOf, LabPart, commitments_as_of, ledger
from commitments.rules.deadlines import DeadlineStatus
from commitments.rules.verdicts import Verdict, VerdictOutcome
from commitments.web.presenters import verdict_anchor
from commitments.web.tables import MATRIX_COLUMNS
from evaltracker.web.charts import drawing
from evaltracker.web.charts.drawing import BAD, GOOD, GROUND, HALF, INK, MUTED, NARROW, SOFT, WIDE
from evaltracker.web.charts.kinds import Asked, FigureKind, Picture
from labs.models import Lab
from labs.models.addresses import page_path
from labs.rules.dates import day_label
from labs.rules.order import people_order
from labs.rules.vocabulary import Term
from labs.rules.words import counted, listed
from labs.web.columns import DATA_VERSION, METHOD, Column, Link

QUESTION = "Did labs keep the promises about tests by outsiders that can be checked?"
_SIDE, _STEP = 18, 20
_LINE = 17


class Letter(Term):
    """What became of a promise, for one release or by its day: the letter is the value, in the order of the squares."""

    KEPT = "K", "kept"
    LENIENT = (
        "L",
        "kept on the lenient reading only",
        "Kept if its words are taken broadly, but not narrowly.",
    )
    PARTLY = "P", "partly kept"
    AFTER_DAY = "A", "done after its day"
    UNCLEAR = "U", "unclear"
    READINGS = "R", "each reading gives another verdict", "The strict and the lenient reading of its words differ."
    NOT_KEPT = "N", "not kept"
    OVERDUE = "O", "overdue"
    NOTHING_FOUND = "F", "nothing found"
    CANNOT_TELL = "?", "cannot tell"
    NOT_YET_DUE = "…", "not yet due"
    DOES_NOT_APPLY = "–", "does not apply"


_OF_OUTCOME = {
    VerdictOutcome.KEPT: Letter.KEPT,
    VerdictOutcome.PARTLY_KEPT: Letter.PARTLY,
    VerdictOutcome.UNCLEAR: Letter.UNCLEAR,
    VerdictOutcome.NOT_KEPT: Letter.NOT_KEPT,
    VerdictOutcome.NOTHING_FOUND: Letter.NOTHING_FOUND,
    VerdictOutcome.CANNOT_TELL: Letter.CANNOT_TELL,
    VerdictOutcome.NOT_YET_DUE: Letter.NOT_YET_DUE,
    VerdictOutcome.DOES_NOT_APPLY: Letter.DOES_NOT_APPLY,
}
_OF_DEADLINE = {
    DeadlineStatus.FULFILLED: Letter.KEPT,
    DeadlineStatus.FULFILLED_LATE: Letter.AFTER_DAY,
    DeadlineStatus.OVERDUE: Letter.OVERDUE,
    DeadlineStatus.NOTHING_FOUND: Letter.NOTHING_FOUND,
    DeadlineStatus.NOT_YET_DUE: Letter.NOT_YET_DUE,
}
_MEANS: dict[Letter, VerdictOutcome | DeadlineStatus] = {
    letter: status for status, letter in [*_OF_DEADLINE.items(), *_OF_OUTCOME.items()]
}
"""The status whose meaning a letter has; two letters have a meaning of their own."""
_PLACES = {letter: place for place, letter in enumerate(Letter)}
_FILLED = {Letter.KEPT: GOOD, Letter.NOT_KEPT: BAD, Letter.OVERDUE: BAD}
_EDGED = {
    **dict.fromkeys((Letter.LENIENT, Letter.PARTLY, Letter.AFTER_DAY, Letter.UNCLEAR, Letter.READINGS), HALF),
    Letter.NOTHING_FOUND: INK,
}


def letter_of(verdict: Verdict) -> Letter:
    """The letter of a verdict; where the readings differ it has one of its own."""
    if not verdict.is_split:
        return _OF_OUTCOME[verdict.strict.outcome]
    return Letter.LENIENT if verdict.lenient.outcome is VerdictOutcome.KEPT else Letter.READINGS


@dataclass(frozen=True, slots=True)
class Mark:
    """A square: what became of a promise of a lab, for one release or by its day."""

    letter: Letter
    address: str
    title: str


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise, and the part in it of one lab that made it."""

    commitment: CommitmentAsOf
    part: LabPart

    @property
    def day(self) -> dt.date:
        return self.commitment.day

    @property
    def lab(self) -> Lab:
        return self.part.lab

    @property
    def address(self) -> str:
        """Where its verdicts stand."""
        path = page_path("commitments:commitment_detail", self.commitment.key)
        return f"{path}#lab-{self.lab.key}" if self.commitment.is_testable else path

    @property
    def words(self) -> str:
        """What became of it, with its counts."""
        words = [self.part.kept_label if self.commitment.is_testable else ""]
        if self.commitment.deadline and self.commitment.standing:
            words.append(self.commitment.standing.label)
        return "; ".join(filter(None, words))

    @property
    def letters(self) -> list[Letter]:
        """The letter of each verdict, and that of the day by which the promise is due."""
        found = [letter_of(each) for each in self.part.verdicts]
        if self.commitment.deadline and self.commitment.standing:
            found.append(_OF_DEADLINE[self.commitment.deadline.status])
        return found

    @property
    def marks(self) -> list[Mark]:
        """A square for each of the letters."""
        title = f"{self.commitment.record.title} ({self.lab.name})"
        path = page_path("commitments:commitment_detail", self.commitment.key)
        found = [
            Mark(letter_of(each), f"{path}#{verdict_anchor(each)}", f"{title}, {each.release.name}: {each.label}")
            for each in self.part.verdicts
        ]
        if self.commitment.deadline and self.commitment.standing:
            status = _OF_DEADLINE[self.commitment.deadline.status]
            found.append(Mark(status, path, f"{title}: {self.commitment.standing.label}"))
        return sorted(found, key=lambda mark: _PLACES[mark.letter])


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise with its labs: those with a square, and the names of those without a release while it was in force."""

    commitment: CommitmentAsOf
    rows: tuple[PromiseRow, ...]

    @property
    def shown(self) -> list[PromiseRow]:
        """The labs with a square."""
        return [row for row in self.rows if row.letters]

    @property
    def about(self) -> str:
        """When it was made and how firmly; what it is due by."""
        record, standing = self.commitment.record, self.commitment.standing
        return "; ".join([record.made_on_label, record.get_firmness_display(), *([standing.label] if standing else [])])

    @property
    def others(self) -> str:
        """“No release while in force: Inflection.”; "" for none."""
        names = [row.lab.name for row in self.rows if not row.letters]
        return f"No release while in force: {listed(names)}." if names else ""


def checkable(commitments: Iterable[CommitmentAsOf]) -> list[Promise]:
    """The promises that are testable or due by a day, the oldest first. Laws are nobody's promises."""
    found = [each for each in commitments if not each.record.is_law and (each.is_testable or each.deadline)]
    found.sort(key=lambda each: (each.record.made_on_earliest or dt.date.max, each.key))
    return [Promise(each, tuple(PromiseRow(each, part) for part in each.parts)) for each in found]


def promises_in_force(asked: Asked) -> list[CommitmentAsOf]:
    """The promises that are in force on the day, with their verdicts on releases of the window."""
    commitments = commitments_as_of(asked.day, asked.window).values()
    return [each for each in commitments if each.is_in_force and not each.record.is_law]


def finding(promises: Sequence[Promise], in_force: int, day: dt.date, window: str) -> str:
    """What the picture shows, with its counts."""
    marks = Counter(letter for promise in promises for row in promise.rows for letter in row.letters)
    on = f"in force on {day_label(day)}"
    if not promises:
        return f"Of {counted(in_force, 'promise')} {on} none can be checked: none is testable or due by a day."
    due = sum(promise.commitment.deadline is not None for promise in promises)
    by_a_day = f", {due} of them by a day" if due else ""
    sentence = f"Of {counted(in_force, 'promise')} {on}, {len(promises)} can be checked{by_a_day}."
    if marks:
        order = sorted(marks, key=lambda each: (-marks[each], _PLACES[each]))
        words = ", ".join(f"{letter.label} {marks[letter]}" for letter in order)
        sentence += f" For releases {window} and for such days: {words} ({counted(sum(marks.values()), 'verdict')})."
    return sentence


MOST_DRAWN = 100
"""So many promises stand in the picture: on any day at most 8 of the shipped ones can be checked."""


def promises_picture(asked: Asked) -> Picture:
    """A square for each verdict, with its letter: promises in rows, in columns the labs that made them."""
    in_force = promises_in_force(asked)
    promises = checkable(in_force)
    drawn = promises[-MOST_DRAWN:]
    is_whole = len(drawn) == len(promises)
    more = "" if is_whole else f" Drawn are the {len(drawn)} that were made last; the table and CSV have all."
    return Picture(
        question=QUESTION,
        finding=finding(promises, len(in_force), asked.day, ledger(asked.day).access.window_words(asked.window)),
        draw=lambda: _wide(drawn),
        draw_narrow=lambda: _narrow(drawn),
        rows=tuple(row for promise in promises for row in promise.rows),
        note=(
            "Each square is one release that came out while the promise was in force, or the day by which it is due, "
            "and leads to the verdict with its reasons. Nothing found and cannot tell do not say that a promise was "
            f"broken.{more}"
        ),
    )


def _head(promises: Sequence[Promise], width: float) -> tuple[ET.Element, float]:
    """The legend of the letters that occur, with their counts; and where it ends."""
    marks = Counter(letter for promise in promises for row in promise.rows for letter in row.letters)
    items = [
        (f"{letter.label}: {marks[letter]}", partial(_square, letter=letter, side=16), _MEANS.get(letter, letter))
        for letter in Letter
        if marks[letter]
    ]
    head = ET.Element("g")
    y = drawing.legend(head, items, 0, 2, width) + 18
    n = f"n = {counted(sum(marks.values()), 'verdict')} on {counted(len(promises), 'promise')}"
    drawing.text(head, 0, y, n, colour=INK, is_bold=True)
    return head, y + 14


def _wide(promises: Sequence[Promise]) -> ET.Element:
    """A table: promises in rows, labs in columns."""
    labs = {row.lab.key: row.lab for promise in promises for row in promise.shown}
    columns = sorted(labs.values(), key=lambda lab: people_order(lab.name))
    names = 216
    cell = max((WIDE - names) / max(len(columns), 1), 3 * _STEP + 6)
    cell = min(cell, 7 * _STEP)
    width = max(WIDE, names + cell * len(columns))
    head, y = _head(promises, width)
    body = ET.Element("g")
    wrapped = [drawing.wrapped(lab.name, cell - 6) for lab in columns]
    y += 16 * max((len(lines) for lines in wrapped), default=0)
    for place, (lab, lines) in enumerate(zip(columns, wrapped, strict=True)):
        link = drawing.linked(body, page_path("labs:lab_detail", lab.key), f"{lab.name}, the lab")
        for at, line in enumerate(lines):
            top = y - 16 * (len(lines) - at - 1)
            drawing.text(link, names + place * cell, top, line, colour=INK, is_bold=True)
    y += 10
    for promise in promises:
        drawing.line(body, 0, y, width, y)
        low = _title(body, promise, y + 18, names - 16)
        for row in promise.shown:
            x = names + columns.index(row.lab) * cell
            low = max(low, _squares(body, row, x, y + 7, int((cell - 6) // _STEP)))
        y = _others(body, promise, low, width) + 8
    if not promises:
        drawing.text(body, 0, y + 12, "No promise in force can be checked", colour=INK)
        y += 24
    root = drawing.picture(width, y)
    root.extend((head, body))
    return root


def _narrow(promises: Sequence[Promise]) -> ET.Element:
    """Promises below each other, and below each the labs that made it."""
    names = 96
    head, y = _head(promises, NARROW)
    body = ET.Element("g")
    for promise in promises:
        drawing.line(body, 0, y, NARROW, y)
        y = _title(body, promise, y + 20, NARROW) + 8
        for row in promise.shown:
            link = drawing.linked(body, row.address, f"{row.lab.name}: {row.words}")
            low = y
            for line in drawing.wrapped(row.lab.name, names - 6):
                drawing.text(link, 0, low + 13, line, colour=INK)
                low += _LINE
            y = max(low, _squares(body, row, names, y, int((NARROW - names) // _STEP))) + 6
        y = _others(body, promise, y, NARROW) + 8
    if not promises:
        drawing.text(body, 0, y + 12, "No promise in force can be checked", colour=INK)
        y += 24
    root = drawing.picture(NARROW, y)
    root.extend((head, body))
    return root


def _title(parent: ET.Element, promise: Promise, y: float, width: float) -> float:
    """The promise and when it was made, in lines; returns where they end."""
    record = promise.commitment.record
    path = page_path("commitments:commitment_detail", promise.commitment.key)
    link = drawing.linked(parent, path, f"{record.title}: {promise.about}")
    for line in drawing.wrapped(record.title, width):
        drawing.text(link, 0, y, line, colour=INK)
        y += _LINE
    for line in drawing.wrapped(promise.about, width, 12):
        drawing.text(link, 0, y, line, size=12)
        y += _LINE
    return y - 8


def _squares(parent: ET.Element, row: PromiseRow, x: float, y: float, beside: int) -> float:
    """The squares of a lab, in lines; returns where they end."""
    marks = row.marks
    for place, mark in enumerate(marks):
        line, column = divmod(place, beside)
        left, top = x + column * _STEP, y + line * _STEP
        link = drawing.linked(parent, mark.address, mark.title)
        drawing.target(link, left - 1, top - 1, _STEP, _STEP)
        _square(link, left, top, letter=mark.letter, side=_SIDE)
    return y + -(-len(marks) // beside) * _STEP


def _others(parent: ET.Element, promise: Promise, y: float, width: float) -> float:
    """The labs that made it and brought out nothing since; returns where the words end."""
    for line in drawing.wrapped(promise.others, width, 12) if promise.others else ():
        y += _LINE
        drawing.text(parent, 0, y, line, size=12)
    return y + 4


def _square(parent: ET.Element, x: float, y: float, *, letter: Letter, side: float) -> None:
    """A square with its letter: full where it is settled, edged where it is not, hatched edge where nobody can tell."""
    if colour := _FILLED.get(letter):
        drawing.rect(parent, x, y, side, side, fill=colour)
    else:
        edge = _EDGED.get(letter)
        dash = {} if edge else {"stroke_dasharray": "2 2"}
        box = {"fill": GROUND, "stroke": edge or MUTED, "stroke_width": "1.5"} | dash
        drawing.rect(parent, x + 0.75, y + 0.75, side - 1.5, side - 1.5, **box)
    words = GROUND if letter in _FILLED else INK if letter in _EDGED else SOFT
    middle = x + side / 2
    drawing.text(parent, middle, y + side / 2 + 4.3, letter.value, anchor="middle", size=12, colour=words, is_bold=True)


def _promise_cell(row: PromiseRow) -> Link:
    return Link(
        row.commitment.record,
        note="; ".join([row.commitment.record.made_on_label, row.commitment.record.get_firmness_display()]),
    )


_CELLS = {
    "commitment": {"cell": _promise_cell, "header": "Promise", "style": "wide"},
    "lab": {"cell": lambda row: row.lab},
    "kept": {"cell": lambda row: Link(row.address, row.words), "header": "What became of it", "style": "wide"},
}


def _of_row(column: Column) -> Column:
    """A column of the matrix, which reads pairs, for rows of this figure."""
    fields = tuple(
        replace(each, value=lambda row, read=each.value: read((row.commitment, row.part))) for each in column.fields
    )
    return replace(column, fields=fields, **_CELLS.get(column.name, {}))


COLUMNS: tuple[Column, ...] = (*map(_of_row, MATRIX_COLUMNS), DATA_VERSION, METHOD)

PROMISES = FigureKind(
    "promises", "Promises that can be checked, by lab", COLUMNS, promises_picture, "promises of a lab"
)
