"""What a table of the data package is: its columns, their types and what they mean, its keys.

``labs.rules.data_package`` writes the descriptions of all formats from it, so no two of them can disagree.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from labs.rules.csv_cells import cell
from labs.rules.dates import PATTERN
from labs.rules.vocabulary import Term

MOMENT_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
"""How a moment is written in CSV: to the microsecond, in UTC."""


class Kind(StrEnum):
    """The type of a column. No column is a boolean: yes, no and unknown are terms."""

    KEY = "key"  # the key of a record, or a name made of such
    TEXT = "text"  # words of people; guarded in CSV
    TERM = "term"  # a value of an enumeration
    EDTF = "edtf"  # a date as the source gives it
    DAY = "day"
    MOMENT = "moment"  # UTC
    COUNT = "count"  # a whole number
    NUMBER = "number"  # with decimals
    ADDRESS = "address"  # of a page
    VERSION = "version"  # such as 2026.11.0, as it is cited: no number, and not guarded


KEY_PATTERN = "[-0-9A-Za-z_./]+"
VERSION_PATTERN = "[0-9A-Za-z._-]+"
PATTERNS: Mapping[Kind, str] = {Kind.KEY: KEY_PATTERN, Kind.EDTF: PATTERN, Kind.VERSION: VERSION_PATTERN}
"""What values of a kind look like, as a regular expression of XML Schema, which is also one of Python."""


@dataclass(frozen=True, slots=True)
class TableField:
    """A column of a table.

    ``empty`` says what an empty cell means; without it no cell is empty. ``terms`` are the values of an enumeration.
    ``refers`` names the table whose key it holds. ``read`` gives the value of a row: None, a text, a number, a day, or
    a moment with its time zone.
    """

    name: str
    kind: Kind
    description: str
    read: Callable[[Any], Any]
    empty: str = ""
    terms: type[Term] | tuple[type[Term], ...] = ()
    refers: str = ""
    least: int | None = None
    most: int | None = None

    @property
    def is_required(self) -> bool:
        return not self.empty

    @property
    def values(self) -> tuple[Term, ...]:
        """The values of its enumeration, each once; none where it is not a term."""
        classes = self.terms if isinstance(self.terms, tuple) else (self.terms,)
        return tuple({term.value: term for each in classes for term in each}.values())

    @property
    def meaning(self) -> str:
        """What it means, and what an empty cell does."""
        return f"{self.description} Empty: {self.empty}." if self.empty else self.description

    @property
    def pattern(self) -> str:
        """What its values look like; "" where any will do."""
        return PATTERNS.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: ``key`` names the columns that no two rows share, ``rows`` gives its rows in the order of that key.

    ``parent`` names the table whose rows these belong to, where its key is the first columns of theirs and longer than
    one. ``is_derived``: the rules of the method made it; the others hold what was recorded.
    """

    name: str
    title: str
    description: str
    key: tuple[str, ...]
    fields: tuple[TableField, ...]
    rows: Callable[[Any], Iterable[Any]]
    is_derived: bool = False
    parent: str = ""

    @property
    def names(self) -> list[str]:
        return [field.name for field in self.fields]

    def values(self, package: Any) -> Iterator[tuple[Any, ...]]:
        """The values of each row, in the order of the columns."""
        readers = [field.read for field in self.fields]
        for row in self.rows(package):
            yield tuple([read(row) for read in readers])  # quicker than of a generator


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns of a table that hold the key of a row of another one, or of its own."""

    columns: tuple[str, ...]
    table: str
    key: tuple[str, ...]


def references(table: Table, tables: Sequence[Table]) -> list[Reference]:
    """What a table refers to, of the tables that there are."""
    keys = {each.name: each.key for each in tables}
    found = [Reference((field.name,), field.refers, keys[field.refers]) for field in table.fields if field.refers]
    if table.parent:
        key = keys[table.parent]
        found.append(Reference(table.key[: len(key)], table.parent, key))
    return found


def unguarded(text: str) -> str:
    """The text of a cell without the apostrophe that keeps a spreadsheet from running it, or taking it for a date."""
    return text[1:] if text.startswith("'") and cell(text[1:]) == text else text


def writer_of(field: TableField) -> Callable[[Any], str] | None:
    """What writes a value of the column as the text of a cell of CSV; None where Python's ``csv`` does as we want."""
    match field.kind:
        case Kind.TEXT:
            return cell
        case Kind.MOMENT:
            return lambda moment: moment_text(moment) if moment else ""
    return None


def moment_text(moment: dt.datetime) -> str:
    """A moment as text, to the microsecond, in UTC."""
    return moment.astimezone(dt.UTC).strftime(MOMENT_FORMAT)


def value_of(field: TableField, text: str) -> Any:
    """The value of a cell; None where it is empty. Raises ValueError for a text that the column cannot hold."""
    if not text:
        if field.is_required:
            raise ValueError("is empty")
        return None
    match field.kind:
        case Kind.TEXT:
            return unguarded(text)
        case Kind.DAY:
            return dt.date.fromisoformat(text)
        case Kind.MOMENT:
            return dt.datetime.strptime(text, MOMENT_FORMAT).replace(tzinfo=dt.UTC)
        case Kind.COUNT:
            return int(text)
        case Kind.NUMBER:
            return Decimal(text)
        case Kind.TERM:
            if text not in {term.value for term in field.values}:
                raise ValueError(f"“{text}” is not one of {', '.join(term.value for term in field.values)}")
    return text


def check_schema(tables: Sequence[Table]) -> list[str]:
    """What is wrong with the tables taken together: names given twice, keys and references that lead nowhere."""
    by_name = {table.name: table for table in tables}
    problems = [] if len(by_name) == len(tables) else ["Two tables have one name."]
    for table in tables:
        names = table.names
        if len(set(names)) != len(names):
            problems.append(f"{table.name} has a column twice.")
        for name in table.key:
            if name not in names or not table.fields[names.index(name)].is_required:
                problems.append(f"{table.name} has the key {name}, which is no column or may be empty.")
        for field in table.fields:
            if field.refers and len(by_name[field.refers].key) != 1:
                problems.append(f"{table.name}.{field.name} refers to {field.refers}, which has a longer key.")
            if (field.kind is Kind.TERM) != bool(field.values):
                problems.append(f"{table.name}.{field.name} has values and is no term, or is one without values.")
    return problems
