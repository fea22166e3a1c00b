"""Promises to do one thing by a day, as known on a day."""

import datetime as dt
from dataclasses import dataclass

from commitments.queries.promises import CommitmentAsOf, commitments_as_of
from labs.queries.events import DAYS_KEPT
from labs.queries.kept import kept
from labs.rules.access import Window


@dataclass(frozen=True)
class Deadlines:
    """The dated promises known on a day, the earliest due date first.

    ``open_ended`` are those whose due date has no first or no last day.
    """

    bounded: tuple[CommitmentAsOf, ...]
    open_ended: tuple[CommitmentAsOf, ...]

    def of_labs(self, keys: list[str]) -> "Deadlines":
        """Those that any of these labs made; without keys, all."""

        def chosen(promises: tuple[CommitmentAsOf, ...]) -> tuple[CommitmentAsOf, ...]:
            return tuple(each for each in promises if not keys or set(keys) & set(each.fact.labs))

        return Deadlines(chosen(self.bounded), chosen(self.open_ended))


@kept(most=DAYS_KEPT)
def deadlines_as_of(day: dt.date) -> Deadlines:
    """The promises with a due date that are known on the day (methodology, sections 2 and 7)."""
    dated = [each for each in commitments_as_of(day, Window.ALL).values() if each.fact.due.is_dated]
    bounded = [each for each in dated if each.fact.due.earliest and each.fact.due.latest]
    return Deadlines(
        tuple(sorted(bounded, key=lambda each: (each.fact.due.earliest, each.fact.due.latest, each.key))),
        tuple(each for each in dated if each not in bounded),
    )
