"""The admin of the reports of error that readers send, and how a report leads to what it is about."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.text import Truncator, capfirst

from evaltracker.actions.reports import answer_report, answer_soon, check_answer
from evaltracker.models import ErrorReport
from labs.actions.permissions import permission_to
from labs.admin.addresses import change_url, page_name
from labs.admin.shown_again import ShowsAgain
from labs.choices import RecordStatus
from labs.models import AIModel, Record, Source
from labs.models.registry import record_kinds
from labs.models.states import merged_into
from labs.rules.numbers import as_number
from labs.rules.web_addresses import address_problem
from labs.web.parameters import address

LED_BY = "report"  # the parameter of the desk's forms that names the report that led to them
_ADDRESS = re.compile(r"https?://[^\s<>\"“”]+")


def report_that_led_here(request: HttpRequest) -> ErrorReport | None:
    """The report that the address of a form names, for a person who may answer it."""
    if not request.user.has_perm(permission_to("change", ErrorReport)):
        return None
    return ErrorReport.objects.filter(pk=as_number(request.GET.get(LED_BY, ""))).first()


def record_at(page: str) -> Record | None:
    """The record whose public page has this address; after a merger, the one that stayed."""
    try:
        found = resolve(page.partition("?")[0].partition("#")[0])
    except Resolver404:
        return None
    for kind in record_kinds():
        if getattr(kind.model, "url_name", None) == found.view_name and "key" in found.kwargs:
            key = found.kwargs["key"]
            return kind.model._default_manager.filter(key=key).first() or merged_into(kind.model, key)
    return None


@dataclass(frozen=True, slots=True)
class Lead:
    """A record that a report may be about, with its form, and with the forms that propose its correction."""

    name: str
    change_url: str
    correct_url: str  # empty unless it is public and the person may change it
    withdraw_url: str


def lead_to(record: Record, report: ErrorReport, person: Any) -> Lead:
    """Where a report leads to on a record."""
    may_correct = record.status == RecordStatus.PUBLISHED and person.has_perm(permission_to("change", type(record)))
    led_by = {LED_BY: str(report.pk)}
    withdraw_url = reverse(f"admin:{page_name(type(record), 'withdraw')}", args=[record.pk])
    return Lead(
        f"{capfirst(record._meta.verbose_name)} {record}",
        change_url(record),
        change_url(record, **led_by) if may_correct else "",
        address(withdraw_url, led_by) if may_correct else "",
    )


def leads_of(report: ErrorReport, person: Any, other: str = "") -> list[Lead]:
    """The record of the reported page, the events on the page of a release, and ``other``, the address of a page."""
    found = [record for record in (record_at(report.page), record_at(other)) if record]
    if found and isinstance(found[0], AIModel):
        found += found[0].events.filter(status=RecordStatus.PUBLISHED.value)
    return [lead_to(record, report, person) for record in dict.fromkeys(found)]


def sources_of(report: ErrorReport) -> list[dict[str, str]]:
    """The addresses that the reader names, each with the form of the source that we have under it."""
    addresses = list(dict.fromkeys(found.rstrip(".,;:)") for found in _ADDRESS.findall(report.source)))
    known = {source.url: change_url(source) for source in Source.objects.filter(url__in=addresses)}
    return [{"url": each, "change_url": known.get(each, "")} for each in addresses if not address_problem(each)]


class ReportForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        answered = ErrorReport(pk=self.instance.pk, state=cleaned.get("state", self.instance.state))
        try:
            check_answer(answered)
        except ValidationError as error:
            self.add_error(None, error)
        return cleaned


@admin.register(ErrorReport)
class ErrorReportAdmin(ShowsAgain, admin.ModelAdmin):
    """Readers write the reports. People at the desk answer them, and cannot add or delete any."""

    form = ReportForm
    change_form_template = "admin/report_change_form.html"
    list_display = ("sent_at", "page", "shortened", "state", "told_at")
    list_filter = ("state", "sent_at")
    search_fields = ("page", "claim", "wrong", "source", "note")
    readonly_fields = ("sent_at", "page", "claim", "wrong", "source", "contact", "told_at")
    fieldsets = (
        ("What the reader says", {"fields": ("sent_at", "page", "claim", "wrong", "source", "contact")}),
        ("What we found", {"fields": ("state", "note", "told_at")}),
    )

    actions = ("move_to_open",)

    class Media:
        css = {"all": ["css/admin.css"]}

    @admin.action(description="Move from “for later” among those to answer", permissions=["change"])
    def move_to_open(self, request: HttpRequest, queryset: QuerySet) -> None:
        moved = answer_soon(reports=queryset, by=request.user)
        messages.success(request, f"{moved} moved among those to answer.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ErrorReport, form: forms.ModelForm, change: bool) -> None:
        answer_report(report=obj, by=request.user)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        report = context["original"]
        other = request.GET.get("other", "")
        context |= {
            "leads": leads_of(report, request.user, other),
            "named_sources": sources_of(report),
            "corrections": report.proposals.order_by("pk"),
            "other": other,
            "is_other_unknown": bool(other) and record_at(other) is None,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="what is wrong")
    def shortened(self, report: ErrorReport) -> str:
        return Truncator(report.wrong).chars(80)
