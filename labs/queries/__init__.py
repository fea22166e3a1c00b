"""Records read from the database as the rules and the pages need them, as of a day."""

from labs.queries.evaluators import EvaluatorKnown, evaluators_known, evaluators_listed
from labs.queries.events import (
    EventKnown,
    PartKnown,
    event_known,
    events_known,
    events_listed,
    events_without_release,
    known_citations,
)
from labs.queries.facts import citation_fact, citation_facts, event_fact, release_fact, source_fact, source_facts
from labs.queries.labs import labs_listed
from labs.queries.releases import ReleaseKnown, releases_known, releases_listed
from labs.queries.sources import citation_relations, citations_of, newest_sources, own_source_count, sources_listed

__all__ = [
    "EvaluatorKnown",
    "EventKnown",
    "PartKnown",
    "ReleaseKnown",
    "citation_fact",
    "citation_facts",
    "citation_relations",
    "citations_of",
    "evaluators_known",
    "evaluators_listed",
    "event_fact",
    "event_known",
    "events_known",
    "events_listed",
    "events_without_release",
    "known_citations",
    "labs_listed",
    "newest_sources",
    "own_source_count",
    "release_fact",
    "releases_known",
    "releases_listed",
    "source_fact",
    "source_facts",
    "sources_listed",
]
