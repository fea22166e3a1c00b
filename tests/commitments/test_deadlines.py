import datetime as dt

import pytest

from commitments.choices import Firmness
from commitments.rules.deadlines import Deadline, DeadlineStatus, deadline
from labs.rules.dates import span
from tests.facts import DAY, a_commitment, a_lab_source, a_source, cited

FULFILLED, LATE = DeadlineStatus.FULFILLED, DeadlineStatus.FULFILLED_LATE
OVERDUE, NOT_YET_DUE = DeadlineStatus.OVERDUE, DeadlineStatus.NOT_YET_DUE
NOTHING_FOUND = DeadlineStatus.NOTHING_FOUND
# A source on whether it was done, while no day of fulfilment is known: it says that it was not.
SAID_NOT_DONE = (cited(a_lab_source(), "quote"), cited(a_source(), "fulfilled_on"))


def day(text):
    return dt.date.fromisoformat(text)


def test_a_promise_without_a_due_day_has_no_deadline():
    assert deadline(a_commitment(), DAY) is None


@pytest.mark.parametrize(
    ("due", "on", "status", "days"),
    [
        # OpenAI, February 2023: to say more "later this year".
        ("2023", "2023-12-30", NOT_YET_DUE, 1),
        ("2023", "2023-12-31", NOT_YET_DUE, 0),
        ("2023", "2024-01-01", NOTHING_FOUND, None),
        ("2023", "2026-11-23", NOTHING_FOUND, None),
        ("2024-02", "2024-02-29", NOT_YET_DUE, 0),
        ("2024-02", "2024-03-01", NOTHING_FOUND, None),
        ("2024-05-01", "2024-05-01", NOT_YET_DUE, 0),
        ("2024-05-01", "2024-05-02", NOTHING_FOUND, None),
    ],
)
def test_past_the_latest_possible_due_day_silence_is_nothing_found_without_a_count_of_days(due, on, status, days):
    assert deadline(a_commitment(due=span(due)), day(on)) == Deadline(status, span(due).latest, days)


@pytest.mark.parametrize(
    ("changes", "on", "status", "days"),
    [
        ({}, "2024-05-01", NOT_YET_DUE, 0),
        ({}, "2024-05-02", OVERDUE, 1),
        ({"citations": SAID_NOT_DONE[:1]}, "2024-05-02", NOTHING_FOUND, None),
        *(({"firmness": each}, "2024-05-02", NOTHING_FOUND, None) for each in Firmness if each is not Firmness.FIRM),
        ({"fulfilled": span("2024-05-01")}, "2024-05-02", FULFILLED, 0),
        ({"fulfilled": span("2024-06-01")}, "2024-05-02", NOTHING_FOUND, None),
    ],
)
def test_only_a_firm_promise_of_which_a_source_says_that_it_was_not_done_is_overdue(changes, on, status, days):
    promise = a_commitment(**({"due": span("2024-05-01"), "citations": SAID_NOT_DONE} | changes))
    assert deadline(promise, day(on)) == Deadline(status, day("2024-05-01"), days)


@pytest.mark.parametrize(
    ("fulfilled", "status", "days"),
    [
        ("2024-04-30", FULFILLED, 1),
        ("2024-05-01", FULFILLED, 0),
        ("2024-05-02", LATE, 1),
        # It may have been in time: it is late only if its earliest possible day is late.
        ("2024-05", FULFILLED, 0),
        ("2024-06", LATE, 31),
        ("../2024-05-01", FULFILLED, 0),
    ],
)
def test_it_is_fulfilled_late_only_if_it_surely_was_late(fulfilled, status, days):
    commitment = a_commitment(due=span("2024-05-01"), fulfilled=span(fulfilled))
    assert deadline(commitment, day("2024-12-01")) == Deadline(status, day("2024-05-01"), days)


@pytest.mark.parametrize(
    ("on", "status"), [("2024-03-31", NOT_YET_DUE), ("2024-04-01", FULFILLED), ("2024-04-02", FULFILLED)]
)
def test_it_is_not_fulfilled_before_the_day_it_was(on, status):
    commitment = a_commitment(due=span("2024-05-01"), fulfilled=span("2024-04-01"))
    assert deadline(commitment, day(on)).status is status


def test_a_due_date_with_an_open_end_is_never_overdue():
    commitment = a_commitment(due=span("2024-01/.."))
    assert deadline(commitment, day("2030-01-01")) == Deadline(NOT_YET_DUE, None, None)


def test_what_was_done_by_an_open_due_date_is_fulfilled():
    commitment = a_commitment(due=span("2024-01/.."), fulfilled=span("2024-04-01"))
    assert deadline(commitment, DAY) == Deadline(FULFILLED, None, None)


@pytest.mark.parametrize("status", list(DeadlineStatus))
def test_each_status_is_named_and_explained(status):
    assert status.label
    assert status.explanation
