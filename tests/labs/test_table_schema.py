"""The tables of the data package as plain values: cells out and back, and what their descriptions say."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.choices import Answer
from labs.rules.data_package import About, data_package, sqlite_statements, table_schema
from labs.rules.dates import PATTERN, span
from labs.rules.table_schema import Kind, Table, TableField, check_schema, references, unguarded, value_of, writer_of


def column(name: str = "x", kind: Kind = Kind.TEXT, **more) -> TableField:
    return TableField(name, kind, "A value.", lambda row: row, **more)


def table(name: str, *fields: TableField, key: tuple[str, ...] = ("key",), **more) -> Table:
    return Table(name, name.title(), "Rows.", key, fields, lambda _: (), **more)


KEY = column("key", Kind.KEY)


def text_of(field: TableField, value: object) -> str:
    """The cell as ``csv`` writes it."""
    write = writer_of(field)
    return write(value) if write else str(value)


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-1", "@x", "'=1", "''@x", "\t=x", "it's", "'", "a = b", "plain"])
def test_words_that_a_spreadsheet_would_run_come_back_as_they_were(text):
    cell = text_of(column(), text)
    assert not re.match(r"[=+\-@\t]", cell)
    assert value_of(column(), cell) == text


@given(st.text(alphabet="'=+-@\t\n 0aé/5", min_size=1, max_size=8))
def test_every_text_comes_back_from_its_cell(text):
    assert unguarded(text_of(column(), text)) == text


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.DAY, dt.date(2024, 5, 4), "2024-05-04"),
        (Kind.MOMENT, dt.datetime(2024, 5, 4, 1, 2, 3, 4, dt.UTC), "2024-05-04T01:02:03.000004Z"),
        (Kind.COUNT, -3, "-3"),
        (Kind.NUMBER, Decimal("0.7500"), "0.7500"),
        (Kind.EDTF, "2023-40", "2023-40"),
        (Kind.VERSION, "2026.10.0", "2026.10.0"),
    ],
)
def test_a_value_of_each_kind_is_written_and_read(kind, value, text):
    field = column(kind=kind)
    assert text_of(field, value) == text
    assert value_of(field, text) == value


def test_a_moment_goes_out_in_utc():
    zone = dt.timezone(dt.timedelta(hours=2))
    field = column(kind=Kind.MOMENT)
    assert text_of(field, dt.datetime(2024, 5, 4, 1, 0, tzinfo=zone)) == "2024-05-03T23:00:00.000000Z"


def test_empty_cells_and_values_outside_an_enumeration_are_refused():
    answer = column(kind=Kind.TERM, terms=Answer)
    assert value_of(column(empty="none"), "") is None
    with pytest.raises(ValueError, match="empty"):
        value_of(column(), "")
    with pytest.raises(ValueError, match="not one of yes, partial, no, unknown"):
        value_of(answer, "true")
    for kind, text, words in (
        (Kind.DAY, "2024-02-30", "day is out of range"),
        (Kind.COUNT, "1.5", "invalid literal"),
        (Kind.MOMENT, "yesterday", "does not match format"),
    ):
        with pytest.raises(ValueError, match=words):
            value_of(column(kind=kind), text)


GOOD = (
    "2023-03-14 2024-05 2023 2023-40 2023-24 2024-02? 2025~ 2025-01-02% 202X 2023-01/2023-06 ../2025-02-14 2024/.. "
    "/2024 2024/"
)
BAD = "2023-13 2023-00 2023-42 1949 2101 abc 2023-1 202 20240524 2023-21~ ../.. / 2023//2024 2024-05-24T10:00 2023-W21"


@pytest.mark.parametrize("text", GOOD.split())
def test_the_pattern_of_dates_lets_through_what_we_take(text):
    span(text)
    assert re.fullmatch(PATTERN, text)


@pytest.mark.parametrize("text", BAD.split())
def test_the_pattern_of_dates_refuses_what_we_refuse(text):
    with pytest.raises(ValueError, match=r"EDTF|outside the years|before it begins"):
        span(text)
    assert not re.fullmatch(PATTERN, text)


@given(st.from_regex(r"\A(\d{4}(-\d{2}(-\d{2})?)?[?~%]?|\d{3}X)(/(\.\.|\d{4}(-\d{2})?)?)?\Z"))
def test_no_date_that_we_take_falls_out_of_the_pattern(text):
    try:
        span(text)
    except ValueError:
        return
    assert re.fullmatch(PATTERN, text)


def test_the_pattern_of_dates_is_one_of_xml_schema_too():
    """There a group is only a group, nothing is lazy and nothing anchored."""
    assert not re.search(r"\(\?|\*\?|\+\?|\^|\$|\\[dwb]", PATTERN)


def test_the_tables_are_checked_together():
    a = table("a", KEY, column("b", Kind.KEY, refers="b", empty="none"))
    b = table("b", column("one", Kind.KEY), column("two", Kind.KEY), key=("one", "two"))
    assert check_schema([a, b]) == ["a.b refers to b, which has a longer key."]
    assert check_schema([table("c", column("key", Kind.KEY, empty="none"))]) == [
        "c has the key key, which is no column or may be empty."
    ]
    assert check_schema([table("d", KEY, KEY)]) == ["d has a column twice."]
    assert check_schema([table("e", KEY, column("x", Kind.TERM))]) == [
        "e.x has values and is no term, or is one without values."
    ]
    assert check_schema([table("f", KEY), table("f", KEY)]) == ["Two tables have one name."]


def test_what_rows_belong_to_is_a_reference_with_the_whole_key():
    whole = table("whole", column("one", Kind.KEY), column("two", Kind.KEY), key=("one", "two"))
    part = table(
        "part",
        column("one", Kind.KEY),
        column("two", Kind.KEY),
        column("three", Kind.KEY),
        key=("one", "two", "three"),
        parent="whole",
    )
    (found,) = references(part, [whole, part])
    assert (found.columns, found.table, found.key) == (("one", "two"), "whole", ("one", "two"))


def test_each_format_has_the_same_of_a_column():
    answer = column("answer", Kind.TERM, terms=Answer)
    own = column("own", Kind.KEY, refers="things", empty="it has none")
    things = table("things", KEY, answer, column("day", Kind.EDTF, empty="nobody says"), own)
    schema = table_schema(things, [things])
    key, said, day, _ = schema["fields"]
    assert (said["type"], said["constraints"]["enum"]) == ("string", ["yes", "partial", "no", "unknown"])
    assert said["categories"][3] == {"value": "unknown", "label": "not disclosed"}
    assert "unknown: No source that we read says either way." in said["description"]
    assert (day["type"], day["constraints"]) == ("string", {"pattern": PATTERN})
    assert day["description"].startswith("A value. Empty: nobody says.")
    assert key["constraints"]["unique"]
    assert schema["primaryKey"] == ["key"]
    assert schema["foreignKeys"] == [{"fields": ["own"], "reference": {"fields": ["key"]}}]

    (statement,) = sqlite_statements([things], {})
    assert """"answer" TEXT NOT NULL CHECK ("answer" IN ('yes', 'partial', 'no', 'unknown'))""" in statement
    assert 'FOREIGN KEY ("own") REFERENCES "things" ("key")' in statement

    head = About(*["words"] * 13)
    assert data_package(head, [things], {"things": b"key\r\n"})["resources"][0]["bytes"] == 5
