"""A month at once: folders, zips, the blank workbook, tables as spreadsheet programs leave them, and names for keys."""

import io
import json
import zipfile
from typing import Any

import openpyxl
import pytest

from commitments.models import Commitment
from evaltracker.exporting import blank
from evaltracker.importing.files import DESK, Limits, read_files
from evaltracker.importing.kinds import KINDS
from evaltracker.importing.plan import import_tables
from evaltracker.importing.tables import Fate
from labs.actions.review import accept
from labs.actions.sheets import FileProblem
from labs.choices import RecordStatus
from labs.models import AccessEvent, AIModel, Lab, Proposal, Source
from labs.models.states import state_of
from tests import factories, people
from tests.evaltracker.sheets import exported, fates, imported, kind_of, plan_of, problems, read, saved, zipped

LABS, EVENTS, MODELS = map(kind_of, (Lab, AccessEvent, AIModel))
ROW = "key,name,country\nacme,Acme,US\n"


@pytest.fixture
def ada() -> Any:
    return people.researcher()


def values(data: bytes, name: str = "labs.csv", **options: Any) -> list[dict[str, Any]]:
    return [row.cells for table in read(name, data, **options) for row in table.rows]


# Tables as programs leave them


@pytest.mark.parametrize(
    "data",
    [
        ROW.encode(),
        ROW.encode("utf-16"),
        ROW.encode("utf-8-sig"),
        ("sep=;\r\n" + ROW.replace(",", ";")).encode(),
        ("sep=,\n" + ROW).encode("utf-16"),
        ("Labs of September,,\n\n,,\nas of today,,\n" + ROW).encode(),
        ROW.replace("key,name,country", "Key, Name ,COUNTRY").encode(),
        ROW.replace("key,name,country", "key,name,country,,").replace("US", "US,,").encode(),
    ],
    ids=["plain", "utf-16", "bom", "sep", "sep in utf-16", "begins in row 4", "other letters", "empty columns"],
)
def test_a_table_is_found_and_read_however_it_was_saved(data):
    assert values(data) == [{"key": "acme", "name": "Acme", "country": "US"}]


def test_what_stands_above_a_table_is_named_and_rows_keep_their_numbers():
    [table] = read("labs.csv", b"Labs,\n\n" + ROW.encode())
    assert table.rows[0].number == 4
    assert table.notes == ["The table begins in row 3; what stands above it is left out."]


def test_a_column_without_a_name_is_refused_only_where_it_is_filled():
    with pytest.raises(FileProblem, match="Column B has no name, but row 3 fills it"):
        values(b"key,,name\na,,b\nc,d,e\n")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "value"), [("TRUE", True), ("1", True), ("yes", True), ("False", False), ("0", False)]
)
def test_a_truth_is_read_as_programs_write_it(ada, text, value):
    source = factories.source()
    row = {"key": "e", "lab": "openai", "evaluators": "metr", "summary": "x", "is_distinct": text,
           "fine_tuning": text, "citations": f"{source.key} | access | x"}  # fmt: skip
    [plan] = plan_of(ada, {AccessEvent: [row]})
    assert problems(plan) == []
    after = plan.rows[0].after
    assert (after["is_distinct"], after["fine_tuning"]) == (value, "yes" if value else "no")


def test_what_is_not_known_is_refused_or_left_out_by_choice_and_named():
    data = b"key,name,colour\nacme,Acme,red\n"
    with pytest.raises(FileProblem, match=r"Labs have no column “colour”.*Or choose to leave out"):
        read("labs.csv", data)
    [table] = read("labs.csv", data, is_unknown_left_out=True)
    assert table.rows[0].cells == {"key": "acme", "name": "Acme"}
    assert table.notes == ["Left out, for there are no such columns: “colour”."]
    with pytest.raises(FileProblem, match=r"Labs have no field “colour”.*Or choose to leave out"):
        read("labs.json", b'[{"key": "acme", "colour": "red"}]')
    [table] = read("labs.json", b'[{"key": "acme", "country_label": "France"}]')
    assert table.notes == ["Not read, for the site derives them: country_label."]
    [table] = read("labs.json", b'[{"key": "acme", "colour": "red"}]', is_unknown_left_out=True)
    assert (table.rows[0].cells, table.rows[0].problems) == ({"key": "acme"}, [])
    assert table.notes == ["Left out, for there are no such fields: “colour”."]


