"""The tables of files: rows, what they say, what can be wrong with them, and what an import does with each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from labs.models import Record
from labs.models.states import State
from labs.queries.change_words import ChangeRow
from labs.rules.vocabulary import Term

ROW, RECORD = "row", "record"
EMPTY = ("", None, [])


class Problem(ValidationError):
    """A problem of a row: the column, the message, and what is allowed.

    An empty column is the whole row, or the column that is being read.
    """

    message: str

    def __init__(self, column: str, message: str, allowed: str = "") -> None:
        super().__init__(message)
        self.column, self.allowed = column, allowed


class Fate(Term):
    """What happens to a row."""

    WRONG = "wrong", "wrong", "Something in it has to be repaired first."
    ASKED = "asked", "to be answered", "Looks like a record that is there: say whether it is that one."
    NEW = "new", "new", "Becomes a draft that waits for a second person."
    CHANGED = "changed", "changed", "Becomes a proposal that waits for a second person."
    UNCHANGED = "unchanged", "unchanged", "Says what the site says."
    WAITING = "waiting", "there already", "Says what a draft or an open proposal says already."


class Added(list):
    """Parts that come to those of a record, which stay; any other list takes their place."""


class PartRow(dict):
    """What a file says of one part, with the column of each field; ``line`` is its place if others share the column."""

    def __init__(self, values: Any, columns: Mapping[str, str], line: str = "") -> None:
        super().__init__(values)
        self.columns, self.line = columns, line


@dataclass(frozen=True, slots=True)
class Alike:
    """A record that looks like the new one of a row: in what, and what differs from it."""

    record: Record
    words: str
    differences: list[ChangeRow]
    is_stored: bool


@dataclass(slots=True, eq=False)
class Row:
    """One row: its number as the sheet shows it, its cells as the file has them, and what an import makes of it.

    ``doubts`` are to be looked at. ``record`` and ``parts`` are as they would be saved.
    """

    number: int
    cells: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)  # by the names of a state, not yet cleaned
    shown: Mapping[str, Any] | None = None  # the values that the site exported
    key: str = ""
    is_key_proposed: bool = False  # the file gives none
    fate: Fate = Fate.UNCHANGED
    note: str = ""
    name: str = ""  # of the record before
    record: Record | None = None
    parts: dict[str, list[Any]] = field(default_factory=dict)
    before: State = field(default_factory=dict)
    after: State = field(default_factory=dict)
    changes: list[ChangeRow] = field(default_factory=list)
    lowers: bool = False  # says what only an editor may say
    answer: str | None = None  # which record it is, by key; "" if it is another one than those that look like it
    alike: list[Alike] = field(default_factory=list)

    def refuse(self, *problems: Problem) -> None:
        """Add problems; with any, the row is wrong."""
        self.problems += problems
        if problems:
            self.fate = Fate.WRONG


@dataclass(slots=True, eq=False)
class Table:
    """All rows of one kind in a file. ``row_word`` is what messages call a row: “row”, or “record” in a JSON file.

    ``notes`` say what was left out, and what to look at.
    """

    name: str
    kind: Any  # FileKind
    rows: list[Row]
    row_word: str = ROW
    notes: list[str] = field(default_factory=list)

    def of(self, *fates: Fate) -> list[Row]:
        """The rows of these fates, in the order of the file."""
        return [row for row in self.rows if row.fate in fates]

    @property
    def counts(self) -> dict[Fate, int]:
        """The number of rows of each fate."""
        return {fate: len(self.of(fate)) for fate in Fate}


def first_of(texts: list[str], at_most: int) -> str:
    """The first of these texts, and how many more there are."""
    more = f" and {len(texts) - at_most} more" if len(texts) > at_most else ""
    return f"{', '.join(texts[:at_most])}{more}"
