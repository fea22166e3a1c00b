"""What was known of a commitment on a day, and when it was in force (methodology, section 2)."""

import datetime as dt
from dataclasses import dataclass, replace

from commitments.choices import CommitmentField
from commitments.rules.facts import CommitmentFact
from labs.rules.as_of import citation_facts_as_of
from labs.rules.dates import NO_DATE, Span


@dataclass(frozen=True, slots=True)
class Tenure:
    """The days on which a commitment was in force: from ``start`` to the day before ``end``; ``end`` is None while it
    is.
    """

    start: dt.date
    end: dt.date | None

    def holds(self, day: dt.date) -> bool:
        """Whether it was in force on the day."""
        return self.start <= day and (self.end is None or day < self.end)


def commitment_fact_as_of(commitment: CommitmentFact, day: dt.date) -> CommitmentFact | None:
    """The commitment with the citations whose source was public by the day; None where there was none.

    It counts as fulfilled only with a citation that says so and was public by then (methodology, sections 2 and 7).
    """
    citations = citation_facts_as_of(commitment.citations, day)
    if not citations:
        return None
    is_cited = any(CommitmentField.FULFILLED_ON.value in citation.supports for citation in citations)
    fulfilled = commitment.fulfilled if is_cited else NO_DATE
    if len(citations) == len(commitment.citations) and fulfilled == commitment.fulfilled:
        return commitment
    return replace(commitment, citations=citations, fulfilled=fulfilled)


def tenure_of(commitment: CommitmentFact, successor: CommitmentFact | None) -> Tenure | None:
    """When the commitment was in force; None where it has no date, so it never was (methodology, section 2).

    It begins on its effective day, else on the day made, at the earliest possible day of either. It ends at the latest
    possible day of its own end, or when a successor that superseded it takes effect, whichever comes first.
    ``successor`` is the record of ``commitment.superseded_by``; None where none is visible.
    """
    start = _start(commitment)
    if start is None:
        return None
    possible = (commitment.ended.latest, None if successor is None else _start(successor))
    return Tenure(start, min((end for end in possible if end is not None), default=None))


def is_in_force(commitment: CommitmentFact, day: dt.date, successor: CommitmentFact | None) -> bool:
    """Whether the commitment was in force on the day (methodology, section 2)."""
    tenure = tenure_of(commitment, successor)
    return tenure is not None and tenure.holds(day)


def _start(commitment: CommitmentFact) -> dt.date | None:
    return _first_day(commitment.effective) or _first_day(commitment.made)


def _first_day(span: Span) -> dt.date | None:
    """The earliest possible day; where that end is open, the latest possible day."""
    return span.earliest or span.latest
