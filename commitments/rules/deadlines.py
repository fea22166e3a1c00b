"""Promises to do one thing by a day (methodology, section 7)."""

import datetime as dt
from dataclasses import dataclass

from commitments.choices import CommitmentField, Firmness
from commitments.rules.facts import CommitmentFact
from labs.rules.vocabulary import Term


class DeadlineStatus(Term):
    """What became of a promise to do one thing by a day (methodology, section 7)."""

    FULFILLED = "fulfilled", "fulfilled", "A source says that it was done, by the due day."
    FULFILLED_LATE = "fulfilled_late", "fulfilled late", "A source says that it was done, after the due day."
    OVERDUE = "overdue", "overdue", "The due day of a firm promise has passed, and a source says that it was not done."
    NOTHING_FOUND = (
        "nothing_found",
        "nothing found",
        "The due day has passed. No source that we read says whether it was done.",
    )
    NOT_YET_DUE = "not_yet_due", "not yet due", "The due day has not passed."


@dataclass(frozen=True, slots=True)
class Deadline:
    """The status of a dated promise on a day.

    ``due`` is the latest possible due day; None where that end is open. ``days`` are calendar days: left until the due
    day (not yet due), past it (overdue, fulfilled late), or to spare (fulfilled). None where a day is open, and where
    nothing was found: what nobody says has no count of days.
    """

    status: DeadlineStatus
    due: dt.date | None
    days: int | None


def deadline(commitment: CommitmentFact, day: dt.date) -> Deadline | None:
    """The status of the promise on the day; None where it has no due day (methodology, section 7).

    The due day is the latest possible day of the due date: "later this year" ends on 31 December. Past it, only a firm
    promise is overdue, and only where a citation that bears on fulfilment stands although no day of fulfilment is
    known: a source says that it was not done. It was fulfilled late only if even the earliest possible day of
    fulfilment is after that. Pass the commitment as known on the day: fulfilment counts only with a citation that was
    public by then.
    """
    if not commitment.due.is_dated:
        return None
    due = commitment.due.latest
    done = commitment.fulfilled.earliest or commitment.fulfilled.latest
    if done is not None and done <= day:
        late = due is not None and done > due
        status = DeadlineStatus.FULFILLED_LATE if late else DeadlineStatus.FULFILLED
        return Deadline(status, due, _days_between(due, done))
    if due is None or day <= due:
        return Deadline(DeadlineStatus.NOT_YET_DUE, due, _days_between(due, day))
    if commitment.firmness is Firmness.FIRM and not commitment.fulfilled.is_dated and _speaks_of_fulfilment(commitment):
        return Deadline(DeadlineStatus.OVERDUE, due, _days_between(due, day))
    return Deadline(DeadlineStatus.NOTHING_FOUND, due, None)


def _speaks_of_fulfilment(commitment: CommitmentFact) -> bool:
    return any(CommitmentField.FULFILLED_ON.value in citation.supports for citation in commitment.citations)


def _days_between(due: dt.date | None, day: dt.date) -> int | None:
    return None if due is None else abs((day - due).days)
