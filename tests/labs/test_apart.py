"""Files are read in a process of its own, which ends when it takes too long or too much memory."""

import io
import json

import openpyxl
import pytest
from pypdf import PdfWriter

from evaltracker.importing.files import read_files
from labs.actions import apart, sheets
from labs.actions.apart import read_apart
from labs.actions.documents import BadDocument, read_document, read_upload
from labs.actions.sheets import FileProblem

MODULE = "tests.labs.readers_apart"


class Refusal(Exception):
    pass


def test_what_a_function_says_comes_back_and_so_does_what_it_refuses():
    assert read_apart(f"{MODULE}:measured", Refusal, b"abc\n\0\xff", word="ö") == [6, "ö"]
    with pytest.raises(Refusal, match="It is not good"):
        read_apart(f"{MODULE}:refused", Refusal, b"")


def test_who_takes_too_long_or_too_much_is_ended():
    with pytest.raises(Refusal, match="took longer than 1 seconds"):
        read_apart(f"{MODULE}:busy", Refusal, b"", seconds=1)
    with pytest.raises(Refusal, match=r"took more than 1,536 MB"):
        read_apart(f"{MODULE}:greedy", Refusal, b"")
    with pytest.raises(Refusal, match="broke off"):
        read_apart(f"{MODULE}:broken", Refusal, b"")


def test_it_knows_nothing_of_the_site(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secret")
    names = read_apart(f"{MODULE}:environment", Refusal, b"")
    assert "SECRET_KEY" not in names
    assert "DATABASE_URL" not in names


def test_a_document_says_the_same_there(settings, monkeypatch):
    page = b"<p>What was <b>tested</b><sup>1</sup>.</p>"
    settings.READ_FILES_APART = True
    assert read_upload(name="card.html", content=page) == read_document(name="card.html", content=page)
    pdf = io.BytesIO()
    PdfWriter().write(pdf)
    for name, content in (("card.pdf", pdf.getvalue()), ("card.pdf", b"none"), ("card.doc", b"x"), ("card.html", b" ")):
        sentences = []
        for read in (read_upload, read_document):
            with pytest.raises(BadDocument) as refused:
                read(name=name, content=content)
            sentences.append(refused.value.messages)
        assert sentences[0] == sentences[1]
    monkeypatch.setattr("labs.actions.documents.read_apart", None)
    assert read_upload(name="card.txt", content=b"Plain text needs none.") == "Plain text needs none."


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "labs"
    for row in (["key", "name", "country"], ["a-lab", "A lab", None], ["b-lab", "=1+1", "2024-05-24"]):
        book.active.append(row)
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def test_a_workbook_says_the_same_there(settings):
    data = workbook()
    given = {"ending": "xlsx", "unpacked_at_most": 10**6, "lines_at_most": 9}
    there = read_apart("labs.actions.sheets:read_workbook", FileProblem, data, **given)
    assert there == json.loads(json.dumps(sheets.read_workbook(data, **given)))
    here = read_files([("labs.xlsx", data)]).tables[0].rows
    settings.READ_FILES_APART = True
    rows = read_files([("labs.xlsx", data)]).tables[0].rows
    assert [(row.number, row.cells, row.problems) for row in rows] == [
        (row.number, row.cells, row.problems) for row in here
    ]
    with pytest.raises(FileProblem, match="not a workbook"):
        read_files([("labs.xlsx", b"PK none")])


def test_long_json_says_the_same_there(settings):
    records = [{"key": "a-lab", "name": "A lab", "odd": "ö" * 300_000}, {"key": "b", "odd": "x" * 500_000}]
    data = json.dumps(records, ensure_ascii=False).encode()
    here = read_files([("labs.json", data)], is_unknown_left_out=True).tables[0].rows
    settings.READ_FILES_APART = True
    rows = read_files([("labs.json", data)], is_unknown_left_out=True).tables[0].rows
    assert [(row.number, row.cells) for row in rows] == [(row.number, row.cells) for row in here]
    with pytest.raises(FileProblem, match="more than 200,200 values"):
        read_files([("labs.json", b'[{"a": [' + b"[]," * 400_000 + b"[]]}]")])


def test_json_of_too_many_values_is_refused_and_of_too_many_records_cut():
    assert sheets.read_json(b'[{"a": 1}, {"b": [2]}, {}]', 2) == [{"a": 1}, {"b": [2]}]
    full = json.dumps([{"a": [0] * (200 - 3)}]).encode()  # the list of records, the record and its list count too
    assert sheets.read_json(full, 1)
    with pytest.raises(FileProblem, match="more than 200 values"):
        sheets.read_json(full.replace(b"0", b"[0]", 1), 1)


def test_the_limits_are_said_where_files_are_chosen():
    from evaltracker.admin.snapshots import SnapshotForm
    from evaltracker.admin.spreadsheets import FileForm

    for form in (SnapshotForm, FileForm):
        words = " ".join(str(field.help_text) for field in form.base_fields.values())
        assert f"{apart.SECONDS} seconds" in words, form