def book(*rows: list[Any], **sheets: list[list[Any]]) -> Any:
    found = openpyxl.Workbook()
    for row in rows:
        found.active.append(row)
    for title, lines in sheets.items():
        sheet = found.create_sheet(title)
        for row in lines:
            sheet.append(row)
    return found


def test_hidden_rows_are_read_and_named():
    found = book(["key", "name"], ["a", "A"], ["b", "B"], ["c", "C"])
    found.active.row_dimensions[3].hidden = True
    [table] = read("labs.xlsx", saved(found))
    assert [row.cells["key"] for row in table.rows] == ["a", "b", "c"]
    assert table.notes == ["These rows are hidden, and are read too: 3."]


@pytest.mark.parametrize(
    ("number_format", "text", "is_doubtful"),
    [
        ("d-mmm", "2026-05-24", True),
        ("mmm", "2026-05-24", True),
        ("d-mmm-yy", "2026-05-24", False),
        ("yyyy-mm-dd", "2026-05-24", False),
        ("mmm-yy", "2026-05", False),
    ],
)
def test_a_day_that_the_cell_shows_without_its_year_is_doubtful(number_format, text, is_doubtful):
    import datetime as dt

    found = book(["key", "released_on"], ["a", dt.datetime(2026, 5, 24)])
    found.active["B2"].number_format = number_format
    [row] = read("models.xlsx", saved(found))[0].rows
    assert (row.cells["released_on"], row.problems) == (text, [])
    assert [each.column for each in row.doubts] == ["released_on"] * is_doubtful


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0">
<office:automatic-styles>
<number:date-style style:name="N1"><number:month/><number:text>/</number:text><number:year/></number:date-style>
<number:date-style style:name="N2"><number:day/><number:text>-</number:text><number:month/></number:date-style>
<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="ce2" style:family="table-cell" style:data-style-name="N2"/>
</office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="models">
<table:table-column table:number-columns-repeated="6"/>
<table:table-row>%s</table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>
<table:table-row table:visibility="filter">%s</table:table-row>
<table:table-row>%s</table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def ods_cell(text: str, kind: str = "string", **attributes: str) -> str:
    given = "".join(f' {name.replace("_", ":", 1)}="{value}"' for name, value in attributes.items())
    return f'<table:table-cell office:value-type="{kind}"{given}><text:p>{text}</text:p></table:table-cell>'


def ods(*cells: str, header: tuple[str, ...] = ("key", "name", "released_on", "frontier")) -> bytes:
    names = "".join(map(ods_cell, header))
    second = ods_cell("a") + ods_cell("A<text:s text:c='2'/>1")
    return zipped({"content.xml": (ODS % (names, second, "".join(cells))).encode(), "mimetype": b"x"})


def test_an_ods_is_read_like_any_workbook():
    dated = [("N1", "ce1", "2024-06", False), ("N2", "ce2", "2024-06-01", True)]
    for _, style, text, is_doubtful in dated:
        date = ods_cell("x", "date", **{"office_date-value": "2024-06-01", "table_style-name": style})
        truth = ods_cell("TRUE", "boolean", **{"office_boolean-value": "true"})
        [table] = read("models.ods", ods(ods_cell("b"), ods_cell("7", "float", office_value="7"), date, truth))
        assert [row.number for row in table.rows] == [4, 5]
        assert table.rows[0].cells["name"] == "A  1"
        assert table.rows[1].cells == {"key": "b", "name": "7", "released_on": text, "frontier": "yes"}
        assert bool(table.rows[1].doubts) is is_doubtful
        assert "These rows are hidden, and are read too: 4." in table.notes


