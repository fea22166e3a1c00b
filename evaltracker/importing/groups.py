"""Columns that together say what belongs to a record: names, evaluators, labs, citations, searches, requirements."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commitments.choices import Reading
from commitments.models import Requirement
from evaltracker.importing.problems import CellProblem
from evaltracker.importing.reading import DAY, Lookup, allowed_for, read_day, read_terms, reader
from labs.choices import LinkLowering
from labs.models import Record
from labs.models.base import Part
from labs.models.states import State, fields_of
from labs.rules.csv_cells import fields_of_line, line, plain, quote_line, unlisted


@dataclass(frozen=True)
class GroupInput:
    """What a group is read from: its cells in the file, the parts as stored, and what the site exports of them.

    ``cells`` lacks the columns that neither the file nor the export has; ``shown`` is None for a record that the site
    does not export.
    """

    cells: Mapping[str, str]
    stored: Sequence[Any]
    shown: Mapping[str, str] | None
    lookup: Lookup
    is_new: bool


@dataclass(frozen=True)
class Group(ABC):
    """The columns that write one of a record's relations."""

    relation: str
    columns: tuple[str, ...]
    kind: type[Part] | type[Record]

    @abstractmethod
    def read(self, asked: GroupInput) -> list[Any]:
        """The parts, as states hold them. Raises CellProblem."""

    def field(self, name: str) -> Any:
        """A field of the parts."""
        return self.kind._meta.get_field(name)

    def column_of(self, _part: Part, _field: str) -> str:
        """The column to which a problem with a field of a part belongs."""
        return self.columns[0]


class Others(Group):
    """A list of other records by key, such as the labs that made a commitment."""

    def read(self, asked: GroupInput) -> list[str]:
        keys = (asked.lookup.key_of(self.kind, text) for text in unlisted(asked.cells[self.columns[0]]) if text)
        return sorted(set(keys))


class Names(Group):
    """Names in one column and, beside it, the time when each was in use."""

    def read(self, asked: GroupInput) -> list[State]:
        names = unlisted(asked.cells[self.columns[0]])
        if len(self.columns) == 1:
            return [{"name": name} for name in names]
        column = self.columns[1]
        known = {part["name"]: part["used"] for part in asked.stored}
        used = _beside(asked.cells, column, names) if column in asked.cells else [known.get(name, "") for name in names]
        return [{"name": name, "used": when} for name, when in zip(names, used, strict=True)]

    def column_of(self, _part: Part, field: str) -> str:
        return self.columns[field == "used"]


class Participations(Group):
    """Evaluators by key, and beside them how each one's part is lowered."""

    def read(self, asked: GroupInput) -> list[State]:
        column = self.columns[1]
        texts = [text for text in unlisted(asked.cells[self.columns[0]]) if text]
        lookup, kind = asked.lookup, self.field("evaluator").related_model
        evaluators = [lookup.key_of(kind, text) for text in texts]
        known = {part["evaluator"]: part["lowered_to"] for part in asked.stored}
        default = LinkLowering.AS_EVENT.value
        if column in asked.cells:
            lowered = [text or default for text in _beside(asked.cells, column, evaluators)]
        else:
            lowered = [known.get(evaluator, default) for evaluator in evaluators]
        read = reader(self.field("lowered_to"))
        try:
            values = [read(text, lookup, asked.is_new) for text in lowered]
        except CellProblem as problem:
            raise CellProblem(problem.message, problem.allowed, column) from problem
        return [{"evaluator": key, "lowered_to": value} for key, value in zip(evaluators, values, strict=True)]

    def column_of(self, _part: Part, field: str) -> str:
        return self.columns[field == "lowered_to"]


def _beside(cells: Mapping[str, str], column: str, owners: Sequence[str]) -> list[str]:
    """The members of a list that stands beside another; an empty cell has none to say anything of."""
    values = unlisted(cells[column])
    if not values:
        return [""] * len(owners)
    if len(values) != len(owners):
        raise CellProblem(
            f"It has {len(values)} entries for {len(owners)}.",
            f"one for each of: {'; '.join(owners)}" if owners else "empty, where there are none",
            column,
        )
    return values


class Lines(Group):
    """Parts that stand one in each line of a cell. Those that the export does not show yet are kept."""

    @abstractmethod
    def written(self, part: State) -> str:
        """The line of a part, as the site exports it."""

    @abstractmethod
    def part(self, text: str, asked: GroupInput) -> State:
        """What a line says. Raises CellProblem."""

    def read(self, asked: GroupInput) -> list[State]:
        column = self.columns[0]
        stored = {plain(self.written(part)): part for part in asked.stored}
        shown = set(_lines(asked.shown[column])) if asked.shown is not None else set(stored)
        parts = [part for text, part in stored.items() if text not in shown]
        for number, text in enumerate(_lines(asked.cells[column]), start=1):
            try:
                part = stored.get(text) or self.part(text, asked)
            except CellProblem as problem:
                raise CellProblem(f"Line {number}: {problem.message}", problem.allowed) from problem
            if part not in parts or text in shown:
                parts.append(part)
        return parts


def _lines(text: str) -> list[str]:
    return [each.strip() for each in text.split("\n") if each.strip()]


class Citations(Lines):
    def written(self, part: State) -> str:
        return quote_line(part["source"], part["supports"], part["quote"])

    def part(self, text: str, asked: GroupInput) -> State:
        try:
            source, supports, quote = fields_of_line(text, 3)
        except ValueError as error:
            raise CellProblem(
                "It needs a source, what the quote supports, and the quote.",
                "key of a source | field, field | the words of the quote; one citation in each line",
            ) from error
        key = asked.lookup.key_of(self.field("source").related_model, source)
        return {"source": key, "quote": quote, "supports": read_terms(self.field("supports"), supports, ",")}


class Searches(Lines):
    def written(self, part: State) -> str:
        return line(part["searched_on"], part["where"])

    def part(self, text: str, _asked: GroupInput) -> State:
        try:
            day, where = fields_of_line(text, 2)
        except ValueError as error:
            raise CellProblem("It needs a day and where we looked.", "2024-05-24 | where we looked") from error
        if not day:
            raise CellProblem("It needs a day.", DAY)
        return {"searched_on": read_day(day), "where": where}


REQUIREMENT_FIELDS = tuple(field.name for field in fields_of(Requirement) if field.name != "reading")


class Requirements(Group):
    """What each reading asks for: one column for each field of each reading; all empty where there is none."""

    def read(self, asked: GroupInput) -> list[State]:
        stored = {part["reading"]: part for part in asked.stored}
        found = [self._reading(asked, reading.value, stored.get(reading.value)) for reading in Reading]
        return [each for each in found if each]

    def _reading(self, asked: GroupInput, reading: str, stored: State | None) -> State | None:
        cells = {name: asked.cells.get(f"{reading}_{name}") for name in REQUIREMENT_FIELDS}
        if all(text is None for text in cells.values()):
            return stored
        if not any(cells.values()) and (stored is None or None not in cells.values()):
            return None
        part: State = {**stored} if stored else {"reading": reading}
        for name, text in cells.items():
            column, field = f"{reading}_{name}", self.field(name)
            if text is None or (stored and asked.shown and text == asked.shown.get(column)):
                continue
            try:
                part[name] = reader(field)(text, asked.lookup, stored is None)
            except CellProblem as problem:
                raise CellProblem(problem.message, problem.allowed or allowed_for(field), column) from problem
        return part

    def column_of(self, part: Part, field: str) -> str:
        return f"{part.reading}_{field}"
