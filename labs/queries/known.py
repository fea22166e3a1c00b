"""Since when the public could know of a record."""

import datetime as dt

from labs.models import AIModel, Record, Source
from labs.queries.facts import citation_facts, source_facts
from labs.rules.as_of import public_on


def first_known_on(record: Record) -> dt.date | None:
    """The day since which a kept record is known: a source that it cites was public, or the source itself; a release
    also since it was surely out (methodology, section 2). None where nothing says so.
    """
    if isinstance(record, Source):
        return public_on(source_facts()[record.pk])
    days = [public_on(each.source) for each in citation_facts(record.citations.all())]
    if isinstance(record, AIModel) and record.released_on_latest:
        days.append(record.released_on_latest)
    return min(days, default=None)
