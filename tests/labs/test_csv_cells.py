"""Cells: values are read back as they were written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.rules.csv_cells import (
    MONTH_STARTS,
    MONTHS,
    cell,
    fields_of_line,
    is_taken_for_a_date,
    line,
    listed,
    plain,
    quote_line,
    unlisted,
)
from labs.rules.table_schema import unguarded

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


DATES = [
    *("1-4", "5/6", "2024-05", "5/6/24", "3 May 2024", "Mar-1", "14 March", "10:30", "3/2026"),
    *("14.2", "14.2.", "5.6", "3.5.2026", "3. 5. 2026", "2026.12", "2026.12.1", "2026. 12. 1."),
    *("Mai 5", "3. Mai", "3. Mai 2026", "März 2026", "MÄRZ 2026", "Okt 3", "1 août 2024", "3 de mayo de 2026", "Dic 3"),
    *("1 maart 2026", "março 2024", "2026年12月1日", "12月1日", "2026年"),
]


@pytest.mark.parametrize("text", DATES)
def test_what_a_spreadsheet_of_any_common_language_takes_for_a_date_is_guarded_and_comes_back(text):
    assert cell(text) == f"'{text}"
    assert plain(cell(text)) == text
    assert unguarded(cell(text)) == text


@pytest.mark.parametrize("text", ["edition 2026.12", "Genie 3", "GPT-4.1", "2.5 Pro", "v2026.12.1", "o3", "1.2.3.4"])
def test_what_no_spreadsheet_takes_for_a_date_stays(text):
    assert cell(text) == text


@pytest.mark.parametrize("name", MONTHS)
def test_a_month_of_any_name_and_case_is_found_by_how_it_begins(name):
    for spelled in (name, name.upper(), name.title()):
        assert is_taken_for_a_date(f"{spelled} 5")
        start = "".join(letter.lower() if letter.isascii() else letter for letter in spelled[:3])
        assert start in MONTH_STARTS