def test_a_comment_of_an_ods_is_no_text_and_repeated_cells_are_all_read():
    comment = "<office:annotation><text:p>Ada: why?</text:p></office:annotation>"
    cell = f'<table:table-cell office:value-type="string">{comment}<text:p>b</text:p></table:table-cell>'
    same = ods_cell("same", **{"table_number-columns-repeated": "2"})
    [table] = read("labs.ods", ods(cell, same, header=("key", "name", "website")))
    assert table.rows[1].cells == {"key": "b", "name": "same", "website": "same"}


def test_a_formula_in_an_ods_is_a_problem_of_its_cell():
    [table] = read("models.ods", ods(ods_cell("b"), ods_cell("2", "float", office_value="2", table_formula="of:=1+1")))
    assert [(each.column, each.message) for each in table.rows[1].problems] == [("name", "It holds a formula.")]


BOMB = (
    "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(
        f"<!ENTITY {each} '{'&' + before + ';'}{('&' + before + ';') * 9}'>"
        for before, each in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


@pytest.mark.parametrize("name", ["labs.ods", "labs.xlsx"])
def test_xml_that_grows_without_end_is_refused(name):
    if name == "labs.ods":
        data = zipped({"content.xml": (BOMB + "<x>&i;</x>").encode()})
    else:
        file = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(saved(book(["key"], ["a"])))) as old, zipfile.ZipFile(file, "w") as new:
            for part in old.namelist():
                text = old.read(part)
                is_sheet = part.endswith("sheet1.xml")
                new.writestr(
                    part, (BOMB.encode() + text.replace(b"<sheetData>", b"<sheetData>&i;")) if is_sheet else text
                )
        data = file.getvalue()
    with pytest.raises(FileProblem):
        read(name, data)


# Folders, zips and workbooks


FOLDER = {
    "labs.json": [{"key": "acme", "name": "Acme", "other_names": ["Acme AI"], "country": None}],
    "evaluators.json": [{"key": "tester", "name": "Tester", "kind": "nonprofit"}],
    "sources.json": [
        {"key": "acme-card", "title": "The card of Acme 1", "publisher": "Acme", "url": "https://acme.example/card",
         "lab": "acme", "kind": "lab_model_card", "published_on": "2026-09", "read_on": "2026-09-30"}
    ],
    "models.json": [
        {"key": "acme-1", "lab": "acme", "name": "Acme 1", "released_on": "2026-09-01", "frontier": True,
         "citations": [{"source": "acme-card", "quote": "Acme 1 is out.", "supports": ["released_on"]}]}
    ],
    "access_events.json": [
        {"key": "acme-1-tester", "lab": "acme", "model": "acme-1", "evaluators": ["tester"], "certainty": "inferred",
         "lowered_because": "The card names no test.", "activity": "model_evaluation", "outcome": "granted",
         "access": {"fine_tuning": "no"}, "summary": "They tested it.",
         "citations": [{"source": "acme-card", "quote": "Tester tested it.", "supports": ["evaluators", "access"]}]}
    ],
    "searches.json": [
        {"model": "acme-1", "searched_on": "2026-09-30", "where": "the card", "found": "nothing"},
        {"model": "gpt-4", "searched_on": "2026-09-30", "where": "the card", "found": "something", "note": "a test"},
    ],
}  # fmt: skip


def as_files(folder: dict[str, Any]) -> list[tuple[str, bytes]]:
    return [(name, json.dumps(records).encode()) for name, records in folder.items()]


