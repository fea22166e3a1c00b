"""Open questions about promises: what would move a score without any event being open."""

import pytest

from commitments.choices import Firmness
from commitments.rules.promise_questions import PromiseUnknown, promise_questions
from commitments.rules.scorecards import scorecard
from labs.rules.access import Window
from labs.rules.ranges import printed
from tests.facts import LAB, a_commitment, a_lab_source, a_ledger, a_release, a_requirement, a_source, an_event, cited

pytestmark = pytest.mark.usefixtures("one_release_is_enough")

REPORTED = (cited(a_source(published="2024-01-05"), "quote", "about"),)
NOT_TESTABLE = {"strict": None, "not_testable_because": "it is vague"}


def asked(*commitments, events=(), releases=None):
    ledger = a_ledger(events=events, commitments=commitments, releases=releases)
    return ledger, promise_questions(ledger, LAB, Window.ALL)


def test_a_documented_firm_promise_leaves_nothing_open():
    _, questions = asked(a_commitment())
    assert questions == ()


def test_a_lab_without_a_release_has_no_open_question():
    _, questions = asked(a_commitment(citations=REPORTED), releases=[])
    assert questions == ()


@pytest.mark.parametrize(
    "changes", [{"citations": REPORTED}, {"firmness": Firmness.DISPUTED}, {"firmness": Firmness.UNKNOWN}]
)
def test_a_promise_that_counts_in_the_high_figure_alone_is_asked_about(changes):
    _, questions = asked(a_commitment(**(NOT_TESTABLE | changes)))
    [question] = questions
    assert (question.unknown, question.release) == (PromiseUnknown.PROMISED, None)
    # The commitment weighs 10 of the 85 that apply without follow-through.
    assert printed(question.points, 1) == "11.8"
    assert [(each.label, each.score.low, each.score.high) for each in question.answers] == [
        ("made, as it stands", question.points, question.points),
        ("not made", 0, 0),
    ]


def test_a_reported_promise_beside_a_documented_one_as_firm_moves_nothing():
    sure = a_commitment(**NOT_TESTABLE, key="sure")
    _, questions = asked(sure, a_commitment(**NOT_TESTABLE, key="reported", citations=REPORTED))
    assert questions == ()


@pytest.mark.parametrize(
    "changes",
    [{"firmness": Firmness.CONDITIONAL}, {"strict": a_requirement(visible_in_public=False)}],
)
def test_silence_on_a_promise_that_cannot_be_told_is_asked_for_each_release(changes):
    releases = [a_release(key="one"), a_release("2024-02-02", key="two")]
    ledger, questions = asked(a_commitment(**changes), releases=releases)
    assert [(each.unknown, each.release.key) for each in questions] == [
        (PromiseUnknown.PRACTICE, "one"),
        (PromiseUnknown.PRACTICE, "two"),
    ]
    score = scorecard(ledger, LAB, Window.ALL).score
    for question in questions:
        kept, not_kept = question.answers
        assert (kept.label, not_kept.label) == ("kept", "not kept")
        # Follow-through weighs 15 of 100, half of it for each of two releases.
        assert kept.score.low - score.low == score.high - not_kept.score.high == question.points
        assert printed(question.points, 1) == "7.5"


def test_a_promise_that_a_documented_event_keeps_is_no_question():
    _, questions = asked(a_commitment(firmness=Firmness.CONDITIONAL), events=[an_event()])
    assert questions == ()


def test_the_weightiest_question_comes_first():
    reported = a_commitment(citations=REPORTED, key="reported")
    other = a_commitment(
        key="conditional",
        firmness=Firmness.CONDITIONAL,
        citations=(cited(a_lab_source(published="2024-01-05"), "quote", "about"),),
    )
    _, questions = asked(reported, other)
    points = [question.points for question in questions]
    assert len(points) == 3
    assert points == sorted(points, reverse=True)
