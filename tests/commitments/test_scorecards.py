import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest

from commitments.choices import About, Firmness, RequiredReleases, StatedBy
from commitments.rules.criteria import DEFAULT_WEIGHTS, Criterion, parse_weights
from commitments.rules.scorecards import (
    Counts,
    NoScore,
    Ranks,
    headline,
    lies_above,
    points_of,
    ranked,
    score_groups,
    scorecard,
    scorecards,
)
from labs.choices import Activity, Answer, Frontier, ReleaseKind, Results, Timing
from labs.rules.access import Window
from labs.rules.dates import span
from labs.rules.ranges import Range
from tests.facts import (
    DAY,
    LAB,
    ONE_DAY,
    a_commitment,
    a_lab_source,
    a_ledger,
    a_release,
    a_reported_event,
    a_requirement,
    access,
    an_event,
    cited,
)

pytestmark = pytest.mark.usefixtures("one_release_is_enough")

AS_USERS = access(no_safety_filters=Answer.NO, helpful_only=Answer.NO, fine_tuning=Answer.NO)
UNTESTABLE = {"strict": None, "not_testable_because": "too vague"}
TWO = [a_release(), a_release("2024-03-01", key="second")]


def card(window=Window.YEAR, weights=None, **records):
    ledger = a_ledger(**records)
    if weights is None:
        return scorecard(ledger, LAB, window)
    return scorecard(ledger, LAB, window, parse_weights(weights))


def test_a_lab_without_a_release_in_the_window_has_no_score_and_no_figures():
    found = card(releases=[], commitments=[a_commitment()])
    assert (found.score, found.no_score) == (None, NoScore.NO_RELEASE)
    assert found.criteria == dict.fromkeys(Criterion)
    assert found.counts == Counts(0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "release",
    [
        a_release(frontier=Frontier.NO),
        a_release(frontier=Frontier.UNKNOWN),
        a_release(variant_of="x"),
        a_release(kind=ReleaseKind.INTERNAL_ONLY),
        a_release(""),
        a_release("2024-06-02"),
        a_release("2023-06-01"),
        a_release(lab="lab-b"),
    ],
)
def test_a_release_that_does_not_count_gives_no_score(release):
    assert card(releases=[release], events=[an_event()]).no_score is NoScore.NO_RELEASE


def test_a_lab_with_a_release_and_nothing_documented_scores_nothing_which_is_not_no_score():
    found = card()
    assert found.score == Range.of(0)
    assert found.no_score is None
    assert found.criteria[Criterion.FOLLOW_THROUGH] is None


def test_the_score_is_the_weighted_mean_over_the_criteria_that_apply():
    events = [an_event(access=AS_USERS, results=Results.LAB_DETAILED, access_days=14)]
    found = card(events=events)
    weights = 25 + 25 + 15 + 10 + 10
    exact = Fraction(25 * 1 + 25 * Fraction(1, 4) + 15 * Fraction(1, 2) + 10 * Fraction(1, 2), weights) * 100
    assert found.score == Range(exact, exact)


@pytest.mark.parametrize("commitments", [[], [a_commitment()]])
def test_the_points_of_the_criteria_add_up_to_the_score(commitments):
    found = card(events=[an_event()], commitments=commitments)
    points = points_of(found.criteria, DEFAULT_WEIGHTS)
    applying = [each for each in points.values() if each is not None]
    assert Range(sum(each.low for each in applying), sum(each.high for each in applying)) == found.score
    assert (points[Criterion.FOLLOW_THROUGH] is None) == (not commitments)


def test_without_weight_on_what_applies_there_are_no_points():
    found = card(events=[an_event()])
    assert set(points_of(found.criteria, parse_weights("follow_through:1")).values()) == {None}


def test_follow_through_enters_the_score_where_there_is_a_pair():
    found = card(commitments=[a_commitment(about=About.EXTERNAL_RED_TEAMING)], events=[an_event()])
    assert found.criteria[Criterion.FOLLOW_THROUGH] == Range.of(1)
    assert found.criteria[Criterion.COMMITMENT] == Range.of(0)
    low = Fraction(25 + 25 * Fraction(1, 4) + 15)
    assert found.score == Range(low, Fraction(25 + 25 + 15 + 10 + 15))


