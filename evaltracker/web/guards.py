"""What is refused before anything is parsed: large bodies, bodies of no length, long addresses, zero bytes.

How much an address takes follows from what it is for. Nobody who reads has anything to send, so public pages take a
form of their own and no more; files go to three pages of the desk, and only from people who are signed in.
"""

import re
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from labs.actions.uploads import sweep_uploads
from labs.web.problems import problem_response

ADMIN = "/admin/"
KIB = 1024
LONGEST_ADDRESS = 8_000
"""Characters of an address with its parameters. gunicorn refuses more than 4,094 by itself, unless told otherwise."""
_UPLOADS = re.compile(r"/admin/(?:system-card/|(?:[a-z]+/[a-z]+/)?import/|labs/source/[^/]+/snapshot/)")

Respond = Callable[[HttpRequest], HttpResponse]


class GuardMiddleware:
    """Refuses what no address takes. It runs before all that reads more of a request than its head.

    Raises BadRequest for a zero byte in a path or a cookie, and in the parameters of the desk: no text has one, and
    PostgreSQL can neither store nor compare it. Public pages name the parameter that has one.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        sweep_uploads()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return refusal(request) or self.get_response(request)


class SignedInMiddleware:
    """Refuses a large body from whoever is not signed in. It runs before a token is looked for in the form."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > settings.DESK_BODY_BYTES and SESSION_KEY not in request.session:
            return _refused(
                request,
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"Whoever is not signed in can send at most {_size(settings.DESK_BODY_BYTES)}. Sign in in another "
                "window, then go back: your browser has kept what you typed.",
            )
        return self.get_response(request)


def most_bytes(path: str) -> int:
    """How large a body an address takes."""
    if not path.startswith(ADMIN):
        return settings.PUBLIC_BODY_BYTES
    return settings.UPLOAD_BODY_BYTES if _UPLOADS.match(path) else settings.DESK_BODY_BYTES


def refusal(request: HttpRequest) -> HttpResponse | None:
    """The answer to a request that nobody looks into; None for any other. Raises BadRequest."""
    address = len(request.META.get("QUERY_STRING", "")) + len(request.path_info)
    if address > LONGEST_ADDRESS:
        sentence = f"The address has {address:,} characters; at most {LONGEST_ADDRESS:,} are read."
        return _refused(request, HTTPStatus.REQUEST_URI_TOO_LONG, sentence)
    if _has_zero_byte(request):
        raise BadRequest("The request holds a zero byte.")
    if "CONTENT_LENGTH" not in request.META or not request.META["CONTENT_LENGTH"]:
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            sentence = "A request with a body has to say how long it is (Content-Length)."
            return _refused(request, HTTPStatus.LENGTH_REQUIRED, sentence)
        return None
    if not request.META["CONTENT_LENGTH"].isascii() or not request.META["CONTENT_LENGTH"].isdigit():
        raise BadRequest("Content-Length is no number.")
    most = most_bytes(request.path_info)
    if _length(request) > most:
        return _refused(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"This address takes at most {_size(most)}.")
    return None


def _length(request: HttpRequest) -> int:
    return int(request.META.get("CONTENT_LENGTH") or 0)


def _size(number: int) -> str:
    return f"{number // KIB} KiB" if number < 1024 * KIB else f"{number // (1024 * KIB)} MiB"


def _has_zero_byte(request: HttpRequest) -> bool:
    cookies, query = request.META.get("HTTP_COOKIE", ""), request.META.get("QUERY_STRING", "")
    return (
        "\0" in request.path_info
        or (request.path_info.startswith(ADMIN) and ("%00" in query or "\0" in query))
        # In quotation marks a cookie may write it as \000.
        or (("\0" in cookies or "\\0" in cookies) and any("\0" in value for value in request.COOKIES.values()))
    )


def _refused(request: HttpRequest, status: HTTPStatus, sentence: str) -> HttpResponse:
    answer = problem_response(request, status, sentence)
    if answer is None:
        values = {"number": status.value, "heading": status.phrase, "words": sentence}
        answer = HttpResponse(render_to_string("refused.html", values), status=status)
    answer["Cache-Control"] = "no-store"
    return answer
