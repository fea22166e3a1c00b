"""Whether the site is alive and ready, for whatever watches it or sends it visitors.

Both answer under any name of the host, over http as over https, and are never kept. Neither is a page of the record, so
both stay out of its sitemap and of the description of its API.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from evaltracker.web.code_version import source_version
from evaltracker.web.databases import choose
from evaltracker.web.public_answers import NOT_KEPT, READING
from labs.queries.migrations import migrations_missing
from labs.queries.records import newest_version
from labs.rules.method import METHOD_VERSION

ALIVE = "/healthz"
READY = "/readyz"
WATCHED = (ALIVE, READY)


class HealthMiddleware:
    """Answers the two addresses before anything else looks at the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in WATCHED:
            return self.get_response(request)
        if request.method not in READING:
            response = HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(READING)})
        else:
            response = alive() if request.path_info == ALIVE else ready()
        response["Cache-Control"] = NOT_KEPT
        # The request has its line; as an error, each question of a watcher would be told to those who run the site.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response


def alive() -> HttpResponse:
    """This process takes requests. No database is asked: one that is away is no reason to start the site anew."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


def ready() -> JsonResponse:
    """Whether pages can be made here: 200 with what they are made of, or 503 with what is missing.

    With a replica, from whichever of both databases answers: while the primary is away, pages go on.
    """
    missing, version = [], None
    choose()
    try:
        connection.ensure_connection()
    except (DatabaseError, InterfaceError):
        missing.append("The database cannot be reached.")
    else:
        try:
            if count := migrations_missing():
                missing.append(f"Migrations that are not applied: {count}.")
            else:
                version = newest_version()
        except (DatabaseError, InterfaceError):
            missing.append("The database does not answer.")
    found = {
        "ready": not missing,
        "missing": missing,
        "data_version": version.name if version else None,
        "method_version": METHOD_VERSION,
        "code_version": source_version(),
    }
    return JsonResponse(found, status=HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK)
