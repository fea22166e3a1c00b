"""The verdict on one commitment and one release."""

import datetime as dt

import pytest

from commitments.choices import Firmness, RequiredEvaluators, RequiredReleases, Wording
from commitments.rules.findings import Finding
from commitments.rules.verdicts import (
    OUTCOME_VALUES,
    Doubt,
    VerdictOutcome,
    is_testable,
    not_testable_words,
    verdict,
)
from labs.choices import Activity, Answer, EventLowering, Frontier, ReleaseKind, Results, Timing
from labs.rules.access import Window
from labs.rules.dates import NO_DATE, span
from labs.rules.ranges import Range
from tests.facts import (
    DAY,
    ONE_DAY,
    RELEASED,
    a_commitment,
    a_denial,
    a_government_evaluator,
    a_lab_source,
    a_ledger,
    a_release,
    a_reported_event,
    a_requirement,
    a_source,
    access,
    an_evaluator,
    an_event,
    cited,
)

AS_USERS = access(no_safety_filters=Answer.NO, helpful_only=Answer.NO, fine_tuning=Answer.NO)
UNTIMED = {"timing": Timing.UNKNOWN, "citations": (cited(a_lab_source(published="2024-03-01")),)}
REPORTED_PROMISE = (cited(a_source("2024-01-05"), "quote"),)
DEEP = {"strict": a_requirement(min_depth=2)}
PUBLISHED = {"strict": a_requirement(results_at_least=Results.EVALUATOR_SUMMARY)}
PRIVATE = {"strict": a_requirement(visible_in_public=False)}
RED_TEAMING = {"activities": frozenset({Activity.RED_TEAMING, Activity.MODEL_EVALUATION})}
RED_TEAMED = an_event(key="red-teaming", activity=Activity.RED_TEAMING)


def judged(*events, day=DAY, release=None, **changes):
    ledger = a_ledger(day=day, releases=[release or a_release()], events=events)
    return verdict(a_commitment(**changes), ledger.access.assessments["a-model"], day)


def result(*events, **changes):
    found = judged(*events, **changes).strict
    return found.outcome, found.value


@pytest.mark.parametrize(
    ("events", "changes", "outcome", "low", "high"),
    [
        # kept
        ([an_event()], {}, VerdictOutcome.KEPT, 1, 1),
        ([an_event(access=access(no_safety_filters=Answer.YES))], DEEP, VerdictOutcome.KEPT, 1, 1),
        ([an_event(results=Results.EVALUATOR_SUMMARY)], PUBLISHED, VerdictOutcome.KEPT, 1, 1),
        ([an_event(), a_denial()], {}, VerdictOutcome.KEPT, 1, 1),
        # partly kept
        ([an_event(access=AS_USERS)], DEEP, VerdictOutcome.PARTLY_KEPT, ".5", ".5"),
        ([an_event(results=Results.LAB_DETAILED)], PUBLISHED, VerdictOutcome.PARTLY_KEPT, ".5", ".5"),
        ([an_event(access=AS_USERS), an_event(key="b")], DEEP, VerdictOutcome.PARTLY_KEPT, ".5", 1),
        ([an_event(access=AS_USERS), a_reported_event()], DEEP, VerdictOutcome.PARTLY_KEPT, ".5", 1),
        ([an_event(access=AS_USERS), a_reported_event(access=AS_USERS)], DEEP, VerdictOutcome.PARTLY_KEPT, ".5", ".5"),
        ([an_event(access=AS_USERS), a_denial()], DEEP, VerdictOutcome.PARTLY_KEPT, ".5", ".5"),
        # unclear
        ([a_reported_event()], {}, VerdictOutcome.UNCLEAR, 0, 1),
        ([an_event(lowering=EventLowering.INFERRED)], {}, VerdictOutcome.UNCLEAR, 0, 1),
        ([an_event(lowering=EventLowering.DISPUTED)], {}, VerdictOutcome.UNCLEAR, 0, 1),
        ([an_event(**UNTIMED)], {}, VerdictOutcome.UNCLEAR, 0, 1),
        ([an_event()], DEEP, VerdictOutcome.UNCLEAR, 0, 1),
        ([an_event()], PUBLISHED, VerdictOutcome.UNCLEAR, 0, 1),
        ([a_reported_event(), a_denial()], {}, VerdictOutcome.UNCLEAR, 0, 1),
        ([a_reported_event(access=AS_USERS)], DEEP, VerdictOutcome.UNCLEAR, 0, ".5"),
        # not kept
        ([a_denial()], {}, VerdictOutcome.NOT_KEPT, 0, 0),
        ([a_denial()], {"firmness": Firmness.CONDITIONAL}, VerdictOutcome.NOT_KEPT, 0, 0),
        ([a_denial()], PRIVATE, VerdictOutcome.NOT_KEPT, 0, 0),
        # nothing found
        ([], {}, VerdictOutcome.NOTHING_FOUND, 0, 0),
        ([RED_TEAMED], {}, VerdictOutcome.NOTHING_FOUND, 0, 0),
        ([a_denial(participations=(an_evaluator("metr"),))], {}, VerdictOutcome.NOTHING_FOUND, 0, 0),
        ([an_event(timing=Timing.AFTER_DEPLOYMENT)], {}, VerdictOutcome.NOTHING_FOUND, 0, 0),
        # cannot tell
        ([], {"firmness": Firmness.CONDITIONAL}, VerdictOutcome.CANNOT_TELL, 0, 1),
        ([], PRIVATE, VerdictOutcome.CANNOT_TELL, 0, 1),
        ([], {"citations": REPORTED_PROMISE}, VerdictOutcome.CANNOT_TELL, 0, 1),
        ([an_event(timing=Timing.AFTER_DEPLOYMENT)], PRIVATE, VerdictOutcome.CANNOT_TELL, 0, 1),
    ],
)
def test_the_best_verdict_over_the_events_holds(events, changes, outcome, low, high):
    assert result(*events, **changes) == (outcome, Range.of(low, high))


