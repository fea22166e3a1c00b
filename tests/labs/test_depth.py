import itertools

import pytest

from labs.choices import Answer, ReleaseKind
from labs.rules.depth import (
    NO_DEPTH,
    Adequacy,
    Depth,
    Level,
    Sufficiency,
    Threat,
    adequacy,
    best_adequacy,
    best_depth,
    depth_of,
    undecided,
)
from tests.facts import access

YES, PARTIAL, NO, UNKNOWN = Answer.YES, Answer.PARTIAL, Answer.NO, Answer.UNKNOWN


def profile(filters, harmlessness_off, fine_tuning, weights):
    return access(no_safety_filters=filters, helpful_only=harmlessness_off, fine_tuning=fine_tuning, weights=weights)


@pytest.mark.parametrize(
    ("answers", "low", "high"),
    [
        # The table of the methodology.
        ((UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN), 1, 4),
        ((NO, NO, NO, UNKNOWN), 1, 1),
        ((YES, NO, NO, UNKNOWN), 2, 2),
        ((UNKNOWN, NO, NO, UNKNOWN), 1, 2),
        ((YES, YES, UNKNOWN, NO), 3, 4),
        ((PARTIAL, NO, NO, NO), 1, 2),
        ((YES, YES, YES, NO), 4, 4),
        ((NO, NO, NO, YES), 5, 5),
        # Its other borders.
        ((NO, YES, NO, NO), 2, 2),
        ((YES, YES, NO, NO), 3, 3),
        ((YES, UNKNOWN, NO, NO), 2, 3),
        ((YES, PARTIAL, NO, NO), 2, 3),
        ((UNKNOWN, UNKNOWN, NO, NO), 1, 3),
        ((NO, NO, YES, NO), 4, 4),
        ((NO, NO, PARTIAL, NO), 1, 4),
        ((NO, NO, NO, PARTIAL), 1, 1),
        ((NO, NO, NO, NO), 1, 1),
        ((UNKNOWN, UNKNOWN, UNKNOWN, YES), 5, 5),
    ],
)
def test_depth_is_a_range_in_which_unknown_and_partial_are_no_and_yes(answers, low, high):
    assert depth_of(profile(*answers)) == Depth(Level(low), Level(high))


def test_no_profile_has_a_low_above_its_high_and_each_has_a_level():
    for answers in itertools.product(Answer, repeat=4):
        depth = depth_of(profile(*answers))
        assert Level.AS_USERS <= depth.low <= depth.high


def test_only_a_documented_yes_reaches_weights():
    for answers in itertools.product(Answer, repeat=4):
        assert (depth_of(profile(*answers)).high is Level.WEIGHTS) == (answers[3] is YES)


@pytest.mark.parametrize(
    ("answers", "questions"),
    [
        ((UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN), ("no_safety_filters", "helpful_only", "fine_tuning")),
        ((YES, YES, UNKNOWN, NO), ("fine_tuning",)),
        ((PARTIAL, NO, NO, NO), ("no_safety_filters",)),
        ((UNKNOWN, UNKNOWN, YES, NO), ()),
        ((NO, NO, NO, UNKNOWN), ()),
    ],
)
def test_the_questions_that_hold_the_range_apart_are_named(answers, questions):
    assert undecided(profile(*answers)) == questions


def test_a_depth_refuses_to_run_backwards():
    with pytest.raises(ValueError, match="from low to high"):
        Depth(Level.DEEPER, Level.AS_USERS)


def test_the_best_depth_takes_low_from_strict_and_high_from_all_that_count():
    users, deeper = Depth(Level.AS_USERS, Level.AS_USERS), Depth(Level.DEEPER, Level.FINE_TUNING)
    assert best_depth([users], [users, deeper]) == Depth(Level.AS_USERS, Level.FINE_TUNING)
    assert best_depth([], [deeper]) == Depth(Level.NONE, Level.FINE_TUNING)
    assert best_depth([], []) == NO_DEPTH


@pytest.mark.parametrize("level", list(Level))
def test_each_level_has_a_name_and_says_what_it_needs(level):
    assert level.label
    assert level.explanation