def test_release_criteria_are_means_over_the_releases():
    found = card(releases=TWO, events=[an_event()])
    assert found.criteria[Criterion.EVALUATED] == Range.of(".5")
    assert found.criteria[Criterion.DEPTH] == Range.of(".125", ".5")


def test_follow_through_is_the_mean_over_pairs_of_commitment_and_release():
    promises = [a_commitment(), a_commitment(key="later", made=span("2024-02-15"))]
    found = card(releases=TWO, events=[an_event()], commitments=promises)
    assert [(each.release.key, each.commitment.key) for each in found.verdicts] == [
        ("a-model", "a-commitment"),
        ("second", "a-commitment"),
        ("second", "later"),
    ]
    assert found.criteria[Criterion.FOLLOW_THROUGH] == Range.of("1/3")


def test_a_pair_that_is_not_yet_due_is_left_out():
    requirement = a_requirement(results_at_least=Results.LAB_SUMMARY)
    ledger_day = {"day": dt.date(2024, 2, 15), "commitments": [a_commitment(strict=requirement)]}
    found = card(**ledger_day)
    assert len(found.verdicts) == 1
    assert found.criteria[Criterion.FOLLOW_THROUGH] is None


def test_a_promise_that_has_ended_since_still_counts_for_the_release_and_not_as_a_commitment():
    found = card(events=[an_event()], commitments=[a_commitment(ended=span("2024-03-01"))])
    assert found.criteria[Criterion.FOLLOW_THROUGH] == Range.of(1)
    assert found.criteria[Criterion.COMMITMENT] == Range.of(0)


@pytest.mark.parametrize(("shift", "value"), [(-1, 0), (0, 1), (1, 1)])
def test_a_commitment_counts_from_the_day_it_takes_effect(shift, value):
    promise = a_commitment(effective=span("2024-06-01"), **UNTESTABLE)
    found = card(day=DAY + shift * ONE_DAY, commitments=[promise])
    assert found.criteria[Criterion.COMMITMENT] == Range.of(value)


def test_a_promise_that_others_state_is_judged_and_is_no_commitment_of_the_lab():
    found = card(commitments=[a_commitment(stated_by=StatedBy.OTHER)])
    assert found.criteria[Criterion.COMMITMENT] == Range.of(0)
    assert found.criteria[Criterion.FOLLOW_THROUGH] == Range.of(0)


def test_a_law_has_no_labs_and_moves_no_score():
    assert card(commitments=[a_commitment(labs=())]) == card()


def test_a_release_that_is_not_frontier_moves_no_follow_through():
    every = a_commitment(strict=a_requirement(releases=RequiredReleases.ALL))
    releases = [a_release(), a_release(key="small", frontier=Frontier.NO)]
    found = card(releases=releases, events=[an_event()], commitments=[every])
    assert found.criteria[Criterion.FOLLOW_THROUGH] == Range.of(1)


def test_a_disputed_promise_moves_the_high_figure_alone():
    found = card(commitments=[a_commitment(firmness=Firmness.DISPUTED, **UNTESTABLE)])
    assert found.score == Range(Fraction(0), Fraction(1000, 85))


def test_red_teaming_is_no_evaluation():
    events = [an_event(activity=Activity.RED_TEAMING)]
    assert card(events=events).criteria == card().criteria


def test_events_of_a_variant_count_for_neither_release():
    releases = [a_release(), a_release(key="variant", variant_of="a-model")]
    assert card(releases=releases, events=[an_event(model="variant")]).score == Range.of(0)


def test_the_counts_are_of_releases_in_the_window():
    deeper = access(helpful_only=Answer.YES)
    events = [
        an_event(access=deeper),
        an_event(key="b", access=deeper),
        a_reported_event(model="second", access=deeper),
    ]
    found = card(releases=[*TWO, a_release("2024-04-01", key="third")], events=events)
    assert found.counts == Counts(
        releases=3, evaluated_low=1, evaluated_high=2, deeper_yes=1, deeper_no=0, deeper_unknown=0
    )


