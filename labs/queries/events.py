"""Access events as known on a day."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter
from typing import TypeVar

from labs.choices import (
    ACCESS_ANSWERS,
    Activity,
    Answer,
    Certainty,
    Domain,
    EventField,
    LinkLowering,
    Mode,
    Outcome,
    Owner,
    Results,
    Timing,
)
from labs.models import AccessEvent, AccessEventCitation, Citation, Evaluator, Lab, Source
from labs.queries.completeness import records_complete_to
from labs.queries.facts import event_facts, release_fact, release_facts, source_facts
from labs.queries.kept import at_hand, kept, of_each, records, renewed
from labs.queries.rows import related_rows
from labs.rules import event_words
from labs.rules.access import UNSPECIFIED_GROUPS, WeighedEvent, weigh
from labs.rules.as_of import event_fact_as_of, is_field_public, public_on
from labs.rules.certainty import link_certainty
from labs.rules.depth import DEPTH_QUESTIONS, Deeper, Level
from labs.rules.evidence import DENIALS
from labs.rules.facts import EventFact
from labs.rules.key_sharing import key_sharing
from labs.rules.ledger import AccessLedger, access_ledger_as_of
from labs.rules.vocabulary import Term

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


@key_sharing
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
    def evaluators(self) -> tuple[Evaluator, ...]:
        """Who took part."""
        return tuple(part.evaluator for part in related_rows(self.record, "participations"))

    @cached_property
    def parts(self) -> tuple[ParticipationAsOf, ...]:
        """Who took part, and how sure that is."""
        pairs = zip(related_rows(self.record, "participations"), self.fact.participations, strict=True)
        return tuple(
            ParticipationAsOf(
                part.evaluator,
                link_certainty(self.weighed.certainty, fact),
                fact.lowering != LinkLowering.AS_EVENT,
                self.fairly_quoted(part.lowered_because),
            )
            for part, fact in pairs
        )

    @cached_property
    def citations(self) -> tuple[AccessEventCitation, ...]:
        """The citations whose source was public by the day, oldest first."""
        cited = zip(related_rows(self.record, "citations"), self.stored.citations, strict=True)
        return tuple(_public_by(self.day, ((public_on(fact.source), citation) for citation, fact in cited)))

    @cached_property
    def tester_names(self) -> tuple[str, ...]:
        """Who took part, in the order of ``parts``; whom no source names goes by what they did."""
        named = map(_name_or_none, self.evaluators)
        return tuple(event_words.tester_names(named, self.fact.activity, self.domains, self.fact.outcome))

    @property
    def testers(self) -> list[tuple[str, ParticipationAsOf]]:
        """Each name with that evaluator's part in it."""
        return list(zip(self.tester_names, self.parts, strict=True))

    @cached_property
    def title(self) -> str:
        """The event in a line: “METR: model evaluation of GPT-4”."""
        record, fact = self.record, self.fact
        return event_words.event_title(
            self.tester_names, fact.activity, fact.outcome, str(record.model or ""), str(record.lab), self.domains
        )

    @cached_property
    def summary(self) -> str:
        """The event in our words; "" on a day on which some of its sources had yet to come out.

        It is written from all of them, so it would tell what nobody knew (methodology, section 2).
        """
        if not self.is_known_in_full:
            return ""
        return self.fairly_quoted(self.record.summary)

    def fairly_quoted(self, text: str) -> str:
        """A text of ours with quotation marks only round words that one of the event's quotes contains."""
        return event_words.fairly_quoted(text, (citation.quote for citation in self.citations))

    @cached_property
    def what_words(self) -> str:
        """What was done: “model evaluation (cyber, bio)”."""
        return event_words.what_words(self.fact.activity, self.domains)

    @cached_property
    def outcome_words(self) -> str:
        """What stands beside a test to which the lab did not give access; "" where it did."""
        return event_words.outcome_words(self.fact.outcome)

    @cached_property
    def when_words(self) -> str:
        """When it took place, as far as disclosed; "" where nothing is."""
        weighed = self.weighed
        by_document = weighed.launch_document is not None
        return event_words.when_words(
            weighed.timing, by_document, self.started_label, self.ended_label, self.fact.access_days
        )

    @cached_property
    def depth_words(self) -> str:
        """How deep access went, in words; the range by number stands on the event's own page only."""
        return event_words.depth_words(self.weighed.depth, self.is_depth_known)

    @property
    def depth_word(self) -> Level | Deeper:
        """The word whose meaning tells what ``depth_words`` says."""
        return event_words.depth_word(self.weighed.depth, self.is_depth_known)

    @cached_property
    def is_depth_known(self) -> bool:
        """Whether a source answers any of the questions that decide the depth."""
        return any(self.fact.access[question] is not Answer.UNKNOWN for question in DEPTH_QUESTIONS)

    @property
    def took_place(self) -> bool:
        """Whether it may have taken place: no source says that access was refused or that there was none."""
        return self.fact.outcome not in DENIALS

    @property
    def ladder(self) -> list[event_words.Rung]:
        """Each level of depth, the shallowest first, and what the record shows of it."""
        return event_words.ladder(self.weighed.depth)

    @cached_property
    def report_words(self) -> str:
        """Where the report is; "" where no source says whether there is one."""
        return event_words.report_words(self.fact.results, is_quoted=self.is_report_quoted)

    @cached_property
    def is_report_quoted(self) -> bool:
        """Whether a quote that is cited for the results was public by the day."""
        return any(EventField.RESULTS.value in citation.supports for citation in self.citations)

    @cached_property
    def report(self) -> Source | None:
        """The source in which the results can be read: one of the tester, or of the lab, that is cited for them."""
        owner = _REPORT_OWNERS.get(self.fact.results)
        for citation in self.citations:
            if citation.source.owner is owner and EventField.RESULTS.value in citation.supports:
                return citation.source
        return None

    @cached_property
    def undisclosed_words(self) -> str:
        """What no source discloses of it: “not disclosed: days, depth”; "" where it did not take place."""
        if not self.took_place:
            return ""
        return event_words.undisclosed_words(
            is_timing_known=self.weighed.timing is not Timing.UNKNOWN,
            is_days_known=self.fact.access_days is not None,
            is_depth_known=self.is_depth_known,
            is_report_known=self.fact.results is not Results.UNKNOWN,
        )

    @cached_property
    def answers(self) -> list[tuple[str, Term]]:
        """What sources answer of how it was done, each with its question: the access profile, how they worked, and
        whether they could publish; none where it did not take place.
        """
        return [(question, answer) for question, answer in self._questions if answer.value != Answer.UNKNOWN]

    @cached_property
    def untold_words(self) -> str:
        """Which of these questions no source answers, in one line."""
        return event_words.untold_words(
            [question for question, answer in self._questions if answer.value == Answer.UNKNOWN]
        )

    @cached_property
    def _questions(self) -> list[tuple[str, Term]]:
        if not self.took_place:
            return []
        profile: list[tuple[str, Term]] = [(words, self.fact.access[name]) for name, words in ACCESS_ANSWERS.items()]
        return [*profile, ("how they worked with the model", self.mode), ("free to publish", self.free_to_publish)]

    @property
    def domains(self) -> Sequence[Domain]:
        """The risk domains in their usual order; none where no source names any."""
        return _in_order(self.fact.domains)

    @property
    def mode(self) -> Mode:
        """How the evaluator worked with the model."""
        return Mode(self.record.mode) if self._is_public(EventField.MODE) else Mode.UNKNOWN

    @cached_property
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
        return self.is_known_in_full or is_field_public(self.stored.citations, field.value, self.day)

    @property
    def is_known_in_full(self) -> bool:
        """Whether all sources that it rests on were public by the day."""
        return len(self.fact.citations) == len(self.stored.citations)