@pytest.mark.parametrize(
    ("threat", "kind", "low", "high", "answer"),
    [
        (Threat.DEPLOYMENT, ReleaseKind.API_OR_PRODUCT, 1, 1, Sufficiency.NO),
        (Threat.DEPLOYMENT, ReleaseKind.API_OR_PRODUCT, 1, 2, Sufficiency.CANNOT_TELL),
        (Threat.DEPLOYMENT, ReleaseKind.API_OR_PRODUCT, 2, 2, Sufficiency.YES),
        (Threat.DEPLOYMENT, ReleaseKind.API_OR_PRODUCT, 0, 0, Sufficiency.NO),
        (Threat.STOLEN_WEIGHTS, ReleaseKind.API_OR_PRODUCT, 3, 3, Sufficiency.NO),
        (Threat.STOLEN_WEIGHTS, ReleaseKind.API_OR_PRODUCT, 3, 4, Sufficiency.CANNOT_TELL),
        (Threat.STOLEN_WEIGHTS, ReleaseKind.API_OR_PRODUCT, 4, 4, Sufficiency.YES),
        (Threat.STOLEN_WEIGHTS, ReleaseKind.API_OR_PRODUCT, 5, 5, Sufficiency.YES),
        (Threat.DEPLOYMENT, ReleaseKind.OPEN_WEIGHTS, 2, 3, Sufficiency.NO),
        (Threat.DEPLOYMENT, ReleaseKind.OPEN_WEIGHTS, 1, 4, Sufficiency.CANNOT_TELL),
        (Threat.DEPLOYMENT, ReleaseKind.OPEN_WEIGHTS, 4, 4, Sufficiency.YES),
        (Threat.STOLEN_WEIGHTS, ReleaseKind.OPEN_WEIGHTS, 4, 4, Sufficiency.YES),
        (Threat.DEPLOYMENT, ReleaseKind.LIMITED, 2, 2, Sufficiency.YES),
        (Threat.DEPLOYMENT, ReleaseKind.INTERNAL_ONLY, 2, 2, Sufficiency.YES),
        (Threat.DEPLOYMENT, ReleaseKind.UNKNOWN, 2, 2, Sufficiency.YES),
    ],
)
def test_a_threat_asks_for_a_level(threat, kind, low, high, answer):
    found = adequacy(Depth(Level(low), Level(high)), threat, kind, UNKNOWN)
    assert found.answer is answer
    assert not found.is_argued_for


@pytest.mark.parametrize(
    ("argued", "answer", "is_argued_for"),
    [
        (YES, Sufficiency.YES, True),
        (PARTIAL, Sufficiency.NO, False),
        (NO, Sufficiency.NO, False),
        (UNKNOWN, Sufficiency.NO, False),
    ],
)
def test_a_mitigation_left_on_is_enough_for_deployment_only_where_the_lab_argued_for_it(argued, answer, is_argued_for):
    as_users = Depth(Level.AS_USERS, Level.AS_USERS)
    found = adequacy(as_users, Threat.DEPLOYMENT, ReleaseKind.API_OR_PRODUCT, argued)
    assert (found.answer, found.is_argued_for) == (answer, is_argued_for)
    assert ("left on, argued for" in found.label) == is_argued_for


def test_the_argument_is_not_named_where_the_test_went_deep_enough_without_it():
    deeper = Depth(Level.DEEPER, Level.DEEPER)
    assert adequacy(deeper, Threat.DEPLOYMENT, ReleaseKind.API_OR_PRODUCT, YES) == Adequacy(
        Sufficiency.YES, Level.DEEPER
    )


def test_the_argument_does_not_help_against_stolen_weights_nor_for_open_weights_nor_without_a_test():
    as_users = Depth(Level.AS_USERS, Level.AS_USERS)
    stolen = adequacy(as_users, Threat.STOLEN_WEIGHTS, ReleaseKind.API_OR_PRODUCT, YES)
    opened = adequacy(as_users, Threat.DEPLOYMENT, ReleaseKind.OPEN_WEIGHTS, YES)
    untested = adequacy(NO_DEPTH, Threat.DEPLOYMENT, ReleaseKind.API_OR_PRODUCT, YES)
    assert {stolen.answer, opened.answer, untested.answer} == {Sufficiency.NO}
    assert not untested.is_argued_for


def test_a_release_is_tested_deep_enough_by_one_strict_event_and_open_while_a_counted_one_may_be():
    yes = Adequacy(Sufficiency.YES, Level.DEEPER)
    argued = Adequacy(Sufficiency.YES, Level.AS_USERS, is_argued_for=True)
    no = Adequacy(Sufficiency.NO, Level.DEEPER)
    open_ = Adequacy(Sufficiency.CANNOT_TELL, Level.DEEPER)
    assert best_adequacy([no, yes], [no, yes]) == yes
    assert best_adequacy([argued, yes], [argued, yes]) == yes
    assert best_adequacy([argued], [argued]) == argued
    assert best_adequacy([no], [no, yes]) == open_
    assert best_adequacy([no, open_], [no, open_]) == open_
    assert best_adequacy([no], [no]) == no
    assert best_adequacy([], []) is None
