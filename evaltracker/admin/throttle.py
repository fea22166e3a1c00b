"""Guessed passwords: after five wrong ones for a name from one connection, it has to wait a quarter of an hour.

django-axes counts. What is locked is the pair of name and connection: nobody can lock an editor out from everywhere.

Somebody with many connections has five guesses from each. After fifty for a name within a quarter of an hour, it is
taken only from browsers in which its person has been at the desk, as a cookie says (the device cookies of OWASP): who
guesses waits, and whoever the name belongs to goes on where they usually work.

Kept of each pair, for as long as it counts, are the network, a digest of the name, a number and a time.
"""

import ipaddress
import math
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from evaltracker.actions.networks import network_of
from evaltracker.web.visitors import visitor_address

GUESSES_OF_A_NAME = 50
KNOWN = "desk_known"
"""The cookie of a browser in which a person has been at the desk; it opens nothing."""
KNOWN_FOR = 180 * 24 * 60 * 60

COUNTED = ("axes_attempt_time", "axes_credentials", "axes_failures_since_start", "axes_ip_address", "axes_locked_out")


def counted_name(_request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """A digest of the name that somebody typed, for it may be a password in the wrong field."""
    name = (credentials or {}).get("username") or ""
    return salted_hmac("evaltracker.throttle", name, algorithm="sha256").hexdigest()


def counted_address(request: HttpRequest) -> str | None:
    """The first address of the visitor's network, as reports of error count it; None if the proxy did not say."""
    network = network_of(visitor_address(request)).partition("/")[0]
    try:
        return str(ipaddress.ip_address(network))
    except ValueError:
        return None


class Attempts(AxesDatabaseHandler):
    """Counts in the database, which all processes share, and keeps nothing of what was sent.

    Axes itself stores the fields of the form, the browser and the path with each count.
    """

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """As axes, of the pair; as many as lock it where many guess at the name, and this browser is not known."""
        failures = super().get_failures(request, credentials)
        return max(failures, settings.AXES_FAILURE_LIMIT) if is_guessed_at(request, credentials) else failures

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """As axes, but with a request that holds nothing. Without one nobody signs in over the network."""
        if request is None:
            return
        if is_guessed_at(request, credentials):
            request.axes_locked_out = True  # type: ignore[attr-defined]  # it was not even looked at, so it counts for nothing
        bare: Any = HttpRequest()
        bare.axes_updated, bare.axes_user_agent, bare.axes_path_info, bare.axes_http_accept = True, "", "", ""
        for name in COUNTED:
            setattr(bare, name, getattr(request, name))
        super().user_login_failed(sender, credentials, bare, **kwargs)
        for name in COUNTED:
            setattr(request, name, getattr(bare, name))


def is_guessed_at(request: HttpRequest, credentials: dict[str, Any] | None) -> bool:
    """Whether so many guess at a name that it is taken from the browsers of its person only, and this is none."""
    name = counted_name(request, credentials)
    if request.get_signed_cookie(KNOWN, default="", salt=KNOWN, max_age=KNOWN_FOR) == name:
        return False
    lately = AccessAttempt.objects.filter(username=name, attempt_time__gt=timezone.now() - settings.AXES_COOLOFF_TIME)
    return (lately.aggregate(all=Sum("failures_since_start"))["all"] or 0) >= GUESSES_OF_A_NAME


def know_browser(request: HttpRequest, response: HttpResponse) -> None:
    """Note that the signed-in person is at the desk in this browser."""
    name = counted_name(request, {"username": request.user.get_username()})
    if request.get_signed_cookie(KNOWN, default="", salt=KNOWN) != name:
        options: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
        response.set_signed_cookie(KNOWN, name, salt=KNOWN, max_age=KNOWN_FOR, path="/admin/", **options)


def locked_sentence(request: HttpRequest) -> str:
    """Why nobody can sign in with this name from here, and when it is possible again."""
    minutes = math.ceil(_seconds_left(request) / 60)
    when = "in a minute" if minutes == 1 else f"in {minutes} minutes"
    if is_guessed_at(request, request.axes_credentials):  # type: ignore[attr-defined]
        return (
            f"Somebody tries many passwords for this name, so it is taken only in a browser in which you have been at "
            f"the desk in the last half-year. Anywhere else you can try again {when}, if that is over by then."
        )
    return (
        f"Too many wrong passwords for this name from your connection. You can try again {when}. If you no longer know "
        "your password, an administrator can set another one."
    )


def _seconds_left(request: HttpRequest) -> int:
    whole = settings.AXES_COOLOFF_TIME
    last = (
        AccessAttempt.objects.filter(
            username=counted_name(request, request.axes_credentials),  # type: ignore[attr-defined]
            ip_address=request.axes_ip_address,  # type: ignore[attr-defined]
        )
        .values_list("attempt_time", flat=True)
        .first()
    )
    left = whole if last is None else last + whole - timezone.now()
    return max(1, math.ceil(left.total_seconds()))


def locked_page(request: HttpRequest, response: HttpResponse, _credentials: Any = None) -> HttpResponse:
    """429: what axes answers in place of a page for signing in. Where that page keeps typed work, it stays."""
    if not getattr(request, "keeps_typed", False):
        context = {
            **admin.site.each_context(request),
            "title": "Wait before you sign in",
            "sentence": locked_sentence(request),
        }
        response = render(request, "admin/locked_out.html", context)
    response.status_code = settings.AXES_HTTP_RESPONSE_CODE
    response["Retry-After"] = str(_seconds_left(request))
    response["Cache-Control"] = "no-store"
    return response
