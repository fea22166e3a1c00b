"""What the cells of a row say, by the names of a state: fields as texts, parts as objects, as JSON has them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from commitments.choices import Reading
from evaltracker.importing.kinds import SIDE_BY_SIDE, FileKind
from evaltracker.importing.problems import Problem
from evaltracker.importing.tables import Added, PartRow
from labs.rules.csv_cells import fields_of_line, fields_of_search_line, unlisted

CITATION = re.compile(r"(source|quote|supports)_(\d)")
"""The columns of a citation that has columns of its own."""
LINES: Mapping[str, tuple[Sequence[str], Callable[[str], Sequence[str]], str, str]] = {
    "citations": (
        ("source", "supports", "quote"),
        lambda line: fields_of_line(line, 3),
        "It needs a source, what the quote supports, and the quote.",
        "key or title of a source | field, field | the words of the quote; one citation in each line",
    ),
    "searches": (
        ("searched_on", "found", "where", "note"),
        fields_of_search_line,
        "It needs a day, what was found, a note (which may be empty) and where we looked.",
        "2024-05-24 | nothing | | where we looked",
    ),
}
"""Relations whose parts stand in the lines of a cell: their fields, what takes a line apart, what a line needs."""


def values_of(kind: FileKind, cells: Mapping[str, Any]) -> dict[str, Any]:
    """The values in the cells of these columns. A cell that cannot be taken apart gives its Problem."""
    values: dict[str, Any] = {}
    parts: dict[str, dict[tuple[str, str], str]] = {}
    for column, text in cells.items():
        if (place := kind.fields.get(column)) is None:
            continue
        if place.part:
            parts.setdefault(place.name, {})[place.reading, place.part] = text
        else:
            values[place.name] = _lines(place.name, text) if place.name in LINES and isinstance(text, str) else text
    for relation, texts in parts.items():
        if relation not in SIDE_BY_SIDE:
            values[relation] = [_requirement(reading, texts) for reading in Reading.values()]
        elif ("", next(iter(SIDE_BY_SIDE[relation]))) in texts:
            values[relation] = _side_by_side(kind, relation, {part: text for (_, part), text in texts.items()})
    if "citations" in kind.fields and (citations := list(_citations(cells))):
        both = Problem("citations", "It has citations here and in columns of their own.", "one of the two")
        values["citations"] = both if values.get("citations") else Added(citations)
    return values


def _lines(relation: str, text: str) -> list[PartRow] | Problem:
    names, taken_apart, sentence, allowed = LINES[relation]
    found = []
    for number, line in enumerate((line for line in text.split("\n") if line.strip()), start=1):
        try:
            found.append(PartRow(zip(names, taken_apart(line.strip()), strict=True), f"Line {number}"))
        except ValueError:
            return Problem(relation, f"Line {number}: {sentence}", allowed)
    return found


def _requirement(reading: str, texts: Mapping[tuple[str, str], str]) -> PartRow:
    return PartRow({"reading": reading} | {part: text for (which, part), text in texts.items() if which == reading})


def _side_by_side(kind: FileKind, relation: str, texts: Mapping[str, str]) -> list[PartRow] | Problem:
    (first, _), *others = SIDE_BY_SIDE[relation].items()
    owners = [each for each in unlisted(texts[first]) if each]
    rows = [PartRow({first: each}) for each in owners]
    for part, column in others:
        members = unlisted(texts.get(part, ""))
        if members and len(members) != len(rows):
            allowed = f"one for each of: {'; '.join(owners)}" if owners else "empty, where there are none"
            return Problem(column, f"It has {len(members)} entries for {len(rows)}.", allowed)
        default = kind.kind.parts[relation]._meta.get_field(part).get_default()
        for row, member in zip(rows, members or [""] * len(rows), strict=True):
            if part in texts:
                row[part] = member or default
    return rows


def _citations(cells: Mapping[str, str]) -> Iterator[PartRow]:
    """The citations in columns of their own, in the order of their numbers."""
    found: dict[str, PartRow] = {}
    for column, text in cells.items():
        if match := CITATION.fullmatch(column):
            found.setdefault(match[2], PartRow({"source": "", "quote": "", "supports": ""}, match[2]))[match[1]] = text
    return (each for _, each in sorted(found.items()) if any(each.values()))