def test_coverage_counts_facts_of_counted_events_in_the_window():
    found = card(releases=TWO, events=[an_event(access_days=3), a_reported_event(model="second")])
    assert (found.coverage.known, found.coverage.asked) == (3, 12)


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_windows_differ_only_in_the_releases_they_hold(shift):
    day = dt.date(2025, 2, 1) + shift * ONE_DAY
    year = card(day=day, events=[an_event()])
    assert year.counts.releases == (1 if shift < 0 else 0)
    assert card(Window.TWO_YEARS, day=day, events=[an_event()]).counts.releases == 1
    assert card(Window.ALL, day=day, events=[an_event()]).counts.releases == 1


def test_the_headline_counts_every_labs_releases():
    ledger = a_ledger(
        releases=[a_release(), a_release(key="b", lab="lab-b")],
        events=[an_event(), a_reported_event(model="b", lab="lab-b")],
    )
    assert headline(ledger, Window.YEAR) == Counts(2, 1, 2, 0, 0, 1)


def test_the_last_documented_evaluation_is_of_the_latest_release_of_all_time_with_a_strict_event():
    events = [an_event(), a_reported_event(model="second")]
    found = card(day=dt.date(2026, 1, 1), releases=TWO, events=events)
    assert found.last_evaluated.release.key == "a-model"
    assert card().last_evaluated is None


# As of a day.


@pytest.mark.parametrize(("shift", "high"), [(-1, 0), (0, 1), (1, 1)])
def test_what_became_known_later_does_not_count_before(shift, high):
    late = an_event(citations=(cited(a_lab_source(published="2024-06-01")),))
    found = card(day=DAY + shift * ONE_DAY, events=[late])
    assert found.criteria[Criterion.EVALUATED] == Range.of(high)


def test_timing_that_only_a_later_source_gives_counts_leniently_before():
    event = an_event(
        citations=(
            cited(a_lab_source(published="2024-03-01"), "evaluators", "activity"),
            cited(a_lab_source(published="2024-07-01"), "timing"),
        )
    )
    assert card(events=[event]).criteria[Criterion.EVALUATED] == Range.of(0, 1)
    later = card(day=dt.date(2024, 7, 1), events=[event])
    assert later.criteria[Criterion.EVALUATED] == Range.of(1)


# A reader's own weights.


def test_criteria_that_a_readers_weights_do_not_name_weigh_nothing():
    events = [an_event(access=AS_USERS, timing=Timing.BEFORE_DEPLOYMENT)]
    assert card(weights="evaluated:50,depth:50", events=events).score == Range.of("62.5")


def test_where_no_criterion_with_weight_applies_there_is_no_score():
    found = card(weights="follow_through:1")
    assert (found.score, found.no_score) == (None, NoScore.NO_CRITERION)
    assert found.criteria[Criterion.EVALUATED] == Range.of(0)


# Ranks and order.


def placed(**scores):
    blank = card()
    cards = [
        replace(blank, lab=lab, score=None if score is None else Range.of(*score)) for lab, score in scores.items()
    ]
    return ranked(cards, {lab: lab.upper() for lab in scores})


@pytest.mark.parametrize(
    ("scores", "ranks"),
    [
        ({"a": (10, 20)}, {"a": (1, 1)}),
        ({"a": (30, 40), "b": (10, 20)}, {"a": (1, 1), "b": (2, 2)}),
        ({"a": (10, 30), "b": (20, 40)}, {"a": (1, 2), "b": (1, 2)}),
        # Touching ends do not exceed one another.
        ({"a": (20, 30), "b": (10, 20)}, {"a": (1, 1), "b": (1, 2)}),
        ({"a": (20, 20), "b": (20, 20)}, {"a": (1, 1), "b": (1, 1)}),
        ({"a": (0, 100), "b": (50, 60), "c": (10, 20)}, {"a": (1, 3), "b": (1, 2), "c": (2, 3)}),
        ({"a": (10, 20), "b": None}, {"a": (1, 1), "b": None}),
    ],
)
def test_a_rank_is_a_range_among_the_labs_with_a_score(scores, ranks):
    found = {each.lab: each.ranks and (each.ranks.best, each.ranks.worst) for each in placed(**scores)}
    assert found == ranks


