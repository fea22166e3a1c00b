"""Open questions: which unknowns move a lab's score, by how many points, and what would settle each (section 6).

Every answer is tried on the same path that computes the scorecard: the event is answered, weighed and scored again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from commitments.criteria import DEFAULT_WEIGHTS, FULL_ACCESS_DAYS, Criterion, commitment_value
from commitments.ledger import Ledger
from commitments.scorecards import ReleaseCard, lab_criteria, release_card, score_of, scorecard
from labs.access import WeighedEvent, Window, weigh
from labs.certainty import is_documented
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
from labs.dates import NO_DATE
from labs.facts import Citation, Event, Release, Source
from labs.ledger import Assessment
from labs.ranges import Range
from labs.vocabulary import Term


class Unknown(Term):
    """What can be open about an event; its explanation says which document would settle it."""

    CERTAINTY = (
        "certainty",
        "whether it took place",
        "A document of the lab or of the evaluator that says so, or says that it did not.",
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
        "A system card or an evaluator's report that says whether a model without harmlessness training was tested.",
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
        "A system card or an evaluator's report that says for how long the evaluator had access before release.",
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """One possible answer, in words, and the lab's score if that is how it was (0 to 100; None without a score)."""

    label: str
    score: Range | None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """One unknown that moves the score: about which event of which release, and what each extreme answer would do.

    ``points`` is the most that an answer would move the low or the high figure, out of 100.
    """

    release: Release
    weighed: WeighedEvent
    unknown: Unknown
    answers: tuple[Answered, ...]
    points: Fraction


Change = Callable[[Event], Event | None]
"""How an event would read if a question were answered; None where it did not take place."""


def open_questions(
    ledger: Ledger, lab: str, window: Window, weights: Mapping[Criterion, Fraction] = DEFAULT_WEIGHTS
) -> tuple[OpenQuestion, ...]:
    """Each unknown about an event of the lab's releases in the window that moves its score, the weightiest first.

    Empty for a lab without a score. Each is answered alone, both ways; the points of several do not add up.
    """
    card = scorecard(ledger, lab, window, weights)
    if card.score is None:
        return ()
    commitment = commitment_value(card.commitments, lab)

    def score_with(changed: ReleaseCard, index: int) -> Range | None:
        cards = (*card.releases[:index], changed, *card.releases[index + 1 :])
        return score_of(lab_criteria(cards, commitment), weights)

    found: list[OpenQuestion] = []
    for index, release in enumerate(card.releases):
        for weighed in release.assessment.events:
            for unknown, changes in _unknowns(weighed):
                answers = []
                for label, change in changes:
                    changed = _answered(ledger, release, weighed, change)
                    score = card.score if _is_same(release, changed) else score_with(changed, index)
                    answers.append(Answered(label, score))
                points = max(_moved(card.score, answer.score) for answer in answers)
                if points:
                    found.append(
                        OpenQuestion(release.assessment.release, weighed, unknown, tuple(answers), points)
                    )
    return tuple(sorted(found, key=lambda question: (-question.points, question.weighed.event.key)))


def _unknowns(weighed: WeighedEvent) -> Iterator[tuple[Unknown, tuple[tuple[str, Change], ...]]]:
    """What is open about an event, with the two extreme answers to each."""
    event = weighed.event
    if not is_documented(weighed.certainty) or _has_lowered_links(event):
        yield Unknown.CERTAINTY, (("documented", _documented), ("did not take place", lambda event: None))
    if weighed.timing is Timing.UNKNOWN:
        yield (
            Unknown.TIMING,
            tuple(
                (timing.label, _with("timing", timing))
                for timing in (Timing.BEFORE_DEPLOYMENT, Timing.AFTER_DEPLOYMENT)
            ),
        )
    for unknown in (Unknown.NO_SAFETY_FILTERS, Unknown.HELPFUL_ONLY, Unknown.FINE_TUNING, Unknown.WEIGHTS):
        if event.access[unknown.value] is Answer.UNKNOWN:
            yield (
                unknown,
                tuple(
                    (answer.label, _with_answer(unknown.value, answer)) for answer in (Answer.YES, Answer.NO)
                ),
            )
    if event.results is Results.UNKNOWN:
        yield (
            Unknown.RESULTS,
            tuple(
                (results.label, _with("results", results))
                for results in (Results.EVALUATOR_REPORT, Results.NONE_PUBLISHED)
            ),
        )
    if event.access_days is None:
        yield (
            Unknown.ACCESS_DAYS,
            (
                (f"{FULL_ACCESS_DAYS} days or more", _with("access_days", FULL_ACCESS_DAYS)),
                ("less than a day", _with("access_days", 0)),
            ),
        )


def _answered(ledger: Ledger, card: ReleaseCard, weighed: WeighedEvent, change: Change) -> ReleaseCard:
    """The release's figures if the event had read as changed."""
    release = card.assessment.release
    changed = change(weighed.event)
    events = tuple(
        weigh(changed, release) if each is weighed else each
        for each in card.assessment.events
        if each is not weighed or changed is not None
    )
    return release_card(ledger, Assessment(release, events))
