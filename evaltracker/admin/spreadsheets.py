"""Import and export of a kind of record in the admin: choose a file, see what it would do, confirm."""

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from commitments.models import Requirement
from evaltracker.importing import formats, uploads
from evaltracker.importing.columns import AS_OF, CHANGED_AT, COLUMNS, KEY
from evaltracker.importing.kinds import KINDS, FileKind
from evaltracker.importing.planned import Fate, Plan, Planned
from evaltracker.importing.problems import FileProblem
from evaltracker.importing.reading import allowed_for
from evaltracker.importing.resources import RecordResource
from evaltracker.importing.run import RowsRefused, may_import
from labs.actions.permissions import permission_to
from labs.admin.addresses import changelist_url, model_page
from labs.admin.shown_again import is_shown_again
from labs.models import Proposal
from labs.web.parameters import today
from labs.web.streaming import csv_response

SHOWN_AT_MOST = 200  # rows of each fate in a preview; the counts include all rows
NOT_KEPT = "not kept yet"
HELP = {
    KEY: "lower-case words joined by hyphens; part of the record’s address, so it never changes",
    CHANGED_AT: "as exported, or empty in a new row: it shows whether somebody changed the record since the export",
    AS_OF: "as exported, or empty",
    "citations": "one on each line of the cell: key of the source | fields that it supports, separated by “,” | the "
    "quote; write a line break in the quote as \\n and a backslash as \\\\",
    "searches": "one on each line of the cell: day | nothing or something | note, or empty | where we looked",
    "other_names": "names, separated by “;”",
    "former_names": "names, separated by “;”",
    "former_names_used": "when each former name was in use, in the same order, separated by “;”",
    "evaluators": "keys of evaluators, separated by “;”",
    "evaluator_lowerings": "how each evaluator’s part is lowered, in the same order, separated by “;”, or empty",
    "evaluator_lowered_because": "why each is lowered, in the same order, separated by “;”, or empty",
    "related_events": "keys of access events, separated by “;”, or empty",
    "labs": "keys of labs, separated by “;”; empty for a law",
}
"""What a column that is not a single field may contain."""


def spreadsheet_urls(site: admin.AdminSite) -> list[URLPattern]:
    """Both pages for every kind of record, such as ``admin:labs_lab_import`` and ``admin:labs_lab_export``."""
    return [
        model_page(site, kind.model, page, view, kind=kind)
        for kind in KINDS
        for page, view in (("import", import_page), ("export", export_page))
    ]


