"""Evaluators with the access events that were known of them on a day."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from labs.choices import Activity, Answer, Outcome
from labs.models import AccessEvent, Evaluator, Lab
from labs.queries.events import EventAsOf, events_as_of

_TESTED = (Outcome.GRANTED, Outcome.NOT_NEEDED)


@dataclass(frozen=True)
class EvaluatorAsOf:
    """An evaluator with what was known on a day of the access events in which it took part."""

    record: Evaluator
    day: dt.date
    events: list[EventAsOf]

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def labs(self) -> list[Lab]:
        """The labs whose models it tested, by name; being refused access is no test."""
        found = {event.record.lab.key: event.record.lab for event in self.events if event.fact.outcome in _TESTED}
        return sorted(found.values(), key=lambda lab: lab.name.casefold())

    @property
    def free_to_publish(self) -> list[tuple[Answer, int]]:
        """Of how many of its events a source says that it could publish freely, in part, or not; and of how many none
        does.
        """
        found = Counter(event.free_to_publish for event in self.events)
        return [(answer, found[answer]) for answer in Answer if found[answer]]

    @property
    def by_activity(self) -> list[tuple[Activity, list[EventAsOf]]]:
        """Its events by activity, model evaluations first, the newest release first."""

        def newest(event: EventAsOf) -> tuple[bool, dt.date, str]:
            day = event.record.model.released_on_earliest if event.record.model else None
            return (day is not None, day or dt.date.min, event.key)

        groups = [(each, [event for event in self.events if event.fact.activity is each]) for each in Activity]
        return [(each, sorted(events, key=newest, reverse=True)) for each, events in groups if events]


def evaluators_listed(day: dt.date) -> QuerySet[Evaluator]:
    """All published evaluators with their numbers of access events and of model evaluations known by the day."""
    known = Q(events__in=AccessEvent.objects.as_of(day))
    return (
        Evaluator.objects.published()
        .select_related("lab")
        .prefetch_related("former_names")
        .annotate(
            event_count=Count("events", filter=known, distinct=True),
            evaluation_count=Count(
                "events", filter=known & Q(events__activity=Activity.MODEL_EVALUATION.value), distinct=True
            ),
        )
    )


def evaluators_as_of(records: Iterable[Evaluator], day: dt.date) -> list[EvaluatorAsOf]:
    """The evaluators with their events as known on the day; the same few queries for any number."""
    records = list(records)
    keys = {record.pk for record in records}
    by_evaluator: dict[int, list[EventAsOf]] = defaultdict(list)
    chosen = AccessEvent.objects.published().filter(pk__in=AccessEvent.objects.filter(evaluators__in=keys).values("pk"))
    for event in events_as_of(chosen, day):
        for part in event.parts:
            by_evaluator[part.evaluator.pk].append(event)
    return [EvaluatorAsOf(record, day, by_evaluator[record.pk]) for record in records]