@pytest.mark.django_db
@pytest.mark.parametrize("is_zip", [False, True])
def test_a_folder_of_json_comes_in_as_it_is_whole(ada, is_zip):
    files = as_files(FOLDER)
    if is_zip:
        files = [("month.zip", zipped({f"month/{name}": data for name, data in files} | {"month/README.md": b"Hello"}))]
    found = read_files(files)
    assert found.notes == (["Left out, for it is no table: README.md."] if is_zip else [])
    searches = list(AIModel.objects.get(key="gpt-4").searches.values_list("searched_on", flat=True))
    done = import_tables(found.tables, by=ada, batch="September 2026", reason="The month’s searches.")
    assert done.is_written, problems(*done.tables)
    assert (done.count(Fate.NEW), done.count(Fate.CHANGED)) == (5, 1)
    event = AccessEvent.objects.get(key="acme-1-tester")
    assert (event.status, event.lowered_to) == (RecordStatus.IN_REVIEW, "inferred")
    assert AIModel.objects.get(key="acme-1").searches.get().where == "the card"
    change = Proposal.objects.of(AIModel.objects.get(key="gpt-4")).get(edition=None)
    assert len(change.after["searches"]) == len(searches) + 1, "none was taken away"
    assert set(Proposal.objects.filter(edition=None).values_list("batch", flat=True)) == {"September 2026"}
    assert fates(*import_tables(read_files(files).tables, by=ada, is_trial=True).tables) == {"waiting": 6}


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["sources", "evaluators", "labs", "models"])
def test_a_partial_folder_says_which_file_is_missing(ada, missing):
    files = as_files({name: rows for name, rows in FOLDER.items() if name != f"{missing}.json"})
    done = import_tables(read_files(files).tables, by=ada)
    assert not done.is_written
    assert any(
        f"({missing})." in sentence and "The files hold no " in sentence for *_, sentence in problems(*done.tables)
    )


def test_a_file_that_is_not_known_is_refused_or_left_out_by_choice():
    files = as_files({"labs.json": FOLDER["labs.json"], "changes.json": [{"key": "x"}]})
    with pytest.raises(
        FileProblem, match=r"changes\.json: The name does not tell what it holds.*Or choose to leave out"
    ):
        read_files(files)
    found = read_files(files, is_unknown_left_out=True)
    assert [table.kind.name for table in found.tables] == ["labs"]
    assert found.notes == ["Left out, for its name tells no kind: changes.json."]


def test_two_files_of_one_kind_are_refused_by_name():
    with pytest.raises(FileProblem, match=r"labs\.json and labs\.csv both hold labs"):
        read_files([*as_files({"labs.json": FOLDER["labs.json"]}), ("labs.csv", ROW.encode())])


SMALL = Limits(size=DESK.size, rows=2, unpacked=2000)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04", "not a zip"),
        (zipped({"labs.json": b" " * 3000}), "Unpacked it is larger"),
        (zipped({f"{number}.txt": b"" for number in range(2001)}), "It holds 2,001 files"),
        (zipped({"notes.txt": b"x"}), "There is no table"),
        (zipped({"inner.zip": zipped({"labs.json": b"[]"})}), "There is no table"),
        (zipped({"labs.csv": ROW.encode() + b"b,B,US\nc,C,US\n"}), "more than 2 rows"),
        (zipped({"a/labs.csv": ROW.encode(), "b/labs.csv": ROW.encode()}), "both hold labs"),
    ],
    ids=["broken", "large", "many files", "no table", "a zip in it", "rows", "twice"],
)
def test_a_zip_is_bounded(data, words):
    with pytest.raises(FileProblem, match=words):
        read_files([("month.zip", data)], limits=SMALL)


def test_a_name_in_a_zip_is_no_path():
    found = read_files([("x.zip", zipped({"../../etc/labs.csv": ROW.encode(), "..\\..\\evaluators.json": b"[]"}))])
    assert [table.name for table in found.tables] == ["labs.csv", "evaluators.json"]


