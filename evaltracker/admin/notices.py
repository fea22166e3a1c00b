"""What the signed-in person is told, and their choice of it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from evaltracker.actions.notices import KINDS, choice_of, choose
from evaltracker.models import NoticeChoice
from evaltracker.notices import SHOWN, notices_of
from labs.actions.permissions import VIEW_PROPOSAL
from labs.admin.addresses import change_url
from labs.web.parameters import today


class NoticeForm(forms.ModelForm):
    """What a person is told."""

    class Meta:
        model = NoticeChoice
        fields = (*KINDS, "by_mail")


def notices_page(request: HttpRequest) -> HttpResponse:
    """What the person is told, each with its first rows, and a form for their choice."""
    if not request.user.has_perm(VIEW_PROPOSAL):
        raise PermissionDenied
    choice = choice_of(request.user)
    form = NoticeForm(request.POST or None, instance=choice)
    if request.method == "POST" and form.is_valid():
        choose(person=request.user, **{name: form.cleaned_data[name] for name in NoticeForm.Meta.fields})
        messages.success(request, "Your choice is saved.")
        return HttpResponseRedirect(reverse("admin:notices"))
    told: list[dict[str, Any]] = []
    for notice in notices_of(request.user, choice_of(request.user), today()):
        rows = [(str(row), change_url(row)) for row in notice.rows[:SHOWN]]
        told.append({"notice": notice, "count": notice.count, "rows": rows})
    context = {
        **admin.site.each_context(request),
        "title": "For you",
        "told": told,
        "form": form,
        "is_refused": True,
    }
    return TemplateResponse(request, "admin/notices.html", context)
