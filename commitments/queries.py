"""Promises read from the database, and everything known on a day as one ledger."""

import datetime as dt

from commitments.choices import (
    About,
    Binding,
    Firmness,
    Origin,
    Reading,
    RequiredEvaluators,
    RequiredReleases,
    StatedBy,
)
from commitments.facts import Commitment as CommitmentFact
from commitments.facts import Requirement as RequirementFact
from commitments.ledger import Ledger, ledger_as_of
from commitments.models import Commitment, CommitmentCitation, Requirement
from labs.choices import Activity, Results, Timing
from labs.dates import Span
from labs.facts import Citation as CitationFact
from labs.models import AccessEvent, AccessEventCitation, AIModel
from labs.queries import citation_fact, citation_facts, event_fact, release_fact, source_facts


def requirement_fact(requirement: Requirement) -> RequirementFact:
    """A requirement as the rules read it."""
    named = requirement.named_evaluator
    return RequirementFact(
        activities=frozenset(map(Activity, requirement.activities)),
        evaluators=RequiredEvaluators(requirement.evaluators),
        visible_in_public=requirement.visible_in_public,
        named_evaluator=named.key if named else None,
        timing=Timing(requirement.timing),
        min_depth=requirement.min_depth,
        results_at_least=Results(requirement.results_at_least) if requirement.results_at_least else None,
        releases=RequiredReleases(requirement.releases),
    )


def commitment_fact(commitment: Commitment, citations: tuple[CitationFact, ...] | None = None) -> CommitmentFact:
    """A commitment as the rules read it, with all its citations.

    Runs no query on commitments of ``for_rules()``, or of ``with_parties()`` where the citations are given.
    """
    readings = {each.reading: requirement_fact(each) for each in commitment.requirements.all()}
    counterparty = commitment.counterparty

    def span(name: str) -> Span:
        return Span(getattr(commitment, f"{name}_earliest"), getattr(commitment, f"{name}_latest"))

    return CommitmentFact(
        key=commitment.key,
        labs=tuple(sorted(lab.key for lab in commitment.labs.all())),
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
        citations=tuple(map(citation_fact, commitment.citations.all())) if citations is None else citations,
        binding=Binding(commitment.binding),
    )


def ledger(day: dt.date) -> Ledger:
    """All that was known on the day, weighed: what scorecards, verdicts and their exports are computed from.

    Always the same number of queries.
    """
    sources = source_facts()
    of_events = citation_facts(AccessEventCitation, sources)
    of_commitments = citation_facts(CommitmentCitation, sources)
    return ledger_as_of(
        day,
        releases=[release_fact(model) for model in AIModel.objects.select_related("lab", "variant_of")],
        events=[event_fact(event, of_events.get(event.pk, ())) for event in AccessEvent.objects.with_parties()],
        commitments=[
            commitment_fact(commitment, of_commitments.get(commitment.pk, ()))
            for commitment in Commitment.objects.with_parties()
        ],
    )