def test_labs_that_cannot_be_put_in_one_order_stand_together_by_name_and_those_without_a_score_last():
    order = placed(e=None, d=(10, 30), c=(10, 20), b=(31, 40), a=(28, 29), z=(50, 60))
    assert [each.lab for each in order] == ["z", "b", "a", "c", "d", "e"]


@pytest.mark.parametrize(
    ("scores", "groups"),
    [
        ({"a": (10, 20), "b": (30, 40)}, [("b", []), ("a", [])]),
        # Touching ends overlap.
        ({"a": (10, 20), "b": (20, 40)}, [("ab", [])]),
        ({"a": (10, 20), "b": ("20.0001", 40)}, [("b", []), ("a", [])]),
        # A chain: the ends do not overlap, and one lies above the other.
        ({"a": (10, 20), "b": (15, 35), "c": (30, 40)}, [("abc", ["ca"])]),
        ({"a": (0, 100), "b": (50, 60), "c": (10, 20)}, [("abc", ["bc"])]),
        # As of 31 August 2026, rounded.
        (
            {"a": ("53.6", "86.0"), "g": ("1.0", "45.4"), "m": ("35.4", "52.5"), "o": ("60.2", "86.4"), "x": (16, 22)},
            [("ao", []), ("gmx", ["mx"])],
        ),
        ({"a": None}, []),
        ({}, []),
    ],
)
def test_labs_joined_by_a_chain_of_overlapping_ranges_are_one_group(scores, groups):
    found = score_groups(placed(**scores), {lab: lab.upper() for lab in scores})
    assert [
        ("".join(card.lab for card in each.cards), [f"{above.lab}{below.lab}" for above, below in each.in_order])
        for each in found
    ] == groups


def test_two_labs_are_told_apart_only_by_ranges_that_do_not_touch():
    high, touching, low, none = (placed(x=score)[0] for score in ((20, 30), (10, 20), (10, 19), None))
    assert not lies_above(high, touching)
    assert lies_above(high, low)
    assert not lies_above(low, high)
    assert not lies_above(high, none)
    assert not lies_above(none, low)


@pytest.mark.parametrize(
    ("count", "reason", "words"),
    [
        (0, NoScore.NO_RELEASE, "no release in the window"),
        (1, NoScore.TOO_FEW, "too few releases to score: 1"),
        (2, NoScore.TOO_FEW, "too few releases to score: 2"),
        (3, None, ""),
    ],
)
def test_a_score_needs_three_releases_in_the_window(monkeypatch, count, reason, words):
    monkeypatch.undo()
    found = card(releases=[a_release(key=f"model-{number}") for number in range(count)])
    assert (found.no_score, found.no_score_words) == (reason, words)
    assert (found.score is None) == (reason is not None)
    assert found.counts.releases == count


def test_ranks_compare_exact_values_not_printed_ones():
    found = {each.lab: each.ranks for each in placed(a=("14.21", "14.21"), b=("14.22", "14.22"))}
    assert found == {"a": Ranks(2, 2), "b": Ranks(1, 1)}


def test_the_table_has_one_card_for_each_lab():
    ledger = a_ledger(events=[an_event()])
    found = scorecards(ledger, {LAB: "Lab A", "lab-b": "Lab B"}, Window.YEAR)
    assert [(each.lab, each.ranks) for each in found] == [(LAB, Ranks(1, 1)), ("lab-b", None)]
    assert found[0].score == scorecard(ledger, LAB, Window.YEAR).score


@pytest.mark.parametrize("reason", list(NoScore))
def test_each_reason_for_no_score_is_named_and_explained(reason):
    assert reason.label
    assert reason.explanation
