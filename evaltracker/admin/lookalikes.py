"""The page on which somebody says that a proposed record is none of those that it looks like."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern

from evaltracker.admin.lookup import row_or_404
from evaltracker.admin.reviewed import compared_lookalikes
from labs.actions.distinctions import say_distinct
from labs.actions.permissions import permission_to, require
from labs.admin.addresses import change_url, record_page
from labs.admin.lookalikes import DISTINCT_FROM
from labs.models import Proposal


def lookalikes_urls(site: admin.AdminSite) -> list[URLPattern]:
    """The page of a proposal: ``admin:labs_proposal_lookalikes``."""
    return [record_page(site, Proposal, "lookalikes", lookalikes_page)]


def lookalikes_page(request: HttpRequest, number: str) -> HttpResponse:
    """Compare the record with those that it looks like, and say which it is not."""
    proposal = row_or_404(Proposal, number)
    require(request.user, permission_to("change", proposal.content_type.model_class()))
    record = proposal.record if proposal.is_open else None
    found: list[Any] = compared_lookalikes(proposal, record) if record else []
    if request.method == "POST":
        ticked = set(request.POST.getlist(DISTINCT_FROM))
        said = [each.question for each in found if each.record.key in ticked]
        if said:
            say_distinct(record=record, questions=said, by=request.user)
            messages.success(request, "Kept: nobody is asked about these two again.")
            return HttpResponseRedirect(change_url(proposal))
    context = {
        **admin.site.each_context(request),
        "opts": Proposal._meta,
        "title": f"Is “{proposal.record_name}” a record that we have?",
        "proposal": proposal,
        "proposal_url": change_url(proposal),
        "lookalikes": [each for each in found if each.answer is None],
        "answered": [each for each in found if each.answer is not None],
    }
    return TemplateResponse(request, "admin/lookalikes.html", context)
