"""Open questions about events: which would move a lab's score, by how many points, and what would settle each.

Methodology, section 6. Questions about promises are in ``commitments.rules.promise_questions``. Both try each answer
with the functions that compute the scorecard: here the event gets the answer, is weighed and scored again.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import assert_never

from commitments.rules.criteria import DEFAULT_WEIGHTS, FULL_ACCESS_DAYS, Criterion, release_criteria
from commitments.rules.findings import asks_for_results
from commitments.rules.ledger import Ledger
from commitments.rules.scorecards import ReleaseCard, Scorecard, criteria_if, score_of, scorecard
from commitments.rules.verdicts import verdicts_if
from labs.choices import (
    ACCESS_ANSWERS,
    Answer,
    EventField,
    EventLowering,
    LinkLowering,
    Owner,
    Results,
    Timing,
)
from labs.rules.access import WeighedEvent, Window, weigh
from labs.rules.certainty import is_documented
from labs.rules.dates import NO_DATE
from labs.rules.facts import CitationFact, EventFact, ReleaseFact, SourceFact
from labs.rules.ledger import Assessment
from labs.rules.ranges import Range
from labs.rules.vocabulary import Term


class EventUnknown(Term):
    """What can be open about an event; its explanation says which document would settle it."""

    CERTAINTY = (
        "certainty",
        "whether it took place",
        "A document of the lab or of the evaluator that says so, or says that it did not.",
    )
    PARTICIPATION = (
        "participation",
        "whether that evaluator took part",
        "A document of the lab or of the evaluator that names the evaluator, or says that it was another.",
    )
    TIMING = (
        "timing",
        "when it took place",
        "A document of the lab or of the evaluator that says whether it was before deployment.",
    )
    NO_SAFETY_FILTERS = (
        "no_safety_filters",
        ACCESS_ANSWERS["no_safety_filters"],
        "A system card or an evaluator's report that says whether the safety filters were off.",
    )
    HELPFUL_ONLY = (
        "helpful_only",
        ACCESS_ANSWERS["helpful_only"],
        "A system card or an evaluator's report that says whether a version without harmlessness training was tested.",
    )
    FINE_TUNING = (
        "fine_tuning",
        ACCESS_ANSWERS["fine_tuning"],
        "A system card or an evaluator's report that says whether the evaluator could fine-tune the model.",
    )
    WEIGHTS = (
        "weights",
        ACCESS_ANSWERS["weights"],
        "A system card or an evaluator's report that says whether the evaluator had the weights.",
    )
    RESULTS = (
        "results",
        "what was published",
        "The evaluator's report or summary, or a document that says that nothing was published.",
    )
    ACCESS_DAYS = (
        "access_days",
        "days of access",
        "A system card or an evaluator's report that says how long the evaluator had access before release.",
    )


@dataclass(frozen=True, slots=True)
class PossibleAnswer:
    """One possible answer, in words, and the lab's score with it (0 to 100; None without a score)."""

    label: str
    score: Range | None


@dataclass(frozen=True, slots=True)
class EventQuestion:
    """One unknown about an event that moves the score; ``weighed`` is the event, of ``release``.

    ``points`` is the most that an answer would move the low or the high figure, out of 100.
    """

    release: ReleaseFact
    weighed: WeighedEvent
    unknown: EventUnknown
    answers: tuple[PossibleAnswer, ...]
    points: Fraction


EventIfAnswered = Callable[[EventFact], EventFact | None]
"""Returns the event with one question answered; None if the answer is that it did not take place."""


def event_questions(
    ledger: Ledger, lab: str, window: Window, weights: Mapping[Criterion, Fraction] = DEFAULT_WEIGHTS
) -> tuple[EventQuestion, ...]:
    """Each unknown about an event of the lab's releases in the window that moves its score, most points first.

    Empty for a lab without a score. Each question is tried alone, with both answers; the points of several do not add
    up.
    """
    card = scorecard(ledger, lab, window, weights)
    if card.score is None:
        return ()
    found = (
        _event_question(ledger, card, weights, index, weighed, unknown)
        for index, release in enumerate(card.releases)
        for weighed in release.assessment.events
        for unknown in EventUnknown
        if _is_open(weighed, unknown) and _can_matter(release, weighed, unknown)
    )
    moving = [question for question in found if question.points]
    return tuple(sorted(moving, key=lambda question: (-question.points, question.weighed.event.key)))


def _event_question(
    ledger: Ledger,
    card: Scorecard,
    weights: Mapping[Criterion, Fraction],
    index: int,
    weighed: WeighedEvent,
    unknown: EventUnknown,
) -> EventQuestion:
    """One question about one event of the release at ``index``, with the score under each extreme answer."""
    before = card.releases[index]
    answers = []
    for label, change in _POSSIBLE_ANSWERS[unknown]:
        after = _card_if_answered(ledger.day, before, weighed, change)
        score = card.score
        if not _is_same(before, after):
            score = score_of(criteria_if(card, index, after), weights)
        answers.append(PossibleAnswer(label, score))
    points = max(points_moved(card.score, answer.score) for answer in answers)
    return EventQuestion(before.assessment.release, weighed, unknown, tuple(answers), points)


