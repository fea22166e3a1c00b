"""A person's own drafts, grouped by what refers to what, and sent to review together."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from labs.actions.drafts import drafts_together, own_drafts, submit_together
from labs.actions.permissions import VIEW_PROPOSAL, require
from labs.admin.addresses import change_url, changelist_url
from labs.models import Proposal, Record


def drafts_page(request: HttpRequest) -> HttpResponse:
    """The drafts that the person wrote or changed; those that refer to each other are sent to review at once.

    Raises PermissionDenied for somebody who does not work on records.
    """
    require(request.user, VIEW_PROPOSAL)
    groups = drafts_together(own_drafts(request.user))
    error = None
    if request.method == "POST":
        sent = next((group for group in groups if name_of(group) == request.POST.get("group")), None)
        try:
            if sent is None:
                raise ValidationError("These drafts have changed. Look at them again, then send them.")
            proposals = submit_together(records=sent, by=request.user)
        except ValidationError as problem:
            error = problem
        else:
            what = "1 record waits" if len(proposals) == 1 else f"{len(proposals)} records wait"
            messages.success(request, f"{what} for a second person, who can publish them at once.")
            return HttpResponseRedirect(changelist_url(Proposal))
    context = {
        **admin.site.each_context(request),
        "title": "Your drafts",
        "groups": [_shown(group) for group in groups],
        "errors": error.messages if error else [],
    }
    return TemplateResponse(request, "admin/drafts.html", context)


def name_of(group: Iterable[Record]) -> str:
    """What the form sends, so that only what the person saw is sent to review."""
    return " ".join(f"{record._meta.label_lower}:{record.pk}" for record in group)


def _shown(group: list[Record]) -> dict[str, Any]:
    rows = [
        {"kind": capfirst(record._meta.verbose_name), "name": str(record), "key": record.key, "url": change_url(record)}
        for record in group
    ]
    return {"rows": rows, "name": name_of(group)}
