"""The criteria and their weights."""

from fractions import Fraction

import pytest

from commitments.choices import About, Firmness, StatedBy
from commitments.rules.criteria import (
    DEFAULT_WEIGHTS,
    DEPTH_VALUES,
    PUBLICATION_VALUES,
    Criterion,
    commitment_value,
    deciding_events,
    event_value,
    parse_weights,
    release_criteria,
    time_value,
    weights_text,
)
from labs.choices import Activity, Answer, Results, Timing
from labs.rules.depth import Level
from labs.rules.ranges import Range
from tests.facts import (
    LAB,
    a_commitment,
    a_ledger,
    a_reported_event,
    a_source,
    access,
    an_event,
    cited,
)

AS_USERS = access(no_safety_filters=Answer.NO, helpful_only=Answer.NO, fine_tuning=Answer.NO)
DEEPER = access(no_safety_filters=Answer.YES, helpful_only=Answer.NO, fine_tuning=Answer.NO)


def criteria(*events):
    return release_criteria(a_ledger(events=events).access.assessments["a-model"])


def test_the_weights_of_the_method_are_those_that_it_prints():
    assert [int(DEFAULT_WEIGHTS[each]) for each in Criterion] == [25, 25, 15, 10, 10, 15]


def test_a_release_without_an_event_has_nothing_not_unknown():
    assert set(criteria().values()) == {Range.of(0)}


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [
        ([an_event()], 1, 1),
        ([a_reported_event()], 0, 1),
        ([an_event(), a_reported_event()], 1, 1),
        ([an_event(activity=Activity.RED_TEAMING)], 0, 0),
        ([an_event(timing=Timing.AFTER_DEPLOYMENT)], 0, 0),
    ],
)
def test_evaluated_asks_for_an_event(events, low, high):
    assert criteria(*events)[Criterion.EVALUATED] == Range.of(low, high)


@pytest.mark.parametrize(
    ("events", "keys"),
    [
        ([], []),
        ([an_event(key="a", access=AS_USERS), an_event(key="b", access=DEEPER)], ["b"]),
        ([an_event(key="a", access=AS_USERS), a_reported_event(key="b", access=DEEPER)], ["a", "b"]),
        ([a_reported_event(key="a", access=AS_USERS), a_reported_event(key="b", access=DEEPER)], ["b"]),
        ([an_event(key="a", access=DEEPER), an_event(key="b", access=DEEPER)], ["a", "b"]),
        ([an_event(key="a", timing=Timing.AFTER_DEPLOYMENT, access=DEEPER)], []),
    ],
)
def test_the_deciding_events_make_the_low_or_the_high_figure(events, keys):
    assessment = a_ledger(events=events).access.assessments["a-model"]
    assert [each.event.key for each in deciding_events(Criterion.DEPTH, assessment)] == keys


@pytest.mark.parametrize("criterion", [Criterion.COMMITMENT, Criterion.FOLLOW_THROUGH])
def test_an_event_has_no_value_on_a_criterion_of_the_lab(criterion):
    weighed = a_ledger(events=[an_event()]).access.assessments["a-model"].events[0]
    with pytest.raises(ValueError, match="criterion of the lab"):
        event_value(criterion, weighed)


@pytest.mark.parametrize(("level", "value"), list(zip(Level, ["0", ".25", ".5", ".75", "1", "1"], strict=True)))
def test_each_level_of_depth_has_its_value(level, value):
    assert DEPTH_VALUES[level] == Fraction(value)


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [
        ([an_event()], ".25", 1),
        ([an_event(access=AS_USERS)], ".25", ".25"),
        ([an_event(access=DEEPER)], ".5", ".5"),
        ([an_event(access=AS_USERS), an_event(key="b", access=DEEPER)], ".5", ".5"),
        ([an_event(access=AS_USERS), a_reported_event(access=DEEPER)], ".25", ".5"),
        ([a_reported_event(access=DEEPER)], 0, ".5"),
    ],
)
def test_depth_is_that_of_the_best_event(events, low, high):
    assert criteria(*events)[Criterion.DEPTH] == Range.of(low, high)


@pytest.mark.parametrize(
    ("results", "low", "high"),
    [
        (Results.EVALUATOR_REPORT, 1, 1),
        (Results.EVALUATOR_SUMMARY, ".75", ".75"),
        (Results.LAB_DETAILED, ".5", ".5"),
        (Results.LAB_SUMMARY, ".25", ".25"),
        (Results.NONE_PUBLISHED, 0, 0),
        (Results.UNKNOWN, 0, 1),
    ],
)
def test_each_way_of_publishing_has_its_value(results, low, high):
    assert PUBLICATION_VALUES[results] == Range.of(low, high)
    assert criteria(an_event(results=results))[Criterion.PUBLICATION] == Range.of(low, high)
    assert criteria(a_reported_event(results=results))[Criterion.PUBLICATION] == Range.of(0, high)


