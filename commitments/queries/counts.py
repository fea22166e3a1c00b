"""How many records of each kind there are."""

import datetime as dt
from dataclasses import dataclass

from commitments.queries.promises import ledger
from labs.models import Evaluator, Lab
from labs.queries.events import events_as_of
from labs.queries.kept import records
from labs.queries.releases import releases_known
from labs.queries.sources import sources_known


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
    """The counts of the day."""
    return RecordCounts(
        labs=len(records()[Lab].published),
        releases=len(releases_known(day, is_past)),
        evaluators=len(records()[Evaluator].published),
        events=len(events_as_of(day)),
        commitments=len(ledger(day).commitments),
        sources=len(list(sources_known(day, is_past))),
    )
