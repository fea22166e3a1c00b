"""Records that disagree: what a person should look at."""

import pytest

from labs.choices import Activity, EventLowering, Outcome, Timing
from labs.rules.contradictions import Contradiction, Disagreement, contradictions
from labs.rules.dates import span
from labs.rules.facts import ParticipationFact
from tests.facts import LAB, an_event

RELEASED = {"model-a": span("2024-02-01")}


def event(key, **changes):
    return an_event(**{"key": key, "model": "model-a", "outcome": Outcome.GRANTED} | changes)


def found(*events) -> list[Contradiction]:
    return contradictions(events, RELEASED)


@pytest.mark.parametrize("denied", [Outcome.REFUSED, Outcome.CONFIRMED_NONE])
def test_access_given_and_denied_to_one_evaluator_is_a_contradiction(denied):
    assert found(event("b"), event("a", outcome=denied)) == [
        Contradiction(Disagreement.GIVEN_AND_DENIED, ("a", "b"), LAB)
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"participations": (ParticipationFact("somebody-else"),)},
        {"activity": Activity.RED_TEAMING},
        {"model": "model-b"},
        {"model": None},
        {"outcome": Outcome.UNKNOWN},
        {"outcome": Outcome.NOT_NEEDED},
    ],
    ids=str,
)
def test_events_that_speak_of_different_things_do_not_contradict_each_other(changes):
    assert found(event("a"), event("b", **{"outcome": Outcome.REFUSED} | changes)) == []


def test_events_whose_release_is_not_stated_do_not_contradict_each_other():
    assert found(event("a", model=None), event("b", model=None, outcome=Outcome.REFUSED)) == []


@pytest.mark.parametrize(
    ("ended", "is_found"),
    [("2024-02-01", False), ("2024-02-02", True), ("2024-02", False), ("2024-03", True), ("", False)],
)
def test_a_test_before_deployment_that_surely_ends_after_it_is_a_contradiction(ended, is_found):
    contradiction = Contradiction(Disagreement.ENDS_AFTER_RELEASE, ("a",), LAB)

    assert found(event("a", timing=Timing.BEFORE_DEPLOYMENT, ended=span(ended))) == [contradiction] * is_found


@pytest.mark.parametrize("timing", [Timing.AFTER_DEPLOYMENT, Timing.UNKNOWN])
def test_a_test_at_another_time_may_end_after_the_release(timing):
    assert found(event("a", timing=timing, ended=span("2024-03"))) == []


@pytest.mark.parametrize("lowering", [EventLowering.DISPUTED, EventLowering.INFERRED])
def test_a_dispute_that_an_editor_recorded_is_no_contradiction_to_settle(lowering):
    assert found(event("a", lowering=lowering)) == []
