"""The plan of an import, row by row."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from evaltracker.importing.columns import COLUMNS, Columns
from evaltracker.importing.kinds import FileKind
from evaltracker.importing.problems import Problem
from evaltracker.importing.tables import Row, Table
from labs.models import Record
from labs.models.states import State
from labs.rules.vocabulary import Term


class Fate(Term):
    """What happens to a row."""

    WRONG = "wrong", "wrong", "Something in it has to be repaired first."
    NEW = "new", "new", "Becomes a draft that waits for a second person."
    CHANGED = "changed", "changed", "Becomes a proposal that waits for a second person."
    UNCHANGED = "unchanged", "unchanged", "Says what the site says."
    WAITING = "waiting", "there already", "Says what a draft or an open proposal says already."


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that differs from the site, with both texts."""

    column: str
    old: str
    new: str


@dataclass(slots=True, eq=False)
class Planned:
    """One row and its fate. ``record`` and ``parts`` are as they would be saved, but unsaved."""

    row: Row
    key: str
    fate: Fate = Fate.UNCHANGED
    problems: list[Problem] = field(default_factory=list)
    changes: list[CellChange] = field(default_factory=list)
    note: str = ""
    name: str = ""
    record: Record | None = None
    parts: dict[str, list[Any]] = field(default_factory=dict)
    before: State = field(default_factory=dict)
    after: State = field(default_factory=dict)
    shown: dict[str, str] | None = None  # the exported cells, as text

    @property
    def number(self) -> int:
        """Its number in the file."""
        return self.row.number

    def refuse(self, *problems: Problem) -> None:
        """Add problems; with any, the row is wrong."""
        self.problems += problems
        if problems:
            self.fate = Fate.WRONG


@dataclass(slots=True)
class Plan:
    """All rows of one file."""

    kind: FileKind
    table: Table
    rows: list[Planned]

    @property
    def columns(self) -> Columns:
        return COLUMNS[self.kind]

    def of(self, *fates: Fate) -> list[Planned]:
        """The rows of these fates, in the order of the file."""
        return [planned for planned in self.rows if planned.fate in fates]

    @property
    def wrong(self) -> list[Planned]:
        return self.of(Fate.WRONG)

    @property
    def counts(self) -> dict[Fate, int]:
        """The number of rows of each fate."""
        found = Counter(planned.fate for planned in self.rows)
        return {fate: found[fate] for fate in Fate}

    @property
    def is_right(self) -> bool:
        """Whether no row is wrong."""
        return not self.counts[Fate.WRONG]


def rows_to_write(plans: Iterable[Plan]) -> int:
    """The number of rows to write."""
    return sum(len(plan.of(Fate.NEW, Fate.CHANGED)) for plan in plans)
