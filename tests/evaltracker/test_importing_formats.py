"""Files of records: what is read of CSV, XLSX and JSON, and the sentence for each that cannot be read."""

import csv
import dataclasses
import datetime as dt
import io
import json
import re

import openpyxl
import pytest

from evaltracker.exporting.records import export
from evaltracker.importing.files import DESK, Limits, read_files
from evaltracker.importing.kinds import KINDS, kind_by_file_name
from evaltracker.importing.plan import import_tables
from evaltracker.importing.tables import Fate, Problem
from evaltracker.importing.values import cells_of, names_of, values_of
from labs.actions.sheets import FileProblem, read_csv
from labs.models import AccessEvent, Lab
from tests import factories, people
from tests.evaltracker.sheets import kind_of, plan_json, problems, read, saved, zipped

LABS, EVENTS = kind_of(Lab), kind_of(AccessEvent)


def workbook(*rows, formats_of=(), sheets=1):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, number_format in formats_of:
        book.active[place].number_format = number_format
    for number in range(1, sheets):
        book.create_sheet(f"more {number}")
    return saved(book)


SMALL = Limits(size=DESK.size, rows=2, unpacked=1000)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("labs.txt", b"key", "a .csv, an .xlsx, an .ods or a .json"),
        ("labs.csv", b"", "It is empty"),
        ("labs.csv", b"\n\n", "It is empty"),
        ("labs.csv", b"key,name\n", "no rows below its header"),
        ("labs.csv", "key,name\na,Zoë\n".encode("latin-1"), "not in UTF-8"),
        ("labs.csv", b"\xff\xfek", "not in UTF-8"),
        ("labs.ods", b"PK\x03\x04broken", "not a workbook that can be read"),
        ("labs.csv", b"key,name\na,\0\n", "zero bytes"),
        ("labs.csv", b'key,name\na,"b"c\n', "Line 2 is not CSV"),
        ("labs.csv", b'key,name\na,"b\n', "is not CSV"),
        ("labs.csv", b"key,,name\na,b,c\n", "Column B has no name"),
        ("labs.csv", b"key,name,name\na,b,c\n", "are repeated: name"),
        ("labs.csv", b"key,name\n" + b"a,b\n" * 3, "more than 2 rows"),
        ("labs.csv", b"key,name\na," + b"b" * 200_000 + b"\n", "Line 2 is not CSV: field larger"),
        ("labs.csv", b"key," + b",".join(b"c%d" % each for each in range(200)) + b"\na\n", "more than 200 columns"),
        ("labs.csv", b"k" * (DESK.size + 1), "larger than 10 MiB"),
        ("labs.xlsx", b"not a workbook", "not a workbook that can be read"),
        ("labs.xlsx", b"PK\x03\x04broken", "not a workbook that can be read"),
        ("labs.xlsx", zipped({"a": "b"}), "not a workbook that can be read"),
        ("labs.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 encrypted", "protected by a password, or an old .xls"),
        ("labs.xlsx", zipped({"xl/worksheets/sheet1.xml": "0" * 1001}), "Unpacked it is larger"),
        ("labs.json", b"{", "It is not JSON"),
        ("labs.json", b"[" * 100_000, "It is not JSON"),
        ("labs.json", b"[" + b"1" * 5000 + b"]", "It is not JSON"),
        ("labs.json", b'{"key": "a"}', "one list of records"),
        ("labs.json", b"[1]", "one list of records"),
        ("labs.json", b"[]", "Its list is empty"),
        ("labs.json", b'[{"key": "a"}, {"key": "b"}, {"key": "c"}]', "more than 2 records"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_told_why(name, data, words):
    with pytest.raises(FileProblem, match=re.escape(words)):
        read(name, data, LABS, SMALL)


def test_a_cell_is_no_longer_where_a_library_has_raised_the_limit_of_the_process():
    limit = csv.field_size_limit(10**9)
    try:
        with pytest.raises(FileProblem, match="Line 2 is not CSV: field larger"):
            read("labs.csv", b"key,name\na," + b"b" * 200_000 + b"\n", LABS, SMALL)
    finally:
        csv.field_size_limit(limit)


def test_a_workbook_without_cells_is_told_so():
    with pytest.raises(FileProblem, match="has to name the columns"):
        read("labs.xlsx", workbook(), LABS)
    with pytest.raises(FileProblem, match="no rows below its header"):
        read("labs.xlsx", workbook(["key", "name"]), LABS)


def test_a_lying_archive_is_refused_before_it_fills_the_memory():
    with pytest.raises(FileProblem, match="Unpacked it is larger"):
        read("labs.xlsx", zipped({"xl/workbook.xml": b"0" * (DESK.unpacked + 1)}), LABS)


@pytest.mark.parametrize("first", ["key,name,website", "KEY;name;website", "key\tname \twebsite", "key,name,website,,"])
def test_csv_is_read_with_the_row_numbers_of_the_sheet(first):
    mark = next(each for each in ",;\t" if each in first)
    rows = [first, "", f'a{mark}"two\r\nlines"{mark}x', f"b{mark}'=B{mark} "]
    if first.endswith(",,"):
        rows[2:] = [row + ",," for row in rows[2:]]
    [table] = read("labs.csv", ("\ufeff" + "\r\n".join(rows)).encode(), LABS)
    assert [(row.number, row.cells) for row in table.rows] == [
        (3, {"key": "a", "name": "two\nlines", "website": "x"}),
        (4, {"key": "b", "name": "=B", "website": ""}),
    ]


def test_a_row_of_csv_with_more_or_fewer_cells_than_the_header_is_wrong():
    [table] = read("labs.csv", b"key,name\na,b,c\nd\ne,f,\n", LABS)
    assert [[problem.message for problem in row.problems] for row in table.rows] == [
        ["It has 3 cells, and the header has 2."],
        ["It has 1 cells, and the header has 2."],
        [],
    ]


def test_what_a_spreadsheet_program_made_of_a_text_is_understood():
    day = dt.datetime(2024, 5, 24)
    rows = [
        ["key", "name", "website"],
        ["a", day, dt.datetime(2024, 5, 1)],
        [2024, 7.0, True],
        ["c", 7.5, None],
        [],
        ["d"],
    ]
    data = workbook(*rows, formats_of=[("B2", "dd/mm/yyyy"), ("C2", "mmm-yy")])
    [table] = read("labs.xlsx", data, LABS)
    assert [(row.number, list(row.cells.values())) for row in table.rows] == [
        (2, ["a", "2024-05-24", "2024-05"]),
        (3, ["2024", "7", "yes"]),
        (4, ["c", "7.5", ""]),
        (6, ["d", "", ""]),
    ]
    assert not any(row.problems for row in table.rows)


def test_a_formula_and_an_error_of_a_sheet_are_problems_of_their_cells():
    [table] = read("labs.xlsx", workbook(["key", "name"], ["a", "=1+1"], ["b", "#REF!"], ["c", "d", "=2"]), LABS)
    found = [(problem.column, problem.message) for row in table.rows for problem in row.problems]
    assert found == [
        ("name", "It holds a formula."),
        ("name", "It holds an error: #REF!."),
        ("C", "It holds a formula."),
    ]


def test_a_sheet_that_claims_a_million_blank_rows_is_read_to_its_last_filled_one():
    book = openpyxl.Workbook()
    book.active.append(["key", "name"])
    book.active.append(["a", "A"])
    book.active["B1048576"] = ""
    book.active["B1048576"].number_format = "@"
    assert len(read("labs.xlsx", saved(book), LABS)[0].rows) == 1


@pytest.mark.django_db
def test_a_workbook_holds_texts_only_and_no_control_character_takes_it_from_everybody(empty_database):
    lab = factories.lab(key="a", name="=SUM(A1)")
    data = export(LABS, "xlsx")
    cells = next(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2))
    assert [each.data_type for each in cells if each.value] == ["s"] * 4
    Lab.objects.filter(pk=lab.pk).update(name="bell\x07")
    cells = next(openpyxl.load_workbook(io.BytesIO(export(LABS, "xlsx"))).active.iter_rows(min_row=2))
    assert "bell" in [each.value for each in cells]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("name", "has no column “key”. Row 1 has to name the columns: key, name, country"),
        ("key,tea", "Labs have no column “tea”. Allowed: key, name, country"),
        ("lab,score_low", "This is the table of scorecards"),
    ],
)
def test_a_header_that_is_not_that_of_the_kind_is_told_what_is_allowed(header, words):
    with pytest.raises(FileProblem, match=re.escape(words)):
        read("labs.csv", f"{header}\n{header}\n".encode(), LABS)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("access", "access_events"),
        ("access_events", "access_events"),
        ("access-2026-11-26", "access_events"),
        ("Models (1)", "models"),
        ("models-2026-11-26 (2)", "models"),
        ("verdicts", None),
        ("labs2", None),
    ],
)
def test_the_name_of_a_file_tells_its_kind(name, kind):
    found = kind_by_file_name(name)
    assert (found.name if found else None) == kind


