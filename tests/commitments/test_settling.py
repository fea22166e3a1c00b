"""What would settle a lab's range: each release and each promise once, the largest first."""

from fractions import Fraction

import pytest

from commitments.rules.event_questions import EventQuestion, EventUnknown, PossibleAnswer
from commitments.rules.promise_questions import PromiseQuestion, PromiseUnknown
from commitments.rules.settling import alike_words, answers_words, missing_sentences, points_words, settlings
from labs.rules.access import weigh
from labs.rules.ranges import Range
from tests.facts import a_commitment, a_release, an_event

NOW = Range.of(1, 48)


def about_event(release: str, points: int, unknown: EventUnknown = EventUnknown.CERTAINTY) -> EventQuestion:
    fact = a_release(key=release)
    answers = (PossibleAnswer("documented", NOW), PossibleAnswer("did not take place", Range.of(1, 48 - points)))
    return EventQuestion(fact, weigh(an_event(), fact), unknown, answers, Fraction(points))


def about_promise(promise: str, release: str | None, points: int) -> PromiseQuestion:
    unknown = PromiseUnknown.PRACTICE if release else PromiseUnknown.PROMISED
    answers = (PossibleAnswer("kept", NOW), PossibleAnswer("not kept", Range.of(1, 48 - points)))
    fact = a_release(key=release) if release else None
    return PromiseQuestion(a_commitment(key=promise), fact, unknown, answers, Fraction(points))


def test_each_release_and_each_promise_stands_once_the_largest_first():
    of_releases = [about_event("a", 3), about_event("b", 5), about_event("a", 9)]
    found = settlings([*of_releases, about_promise("p", "a", 4), about_promise("p", "b", 7)])
    assert [each.points for each in found] == [9, 7, 5]
    assert [len(each.others) for each in found] == [1, 1, 0]


def test_a_question_about_a_promise_never_stands_under_the_release_of_the_same_key():
    assert len(settlings([about_event("same", 5), about_promise("same", None, 5)])) == 2


def test_questions_that_ask_the_same_and_move_it_as_far_are_alike():
    asked = [about_event("a", 5), about_event("a", 5), about_event("a", 5, EventUnknown.TIMING), about_event("a", 4)]
    (found,) = settlings(asked)
    assert (len(found.alike), len(found.others)) == (1, 2)


def test_without_a_question_nothing_would_settle_anything():
    assert settlings([]) == ()


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (Fraction(1, 3), "under 1 point"),
        (Fraction(1), "1 point"),
        (Fraction(3, 2), "2 points"),
        (Fraction(20), "20 points"),
    ],
)
def test_points_are_whole(points, words):
    assert points_words(points) == words


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (NOW, "Kept: no change by itself."),
        (Range.of(1, 29), "Kept: 1–29, not 1–48."),
        (Range.of(1, "48.3"), "Kept: moved by under 1 point."),
        (None, "Kept: no score."),
    ],
)
def test_an_answer_says_what_it_makes_of_the_range(score, words):
    assert answers_words([PossibleAnswer("kept", score)], NOW) == words


def test_alike_ones_are_counted():
    assert alike_words(0, True) == ""
    assert alike_words(1, True) == "The same for 1 more test."
    assert alike_words(2, False) == "The same for 2 more releases."


def test_what_is_missing_is_said_with_its_counts():
    nothing, facts = missing_sentences(["A", "B"], 4, 1, 36)
    assert nothing.startswith("For 2 of 4 releases we found no outside model evaluation: A and B.")
    assert facts == "Of 36 facts about the tests that count, 1 is disclosed."
    assert missing_sentences([], 4, 0, 0) == []
