"""Names and dates in words, read once for a picture: the rules have keys and days only."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from labs.models import AccessEvent, Evaluator
from labs.queries.events import DAYS_KEPT
from labs.queries.kept import kept, records
from labs.queries.labs import labs_by_key
from labs.queries.releases import releases_as_of
from labs.rules.dates import label


@dataclass(frozen=True, slots=True)
class RecordLabels:
    """Names and dates by key. ``released`` has only releases known by the day, whose date is "" where there is none;
    ``started`` and ``ended`` only events with a date.
    """

    labs: Mapping[str, str]
    evaluators: Mapping[str, str]
    released: Mapping[str, str]
    released_edtf: Mapping[str, str]
    started: Mapping[str, str]
    started_edtf: Mapping[str, str]
    ended: Mapping[str, str]
    ended_edtf: Mapping[str, str]


@kept(most=DAYS_KEPT)
def record_labels(day: dt.date) -> RecordLabels:
    """The labels of all records."""
    released = {key: release.record.released_on for key, release in releases_as_of(day).items() if release.is_known}
    events = records()[AccessEvent].published
    started = {event.key: event.started_on for event in events if event.started_on}
    ended = {event.key: event.ended_on for event in events if event.ended_on}
    return RecordLabels(
        labs={key: lab.name for key, lab in labs_by_key().items()},
        evaluators={evaluator.key: evaluator.name for evaluator in records()[Evaluator].published},
        released=_in_words(released),
        released_edtf=released,
        started=_in_words(started),
        started_edtf=started,
        ended=_in_words(ended),
        ended_edtf=ended,
    )


def _in_words(dates: Mapping[str, str]) -> dict[str, str]:
    return {key: label(text) for key, text in dates.items()}
