"""Access events as known on a day."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from django.db.models import OuterRef, QuerySet, Subquery

from labs.choices import Activity, Answer, Certainty, Domain, EventField, LinkLowering, Mode
from labs.models import AccessEvent, AccessEventCitation, Citation, Evaluator, Lab
from labs.queries.facts import event_facts, release_fact, release_facts, source_facts
from labs.queries.kept import kept, records
from labs.rules.access import WeighedEvent, weigh
from labs.rules.as_of import event_fact_as_of, is_field_public, public_on
from labs.rules.certainty import link_certainty
from labs.rules.facts import EventFact
from labs.rules.ledger import AccessLedger, access_ledger_as_of

DAYS_KEPT = 4
"""For how many days a process keeps what was known on them."""

_Citation = TypeVar("_Citation", bound=Citation)


@dataclass(frozen=True, slots=True)
class ParticipationAsOf:
    """One evaluator's part in an event and how sure it is."""

    evaluator: Evaluator
    certainty: Certainty
    is_less_certain: bool  # than the event
    because: str  # why it is


@dataclass(frozen=True)
class EventAsOf:
    """An access event as known on a day: the stored record beside what the rules conclude about it.

    Pages and exports read the answers from here, never from ``record``, which also has what came out later. ``stored``
    is the record as a plain value for the rules, with the citations of all days.
    """

    record: AccessEvent
    day: dt.date
    weighed: WeighedEvent
    stored: EventFact

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def fact(self) -> EventFact:
        """The event with what was known about it."""
        return self.weighed.event

    @cached_property
    def parts(self) -> list[ParticipationAsOf]:
        """Who took part, and how sure that is."""
        pairs = zip(self.record.participations.all(), self.fact.participations, strict=True)
        return [
            ParticipationAsOf(
                part.evaluator,
                link_certainty(self.weighed.certainty, fact),
                fact.lowering != LinkLowering.AS_EVENT,
                part.lowered_because,
            )
            for part, fact in pairs
        ]

    @cached_property
    def citations(self) -> list[AccessEventCitation]:
        """The citations whose source was public by the day, oldest first."""
        return citations_as_of(self.record.citations.all(), self.day)

    @cached_property
    def title(self) -> str:
        """The event in a line: “METR: model evaluation of GPT-4”."""
        record = self.record
        evaluators = [str(part.evaluator) for part in self.parts]
        return event_title(evaluators, self.fact.activity, str(record.model or ""), str(record.lab))

    @property
    def days_label(self) -> str:
        """Days of access in words."""
        days = self.fact.access_days
        if days is None:
            return "days not disclosed"
        return "1 day" if days == 1 else f"{days} days"

    @cached_property
    def domains(self) -> list[Domain]:
        """The risk domains in their usual order; none where no source names any."""
        return [domain for domain in Domain if domain in self.fact.domains]

    @property
    def mode(self) -> Mode:
        """How the evaluator worked with the model."""
        return Mode(self.record.mode) if self._is_public(EventField.MODE) else Mode.UNKNOWN

    @property
    def free_to_publish(self) -> Answer:
        """Whether the evaluator could publish without the lab's approval."""
        is_public = self._is_public(EventField.FREE_TO_PUBLISH)
        return Answer(self.record.free_to_publish) if is_public else Answer.UNKNOWN

    @property
    def started_label(self) -> str:
        """The start in words, as the source gives it; "" where it is not disclosed."""
        return self.record.started_on_label if self._is_public(EventField.STARTED_ON) else ""

    @property
    def ended_label(self) -> str:
        """The end in words; "" where it is not disclosed."""
        return self.record.ended_on_label if self._is_public(EventField.ENDED_ON) else ""

    def _is_public(self, field: EventField) -> bool:
        return is_field_public(self.stored.citations, field.value, self.day)


_FIELDS_AS_OF = (
    ("timing", EventField.TIMING),
    ("results", EventField.RESULTS),
    ("mode", EventField.MODE),
    ("free_to_publish", EventField.FREE_TO_PUBLISH),
    ("access_days", EventField.ACCESS_DAYS),
    ("started_on_earliest", EventField.STARTED_ON),
    ("ended_on_earliest", EventField.ENDED_ON),
)


def event_title(evaluators: Iterable[str], activity: Activity, model: str, lab: str) -> str:
    """An event in a line, from the names of who took part; ``model`` is empty where no source names it."""
    who = ", ".join(evaluators) or "Evaluators not recorded"
    what = activity.label if activity is not Activity.UNKNOWN else "activity not disclosed"
    return f"{who}: {what} of {model or f'a model of {lab}, which one is not stated'}"


def event_name(record: AccessEvent) -> str:
    """The title of an event as stored, with what came out on any day: for records that no page shows any more."""
    evaluators = [str(part.evaluator) for part in record.participations.select_related("evaluator")]
    return event_title(evaluators, Activity(record.activity), str(record.model or ""), str(record.lab))


def events_listed(day: dt.date, is_past: bool) -> QuerySet[AccessEvent]:
    """The events known by the day, with what lists sort by; on a past day, that is what was known then."""
    names = Evaluator.objects.filter(participations__event=OuterRef("pk")).order_by("name")
    events = AccessEvent.objects.as_of(day).annotate(first_evaluator=Subquery(names.values("name")[:1]))
    if is_past:
        for column, field in _FIELDS_AS_OF:
            events = events.with_field_as_of(column, field.value, day)
    return events


def by_publication(citations: Iterable[_Citation]) -> list[_Citation]:
    """The citations of a kept record in the order in which their sources were published; undated ones first."""
    return sorted(citations, key=lambda citation: citation.source.published_on_earliest or dt.date.min)


def citations_as_of(citations: Iterable[_Citation], day: dt.date) -> list[_Citation]:
    """The citations of a kept record whose source was public by the day, oldest first."""
    sources = source_facts()
    dated = [(public_on(sources[citation.source_id]), citation) for citation in citations]
    return [citation for public, citation in sorted(dated, key=lambda pair: pair[0]) if public <= day]


@kept(most=DAYS_KEPT)
def access_ledger(day: dt.date) -> AccessLedger:
    """Releases and access events as known on the day, weighed (methodology, sections 2 to 5)."""
    return access_ledger_as_of(day, release_facts().values(), event_facts().values())


@kept(most=DAYS_KEPT)
def events_as_of(day: dt.date) -> Mapping[str, EventAsOf]:
    """The access events known on the day by key, in the order of their keys."""
    access = access_ledger(day)
    found = [each for assessment in access.assessments.values() for each in assessment.events]
    weighed = {each.event.key: each for each in (*found, *access.unassigned)}
    events = {}
    for record in records()[AccessEvent].published:
        stored = event_facts()[record.key]
        # An event of a release that is not public is in no ledger, but it has a page.
        each = weighed.get(record.key) or _weighed_alone(record, stored, day)
        if each is not None:
            events[record.key] = EventAsOf(record, day, each, stored)
    return events


def _weighed_alone(record: AccessEvent, stored: EventFact, day: dt.date) -> WeighedEvent | None:
    fact = event_fact_as_of(stored, day)
    return None if fact is None else weigh(fact, release_fact(record.model) if record.model else None)


def events_without_release(lab: Lab, day: dt.date) -> list[EventAsOf]:
    """The lab's access events whose release no source names, as known on the day."""
    events = events_as_of(day)
    return [events[weighed.event.key] for weighed in access_ledger(day).unassigned if weighed.event.lab == lab.key]
