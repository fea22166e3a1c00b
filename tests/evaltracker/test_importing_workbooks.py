"""XLSX: what spreadsheet programs make of texts is undone where that is certain, and named where it is not."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest

from evaltracker.exporting.records import write_workbook
from labs.actions.sheets import MIB, FileProblem, Line, read_workbook, text_of
from tests.evaltracker.sheets import saved

UNPACKED = 10 * MIB


def book_of(*rows: Sequence[Any]) -> Any:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def lines_of(data: bytes) -> list[Line]:
    """The lines of the only sheet that has any."""
    return [line for _, lines in read_workbook(data, "xlsx", UNPACKED, 10_000) for line in lines]


def read(data: bytes) -> list[tuple[int, list[str]]]:
    return [(line.number, line.texts) for line in lines_of(data)]


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        ("text", "General", "text"),
        (7, "General", "7"),
        (7.0, "General", "7"),
        (7.5, "General", "7.5"),
        (True, "General", "yes"),
        (False, "General", "no"),
        (dt.datetime(2024, 6, 1), "yyyy-mm-dd", "2024-06-01"),
        (dt.datetime(2024, 6, 1), "mmm-yy", "2024-06"),
        (dt.datetime(2024, 6, 1), '"day" yyyy', "2024"),
        (dt.datetime(2024, 6, 1), "[$-409]d. mmmm yyyy;@", "2024-06-01"),
        (dt.datetime(2024, 6, 1, 12, 30), "yyyy-mm-dd hh:mm", "2024-06-01T12:30:00"),
        (dt.date(2024, 6, 1), "General", "2024-06-01"),
    ],
)
def test_a_cell_is_read_as_a_person_reads_it(value, number_format, expected):
    assert text_of(value, number_format) == expected


def test_what_is_written_is_read_back_as_it_was():
    texts = ["key", "=1+1", "'=guarded", "2024-06", "two\nlines", "", "007", "TRUE", "1e3", " blanks "]
    assert read(write_workbook("labs", [f"column-{place}" for place in range(len(texts))], [texts]))[1] == (2, texts)


def test_every_written_cell_stays_text_while_somebody_types():
    book = openpyxl.load_workbook(io.BytesIO(write_workbook("labs", ["key", "name"], [["a", ""]])))
    assert {book.active[place].number_format for place in ("A1", "B1", "A2")} == {"@"}
    assert {book.active.column_dimensions[letter].number_format for letter in "AB"} == {"@"}, "what is empty too"


def test_what_no_workbook_can_hold_is_refused_by_column_and_key():
    with pytest.raises(FileProblem, match="name of “a” cannot be stored in a workbook"):
        write_workbook("labs", ["key", "name"], [["a", "x" * 32_768]])


def test_a_control_character_that_is_stored_takes_the_workbook_from_nobody():
    assert read(write_workbook("labs", ["key", "name"], [["a", "bell \x07."]]))[1] == (2, ["a", "bell ."])


def test_a_formula_and_an_error_are_named_where_they_stand():
    book = book_of(["key", "name"], ["a", "=B1"], ["b", "#N/A"])
    book.active["B3"].data_type = "e"
    found = [(line.number, *each) for line in lines_of(saved(book)) for each in line.problems]
    assert found == [(2, "B", "It holds a formula."), (3, "B", "It holds an error: #N/A.")]


def test_rows_keep_the_numbers_of_the_sheet_across_any_gap():
    book = book_of(["key"])
    book.active["A5000"] = "a"
    assert read(saved(book)) == [(1, ["key"]), (5000, ["a"])]


def test_the_sheet_that_has_rows_is_read_whichever_it_is():
    book = openpyxl.Workbook()
    book.create_sheet("second").append(["key"])
    assert read(saved(book)) == [(1, ["key"])]


def test_a_cell_far_beside_the_table_is_named():
    book = book_of(["key"])
    book.active["ZZ2"] = "lost"
    with pytest.raises(FileProblem, match="Cell ZZ2 lies beside the table"):
        read(saved(book))


def test_an_empty_workbook_has_no_rows():
    assert read(saved(openpyxl.Workbook())) == []


def repacked(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return file.getvalue()


def in_the_sheet(change: Callable[[bytes], bytes]) -> bytes:
    return repacked(saved(book_of(["key"], ["a"])), lambda name, text: change(text) if "sheet1" in name else text)


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused():
    data = in_the_sheet(lambda text: text + b" " * (UNPACKED + 1))
    assert len(data) < MIB
    with pytest.raises(FileProblem, match="Unpacked it is larger than 10 MiB"):
        read(data)


def test_a_row_further_down_than_any_sheet_goes_is_refused():
    data = in_the_sheet(lambda text: text.replace(b'<row r="2"', b'<row r="99999999999"'))
    with pytest.raises(FileProblem, match="which no sheet has"):
        read(data)


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04",
        b"key,name\n",
        repacked(saved(book_of(["key"])), lambda name, text: b"" if name == "xl/workbook.xml" else text),
        in_the_sheet(lambda text: text[:-40]),
    ],
    ids=["cut off", "a CSV", "without a workbook", "a broken sheet"],
)
def test_what_is_no_workbook_gets_a_sentence(data):
    with pytest.raises(FileProblem, match="It is not a workbook that can be read"):
        read(data)


def test_a_locked_file_gets_a_sentence():
    with pytest.raises(FileProblem, match="It is protected by a password"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
