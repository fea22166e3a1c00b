"""Reports of errors: first what is often misunderstood, then a form. Nobody needs an account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from evaltracker.actions.reports import (
    LATER_CHARACTERS,
    REPORTS_OF_ONE,
    NoRoomForReports,
    NotStored,
    TooLongForLater,
    TooManyReports,
    receive_report,
)
from evaltracker.web.forms import ErrorReportForm
from evaltracker.web.parameters import request_parameters
from evaltracker.web.visitors import visitor_address
from labs.web.parameters import with_kept

NOT_STORED = "It could not be stored at the moment. All that you typed is still there: send it again in a minute."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; ``page`` in the address fills in the page that the report is about."""
    request_parameters(request.GET, others=("page",))
    if request.method != "POST":
        return _form(request, ErrorReportForm(initial={"page": request.GET.get("page", "/")[:300]}))
    form = ErrorReportForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=400)
    try:
        receive_report(report=form.instance, address=visitor_address(request))
    except TooManyReports:
        words = f"We take {REPORTS_OF_ONE} reports a day from one connection. Keep your text and send it tomorrow"
        form.add_error(None, f"{words}{_or_write()}.")
        return _form(request, form, status=429)
    except NoRoomForReports:
        words = "So many reports came that we cannot keep more today. Keep your text and send it tomorrow"
        form.add_error(None, f"{words}{_or_write()}.")
        return _form(request, form, status=429)
    except TooLongForLater:
        words = f"Many reports came today, so each may have {LATER_CHARACTERS:,} characters in all. Shorten yours, or "
        form.add_error(None, f"{words}keep your text and send it tomorrow{_or_write()}.")
        return _form(request, form, status=429)
    except NotStored:
        form.add_error(None, NOT_STORED)
        response = _form(request, form, status=503)
        response["Retry-After"] = "60"
        return response
    return redirect(with_kept(reverse("report_received"), request.GET))


report.takes_forms = True  # type: ignore[attr-defined]


def received(request: HttpRequest) -> HttpResponse:
    """Thanks, and what happens next."""
    request_parameters(request.GET)
    return render(request, "evaltracker/report_received.html")


def _or_write() -> str:
    return f", or write to {settings.CONTACT_EMAIL}" if settings.CONTACT_EMAIL else ""


def _form(request: HttpRequest, form: ErrorReportForm, status: int = 200) -> HttpResponse:
    return render(request, "evaltracker/report.html", {"form": form}, status=status)
