"""What every declaration of columns has, in all apps."""

import re
from collections import defaultdict

import pytest
from django.test import RequestFactory
from django.utils.safestring import mark_safe

from commitments.web.tables import (
    COMMITMENT_COLUMNS,
    MATRIX_COLUMNS,
    REPLY_COLUMNS,
    VERDICT_COLUMNS,
    LawTable,
    PromiseTable,
    ReplyTable,
)
from evaltracker.web.charts.registry import FIGURES
from evaltracker.web.tables import CHANGE_COLUMNS, HEADLINE_COLUMNS, SCORECARD_COLUMNS, VERSION_COLUMNS, ScorecardTable
from labs.choices import Certainty, Country, YesNo
from labs.models import Lab
from labs.rules.renames import RENAMES, new_names
from labs.web.columns import (
    Coded,
    Column,
    FieldType,
    Link,
    Links,
    RecordTable,
    WindowWord,
    desk_fields,
    edtf_fields,
    path_reader,
    published_fields,
    published_relations,
)
from labs.web.tables import (
    ACCESS_EVENT_COLUMNS,
    AI_MODEL_COLUMNS,
    EVALUATOR_COLUMNS,
    LAB_COLUMNS,
    SOURCE_COLUMNS,
    STATEMENT_COLUMNS,
    AccessEventTable,
    AIModelTable,
    EvaluatorTable,
    SourceTable,
)
from labs.web.words import coded
from tests.published import PUBLISHED

DECLARED = {
    "access events": ACCESS_EVENT_COLUMNS,
    "models": AI_MODEL_COLUMNS,
    "evaluators": EVALUATOR_COLUMNS,
    "sources": SOURCE_COLUMNS,
    "commitments": COMMITMENT_COLUMNS,
    "verdicts": VERDICT_COLUMNS,
    "replies": REPLY_COLUMNS,
    "scorecards": SCORECARD_COLUMNS,
    "changes": CHANGE_COLUMNS,
    "headline": HEADLINE_COLUMNS,
    "matrix": MATRIX_COLUMNS,
    "versions": VERSION_COLUMNS,
    "statements": STATEMENT_COLUMNS,
    "recorded of labs": LAB_COLUMNS,
    **{f"figure {kind.slug}": kind.columns for kind in FIGURES},
}
FILES = {
    "access": ACCESS_EVENT_COLUMNS,
    "models": AI_MODEL_COLUMNS,
    "evaluators": EVALUATOR_COLUMNS,
    "sources": SOURCE_COLUMNS,
    "commitments": COMMITMENT_COLUMNS,
    "commitments/verdicts": VERDICT_COLUMNS,
    "replies": REPLY_COLUMNS,
    "labs": SCORECARD_COLUMNS,
    "headline": HEADLINE_COLUMNS,
    "changes": CHANGE_COLUMNS,
    "commitments/matrix": MATRIX_COLUMNS,
    "data/versions": VERSION_COLUMNS,
    **{kind.route: kind.columns for kind in FIGURES},
}
"""The columns of each public file, by its address without the ending."""
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
    for fields in (published_fields(columns), desk_fields(columns)):
        names = [field.name for field in fields]
        assert len(set(names)) == len(names)


def _with_name(columns):
    """Each public field of these columns, those of its relations too, by name: (type, meaning, values, list)."""

    def fields_of(relation):
        yield from relation.fields
        for each in relation.relations:
            yield from fields_of(each)

    fields = [*published_fields(columns)]
    for relation in published_relations(columns):
        fields += fields_of(relation)
    return [(each.name, (each.type, each.description, each.terms, each.refers_to)) for each in fields]


def test_one_name_has_one_type_and_one_meaning_in_all_files():
    meanings = defaultdict(lambda: defaultdict(list))
    for file, columns in DECLARED.items():
        for name, meaning in _with_name(columns):
            meanings[name][meaning].append(file)
    assert {name: dict(found) for name, found in meanings.items() if len(found) > 1} == {}


def test_no_name_means_a_value_in_one_file_and_several_in_another():
    values = {name for columns in DECLARED.values() for name, _ in _with_name(columns)}
    relations = {each.name for columns in DECLARED.values() for each in published_relations(columns)}
    assert values & relations == set()


