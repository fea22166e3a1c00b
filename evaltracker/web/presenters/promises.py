"""Promises that no practice can be held against, each reason said once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from commitments.queries import NOT_TESTABLE, CommitmentAsOf
from labs.rules.words import counted, listed

LABS_NAMED = 4
"""A promise of more labs than these says only how many made it."""
_Row = TypeVar("_Row")


def by_reason(rows: Iterable[_Row], reason: Callable[[_Row], str]) -> list[tuple[str, list[_Row]]]:
    """The rows below their reasons, in the order of ``rows``; the reason with the most rows first."""
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(reason(row), []).append(row)
    return sorted(found.items(), key=lambda each: -len(each[1]))


@dataclass(frozen=True, slots=True)
class UntestableRow:
    """A promise that is neither testable nor due by a day."""

    promise: CommitmentAsOf

    @property
    def made_by(self) -> str:
        """The labs that made it by name, or how many they are."""
        names = [lab.name for lab in self.promise.labs]
        return listed(names) if len(names) <= LABS_NAMED else counted(len(names), "lab")


def untestable(commitments: Iterable[CommitmentAsOf]) -> list[tuple[str, list[UntestableRow]]]:
    """The promises among them that are neither testable nor due by a day, below the reason why they are neither."""
    rows = [UntestableRow(each) for each in commitments if not each.record.is_law and each.standing is NOT_TESTABLE]
    return by_reason(rows, lambda row: row.promise.not_testable_label)
