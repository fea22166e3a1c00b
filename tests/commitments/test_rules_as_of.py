"""When a commitment is visible, in force, and documented."""

import datetime as dt

import pytest

from commitments.choices import CommitmentField
from commitments.rules.as_of import commitment_fact_as_of, is_in_force, tenure_of
from commitments.rules.certainty import commitment_certainty
from labs.choices import Certainty
from labs.rules.dates import NO_DATE, span
from tests.facts import (
    DAY,
    LAB,
    ONE_DAY,
    a_commitment,
    a_government_source,
    a_lab_source,
    a_ledger,
    a_source,
    an_evaluator_source,
    cited,
)

SAYS = ("quote", "about")


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(("shift", "is_visible"), [(-1, False), (0, True), (1, True)])
def test_a_commitment_is_visible_from_the_day_its_first_source_was_public(shift, is_visible):
    commitment = commitment_fact_as_of(a_commitment(), day("2024-01-05") + shift * ONE_DAY)
    assert (commitment is not None) == is_visible


def test_only_citations_that_were_public_count():
    late = cited(a_source("2025-01-01"), "scope")
    commitment = a_commitment(citations=(*a_commitment().citations, late))
    assert commitment_fact_as_of(commitment, DAY).citations == a_commitment().citations


@pytest.mark.parametrize(("until", "is_fulfilled"), [("2024-02-29", False), ("2024-03-01", True), ("2024-03-02", True)])
def test_a_fulfilment_counts_once_a_citation_that_says_so_was_public(until, is_fulfilled):
    citation = cited(a_lab_source(published="2024-03-01"), "fulfilled_on")
    commitment = a_commitment(fulfilled=span("2024-02"), citations=(*a_commitment().citations, citation))
    commitment = commitment_fact_as_of(commitment, day(until))
    assert commitment.fulfilled == (span("2024-02") if is_fulfilled else NO_DATE)


def test_a_fulfilment_that_no_citation_carries_does_not_count():
    assert commitment_fact_as_of(a_commitment(fulfilled=span("2024-02")), DAY).fulfilled == NO_DATE


@pytest.mark.parametrize(
    ("changes", "start", "end"),
    [
        ({"made": span("2024-01-05")}, "2024-01-05", None),
        ({"made": span("2024-01-05"), "effective": span("2024-02-01")}, "2024-02-01", None),
        ({"made": span("2024-01"), "effective": NO_DATE}, "2024-01-01", None),
        ({"made": NO_DATE, "effective": span("2024-02")}, "2024-02-01", None),
        ({"made": span("2024-01-05"), "ended": span("2024-06-01")}, "2024-01-05", "2024-06-01"),
        ({"made": span("2024-01-05"), "ended": span("2024-06")}, "2024-01-05", "2024-06-30"),
        ({"made": span("2024-01-05"), "ended": span("2024-06/..")}, "2024-01-05", None),
        ({"made": span("../2024-01-05")}, "2024-01-05", None),
    ],
)
def test_a_commitment_is_in_force_from_its_earliest_start_until_its_latest_end(changes, start, end):
    tenure = tenure_of(a_commitment(**changes), None)
    assert (tenure.start, tenure.end) == (day(start), end and day(end))


def test_a_commitment_without_any_date_is_never_in_force():
    undated = a_commitment(made=NO_DATE)
    assert tenure_of(undated, None) is None
    assert not is_in_force(undated, DAY, None)


@pytest.mark.parametrize(
    ("on", "holds"),
    [
        ("2024-01-04", False),
        ("2024-01-05", True),
        ("2024-01-06", True),
        ("2024-05-31", True),
        ("2024-06-01", False),
        ("2024-06-02", False),
    ],
)
def test_the_first_day_counts_and_the_day_of_the_end_does_not(on, holds):
    assert is_in_force(a_commitment(ended=span("2024-06-01")), day(on), None) is holds


@pytest.mark.parametrize(
    ("successor_made", "ended", "end"),
    [
        ("2024-03-01", NO_DATE, "2024-03-01"),
        ("2024-03", NO_DATE, "2024-03-01"),
        ("2024-03-01", span("2024-02-01"), "2024-02-01"),
        ("2024-03-01", span("2024-04-01"), "2024-03-01"),
        ("", NO_DATE, None),
    ],
)
def test_a_successor_ends_it_on_the_day_it_takes_effect_if_nothing_did_before(successor_made, ended, end):
    successor = a_commitment(key="successor", made=span(successor_made))
    tenure = tenure_of(a_commitment(ended=ended, superseded_by="successor"), successor)
    assert tenure.end == (end and day(end))


@pytest.mark.parametrize(("shift", "holds"), [(-1, True), (0, False), (1, False)])
def test_in_the_ledger_a_successor_ends_it(shift, holds):
    old = a_commitment(superseded_by="successor")
    new = a_commitment(key="successor", made=span("2024-03-01"))
    ledger = a_ledger(commitments=[old, new])
    assert ledger.is_in_force(ledger.commitments["a-commitment"], day("2024-03-01") + shift * ONE_DAY) is holds


def test_a_successor_that_nobody_knew_of_yet_ends_nothing():
    old = a_commitment(superseded_by="successor")
    new = a_commitment(
        key="successor", made=span("2024-03-01"), citations=(cited(a_lab_source(published="2024-06-02")),)
    )
    ledger = a_ledger(commitments=[old, new])
    assert [each.key for each in ledger.in_force_today(LAB)] == ["a-commitment"]


@pytest.mark.parametrize(
    ("source", "certainty"),
    [
        (a_lab_source(LAB), Certainty.DOCUMENTED),
        (a_lab_source("lab-b"), Certainty.REPORTED),
        (an_evaluator_source("metr"), Certainty.DOCUMENTED),
        (an_evaluator_source("apollo"), Certainty.REPORTED),
        (a_lab_source("lab-c"), Certainty.DOCUMENTED),
        (a_government_source(), Certainty.DOCUMENTED),
        (an_evaluator_source("uk-aisi", is_government=True), Certainty.DOCUMENTED),
        (a_source(), Certainty.REPORTED),
    ],
)
def test_a_commitment_is_documented_by_the_lab_the_counterparty_or_a_government(source, certainty):
    commitment = a_commitment(counterparty="metr", counterparty_lab="lab-c", citations=(cited(source, *SAYS),))
    assert commitment_certainty(commitment, LAB) is certainty


def test_a_joint_commitment_is_documented_for_each_lab_by_that_labs_own_word():
    commitment = a_commitment(labs=(LAB, "lab-b"), citations=(cited(a_lab_source("lab-b"), *SAYS),))
    assert commitment_certainty(commitment, "lab-b") is Certainty.DOCUMENTED
    assert commitment_certainty(commitment, LAB) is Certainty.REPORTED


@pytest.mark.parametrize("field", list(CommitmentField))
def test_only_citations_for_quote_about_labs_or_firmness_carry_it(field):
    commitment = a_commitment(citations=(cited(a_lab_source(), field.value),))
    carries = field.value in {"quote", "about", "labs", "firmness"}
    assert commitment_certainty(commitment, LAB) is (Certainty.DOCUMENTED if carries else Certainty.REPORTED)
