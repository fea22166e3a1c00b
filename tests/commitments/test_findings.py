"""What one event says about one requirement."""

import pytest

from commitments.choices import RequiredEvaluators
from commitments.rules.findings import Finding, Ground, event_finding
from labs.choices import (
    Activity,
    Answer,
    Certainty,
    Domain,
    EventLowering,
    LinkLowering,
    Outcome,
    Results,
    Timing,
)
from labs.rules.access import weigh
from tests.facts import (
    a_denial,
    a_government_evaluator,
    a_lab_source,
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
DEEPER = access(no_safety_filters=Answer.YES, helpful_only=Answer.NO, fine_tuning=Answer.NO)
GOVERNMENT = {"evaluators": RequiredEvaluators.GOVERNMENT}
NAMED = {"evaluators": RequiredEvaluators.NAMED, "named_evaluator": "uk-aisi"}
LATE_CARD = (cited(a_lab_source(published="2024-03-01")),)


def found(event, **requirement):
    return event_finding(a_requirement(**requirement), weigh(event, a_release()))


def outcome(event, **requirement):
    finding = found(event, **requirement)
    return finding.finding, finding.grounds


def test_a_documented_event_before_deployment_meets_a_plain_requirement():
    assert outcome(an_event()) == (Finding.MEETS, ())
    assert found(an_event()).could_keep


@pytest.mark.parametrize("activity", list(Activity))
@pytest.mark.parametrize("asked", [{Activity.MODEL_EVALUATION}, {Activity.RED_TEAMING, Activity.SAFEGUARDS_TESTING}])
def test_any_one_of_the_activities_asked_for_will_do_and_no_other(activity, asked):
    result = outcome(an_event(activity=activity), activities=frozenset(asked))
    expected = (Finding.MEETS, ()) if activity in asked else (Finding.NOT_ASKED_FOR, (Ground.OTHER_ACTIVITY,))
    assert result == expected


@pytest.mark.parametrize(
    ("part", "any_outside", "government", "named"),
    [
        (an_evaluator("metr"), True, False, False),
        (an_evaluator("lab-b", lab="lab-b"), True, False, False),
        (an_evaluator("lab-a", lab="lab-a"), False, False, False),
        (an_evaluator("unspecified-external-groups"), True, False, False),
        (a_government_evaluator("us-caisi"), True, True, False),
        (a_government_evaluator("uk-aisi"), True, True, True),
    ],
)
def test_the_evaluator_has_to_be_one_that_was_asked_for(part, any_outside, government, named):
    event = an_event(participations=(part,))
    for requirement, meets in (({}, any_outside), (GOVERNMENT, government), (NAMED, named)):
        expected = (Finding.MEETS, ()) if meets else (Finding.NOT_ASKED_FOR, (Ground.OTHER_EVALUATORS,))
        assert outcome(event, **requirement) == expected


@pytest.mark.parametrize("lowering", list(LinkLowering))
@pytest.mark.parametrize("requirement", [GOVERNMENT, NAMED])
def test_for_a_named_or_government_evaluator_the_event_is_only_as_certain_as_the_link(lowering, requirement):
    event = an_event(participations=(a_government_evaluator(lowering=lowering), an_evaluator("metr")))
    if lowering is LinkLowering.AS_EVENT:
        assert outcome(event, **requirement) == (Finding.MEETS, ())
    else:
        assert outcome(event, **requirement) == (Finding.UNCLEAR, (Ground.NOT_DOCUMENTED,))
    assert outcome(event) == (Finding.MEETS, ())


def test_the_surest_of_several_links_decides():
    parts = (
        a_government_evaluator("us-caisi", lowering=LinkLowering.DISPUTED),
        a_government_evaluator("uk-aisi", lowering=LinkLowering.REPORTED),
    )
    assert found(an_event(participations=parts), **GOVERNMENT).certainty is Certainty.REPORTED
    assert found(an_event(participations=(*parts, a_government_evaluator("nnsa"))), **GOVERNMENT).finding is (
        Finding.MEETS
    )


@pytest.mark.parametrize(
    ("changes", "ground"),
    [
        ({"domains": frozenset({Domain.OTHER})}, Ground.OTHER_DOMAINS),
        ({"outcome": Outcome.NOT_NEEDED}, Ground.NO_LEAVE_NEEDED),
    ],
)
def test_other_domains_alone_and_tests_that_needed_no_leave_do_not_count(changes, ground):
    assert outcome(an_event(**changes)) == (Finding.NOT_ASKED_FOR, (ground,))


def test_an_event_after_deployment_is_named_as_tested_after_release():
    event = an_event(timing=Timing.AFTER_DEPLOYMENT)
    assert outcome(event) == (Finding.AFTER_RELEASE, (Ground.AFTER_DEPLOYMENT,))


def test_public_weights_tested_after_release_are_not_named_as_kept_too_late():
    event = an_event(timing=Timing.AFTER_DEPLOYMENT, outcome=Outcome.NOT_NEEDED)
    assert outcome(event) == (Finding.NOT_ASKED_FOR, (Ground.NO_LEAVE_NEEDED, Ground.AFTER_DEPLOYMENT))


@pytest.mark.parametrize(
    ("changes", "grounds"),
    [
        ({"citations": (cited(a_source()),)}, (Ground.NOT_DOCUMENTED,)),
        ({"lowering": EventLowering.INFERRED}, (Ground.NOT_DOCUMENTED,)),
        ({"lowering": EventLowering.DISPUTED}, (Ground.NOT_DOCUMENTED,)),
        ({"timing": Timing.UNKNOWN, "citations": LATE_CARD}, (Ground.TIMING_OPEN,)),
        ({"outcome": Outcome.UNKNOWN}, (Ground.OUTCOME_OPEN,)),
    ],
)
def test_what_is_not_documented_or_not_disclosed_leaves_it_unclear(changes, grounds):
    assert outcome(an_event(**changes)) == (Finding.UNCLEAR, grounds)
    assert found(an_event(**changes)).could_keep


def test_a_launch_document_shows_the_timing_here_too():
    assert outcome(an_event(timing=Timing.UNKNOWN)) == (Finding.MEETS, ())


BEFORE = [Timing.DURING_TRAINING, Timing.BEFORE_INTERNAL_DEPLOYMENT, Timing.BEFORE_DEPLOYMENT]


@pytest.mark.parametrize("asked", list(Timing))
@pytest.mark.parametrize("timing", BEFORE)
def test_an_earlier_timing_meets_a_later_one_and_a_later_leaves_an_earlier_open(asked, timing):
    latest_allowed = BEFORE.index(asked) if asked in BEFORE else len(BEFORE)
    meets = BEFORE.index(timing) <= latest_allowed
    expected = (Finding.MEETS, ()) if meets else (Finding.UNCLEAR, (Ground.TIMING_OPEN,))
    assert outcome(an_event(timing=timing), timing=asked) == expected


@pytest.mark.parametrize(
    ("profile", "min_depth", "expected"),
    [
        (AS_USERS, None, (Finding.MEETS, ())),
        (AS_USERS, 1, (Finding.MEETS, ())),
        (AS_USERS, 2, (Finding.FALLS_SHORT, (Ground.DEPTH_SHORT,))),
        (DEEPER, 2, (Finding.MEETS, ())),
        (DEEPER, 3, (Finding.FALLS_SHORT, (Ground.DEPTH_SHORT,))),
        (access(), 2, (Finding.UNCLEAR, (Ground.DEPTH_OPEN,))),
        (access(), 4, (Finding.UNCLEAR, (Ground.DEPTH_OPEN,))),
        (access(), 5, (Finding.FALLS_SHORT, (Ground.DEPTH_SHORT,))),
    ],
)
def test_depth_is_met_by_its_low_level_and_missed_by_its_high_one(profile, min_depth, expected):
    assert outcome(an_event(access=profile), min_depth=min_depth) == expected


ORDER = [
    Results.NONE_PUBLISHED,
    Results.LAB_SUMMARY,
    Results.LAB_DETAILED,
    Results.EVALUATOR_SUMMARY,
    Results.EVALUATOR_REPORT,
]


@pytest.mark.parametrize("asked", list(Results))
@pytest.mark.parametrize("results", list(Results))
def test_results_are_met_by_as_much_or_more_in_the_order_of_publication(asked, results):
    if asked in (Results.NONE_PUBLISHED, Results.UNKNOWN):
        expected = (Finding.MEETS, ())
    elif results is Results.UNKNOWN:
        expected = (Finding.UNCLEAR, (Ground.RESULTS_OPEN,))
    elif ORDER.index(results) >= ORDER.index(asked):
        expected = (Finding.MEETS, ())
    else:
        expected = (Finding.FALLS_SHORT, (Ground.RESULTS_SHORT,))
    assert outcome(an_event(results=results), results_at_least=asked) == expected


def test_what_surely_falls_short_falls_short_whatever_else_is_open():
    event = an_event(access=AS_USERS)
    assert outcome(event, min_depth=2, results_at_least=Results.LAB_SUMMARY) == (
        Finding.FALLS_SHORT,
        (Ground.DEPTH_SHORT, Ground.RESULTS_OPEN),
    )


@pytest.mark.parametrize(
    "event",
    [
        a_reported_event(access=AS_USERS),
        an_event(access=AS_USERS, timing=Timing.UNKNOWN, citations=LATE_CARD),
        an_event(access=AS_USERS, outcome=Outcome.UNKNOWN),
    ],
)
def test_what_falls_short_and_is_not_sure_either_is_unclear_and_could_not_keep_it(event):
    finding = found(event, min_depth=2)
    assert finding.finding is Finding.UNCLEAR
    assert finding.grounds[0] is Ground.DEPTH_SHORT
    assert not finding.could_keep


CAISI, AISI = a_government_evaluator("us-caisi"), a_government_evaluator("uk-aisi")
UNSPECIFIED = an_evaluator("unspecified-external-groups")


@pytest.mark.parametrize("denied", [Outcome.REFUSED, Outcome.CONFIRMED_NONE])
@pytest.mark.parametrize(
    ("parts", "requirement", "decides"),
    [
        ((UNSPECIFIED,), {}, True),
        ((an_evaluator("metr"),), {}, False),
        ((CAISI, AISI), {}, False),
        ((CAISI, AISI), GOVERNMENT, True),
        ((CAISI, AISI, an_evaluator("metr")), GOVERNMENT, True),
        ((AISI,), GOVERNMENT, False),
        ((AISI,), NAMED, True),
        ((CAISI, AISI), NAMED, True),
    ],
)
def test_a_denial_decides_only_if_it_speaks_of_everyone_asked_for(denied, parts, requirement, decides):
    event = a_denial(outcome=denied, participations=parts)
    expected = (Finding.DENIES, ()) if decides else (Finding.DENIES_IN_PART, (Ground.NOT_EVERYONE,))
    assert outcome(event, **requirement) == expected


@pytest.mark.parametrize(
    ("event", "requirement"),
    [
        (a_denial(participations=(UNSPECIFIED,)), GOVERNMENT),
        (a_denial(participations=(UNSPECIFIED,)), NAMED),
        (a_denial(participations=(CAISI,)), NAMED),
    ],
)
def test_a_denial_for_somebody_else_is_not_what_was_asked_for(event, requirement):
    assert outcome(event, **requirement) == (Finding.NOT_ASKED_FOR, (Ground.OTHER_EVALUATORS,))


@pytest.mark.parametrize(
    ("event", "requirement"),
    [
        (a_denial(citations=(cited(a_source()),)), {}),
        (a_denial(lowering=EventLowering.DISPUTED), {}),
        (a_denial(participations=(a_government_evaluator(lowering=LinkLowering.INFERRED),)), NAMED),
        (
            a_denial(participations=(CAISI, a_government_evaluator(lowering=LinkLowering.REPORTED))),
            GOVERNMENT,
        ),
    ],
)
def test_a_denial_that_is_not_documented_decides_nothing(event, requirement):
    assert outcome(event, **requirement) == (Finding.DENIES_IN_PART, (Ground.NOT_DOCUMENTED,))


def test_a_denial_of_another_activity_did_not_count():
    assert outcome(a_denial(activity=Activity.RED_TEAMING)) == (
        Finding.NOT_ASKED_FOR,
        (Ground.OTHER_ACTIVITY,),
    )


def test_a_denial_of_access_after_deployment_did_not_count():
    assert outcome(a_denial(timing=Timing.AFTER_DEPLOYMENT)) == (
        Finding.NOT_ASKED_FOR,
        (Ground.AFTER_DEPLOYMENT,),
    )


@pytest.mark.parametrize("member", [*Finding, *Ground])
def test_each_term_has_words(member):
    assert member.label
