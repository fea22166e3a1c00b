"""Rows of the database as the plain values that the rules read."""

from collections import defaultdict
from collections.abc import Mapping

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
    ReleaseKind,
    Results,
    SourceKind,
    Timing,
)
from labs.models import AccessEvent, AIModel, Citation, Source
from labs.rules.dates import Span
from labs.rules.facts import CitationFact, EventFact, ParticipationFact, ReleaseFact, SourceFact


def source_fact(source: Source) -> SourceFact:
    """A source as the rules read it."""
    return SourceFact(
        key=source.key,
        owner=Owner(source.owner),
        lab=source.lab.key if source.lab else None,
        evaluator=source.evaluator.key if source.evaluator else None,
        is_government=source.kind == SourceKind.GOVERNMENT,
        published=Span(source.published_on_earliest, source.published_on_latest),
        read_on=source.read_on,
    )


def citation_fact(citation: Citation) -> CitationFact:
    """A citation as the rules read it."""
    return CitationFact(source_fact(citation.source), frozenset(citation.supports))


def citation_facts(kind: type[Citation], sources: Mapping[int, SourceFact]) -> dict[int, tuple[CitationFact, ...]]:
    """All citations of a kind by the primary key of their record, from plain rows: the quick way to many."""
    found: dict[int, list[CitationFact]] = defaultdict(list)
    for record, source, supports in kind.objects.values_list("record_id", "source_id", "supports"):
        found[record].append(CitationFact(sources[source], frozenset(supports)))
    return {record: tuple(citations) for record, citations in found.items()}


def source_facts() -> dict[int, SourceFact]:
    """All sources as the rules read them, by primary key."""
    return {source.pk: source_fact(source) for source in Source.objects.select_related("lab", "evaluator")}


def release_fact(model: AIModel) -> ReleaseFact:
    """A release as the rules read it."""
    return ReleaseFact(
        key=model.key,
        lab=model.lab.key,
        name=model.name,
        released=Span(model.released_on_earliest, model.released_on_latest),
        kind=ReleaseKind(model.release),
        frontier=Frontier(model.frontier),
        variant_of=model.variant_of.key if model.variant_of else None,
    )


def event_fact(event: AccessEvent, citations: tuple[CitationFact, ...] | None = None) -> EventFact:
    """An access event as the rules read it, with all its citations.

    Runs no query on events of ``for_rules()``, or of ``with_parties()`` where the citations are given.
    """
    return EventFact(
        key=event.key,
        lab=event.lab.key,
        model=event.model.key if event.model else None,
        participations=tuple(
            ParticipationFact(
                evaluator=part.evaluator.key,
                is_government=part.evaluator.is_government,
                lab=part.evaluator.lab.key if part.evaluator.lab else None,
                lowering=LinkLowering(part.lowered_to),
            )
            for part in event.participations.all()
        ),
        activity=Activity(event.activity),
        outcome=Outcome(event.outcome),
        timing=Timing(event.timing),
        access_days=event.access_days,
        domains=frozenset(map(Domain, event.domains)),
        access={question: Answer(getattr(event, question)) for question in ACCESS_ANSWERS},
        mitigations_argued=Answer(event.mitigations_argued),
        results=Results(event.results),
        lowering=EventLowering(event.lowered_to),
        citations=tuple(map(citation_fact, event.citations.all())) if citations is None else citations,
        started=Span(event.started_on_earliest, event.started_on_latest),
        ended=Span(event.ended_on_earliest, event.ended_on_latest),
    )
