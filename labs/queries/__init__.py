"""Records read from the database as the rules and the pages need them, as of a day."""

from labs.queries.evaluators import EvaluatorAsOf, evaluators_as_of, evaluators_listed
from labs.queries.events import (
    EventAsOf,
    ParticipationAsOf,
    citations_as_of,
    event_as_of,
    events_as_of,
    events_listed,
    events_without_release,
)
from labs.queries.facts import citation_fact, citation_facts, event_fact, release_fact, source_fact, source_facts
from labs.queries.labs import labs_listed
from labs.queries.releases import ReleaseAsOf, releases_as_of, releases_listed
from labs.queries.sources import citation_relations, citations_of, newest_sources, own_source_count, sources_listed

__all__ = [
    "EvaluatorAsOf",
    "EventAsOf",
    "ParticipationAsOf",
    "ReleaseAsOf",
    "citation_fact",
    "citation_facts",
    "citation_relations",
    "citations_as_of",
    "citations_of",
    "evaluators_as_of",
    "evaluators_listed",
    "event_as_of",
    "event_fact",
    "events_as_of",
    "events_listed",
    "events_without_release",
    "labs_listed",
    "newest_sources",
    "own_source_count",
    "release_fact",
    "releases_as_of",
    "releases_listed",
    "source_fact",
    "source_facts",
    "sources_listed",
]