def test_condensed_or_translated_words_are_no_promises_words_so_practice_is_not_held_against_them():
    for wording in Wording:
        promise = a_commitment(wording=wording)
        assert is_testable(promise) is (wording is Wording.VERBATIM)
        assert not_testable_words(promise) == (
            "" if wording is Wording.VERBATIM else f"its words here are {wording.label}"
        )
    with pytest.raises(ValueError, match="condensed"):
        judged(wording=Wording.CONDENSED)
    assert a_ledger(commitments=[a_commitment(wording=Wording.TRANSLATED)]).verdicts(Window.ALL) == ()


def test_what_carries_no_requirement_keeps_its_own_reason():
    promise = a_commitment(strict=None, not_testable_because="too vague", wording=Wording.CONDENSED)
    assert not_testable_words(promise) == "too vague"


@pytest.mark.parametrize("firmness", list(Firmness))
def test_silence_is_nothing_found_only_for_a_firm_promise(firmness):
    found = judged(firmness=firmness).strict
    if firmness is Firmness.FIRM:
        assert (found.outcome, found.doubts) == (VerdictOutcome.NOTHING_FOUND, ())
    else:
        assert (found.outcome, found.doubts) == (VerdictOutcome.CANNOT_TELL, (Doubt.NOT_FIRM,))


def test_every_doubt_about_the_promise_is_named():
    found = judged(firmness=Firmness.MENTION, citations=REPORTED_PROMISE, **PRIVATE).strict
    assert found.doubts == (Doubt.NOT_FIRM, Doubt.NOT_VISIBLE, Doubt.ONLY_REPORTED)


def test_the_derivation_weighs_every_event_of_the_release():
    found = judged(an_event(), RED_TEAMED, a_denial()).strict
    assert [each.finding for each in found.findings] == [
        Finding.MEETS,
        Finding.NOT_ASKED_FOR,
        Finding.DENIES,
    ]


def test_an_event_after_release_keeps_nothing_and_is_named():
    found = judged(an_event(timing=Timing.AFTER_DEPLOYMENT))
    assert found.is_tested_after
    assert found.value == Range.of(0)
    assert not judged(an_event()).is_tested_after


def test_a_test_after_release_is_not_read_as_what_a_verdict_of_kept_rests_on():
    late = an_event(timing=Timing.AFTER_DEPLOYMENT)
    assert judged(late).after_release_words == "tested after release"
    assert judged(an_event(), late).after_release_words == "also tested after release"
    assert judged(an_event(timing=Timing.UNKNOWN), late).after_release_words == "also tested after release"
    assert judged(a_denial(), late).after_release_words == "tested after release"
    assert judged(an_event()).after_release_words == ""


