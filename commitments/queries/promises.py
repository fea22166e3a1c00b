"""Promises as known on a day, and the ledger of a day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import assert_never

from commitments.choices import (
    About,
    Binding,
    CommitmentField,
    Firmness,
    Origin,
    Reading,
    RequiredEvaluators,
    RequiredReleases,
    StatedBy,
    Wording,
)
from commitments.models import Commitment, CommitmentCitation, Requirement
from commitments.rules.as_of import Tenure, tenure_of
from commitments.rules.certainty import commitment_certainty
from commitments.rules.deadlines import Deadline, DeadlineStatus, deadline
from commitments.rules.facts import CommitmentFact, RequirementFact
from commitments.rules.ledger import Ledger, commitments_visible
from commitments.rules.sentences import commitment_sentences, rate_words
from commitments.rules.verdicts import Verdict, is_testable, not_testable_words
from labs.choices import Activity, Certainty, Results, Timing
from labs.models import Lab
from labs.queries.events import DAYS_KEPT, access_ledger, citations_as_of
from labs.queries.facts import citation_facts
from labs.queries.kept import kept, of_each, records, renewed
from labs.queries.rows import related_rows
from labs.rules.access import Window
from labs.rules.as_of import is_field_public
from labs.rules.certainty import is_documented
from labs.rules.dates import Span, span_between
from labs.rules.event_words import fairly_quoted
from labs.rules.key_sharing import key_sharing
from labs.rules.order import people_order


def requirement_fact(requirement: Requirement) -> RequirementFact:
    """A requirement as a plain value for the rules."""
    named = requirement.named_evaluator
    fact = RequirementFact(
        activities=frozenset(map(Activity, requirement.activities)),
        evaluators=RequiredEvaluators(requirement.evaluators),
        visible_in_public=requirement.visible_in_public,
        named_evaluator=named.key if named else None,
        timing=Timing(requirement.timing),
        min_depth=requirement.min_depth,
        results_at_least=Results(requirement.results_at_least) if requirement.results_at_least else None,
        releases=RequiredReleases(requirement.releases),
    )
    return _shared(fact)


@lru_cache(maxsize=1000)
def _shared(fact: RequirementFact) -> RequirementFact:
    """One value for all promises that ask for the same, so that rules need to try each of them once."""
    return fact


def commitment_fact(commitment: Commitment) -> CommitmentFact:
    """A kept commitment as a plain value for the rules, with all its citations."""
    readings = {each.reading: requirement_fact(each) for each in related_rows(commitment, "requirements")}
    counterparty = commitment.counterparty

    def span(name: str) -> Span:
        return span_between(getattr(commitment, f"{name}_earliest"), getattr(commitment, f"{name}_latest"))

    return CommitmentFact(
        key=commitment.key,
        labs=tuple(sorted(lab.key for lab in related_rows(commitment, "labs"))),
        origin=Origin(commitment.origin),
        about=About(commitment.about),
        firmness=Firmness(commitment.firmness),
        stated_by=StatedBy(commitment.stated_by),
        counterparty=counterparty.key if counterparty else None,
        counterparty_lab=counterparty.lab.key if counterparty and counterparty.lab else None,
        made=span("made_on"),
        effective=span("effective_on"),
        due=span("due_on"),
        ended=span("ended_on"),
        fulfilled=span("fulfilled_on"),
        superseded_by=commitment.superseded_by.key if commitment.superseded_by else None,
        strict=readings.get(Reading.STRICT),
        lenient=readings.get(Reading.LENIENT),
        not_testable_because=commitment.not_testable_because,
        citations=citation_facts(related_rows(commitment, "citations")),
        binding=Binding(commitment.binding),
        wording=Wording(commitment.wording),
    )


@kept(most=1)
def commitment_facts() -> Mapping[str, CommitmentFact]:
    """The published commitments as plain values for the rules, with all their citations, by key."""
    return dict(zip(records()[Commitment].by_key, _commitment_facts().values(), strict=True))


@renewed(most=1)
def _commitment_facts(earlier: Mapping[int, CommitmentFact] | None) -> Mapping[int, CommitmentFact]:
    return of_each(Commitment, commitment_fact, records()[Commitment].published_by_pk, earlier)


@renewed(most=DAYS_KEPT)
def ledger(earlier: Ledger | None, day: dt.date) -> Ledger:
    """All that was known on the day, weighed: scorecards, verdicts and their exports are computed from it."""
    return Ledger(access_ledger(day), commitments_visible(day, commitment_facts().values(), earlier), earlier)


@dataclass(frozen=True, slots=True)
class CommitmentStanding:
    """A status of a commitment that is not in an enumeration, with the same three parts as a ``Term``."""

    value: str
    label: str
    explanation: str = ""


NOT_TESTABLE = CommitmentStanding(
    "not_testable", "not testable", "Practice cannot be held against it; its page says why."
)


@dataclass(frozen=True, slots=True)
class LabPart:
    """One lab's part in a commitment as known on a day: how sure it is, and its verdicts by release day."""

    lab: Lab
    certainty: Certainty
    verdicts: tuple[Verdict, ...]

    @property
    def kept_label(self) -> str:
        """The rate of a testable commitment, with its counts."""
        return rate_words(self.verdicts)


