"""Records as known on a day, for rules and pages."""

from labs.queries.completeness import lab_complete_to, records_complete_to
from labs.queries.evaluators import EvaluatorAsOf, evaluators_as_of
from labs.queries.events import (
    EventAsOf,
    ParticipationAsOf,
    access_ledger,
    citations_as_of,
    events_as_of,
    events_without_release,
)
from labs.queries.facts import citation_facts, event_fact, release_fact, source_fact, source_facts
from labs.queries.labs import labs_by_key
from labs.queries.releases import ReleaseAsOf, releases_as_of, releases_known, releases_of
from labs.queries.sources import (
    SourceAsOf,
    citation_relations,
    own_source_count,
    sources_as_of,
    sources_by_key,
    sources_known,
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
    "event_fact",
    "events_as_of",
    "events_bearing_on",
    "events_without_release",
    "lab_complete_to",
    "labs_by_key",
    "own_source_count",
    "records_complete_to",
    "release_fact",
    "releases_as_of",
    "releases_known",
    "releases_of",
    "source_fact",
    "source_facts",
    "sources_as_of",
    "sources_by_key",
    "sources_known",
    "statements_as_of",
    "statements_on",
]