_REPORT_OWNERS = {
    Results.EVALUATOR_REPORT: Owner.EVALUATOR,
    Results.EVALUATOR_SUMMARY: Owner.EVALUATOR,
    Results.LAB_DETAILED: Owner.LAB,
    Results.LAB_SUMMARY: Owner.LAB,
}


@cache
def _in_order(domains: frozenset[Domain]) -> Sequence[Domain]:
    return tuple(domain for domain in Domain if domain in domains)


def _name_or_none(evaluator: Evaluator) -> str | None:
    return None if evaluator.key == UNSPECIFIED_GROUPS else str(evaluator)


def event_name(record: AccessEvent) -> str:
    """The title of an event as stored, with what came out on any day: for records that no page shows any more."""
    activity, domains = Activity(record.activity), [each for each in Domain if each in record.domains]
    named = [_name_or_none(part.evaluator) for part in record.participations.select_related("evaluator")]
    outcome = Outcome(record.outcome)
    testers = event_words.tester_names(named, activity, domains, outcome)
    return event_words.event_title(testers, activity, outcome, str(record.model or ""), str(record.lab), domains)


def by_publication(citations: Iterable[_Citation]) -> list[_Citation]:
    """The citations of a kept record in the order in which their sources were published; undated ones first."""
    return sorted(citations, key=lambda citation: citation.source.published_on_earliest or dt.date.min)