# JSON, in the format of the curated data

EVENT = {
    "key": "json-1",
    "lab": "openai",
    "model": None,
    "evaluators": ["metr", "irregular"],
    "evaluator_certainty": {"irregular": "inferred"},
    "evaluator_certainty_because": {"irregular": "It is named in a footnote only."},
    "activity": "model_evaluation",
    "outcome": "granted",
    "timing": None,
    "started_on": "2023-40",
    "ended_on": None,
    "access_days": 7,
    "domains": ["cyber", "autonomy"],
    "access": {"fine_tuning": "no", "weights": "unknown"},
    "mitigations_argued": "unknown",
    "certainty": "documented",
    "summary": "They tested it.",
    "citations": [
        {"source": "gpt-4-system-card", "quote": "It could\nnot | be", "supports": ["evaluators", "access.fine_tuning"]}
    ],
}


@pytest.mark.django_db
def test_an_event_of_the_curated_data_is_read(records):
    plan = plan_json(people.researcher(), AccessEvent, [EVENT])
    assert problems(plan) == []
    after = plan.rows[0].after
    assert (after["timing"], after["fine_tuning"], after["access_days"]) == ("unknown", "no", 7)
    assert after["domains"] == ["autonomy", "cyber"]
    assert after["participations"] == [
        {"evaluator": "metr", "lowered_to": "as_event", "lowered_because": ""},
        {"evaluator": "irregular", "lowered_to": "inferred", "lowered_because": "It is named in a footnote only."},
    ]
    assert after["citations"] == [{"source": "gpt-4-system-card", **{
        "quote": "It could\nnot | be", "supports": ["evaluators", "access.fine_tuning"]}}]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"lab": ["openai"]}, "lab", "has to be a text"),
        ({"summary": True}, "summary", "has to be a text"),
        ({"summary": "half \ud800"}, "summary", "no text can hold"),
        ({"summary": "zero \0"}, "summary", "no text can hold"),
        ({"evaluators": 7}, "evaluators", "has to be a list"),
        ({"evaluators": ["metr", 7]}, "evaluators", "has to be a list"),
        (
            {"evaluator_certainty": {"apollo-research": "inferred"}},
            "evaluator_certainty",
            "There is no apollo-research",
        ),
        ({"access": {"tea": "yes"}}, "access", "There is no tea"),
        ({"access": ["yes"]}, "access", "an object"),
        ({"certainty": "sure"}, "certainty", "not a choice"),
        ({"is_distinct": "perhaps"}, "is_distinct", "not a choice"),
        ({"citations": {"source": "x"}}, "citations", "a list"),
        ({"citations": [{"source": "x"}]}, "citations", "supports, quote"),
        ({"citations": [7]}, "citations", "an object"),
        ({"citations": [{"source": "x", "quote": "q", "supports": [], "page": 1}]}, "citations", "no page"),
        ({"timing": "someday"}, "timing", "not a choice"),
    ],
    ids=lambda value: str(value)[:32],
)
def test_what_is_wrong_with_an_object_is_named_by_its_field(records, changes, column, words):
    plan = plan_json(people.researcher(), AccessEvent, [EVENT | changes])
    assert any(where == column and words in sentence for _, where, sentence in problems(plan)), problems(plan)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"evaluator_lowerings": "inferred"}, "It needs evaluators beside it."),
        ({"evaluator_lowerings": "", "evaluator_lowered_because": ""}, []),
        ({"evaluators": "a; b", "evaluator_lowerings": "; inferred"}, [None, "inferred"]),
        (cells_of(EVENTS, {"evaluators": ["a"]}), [None]),
        (cells_of(EVENTS, {"evaluators": ["a"], "evaluator_certainty": {"a": "inferred"}}), ["inferred"]),
    ],
)
def test_what_stands_beside_a_list_belongs_to_its_members(cells, said):
    found = values_of(EVENTS, cells)["participations"]
    assert (found.message if isinstance(found, Problem) else [each["lowered_to"] for each in found]) == said