def test_the_best_published_event_counts_low_over_strict_and_high_over_all():
    found = criteria(
        an_event(results=Results.LAB_SUMMARY),
        an_event(key="b", results=Results.LAB_DETAILED),
        a_reported_event(results=Results.EVALUATOR_SUMMARY),
    )
    assert found[Criterion.PUBLICATION] == Range.of(".5", ".75")


@pytest.mark.parametrize(
    ("days", "value"),
    [(0, 0), (1, "1/28"), (15, "15/28"), (27, "27/28"), (28, 1), (29, 1), (365, 1)],
)
def test_time_is_days_of_access_over_twenty_eight_and_at_most_one(days, value):
    assert time_value(days) == Range.of(value)


def test_unknown_days_leave_time_open():
    assert time_value(None) == Range.of(0, 1)


def test_the_longest_event_counts():
    found = criteria(an_event(access_days=7), an_event(key="b", access_days=14))
    assert found[Criterion.TIME] == Range.of(".5")


REPORTED = {"citations": (cited(a_source(), "quote"),)}


@pytest.mark.parametrize(
    ("changes", "low", "high"),
    [
        ({"firmness": Firmness.FIRM}, 1, 1),
        ({"firmness": Firmness.CONDITIONAL}, ".6", ".6"),
        ({"firmness": Firmness.EXPLORATORY}, ".3", ".3"),
        ({"firmness": Firmness.MENTION}, ".1", ".1"),
        ({"firmness": Firmness.DISPUTED}, 0, 1),
        ({"firmness": Firmness.UNKNOWN}, 0, 1),
        ({"firmness": Firmness.CONDITIONAL, **REPORTED}, 0, ".6"),
        ({"firmness": Firmness.DISPUTED, **REPORTED}, 0, 1),
        ({"stated_by": StatedBy.JOINTLY}, 1, 1),
        ({"stated_by": StatedBy.OTHER}, 0, 0),
        ({"stated_by": StatedBy.OTHER, "firmness": Firmness.DISPUTED}, 0, 0),
        ({"stated_by": StatedBy.UNKNOWN}, 0, 1),
    ],
)
def test_a_promise_is_worth_how_firm_it_is_and_how_sure(changes, low, high):
    assert commitment_value([a_commitment(**changes)], LAB) == Range.of(low, high)


@pytest.mark.parametrize("about", list(About))
def test_only_promises_of_model_evaluation_by_outsiders_count(about):
    value = commitment_value([a_commitment(about=about)], LAB)
    assert value == Range.of(1 if about is About.EXTERNAL_MODEL_EVALUATION else 0)


def test_the_strongest_promise_counts_low_and_high_each():
    sure = a_commitment(firmness=Firmness.MENTION)
    reported = a_commitment(key="b", firmness=Firmness.CONDITIONAL, **REPORTED)
    assert commitment_value([sure, reported], LAB) == Range.of(".1", ".6")
    assert commitment_value([], LAB) == Range.of(0)


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("evaluated:50,depth:50", {Criterion.EVALUATED: "50", Criterion.DEPTH: "50"}),
        (" time : 0.1 ", {Criterion.TIME: "1/10"}),
        ("follow_through:1e2,commitment:0", {Criterion.FOLLOW_THROUGH: "100"}),
        ("publication:.5", {Criterion.PUBLICATION: "1/2"}),
    ],
)
def test_a_readers_weights_are_exact_and_leave_the_rest_at_nothing(text, weights):
    expected = {each: Fraction(weights.get(each, 0)) for each in Criterion}
    assert parse_weights(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "evaluated",
        "evaluated:",
        "evaluated:ten",
        "evaluated:-1",
        "evaluated:inf",
        "evaluated:nan",
        "evaluated:1/2",
        "evaluated:1_0",
        "evaluated:٥",
        "evaluated:1e999",
        "evaluated:" + "9" * 21,
        "evaluated:1:2",
        "evaluated=1",
        "Evaluated:1",
        "safety:1",
        "evaluated:1,",
        "evaluated:1,evaluated:2",
        "evaluated:0,depth:0",
    ],
)
def test_any_other_weights_are_refused_with_what_is_allowed(text):
    with pytest.raises(ValueError, match=r"Weights are names and numbers .* finite number of 0 or more"):
        parse_weights(text)


@pytest.mark.parametrize("text", ["evaluated:50,depth:50", "evaluated:0.25", "time:0.001,follow_through:3"])
def test_weights_are_written_into_the_url_as_they_were_read(text):
    assert weights_text(parse_weights(text)) == text


def test_the_methods_own_weights_can_be_written_and_read_back():
    assert parse_weights(weights_text(DEFAULT_WEIGHTS)) == dict(DEFAULT_WEIGHTS)


def test_a_weight_that_no_decimal_writes_is_refused():
    with pytest.raises(ValueError, match="cannot be written as a decimal"):
        weights_text({Criterion.TIME: Fraction(1, 3)})


@pytest.mark.parametrize("criterion", list(Criterion))
def test_each_criterion_is_named_and_explained(criterion):
    assert criterion.label
    assert criterion.explanation
