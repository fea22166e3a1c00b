"""What a file would do to the ledger, row by row."""

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
    """What becomes of a row."""

    WRONG = "wrong", "wrong", "Something in it has to be repaired first."
    NEW = "new", "new", "Becomes a draft that waits for a second person."
    CHANGED = "changed", "changed", "Becomes a proposal that waits for a second person."
    UNCHANGED = "unchanged", "unchanged", "Says what the site says."
    WAITING = "waiting", "there already", "Says what a draft or an open proposal says already."


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that says something else than the site: both texts."""

    column: str
    old: str
    new: str


@dataclass(slots=True, eq=False)
class Planned:
    """One row with what becomes of it. ``record`` and ``parts`` are as they would be saved; nothing of it is."""

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
    shown: dict[str, str] | None = None  # what the site exports of it, as text

    @property
    def number(self) -> int:
        """Its number in the file."""
        return self.row.number

    def refuse(self, *problems: Problem) -> None:
        """Say what is wrong with it."""
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
        """How many rows there are of each fate."""
        found = Counter(planned.fate for planned in self.rows)
        return {fate: found[fate] for fate in Fate}

    @property
    def is_right(self) -> bool:
        """Whether no row is wrong."""
        return not self.counts[Fate.WRONG]


def work_in(plans: Iterable[Plan]) -> int:
    """How many rows there are to write."""
    return sum(len(plan.of(Fate.NEW, Fate.CHANGED)) for plan in plans)
