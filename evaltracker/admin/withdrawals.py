"""Two small pages for a public record: propose to withdraw it, and confirm that it was checked again."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.html import format_html

from evaltracker.admin.lookup import row_or_404
from evaltracker.admin.reviewed import LinkedRecord, public_url
from labs.actions.permissions import REVIEW_PROPOSAL, permission_to, require
from labs.actions.references import referring_to
from labs.actions.review import mark_checked, propose_withdrawal
from labs.admin.addresses import change_url, record_page
from labs.choices import ProposalKind, RecordStatus
from labs.models import Proposal, Record
from labs.models.errors import sentences
from labs.models.registry import record_kinds


def public_record_urls(site: admin.AdminSite) -> list[URLPattern]:
    """Both pages for every kind of record: ``admin:labs_lab_withdraw``, ``admin:labs_lab_checked`` and so on."""
    return [
        record_page(site, kind.model, page, view, model=kind.model)
        for kind in record_kinds()
        for page, view in (("withdraw", withdraw_page), ("checked", checked_page))
    ]


def withdraw_page(request: HttpRequest, number: str, model: type[Record]) -> HttpResponse:
    """Ask for the reason, and propose the withdrawal."""
    require(request.user, permission_to("change", model))
    record, problems = row_or_404(model, number), []
    if request.method == "POST":
        try:
            with transaction.atomic():
                proposal = propose_withdrawal(record=record, reason=request.POST.get("reason", ""), by=request.user)
                admin.site.proposed(request, proposal)
        except ValidationError as error:
            problems = sentences(error, Proposal)
        else:
            sentence = "The withdrawal of “{}” waits for a second person. It stays public until that person accepts it."
            messages.success(request, format_html(sentence, record))
            return HttpResponseRedirect(change_url(proposal))
    relying = [other for other in referring_to(record) if other.status == RecordStatus.PUBLISHED]
    more = {
        "reason": request.POST.get("reason", ""),
        "relying": [LinkedRecord(other, change_url(other)) for other in relying],
        "waiting": Proposal.objects.of(record).open().filter(kind=ProposalKind.WITHDRAW.value).first(),
    }
    return _render(request, record, "admin/withdraw.html", f"Withdraw “{record}”", problems, more)


def checked_page(request: HttpRequest, number: str, model: type[Record]) -> HttpResponse:
    """Confirm that somebody compared the record with its sources again and that it needs no change."""
    require(request.user, REVIEW_PROPOSAL)
    record, problems = row_or_404(model, number), []
    if request.method == "POST":
        try:
            mark_checked(record=record, by=request.user)
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, format_html("“{}” is marked as checked today.", record))
            return HttpResponseRedirect(change_url(record))
    return _render(request, record, "admin/checked.html", f"Checked again: “{record}”", problems, {})


def _render(
    request: HttpRequest, record: Record, template: str, title: str, problems: list[str], more: dict[str, Any]
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "opts": record._meta,
        "title": title,
        "record": record,
        "is_public": record.status == RecordStatus.PUBLISHED,
        "change_url": change_url(record),
        "public_url": public_url(record),
        "problems": problems,
        **more,
    }
    return TemplateResponse(request, template, context)
