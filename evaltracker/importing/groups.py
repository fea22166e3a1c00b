"""Groups of columns for the lists and parts of a record: names, evaluators, labs, citations, searches, requirements."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commitments.choices import Reading
from commitments.models import Requirement
from evaltracker.importing.problems import CellProblem
from evaltracker.importing.reading import DAY, Lookup, allowed_for, read_day, read_terms, reader
from labs.choices import Found, LinkLowering
from labs.models import Record
from labs.models.base import Part
from labs.models.states import State, fields_of
from labs.rules.csv_cells import fields_of_line, fields_of_search_line, plain, quote_line, search_line, unlisted


@dataclass(frozen=True)
class GroupInput:
    """The input of a group: its cells in the file, the stored parts, and the exported cells.

    ``cells`` lacks columns that neither the file nor the export has. ``shown`` is None if the site does not export the
    record.
    """

    cells: Mapping[str, str]
    stored: Sequence[Any]
    shown: Mapping[str, str] | None
    lookup: Lookup
    is_new: bool


@dataclass(frozen=True)
class Group(ABC):
    """The columns of one relation of a record."""

    relation: str
    columns: tuple[str, ...]
    model: type[Part] | type[Record]

    @abstractmethod
    def read(self, given: GroupInput) -> list[Any]:
        """The parts as in a state. Raises CellProblem."""

    def field(self, name: str) -> Any:
        """A field of the parts."""
        return self.model._meta.get_field(name)

    def column_of(self, _part: Part, _field: str) -> str:
        """The column that a problem with a field of a part is reported for."""
        return self.columns[0]


class Others(Group):
    """A list of other records by key, such as the labs that made a commitment."""

    def read(self, given: GroupInput) -> list[str]:
        keys = (given.lookup.key_of(self.model, text) for text in unlisted(given.cells[self.columns[0]]) if text)
        return sorted(set(keys))


class Names(Group):
    """Names in one column, and in the next the time when each was in use."""

    def read(self, given: GroupInput) -> list[State]:
        names = unlisted(given.cells[self.columns[0]])
        if len(self.columns) == 1:
            return [{"name": name} for name in names]
        column = self.columns[1]
        stored_uses = {part["name"]: part["used"] for part in given.stored}
        used = (
            _values_beside(given.cells, column, names)
            if column in given.cells
            else [stored_uses.get(name, "") for name in names]
        )
        return [{"name": name, "used": when} for name, when in zip(names, used, strict=True)]

    def column_of(self, _part: Part, field: str) -> str:
        return self.columns[field == "used"]


class Participations(Group):
    """Evaluators by key; in the next columns the lowered certainty of each one's part, and why it is lowered."""

    def read(self, given: GroupInput) -> list[State]:
        lowering, because = self.columns[1:]
        texts = [text for text in unlisted(given.cells[self.columns[0]]) if text]
        lookup, model = given.lookup, self.field("evaluator").related_model
        evaluators = [lookup.key_of(model, text) for text in texts]
        stored = {part["evaluator"]: part for part in given.stored}
        default = LinkLowering.AS_EVENT.value
        if lowering in given.cells:
            lowered = [text or default for text in _values_beside(given.cells, lowering, evaluators)]
        else:
            lowered = [stored[each]["lowered_to"] if each in stored else default for each in evaluators]
        if because in given.cells:
            reasons = _values_beside(given.cells, because, evaluators)
        else:
            reasons = [stored[each]["lowered_because"] if each in stored else "" for each in evaluators]
        read = reader(self.field("lowered_to"))
        try:
            values = [read(text, lookup, given.is_new) for text in lowered]
        except CellProblem as problem:
            raise CellProblem(problem.message, problem.allowed, lowering) from problem
        return [
            {"evaluator": key, "lowered_to": value, "lowered_because": reason}
            for key, value, reason in zip(evaluators, values, reasons, strict=True)
        ]

    def column_of(self, _part: Part, field: str) -> str:
        return self.columns[{"lowered_to": 1, "lowered_because": 2}.get(field, 0)]


def _values_beside(cells: Mapping[str, str], column: str, owners: Sequence[str]) -> list[str]:
    """The members of a list that goes with another list of these owners; all empty for an empty cell."""
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
    """Parts, one in each line of a cell. Parts that the export does not show yet are kept."""

    @abstractmethod
    def written(self, part: State) -> str:
        """The exported line of a part."""

    @abstractmethod
    def part(self, text: str, given: GroupInput) -> State:
        """The part in a line. Raises CellProblem."""

    def read(self, given: GroupInput) -> list[State]:
        column = self.columns[0]
        stored = {plain(self.written(part)): part for part in given.stored}
        shown = set(_lines(given.shown[column])) if given.shown is not None else set(stored)
        parts = [part for text, part in stored.items() if text not in shown]
        for number, text in enumerate(_lines(given.cells[column]), start=1):
            try:
                part = stored.get(text) or self.part(text, given)
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

    def part(self, text: str, given: GroupInput) -> State:
        try:
            source, supports, quote = fields_of_line(text, 3)
        except ValueError as error:
            raise CellProblem(
                "It needs a source, what the quote supports, and the quote.",
                "key of a source | field, field | the words of the quote; one citation in each line",
            ) from error
        key = given.lookup.key_of(self.field("source").related_model, source)
        return {"source": key, "quote": quote, "supports": read_terms(self.field("supports"), supports, ",")}


class Searches(Lines):
    def written(self, part: State) -> str:
        return search_line(part["searched_on"], part["found"], part["where"], part["note"])

    def part(self, text: str, given: GroupInput) -> State:
        try:
            day, found, where, note = fields_of_search_line(text)
        except ValueError as error:
            raise CellProblem(
                "It needs a day, what was found, a note (which may be empty) and where we looked.",
                "2024-05-24 | nothing | | where we looked",
            ) from error
        if not day:
            raise CellProblem("It needs a day.", DAY)
        field = self.field("found")
        return {
            "searched_on": read_day(day),
            "found": reader(field)(found or Found.NOTHING.value, given.lookup, given.is_new),
            "where": where,
            "note": note,
        }


REQUIREMENT_FIELDS = tuple(field.name for field in fields_of(Requirement) if field.name != "reading")


class Requirements(Group):
    """Requirements: one column for each field of each reading; all empty without a requirement."""

    def read(self, given: GroupInput) -> list[State]:
        stored = {part["reading"]: part for part in given.stored}
        found = [self._reading(given, reading.value, stored.get(reading.value)) for reading in Reading]
        return [each for each in found if each]

    def _reading(self, given: GroupInput, reading: str, stored: State | None) -> State | None:
        cells = {name: given.cells.get(f"{reading}_{name}") for name in REQUIREMENT_FIELDS}
        if all(text is None for text in cells.values()):
            return stored
        if not any(cells.values()) and (stored is None or None not in cells.values()):
            return None
        part: State = {**stored} if stored else {"reading": reading}
        for name, text in cells.items():
            column, field = f"{reading}_{name}", self.field(name)
            if text is None or (stored and given.shown and text == given.shown.get(column)):
                continue
            try:
                part[name] = reader(field)(text, given.lookup, stored is None)
            except CellProblem as problem:
                raise CellProblem(problem.message, problem.allowed or allowed_for(field), column) from problem
        return part

    def column_of(self, part: Part, field: str) -> str:
        return f"{part.reading}_{field}"
