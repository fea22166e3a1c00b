"""Snapshots of a source: paste or upload its text, and see whether it contains each quote."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst

from evaltracker.admin.lookup import row_or_404
from labs.actions.apart import SECONDS
from labs.actions.documents import ALLOWED, MOST_BYTES, MOST_MEBIBYTES, BadDocument, cleaned, read_upload
from labs.actions.permissions import ADD_SNAPSHOT, VIEW_SNAPSHOT, require
from labs.actions.snapshots import CheckedQuote, add_snapshot, newest_snapshot, quotes_against, snapshot_before
from labs.admin.addresses import change_url, record_page
from labs.admin.widgets import DayInput
from labs.choices import QUOTES_TO_JUDGE, QuoteCheck
from labs.models import Snapshot, Source
from labs.models.errors import field_errors
from labs.rules.quotes import QuoteMatch
from labs.rules.text_differences import text_difference

MOST_TEXT_SHOWN = 1_000_000  # characters
MOST_KEPT = 4 * 1024 * 1024  # bytes of one hidden field; a page may hold several
KEPT_SALT = "evaltracker.snapshot"


def snapshot_urls(site: admin.AdminSite) -> list[URLPattern]:
    """The page that adds a snapshot to a source, and the page of each snapshot."""
    return [
        record_page(site, Source, "snapshot", add_page),
        path("labs/snapshot/<str:number>/", site.admin_view(snapshot_page), name="labs_snapshot"),
    ]


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What is left of an uploaded file: its name, the text read from it, and its SHA-256."""

    name: str
    text: str
    sha256: str

    @property
    def signed(self) -> str:
        """For a hidden field that nobody can change; empty where it would be too large."""
        signed = signing.dumps([self.name, self.text, self.sha256], salt=KEPT_SALT, compress=True)
        return signed if len(signed) <= MOST_KEPT else ""

    @classmethod
    def unsigned(cls, text: str) -> "ReadFile | None":
        """What ``signed`` made; None for anything else."""
        try:
            return cls(*signing.loads(text, salt=KEPT_SALT)) if text else None
        except signing.BadSignature:
            return None