# Grace and deadlines.


@pytest.mark.parametrize(
    ("days", "outcome"),
    [
        (0, VerdictOutcome.NOT_YET_DUE),
        (29, VerdictOutcome.NOT_YET_DUE),
        (30, VerdictOutcome.NOT_YET_DUE),
        (31, VerdictOutcome.UNCLEAR),
    ],
)
def test_publishing_results_is_not_yet_due_for_thirty_days_after_release(days, outcome):
    found, value = result(an_event(), day=RELEASED + days * ONE_DAY, **PUBLISHED)
    assert found is outcome
    assert (value is None) == (outcome is VerdictOutcome.NOT_YET_DUE)


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ([an_event(results=Results.EVALUATOR_REPORT)], VerdictOutcome.KEPT),
        ([a_denial()], VerdictOutcome.NOT_KEPT),
        ([an_event(results=Results.LAB_SUMMARY)], VerdictOutcome.NOT_YET_DUE),
        ([], VerdictOutcome.NOT_YET_DUE),
    ],
)
def test_within_the_grace_only_kept_and_not_kept_hold(events, outcome):
    assert result(*events, day=RELEASED + 7 * ONE_DAY, **PUBLISHED)[0] is outcome


def test_a_requirement_without_results_has_no_grace():
    assert result(day=RELEASED)[0] is VerdictOutcome.NOTHING_FOUND


@pytest.mark.parametrize(
    ("due", "outcome"),
    [
        ("2024-05-31", VerdictOutcome.NOTHING_FOUND),
        ("2024-06-01", VerdictOutcome.NOT_YET_DUE),
        ("2024-06", VerdictOutcome.NOT_YET_DUE),
        ("2024-06/..", VerdictOutcome.NOT_YET_DUE),
        ("", VerdictOutcome.NOTHING_FOUND),
    ],
)
def test_a_promise_with_a_deadline_is_not_yet_due_until_it_has_passed(due, outcome):
    assert result(due=span(due))[0] is outcome


# Two readings.


def test_with_one_reading_both_are_equal():
    found = judged(an_event())
    assert (found.lenient.outcome, found.lenient.value) == (found.strict.outcome, found.strict.value)
    assert not found.is_split
    assert found.label == "kept"


def test_where_the_readings_differ_both_are_shown_and_the_range_runs_from_one_to_the_other():
    found = judged(RED_TEAMED, lenient=a_requirement(**RED_TEAMING))
    assert (found.strict.outcome, found.lenient.outcome) == (VerdictOutcome.NOTHING_FOUND, VerdictOutcome.KEPT)
    assert found.value == Range.of(0, 1)
    assert found.label == "kept on the lenient reading only"


def test_a_split_without_kept_names_both_verdicts():
    red_teaming_reported = a_reported_event(activity=Activity.RED_TEAMING)
    found = judged(red_teaming_reported, lenient=a_requirement(**RED_TEAMING))
    assert found.label == "nothing found (strict reading), unclear (lenient reading)"
    assert found.value == Range.of(0, 1)


def test_a_promise_can_be_kept_on_the_strict_reading_only():
    lenient = a_requirement(evaluators=RequiredEvaluators.NAMED, named_evaluator="apollo")
    found = judged(an_event(), lenient=lenient)
    assert found.label == "kept on the strict reading only"
    assert found.value == Range.of(0, 1)


def test_the_pair_is_left_out_while_one_reading_is_not_yet_due():
    found = judged(an_event(), day=RELEASED, lenient=a_requirement(), **PUBLISHED)
    assert (found.strict.outcome, found.lenient.outcome) == (VerdictOutcome.NOT_YET_DUE, VerdictOutcome.KEPT)
    assert found.value is None


# Which releases.


def owed(released="2024-02-01", commitments=None, window=Window.ALL, day=DAY, **release):
    ledger = a_ledger(day=day, releases=[a_release(released, **release)], commitments=commitments or [a_commitment()])
    return ledger.verdicts(window)


