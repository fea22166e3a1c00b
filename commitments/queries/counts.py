"""How many records of each kind there are."""

import datetime as dt
from dataclasses import dataclass

from commitments.models import Commitment
from labs.models import AccessEvent, Evaluator, Lab
from labs.queries import releases_listed, sources_listed


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """How many records of each kind were known on a day; the same numbers as above the lists."""

    labs: int
    releases: int
    evaluators: int
    events: int
    commitments: int
    sources: int


def record_counts(day: dt.date, is_past: bool) -> RecordCounts:
    """The counts of the day, one query for each kind of record."""
    return RecordCounts(
        labs=Lab.objects.published().count(),
        releases=releases_listed(day, is_past).count(),
        evaluators=Evaluator.objects.published().count(),
        events=AccessEvent.objects.as_of(day).count(),
        commitments=Commitment.objects.as_of(day).count(),
        sources=sources_listed(day, is_past).count(),
    )
