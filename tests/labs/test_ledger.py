import datetime as dt

import pytest

from labs.choices import Activity, Answer, Frontier, Results, Timing
from labs.rules.access import ReleaseStanding, Window
from labs.rules.depth import Deeper, Level, Sufficiency, Threat
from labs.rules.ledger import access_ledger_as_of, known_facts
from tests.facts import (
    DAY,
    a_lab_source,
    a_release,
    a_reported_event,
    access,
    an_event,
    cited,
)

AS_USERS = access(no_safety_filters=Answer.NO, helpful_only=Answer.NO, fine_tuning=Answer.NO)
DEEPER = access(no_safety_filters=Answer.YES, helpful_only=Answer.NO, fine_tuning=Answer.NO)


def assessed(*events, release=None):
    return access_ledger_as_of(DAY, [release or a_release()], events).assessments["a-model"]


def test_the_ledger_holds_each_release_and_the_visible_events_of_it():
    late = an_event(key="late", citations=(cited(a_lab_source(published="2024-06-02")),))
    ledger = access_ledger_as_of(DAY, [a_release()], [an_event(), late])
    assert [each.event.key for each in ledger.assessments["a-model"].events] == ["an-event"]


def test_an_event_whose_release_no_source_names_stands_apart_and_one_of_an_absent_release_is_left_out():
    ledger = access_ledger_as_of(DAY, [], [an_event(model=None), an_event(model="absent")])
    assert [each.event.model for each in ledger.unassigned] == [None]
    assert ledger.assessments == {}


def test_releases_are_ordered_by_lab_day_and_key():
    releases = [
        a_release("2024-03-01", key="b"),
        a_release("2024-03-01", key="a"),
        a_release("", key="undated"),
        a_release("2024-01-01", key="c"),
        a_release("2020-01-01", key="d", lab="lab-0"),
    ]
    ledger = access_ledger_as_of(DAY, releases, [])
    assert list(ledger.assessments) == ["d", "c", "a", "b", "undated"]


def test_the_releases_that_count_in_a_window_are_of_one_lab_or_of_all():
    releases = [a_release(key="a"), a_release(key="b", lab="lab-b"), a_release(key="c", frontier=Frontier.NO)]
    ledger = access_ledger_as_of(DAY, releases, [])
    assert [each.release.key for each in ledger.counted_in(Window.YEAR)] == ["a", "b"]
    assert [each.release.key for each in ledger.counted_in(Window.YEAR, "lab-b")] == ["b"]
    assert ledger.standing(releases[2], Window.YEAR) is ReleaseStanding.NOT_FRONTIER


def test_the_events_of_a_variant_count_neither_for_it_nor_for_the_other_release():
    variant = a_release(key="variant", variant_of="a-model")
    ledger = access_ledger_as_of(DAY, [a_release(), variant], [an_event(model="variant")])
    assert ledger.assessments["variant"].events[0].is_counted is False
    assert ledger.assessments["a-model"].events == ()


def test_strict_events_are_a_part_of_the_counted_ones_and_those_of_all():
    assessment = assessed(an_event(), a_reported_event(), an_event(key="red-teaming", activity=Activity.RED_TEAMING))
    assert len(assessment.strict) == 1
    assert len(assessment.counted) == 2
    assert len(assessment.events) == 3


@pytest.mark.parametrize(
    ("events", "deeper"),
    [
        ((), None),
        ((a_reported_event(access=DEEPER),), None),
        ((an_event(access=DEEPER),), Deeper.YES),
        ((an_event(), an_event(key="other", access=DEEPER)), Deeper.YES),
        ((an_event(),), Deeper.UNKNOWN),
        ((an_event(access=access(no_safety_filters=Answer.PARTIAL)),), Deeper.UNKNOWN),
        ((an_event(access=AS_USERS),), Deeper.NO),
        ((an_event(access=AS_USERS), an_event(key="other")), Deeper.UNKNOWN),
        # An event that only others report may have gone deeper, which leaves it open.
        ((an_event(access=AS_USERS), a_reported_event(access=DEEPER)), Deeper.UNKNOWN),
        ((an_event(access=AS_USERS), a_reported_event(access=AS_USERS)), Deeper.NO),
        # What does not count, such as a test after release, leaves nothing open.
        ((an_event(access=AS_USERS), an_event(key="late", timing=Timing.AFTER_DEPLOYMENT)), Deeper.NO),
    ],
)
def test_deeper_than_users_get_has_three_answers_where_an_evaluation_is_confirmed(events, deeper):
    assert assessed(*events).deeper is deeper


def test_a_variant_has_an_answer_of_its_own_events():
    variant = a_release(variant_of="other")
    assert assessed(an_event(access=DEEPER), release=variant).deeper is Deeper.YES
    assert assessed(an_event(access=AS_USERS), release=variant).deeper is Deeper.NO


def test_a_lenient_event_alone_leaves_no_counted_test_at_the_low_end():
    depth = assessed(a_reported_event(access=DEEPER)).depth
    assert (depth.low, depth.high) == (Level.NONE, Level.DEEPER)


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        ({}, 1),
        ({"timing": Timing.UNKNOWN, "citations": (cited(a_lab_source(published="2024-03-01")),)}, 0),
        ({"timing": Timing.UNKNOWN}, 1),
        ({"results": Results.NONE_PUBLISHED}, 2),
        ({"access_days": 0}, 2),
        ({"access": access(no_safety_filters=Answer.NO)}, 2),
        ({"access": access(helpful_only=Answer.PARTIAL)}, 2),
        ({"access": access(fine_tuning=Answer.YES)}, 2),
        ({"access": access(weights=Answer.YES, raw_reasoning=Answer.YES, final_version=Answer.YES)}, 1),
        ({"results": Results.LAB_SUMMARY, "access_days": 7, "access": dict.fromkeys(access(), Answer.NO)}, 6),
    ],
)
def test_coverage_asks_six_facts_of_each_event_and_takes_timing_after_the_launch_document_rule(changes, known):
    weighed = assessed(an_event(**changes)).events[0]
    assert known_facts(weighed) == known


def test_coverage_is_over_counted_events_only():
    coverage = assessed(
        an_event(access_days=3), a_reported_event(), an_event(key="x", activity=Activity.RED_TEAMING)
    ).coverage
    assert (coverage.known, coverage.asked) == (3, 12)


def test_adequacy_of_a_release_rests_on_its_counted_events():
    assert assessed().adequacy(Threat.DEPLOYMENT) is None
    assert assessed(an_event(access=DEEPER)).adequacy(Threat.DEPLOYMENT).answer is Sufficiency.YES
    assert assessed(an_event(access=DEEPER)).adequacy(Threat.STOLEN_WEIGHTS).answer is Sufficiency.NO
    assert assessed(a_reported_event(access=DEEPER)).adequacy(Threat.DEPLOYMENT).answer is (Sufficiency.CANNOT_TELL)


def test_certainty_and_with_it_the_count_are_as_of_the_day():
    event = a_reported_event(
        citations=(*a_reported_event().citations, cited(a_lab_source(published="2024-06-01"))),
    )
    before, after = (
        access_ledger_as_of(day, [a_release()], [event]).assessments["a-model"]
        for day in (dt.date(2024, 5, 31), dt.date(2024, 6, 1))
    )
    assert (len(before.strict), len(after.strict)) == (0, 1)
