"""Records read from the database as the rules and the pages need them, as of a day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q, QuerySet

from labs.access import WeighedEvent, weigh
from labs.certainty import link_certainty
from labs.choices import (
    ACCESS_ANSWERS,
    Activity,
    Answer,
    Certainty,
    Domain,
    EventField,
    EventLowering,
    Frontier,
    LinkLowering,
    Mode,
    Outcome,
    Owner,
    ReleaseKind,
    Results,
    SourceKind,
    Timing,
)
from labs.dates import Span
from labs.facts import Citation as CitationFact
from labs.facts import Event as EventFact
from labs.facts import Participation as ParticipationFact
from labs.facts import Release as ReleaseFact
from labs.facts import Source as SourceFact
from labs.known import event_as_known, is_known_field, public_on
from labs.ledger import Assessment
from labs.models import AccessEvent, AccessEventCitation, AIModel, Citation, Evaluator, Lab, Source


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


@dataclass(frozen=True, slots=True)
class PartKnown:
    """One evaluator's part in an event and how sure it is."""

    evaluator: Evaluator
    certainty: Certainty
    is_less_certain: bool  # than the event


@dataclass(frozen=True)
class EventKnown:
    """An access event as known on a day: the stored record beside what the rules make of it.

    Pages and exports read the answers from here, never from ``record``, which knows what only came out later.
    """

    record: AccessEvent
    day: dt.date
    weighed: WeighedEvent

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def fact(self) -> EventFact:
        """The event with what was known of it."""
        return self.weighed.event

    @cached_property
    def parts(self) -> list[PartKnown]:
        """Who took part, each with the certainty of that."""
        pairs = zip(self.record.participations.all(), self.fact.participations, strict=True)
        return [
            PartKnown(
                part.evaluator,
                link_certainty(self.weighed.certainty, fact),
                fact.lowering != LinkLowering.AS_EVENT,
            )
            for part, fact in pairs
        ]

    @cached_property
    def citations(self) -> list[AccessEventCitation]:
        """The citations whose source was public by the day."""
        return known_citations(self.record.citations.all(), self.day)

    @property
    def title(self) -> str:
        """The event in a line: “METR: model evaluation of GPT-4”."""
        who = ", ".join(str(part.evaluator) for part in self.parts) or "Evaluators not recorded"
        what = self.fact.activity.label if self.fact.activity is not Activity.UNKNOWN else "activity not disclosed"
        return f"{who}: {what} of {self.record.model or f'a model of {self.record.lab}, which one is not stated'}"

    @property
    def days_label(self) -> str:
        """Days of access in words."""
        days = self.fact.access_days
        if days is None:
            return "days not disclosed"
        return "1 day" if days == 1 else f"{days} days"

    @property
    def domains(self) -> list[Domain]:
        """The risk domains in their usual order; none where no source names any."""
        return [domain for domain in Domain if domain in self.fact.domains]

    @property
    def mode(self) -> Mode:
        """How the evaluator worked with the model."""
        return Mode(self.record.mode) if self._is_known(EventField.MODE) else Mode.UNKNOWN

    @property
    def free_to_publish(self) -> Answer:
        """Whether the evaluator could publish without the lab's approval."""
        known = self._is_known(EventField.FREE_TO_PUBLISH)
        return Answer(self.record.free_to_publish) if known else Answer.UNKNOWN

    @property
    def started_label(self) -> str:
        """The start in words, as the source gives it; "" where it is not disclosed."""
        return self.record.started_on_label if self._is_known(EventField.STARTED_ON) else ""

    @property
    def ended_label(self) -> str:
        """The end in words; "" where it is not disclosed."""
        return self.record.ended_on_label if self._is_known(EventField.ENDED_ON) else ""

    def _is_known(self, field: EventField) -> bool:
        return is_known_field(self._all_citations, field.value, self.day)

    @cached_property
    def _all_citations(self) -> tuple[CitationFact, ...]:
        return tuple(map(citation_fact, self.record.citations.all()))


def known_citations(citations: QuerySet[Citation], day: dt.date) -> list[Citation]:
    """The citations whose source was public by the day, oldest first. ``citations`` is loaded with its sources."""
    known = [(public_on(source_fact(each.source)), each) for each in citations]
    return [each for public, each in sorted(known, key=lambda pair: pair[0]) if public <= day]


def event_known(record: AccessEvent, day: dt.date) -> EventKnown | None:
    """The event as known on the day, None where nothing public told of it. Needs ``for_rules()``."""
    fact = event_as_known(event_fact(record), day)
    if fact is None:
        return None
    return EventKnown(record, day, weigh(fact, release_fact(record.model) if record.model else None))


def events_known(records: QuerySet[AccessEvent], day: dt.date) -> list[EventKnown]:
    """The events of a query that were known on the day, in its order."""
    return [known for record in records.for_rules() if (known := event_known(record, day))]


