"""Cells: values are read back as they were written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.rules.csv_cells import cell, fields_of_line, line, listed, plain, quote_line, unlisted

TEXTS = st.text(alphabet=st.sampled_from("ab;\\| '=+-@\n\r\tß語"), max_size=12)


def stripped(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


@given(TEXTS)
def test_a_text_comes_back_without_its_guard_and_the_blanks_around_it(text):
    assert stripped(plain(cell(text))) == stripped(text)


@given(TEXTS)
def test_no_cell_is_run_as_a_formula(text):
    assert not cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_an_apostrophe_of_the_text_itself_is_kept():
    assert cell("'=SUM(A1)") == "''=SUM(A1)"
    assert plain("''=SUM(A1)") == "'=SUM(A1)"
    assert plain("'quoted'") == "'quoted'"


@given(st.lists(TEXTS.map(lambda text: stripped(text).replace("\n", "")).map(str.strip).filter(bool), max_size=4))
def test_a_list_comes_back_whatever_its_members_hold(items):
    assert unlisted(listed(items)) == items


@pytest.mark.parametrize(("text", "items"), [("", []), ("a", ["a"]), ("a;b ;  c", ["a", "b", "c"]), ("a; ", ["a", ""])])
def test_a_list_as_people_type_it(text, items):
    assert unlisted(text) == items


@given(TEXTS.map(str.strip))
def test_a_quote_comes_back_from_its_line_whatever_it_holds(quote):
    text = quote_line("source-a", ["lab", "model"], quote)
    assert "\n" not in text
    assert fields_of_line(text, 3) == ["source-a", "lab, model", quote]


def test_a_line_with_too_few_fields_is_refused():
    with pytest.raises(ValueError, match="only"):
        fields_of_line("only | two", 3)
    assert fields_of_line(line("a", "b | c"), 2) == ["a", "b | c"]
