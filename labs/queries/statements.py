"""Statements as known on a day."""

import datetime as dt
from collections.abc import Mapping

from labs.models import AccessEvent, Statement
from labs.queries.events import EventAsOf, events_as_of
from labs.queries.facts import source_facts
from labs.queries.kept import records
from labs.rules.as_of import public_on


def statements_as_of(day: dt.date) -> Mapping[str, Statement]:
    """The published statements whose source was public by the day, by key (methodology, section 2)."""
    public = source_facts()
    return {
        each.key: each
        for each in records()[Statement].published
        if each.source_id in public and public_on(public[each.source_id]) <= day
    }


def statements_on(event: AccessEvent, day: dt.date) -> list[Statement]:
    """The statements known on the day that the event bears on."""
    known = statements_as_of(day)
    return [each for each in event.statements.all() if each.key in known]


def events_bearing_on(statement: Statement, day: dt.date) -> list[EventAsOf]:
    """The events that bear on a statement and that were known on the day."""
    events = events_as_of(day)
    return [events[each.key] for each in statement.related_events.all() if each.key in events]