@pytest.mark.django_db
def test_the_blank_workbook_filled_by_hand_is_imported_whole(ada):
    found = openpyxl.load_workbook(io.BytesIO(blank.blank_workbook()))
    rows = {
        "labs": {"key": "acme", "name": "Acme"},
        "sources": {"key": "acme-card", "title": "The card of Acme 1", "publisher": "Acme", "read_on": "2026-09-30",
                    "url": "https://acme.example/card", "lab": "Acme", "kind": "lab_model_card"},
        "models": {"key": "acme-1", "lab": "acme", "name": "Acme 1", "frontier": "yes", "source_1": "acme-card",
                   "supports_1": "released_on", "quote_1": "It is out."},
        "access_events": {"key": "acme-1-metr", "lab": "Acme", "model": "Acme 1", "evaluators": "metr; UK AISI",
                          "activity": "model evaluation", "fine_tuning": "no", "summary": "They tested it.",
                          "source_1": "The card of Acme 1", "supports_1": "evaluators, access", "quote_1": "METR did.",
                          "source_2": "acme-card", "quote_2": "UK AISI too."},
    }  # fmt: skip
    for title, cells in rows.items():
        header = [cell.value for cell in found[title][1]]
        found[title].append([cells.get(name) for name in header])
    [*tables] = read_files([("september.xlsx", saved(found))]).tables
    assert [table.kind.name for table in tables] == ["labs", "sources", "models", "access_events"]
    done = import_tables(tables, by=ada, batch="September 2026")
    assert done.is_written, problems(*done.tables)
    event = AccessEvent.objects.get(key="acme-1-metr")
    assert {each.quote for each in event.citations.all()} == {"METR did.", "UK AISI too."}
    assert set(event.evaluators.values_list("key", flat=True)) == {"metr", "uk-aisi"}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_blank_file_has_all_that_can_be_filled_and_nothing_derived(kind):
    columns = blank.template_columns(kind)
    assert not kind.derived & set(columns)
    assert set(kind.fields) - {"citations"} <= set(columns)
    assert blank.blank_csv(kind).decode("utf-8-sig").strip().split(",") == columns
    sheet = openpyxl.load_workbook(io.BytesIO(blank.blank_workbook([kind])))[kind.name]
    assert [cell.value for cell in sheet[1]] == columns
    assert sheet.max_row == 1
    assert sheet.column_dimensions["B"].number_format == "@", "a month stays a text"
    with pytest.raises(FileProblem, match="no rows below its header"):
        read(f"{kind.name}.csv", blank.blank_csv(kind))


@pytest.mark.django_db
def test_a_blank_workbook_offers_the_choices_of_a_column():
    factories.lab(name="=1+1")
    found = openpyxl.load_workbook(io.BytesIO(blank.blank_workbook([EVENTS])))
    offered = {}
    for rule in found["access_events"].data_validations.dataValidation:
        if rule.type == "list":
            cells = found["Choices"][rule.formula1.removeprefix("Choices!").replace("$", "")]
            header = found["access_events"][f"{str(rule.sqref).split('2:')[0]}1"].value
            offered[header] = [cell.value for row in cells for cell in row]
    assert offered["outcome"] == ["granted", "refused", "confirmed_none", "not_needed", "unknown"]
    assert "OpenAI" in offered["lab"]
    assert "gpt-4" in offered["model"]
    assert "gpt-4-system-card" in offered["source_1"]
    assert {cell.data_type for row in found["Choices"].iter_rows() for cell in row if cell.value} == {"s"}


def test_a_sheet_whose_title_tells_nothing_is_refused_or_left_out_by_choice():
    data = saved(book(["key", "name"], ["a", "A"], labs=[["key", "name"], ["b", "B"]]))
    with pytest.raises(FileProblem, match="Sheet “Sheet”: The title does not tell what it holds"):
        read("month.xlsx", data)
    found = read_files([("month.xlsx", data)], is_unknown_left_out=True)
    assert [row.cells["key"] for table in found.tables for row in table.rows] == ["b"]
    assert found.notes == ["Left out, for its title tells no kind: month.xlsx, sheet “Sheet”."]


