"""Two small pages of a public record: propose to withdraw it, and say that it was checked again."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from evaltracker.admin.lookup import row_or_404
from evaltracker.admin.reviewed import LinkedRecord, desk_url, public_url
from labs.actions.batches import sentences
from labs.actions.permissions import REVIEW_PROPOSAL, permission_to, require
from labs.actions.references import referring_to
from labs.actions.review import mark_checked, propose_withdrawal
from labs.choices import ProposalKind, RecordStatus
from labs.models import Proposal, Record
from labs.queries.changes import record_kinds


def record_urls(site: admin.AdminSite) -> list[URLPattern]:
    """Both pages for every kind of record: ``admin:labs_lab_withdraw``, ``admin:labs_lab_checked`` and so on."""
    return [
        path(
            f"{kind._meta.app_label}/{kind._meta.model_name}/<str:number>/{word}/",
            site.admin_view(view),
            {"kind": kind},
            name=f"{kind._meta.app_label}_{kind._meta.model_name}_{word}",
        )
        for kind in record_kinds().values()
        for word, view in (("withdraw", withdraw), ("checked", checked))
    ]


def withdraw(request: HttpRequest, number: str, kind: type[Record]) -> HttpResponse:
    """Ask why, and propose the withdrawal."""
    require(request.user, permission_to("change", kind))
    record, problems = row_or_404(kind, number), []
    if request.method == "POST":
        try:
            proposal = propose_withdrawal(record=record, reason=request.POST.get("reason", ""), by=request.user)
        except ValidationError as error:
            problems = sentences(Proposal, error)
        else:
            sentence = "The withdrawal of “{}” waits for a second person. Until then it stays public."
            messages.success(request, format_html(sentence, record))
            return HttpResponseRedirect(reverse("admin:labs_proposal_change", args=[proposal.pk]))
    relying = [each for each in referring_to(record) if each.status == RecordStatus.PUBLISHED]
    more = {
        "reason": request.POST.get("reason", ""),
        "relying": [LinkedRecord(each, desk_url(each)) for each in relying],
        "waiting": Proposal.objects.of(record).open().filter(kind=ProposalKind.WITHDRAW.value).first(),
    }
    return _page(request, record, "admin/withdraw.html", f"Withdraw “{record}”", problems, more)


def checked(request: HttpRequest, number: str, kind: type[Record]) -> HttpResponse:
    """Say that the record was held against its sources again and needs no change."""
    require(request.user, REVIEW_PROPOSAL)
    record, problems = row_or_404(kind, number), []
    if request.method == "POST":
        try:
            mark_checked(record=record, by=request.user)
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, format_html("“{}” is marked as checked today.", record))
            return HttpResponseRedirect(desk_url(record))
    return _page(request, record, "admin/checked.html", f"Checked again: “{record}”", problems, {})


def _page(
    request: HttpRequest, record: Record, template: str, title: str, problems: list[str], more: dict[str, Any]
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "opts": record._meta,
        "title": title,
        "record": record,
        "is_public": record.status == RecordStatus.PUBLISHED,
        "desk_url": desk_url(record),
        "public_url": public_url(record),
        "problems": problems,
        **more,
    }
    return TemplateResponse(request, template, context)
