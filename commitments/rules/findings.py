"""What one access event says about one requirement (methodology, section 7).

``commitments.rules.verdicts`` draws the verdict from these findings.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

from commitments.choices import RequiredEvaluators
from commitments.rules.criteria import PUBLICATION_VALUES
from commitments.rules.facts import RequirementFact
from labs.choices import BEFORE_RELEASE, Certainty, Outcome, Results, Timing
from labs.rules.access import UNSPECIFIED_GROUPS, WeighedEvent, has_only_other_domains
from labs.rules.certainty import is_documented, is_outside, link_certainty, stronger
from labs.rules.evidence import DENIALS
from labs.rules.facts import ParticipationFact
from labs.rules.ledger import Assessment
from labs.rules.vocabulary import Term

_MET_BY = {
    Timing.DURING_TRAINING: frozenset({Timing.DURING_TRAINING}),
    Timing.BEFORE_INTERNAL_DEPLOYMENT: frozenset({Timing.DURING_TRAINING, Timing.BEFORE_INTERNAL_DEPLOYMENT}),
    Timing.BEFORE_DEPLOYMENT: BEFORE_RELEASE,
    # Events after deployment never count, so such a requirement can ask for no more than the default.
    Timing.AFTER_DEPLOYMENT: BEFORE_RELEASE,
    Timing.UNKNOWN: BEFORE_RELEASE,
}


class Finding(Term):
    """What one event says about a requirement (methodology, section 7)."""

    MEETS = "meets", "meets every part", "Documented, before deployment, and all that was asked for."
    FALLS_SHORT = (
        "falls_short",
        "falls short",
        "Documented and before deployment, but short of the depth or the publication asked for.",
    )
    UNCLEAR = "unclear", "unclear", "It may meet the requirement; what is open is named."
    DENIES = "denies", "says that it did not happen", "A documented record denies it for everyone asked for."
    DENIES_IN_PART = (
        "denies_in_part",
        "a denial that decides nothing",
        "It is not documented, or it does not speak of everyone asked for.",
    )
    AFTER_RELEASE = "after_release", "tested after release", "It happened, too late to keep the promise."
    NOT_ASKED_FOR = "not_asked_for", "did not count", "It is not what the requirement asks for."


class Ground(Term):
    """Why an event did not count, fell short, or leaves a requirement open (methodology, section 7)."""

    OTHER_ACTIVITY = "other_activity", "the activity is not one asked for"
    OTHER_EVALUATORS = "other_evaluators", "no evaluator of the kind asked for took part"
    OTHER_DOMAINS = "other_domains", "the sources name no dangerous capability on the list"
    NO_LEAVE_NEEDED = "no_leave_needed", "it needed no permission: the model was public"
    AFTER_DEPLOYMENT = "after_deployment", "it took place after deployment"
    NOT_DOCUMENTED = "not_documented", "it, or the part of the evaluator asked for, is not documented"
    NOT_EVERYONE = "not_everyone", "it does not speak of everyone asked for"
    TIMING_OPEN = "timing_open", "that it was early enough is not disclosed"
    OUTCOME_OPEN = "outcome_open", "whether access was given is not disclosed"
    DEPTH_OPEN = "depth_open", "whether it went deep enough is not disclosed"
    RESULTS_OPEN = "results_open", "whether results were published is not disclosed"
    DEPTH_SHORT = "depth_short", "it did not go as deep as asked for"
    RESULTS_SHORT = "results_short", "less was published than asked for"


@dataclass(frozen=True, slots=True)
class EventFinding:
    """One event checked against one requirement: the finding, and the grounds for it.

    ``certainty`` is that of the event under this requirement: where it asks for a named or a government evaluator, no
    surer than that evaluator's part. ``could_keep`` is whether an unclear event would keep the promise if every open
    question had the best answer; not where it surely falls short of a part.
    """

    weighed: WeighedEvent
    finding: Finding
    grounds: tuple[Ground, ...]
    certainty: Certainty
    could_keep: bool = False


def event_findings(requirement: RequirementFact, assessment: Assessment) -> tuple[EventFinding, ...]:
    """What each event of a release says about the requirement, in their order."""
    return tuple(event_finding(requirement, weighed) for weighed in assessment.events)


def event_finding(requirement: RequirementFact, weighed: WeighedEvent) -> EventFinding:
    """What the event says about the requirement (methodology, section 7)."""
    asked_for = matching_parts(requirement, weighed)
    certainty = certainty_under(requirement, weighed, asked_for)
    against = _grounds_against(requirement, weighed, asked_for)
    if against:
        is_late = against == (Ground.AFTER_DEPLOYMENT,) and weighed.event.outcome is Outcome.GRANTED
        return EventFinding(weighed, Finding.AFTER_RELEASE if is_late else Finding.NOT_ASKED_FOR, against, certainty)
    if weighed.event.outcome in DENIALS:
        return _denial_finding(requirement, weighed, asked_for, certainty)
    return _access_finding(requirement, weighed, certainty)


def matching_parts(requirement: RequirementFact, weighed: WeighedEvent) -> tuple[ParticipationFact, ...]:
    """The evaluators of the event that the requirement asks for; none of them is the lab itself."""
    event = weighed.event
    return tuple(part for part in event.participations if is_outside(event, part) and _is_asked_for(requirement, part))


def certainty_under(
    requirement: RequirementFact, weighed: WeighedEvent, parts: tuple[ParticipationFact, ...]
) -> Certainty:
    """The event's certainty; where a named or government evaluator is asked for, no surer than the surest link."""
    if requirement.evaluators is RequiredEvaluators.ANY_OUTSIDE or not parts:
        return weighed.certainty
    links = [link_certainty(weighed.certainty, part) for part in parts]
    surest = links[0]
    for link in links[1:]:
        surest = stronger(surest, link)
    return surest