# Names for keys, and what looks like a record that is there


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "text", "key"),
    [
        ("lab", "OpenAI", "openai"),
        ("lab", "open ai", "openai"),
        ("model", "GPT-4", "gpt-4"),
        ("evaluators", "metr", "metr"),
        ("evaluators", "METR", "metr"),
        ("evaluators", "UK AI Safety Institute", "uk-aisi"),  # a former name
        ("evaluators", "uk-ai security institute", "uk-aisi"),
    ],
)
def test_a_record_is_found_by_its_names_whatever_their_letters(ada, column, text, key):
    source = factories.source(title="A title of its own")
    row = {"key": "e", "lab": "openai", "model": "gpt-4", "evaluators": "metr", "summary": "x", "is_distinct": "yes",
           "citations": f"{source.title} | evaluators | x"} | {column: text}  # fmt: skip
    [plan] = plan_of(ada, {AccessEvent: [row]})
    assert problems(plan) == []
    after = plan.rows[0].after
    assert (after["participations"][0]["evaluator"] if column == "evaluators" else after[column]) == key
    assert after["citations"][0]["source"] == source.key


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "column", "suggested"),
    [
        ({"lab": "Opnai"}, "lab", "Did you mean “openai” (OpenAI)?"),
        ({"evaluators": "Apolo Research"}, "evaluators", "Did you mean “apollo-research”"),
        ({"timing": "before deploiment"}, "timing", "Did you mean “before_deployment”?"),
        ({"model": "zzzz"}, "model", "There is no AI model “zzzz”."),
    ],
)
def test_the_suggestion_is_the_nearest_one(ada, changes, column, suggested):
    row = {"key": "e", "lab": "openai", "evaluators": "metr", "summary": "x"} | changes
    found = [sentence for _, where, sentence in problems(*plan_of(ada, {AccessEvent: [row]})) if where == column]
    assert any(suggested in sentence for sentence in found), found
    assert ("Did you mean" in found[0]) is ("Did" in suggested)


@pytest.mark.django_db
def test_a_name_that_several_records_have_is_refused_with_their_keys(ada):
    for lab in (factories.lab(), factories.lab()):
        factories.ai_model(lab=lab, name="Twin 1")
    row = {"key": "e", "lab": "openai", "model": "Twin 1", "evaluators": "metr", "summary": "x"}
    [(_, column, sentence)] = problems(*plan_of(ada, {AccessEvent: [row]}))
    assert (column, sentence) == ("model", "“Twin 1” names several records.")


SOURCE = {"publisher": "P", "read_on": "2026-09-30"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "http://example.org/one/?utm_source=x#top"}, "the same address"),
        ({"title": "the title-of the card"}, "the same words"),
    ],
)
def test_a_row_that_looks_like_a_record_asks_and_one_answer_settles_it(ada, changes, words):
    there = factories.source(title="The title of the card", url="https://example.org/one", publisher="Q")
    row = SOURCE | {"key": "new-one", "title": "Something else here", "url": "https://example.org/else"} | changes
    [plan] = plan_of(ada, {Source: [row]})
    [alike] = plan.rows[0].alike
    assert (plan.rows[0].fate, alike.record, alike.words, alike.is_stored) == (Fate.ASKED, there, words, True)
    assert "Publisher" in [each.label for each in alike.differences]
    assert not imported(ada, {Source: [row]}).is_written

    same = imported(ada, {Source: [row | {"url": there.url}]}, answers={("sources", "new-one"): there.key})
    assert same.is_written
    proposal = Proposal.objects.of(there).get()
    assert proposal.after["publisher"] == "P"
    proposal.delete()
    if "title" in changes:
        another = imported(ada, {Source: [row]}, answers={("sources", "new-one"): ""})
        assert (another.is_written, Source.objects.get(key="new-one").status) == (True, RecordStatus.IN_REVIEW)
        assert fates(*plan_of(ada, {Source: [row]})) == {"waiting": 1}, "and it does not ask again"
        waiting = Proposal.objects.of(Source.objects.get(key="new-one")).get()
        accept(proposal=waiting, by=people.editor())
        assert Source.objects.get(key="new-one").status == RecordStatus.PUBLISHED, "nor does the review"


@pytest.mark.django_db
def test_the_same_record_keeps_what_the_row_does_not_say(ada):
    lab = factories.lab(name="Acme", country="US")
    lab.other_names.create(name="Old Acme")
    row = {"key": "acme-again", "name": "ACME", "country": "", "other_names": "Newer Acme"}
    assert fates(*plan_of(ada, {Lab: [row]})) == {"asked": 1}
    source = factories.source()
    events = [{"key": "e", "lab": "acme-again", "evaluators": "metr", "summary": "x",
               "citations": f"{source.key} | evaluators | x"}]  # fmt: skip
    done = imported(ada, {Lab: [row], AccessEvent: events}, answers={("labs", "acme-again"): lab.key})
    assert done.is_written, problems(*done.tables)
    after = Proposal.objects.of(lab).get().after
    assert after == state_of(lab) | {
        "name": "ACME",
        "other_names": [{"name": "Old Acme"}, {"name": "Newer Acme"}],
    }
    assert AccessEvent.objects.get(key="e").lab == lab, "what refers to the row refers to the record"


