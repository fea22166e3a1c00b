"""Open questions: what would move a score."""

import pytest

from commitments.choices import RequiredEvaluators
from commitments.rules.event_questions import EventUnknown, event_questions
from commitments.rules.scorecards import scorecard
from labs.choices import Activity, Answer, EventLowering, LinkLowering, Outcome, Results, Timing
from labs.rules.access import Window
from labs.rules.ranges import Range
from tests.facts import (
    LAB,
    a_commitment,
    a_denial,
    a_lab_source,
    a_ledger,
    a_release,
    a_reported_event,
    a_requirement,
    access,
    an_evaluator,
    an_event,
    cited,
)

pytestmark = pytest.mark.usefixtures("one_release_is_enough")

ANSWERED = {
    "access": dict.fromkeys(access(), Answer.NO),
    "results": Results.LAB_SUMMARY,
    "access_days": 7,
}
LATE_CARD = (cited(a_lab_source(published="2024-03-01")),)
RED_TEAMING = a_commitment(strict=a_requirement(activities=frozenset({Activity.RED_TEAMING})))


def asked(*events, commitments=(), releases=None):
    ledger = a_ledger(events=events, commitments=commitments, releases=releases)
    return {question.unknown: question for question in event_questions(ledger, LAB, Window.ALL)}


def test_an_event_of_which_everything_is_known_leaves_nothing_open():
    assert asked(an_event(**ANSWERED)) == {}


def test_a_lab_without_a_score_or_an_event_has_no_open_question():
    assert asked(releases=[]) == {}
    assert asked() == {}


@pytest.mark.parametrize(
    ("changes", "unknown"),
    [
        ({"access": ANSWERED["access"] | {"no_safety_filters": Answer.UNKNOWN}}, EventUnknown.NO_SAFETY_FILTERS),
        ({"access": ANSWERED["access"] | {"helpful_only": Answer.UNKNOWN}}, EventUnknown.HELPFUL_ONLY),
        ({"access": ANSWERED["access"] | {"fine_tuning": Answer.UNKNOWN}}, EventUnknown.FINE_TUNING),
        ({"access": ANSWERED["access"] | {"weights": Answer.UNKNOWN}}, EventUnknown.WEIGHTS),
        ({"results": Results.UNKNOWN}, EventUnknown.RESULTS),
        ({"access_days": None}, EventUnknown.ACCESS_DAYS),
        ({"timing": Timing.UNKNOWN, "citations": LATE_CARD}, EventUnknown.TIMING),
        ({"lowering": EventLowering.INFERRED}, EventUnknown.CERTAINTY),
        ({"lowering": EventLowering.DISPUTED}, EventUnknown.CERTAINTY),
        ({"citations": a_reported_event().citations}, EventUnknown.CERTAINTY),
    ],
)
def test_each_unknown_of_a_counted_event_is_asked(changes, unknown):
    assert set(asked(an_event(**(ANSWERED | changes)))) == {unknown}


def test_an_answer_in_part_raw_reasoning_and_other_silence_are_no_question():
    profile = ANSWERED["access"] | {"fine_tuning": Answer.PARTIAL, "raw_reasoning": Answer.UNKNOWN}
    assert asked(an_event(**(ANSWERED | {"access": profile}))) == {}


def test_the_points_are_the_most_that_an_answer_moves_either_figure():
    question = asked(an_event(**(ANSWERED | {"access_days": None})))[EventUnknown.ACCESS_DAYS]
    full, none = question.answers
    before = scorecard(a_ledger(events=[an_event(**(ANSWERED | {"access_days": None}))]), LAB, Window.ALL).score
    assert full.score == Range(before.high, before.high)
    assert none.score == Range(before.low, before.low)
    assert question.points == before.width == Range.of("1000/85").low


@pytest.mark.parametrize(("answer", "days"), [(0, 28), (1, 0)])
def test_each_answer_scores_what_the_scorecard_scores_once_it_is_recorded(answer, days):
    question = asked(an_event(**(ANSWERED | {"access_days": None})))[EventUnknown.ACCESS_DAYS]
    recorded = a_ledger(events=[an_event(**(ANSWERED | {"access_days": days}))])
    assert question.answers[answer].score == scorecard(recorded, LAB, Window.ALL).score


def test_that_it_took_place_scores_as_documented_and_that_it_did_not_as_if_there_were_no_record():
    documented, denied = asked(a_reported_event(**ANSWERED))[EventUnknown.CERTAINTY].answers
    assert documented.score == scorecard(a_ledger(events=[an_event(**ANSWERED)]), LAB, Window.ALL).score
    assert denied.score == scorecard(a_ledger(), LAB, Window.ALL).score


def test_an_unknown_of_an_event_that_does_not_count_is_asked_only_if_a_promise_turns_on_it():
    event = an_event(activity=Activity.RED_TEAMING, timing=Timing.UNKNOWN, citations=LATE_CARD)
    assert asked(event) == {}
    assert set(asked(event, commitments=[RED_TEAMING])) == {EventUnknown.TIMING}


def test_depth_of_an_event_that_does_not_count_is_asked_where_a_promise_asks_for_depth():
    deep = a_commitment(strict=a_requirement(activities=frozenset({Activity.RED_TEAMING}), min_depth=4))
    profile = ANSWERED["access"] | {"fine_tuning": Answer.UNKNOWN}
    event = an_event(activity=Activity.RED_TEAMING, access=profile)
    assert EventUnknown.FINE_TUNING in asked(event, commitments=[deep])


def test_whether_a_reported_denial_is_so_is_asked_where_it_would_decide_a_verdict():
    private = a_commitment(strict=a_requirement(visible_in_public=False))
    event = a_denial(outcome=Outcome.REFUSED, citations=a_reported_event().citations)
    assert set(asked(event, commitments=[private])) == {EventUnknown.CERTAINTY}


def test_a_less_certain_part_is_asked_where_a_promise_names_that_evaluator():
    parts = (an_evaluator("apollo"), an_evaluator("metr", lowering=LinkLowering.INFERRED))
    event = an_event(**ANSWERED, participations=parts)
    named = a_requirement(evaluators=RequiredEvaluators.NAMED, named_evaluator="metr", visible_in_public=False)
    assert asked(event) == {}
    question = asked(event, commitments=[a_commitment(strict=named)])[EventUnknown.PARTICIPATION]
    took_part, took_none = question.answers
    assert took_part.score.low > took_none.score.low


def test_the_weightiest_question_comes_first():
    ledger = a_ledger(
        releases=[a_release(), a_release("2024-03-01", key="second")],
        events=[an_event(), a_reported_event(model="second")],
    )
    points = [question.points for question in event_questions(ledger, LAB, Window.ALL)]
    assert points == sorted(points, reverse=True)
    assert len(points) > 2
    assert all(points)


@pytest.mark.parametrize("unknown", list(EventUnknown))
def test_each_question_says_which_document_would_settle_it(unknown):
    assert unknown.label
    assert unknown.explanation.endswith(".")
