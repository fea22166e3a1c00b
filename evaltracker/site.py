"""The researchers' desk: Django's admin with pages of our own added."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver


class DeskSite(AdminSite):
    """The admin of this site, whose front page is the worklist."""

    site_header = "EvalTracker: the researchers' desk"
    site_title = "EvalTracker"
    index_title = "Worklist"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from evaltracker.admin.pages import desk_urls

        return [*desk_urls(self), *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from evaltracker.admin.worklist import may_work, worklist

        tasks = worklist(request) if may_work(request.user) else {"tasks": []}
        return super().index(request, {**tasks, **(extra_context or {})})
