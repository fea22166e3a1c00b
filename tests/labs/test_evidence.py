"""Which of six words says what the record shows of a release (methodology, section 1)."""

import datetime as dt
from collections import Counter

import pytest

from labs.choices import Activity, Domain, EventLowering, Evidence, Outcome, Timing
from labs.rules.evidence import release_evidence
from labs.rules.ledger import access_ledger_as_of
from tests.curated import curated, fixture_rows
from tests.facts import (
    DAY,
    LAB,
    a_denial,
    a_release,
    a_reported_event,
    an_evaluator,
    an_event,
)

LATE = {"timing": Timing.AFTER_DEPLOYMENT}
UNTIMED = {"timing": Timing.UNKNOWN, "key": "untimed"}


def evidence(*events, release=None):
    assessment = access_ledger_as_of(DAY, [release or a_release("2024-01-01")], events).assessments["a-model"]
    return release_evidence(assessment.events)


@pytest.mark.parametrize(
    ("events", "word"),
    [
        ([an_event()], Evidence.CONFIRMED),
        ([an_event(**UNTIMED)], Evidence.TIMING_NOT_SHOWN),
        ([a_reported_event()], Evidence.REPORTED),
        ([a_reported_event(timing=Timing.UNKNOWN)], Evidence.REPORTED),
        ([an_event(lowering=EventLowering.INFERRED)], Evidence.REPORTED),
        ([an_event(lowering=EventLowering.DISPUTED, timing=Timing.UNKNOWN)], Evidence.REPORTED),
        ([a_denial()], Evidence.SAID_NONE),
        ([a_denial(outcome=Outcome.REFUSED)], Evidence.SAID_NONE),
        ([an_event(**LATE)], Evidence.AFTER_RELEASE_ONLY),
        ([a_reported_event(**LATE)], Evidence.AFTER_RELEASE_ONLY),
        ([an_event(**LATE, domains=frozenset({Domain.OTHER}))], Evidence.AFTER_RELEASE_ONLY),
        ([an_event(outcome=Outcome.NOT_NEEDED)], Evidence.AFTER_RELEASE_ONLY),
        ([an_event(outcome=Outcome.NOT_NEEDED, timing=Timing.UNKNOWN)], Evidence.AFTER_RELEASE_ONLY),
        ([], Evidence.NOTHING_FOUND),
        # What is none of these:
        ([a_denial(lowering=EventLowering.DISPUTED)], Evidence.NOTHING_FOUND),
        ([a_denial(participations=(an_evaluator("metr"),))], Evidence.NOTHING_FOUND),
        ([a_denial(activity=Activity.RED_TEAMING)], Evidence.NOTHING_FOUND),
        ([an_event(activity=Activity.RED_TEAMING)], Evidence.NOTHING_FOUND),
        ([an_event(activity=Activity.SAFETY_RESEARCH, **LATE)], Evidence.NOTHING_FOUND),
        ([an_event(participations=(an_evaluator("lab-a", lab=LAB),), **LATE)], Evidence.NOTHING_FOUND),
        ([an_event(domains=frozenset({Domain.OTHER}))], Evidence.NOTHING_FOUND),
        ([an_event(outcome=Outcome.UNKNOWN)], Evidence.NOTHING_FOUND),
    ],
)
def test_each_word_has_its_condition(events, word):
    assert evidence(*events).word is word


def test_the_first_word_that_fits_holds_and_rests_on_the_events_that_fit_it():
    of_each_word = [
        an_event(),
        an_event(**UNTIMED),
        a_reported_event(),
        a_denial(),
        an_event(key="late", **LATE),
    ]
    for place, word in enumerate(Evidence):
        found = evidence(*of_each_word[place:])
        assert found.word is word
        assert [each.event.key for each in found.events] == [each.key for each in of_each_word[place : place + 1]]


def test_a_variant_has_a_word_of_its_own_though_neither_it_nor_its_events_count():
    variant = a_release(variant_of="other")
    assert evidence(an_event(), release=variant).word is Evidence.CONFIRMED
    assert evidence(an_event(**UNTIMED), release=a_release("2024-01-01", variant_of="other")).word is (
        Evidence.TIMING_NOT_SHOWN
    )
    assert evidence(an_event(activity=Activity.RED_TEAMING), release=variant).word is Evidence.NOTHING_FOUND


@pytest.mark.parametrize(
    ("events", "is_only_reported"),
    [
        ([a_reported_event(**LATE)], True),
        ([a_reported_event(**LATE), an_event(**LATE)], False),
        ([an_event(**LATE)], False),
        ([], False),
    ],
)
def test_what_only_others_say_came_after_release_is_called_reported(events, is_only_reported):
    assert evidence(*events).is_only_reported is is_only_reported


def test_other_outside_work_is_named_beside_the_word():
    found = evidence(
        an_event(key="probing", activity=Activity.RED_TEAMING),
        a_reported_event(key="audit", activity=Activity.AUDIT_OR_REVIEW),
        an_event(key="research", activity=Activity.SAFETY_RESEARCH),
        an_event(key="refused", activity=Activity.RED_TEAMING, outcome=Outcome.REFUSED),
        an_event(key="welfare", domains=frozenset({Domain.OTHER})),
    )
    assert found.word is Evidence.NOTHING_FOUND
    assert [(each.activity, each.is_documented, [w.event.key for w in each.events]) for each in found.other_work] == [
        (Activity.MODEL_EVALUATION, True, ["welfare"]),
        (Activity.RED_TEAMING, True, ["probing"]),
        (Activity.AUDIT_OR_REVIEW, False, ["audit"]),
    ]


def test_only_the_badge_says_nothing_found():
    assert Evidence.NOTHING_FOUND.label == "no outside model evaluation found"
    assert [each.badge_label for each in Evidence if each.badge_label != each.label] == ["nothing found"]


def test_the_shipped_records_have_all_words_but_one_in_some_release():
    ledger = curated(fixture_rows()).ledger(dt.date(2026, 11, 29)).access
    words = Counter(each.evidence.word for each in ledger.assessments.values())
    assert set(Evidence) - set(words) <= {Evidence.SAID_NONE}
    assert sum(words.values()) == 107
