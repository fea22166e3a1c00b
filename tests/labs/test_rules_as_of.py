import datetime as dt

import pytest

from labs.choices import Activity, Answer, Domain, Outcome, Results, Timing
from labs.rules.as_of import citation_facts_as_of, event_fact_as_of, is_field_public, is_out, public_on
from labs.rules.dates import NO_DATE, span
from tests.facts import DAY, ONE_DAY, a_lab_source, a_release, a_source, access, an_event, cited

EARLY = a_lab_source(published="2024-01-10")
LATE = a_source(published="2024-08-01", key="late")


@pytest.mark.parametrize(
    ("published", "read_on", "public"),
    [
        ("2024-01-10", "2026-11-23", "2024-01-10"),
        ("2024-01", "2026-11-23", "2024-01-31"),
        ("2023-40", "2026-11-23", "2023-06-30"),
        ("2025~", "2026-11-23", "2025-12-31"),
        ("2026", "2026-11-23", "2026-11-23"),
        ("2024-03", "2024-03-20", "2024-03-20"),
        ("", "2026-11-23", "2026-11-23"),
        ("2024-03/..", "2026-11-23", "2026-11-23"),
        ("../2024-03", "2026-11-23", "2024-03-31"),
    ],
)
def test_a_source_is_public_at_its_latest_possible_day_but_no_later_than_we_read_it(published, read_on, public):
    source = a_source(published, read_on=dt.date.fromisoformat(read_on))
    assert public_on(source) == dt.date.fromisoformat(public)


@pytest.mark.parametrize(("shift", "is_visible"), [(-1, False), (0, True), (1, True)])
def test_an_event_is_visible_from_the_day_its_first_source_was_public(shift, is_visible):
    event = an_event(citations=(cited(LATE), cited(EARLY)))
    visible = event_fact_as_of(event, dt.date(2024, 1, 10) + shift * ONE_DAY)
    assert (visible is not None) == is_visible


def test_an_event_without_a_citation_is_never_visible():
    assert event_fact_as_of(an_event(citations=()), DAY) is None


def test_only_citations_that_were_public_count():
    event = an_event(citations=(cited(LATE), cited(EARLY)))
    assert event_fact_as_of(event, DAY).citations == (cited(EARLY),)
    assert citation_facts_as_of(event.citations, dt.date(2024, 8, 1)) == event.citations


def test_an_event_that_was_known_in_full_is_the_same_event():
    event = an_event(results=Results.LAB_SUMMARY)
    assert event_fact_as_of(event, DAY) is event


FULL = {
    "timing": Timing.DURING_TRAINING,
    "results": Results.EVALUATOR_REPORT,
    "access_days": 15,
    "domains": frozenset({Domain.CYBER}),
    "mitigations_argued": Answer.YES,
    "started": span("2024-01"),
    "ended": span("2024-01"),
}
FIELD_NAMES = {"started": "started_on", "ended": "ended_on"}
RESET = {
    "timing": Timing.UNKNOWN,
    "results": Results.UNKNOWN,
    "access_days": None,
    "domains": frozenset(),
    "mitigations_argued": Answer.UNKNOWN,
    "started": NO_DATE,
    "ended": NO_DATE,
}


@pytest.mark.parametrize("field", FULL)
@pytest.mark.parametrize(("day", "is_public"), [("2024-07-31", False), ("2024-08-01", True), ("2024-08-02", True)])
def test_a_field_that_only_a_later_citation_names_is_unknown_until_then(field, day, is_public):
    event = an_event(citations=(cited(EARLY, "evaluators"), cited(LATE, FIELD_NAMES.get(field, field))), **FULL)
    visible = event_fact_as_of(event, dt.date.fromisoformat(day))
    assert getattr(visible, field) == (FULL if is_public else RESET)[field]
    assert all(getattr(visible, other) == FULL[other] for other in FULL if other != field)


@pytest.mark.parametrize("field", FULL)
def test_a_field_that_no_citation_names_or_that_an_early_one_names_too_counts(field):
    name = FIELD_NAMES.get(field, field)
    unnamed = an_event(citations=(cited(EARLY, "evaluators"), cited(LATE, "summary")), **FULL)
    named_twice = an_event(citations=(cited(EARLY, name), cited(LATE, name)), **FULL)
    assert getattr(event_fact_as_of(unnamed, DAY), field) == FULL[field]
    assert getattr(event_fact_as_of(named_twice, DAY), field) == FULL[field]


@pytest.mark.parametrize(
    ("supports", "filters", "weights"),
    [
        ("access.no_safety_filters", Answer.UNKNOWN, Answer.NO),
        ("access", Answer.UNKNOWN, Answer.UNKNOWN),
        ("access.weights", Answer.YES, Answer.UNKNOWN),
        ("results", Answer.YES, Answer.NO),
    ],
)
def test_each_answer_of_the_profile_is_known_on_its_own_and_access_names_them_all(supports, filters, weights):
    event = an_event(
        access=access(no_safety_filters=Answer.YES, weights=Answer.NO),
        citations=(cited(EARLY), cited(LATE, supports)),
    )
    visible = event_fact_as_of(event, DAY)
    assert visible.access["no_safety_filters"] is filters
    assert visible.access["weights"] is weights


def test_an_early_citation_of_the_whole_profile_keeps_an_answer_that_a_late_one_names_again():
    citations = (cited(EARLY, "access"), cited(LATE, "access.fine_tuning"))
    assert is_field_public(citations, "access.fine_tuning", DAY)
    assert not is_field_public(citations[1:], "access.fine_tuning", DAY)


def test_evaluators_activity_and_outcome_stand_while_the_record_is_visible():
    event = an_event(
        activity=Activity.RED_TEAMING,
        outcome=Outcome.REFUSED,
        citations=(cited(EARLY, "summary"), cited(LATE, "evaluators", "activity", "outcome")),
    )
    visible = event_fact_as_of(event, DAY)
    assert (visible.activity, visible.outcome, visible.participations) == (
        Activity.RED_TEAMING,
        Outcome.REFUSED,
        event.participations,
    )


@pytest.mark.parametrize(
    ("released", "day", "is_it"),
    [
        ("2024-02-01", "2024-01-31", False),
        ("2024-02-01", "2024-02-01", True),
        ("2024-02-01", "2024-02-02", True),
        ("2024-02", "2024-02-28", False),
        ("2024-02", "2024-02-29", True),
        ("", "2026-01-01", False),
        ("2024-02/..", "2026-01-01", False),
    ],
)
def test_a_release_is_out_from_its_latest_possible_day(released, day, is_it):
    assert is_out(a_release(released), dt.date.fromisoformat(day)) is is_it
