"""Workbooks hold what the other files hold, and nothing in them is a date, a formula or an error."""

import io
import json
import time

import pytest
from openpyxl import load_workbook

from evaltracker.web.presenters.data import FILES
from labs.web import workbooks
from labs.web.columns import FieldType
from labs.web.workbooks import Sheet, TooMuch, workbook
from tests.readers.site import fetch, text_of

ODD = ["=1+1", "2024-05", "5/6", "#N/A", "'quoted", "TRUE", "1e5", "007", "+1", "-", "@x"]
OF_XML = ["<b>&amp;", "]]>", '"', " a ", "a\nb", "a\r\nb\t", "é\u2028", "𝔸"]


def cells(content: bytes, sheet: str = "rows") -> list[tuple]:
    return list(load_workbook(io.BytesIO(content))[sheet].iter_rows())


def test_a_text_stays_the_text_that_it_is():
    _, *rows = cells(workbook([Sheet("rows", ["text"], [[each] for each in (*ODD, *OF_XML)])]))
    assert [row[0].value for row in rows] == [*ODD, *OF_XML]
    assert {(row[0].data_type, row[0].number_format) for row in rows} == {("s", "@")}


def test_the_same_rows_are_the_same_bytes_at_any_moment(monkeypatch):
    first = workbook([Sheet("rows", ["a"], [["x"]])])
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert workbook([Sheet("rows", ["a"], [["x"]])]) == first
    assert load_workbook(io.BytesIO(first)).properties.modified.year == 1980


def test_numbers_are_numbers_and_what_is_missing_is_empty():
    _, row = cells(workbook([Sheet("rows", ["a", "b", "c", "d"], [[3, 0.5, None, ""]])]))
    assert [cell.value for cell in row] == [3, 0.5, None, None]
    assert {cell.data_type for cell in row} == {"n"}


def test_what_a_workbook_cannot_hold_is_refused_not_cut(monkeypatch):
    workbook([Sheet("rows", ["a"], [["x" * workbooks.LONGEST_TEXT]])])
    with pytest.raises(TooMuch):
        workbook([Sheet("rows", ["a"], [["x" * (workbooks.LONGEST_TEXT + 1)]])])
    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)
    workbook([Sheet("rows", ["a"], [["x"]] * 2)])
    with pytest.raises(TooMuch):
        workbook([Sheet("rows", ["a"], [["x"]] * 3)])


@pytest.mark.django_db
@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_each_file_has_a_workbook_with_the_same_rows(client, records, file):
    header, *rows = cells(fetch(client, f"/{file.name}.xlsx")[1])
    assert [cell.value for cell in header] == [column.name for column in file.columns]
    said = [json.loads(line) for line in text_of(client, f"/{file.name}.jsonl").splitlines()]
    assert len(rows) == len(said)
    width = len(file.columns)
    for row, of_json in zip(rows, said, strict=True):
        values = [cell.value for cell in row] + [None] * (width - len(row))
        assert values == [of_json[column.name] for column in file.columns]
    numbers = (FieldType.INTEGER, FieldType.NUMBER)
    for at, column in enumerate(file.columns):
        kinds = {row[at].data_type for row in rows if at < len(row) and row[at].value is not None}
        assert kinds <= ({"n"} if column.type in numbers else {"s"}), column.name


@pytest.mark.django_db
def test_a_workbook_follows_filters_columns_and_sort_and_says_what_it_is(client, records):
    content = fetch(client, "/models.xlsx?lab=openai&columns=released&sort=-released")[1]
    header, *rows = cells(content)
    names = [cell.value for cell in header]
    assert names[0] == "key"
    assert "released_on" in names
    assert "frontier" not in names
    at = names.index("released_on_earliest")
    days = [row[at].value for row in rows if row[at].value]
    assert days == sorted(days, reverse=True)
    about = {what.value: value.value for what, value in cells(content, "about")}
    assert {"as_of", "data_version", "licence", "citation", "url"} <= about.keys()
    columns = [row[0].value for row in cells(content, "columns")]
    assert columns[1:] == names


@pytest.mark.django_db
def test_too_many_rows_for_a_workbook_are_an_error_that_says_what_to_take(client, records, monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 10)
    response = client.get("/models.xlsx")
    assert response.status_code == 400
    assert "A workbook takes 10 rows" in response.content.decode()
    assert "jsonl" in response.content.decode()
    assert client.get("/models.csv").status_code == 200
