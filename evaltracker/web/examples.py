"""Worked examples for the methodology page: made-up facts, and what the rules return for them on each request.

Nothing here is about a real lab. Tests in ``tests/evaltracker`` compare the answers with docs/methodology.md.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from commitments.choices import About, Firmness, Origin, RequiredEvaluators, StatedBy
from commitments.rules.criteria import Criterion
from commitments.rules.facts import CommitmentFact, RequirementFact
from commitments.rules.ledger import ledger_as_of
from commitments.rules.scorecards import Scorecard, scorecard
from commitments.rules.verdicts import verdict
from labs.choices import (
    ACCESS_ANSWERS,
    Activity,
    Answer,
    Certainty,
    Domain,
    EventLowering,
    Frontier,
    Outcome,
    Owner,
    ReleaseKind,
    Results,
    Timing,
)
from labs.rules.access import UNSPECIFIED_GROUPS, WeighedEvent, Window, weigh
from labs.rules.certainty import event_certainty
from labs.rules.dates import NO_DATE, span
from labs.rules.depth import DEPTH_QUESTIONS, Adequacy, Depth, Threat, adequacy, depth_of
from labs.rules.facts import CitationFact, EventFact, ParticipationFact, ReleaseFact, SourceFact
from labs.rules.ledger import Assessment
from labs.rules.ranges import PAGE_PLACES, printed, printed_range

DAY = dt.date(2025, 6, 30)
"""The day for which the examples are computed."""

_LAB, _EVALUATOR = "example-lab", "example-institute"
_SPEAKS = frozenset({"evaluators", "activity", "timing", "results"})


@dataclass(frozen=True, slots=True)
class DepthExample:
    """The four answers that decide, in the order of ``DEPTH_QUESTIONS``, and the depth that follows."""

    answers: tuple[Answer, ...]
    depth: Depth


@dataclass(frozen=True, slots=True)
class AdequacyExample:
    """A depth, a kind of release, and whether that is enough for each threat."""

    what: str
    depth: Depth
    deployment: Adequacy
    stolen_weights: Adequacy


@dataclass(frozen=True, slots=True)
class CertaintyExample:
    """Who is cited, and the certainty that follows."""

    what: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class LaunchExample:
    """When a card and the release came out, and how an event without a stated timing then counts."""

    card: str
    release: str
    weighed: WeighedEvent


@dataclass(frozen=True, slots=True)
class CriterionExample:
    """One line of the score example. ``low`` and ``high`` are "" where the criterion does not apply."""

    criterion: Criterion
    weight: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class ScoreExample:
    """A scorecard and its parts in print; ``low`` and ``high`` of the score are "" where there is none."""

    card: Scorecard
    rows: tuple[CriterionExample, ...]
    low: str
    high: str
    coverage: str


@dataclass(frozen=True, slots=True)
class VerdictExample:
    """What was promised and what is on record, and the verdict with its value in print ("" where it is left out)."""

    promised: str
    on_record: str
    label: str
    value: str


def certainty_examples() -> tuple[CertaintyExample, ...]:
    """Section 1: who says so."""
    card, report, press = _lab_source(), _evaluator_source(), _press()
    government = _source("minutes", Owner.GOVERNMENT, is_government=True)
    public_body = ParticipationFact("example-ai-institute", is_government=True)
    cases = (
        ("the lab's card and the evaluator's report", _event(citations=(_cites(card), _cites(report)))),
        ("the lab's card alone", _event(citations=(_cites(card),))),
        ("the evaluator's report alone", _event(citations=(_cites(report),))),
        (
            "a government's minutes, where a government body took part",
            _event(citations=(_cites(government),), participations=(public_body,)),
        ),
        ("a newspaper", _event(citations=(_cites(press),))),
        (
            "a newspaper, and the lab's card for the name of the model only",
            _event(citations=(_cites(press), CitationFact(card, frozenset({"model"})))),
        ),
        (
            "the lab's card, lowered by an editor",
            _event(citations=(_cites(card),), lowering=EventLowering.INFERRED),
        ),
    )
    return tuple(CertaintyExample(what, event_certainty(event)) for what, event in cases)


def depth_examples() -> tuple[DepthExample, ...]:
    """Section 5: from answers to a range of levels."""
    yes, part, no, unknown = Answer.YES, Answer.PARTIAL, Answer.NO, Answer.UNKNOWN
    profiles = (
        (unknown, unknown, unknown, unknown),
        (no, no, no, unknown),
        (yes, no, no, unknown),
        (unknown, no, no, unknown),
        (yes, yes, unknown, no),
        (part, no, no, no),
        (yes, yes, yes, no),
        (no, no, no, yes),
    )
    return tuple(DepthExample(each, depth_of(dict(zip(DEPTH_QUESTIONS, each, strict=True)))) for each in profiles)


def adequacy_examples() -> tuple[AdequacyExample, ...]:
    """Section 5: whether that is enough for the threat."""
    as_users = depth_of(_access(no_safety_filters=Answer.NO, helpful_only=Answer.NO, fine_tuning=Answer.NO))
    filters_off = depth_of(_access(no_safety_filters=Answer.YES, helpful_only=Answer.NO, fine_tuning=Answer.NO))
    service, weights = ReleaseKind.API_OR_PRODUCT, ReleaseKind.OPEN_WEIGHTS
    cases = (
        ("a service, tested as users get it", as_users, service, Answer.NO),
        ("the same, and the lab argued for the filters it left on", as_users, service, Answer.YES),
        ("a service, safety filters off", filters_off, service, Answer.NO),
        ("open weights, safety filters off", filters_off, weights, Answer.NO),
        ("a service, nothing disclosed about depth", depth_of(_access()), service, Answer.UNKNOWN),
    )
    return tuple(
        AdequacyExample(
            what,
            depth,
            adequacy(depth, Threat.DEPLOYMENT, kind, argued),
            adequacy(depth, Threat.STOLEN_WEIGHTS, kind, argued),
        )
        for what, depth, kind, argued in cases
    )


def launch_examples() -> tuple[LaunchExample, ...]:
    """Section 4: what a document of the launch day describes took place before."""
    dates = (
        ("2025-03-10", "2025-03-10"),
        ("2025-03-11", "2025-03-10"),
        ("2025-03", "2025-03-10"),
        ("2025-04", "2025-03-10"),
        ("2025", "2025-03-10"),
    )
    return tuple(
        LaunchExample(card, released, weigh(_undated_event(card), _release(released))) for card, released in dates
    )


def score_example(weights: Mapping[Criterion, Fraction]) -> ScoreExample:
    """Section 6: a lab with three releases, of which one was evaluated; how long is not disclosed."""
    evaluated = _release("2025-02-01", key="example-1", name="Example 1")
    silent = [_release(f"2025-0{month}-01", key=f"example-{month}", name=f"Example {month}") for month in (4, 5)]
    event = _event(
        model=evaluated.key,
        access=_access(no_safety_filters=Answer.YES, helpful_only=Answer.NO, fine_tuning=Answer.NO),
        results=Results.LAB_SUMMARY,
    )
    promise = _commitment(firmness=Firmness.CONDITIONAL)
    ledger = ledger_as_of(DAY, releases=[evaluated, *silent], events=[event], commitments=[promise])
    card = scorecard(ledger, _LAB, Window.YEAR, weights)
    rows = tuple(
        CriterionExample(
            criterion,
            f"{float(weights[criterion]):g}",
            "" if value is None else f"{printed(value.low * 100, PAGE_PLACES)}%",
            "" if value is None else f"{printed(value.high * 100, PAGE_PLACES)}%",
        )
        for criterion, value in card.criteria.items()
    )
    return ScoreExample(
        card=card,
        rows=rows,
        low=printed(card.score.low, PAGE_PLACES) if card.score else "",
        high=printed(card.score.high, PAGE_PLACES) if card.score else "",
        coverage=f"{card.coverage.known} of {card.coverage.asked} facts",
    )


def verdict_examples() -> tuple[VerdictExample, ...]:
    """Section 7: what was promised beside what is known."""
    firm = "firmly: model evaluation by outsiders before deployment"
    deep = replace(_requirement(), min_depth=2)
    published = replace(_requirement(), results_at_least=Results.EVALUATOR_SUMMARY)
    reported = _event(citations=(_cites(_press()),))
    late = _event(timing=Timing.AFTER_DEPLOYMENT)
    denied = _event(outcome=Outcome.CONFIRMED_NONE, participations=(ParticipationFact(UNSPECIFIED_GROUPS),))
    as_users = _event(
        access=_access(no_safety_filters=Answer.NO, helpful_only=Answer.NO, fine_tuning=Answer.NO),
    )
    red_teaming = _event(activity=Activity.RED_TEAMING)
    broad = replace(_requirement(), activities=frozenset({Activity.MODEL_EVALUATION, Activity.RED_TEAMING}))
    cases: tuple[tuple[str, str, CommitmentFact, tuple[EventFact, ...], str], ...] = (
        (firm, "the lab's card tells of one", _commitment(), (_event(),), "2025-03-10"),
        (firm, "only a newspaper tells of one", _commitment(), (reported,), "2025-03-10"),
        (firm, "nothing", _commitment(), (), "2025-03-10"),
        (
            "the same, if a capability threshold is reached",
            "nothing",
            _commitment(firmness=Firmness.CONDITIONAL),
            (),
            "2025-03-10",
        ),
        (firm, "one took place after deployment", _commitment(), (late,), "2025-03-10"),
        (firm, "the lab says that nobody from outside evaluated it", _commitment(), (denied,), "2025-03-10"),
        ("the same, deeper than users", "one was made as users", _commitment(strict=deep), (as_users,), "2025-03-10"),
        (
            "the same, with results from the evaluator itself",
            "the lab alone published a summary, 41 days after release",
            _commitment(strict=published),
            (_event(results=Results.LAB_SUMMARY),),
            "2025-05-20",
        ),
        (
            "the same, with results from the evaluator itself",
            "the release is 20 days old, and nothing is out yet",
            _commitment(strict=published),
            (_event(results=Results.UNKNOWN),),
            "2025-06-10",
        ),
        (
            "testing by outsiders: model evaluation (strict reading) or red-teaming too (lenient reading)",
            "outsiders did red-teaming",
            _commitment(lenient=broad),
            (red_teaming,),
            "2025-03-10",
        ),
    )
    return tuple(_verdict_example(*case) for case in cases)


def _verdict_example(
    promised: str, on_record: str, promise: CommitmentFact, events: tuple[EventFact, ...], released: str
) -> VerdictExample:
    release = _release(released)
    found = verdict(promise, Assessment(release, tuple(weigh(event, release) for event in events)), DAY)
    label = f"{found.label}; {found.after_release_words}" if found.is_tested_after else found.label
    return VerdictExample(promised, on_record, label, printed_range(found.value, 1) if found.value else "")


def _source(key: str, owner: Owner, *, published: str = "2025-03-01", is_government: bool = False) -> SourceFact:
    return SourceFact(
        key=key,
        owner=owner,
        lab=_LAB if owner is Owner.LAB else None,
        evaluator=_EVALUATOR if owner is Owner.EVALUATOR else None,
        is_government=is_government,
        published=span(published),
        read_on=DAY,
    )


def _lab_source(published: str = "2025-01-15") -> SourceFact:
    return _source("card", Owner.LAB, published=published)


def _evaluator_source() -> SourceFact:
    return _source("report", Owner.EVALUATOR)


def _press() -> SourceFact:
    return _source("newspaper", Owner.THIRD_PARTY)


def _cites(source: SourceFact) -> CitationFact:
    return CitationFact(source, _SPEAKS)


def _access(**answers: Answer) -> dict[str, Answer]:
    return dict.fromkeys(ACCESS_ANSWERS, Answer.UNKNOWN) | answers


def _event(
    *,
    model: str = "example-1",
    citations: tuple[CitationFact, ...] | None = None,
    participations: tuple[ParticipationFact, ...] = (ParticipationFact(_EVALUATOR),),
    activity: Activity = Activity.MODEL_EVALUATION,
    outcome: Outcome = Outcome.GRANTED,
    timing: Timing = Timing.BEFORE_DEPLOYMENT,
    access: Mapping[str, Answer] | None = None,
    results: Results = Results.UNKNOWN,
    lowering: EventLowering = EventLowering.AS_CITED,
) -> EventFact:
    return EventFact(
        key="example-event",
        lab=_LAB,
        model=model,
        participations=participations,
        activity=activity,
        outcome=outcome,
        timing=timing,
        access_days=None,
        domains=frozenset({Domain.AUTONOMY}),
        access=_access() if access is None else access,
        mitigations_argued=Answer.UNKNOWN,
        results=results,
        lowering=lowering,
        citations=(_cites(_lab_source()),) if citations is None else citations,
    )


def _undated_event(card: str) -> EventFact:
    """An event that the lab's card describes without saying when."""
    source = replace(_lab_source(card), is_model_card=True)
    told = CitationFact(source, frozenset({"evaluators", "activity"}))
    return _event(citations=(told,), timing=Timing.UNKNOWN)


