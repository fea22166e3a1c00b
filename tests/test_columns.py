"""What every declaration of columns has, in all apps."""

import re

import pytest
from django.test import RequestFactory
from django.utils.safestring import mark_safe

from commitments.web.tables import (
    COMMITMENT_COLUMNS,
    REPLY_COLUMNS,
    VERDICT_COLUMNS,
    LawTable,
    PromiseTable,
    ReplyTable,
)
from evaltracker.web.tables import CHANGE_COLUMNS, HEADLINE_COLUMNS, SCORECARD_COLUMNS, ScorecardTable
from labs.choices import Certainty
from labs.models import Lab
from labs.web.columns import Column, Link, Links, RecordTable, edtf_fields, path_reader, published_fields
from labs.web.tables import (
    ACCESS_EVENT_COLUMNS,
    AI_MODEL_COLUMNS,
    EVALUATOR_COLUMNS,
    LAB_COLUMNS,
    SOURCE_COLUMNS,
    AccessEventTable,
    AIModelTable,
    EvaluatorTable,
    SourceTable,
)

DECLARED = {
    "access events": ACCESS_EVENT_COLUMNS,
    "models": AI_MODEL_COLUMNS,
    "evaluators": EVALUATOR_COLUMNS,
    "sources": SOURCE_COLUMNS,
    "labs": LAB_COLUMNS,
    "commitments": COMMITMENT_COLUMNS,
    "verdicts": VERDICT_COLUMNS,
    "replies": REPLY_COLUMNS,
    "scorecards": SCORECARD_COLUMNS,
    "changes": CHANGE_COLUMNS,
    "headline": HEADLINE_COLUMNS,
}
TABLES = (
    AccessEventTable,
    AIModelTable,
    EvaluatorTable,
    SourceTable,
    PromiseTable,
    LawTable,
    ReplyTable,
    ScorecardTable,
)


@pytest.mark.parametrize("columns", DECLARED.values(), ids=DECLARED)
def test_each_column_has_a_name_of_its_own_and_a_sentence_that_explains_it(columns):
    names = [column.name for column in columns]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z_0-9]*", name)] == []
    assert [column.name for column in columns if not re.fullmatch(r"[A-Z].+\.", column.explanation)] == []


@pytest.mark.parametrize("columns", DECLARED.values(), ids=DECLARED)
def test_each_column_is_shown_somewhere_and_no_two_fields_of_a_file_share_a_name(columns):
    assert [column.name for column in columns if not column.fields and column.cell is None] == []
    names = [field.name for field in published_fields(columns)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_orders_all_columns_that_have_a_cell_and_shows_eight_at_most(table):
    assert sorted(table.order) == sorted(column.name for column in table.declared if column.cell)
    assert set(table.default_columns) <= set(table.order)
    assert 0 < len(table.default_columns) <= 8


def drawn(value, query=""):
    """The cells of a table of one row whose second cell holds the value."""

    class Table(RecordTable):
        declared = (
            Column(name="first", explanation="The row.", cell=str),
            Column(name="second", explanation="The value.", cell=lambda _: value),
        )
        order = ("first", "second")

        def rows_as_of(self, records):
            return records

    table = Table(["row <1>"])
    table.request = RequestFactory().get(f"/{query}")
    (row,) = table.drawn_rows
    assert row.startswith('<th scope="row">row &lt;1&gt;</th><td>')
    return row.removeprefix('<th scope="row">row &lt;1&gt;</th><td>').removesuffix("</td>")


LAB = Lab(pk=1, key="acme", name="Acme & Co")
OTHER = Lab(pk=2, key="other", name="Other")


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ("a <b>", "a &lt;b&gt;"),
        ("", ""),
        (mark_safe("<b>a</b>"), "<b>a</b>"),
        (1234, "1234"),
        (None, "—"),
        (Certainty.DOCUMENTED, Certainty.DOCUMENTED.label),
        (LAB, '<a href="/labs/acme/">Acme &amp; Co</a>'),
        (Link(LAB, "its <name>"), '<a href="/labs/acme/">its &lt;name&gt;</a>'),
        (Link("/x/", "x", note="<n>"), '<a href="/x/">x</a><span class="ledger__note">&lt;n&gt;</span>'),
        (Links([]), "—"),
        (Links([LAB, OTHER]), '<a href="/labs/acme/">Acme &amp; Co</a>, <a href="/labs/other/">Other</a>'),
        (Links([OTHER], others=3), '<a href="/labs/other/">Other</a> and 3 others'),
    ],
)
def test_a_table_draws_what_a_cell_gives_and_escapes_it(value, html):
    assert drawn(value) == html


def test_a_table_refuses_what_it_cannot_draw():
    with pytest.raises(TypeError, match="cannot show dict"):
        drawn({})


def test_a_link_in_a_cell_keeps_what_the_site_keeps():
    assert drawn(LAB, "?as_of=2024-05-24&sort=x") == '<a href="/labs/acme/?as_of=2024-05-24">Acme &amp; Co</a>'


def test_one_record_with_two_texts_is_two_links():
    class Table(RecordTable):
        declared = (Column(name="name", explanation="The name.", cell=lambda row: Link(LAB, row)),)
        order = ("name",)

        def rows_as_of(self, records):
            return records

    table = Table(["a", "b"])
    table.request = RequestFactory().get("/")
    assert [re.search(">([ab])<", row)[1] for row in table.drawn_rows] == ["a", "b"]


def test_a_reader_gives_nothing_where_a_step_of_its_path_is_empty():
    class Row:
        lab = LAB
        model = None

    assert path_reader("lab", "key")(Row) == "acme"
    assert path_reader("model", "key")(Row) is None


@pytest.mark.parametrize(("label", "values"), [("May 2024", ["2024-05", 1, 31]), ("", [None, None, None])])
def test_the_fields_of_a_date_are_empty_where_the_day_did_not_know_it(label, values):
    class Row:
        ended_on, ended_on_earliest, ended_on_latest = "2024-05", 1, 31
        ended_label = label

    fields = edtf_fields("ended_on", only_if="ended_label")
    assert [field.name for field in fields] == ["ended_on", "ended_on_earliest", "ended_on_latest"]
    assert [field.value(Row) for field in fields] == values


def test_tables_share_no_columns_with_each_other():
    tables = [SourceTable(SourceTable._meta.model.objects.none()) for _ in range(2)]
    tables[0].columns["title"].column.orderable = False
    assert tables[1].columns["title"].orderable
    assert SourceTable.base_columns["title"].orderable
