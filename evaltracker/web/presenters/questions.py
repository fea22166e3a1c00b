"""What is open about a lab: three things that would settle the most, and every question one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from commitments.queries import CommitmentAsOf, Questions
from commitments.rules.event_questions import EventQuestion
from commitments.rules.settling import Settling, alike_words, answers_words, points_words
from evaltracker.web.presenters.numbers import Bar, score_bar
from labs.queries import EventAsOf, ReleaseAsOf
from labs.rules.ranges import Range, printed
from labs.rules.vocabulary import Term

SETTLING_SHOWN = 3


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One unknown that moves the score: about an event, or about a promise and, in some cases, a release.

    ``answers`` are the score with each answer; ``weight`` is the most that one moves the low or the high figure.
    """

    release: ReleaseAsOf | None
    event: EventAsOf | None
    promise: CommitmentAsOf | None
    unknown: Term
    weight: Fraction
    answers: list[tuple[str, Bar | None]]

    @property
    def points(self) -> str:
        """Its weight in print, in whole points."""
        return printed(self.weight, 0) if self.weight >= 1 else "under 1"


@dataclass(frozen=True, slots=True)
class SettlingRow:
    """What would settle what is open about one release or one promise, with the answer that moves the range the most.

    ``of`` is the release that a question about a promise is asked for, None where it is about the promise itself.
    """

    release: ReleaseAsOf | None
    promise: CommitmentAsOf | None
    event: EventAsOf | None
    of: ReleaseAsOf | None
    unknown: Term
    points: str
    answers: str
    alike: str
    other_count: int


def settling_rows(
    settlings: tuple[Settling, ...],
    score: Range | None,
    releases: Mapping[str, ReleaseAsOf],
    promises: Mapping[str, CommitmentAsOf],
) -> list[SettlingRow]:
    """Each release and each promise of which something is open, once, the one with the most points first."""
    events = {event.key: event for release in releases.values() for event in release.events}
    rows = []
    for each in settlings:
        question = each.question
        is_event = isinstance(question, EventQuestion)
        rows.append(
            SettlingRow(
                release=releases[question.release.key] if isinstance(question, EventQuestion) else None,
                promise=None if isinstance(question, EventQuestion) else promises[question.commitment.key],
                event=events[question.weighed.event.key] if isinstance(question, EventQuestion) else None,
                of=None if is_event or question.release is None else releases[question.release.key],
                unknown=question.unknown,
                points=points_words(question.points),
                answers=answers_words(question.answers, score),
                alike=alike_words(len(each.alike), is_event),
                other_count=len(each.others),
            )
        )
    return rows


def question_rows(
    questions: Questions, releases: Mapping[str, ReleaseAsOf], promises: Mapping[str, CommitmentAsOf]
) -> list[QuestionRow]:
    """Each unknown that moves the lab's score, most points first (methodology, section 6)."""
    events = {event.key: event for release in releases.values() for event in release.events}
    rows = [
        QuestionRow(
            release=releases[question.release.key],
            event=events[question.weighed.event.key],
            promise=None,
            unknown=question.unknown,
            weight=question.points,
            answers=[(answer.label, score_bar(answer.score)) for answer in question.answers],
        )
        for question in questions.about_events
    ]
    rows += [
        QuestionRow(
            release=releases[question.release.key] if question.release else None,
            event=None,
            promise=promises[question.commitment.key],
            unknown=question.unknown,
            weight=question.points,
            answers=[(answer.label, score_bar(answer.score)) for answer in question.answers],
        )
        for question in questions.about_promises
    ]
    return sorted(rows, key=lambda row: -row.weight)