class FileForm(forms.Form):
    """The file to import."""

    file = forms.FileField(
        label="File",
        help_text=f"CSV in UTF-8, XLSX or JSON; at most {formats.DESK.size // formats.MIB} MiB and "
        f"{formats.DESK.rows:,} rows. manage.py import_records takes larger files.",
        error_messages={
            "required": "Choose a file.",
            "missing": "Choose a file.",
            "invalid": "Choose a file.",
            "empty": "The file is empty.",
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.json"}),
    )


class ConfirmForm(forms.Form):
    """What a person enters to confirm an import."""

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
class WrongCell:
    """What is wrong with a cell, or with a whole row; then ``column`` is empty."""

    number: int
    key: str
    column: str
    text: str
    message: str
    allowed: str


class ImportPreview:
    """What the page shows of a plan: the counts of all rows, and the first rows of each fate."""

    def __init__(self, plan: Plan, token: str, confirm_form: ConfirmForm | None = None) -> None:
        self.plan = plan
        self.work = len(plan.of(Fate.NEW, Fate.CHANGED))
        self.token = token if plan.is_right and self.work else ""
        self.confirm_form = confirm_form or ConfirmForm()
        self.row_word = plan.table.row_word
        self.wrong = list(_wrong_cells(plan))

    @property
    def counts(self) -> list[tuple[Fate, int]]:
        return list(self.plan.counts.items())

    @property
    def is_right(self) -> bool:
        return self.plan.is_right

    @property
    def seen(self) -> str:
        """A digest of what the file would do, which the person confirms."""
        what = [(row.key, row.fate, [(cell.column, cell.old, cell.new) for cell in row.changes])
                for row in self.plan.rows]  # fmt: skip
        return hashlib.sha256(json.dumps(what, ensure_ascii=False).encode()).hexdigest()

    @property
    def wrong_shown(self) -> list[WrongCell]:
        return self.wrong[:SHOWN_AT_MOST]

    @property
    def wrong_rows(self) -> int:
        return len(self.plan.wrong)

    @property
    def new(self) -> list[Planned]:
        return self.plan.of(Fate.NEW)[:SHOWN_AT_MOST]

    @property
    def changed(self) -> list[Planned]:
        return self.plan.of(Fate.CHANGED)[:SHOWN_AT_MOST]

    @property
    def waiting(self) -> list[Planned]:
        return self.plan.of(Fate.WAITING)[:SHOWN_AT_MOST]

    @property
    def shown_at_most(self) -> int:
        return SHOWN_AT_MOST

    @property
    def is_cut(self) -> bool:
        """Whether some list is longer than the rows that are shown."""
        shown = (Fate.NEW, Fate.CHANGED, Fate.WAITING)
        return len(self.wrong) > SHOWN_AT_MOST or any(self.plan.counts[fate] > SHOWN_AT_MOST for fate in shown)


def _wrong_cells(plan: Plan) -> Iterator[WrongCell]:
    for planned in plan.wrong:
        for problem in planned.problems:
            text = planned.row.cells.get(problem.column, "")
            yield WrongCell(planned.number, planned.key, problem.column, text, problem.message, problem.allowed)


def import_page(request: HttpRequest, kind: FileKind) -> HttpResponse:
    """Read a file and show what it would do. When the person confirms, turn it into proposals."""
    may_import(request.user, kind)
    form, preview, problem = FileForm(), None, ""
    try:
        if is_shown_again(request) and "token" in request.POST:
            preview = _shown_again(request, kind)
        elif request.method == "POST" and "token" in request.POST:
            done, preview, problem = _import_confirmed(request, kind)
            if done is not None:
                return done
        elif request.method == "POST":
            form = FileForm(request.POST, request.FILES)
            if form.is_valid():
                file = form.cleaned_data["file"]
                preview = _preview(request, kind, file.name, _content(file))
    except FileProblem as error:
        problem = str(error)
    context = {
        **_context(request, kind, f"Import {kind.label}"),
        "form": form if form.is_bound or preview is None else FileForm(),
        "problem": problem,
        "preview": preview,
        "columns": list(_columns_help(kind)),
        "limits": formats.DESK,
    }
    return TemplateResponse(request, "admin/records_import.html", context)


def _content(file: Any) -> bytes:
    """The content up to one byte more than the limit: a larger file is refused without reading the rest."""
    return file.read(formats.DESK.size + 1)


def _preview(request: HttpRequest, kind: FileKind, name: str, data: bytes) -> ImportPreview:
    table = formats.read(name, data, kind)
    preview = ImportPreview(RecordResource(kind, request.user).check(table).plan, NOT_KEPT)
    if preview.token:
        preview.token = uploads.store_upload(name, data, request.user.pk, kind.name)
    return preview


def _shown_again(request: HttpRequest, kind: FileKind) -> ImportPreview:
    """The preview of the file that the person had read before their session ended, with the reason that they typed."""
    token = request.POST["token"]
    name, data = uploads.read_upload(token, request.user.pk, kind.name)
    plan = RecordResource(kind, request.user).check(formats.read(name, data, kind)).plan
    return ImportPreview(plan, token, ConfirmForm(request.POST))


def _import_confirmed(request: HttpRequest, kind: FileKind) -> tuple[HttpResponse | None, ImportPreview | None, str]:
    """Turn the file that the person saw into proposals. If it would now do something else, show that instead."""
    token, form = request.POST["token"], ConfirmForm(request.POST)
    resource, whose = RecordResource(kind, request.user), (request.user.pk, kind.name)
    name, data = uploads.read_upload(token, *whose)
    with transaction.atomic():
        # One import of a kind at a time: the second of two sees what the first one wrote.
        ContentType.objects.select_for_update().get(pk=ContentType.objects.get_for_model(kind.model).pk)
        result = resource.check(formats.read(name, data, kind))
        preview = ImportPreview(result.plan, token, form)
        if request.POST.get("seen") != preview.seen:
            return None, preview, "The records have changed since you looked. Below is what the file would do now."
        if not form.is_valid():
            return None, preview, "Enter a reason first, below."
        why = {"reason": form.cleaned_data["reason"], "is_correction": form.cleaned_data["is_correction"]}
        batch = f"{name[:80]}, {timezone.localtime():%Y-%m-%d %H:%M:%S}"
        try:
            written = resource.write(result, batch=batch, **why)
        except RowsRefused:
            return None, ImportPreview(preview.plan, "", form), "The database refused some rows."
    uploads.delete_upload(token, *whose)
    return _redirect_to_proposals(request, written.new + written.changed, batch), None, ""


def _columns_help(kind: FileKind) -> Iterator[dict[str, str]]:
    """Every column in the order of the export, with what it may contain."""
    columns = COLUMNS[kind]
    for name in columns.names:
        if name in columns.derived:
            allowed = f"Follows from other columns: as exported, or empty in a new row. {columns.derived[name].instead}"
        elif name in columns.fields:
            field = columns.fields[name]
            allowed = _related_help(field) if field.is_relation else allowed_for(field) or "a text, or empty"
        else:
            allowed = HELP.get(name) or _requirement_help(name)
        yield {"name": name, "allowed": allowed}


def _related_help(field: Any) -> str:
    return f"the key of a record of the kind {field.related_model._meta.verbose_name}" + (
        ", or empty" if field.null else ""
    )


def _requirement_help(name: str) -> str:
    """For a column such as ``strict_timing``: a field of the requirement in one of its readings."""
    field = Requirement._meta.get_field(name.partition("_")[2])
    allowed = _related_help(field) if field.is_relation else allowed_for(field)
    return f"{allowed}; leave all cells of this reading empty if there is no such reading"


# --- export ------------------------------------------------------------------------------------------------


@require_safe
def export_page(request: HttpRequest, kind: FileKind) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """The public records of a kind as of today, in the chosen format."""
    if not any(request.user.has_perm(permission_to(verb, kind.model)) for verb in ("view", "change")):
        raise PermissionDenied
    ending, problem = request.GET.get("format", ""), ""
    if ending == "csv":
        return csv_response(kind.name, today(), kind.columns, kind.rows(today()))
    if ending in formats.FORMATS:
        try:
            data = formats.export(kind, ending)
        except FileProblem as error:
            problem = str(error)
        else:
            return FileResponse(io.BytesIO(data), as_attachment=True, filename=f"{kind.name}-{today()}.{ending}")
    elif ending:
        problem = f"There is no format “{ending}”. There are: {', '.join(formats.FORMATS)}."
    context = {**_context(request, kind, f"Export {kind.label}"), "problem": problem}
    return TemplateResponse(request, "admin/records_export.html", context, status=400 if problem else 200)


# --- both --------------------------------------------------------------------------------------------------


def _context(request: HttpRequest, kind: FileKind, title: str) -> dict[str, Any]:
    return {**admin.site.each_context(request), "opts": kind.model._meta, "title": title}


def _redirect_to_proposals(request: HttpRequest, count: int, batch: str) -> HttpResponse:
    """Back to the list of proposals, filtered for this import."""
    records = f"{count:,} record waits" if count == 1 else f"{count:,} records wait"
    sentence = "{} for a second person, together as “{}”."
    messages.success(request, format_html(sentence, records, batch))
    return HttpResponseRedirect(changelist_url(Proposal, batch=batch))
