"""Import and export of records in the admin: choose files, see what they would do, confirm."""

import io
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from evaltracker.admin import uploads
from evaltracker.admin.batches import batch_url
from evaltracker.exporting import blank, records
from evaltracker.importing.files import DESK, read_files
from evaltracker.importing.kinds import KINDS, FileKind
from evaltracker.importing.plan import Imported, import_tables
from evaltracker.importing.tables import Fate, Problem, Row, Table
from labs.actions.apart import SECONDS
from labs.actions.batches import batch_name
from labs.actions.imports import may_import
from labs.actions.permissions import permission_to
from labs.actions.sheets import MIB, FileProblem
from labs.admin.addresses import model_page
from labs.admin.shown_again import is_shown_again
from labs.rules.text import one_line
from labs.web.parameters import today
from labs.web.streaming import csv_response

SHOWN_AT_MOST = 200  # rows of each fate in a preview; the counts include all rows
FILES_AT_MOST = 50
ANSWER = "is:"  # begins the name of an answer in the form: is:sources:key-of-the-row
ANOTHER = "another"
CHANGED_MEANWHILE = "The records have changed since you looked. Below is what the files would do now."


def spreadsheet_urls(site: admin.AdminSite) -> list[URLPattern]:
    """The import of everything (``admin:import``), and both pages for every kind, such as ``admin:labs_lab_import``."""
    return [
        path("import/", site.admin_view(import_page), name="import"),
        *(
            model_page(site, kind.model, page, view, kind=kind)
            for kind in KINDS
            for page, view in (("import", import_page), ("export", export_page))
        ),
    ]


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several."""

    widget = FilesInput(attrs={"accept": ".csv,.xlsx,.ods,.json,.zip"})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # type: ignore[override]
        files = data if isinstance(data, list) else [data]
        if len(files) > FILES_AT_MOST:
            raise forms.ValidationError(f"These are {len(files)} files; at most {FILES_AT_MOST} are read at once.")
        return [super(FilesField, self).clean(file, initial) for file in files] or [super().clean(None, initial)]


class FileForm(forms.Form):
    """The files to import."""

    file = FilesField(
        label="Files",
        help_text=f"One file or several, or a zip: CSV, XLSX, ODS or JSON; together at most {DESK.size // MIB} MiB and "
        f"{DESK.rows:,} rows, and a workbook is read within {SECONDS} seconds: delete empty rows below the last one. "
        "manage.py import_records takes more.",
        error_messages=dict.fromkeys(("required", "missing", "invalid"), "Choose a file.")
        | {"empty": "The file is empty."},
    )
    leave_out = forms.BooleanField(
        label="Leave out what is not known",
        required=False,
        help_text="Files, sheets, columns and fields that no kind of record has are named and left out; else they are "
        "refused.",
    )


class ConfirmForm(forms.Form):
    """What a person enters to confirm an import."""

    name = forms.CharField(
        label="Name of this batch",
        required=False,
        max_length=120,
        help_text="Its records are reviewed together under it, such as “September 2026”. Empty: the name of the file.",
    )
    reason = forms.CharField(
        label="Why",
        help_text="Public with each change.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Enter a reason. It is public with each change."},
    )
    is_correction = forms.BooleanField(
        label="The changes correct our errors",
        required=False,
        help_text="What was public was wrong. The changes are then listed under corrections.",
    )


# --- import ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OddCell:
    """What is wrong or doubtful about a cell, or about a whole row; then ``column`` is empty."""

    table: Table
    row: Row
    problem: Problem

    @property
    def text(self) -> str:
        """What the cell says."""
        value = self.row.cells.get(self.problem.column, "")
        return value if isinstance(value, str) else "" if value is None else str(value)


class ImportPreview:
    """What the page shows of an import: the counts of all rows, and the first rows of each fate."""

    def __init__(self, done: Imported, name: str, notes: list[str], confirm_form: ConfirmForm | None = None) -> None:
        self.done, self.name, self.token, self.is_left_out = done, name, "", False
        self.answers: dict[str, str] = {}  # that were given, by the name in the form
        self.confirm_form = confirm_form or ConfirmForm()
        self.notes = [*notes, *(note if len(done.tables) == 1 else f"{table.name}: {note}"
                                for table in done.tables for note in table.notes)]  # fmt: skip
        rows = [(table, row) for table in done.tables for row in table.rows]
        self.wrong = [OddCell(table, row, each) for table, row in rows for each in row.problems]
        self.doubtful = [OddCell(table, row, each) for table, row in rows for each in row.doubts]
        self.wrong_shown, self.shown_at_most = self.wrong[:SHOWN_AT_MOST], SHOWN_AT_MOST
        self.seen, self.work = done.digest, done.count(Fate.NEW, Fate.CHANGED)
        self.is_right, self.wrong_rows = not done.count(Fate.WRONG, Fate.ASKED), done.count(Fate.WRONG)
        self.counts, self.total = [(fate, done.count(fate)) for fate in Fate], len(rows)
        # Each table with the counts of its rows.
        self.tables = [(table, [pair for pair in table.counts.items() if pair[1]]) for table in done.tables]
        self.new, self.changed, self.waiting = map(self._shown, (Fate.NEW, Fate.CHANGED, Fate.WAITING))
        # The rows that look like a record that is there, after the name of the answer in the form.
        self.asked = [(f"{ANSWER}{table.kind.name}:{row.key}", table, row) for table, row in self._shown(Fate.ASKED)]

    def _shown(self, fate: Fate) -> list[tuple[Table, Row]]:
        return [(table, row) for table in self.done.tables for row in table.of(fate)][:SHOWN_AT_MOST]

    @property
    def is_cut(self) -> bool:
        """Whether some list is longer than the rows that are shown."""
        shown = (Fate.NEW, Fate.CHANGED, Fate.WAITING)
        return len(self.wrong) > SHOWN_AT_MOST or any(self.done.count(fate) > SHOWN_AT_MOST for fate in shown)


def import_page(request: HttpRequest, kind: FileKind | None = None) -> HttpResponse:
    """Read files and show what they would do. When the person confirms, make drafts and proposals of them."""
    _require_some(request.user, kind)
    if "blank" in request.GET:
        return _blank(request, kind)
    form, preview, problem = FileForm(), None, ""
    try:
        if "token" in request.POST and (is_shown_again(request) or "answer" in request.POST):
            preview = _shown_again(request, kind)
        elif request.method == "POST" and "token" in request.POST:
            preview, problem = _import_confirmed(request, kind)
            if preview.done.is_written:
                return _redirect_to_proposals(request, preview)
        elif request.method == "POST" or request.FILES:
            form = FileForm(request.POST, request.FILES)
            if form.is_valid():
                files = [(file.name, _content(file)) for file in form.cleaned_data["file"]]
                preview = _preview(request, kind, files, form.cleaned_data["leave_out"])
    except FileProblem as error:
        problem = str(error)
    label = kind.label if kind else "records"
    context = {
        **_context(request, kind, f"Import {label}"),
        "form": form if form.is_bound or preview is None else FileForm(),
        "problem": problem,
        "preview": preview,
        "columns": list(blank.help_of(kind)) if kind else [],
        "kinds": [each.name for each in KINDS],
        "label": label,
    }
    return TemplateResponse(request, "admin/records_import.html", context)


def _require_some(person: Any, kind: FileKind | None) -> None:
    """Raise PermissionDenied for a person who may not import this kind, or any."""
    if kind is not None:
        may_import(person, kind.model)
        return
    for each in KINDS:
        try:
            return may_import(person, each.model)
        except PermissionDenied:
            continue
    raise PermissionDenied


def _blank(request: HttpRequest, kind: FileKind | None) -> HttpResponse | FileResponse:
    """A blank file to fill in: of a kind, or one workbook for all."""
    ending, name = request.GET["blank"], kind.name if kind else "month"
    if ending == "xlsx":
        data = blank.blank_workbook([kind] if kind else KINDS)
    elif ending == "csv" and kind is not None:
        data = blank.blank_csv(kind)
    else:
        words = "csv, xlsx" if kind else "xlsx"
        return HttpResponse(f"There is no blank file of that format. There are: {words}.", status=400,
                            content_type="text/plain; charset=utf-8")  # fmt: skip
    return FileResponse(io.BytesIO(data), as_attachment=True, filename=f"{name}-blank.{ending}")


def _content(file: UploadedFile) -> bytes:
    """The content up to one byte more than the limit: a larger file is refused without reading the rest."""
    return file.read(DESK.size + 1)


def _preview(
    request: HttpRequest,
    kind: FileKind | None,
    files: uploads.NamedFiles,
    is_left_out: bool,
    confirm_form: ConfirmForm | None = None,
    token: str = "",
    **why: Any,
) -> ImportPreview:
    """What files do, or with ``why`` what they did; without, nothing is written."""
    found = read_files(files, kind, is_unknown_left_out=is_left_out)
    given = {name: value for name, value in request.POST.items() if name.startswith(ANSWER) and value}
    answers = {tuple(name.split(":", 2)[1:]): "" if value == ANOTHER else value for name, value in given.items()}
    done = import_tables(found.tables, by=request.user, answers=answers, **(why or {"is_trial": True}))
    name = files[0][0] if len(files) == 1 else f"{len(files)} files"
    preview = ImportPreview(done, name, found.notes, confirm_form)
    preview.is_left_out, preview.answers = is_left_out, given
    if not preview.wrong and (preview.work or preview.asked) and not done.is_written:
        preview.token = token or uploads.store_upload(files, request.user.pk, _kind_name(kind))
    return preview


def _kind_name(kind: FileKind | None) -> str:
    return kind.name if kind else ""


def _uploaded(request: HttpRequest, kind: FileKind | None) -> tuple[str, uploads.NamedFiles, bool]:
    token = request.POST["token"]
    files = uploads.read_upload(token, request.user.pk, _kind_name(kind))
    return token, files, bool(request.POST.get("leave_out"))


def _shown_again(request: HttpRequest, kind: FileKind | None) -> ImportPreview:
    """The preview of the files that the person had read, with their answers and all that they typed."""
    token, files, is_left_out = _uploaded(request, kind)
    form = ConfirmForm(None if "answer" in request.POST else request.POST)
    return _preview(request, kind, files, is_left_out, form, token)


def _import_confirmed(request: HttpRequest, kind: FileKind | None) -> tuple[ImportPreview, str]:
    """Import the files that the person saw. If they would now do something else, show that instead."""
    token, files, is_left_out = _uploaded(request, kind)
    form = ConfirmForm(request.POST)
    form.is_valid()
    why = {
        "reason": form.cleaned_data.get("reason", ""),
        "is_correction": form.cleaned_data["is_correction"],
        "batch": one_line(form.cleaned_data.get("name", ""))
        or batch_name(files[0][0] if len(files) == 1 else f"{len(files)} files"),
        "seen": request.POST.get("seen") or "nothing",
    }
    preview = _preview(request, kind, files, is_left_out, form, token, **why)
    if preview.done.is_written:
        uploads.delete_upload(token, request.user.pk, _kind_name(kind))
        preview.name = why["batch"]
        return preview, ""
    return preview, CHANGED_MEANWHILE if preview.seen != why["seen"] else "Enter a reason first, below."


# --- export ------------------------------------------------------------------------------------------------


@require_safe
def export_page(request: HttpRequest, kind: FileKind) -> Any:
    """The public records of a kind as of today, in the chosen format."""
    if not any(request.user.has_perm(permission_to(verb, kind.model)) for verb in ("view", "change")):
        raise PermissionDenied
    ending, problem = request.GET.get("format", ""), ""
    if ending == "csv":
        return csv_response(kind.name, today(), kind.columns, kind.rows(today()))
    if ending in records.FORMATS:
        try:
            data = records.export(kind, ending)
        except FileProblem as error:
            problem = str(error)
        else:
            return FileResponse(io.BytesIO(data), as_attachment=True, filename=f"{kind.name}-{today()}.{ending}")
    elif ending:
        problem = f"There is no format “{ending}”. There are: {', '.join(records.FORMATS)}."
    context = {**_context(request, kind, f"Export {kind.label}"), "problem": problem}
    return TemplateResponse(request, "admin/records_export.html", context, status=400 if problem else 200)


# --- both --------------------------------------------------------------------------------------------------


def _context(request: HttpRequest, kind: FileKind | None, title: str) -> dict[str, Any]:
    return {**admin.site.each_context(request), "opts": kind.model._meta if kind else None, "title": title}


def _redirect_to_proposals(request: HttpRequest, preview: ImportPreview) -> HttpResponse:
    """On to the batch."""
    count = preview.work
    records = f"{count:,} record waits" if count == 1 else f"{count:,} records wait"
    sentence = "{} for a second person, together as “{}”."
    messages.success(request, format_html(sentence, records, preview.name))
    return HttpResponseRedirect(batch_url(preview.name))
