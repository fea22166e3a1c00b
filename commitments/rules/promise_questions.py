"""Open questions about promises: which would move a lab's score, by how many points, and what would settle each.

Methodology, section 6. Questions about events are in ``commitments.rules.event_questions``. Both try each answer with
the functions that compute the scorecard.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from commitments.rules.criteria import DEFAULT_WEIGHTS, Criterion, commitment_value
from commitments.rules.event_questions import PossibleAnswer, points_moved
from commitments.rules.facts import CommitmentFact
from commitments.rules.ledger import Ledger
from commitments.rules.scorecards import ReleaseCard, Scorecard, criteria_if, score_of, scorecard
from commitments.rules.verdicts import Verdict, VerdictOutcome
from labs.rules.access import Window
from labs.rules.facts import ReleaseFact
from labs.rules.ranges import Range
from labs.rules.vocabulary import Term


class PromiseUnknown(Term):
    """What can be open about a promise; its explanation says which document would settle it."""

    PROMISED = (
        "promised",
        "whether the lab promised it, and how firmly",
        "A document of the lab, of the other party or of a government that carries the promise in its own words.",
    )
    PRACTICE = (
        "practice",
        "whether the promise was kept for this release",
        "A document of the lab or of an evaluator that says who was let in before deployment, that nobody was, or that "
        "the promise's condition did not arise.",
    )


@dataclass(frozen=True, slots=True)
class PromiseQuestion:
    """One unknown about a promise that moves the score; ``release`` is None where it is about the promise itself.

    ``points`` is the most that an answer would move the low or the high figure, out of 100.
    """

    commitment: CommitmentFact
    release: ReleaseFact | None
    unknown: PromiseUnknown
    answers: tuple[PossibleAnswer, ...]
    points: Fraction


def promise_questions(
    ledger: Ledger, lab: str, window: Window, weights: Mapping[Criterion, Fraction] = DEFAULT_WEIGHTS
) -> tuple[PromiseQuestion, ...]:
    """Each unknown about the lab's promises that moves its score, those with the most points first.

    Empty for a lab without a score.
    """
    card = scorecard(ledger, lab, window, weights)
    if card.score is None:
        return ()
    found = [*_about_promises(card, weights), *_about_practice(card, weights)]
    moving = [question for question in found if question.points]
    return tuple(sorted(moving, key=lambda each: (-each.points, each.commitment.key, each.release is not None)))


def _about_promises(card: Scorecard, weights: Mapping[Criterion, Fraction]) -> Iterator[PromiseQuestion]:
    """Promises in force that count in the high figure only: what if each were documented as recorded, or not made?"""
    for promise in card.commitments:
        alone = commitment_value([promise], card.lab)
        if alone.is_exact:
            continue
        others = commitment_value([each for each in card.commitments if each is not promise], card.lab)
        made = Range(max(others.low, alone.high), max(others.high, alone.high))
        answers = [
            PossibleAnswer(label, score_of({**card.criteria, Criterion.COMMITMENT: value}, weights))
            for label, value in (("made, as it stands", made), ("not made", others))
        ]
        yield _question(card, promise, None, PromiseUnknown.PROMISED, answers)


def _about_practice(card: Scorecard, weights: Mapping[Criterion, Fraction]) -> Iterator[PromiseQuestion]:
    """Releases for which no record says whether a promise was kept: what if it surely was, or surely was not?"""
    for index, release in enumerate(card.releases):
        for verdict in release.verdicts:
            if not _is_silent(verdict):
                continue
            answers = []
            for label, value in (("kept", Range.of(1)), ("not kept", Range.of(0))):
                changed = criteria_if(card, index, _card_if_answered(release, verdict, value))
                answers.append(PossibleAnswer(label, score_of(changed, weights)))
            yield _question(card, verdict.commitment, verdict.release, PromiseUnknown.PRACTICE, answers)


def _is_silent(verdict: Verdict) -> bool:
    """Whether it is silence, not an event, that leaves the verdict open; ``event_questions`` asks about events."""
    return verdict.value is not None and VerdictOutcome.CANNOT_TELL in (verdict.strict.outcome, verdict.lenient.outcome)


def _card_if_answered(card: ReleaseCard, answered: Verdict, value: Range) -> ReleaseCard:
    verdicts = tuple(replace(each, value=value) if each is answered else each for each in card.verdicts)
    return replace(card, verdicts=verdicts)


def _question(
    card: Scorecard,
    promise: CommitmentFact,
    release: ReleaseFact | None,
    unknown: PromiseUnknown,
    answers: list[PossibleAnswer],
) -> PromiseQuestion:
    points = max(points_moved(card.score, answer.score) for answer in answers)
    return PromiseQuestion(promise, release, unknown, tuple(answers), points)