@key_sharing
@dataclass(frozen=True)
class CommitmentAsOf:
    """A commitment as known on a day: the stored record beside what the rules conclude about it.

    While it is visible, all that makes it a promise is shown: labs, counterparty, quote, topic, firmness, who stated
    it, and the days on which it was made, takes effect and is due. Read what came out later from here, never from
    ``record``: that it ended, was superseded or fulfilled, its scope, whether it is binding (methodology, section 2).
    """

    record: Commitment
    fact: CommitmentFact
    ledger: Ledger
    window: Window
    lab: str | None = None  # key of the lab whose practice is shown; None: of all that made it

    @property
    def key(self) -> str:
        return self.record.key

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts on releases in the window."""
        return self.ledger.verdicts(self.window, lab=self.lab, commitment=self.key)

    @property
    def day(self) -> dt.date:
        """The day for which everything is shown."""
        return self.ledger.day

    @cached_property
    def labs(self) -> list[Lab]:
        """The labs that made it, by name; none for a law."""
        return sorted(self.record.labs.all(), key=lambda lab: people_order(lab.name))

    @cached_property
    def parts(self) -> list[LabPart]:
        """Each lab's part in it, in the order of ``labs``."""
        of_lab: dict[str, list[Verdict]] = defaultdict(list)
        for verdict in self.verdicts:
            of_lab[verdict.lab].append(verdict)
        return [LabPart(lab, commitment_certainty(self.fact, lab.key), tuple(of_lab[lab.key])) for lab in self.labs]

    @cached_property
    def citations(self) -> list[CommitmentCitation]:
        """The citations whose source was public by the day."""
        return citations_as_of(self.record.citations.all(), self.day)

    @property
    def is_testable(self) -> bool:
        """Whether it carries a requirement (methodology, section 7)."""
        return is_testable(self.fact)

    @property
    def not_testable_label(self) -> str:
        """Why it is not testable; "" where it is (methodology, section 7)."""
        return not_testable_words(self.fact)

    @property
    def requirements(self) -> list[Requirement]:
        """Its readings, the strict one first; none where it is not testable."""
        return sorted(self.record.requirements.all(), key=lambda each: Reading.values().index(each.reading))

    @property
    def tenure(self) -> Tenure | None:
        """The days on which it was in force, as the rules count them."""
        return tenure_of(self.fact, self.ledger.commitments.get(self.fact.superseded_by or ""))

    @property
    def end(self) -> dt.date | None:
        """The first day on which it was no longer in force; None while that day is ahead and no source names it."""
        end = self.tenure.end if self.tenure else None
        is_shown = end is not None and (end <= self.day or self.has_ended or self.successor is not None)
        return end if is_shown else None

    @property
    def is_in_force(self) -> bool:
        """Whether it is in force on the day."""
        return self.ledger.is_in_force(self.fact, self.day)

    @property
    def in_force_label(self) -> str:
        """Whether it is in force on the day, in words."""
        tenure = self.tenure
        if tenure is None:
            return "never: no day is known"
        if self.is_in_force:
            return "in force"
        return "not yet in force" if self.day < tenure.start else "no longer in force"

    @property
    def deadline(self) -> Deadline | None:
        """The status of a promise to do one thing by a day; None where it has no due day."""
        return deadline(self.fact, self.day)

    @property
    def standing(self) -> CommitmentStanding | None:
        """Its status apart from verdicts: its due day, or that it is not testable; None where neither applies."""
        if self.deadline:
            status = self.deadline.status
            words = deadline_words(self.deadline, self.record.due_on_label)
            return CommitmentStanding(status.value, words, status.explanation)
        return None if self.is_testable else NOT_TESTABLE

    @property
    def successor(self) -> Commitment | None:
        """The commitment that replaced it, if that was known."""
        return self.record.superseded_by if self.fact.superseded_by in self.ledger.commitments else None

    @property
    def has_ended(self) -> bool:
        """Whether it has surely ended by the day, or a source that was public by then names the end."""
        ended = self.fact.ended
        is_over = ended.latest is not None and ended.latest <= self.day
        return is_over or (ended.is_dated and self._names(CommitmentField.ENDED_ON))

    @property
    def ended_label(self) -> str:
        """The end in words, as the source gives it; "" where none is known."""
        return self.record.ended_on_label if self.has_ended else ""

    @property
    def is_fulfilled(self) -> bool:
        """Whether a source that was public by the day says that it was done."""
        return self.fact.fulfilled.is_dated

    @property
    def fulfilled_label(self) -> str:
        """The day of fulfilment in words; "" where no source says that it was done."""
        return self.record.fulfilled_on_label if self.is_fulfilled else ""

    @property
    def scope(self) -> str:
        """What it covers and leaves out; "" where that was not known."""
        return self.record.scope if self._is_public(CommitmentField.SCOPE) else ""

    @property
    def scope_words(self) -> str:
        """The same for pages: in quotation marks only what one of its quotes contains."""
        return fairly_quoted(self.scope, [self.record.quote, *(citation.quote for citation in self.citations)])

    @property
    def binding(self) -> Binding:
        """Whether deployment depends on it."""
        return Binding(self.record.binding) if self._is_public(CommitmentField.BINDING) else Binding.UNKNOWN

    @property
    def kept_label(self) -> str:
        """The rate over all its labs, with its counts; "" where it is not testable."""
        return rate_words(self.verdicts) if self.is_testable else ""

    @property
    def sentences(self) -> list[str]:
        """Who said it, when, in what document, and how firmly, in plain sentences."""
        record = self.record
        return commitment_sentences(
            [part.lab.name for part in self.parts if is_documented(part.certainty)],
            [part.lab.name for part in self.parts if not is_documented(part.certainty)],
            origin=Origin(record.origin),
            stated_by=StatedBy(record.stated_by),
            firmness=Firmness(record.firmness),
            made=record.made_on_label,
        )

    def _names(self, field: CommitmentField) -> bool:
        return any(field.value in citation.supports for citation in self.fact.citations)

    def _is_public(self, field: CommitmentField) -> bool:
        return is_field_public(commitment_facts()[self.key].citations, field.value, self.day)