ODD = [
    *(
        7,
        True,
        "x",
        [["x"]],
        [None],
        [{}],
        [{"name": ["x"]}],
        {"strict": {"activities": {"a": 1}}},
        {"fine_tuning": [1]},
    ),
    *([{"source": ["x"], "quote": 7, "supports": {"a": 1}}], [{"searched_on": [], "where": []}]),
]


@pytest.mark.django_db
def test_an_odd_value_is_a_problem_of_its_row_and_never_an_error(empty_database):
    for kind in KINDS:
        pairs = [(name, odd) for name in names_of(kind)[1:] for odd in ODD]
        rows = [{"key": f"k-{number}", name: odd} for number, (name, odd) in enumerate(pairs)]
        plan = plan_json(people.researcher(), kind.model, rows)
        assert sum(plan.counts.values()) == len(rows)
        assert plan.of(Fate.WRONG)
    files = [("models.json", b'[{"key": [], "name": "x"}]'), ("searches.json", b'[{"model": {}, "where": 7}]')]
    [table] = import_tables(read_files(files).tables, by=people.researcher(), is_trial=True).tables
    assert [row.fate for row in table.rows] == [Fate.WRONG, Fate.WRONG]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_json_comes_back_as_it_went_out(records, kind):
    factories.reply(answered_on=dt.date(2026, 3, 10))
    lowered = [(factories.evaluator(), "inferred"), factories.evaluator()]
    factories.access_event(evaluators=lowered, lowered_to="disputed", lowered_because="They differ.")
    evaluator = factories.evaluator()
    for name, used in (("A (2023)", ""), ("B", "2023"), ("C", "../2024"), ("D (x)", ""), ("E", "")):
        evaluator.former_names.create(name=name, used=used)
    plan = plan_json(people.researcher(), kind.model, json.loads(export(kind, "json")))
    assert problems(plan) == []
    assert {fate.value for fate, count in plan.counts.items() if count} == {"unchanged"}


