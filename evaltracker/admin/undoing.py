"""The page on which somebody proposes to undo a merger, with what would go back and what would not."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.html import format_html

from evaltracker.admin.lookup import row_or_404
from labs.actions.permissions import MERGE_RECORDS, require
from labs.actions.review import propose_undoing
from labs.actions.unmerging import Undone, undo_merger
from labs.admin.addresses import change_url, record_page
from labs.choices import ProposalKind, Stage
from labs.models import Proposal
from labs.models.errors import sentences


def undoing_urls(site: admin.AdminSite) -> list[URLPattern]:
    """The page of a merger: ``admin:labs_proposal_undo``."""
    return [record_page(site, Proposal, "undo", undo_page)]


def undo_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show what undoing a merger would do, ask for the reason, and propose it. 404 for anything but a merger."""
    require(request.user, MERGE_RECORDS)
    merger = row_or_404(Proposal, number)
    if merger.kind != ProposalKind.MERGE or merger.stage != Stage.ACCEPTED:
        raise Http404("That is no accepted merger.")
    problems: list[str] = []
    if request.method == "POST":
        try:
            proposal = propose_undoing(merger=merger, reason=request.POST.get("reason", ""), by=request.user)
        except ValidationError as error:
            problems = sentences(error, Proposal)
        else:
            sentence = "That “{}” stands alone again waits for a second person. Nothing moves until then."
            messages.success(request, format_html(sentence, merger.record_name))
            return HttpResponseRedirect(change_url(proposal))
    undone, in_the_way = _preview(merger, request)
    context = {
        **admin.site.each_context(request),
        "opts": Proposal._meta,
        "title": f"Undo the merger of “{merger.record_name}”",
        "merger": merger,
        "merger_url": change_url(merger),
        "undone": undone,
        "in_the_way": in_the_way,
        "problems": problems,
        "reason": request.POST.get("reason", ""),
    }
    return TemplateResponse(request, "admin/undo_merger.html", context)


def _preview(merger: Proposal, request: HttpRequest) -> tuple[Undone | None, list[str]]:
    """What it would do, or why it cannot be done. It is carried out in a transaction that is rolled back."""
    try:
        with transaction.atomic():
            undone = undo_merger(merger=merger, by=request.user, reason="only a preview")
            transaction.set_rollback(True)
    except ValidationError as error:
        return None, error.messages
    return undone, []
