"""Records as known on a day, for rules and pages."""

from labs.queries.completeness import lab_complete_to, records_complete_to
from labs.queries.evaluators import EvaluatorAsOf, evaluators_as_of, evaluators_listed
from labs.queries.events import (
    EventAsOf,
    ParticipationAsOf,
    access_ledger,
    citations_as_of,
    events_as_of,
    events_listed,
    events_without_release,
)
from labs.queries.facts import citation_facts, event_fact, release_fact, source_fact, source_facts
from labs.queries.known import first_known_on
from labs.queries.labs import labs_by_key, labs_listed
from labs.queries.releases import ReleaseAsOf, releases_as_of, releases_listed, releases_of
from labs.queries.sources import (
    SourceAsOf,
    citation_relations,
    newest_sources,
    own_source_count,
    sources_as_of,
    sources_by_key,
    sources_listed,
)
from labs.queries.statements import events_bearing_on, statements_as_of, statements_on

__all__ = [
    "EvaluatorAsOf",
    "EventAsOf",
    "ParticipationAsOf",
    "ReleaseAsOf",
    "SourceAsOf",
    "access_ledger",
    "citation_facts",
    "citation_relations",
    "citations_as_of",
    "evaluators_as_of",
    "evaluators_listed",
    "event_fact",
    "events_as_of",
    "events_bearing_on",
    "events_listed",
    "events_without_release",
    "first_known_on",
    "lab_complete_to",
    "labs_by_key",
    "labs_listed",
    "newest_sources",
    "own_source_count",
    "records_complete_to",
    "release_fact",
    "releases_as_of",
    "releases_listed",
    "releases_of",
    "source_fact",
    "source_facts",
    "sources_as_of",
    "sources_by_key",
    "sources_listed",
    "statements_as_of",
    "statements_on",
]