def _card_if_answered(day: dt.date, card: ReleaseCard, weighed: WeighedEvent, change: EventIfAnswered) -> ReleaseCard:
    """The release's figures with the answer applied to one event."""
    release = card.assessment.release
    event = change(weighed.event)
    changed = None if event is None else weigh(event, release)
    instead = [] if changed is None else [changed]
    place = next(place for place, each in enumerate(card.assessment.events) if each is weighed)
    events = (*card.assessment.events[:place], *instead, *card.assessment.events[place + 1 :])
    assessment = Assessment(release, events)
    verdicts = verdicts_if(card.verdicts, weighed, changed, day)
    is_counted = weighed.is_counted or (changed is not None and changed.is_counted)
    return ReleaseCard(assessment, release_criteria(assessment) if is_counted else card.criteria, verdicts)


def _is_same(before: ReleaseCard, after: ReleaseCard) -> bool:
    if before.criteria != after.criteria:
        return False
    return [each.value for each in before.verdicts] == [each.value for each in after.verdicts]


def points_moved(before: Range | None, after: Range | None) -> Fraction:
    """By how many points the low or the high figure moves, whichever moves more."""
    if before is None or after is None:
        return Fraction(0)
    return max(abs(after.low - before.low), abs(after.high - before.high))


def _is_open(weighed: WeighedEvent, unknown: EventUnknown) -> bool:
    """Whether the evidence leaves this open for the event."""
    event = weighed.event
    match unknown:
        case EventUnknown.CERTAINTY:
            return not is_documented(weighed.certainty)
        case EventUnknown.PARTICIPATION:
            return any(part.lowering is not LinkLowering.AS_EVENT for part in event.participations)
        case EventUnknown.TIMING:
            return weighed.timing is Timing.UNKNOWN
        case (
            EventUnknown.NO_SAFETY_FILTERS | EventUnknown.HELPFUL_ONLY | EventUnknown.FINE_TUNING | EventUnknown.WEIGHTS
        ):
            return event.access[unknown.value] is Answer.UNKNOWN
        case EventUnknown.RESULTS:
            return event.results is Results.UNKNOWN
        case EventUnknown.ACCESS_DAYS:
            return event.access_days is None
    assert_never(unknown)


def _can_matter(card: ReleaseCard, weighed: WeighedEvent, unknown: EventUnknown) -> bool:
    """Whether an answer can reach the score at all; saves trying those that cannot.

    Depth, results and days of an event that does not count matter only to a promise that asks for depth or results.
    """
    if weighed.is_counted or unknown in (EventUnknown.CERTAINTY, EventUnknown.PARTICIPATION, EventUnknown.TIMING):
        return True
    return any(
        reading.requirement.min_depth is not None or asks_for_results(reading.requirement)
        for verdict in card.verdicts
        for reading in (verdict.strict, verdict.lenient)
    )


def _documented(event: EventFact) -> EventFact:
    """The event if the lab itself had said that it took place."""
    source = SourceFact("", Owner.LAB, event.lab, None, False, NO_DATE, dt.date.min)
    citation = CitationFact(source, frozenset({EventField.ACTIVITY.value}))
    return replace(event, lowering=EventLowering.AS_CITED, citations=(*event.citations, citation))


def _not_so(event: EventFact) -> None:
    """The event if it did not take place."""


def _took_part(event: EventFact) -> EventFact:
    """The event if each evaluator's part were as sure as the event."""
    parts = tuple(replace(part, lowering=LinkLowering.AS_EVENT) for part in event.participations)
    return replace(event, participations=parts)


def _took_no_part(event: EventFact) -> EventFact:
    """The event without the evaluators whose part is less sure."""
    parts = tuple(part for part in event.participations if part.lowering is LinkLowering.AS_EVENT)
    return replace(event, participations=parts)


def _timed(timing: Timing) -> EventIfAnswered:
    return lambda event: replace(event, timing=timing)


def _accessed(question: str, answer: Answer) -> EventIfAnswered:
    return lambda event: replace(event, access={**event.access, question: answer})


def _published(results: Results) -> EventIfAnswered:
    return lambda event: replace(event, results=results)


def _lasting(days: int) -> EventIfAnswered:
    return lambda event: replace(event, access_days=days)


_POSSIBLE_ANSWERS: dict[EventUnknown, tuple[tuple[str, EventIfAnswered], ...]] = {
    EventUnknown.CERTAINTY: (("documented", _documented), ("did not take place", _not_so)),
    EventUnknown.PARTICIPATION: (("took part", _took_part), ("took no part", _took_no_part)),
    EventUnknown.TIMING: tuple(
        (timing.label, _timed(timing)) for timing in (Timing.BEFORE_DEPLOYMENT, Timing.AFTER_DEPLOYMENT)
    ),
    **{
        unknown: tuple((answer.label, _accessed(unknown.value, answer)) for answer in (Answer.YES, Answer.NO))
        for unknown in (
            EventUnknown.NO_SAFETY_FILTERS,
            EventUnknown.HELPFUL_ONLY,
            EventUnknown.FINE_TUNING,
            EventUnknown.WEIGHTS,
        )
    },
    EventUnknown.RESULTS: tuple(
        (results.label, _published(results)) for results in (Results.EVALUATOR_REPORT, Results.NONE_PUBLISHED)
    ),
    EventUnknown.ACCESS_DAYS: (
        (f"{FULL_ACCESS_DAYS} days or more", _lasting(FULL_ACCESS_DAYS)),
        ("less than a day", _lasting(0)),
    ),
}
"""The two extreme answers to each unknown: in words, and as a change of the event."""