def _release(released: str, *, key: str = "example-1", name: str = "Example 1") -> ReleaseFact:
    return ReleaseFact(
        key=key,
        lab=_LAB,
        name=name,
        released=span(released),
        kind=ReleaseKind.API_OR_PRODUCT,
        frontier=Frontier.YES,
    )


def _requirement() -> RequirementFact:
    return RequirementFact(
        activities=frozenset({Activity.MODEL_EVALUATION}),
        evaluators=RequiredEvaluators.ANY_OUTSIDE,
        visible_in_public=True,
    )


def _commitment(
    *,
    firmness: Firmness = Firmness.FIRM,
    strict: RequirementFact | None = None,
    lenient: RequirementFact | None = None,
) -> CommitmentFact:
    return CommitmentFact(
        key="example-promise",
        labs=(_LAB,),
        origin=Origin.POLICY,
        about=About.EXTERNAL_MODEL_EVALUATION,
        firmness=firmness,
        stated_by=StatedBy.LAB,
        counterparty=None,
        made=span("2024-12-01"),
        effective=NO_DATE,
        due=NO_DATE,
        ended=NO_DATE,
        superseded_by=None,
        strict=_requirement() if strict is None else strict,
        lenient=lenient,
        not_testable_because="",
        citations=(CitationFact(_lab_source("2024-12-01"), frozenset({"quote", "about"})),),
    )