@pytest.mark.parametrize(
    ("released", "is_owed"),
    [
        ("2024-01-04", False),
        ("2024-01-05", True),
        ("2024-01-06", True),
        ("2024-01", True),
        ("2024-02-28", True),
        ("2024-02-29", False),
        ("2024-02", False),
        ("2024-03-01", False),
        ("", False),
    ],
)
def test_a_release_is_owed_it_if_it_came_out_while_it_was_in_force_even_if_it_has_ended_since(released, is_owed):
    assert bool(owed(released, [a_commitment(ended=span("2024-02-29"))])) is is_owed


@pytest.mark.parametrize(
    "commitment",
    [
        a_commitment(strict=None, not_testable_because="too vague"),
        a_commitment(labs=("lab-b",)),
        a_commitment(labs=()),
        a_commitment(made=NO_DATE),
        a_commitment(citations=(cited(a_lab_source(published="2024-06-02"), "quote"),)),
    ],
)
def test_nothing_is_owed_on_what_is_untestable_of_another_lab_undated_or_not_yet_known(commitment):
    assert owed(commitments=[commitment]) == ()


@pytest.mark.parametrize(
    "release",
    [{"variant_of": "another"}, {"kind": ReleaseKind.INTERNAL_ONLY}, {"frontier": Frontier.NO}],
)
def test_nothing_is_owed_for_a_release_that_does_not_count(release):
    assert owed(**release) == ()


@pytest.mark.parametrize(("window", "verdicts"), [(Window.YEAR, 0), (Window.TWO_YEARS, 1), (Window.ALL, 1)])
def test_only_releases_in_the_window_are_judged(window, verdicts):
    assert len(owed(window=window, day=dt.date(2025, 6, 1))) == verdicts


def test_a_promise_for_all_releases_is_judged_for_those_that_are_not_frontier_too():
    every = a_commitment(strict=a_requirement(releases=RequiredReleases.ALL))
    assert [each.strict.outcome for each in owed(commitments=[every], frontier=Frontier.NO)] == [
        VerdictOutcome.NOTHING_FOUND
    ]
    assert owed(commitments=[every], frontier=Frontier.NO, variant_of="another") == ()


def test_a_reading_for_frontier_releases_does_not_apply_to_others():
    lenient = a_requirement(releases=RequiredReleases.ALL)
    (found,) = owed(commitments=[a_commitment(lenient=lenient)], frontier=Frontier.NO)
    assert (found.strict.outcome, found.strict.value) == (VerdictOutcome.DOES_NOT_APPLY, None)
    assert found.value == found.lenient.value == Range.of(0)
    frontier_only = judged(release=a_release(frontier=Frontier.NO))
    assert frontier_only.value is None


def test_verdicts_can_be_asked_for_one_lab_or_one_commitment():
    ledger = a_ledger(
        releases=[a_release(), a_release(key="b", lab="lab-b")],
        commitments=[a_commitment(labs=("lab-a", "lab-b")), a_commitment(key="another")],
    )
    assert len(ledger.verdicts(Window.ALL)) == 3
    assert [each.lab for each in ledger.verdicts(Window.ALL, commitment="a-commitment")] == ["lab-a", "lab-b"]
    assert len(ledger.verdicts(Window.ALL, lab="lab-a")) == 2


def test_an_untestable_commitment_or_another_labs_is_refused():
    assert not is_testable(a_commitment(strict=None))
    with pytest.raises(ValueError, match="not testable: too vague"):
        judged(strict=None, not_testable_because="too vague")
    with pytest.raises(ValueError, match="lab-a did not make"):
        judged(labs=("lab-b",))


def test_a_denial_by_both_institutes_settles_a_promise_to_governments_for_good():
    parts = (a_government_evaluator("us-caisi"), a_government_evaluator("uk-aisi"))
    requirement = a_requirement(evaluators=RequiredEvaluators.GOVERNMENT, visible_in_public=False)
    assert result(a_denial(participations=parts), strict=requirement)[0] is VerdictOutcome.NOT_KEPT


@pytest.mark.parametrize("outcome", list(VerdictOutcome))
def test_each_verdict_is_named_explained_and_has_a_value_or_is_left_out(outcome):
    assert outcome.label
    assert outcome.explanation
    left_out = outcome in {VerdictOutcome.NOT_YET_DUE, VerdictOutcome.DOES_NOT_APPLY}
    assert (OUTCOME_VALUES[outcome] is None) == left_out