def citations_as_of(citations: Iterable[_Citation], day: dt.date) -> list[_Citation]:
    """The citations of a kept record whose source was public by the day, oldest first."""
    sources = source_facts()
    return _public_by(day, ((public_on(sources[citation.source_id]), citation) for citation in citations))


def _public_by(day: dt.date, dated: Iterable[tuple[dt.date, _Citation]]) -> list[_Citation]:
    """Those of the citations that were public by the day, each with the day on which it became so; oldest first."""
    return [citation for public, citation in sorted(dated, key=itemgetter(0)) if public <= day]


@renewed(most=DAYS_KEPT)
def access_ledger(earlier: AccessLedger | None, day: dt.date) -> AccessLedger:
    """Releases and access events as known on the day, weighed (methodology, sections 2 to 5)."""
    releases, events = release_facts().values(), event_facts().values()
    other = next(iter(at_hand(access_ledger)), None)
    return access_ledger_as_of(day, releases, events, records_complete_to(), earlier, other)


@kept(most=DAYS_KEPT)
def events_as_of(day: dt.date) -> Mapping[str, EventAsOf]:
    """The access events known on the day by key, in the order of their keys."""
    return {event.record.key: event for event in _events_on(day).values() if event is not None}


@renewed(most=DAYS_KEPT)
def _events_on(earlier: Mapping[int, EventAsOf | None] | None, day: dt.date) -> Mapping[int, EventAsOf | None]:
    """The public access events by primary key, as known on the day; None for those that nobody knew of."""
    weighed, facts = access_ledger(day).weighed, event_facts()

    def as_of(record: AccessEvent) -> EventAsOf | None:
        stored = facts[record.key]
        # An event of a release that is not public is in no ledger, but it has a page.
        each = weighed[record.key][2] if record.key in weighed else _weighed_alone(record, stored, day)
        return None if each is None else EventAsOf(record, day, each, stored)

    return of_each(AccessEvent, as_of, records()[AccessEvent].published_by_pk, earlier)


def _weighed_alone(record: AccessEvent, stored: EventFact, day: dt.date) -> WeighedEvent | None:
    fact = event_fact_as_of(stored, day)
    return None if fact is None else weigh(fact, release_fact(record.model) if record.model else None)


def events_without_release(lab: Lab, day: dt.date) -> list[EventAsOf]:
    """The lab's access events whose release no source names, as known on the day."""
    events = events_as_of(day)
    return [events[weighed.event.key] for weighed in access_ledger(day).unassigned if weighed.event.lab == lab.key]