def _is_asked_for(requirement: RequirementFact, part: ParticipationFact) -> bool:
    match requirement.evaluators:
        case RequiredEvaluators.ANY_OUTSIDE:
            return True
        case RequiredEvaluators.GOVERNMENT:
            return part.is_government
        case RequiredEvaluators.NAMED:
            return part.evaluator == requirement.named_evaluator
    assert_never(requirement.evaluators)


def _grounds_against(
    requirement: RequirementFact, weighed: WeighedEvent, asked_for: tuple[ParticipationFact, ...]
) -> tuple[Ground, ...]:
    """Why the event does not count at all; empty where it does."""
    event = weighed.event
    checks = (
        (event.activity not in requirement.activities, Ground.OTHER_ACTIVITY),
        (not asked_for, Ground.OTHER_EVALUATORS),
        (has_only_other_domains(event), Ground.OTHER_DOMAINS),
        (event.outcome is Outcome.NOT_NEEDED, Ground.NO_LEAVE_NEEDED),
        (weighed.timing is Timing.AFTER_DEPLOYMENT, Ground.AFTER_DEPLOYMENT),
    )
    return _shared(tuple(ground for applies, ground in checks if applies))


@lru_cache(maxsize=1000)
def _shared(grounds: tuple[Ground, ...]) -> tuple[Ground, ...]:
    """One value for the many events with the same grounds."""
    return grounds


def _denial_finding(
    requirement: RequirementFact,
    weighed: WeighedEvent,
    asked_for: tuple[ParticipationFact, ...],
    certainty: Certainty,
) -> EventFinding:
    """A denial decides only if it is documented and covers everyone asked for."""
    grounds: list[Ground] = []
    if not _speaks_of_everyone(requirement, asked_for):
        grounds.append(Ground.NOT_EVERYONE)
    sure = [part for part in asked_for if _is_documented_for(requirement, weighed, part)]
    if not _speaks_of_everyone(requirement, tuple(sure)) and not grounds:
        grounds.append(Ground.NOT_DOCUMENTED)
    finding = Finding.DENIES_IN_PART if grounds else Finding.DENIES
    return EventFinding(weighed, finding, tuple(grounds), certainty)


def _speaks_of_everyone(requirement: RequirementFact, parts: tuple[ParticipationFact, ...]) -> bool:
    """Unspecified groups mean anyone outside, several public bodies mean government, a named one means itself."""
    match requirement.evaluators:
        case RequiredEvaluators.ANY_OUTSIDE:
            return any(part.evaluator == UNSPECIFIED_GROUPS for part in parts)
        case RequiredEvaluators.GOVERNMENT:
            return len(parts) > 1
        case RequiredEvaluators.NAMED:
            return bool(parts)
    assert_never(requirement.evaluators)


def _is_documented_for(requirement: RequirementFact, weighed: WeighedEvent, part: ParticipationFact) -> bool:
    if requirement.evaluators is RequiredEvaluators.ANY_OUTSIDE:
        return is_documented(weighed.certainty)
    return is_documented(link_certainty(weighed.certainty, part))


def _access_finding(requirement: RequirementFact, weighed: WeighedEvent, certainty: Certainty) -> EventFinding:
    """Access that was given, or may have been, checked against each part of the requirement."""
    short, open_parts = _depth_and_results(requirement, weighed)
    if not is_documented(certainty):
        open_parts.append(Ground.NOT_DOCUMENTED)
    if weighed.event.outcome is Outcome.UNKNOWN:
        open_parts.append(Ground.OUTCOME_OPEN)
    if weighed.timing not in _MET_BY[requirement.timing]:
        open_parts.append(Ground.TIMING_OPEN)
    if not short and not open_parts:
        return EventFinding(weighed, Finding.MEETS, (), certainty, could_keep=True)
    surely_before = (
        is_documented(certainty) and weighed.event.outcome is Outcome.GRANTED and weighed.timing in BEFORE_RELEASE
    )
    finding = Finding.FALLS_SHORT if short and surely_before else Finding.UNCLEAR
    return EventFinding(weighed, finding, (*short, *open_parts), certainty, could_keep=not short)


def _depth_and_results(requirement: RequirementFact, weighed: WeighedEvent) -> tuple[list[Ground], list[Ground]]:
    """Whether depth and publication surely fall short, and whether they are open."""
    short: list[Ground] = []
    open_parts: list[Ground] = []
    if requirement.min_depth is not None and weighed.depth.low < requirement.min_depth:
        if weighed.depth.high < requirement.min_depth:
            short.append(Ground.DEPTH_SHORT)
        else:
            open_parts.append(Ground.DEPTH_OPEN)
    if asks_for_results(requirement):
        if weighed.event.results is Results.UNKNOWN:
            open_parts.append(Ground.RESULTS_OPEN)
        elif publishes_less(weighed.event.results, requirement.results_at_least):
            short.append(Ground.RESULTS_SHORT)
    return short, open_parts


def asks_for_results(requirement: RequirementFact) -> bool:
    """Whether the requirement asks for any publication."""
    return requirement.results_at_least not in (None, Results.NONE_PUBLISHED, Results.UNKNOWN)


def publishes_less(results: Results, at_least: Results | None) -> bool:
    """Whether surely less was published than asked for, in section 6's order of publication."""
    return at_least is not None and PUBLICATION_VALUES[results].high < PUBLICATION_VALUES[at_least].low
