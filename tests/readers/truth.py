"""What a CSV file of ours says, and where what a program read differs from it."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

DAY = "date"
"""A reader writes a day that it does not take for text as ``{"date": "2024-05-01"}``."""


@dataclass(frozen=True)
class Truth:
    """A file of ours: its columns, its rows as text, and the types that the data dictionary gives the columns."""

    columns: list[str]
    rows: list[list[str]]
    types: Mapping[str, str]

    @classmethod
    def of(cls, content: bytes, types: Mapping[str, str]) -> "Truth":
        header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
        return cls(header, rows, types)

    @property
    def integers(self) -> list[str]:
        return [name for name in self.columns if self.types[name] == "integer"]

    def values(self, name: str) -> list[str]:
        at = self.columns.index(name)
        return [row[at] for row in self.rows]


@dataclass(frozen=True)
class Read:
    """What a program read of a file, as JSON has it, and the types that it gave the columns, if it has any."""

    columns: list[str]
    rows: list[list[Any]]
    types: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> "Read":
        """From ``{"columns", "rows"}``, or from a list of objects."""
        read = json.loads(text)
        if isinstance(read, dict):
            return cls(read["columns"], read["rows"], read.get("types", {}))
        return cls(list(read[0]), [list(row.values()) for row in read])


def differences(read: Read, truth: Truth, is_typed: bool = True) -> list[str]:
    """Where a program read something else than we wrote, a line for each column; nothing where it read all right.

    ``is_typed``: whole numbers have to be numbers. A program that knows only text may show their digits.
    """
    if read.columns != truth.columns:
        return [f"columns: {sorted(set(read.columns) ^ set(truth.columns)) or 'in another order'}"]
    if len(read.rows) != len(truth.rows):
        return [f"rows: {len(read.rows)} instead of {len(truth.rows)}"]
    found = []
    for at, name in enumerate(truth.columns):
        wrong = [
            (row[at], said[at])
            for row, said in zip(read.rows, truth.rows, strict=True)
            if not _is_right(row[at], said[at], truth.types[name], is_typed)
        ]
        if wrong:
            value, said = wrong[0]
            found.append(f"{name}: {len(wrong)} cells, such as {value!r} for {said!r}")
    return found


def _is_right(value: Any, said: str, kind: str, is_typed: bool) -> bool:
    if said == "":
        return value is None
    if kind == "integer" and is_typed:
        return type(value) in (int, float) and value == int(said)
    if kind == DAY and isinstance(value, Mapping):
        return value == {"date": said}
    if kind == "datetime" and isinstance(value, Mapping):
        return datetime.fromisoformat(value["moment"]) == datetime.fromisoformat(said)
    if kind == "number" and type(value) in (int, float):
        return value == float(said)
    return value == said


def four_things(read: Read, name: str) -> Counter[str | None]:
    """How often each answer of a column was read; None is an empty cell."""
    at = read.columns.index(name)
    return Counter(row[at] for row in read.rows)


def how(reads: Iterable[tuple[Read, Truth]]) -> tuple[str, ...]:
    """How a program has answers, dates, their bounds, versions and whole numbers, in a word each."""
    found: dict[str, set[str]] = {"string": set(), "edtf": set(), "date": set(), "version": set(), "integer": set()}
    for read, truth in reads:
        for at, name in enumerate(read.columns):
            kind = "version" if name.endswith("_version") else truth.types[name]
            for value in (row[at] for row in read.rows if kind in found and row[at] is not None):
                is_number = isinstance(value, int | float)
                found[kind].add("number" if is_number else "day" if isinstance(value, Mapping) else "text")
    return tuple(" or ".join(sorted(words)) for words in found.values())


def as_table(lines: Iterable[Sequence[str]]) -> str:
    """Rows as a table of Markdown, the header first."""
    header, *rows = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in (header, ["---"] * len(header), *rows))
