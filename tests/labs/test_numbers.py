"""Numbers as addresses and forms write them."""

import pytest

from labs.rules.numbers import as_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("0", 0), ("007", 7), ("9" * 18, 10**18 - 1)],
        *[(text, None) for text in ("9" * 19, "", "-1", "1.0", " 1", "²", "١", "1\0", "x")],
    ],
)
def test_plain_digits_are_a_number_and_nothing_else_is(text, number):
    assert as_number(text) == number


@pytest.mark.parametrize(("text", "number"), [("999", 999), ("1000", None)])
def test_a_number_may_be_limited_to_fewer_digits(text, number):
    assert as_number(text, digits=3) == number