@kept(most=DAYS_KEPT)
def commitments_as_of(day: dt.date, window: Window) -> Mapping[str, CommitmentAsOf]:
    """The commitments visible on the day by key, with their verdicts on the releases of a window."""
    public = records()[Commitment].by_key
    return {
        key: CommitmentAsOf(public[key], fact, ledger(day), window) for key, fact in ledger(day).commitments.items()
    }


def superseded_commitments(record: Commitment, ledger: Ledger) -> list[Commitment]:
    """The commitments that it replaced, of those visible on the ledger's day."""
    return [each for each in record.supersedes.all() if each.key in ledger.commitments]


def deadline_words(deadline: Deadline, due: str) -> str:
    """The status of a dated promise: “fulfilled 3 days late”, “due in 2023; nothing found” (methodology, section 7).

    ``due`` is the due date in words. What nobody says has no count of days.
    """
    days = f"{deadline.days} day{'s' if deadline.days != 1 else ''}"
    match deadline.status:
        case DeadlineStatus.FULFILLED:
            return f"fulfilled, {days} before the due day" if deadline.days else "fulfilled"
        case DeadlineStatus.FULFILLED_LATE:
            return f"fulfilled {days} late"
        case DeadlineStatus.OVERDUE:
            return f"overdue by {days}"
        case DeadlineStatus.NOTHING_FOUND:
            return f"{due_words(due)}; {DeadlineStatus.NOTHING_FOUND.label}"
        case DeadlineStatus.NOT_YET_DUE:
            return "not yet due" if deadline.days is None else f"not yet due, {days} left"
    assert_never(deadline.status)


def due_words(due: str) -> str:
    """“due by 31 December 2023”; “due in 2023” where the source gives no day."""
    return f"due {'by' if due[:1].isdigit() and ' ' in due else 'in'} {due}"


def promises_of(lab: Lab, day: dt.date, window: Window) -> list[CommitmentAsOf]:
    """The lab's commitments known on the day, with the verdicts on its own releases in the window."""
    return [
        replace(promise, lab=lab.key)
        for promise in commitments_as_of(day, window).values()
        if lab.key in promise.fact.labs
    ]
