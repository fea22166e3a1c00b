"""Evaluators with the access events that were known of them on a day."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from labs.choices import Activity, Answer, Outcome
from labs.models import Evaluator, EvaluatorCitation, Lab
from labs.queries.events import DAYS_KEPT, EventAsOf, by_publication, citations_as_of, events_as_of
from labs.queries.kept import kept, records
from labs.rules.evidence import DENIALS
from labs.rules.order import people_order
from labs.rules.sentences import evaluator_sentences

_TESTED = (Outcome.GRANTED, Outcome.NOT_NEEDED)


@dataclass(frozen=True)
class EvaluatorAsOf:
    """An evaluator with the access events in which it took part, as known on a day."""

    record: Evaluator
    day: dt.date
    events: list[EventAsOf]

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def citations(self) -> list[EvaluatorCitation]:
        """The citations whose source was public by the day, oldest first."""
        return citations_as_of(by_publication(self.record.citations.all()), self.day)

    @property
    def note(self) -> str:
        """Its standing arrangements in our words; "" on a day on which some of its sources had yet to come out.

        The text is written from all of them, so it would tell what nobody knew (methodology, section 2).
        """
        citations = self.record.citations.all()
        return self.record.note if citations and len(self.citations) == len(citations) else ""

    @property
    def event_count(self) -> int:
        """How many access events it took part in."""
        return len(self.events)

    @property
    def evaluation_count(self) -> int:
        """How many of them are model evaluations; one that was refused or did not take place is none."""
        return sum(
            event.fact.activity is Activity.MODEL_EVALUATION and event.fact.outcome not in DENIALS
            for event in self.events
        )

    @property
    def labs(self) -> list[Lab]:
        """The labs whose models it tested, by name; a refusal is not a test."""
        found = {event.record.lab.key: event.record.lab for event in self.events if event.fact.outcome in _TESTED}
        return sorted(found.values(), key=lambda lab: people_order(lab.name))

    @property
    def sentences(self) -> list[str]:
        """What is on record of it, in plain sentences."""
        weighed = [event.weighed for event in self.events]
        names = [lab.name for lab in self.labs]
        return evaluator_sentences(self.key, weighed, names, is_past=self.day < timezone.localdate())

    @property
    def free_to_publish(self) -> list[tuple[Answer, int]]:
        """For how many of its events a source says that it could publish freely, in part, or not; and for how many none
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


@kept(most=DAYS_KEPT)
def evaluators_as_of(day: dt.date) -> Mapping[str, EvaluatorAsOf]:
    """The published evaluators by key, with their access events as known on the day."""
    of_evaluator: dict[int, list[EventAsOf]] = defaultdict(list)
    for event in events_as_of(day).values():
        for part in event.parts:
            of_evaluator[part.evaluator.pk].append(event)
    return {
        record.key: EvaluatorAsOf(record, day, of_evaluator[record.pk]) for record in records()[Evaluator].published
    }