@pytest.mark.django_db
def test_the_curated_datas_own_spellings_are_understood(empty_database):
    from labs.models import AIModel, Evaluator

    by = people.researcher()
    lab = factories.lab(key="l", name="L", country="US")
    evaluator = factories.evaluator(key="v", name="V", kind="government", country="unknown")
    evaluator.former_names.create(name="Old", used="../2025-02-14")
    evaluator.former_names.create(name="Older", used="2023")
    model = factories.ai_model(key="m", lab=lab, name="M")
    old = {"key": "v", "name": "V", "kind": "government", "country": None, "note": None,
           "former_names": ["Old", "Older", "Old (until 2025-02-14)", "Older (2023)"]}  # fmt: skip
    plans = [
        plan_json(by, Lab, [{"key": "l", "name": "L", "country": "United States", "website": None, "other_names": []}]),
        plan_json(by, Evaluator, [old]),
        plan_json(by, AIModel, [{"key": model.key, "lab": "l", "name": "M", "frontier": True, "variant_of": None}]),
    ]
    assert problems(*plans) == []
    assert all(plan.rows[0].fate == "unchanged" for plan in plans)


@pytest.mark.parametrize("above", [0, 29])
def test_a_long_table_is_read_no_further_than_its_limit_and_refused_not_cut(above):
    few = dataclasses.replace(DESK, rows=3)
    rows = ["A title"] * above + ["key,name", *(f"lab-{number},Lab {number}" for number in range(3))]
    assert len(read("labs.csv", "\n".join(rows).encode(), limits=few)[0].rows) == 3
    book = [row.split(",") for row in rows]
    assert len(read("labs.xlsx", workbook(*book), limits=few)[0].rows) == 3
    for name, data in (
        ("labs.csv", "\n".join([*rows, "lab-3,Lab 3"]).encode()),
        ("labs.xlsx", workbook(*book, ["lab-3", "Lab 3"])),
    ):
        with pytest.raises(FileProblem, match="more than 3 rows"):
            read(name, data, limits=few)
    assert len(read_csv(b"a\n" * 5000, 34)[0][1]) == 34