class SnapshotForm(forms.Form):
    """The text of a source on a day, pasted or as a file. ``entered`` has the arguments of `add_snapshot`.

    A page cannot keep a file that was chosen. So once it was read, a page that is shown again keeps the text of it.
    """

    text = forms.CharField(
        required=False,
        label="Text",
        help_text="Paste the whole text, or leave this empty and choose a file.",
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    forget = forms.BooleanField(required=False, label="Leave the kept file out")
    file = forms.FileField(
        required=False,
        label="File",
        help_text=f".txt, .html, .mhtml (a page saved as one file) or .pdf, at most {MOST_MEBIBYTES} MiB. "
        f"It is read within {SECONDS} seconds, or not at all; a long PDF takes a few. "
        "Only its text, name and SHA-256 are kept.",
        widget=forms.FileInput(attrs={"accept": ".txt,.html,.htm,.mhtml,.mht,.pdf"}),
    )
    taken_on = forms.DateField(
        label="Day",
        help_text="The day on which the source had this text: when it was saved, not when it was published.",
        initial=timezone.localdate,
        widget=DayInput,
    )

    def __init__(self, *args: Any, is_needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.is_needed = is_needed
        self.fields["taken_on"].required = is_needed
        self._keep(ReadFile.unsigned(self.data.get(self.add_prefix("kept"), "")))

    def _keep(self, file: ReadFile | None) -> None:
        """Let a page that is shown again hold the text of a file."""
        self.kept_file = file
        self.fields["forget"].widget = forms.CheckboxInput() if file else forms.HiddenInput()
        if file:
            self.fields["forget"].label = f"Leave {file.name} out"
            self.fields["forget"].help_text = f"{file.name} is read and kept ({len(file.text):,} characters)."
        if self.is_bound and (file or self.data.get(self.add_prefix("kept"))):
            self.data = self.data.copy()
            self.data[self.add_prefix("kept")] = file.signed if file else ""

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        return cleaned(text) if text else ""

    def clean_file(self) -> ReadFile | None:
        """The file as read, or the one that the page kept."""
        file = self.cleaned_data["file"]
        if file is None:
            if self.cleaned_data.get("forget"):
                self._keep(None)
            return self.kept_file
        if file.size > MOST_BYTES:
            raise BadDocument(f"The file is larger than {MOST_MEBIBYTES} MiB. Paste the part that is quoted.")
        content = file.read()
        text = read_upload(name=file.name, content=content)
        read = ReadFile(file.name, text, hashlib.sha256(content).hexdigest())
        self._keep(read if read.signed else None)
        return read

    def clean(self) -> dict[str, Any]:
        text, file = self.cleaned_data.get("text"), self.cleaned_data.get("file")
        if text and file:
            raise ValidationError("There is both a text and a file. Remove one of them: a snapshot is one text.")
        if self.is_needed and not (text or file or self.errors):
            raise ValidationError(f"There is nothing to save yet. {ALLOWED}")
        if (text or file) and not self.cleaned_data.get("taken_on") and "taken_on" not in self.errors:
            self.add_error("taken_on", "Enter the day on which the source had this text.")
        return self.cleaned_data

    @property
    def entered(self) -> dict[str, Any] | None:
        """Arguments of `add_snapshot`, from a valid form; None if there is neither a text nor a file."""
        text, day, file = self.cleaned_data["text"], self.cleaned_data["taken_on"], self.cleaned_data["file"]
        if file:
            return {"text": file.text, "taken_on": day, "file_name": file.name, "sha256": file.sha256}
        return {"text": text, "taken_on": day} if text else None

    @property
    def is_filled(self) -> bool:
        """Whether there is a text or a file, in a bound form."""
        return bool(self.files.get(self.add_prefix("file")) or self.kept_file or self["text"].value())

    @property
    def has_lost_file(self) -> bool:
        """Whether a chosen file could not be kept, so that the person has to choose it again."""
        return self.is_bound and self.add_prefix("file") in self.files and self.kept_file is None

    def refuse(self, error: ValidationError) -> None:
        """Show an error that only saving brought up."""
        for found in field_errors(error):
            self.add_error(found.field if found.field in self.fields else None, found.sentence)


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quote of the source on the page of a snapshot."""

    quote: str
    verdict: str  # found, doubtful, not found, gone
    match: QuoteMatch | None  # how it was found
    record: str
    change_url: str
    status: str
    unfound_because: str


def add_page(request: HttpRequest, number: str) -> HttpResponse:
    """Paste the text of a source, or upload it as a file."""
    require(request.user, ADD_SNAPSHOT)
    source = row_or_404(Source, number)
    form = SnapshotForm(request.POST, request.FILES) if request.POST else SnapshotForm()
    if request.method == "POST" and form.is_valid():
        try:
            snapshot = add_snapshot(source=source, by=request.user, **form.entered)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The snapshot is saved, and every quote from this source is checked.")
            may_view = request.user.has_perm(VIEW_SNAPSHOT)
            page = reverse("admin:labs_snapshot", args=[snapshot.pk]) if may_view else change_url(source)
            return HttpResponseRedirect(page)
    context = {"title": "Add a snapshot", "form": form, "is_refused": request.method == "POST"}
    return _render(request, source, "admin/snapshot_form.html", context)


def snapshot_page(request: HttpRequest, number: str) -> HttpResponse:
    """A snapshot: whether it contains each quote, what changed since the snapshot before it, and its text."""
    require(request.user, VIEW_SNAPSHOT)
    snapshot = row_or_404(Snapshot, number)
    earlier, latest = snapshot_before(snapshot), newest_snapshot(snapshot.source)
    rows = [_quote_row(checked) for checked in quotes_against(snapshot)]
    context = {
        "title": f"Snapshot of {snapshot.taken_on:%-d %B %Y}",
        "snapshot": snapshot,
        "rows": rows,
        "gone_count": sum(row.verdict == "gone" for row in rows),
        "unfound_count": sum(row.verdict == "not found" for row in rows),
        "doubtful_count": sum(row.verdict == "doubtful" for row in rows),
        "earlier": earlier,
        "newer": latest if latest != snapshot else None,
        "difference": text_difference(earlier.text, snapshot.text) if earlier else None,
        "length": len(snapshot.text),
        "text": snapshot.text[:MOST_TEXT_SHOWN],
        "is_text_cut": len(snapshot.text) > MOST_TEXT_SHOWN,
    }
    return _render(request, snapshot.source, "admin/snapshot.html", context)


_VERDICTS = {QuoteCheck.FOUND: "found", QuoteCheck.DOUBTFUL: "doubtful", QuoteCheck.NOT_FOUND: "not found"}


def _quote_row(checked: CheckedQuote) -> QuoteRow:
    citation = checked.citation
    record = citation.record
    is_excused = citation.quote_check == checked.check and checked.check in QUOTES_TO_JUDGE
    return QuoteRow(
        quote=citation.quote,
        verdict="gone" if checked.is_gone else _VERDICTS[checked.check],
        match=checked.match,
        record=f"{capfirst(record._meta.verbose_name)} {record}",
        change_url=change_url(record),
        status=record.get_status_display(),
        unfound_because=citation.unfound_because if is_excused else "",
    )


def _render(request: HttpRequest, source: Source, template: str, more: dict[str, Any]) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "opts": Source._meta,
        "source": source,
        "change_url": change_url(source),
        **more,
    }
    return TemplateResponse(request, template, context)