@pytest.mark.django_db
def test_two_rows_that_look_alike_are_asked_about_once(ada):
    rows = [{"key": "new-a", "name": "Brand New Lab"}, {"key": "new-b", "name": "brand-new lab"}]
    [plan] = plan_of(ada, {Lab: rows})
    assert [row.fate for row in plan.rows] == [Fate.NEW, Fate.ASKED]
    assert [each.is_stored for each in plan.rows[1].alike] == [False]


@pytest.mark.django_db
def test_a_row_that_looks_like_a_record_does_not_take_its_name(ada):
    source = {"key": "s", "title": "A new title", "url": "https://example.org/s", "lab": "OpenAI"} | SOURCE
    files = {Lab: [{"key": "open-ai-again", "name": "Open AI"}], Source: [source]}
    for answers in ({}, {("labs", "open-ai-again"): ""}):
        plans = imported(ada, files, answers=answers).tables
        assert problems(*plans) == []
        assert plans[1].rows[0].after["lab"] == "openai"


@pytest.mark.django_db
def test_a_version_is_another_release_and_asks_nothing(ada):
    source = factories.source()
    row = {"key": "gpt-4-9", "lab": "openai", "name": "GPT-4.9", "citations": f"{source.key} | name | x"}
    assert fates(*plan_of(ada, {AIModel: [row]})) == {"new": 1}


@pytest.mark.django_db
def test_an_export_with_citations_in_columns_of_their_own_adds_them(ada):
    event = factories.access_event()
    source = factories.source()
    row = exported(AccessEvent, event.key)[0]
    before = len(state_of(event)["citations"])
    del row["citations"]
    row |= {"source_1": source.key, "supports_1": "activity", "quote_1": "More words."}
    [planned] = plan_of(ada, {AccessEvent: [row]})[0].rows
    assert (planned.fate, len(planned.after["citations"])) == (Fate.CHANGED, before + 1)


@pytest.mark.django_db
@pytest.mark.parametrize("key", [7, [], {"a": 1}, "\0", "half \ud800", "Not a key", "x" * 100_000])
def test_a_key_that_is_none_is_refused_in_a_file_and_for_a_search(ada, key):
    for files in ({"labs.json": [{"key": key, "name": "x"}]}, {"searches.json": [{"model": key, "where": "x"}]}):
        plans = import_tables(read_files(as_files(files)).tables, by=ada, is_trial=True).tables
        assert [column for _, column, _ in problems(*plans)] == ["key"]