@dataclass(frozen=True)
class ReleaseKnown:
    """A release with what was known on a day of the access events for it and for its variants."""

    record: AIModel
    day: dt.date
    events: list[EventKnown]
    variant_events: list[EventKnown]

    @property
    def key(self) -> str:
        return self.record.key

    @cached_property
    def assessment(self) -> Assessment:
        """The release with its events as the rules weigh them."""
        return Assessment(release_fact(self.record), tuple(event.weighed for event in self.events))

    @property
    def model_evaluations(self) -> list[EventKnown]:
        """The model evaluations, those that count first."""
        order = ("strict", "lenient", "not")
        found = [event for event in self.events if event.fact.activity is Activity.MODEL_EVALUATION]
        return sorted(found, key=lambda event: order.index(event.weighed.count))

    @property
    def other_activities(self) -> list[tuple[Activity, list[EventKnown]]]:
        """Red-teaming and the other activities, each on its own: none of them is a model evaluation."""
        groups = [(each, [event for event in self.events if event.fact.activity is each]) for each in Activity]
        return [(each, events) for each, events in groups if events and each is not Activity.MODEL_EVALUATION]

    @property
    def tested_by_label(self) -> str:
        """Who evaluated it before deployment, in words: "none documented" is never "did not happen"."""
        strict = _names(event for event in self.events if event.weighed.is_strict)
        lenient = [
            name for name in _names(event for event in self.events if event.weighed.is_counted) if name not in strict
        ]
        label = ", ".join(strict) or "none documented"
        return f"{label}; possibly {', '.join(lenient)}" if lenient else label


def _names(events: Iterable[EventKnown]) -> list[str]:
    return list(dict.fromkeys(str(part.evaluator) for event in events for part in event.parts))


def releases_listed(day: dt.date, is_past: bool) -> QuerySet[AIModel]:
    """The releases known by the day, with their number of access events known by then."""
    releases = AIModel.objects.known_by(day) if is_past else AIModel.objects.all()
    known = AccessEvent.objects.known_by(day)
    return releases.select_related("lab", "variant_of__lab").annotate(
        event_count=Count("events", filter=Q(events__in=known), distinct=True)
    )


def releases_known(records: Iterable[AIModel], day: dt.date) -> list[ReleaseKnown]:
    """The releases with their events and those of their variants as known on the day; the same few queries for any number."""
    records = list(records)
    by_model: dict[int, list[EventKnown]] = defaultdict(list)
    of_variants: dict[int, list[EventKnown]] = defaultdict(list)
    keys = [record.pk for record in records]
    for event in events_known(AccessEvent.objects.filter(Q(model__in=keys) | Q(model__variant_of__in=keys)), day):
        model = event.record.model
        by_model[model.pk].append(event)
        if model.variant_of_id:
            of_variants[model.variant_of_id].append(event)
    return [ReleaseKnown(record, day, by_model[record.pk], of_variants[record.pk]) for record in records]


@dataclass(frozen=True)
class EvaluatorKnown:
    """An evaluator with what was known on a day of the access events in which it took part."""

    record: Evaluator
    day: dt.date
    events: list[EventKnown]

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def labs(self) -> list[Lab]:
        """The labs whose models it tested, by name."""
        found = {event.record.lab.key: event.record.lab for event in self.events}
        return sorted(found.values(), key=lambda lab: lab.name.casefold())

    @property
    def by_activity(self) -> list[tuple[Activity, list[EventKnown]]]:
        """Its events by activity, model evaluations first, the newest release first."""

        def newest(event: EventKnown) -> tuple[bool, dt.date, str]:
            day = event.record.model.released_on_earliest if event.record.model else None
            return (day is not None, day or dt.date.min, event.key)

        groups = [(each, [event for event in self.events if event.fact.activity is each]) for each in Activity]
        return [(each, sorted(events, key=newest, reverse=True)) for each, events in groups if events]


def evaluators_listed(day: dt.date) -> QuerySet[Evaluator]:
    """All evaluators with their numbers of access events and of model evaluations known by the day."""
    known = Q(events__in=AccessEvent.objects.known_by(day))
    return (
        Evaluator.objects.select_related("lab")
        .prefetch_related("former_names")
        .annotate(
            event_count=Count("events", filter=known, distinct=True),
            evaluation_count=Count(
                "events", filter=known & Q(events__activity=Activity.MODEL_EVALUATION.value), distinct=True
            ),
        )
    )


def evaluators_known(records: Iterable[Evaluator], day: dt.date) -> list[EvaluatorKnown]:
    """The evaluators with their events as known on the day; the same few queries for any number."""
    records = list(records)
    keys = {record.pk for record in records}
    by_evaluator: dict[int, list[EventKnown]] = defaultdict(list)
    chosen = AccessEvent.objects.filter(pk__in=AccessEvent.objects.filter(evaluators__in=keys).values("pk"))
    for event in events_known(chosen, day):
        for part in event.parts:
            by_evaluator[part.evaluator.pk].append(event)
    return [EvaluatorKnown(record, day, by_evaluator[record.pk]) for record in records]


def sources_listed(day: dt.date, is_past: bool) -> QuerySet[Source]:
    """The sources public by the day, with the number of quotes of theirs that records rest on."""
    sources = Source.objects.known_by(day) if is_past else Source.objects.all()
    counts = sum(
        (Count(relation, distinct=True) for relation in citation_relations().values()),
        start=Count("pk", distinct=True),
    )
    return sources.select_related("lab", "evaluator").annotate(quote_count=counts - Count("pk", distinct=True))


def citation_relations() -> dict[type[Citation], str]:
    """Each kind of citation and the name under which a source finds its own, whichever app it belongs to."""
    return {
        relation.related_model: relation.get_accessor_name()
        for relation in Source._meta.related_objects
        if issubclass(relation.related_model, Citation)
    }


def citations_of(source: Source) -> list[tuple[str, list[Citation]]]:
    """All that rests on a source: for each kind of record its plural name and the citations, by record."""
    groups = []
    for kind, relation in citation_relations().items():
        related = ["record"] if kind is not AccessEventCitation else ["record__lab", "record__model"]
        citations = (
            getattr(source, relation)
            .select_related("source__lab", "source__evaluator", *related)
            .order_by("record", "pk")
        )
        if found := list(citations):
            groups.append((str(kind._meta.get_field("record").related_model._meta.verbose_name_plural), found))
    return groups
