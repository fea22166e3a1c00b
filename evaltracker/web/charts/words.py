"""Names and dates in words, read once for a picture: the rules know keys and days only."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from labs.models import AccessEvent, AIModel, Evaluator, Lab
from labs.rules.dates import label


@dataclass(frozen=True, slots=True)
class Words:
    """Names by key. ``released`` has the releases known by the day only; dates are words, "" where there are none."""

    labs: Mapping[str, str]
    evaluators: Mapping[str, str]
    released: Mapping[str, str]
    released_edtf: Mapping[str, str]
    started: Mapping[str, str]
    started_edtf: Mapping[str, str]
    ended: Mapping[str, str]
    ended_edtf: Mapping[str, str]


def words(day: dt.date) -> Words:
    """The words for all records; always the same number of queries."""
    released = dict(AIModel.objects.as_of(day).values_list("key", "released_on"))
    events = list(AccessEvent.objects.published().values_list("key", "started_on", "ended_on"))
    started = {key: start for key, start, _ in events}
    ended = {key: end for key, _, end in events}
    return Words(
        labs=dict(Lab.objects.published().order_by("name").values_list("key", "name")),
        evaluators=dict(Evaluator.objects.published().values_list("key", "name")),
        released=_in_words(released),
        released_edtf=released,
        started=_in_words(started),
        started_edtf=started,
        ended=_in_words(ended),
        ended_edtf=ended,
    )


def _in_words(dates: Mapping[str, str]) -> dict[str, str]:
    return {key: label(text) for key, text in dates.items()}