@pytest.mark.parametrize("columns", DECLARED.values(), ids=DECLARED)
def test_each_public_field_says_in_a_sentence_what_it_means(columns):
    found = _with_name(columns)
    assert [name for name, meaning in found if not re.fullmatch(r"[A-Z].+\.", meaning[1])] == []
    assert [name for name, _ in found if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []


@pytest.mark.parametrize("columns", DECLARED.values(), ids=DECLARED)
def test_a_label_is_what_is_called_one_and_stands_beside_its_value(columns):
    groups = [published_fields(columns), *(relation.fields for relation in published_relations(columns))]
    for fields in groups:
        names = {field.name for field in fields}
        assert [field.name for field in fields if field.is_label is not field.name.endswith("_label")] == []
        assert {field.name.removesuffix("_label") for field in fields if field.is_label} <= names
    assert not any(
        each.is_label for relation in published_relations(columns) for each in relation.without_labels.fields
    )


@pytest.mark.parametrize("columns", DECLARED.values(), ids=DECLARED)
def test_each_enumeration_has_its_label_and_each_uncertain_date_goes_out_three_ways(columns):
    names = {name for name, _ in _with_name(columns)}
    for name, (kind, _, terms, _) in _with_name(columns):
        if terms not in (None, YesNo, WindowWord):
            assert f"{name}_label" in names
        if kind is FieldType.EDTF:
            assert {f"{name}_earliest", f"{name}_latest", f"{name}_label"} <= names


@pytest.mark.parametrize("file", PUBLISHED)
def test_a_published_name_stays(file):
    """A rename is a change to list: labs/rules/renames.py, CHANGELOG.md and then tests/published_columns.txt."""
    names = [field.name for field in published_fields(FILES[file])]
    gone = [name for name in PUBLISHED[file] if name not in names]
    assert [name for name in gone if not new_names(file, name)] == [], "a rename is a change to list"
    assert names == PUBLISHED[file], "add new columns behind the others, and to tests/published_columns.txt"


def test_a_rename_leads_from_no_column_to_columns_of_the_file():
    for each in RENAMES:
        names = PUBLISHED[each.file if each.file != "corrections" else "changes"]
        assert each.old not in names, each
        assert set(each.new) <= set(names), each
    assert len({(each.file, each.old) for each in RENAMES}) == len(RENAMES)


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
        (Country.GB, Country.GB.label),
        (Coded(Certainty.DOCUMENTED, "said <so>", "; <n>"), f"{coded(Certainty.DOCUMENTED, 'said <so>')}; &lt;n&gt;"),
        (Certainty.DOCUMENTED, coded(Certainty.DOCUMENTED)),
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

    table = Table(["a", "b"])
    table.request = RequestFactory().get("/")
    assert [re.search(">([ab])<", row)[1] for row in table.drawn_rows] == ["a", "b"]


def test_a_reader_gives_nothing_where_a_step_of_its_path_is_empty():
    class Row:
        lab = LAB
        model = None

    assert path_reader("lab", "key")(Row) == "acme"
    assert path_reader("model", "key")(Row) is None


@pytest.mark.parametrize(
    ("label", "values"), [("May 2024", ["2024-05", 1, 31, "in May 2024"]), ("", [None, None, None, ""])]
)
def test_the_fields_of_a_date_are_empty_where_the_day_did_not_know_it(label, values):
    class Row:
        ended_on, ended_on_earliest, ended_on_latest = "2024-05", 1, 31
        ended_label = label

    fields = edtf_fields("ended_on", description="When it ended.", only_if="ended_label")
    names = ["ended_on", "ended_on_earliest", "ended_on_latest", "ended_on_label"]
    assert [field.name for field in fields] == names
    assert [field.value(Row) for field in fields] == values


def test_tables_share_no_columns_with_each_other():
    tables = [SourceTable([]) for _ in range(2)]
    tables[0].columns["title"].column.orderable = False
    assert tables[1].columns["title"].orderable
    assert SourceTable.base_columns["title"].orderable