@pytest.mark.django_db
def test_a_row_without_a_key_gets_the_one_that_the_desk_would_give(ada):
    factories.lab(key="acme", name="Somebody else")
    source = {"key": None, "title": "The card of Acme 1.5", "url": "https://acme.example/card", "lab": "Acme"} | SOURCE
    event = {"lab": "Acme", "model": "Acme 1.5", "evaluators": ["metr", "Apollo Research"], "summary": "x",
             "citations": [{"source": "The card of Acme 1.5", "quote": "x", "supports": ["evaluators"]}]}  # fmt: skip
    files = {
        "labs.json": [{"key": "acme-2", "name": "Acme Two"}, {"key": "", "name": "Acme"}, {"name": "Acme!"}],
        "sources.json": [source],
        "models.json": [
            {
                "lab": "Acme",
                "name": "Acme 1.5",
                "citations": [{"source": "The card of Acme 1.5", "quote": "x", "supports": []}],
            }
        ],
        "access_events.json": [event, event | {"model": None}, event | {"key": "mine", "is_distinct": True}],
    }
    tables = import_tables(read_files(as_files(files)).tables, by=ada, is_trial=True).tables
    assert [[(row.key, row.is_key_proposed) for row in table.rows] for table in tables] == [
        [("acme-2", False), ("acme-3", True), ("acme-4", True)],
        [("the-card-of-acme-1-5", True)],
        [("acme-1-5", True)],
        [("acme-1-5-apollo-research-metr", True), ("acme-apollo-research-metr", True), ("mine", False)],
    ]
    del files["labs.json"][2]
    another = {("labs", "acme-3"): ""}
    done = import_tables(read_files(as_files(files)).tables, by=ada, answers=another)
    assert done.is_written, problems(*done.tables)
    assert AccessEvent.objects.get(key="acme-1-5-apollo-research-metr").model.key == "acme-1-5"


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "row"), [("replies", {"question": "Why?"}), ("labs", {"name": "†"}), ("labs", {})])
def test_a_row_that_nothing_names_needs_a_key_of_its_own(ada, table, row):
    tables = import_tables(read_files(as_files({f"{table}.json": [row]})).tables, by=ada, is_trial=True).tables
    found = problems(*tables)
    assert not found if row == {"name": "†"} else [column for _, column, _ in found] == ["key"]
    assert tables[0].rows[0].key == ("lab" if row == {"name": "†"} else "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"source_2": "no-such"}, "source_2", "There is no source “no-such”."),
        ({"source_2": ""}, "source_2", "This has to be filled in."),
        ({"supports_2": "tea"}, "supports_2", "“tea” is not a choice here."),
        ({"quote_2": "w " * 41}, "quote_2", "The quote has 41 words; at most 40 are allowed. Keep the part"),
        ({"quote_2": ""}, "quote_2", "This has to be filled in."),
    ],
)
def test_a_wrong_citation_of_a_workbook_is_named_by_its_sheet_row_and_column(ada, cells, column, words):
    source = factories.source()
    row = {"key": "e", "lab": "openai", "evaluators": "metr", "summary": "x", "source_1": source.key,
           "supports_1": "evaluators", "quote_1": "One.", "source_2": source.key, "quote_2": "Two."}  # fmt: skip
    names = [*row, "supports_2"]
    sheet = [names, [({"supports_2": ""} | row | cells)[name] for name in names]]
    data = saved(book(labs=[["key", "name"], ["acme", "Acme"]], access=sheet))
    tables = import_tables(read_files([("september.xlsx", data)]).tables, by=ada, is_trial=True).tables
    assert tables[-1].name == "september.xlsx, sheet “access”"
    [(number, where, sentence)] = problems(*tables)
    assert (number, where, sentence[: len(words)]) == (2, column, words)


@pytest.mark.django_db
def test_searches_of_a_file_of_their_own_stand_in_no_cell_beside(ada):
    searches = as_files({"searches.json": [{"model": "gpt-4", "searched_on": "2026-10-01", "where": "there"}]})
    files = [("models.csv", b"key,searches\ngpt-4,2026-09-30 | nothing | | here\n"), *searches]
    tables = import_tables(read_files(files).tables, by=ada, is_trial=True).tables
    assert problems(*tables) == [(2, "searches", "It has searches here and in searches.json.")]


@pytest.mark.django_db
def test_a_requirement_keeps_what_no_column_says_and_goes_when_all_its_cells_are_empty(ada):
    record = factories.commitment(requirement={"min_depth": 2}, lenient={"activities": ["red_teaming"]})
    before = {part["reading"]: part for part in state_of(record)["requirements"]}
    row = {"key": record.key, "strict_min_depth": "1"}
    [changed] = plan_of(ada, {Commitment: [row]})[0].of(Fate.CHANGED)
    after = {part["reading"]: part for part in changed.after["requirements"]}
    assert after == {"strict": before["strict"] | {"min_depth": 1}, "lenient": before["lenient"]}
    whole = exported(Commitment, record.key)[0]
    emptied = {name: "" for name in whole if name.startswith("lenient_")}
    [changed] = plan_of(ada, {Commitment: [whole | emptied]})[0].of(Fate.CHANGED)
    assert [part["reading"] for part in changed.after["requirements"]] == ["strict"]
