"""Rows of the database as plain values for the rules."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType

from labs.choices import (
    ACCESS_ANSWERS,
    Activity,
    Answer,
    Domain,
    EventLowering,
    Frontier,
    LinkLowering,
    Outcome,
    Owner,
    ReadIn,
    ReleaseKind,
    Results,
    SourceKind,
    Timing,
)
from labs.models import AccessEvent, AIModel, Citation, Source
from labs.models.fields import SAID_ALIKE
from labs.queries.kept import kept, of_each, records, renewed
from labs.queries.rows import related_rows
from labs.rules.dates import span_between
from labs.rules.facts import CitationFact, EventFact, ParticipationFact, ReleaseFact, SourceFact


def source_fact(source: Source) -> SourceFact:
    """A source as a plain value for the rules."""
    return SourceFact(
        key=source.key,
        owner=Owner(source.owner),
        lab=source.lab.key if source.lab else None,
        evaluator=source.evaluator.key if source.evaluator else None,
        is_government=source.kind == SourceKind.GOVERNMENT,
        published=span_between(source.published_on_earliest, source.published_on_latest),
        read_on=source.read_on,
        is_model_card=source.kind == SourceKind.LAB_MODEL_CARD,
        is_quoted=source.read_in == ReadIn.QUOTED,
    )


@renewed(most=1)
def source_facts(earlier: Mapping[int, SourceFact] | None) -> Mapping[int, SourceFact]:
    """All sources as plain values for the rules, by primary key."""
    return of_each(Source, source_fact, records()[Source].by_pk, earlier)


def citation_facts(citations: Iterable[Citation]) -> tuple[CitationFact, ...]:
    """Citations of kept records as plain values for the rules, in their order."""
    sources = source_facts()
    return tuple(CitationFact(sources[each.source_id], _as_set(each.supports)) for each in citations)


@lru_cache(maxsize=1000)
def _as_set(terms: tuple[str, ...]) -> frozenset[str]:
    """The same set for the many citations that support the same fields."""
    return frozenset(terms)


@lru_cache(maxsize=1000)
def _domains(values: tuple[str, ...]) -> frozenset[Domain]:
    """One set for the many events that name the same domains."""
    return frozenset(map(Domain, values))


_profile = itemgetter(*ACCESS_ANSWERS)


@lru_cache(maxsize=1000)
def _answers(*values: str) -> Mapping[str, Answer]:
    """One mapping for the many events of which sources answer the same."""
    return MappingProxyType({question: Answer(value) for question, value in zip(ACCESS_ANSWERS, values, strict=True)})


@lru_cache(maxsize=4096)
def _participation(evaluator: str, is_government: bool, lab: str | None, lowered_to: str) -> ParticipationFact:
    """One value for the many events in which an evaluator took part."""
    return ParticipationFact(evaluator, is_government, lab, LinkLowering(lowered_to))


@renewed(most=1)
def release_facts(earlier: Mapping[str, ReleaseFact] | None) -> Mapping[str, ReleaseFact]:
    """The published releases as plain values for the rules, by key."""
    found = dict(zip(records()[AIModel].by_key, _release_facts().values(), strict=True))
    return earlier if found == earlier and list(found) == list(earlier) else found


@renewed(most=1)
def _release_facts(earlier: Mapping[int, ReleaseFact] | None) -> Mapping[int, ReleaseFact]:
    return of_each(AIModel, release_fact, records()[AIModel].published_by_pk, earlier)


@kept(most=1)
def event_facts() -> Mapping[str, EventFact]:
    """The published access events as plain values for the rules, with all their citations, by key."""
    return dict(zip(records()[AccessEvent].by_key, _event_facts().values(), strict=True))


@renewed(most=1)
def _event_facts(earlier: Mapping[int, EventFact] | None) -> Mapping[int, EventFact]:
    return of_each(AccessEvent, event_fact, records()[AccessEvent].published_by_pk, earlier)


def release_fact(model: AIModel) -> ReleaseFact:
    """A release as a plain value for the rules."""
    return ReleaseFact(
        key=model.key,
        lab=model.lab.key,
        name=model.name,
        released=span_between(model.released_on_earliest, model.released_on_latest),
        kind=ReleaseKind(model.release),
        frontier=Frontier(model.frontier),
        variant_of=model.variant_of.key if model.variant_of else None,
    )


def event_fact(event: AccessEvent) -> EventFact:
    """A kept access event as a plain value for the rules, with all its citations."""
    return EventFact(
        key=event.key,
        lab=event.lab.key,
        model=event.model.key if event.model else None,
        participations=tuple(
            _participation(
                part.evaluator.key,
                part.evaluator.is_government,
                part.evaluator.lab.key if part.evaluator.lab else None,
                part.lowered_to,
            )
            for part in related_rows(event, "participations")
        ),
        activity=Activity(event.activity),
        outcome=Outcome(event.outcome),
        timing=Timing(event.timing),
        access_days=event.access_days,
        domains=_domains(event.domains),
        access=_answers(*_profile(event.__dict__[SAID_ALIKE])),
        mitigations_argued=Answer(event.mitigations_argued),
        results=Results(event.results),
        lowering=EventLowering(event.lowered_to),
        citations=citation_facts(related_rows(event, "citations")),
        started=span_between(event.started_on_earliest, event.started_on_latest),
        ended=span_between(event.ended_on_earliest, event.ended_on_latest),
    )
