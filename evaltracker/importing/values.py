"""What a row says, by the names of a state (labs/models/states.py): its fields, and parts as objects, not yet cleaned.

The cells of a sheet are texts. Those of a record of JSON are its values, which first get the columns of a sheet.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from commitments.choices import Reading
from evaltracker.exporting.kinds import CHANGED_AT, KEY
from evaltracker.importing.fields import texts_of
from evaltracker.importing.kinds import SIDE_BY_SIDE, FileKind
from evaltracker.importing.tables import Added, PartRow, Problem
from labs.choices import ACCESS_ANSWERS, Certainty, EventLowering
from labs.models import AccessEvent
from labs.models.states import fields_of
from labs.rules import dates
from labs.rules.csv_cells import fields_of_line, fields_of_search_line, unlisted

LINES: Mapping[str, tuple[Sequence[str], Sequence[str], Callable[[str], Sequence[str]], str]] = {
    "citations": (
        ("source", "supports", "quote"),
        ("source", "supports", "quote"),
        lambda line: fields_of_line(line, 3),
        "key or title of a source | field, field | the words of the quote; one citation in each line",
    ),
    "searches": (
        ("searched_on", "found", "where", "note"),
        ("searched_on", "where"),
        fields_of_search_line,
        "2024-05-24 | nothing | note, or empty | where we looked; one search in each line",
    ),
}
"""Relations whose parts stand in the lines of a cell: their fields, those that JSON needs, what takes a line apart."""


def values_of(kind: FileKind, cells: Mapping[str, Any]) -> dict[str, Any]:
    """The values in the cells of these columns. What cannot be taken apart gives its Problem."""
    values: dict[str, Any] = {}
    for column, value in cells.items():
        place = kind.fields.get(column)
        if isinstance(value, Problem):
            values[column] = value
        elif place and place.name in LINES:
            values[place.name] = _or_problem(column, _in_lines, place.name, value)
        elif place and not place.part:
            values[place.name] = value
    for relation, columns_of in kind.spread.items():
        given = {which: {part: cells[column] for part, column in columns.items() if column in cells}
                 for which, columns in columns_of.items()}  # fmt: skip
        if relation in SIDE_BY_SIDE and given[""]:
            values[relation] = _or_problem(kind.column_of[relation], _side_by_side, kind, relation, given[""])
        elif relation == "requirements" and any(given.values()):
            values[relation] = [PartRow({"reading": each, **given[each]}, columns_of[each]) for each in given]
        elif relation == "citations" and any(filled := [each for each in given if any(given[each].values())]):
            both = Problem(relation, "It has citations here and in columns of their own.", "one of the two")
            empty = dict.fromkeys(columns_of["1"], "")
            parts = [PartRow(empty | given[each], columns_of[each]) for each in filled]
            values[relation] = both if values.get(relation) else Added(parts)
    return values


def _or_problem(column: str, read: Callable[..., Any], *given: Any) -> Any:
    """What this reads, or the Problem that it raises, with the column."""
    try:
        return read(*given)
    except Problem as problem:
        return Problem(problem.column or column, problem.message, problem.allowed)


def _in_lines(relation: str, value: Any) -> list[PartRow]:
    """The parts in the lines of a cell, or in a list of objects. Raises Problem."""
    names, needed, taken_apart, allowed = LINES[relation]
    if isinstance(value, str):
        value = [line.strip() for line in value.split("\n") if line.strip()]
    if not isinstance(value, list | None):
        raise Problem("", "It has to be a list.", "[{…}, {…}]")
    found = Added() if isinstance(value, Added) else []
    for number, each in enumerate(value or (), start=1):
        line = f"Line {number}"
        if isinstance(each, str):
            try:
                each = dict(zip(names, taken_apart(each), strict=True))
            except ValueError:
                raise Problem("", f"{line}: It needs {', '.join(names)}, with “|” between.", allowed) from None
        found.append(PartRow(_object(each, names, needed, f"{line}: "), dict.fromkeys(names, relation), line))
    return found


def _side_by_side(kind: FileKind, relation: str, given: Mapping[str, Any]) -> list[PartRow]:
    """The parts in lists beside one another, of which the first says how many. Raises Problem."""
    columns = kind.spread[relation][""]
    first, *others = columns
    if first not in given:
        if filled := [part for part in given if given[part]]:
            raise Problem(columns[filled[0]], f"It needs {columns[first]} beside it.", columns[first])
        return Added()
    owners = texts_of(given[first])
    rows = [PartRow({first: each}, columns) for each in owners]
    for part in others:
        if part in given:
            members = unlisted(given[part]) if isinstance(given[part], str) else given[part] or []
            if members and len(members) != len(rows):
                allowed = f"one for each of: {'; '.join(owners)}" if owners else "empty, where there are none"
                raise Problem(columns[part], f"It has {len(members)} entries for {len(rows)}.", allowed)
            for row, member in zip(rows, members or [None] * len(rows), strict=True):
                row[part] = member or None
    return rows


# --- JSON --------------------------------------------------------------------------------------------------


def names_of(kind: FileKind) -> list[str]:
    """The names that a record of a kind may have in the JSON of the curated data."""
    names = dict.fromkeys([*(field.name for field in fields_of(kind.model)), *kind.kind.relations])
    if kind.model is AccessEvent:
        for name in (*ACCESS_ANSWERS, "lowered_to", "participations"):
            del names[name]
        names |= dict.fromkeys(("evaluators", *BESIDE_EVALUATORS, "access", "certainty"))
    if names.pop("requirements", "") is None:
        names["requirement"] = None
    return [KEY, *names, CHANGED_AT]


def cells_of(kind: FileKind, record: Mapping[str, Any]) -> dict[str, Any]:
    """A record of the curated data as the cells of a row of a sheet. What cannot be read gives its Problem."""
    cells: dict[str, Any] = {}
    for name, value in record.items():
        found = _or_problem(name, _cells, kind, name, value, record)
        cells |= {name: found} if isinstance(found, Problem) else found
    return cells


BESIDE_EVALUATORS = {
    "evaluator_certainty": "evaluator_lowerings",
    "evaluator_certainty_because": "evaluator_lowered_because",
}
"""Objects by evaluator, with the columns beside that of the evaluators."""


def _cells(kind: FileKind, name: str, value: Any, record: Mapping[str, Any]) -> dict[str, Any]:
    match name:
        case "access":
            return dict(_object(value, ACCESS_ANSWERS))
        case "certainty":
            if value not in Certainty.values():
                raise Problem("", f"“{value}” is not a choice here.", ", ".join(Certainty.values()))
            return {"lowered_to": value if value in EventLowering.values() else EventLowering.AS_CITED.value}
        case "evaluators":
            return {name: value} | {column: [] for each, column in BESIDE_EVALUATORS.items() if each not in record}
        case "evaluator_certainty" | "evaluator_certainty_because":
            if not isinstance(keys := record.get("evaluators"), list):
                raise Problem("", "It needs the evaluators beside it, in a list.", "evaluators")
            given = _object(value, keys := texts_of(keys))
            return {BESIDE_EVALUATORS[name]: [given.get(key) or "" for key in keys]}
        case "former_names":
            return _former_names(value)
        case "requirement":
            readings = _object(value, Reading.values())
            found = {}
            for reading, columns in kind.spread["requirements"].items():
                asked = _object(readings.get(reading), columns)
                found |= {columns[each]: said for each, said in asked.items()} or dict.fromkeys(columns.values(), "")
            return found
    return {name: value}


def _former_names(value: Any) -> dict[str, list[str]]:
    """Names, each with its time in brackets or as an object. A name without a time yields to the same with one."""
    if not isinstance(value, list | None) or not all(isinstance(each, str | dict) for each in value or ()):
        raise Problem("", "It has to be a list of texts.", '["…", "…"]')
    named = [split_name(each) if isinstance(each, str) else _named(**_object(each, ("name", "used")))
             for each in value or ()]  # fmt: skip
    timed = {name for name, used in named if used}
    named = [(name, used) for name, used in named if used or name not in timed]
    return {"former_names": [name for name, _ in named], "former_names_used": [used for _, used in named]}


def _named(name: Any = "", used: Any = "") -> tuple[str, str]:
    return str(name or ""), str(used or "")


def split_name(text: str) -> tuple[str, str]:
    """A name and its time in brackets, as in “Pattern Labs (until 2025-02-14)”; "" without one."""
    if match := re.fullmatch(r"(.+) \((until )?([^()]+)\)", text, re.DOTALL):
        used = f"../{match[3]}" if match[2] else match[3]
        with suppress(ValueError):
            dates.span(used)
            return match[1], used
    return text, ""


def _object(value: Any, allowed: Collection[str], needed: Sequence[str] = (), before: str = "") -> Mapping[str, Any]:
    """An object with these names at most; empty for null. Raises Problem."""
    if not isinstance(value, dict | None):
        raise Problem("", f"{before}It has to be an object in braces.", ", ".join(allowed))
    if unknown := [name for name in value or () if name not in allowed]:
        raise Problem("", f"{before}There is no {', '.join(unknown)} in it.", ", ".join(allowed))
    if missing := [name for name in needed if name not in (value or ())]:
        raise Problem("", f"{before}It has to have {', '.join(missing)} too.", ", ".join(allowed))
    return value or {}
