"""Typed text as it is stored: line ends, blanks and characters that no file can hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.rules.text import clean_text, one_line


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("One.\r\nTwo.", "One.\nTwo."),
        ("One.\rTwo.", "One.\nTwo."),
        ("One. \t\n\nTwo.  ", "One.\n\nTwo."),
        (" One.\n", "One."),
        ("A\ttable", "A\ttable"),
        ("A\x07 bell\x00, \x1bESC\x7f", "A bell, ESC"),
        ("A\x0bsoft line break\x0cand\u2028more", "A\nsoft line break\nand\nmore"),
        ("half a \ud800pair \uffff", "half a pair"),
        ("two  blanks, été, 数, 🙂, soft\u00adhyphen", "two  blanks, été, 数, 🙂, soft\u00adhyphen"),
    ],
)
def test_a_text_is_stored_with_plain_line_ends_and_without_control_characters(typed, stored):
    assert clean_text(typed) == stored


def test_a_text_of_one_line_has_no_tabs_and_line_breaks():
    assert one_line(" A\tlab\r\nof\x01 two lines ") == "A lab of two lines"


@given(st.text())
def test_cleaning_a_clean_text_changes_nothing(text):
    assert clean_text(clean_text(text)) == clean_text(text)
    assert one_line(one_line(text)) == one_line(text)
