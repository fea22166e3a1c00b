"""When a session of the desk ends: after some time without a request, after a day's work, and where it is revoked."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from labs.queries.given_passwords import open_given_password

BEGAN = "began"
SEEN = "desk_seen"
"""The cookie with the moment of the last request, signed for its session: no request has to write to the database."""
EVERY = 60  # seconds after which that moment is renewed


def moment() -> float:
    """Now, in seconds."""
    return timezone.now().timestamp()


def begin(request: HttpRequest) -> None:
    """Note when somebody signed in."""
    request.session[BEGAN] = moment()


def has_ended(request: HttpRequest) -> bool:
    """Whether the session of a signed-in person is over.

    It is after a reset of the second factor, too; Django itself ends it with another password.
    """
    began = request.session.get(BEGAN)
    if began is None:
        return True
    now = moment()
    if now - began > settings.SESSION_COOKIE_AGE or now - max(began, _seen(request)) > settings.DESK_IDLE_SECONDS:
        return True
    given = open_given_password(request.user)
    return given is not None and given.given_at.timestamp() > began


def mark_seen(request: HttpRequest, response: HttpResponse) -> None:
    """Note that the person is there."""
    now = moment()
    if now - _seen(request) >= EVERY:
        options: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
        age = settings.SESSION_COOKIE_AGE
        response.set_signed_cookie(SEEN, str(int(now)), salt=_salt(request), max_age=age, path="/admin/", **options)


def _seen(request: HttpRequest) -> int:
    return int(request.get_signed_cookie(SEEN, default="0", salt=_salt(request)))


def _salt(request: HttpRequest) -> str:
    return f"{SEEN}.{request.session.session_key}"
