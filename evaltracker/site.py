"""The researchers' desk: Django's admin with pages of our own added."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver

from labs.models import Proposal
from labs.site import RecordsSite

# Views of Django that take ticks, a confirmation or a password. Deleting does not even look at the method.
NOTHING_TYPED = (
    "changelist_view",
    "delete_view",
    "logout",
    "autocomplete_view",
    "password_change",
    "user_change_password",
    "own_factor_page",
)


class DeskSite(RecordsSite):
    """The admin of this site, whose front page is the worklist."""

    site_header = "EvalTracker: the researchers' desk"
    site_title = "EvalTracker"
    index_title = "Worklist"

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """As Django's; what a person typed is kept where they sign in anew, and where two save at the same moment."""
        from evaltracker.admin.at_once import at_once
        from evaltracker.admin.signing_in import keep_typed
        from evaltracker.admin.steps import steps_first

        is_form = getattr(view, "__name__", "") not in NOTHING_TYPED
        admin_view = super().admin_view(view, cacheable)
        inner = update_wrapper(at_once(admin_view, is_form=is_form), admin_view)
        inner = update_wrapper(keep_typed(inner, self), inner) if is_form else inner
        return update_wrapper(steps_first(inner, self, is_form=is_form), inner)

    def has_permission(self, request: HttpRequest) -> bool:
        """As Django's, and only after the steps that follow the password."""
        from evaltracker.admin.steps import open_step

        return super().has_permission(request) and open_step(request) is None

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """As Django's; where the database takes no writes, a page says so."""
        from evaltracker.admin.signing_in import sign_in

        return sign_in(super().login, self)(request, extra_context)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from evaltracker.admin.pages import desk_urls

        return [*desk_urls(self), *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """As Django's, with how much the person has to do with: the bell."""
        from evaltracker.notices import bell
        from labs.web.parameters import today

        return {**super().each_context(request), "bell": bell(request.user, today())}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from evaltracker.admin.worklist import may_work, worklist

        tasks = worklist(request) if may_work(request.user) else {"tasks": []}
        return super().index(request, {**tasks, **(extra_context or {})})

    def why(self, request: HttpRequest) -> dict[str, Any]:
        """Where a report of error led to the form: that it corrects an error of ours."""
        from evaltracker.admin.reports import report_that_led_here

        report = report_that_led_here(request)
        return {"is_correction": True, "reason": "A reader reported an error."} if report else {}

    def proposed(self, request: HttpRequest, proposal: Proposal) -> None:
        """Link a proposal with the report of error that led to it."""
        from evaltracker.actions.reports import link_correction
        from evaltracker.admin.reports import report_that_led_here

        if report := report_that_led_here(request):
            link_correction(report=report, proposal=proposal, by=request.user)
