"""Snapshots of a source: paste or upload its text, and see what became of each quote."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst

from evaltracker.admin.lookup import row_or_404
from labs.actions.documents import ALLOWED, MOST_BYTES, MOST_MEBIBYTES, BadDocument, cleaned, read_document
from labs.actions.permissions import ADD_SNAPSHOT, VIEW_SNAPSHOT, require
from labs.actions.snapshots import CheckedQuote, add_snapshot, before, newest, quotes_against
from labs.admin.addresses import change_url, record_page
from labs.choices import QuoteCheck
from labs.models import Snapshot, Source
from labs.models.errors import field_errors
from labs.rules.quotes import difference

MOST_TEXT_SHOWN = 1_000_000  # characters


def snapshot_urls(site: admin.AdminSite) -> list[URLPattern]:
    """The page that takes a snapshot, and the page of each one."""
    return [
        record_page(site, Source, "snapshot", add_page),
        path("labs/snapshot/<str:number>/", site.admin_view(snapshot_page), name="labs_snapshot"),
    ]


class SnapshotForm(forms.Form):
    """The text of a source on a day, pasted or as a file. ``entered`` is what `add_snapshot` takes, once valid."""

    text = forms.CharField(
        required=False,
        label="Text",
        help_text="All of it, pasted; or leave this empty and choose a file.",
        widget=forms.Textarea(attrs={"rows": 10, "class": "vLargeTextField"}),
    )
    file = forms.FileField(
        required=False,
        label="File",
        help_text=f".txt, .html or .pdf, at most {MOST_MEBIBYTES} MiB. Only its text is kept, with its name and its "
        "SHA-256.",
        widget=forms.FileInput(attrs={"accept": ".txt,.html,.htm,.pdf"}),
    )
    taken_on = forms.DateField(
        label="Day",
        help_text="On which the source read like this: the day it was saved, not the day it was published.",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, is_needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.is_needed = is_needed
        self.fields["taken_on"].required = is_needed

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        return cleaned(text) if text else ""

    def clean_file(self) -> tuple[str, str, bytes] | None:
        """The name of the file, its text and its bytes."""
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if file.size > MOST_BYTES:
            raise BadDocument(f"The file is larger than {MOST_MEBIBYTES} MiB. Paste the part that is quoted.")
        content = file.read()
        return file.name, read_document(name=file.name, content=content), content

    def clean(self) -> dict[str, Any]:
        text, file = self.cleaned_data.get("text"), self.cleaned_data.get("file")
        if text and file:
            raise ValidationError("There is a text and a file. Take one of them out: a snapshot is one text.")
        if self.is_needed and not (text or file or self.errors):
            raise ValidationError(f"There is nothing to keep yet. {ALLOWED}")
        if (text or file) and not self.cleaned_data.get("taken_on") and "taken_on" not in self.errors:
            self.add_error("taken_on", "Say on which day the source read like this.")
        return self.cleaned_data

    @property
    def entered(self) -> dict[str, Any] | None:
        """Arguments of `add_snapshot`; None where there is neither a text nor a file."""
        text, day = self.cleaned_data["text"], self.cleaned_data["taken_on"]
        if self.cleaned_data["file"]:
            name, text, content = self.cleaned_data["file"]
            return {"text": text, "taken_on": day, "file_name": name, "content": content}
        return {"text": text, "taken_on": day} if text else None

    @property
    def has_lost_file(self) -> bool:
        """Whether a file was chosen, which no page can send back to the browser."""
        return self.is_bound and self.add_prefix("file") in self.files

    def refuse(self, error: ValidationError) -> None:
        """Show what saving brought up."""
        for each in field_errors(error):
            self.add_error(each.field if each.field in self.fields else None, each.sentence)


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quote of the source on the page of a snapshot."""

    quote: str
    verdict: str  # found, not found, gone
    record: str
    change_url: str
    status: str
    unfound_because: str


def add_page(request: HttpRequest, number: str) -> HttpResponse:
    """Paste the text of a source or upload it as a file."""
    require(request.user, ADD_SNAPSHOT)
    source = row_or_404(Source, number)
    form = SnapshotForm(request.POST or None, request.FILES or None) if request.method == "POST" else SnapshotForm()
    if request.method == "POST" and form.is_valid():
        try:
            snapshot = add_snapshot(source=source, by=request.user, **form.entered)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The snapshot is kept. Every quote of this source was checked.")
            may_view = request.user.has_perm(VIEW_SNAPSHOT)
            page = reverse("admin:labs_snapshot", args=[snapshot.pk]) if may_view else change_url(source)
            return HttpResponseRedirect(page)
    context = {"title": "Add a snapshot", "form": form, "is_refused": request.method == "POST"}
    return _page(request, source, "admin/snapshot_form.html", context)


def snapshot_page(request: HttpRequest, number: str) -> HttpResponse:
    """Every quote of the source against a snapshot, what changed since the one before, and the text."""
    require(request.user, VIEW_SNAPSHOT)
    snapshot = row_or_404(Snapshot, number)
    earlier, latest = before(snapshot), newest(snapshot.source)
    rows = [_quote_row(each) for each in quotes_against(snapshot)]
    context = {
        "title": f"Snapshot of {snapshot.taken_on:%-d %B %Y}",
        "snapshot": snapshot,
        "rows": rows,
        "gone_count": sum(row.verdict == "gone" for row in rows),
        "unfound_count": sum(row.verdict == "not found" for row in rows),
        "earlier": earlier,
        "newer": latest if latest != snapshot else None,
        "difference": difference(earlier.text, snapshot.text) if earlier else None,
        "length": len(snapshot.text),
        "text": snapshot.text[:MOST_TEXT_SHOWN],
        "is_text_cut": len(snapshot.text) > MOST_TEXT_SHOWN,
    }
    return _page(request, snapshot.source, "admin/snapshot.html", context)


def _quote_row(checked: CheckedQuote) -> QuoteRow:
    citation = checked.citation
    record = citation.record
    is_excused = citation.quote_check == QuoteCheck.NOT_FOUND and not checked.is_found
    return QuoteRow(
        quote=citation.quote,
        verdict="gone" if checked.is_gone else "found" if checked.is_found else "not found",
        record=f"{capfirst(record._meta.verbose_name)} {record}",
        change_url=change_url(record),
        status=record.get_status_display(),
        unfound_because=citation.unfound_because if is_excused else "",
    )


def _page(request: HttpRequest, source: Source, template: str, more: dict[str, Any]) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "opts": Source._meta,
        "source": source,
        "change_url": change_url(source),
        **more,
    }
    return TemplateResponse(request, template, context)
