"""When a record has to be checked again."""

import datetime as dt

import pytest

from labs.rules.checks import EVERY, EVERY_WHILE_NEW, interval, is_overdue, next_check

DAY = dt.date(2026, 11, 26)


def ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("released", "expected"),
    [
        (None, EVERY),
        (ago(0), EVERY_WHILE_NEW),
        (ago(90), EVERY_WHILE_NEW),
        (ago(91), EVERY),
        (ago(-1), EVERY),
    ],
)
def test_a_check_holds_for_less_while_a_release_is_new(released, expected):
    assert interval(released, DAY) == expected


@pytest.mark.parametrize(
    ("looked_on", "released", "due"),
    [
        (ago(10), None, DAY + dt.timedelta(days=170)),
        (ago(10), ago(20), DAY + dt.timedelta(days=20)),
        (None, None, DAY),
    ],
)
def test_the_next_check_counts_from_the_last_look(looked_on, released, due):
    assert next_check(looked_on, released, DAY) == due


@pytest.mark.parametrize(("days", "is_due"), [(179, False), (180, True), (181, True)])
def test_a_check_is_overdue_once_its_day_has_come(days, is_due):
    assert is_overdue(ago(days), None, DAY) is is_due


@pytest.mark.parametrize(("days", "is_due"), [(29, False), (30, True)])
def test_a_check_of_a_new_release_is_overdue_sooner(days, is_due):
    assert is_overdue(ago(days), ago(60), DAY) is is_due


def test_what_nobody_looked_at_is_overdue():
    assert is_overdue(None, None, DAY)
