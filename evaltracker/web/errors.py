"""What the site answers where it has nothing to give: a page, or for programs what ``labs.web.problems`` writes."""

import sys
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults

from evaltracker.actions.refused_writes import NOT_TAKEN, takes_no_writes
from evaltracker.web.databases import is_away, is_slow
from evaltracker.web.public_answers import READING
from labs.web.parameters import BadParameters, address
from labs.web.problems import problem_response

AWAY_NOW = "The database cannot be reached at the moment."
SLOW = "The database took too long for this address, so the query was stopped: ask for less, or with fewer filters."
RETRY_AFTER = 30
"""Seconds after which whoever got no answer may ask again (RFC 9110, section 10.2.3)."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: which parameter is not valid, and what is allowed.

    The links of the page keep the parameters of the request, without those that would lead to this page again.
    """
    problems = exception.problems if isinstance(exception, BadParameters) else []
    detail = "This address asks for something that does not exist." if problems else "The request cannot be understood."
    if answer := problem_response(request, HTTPStatus.BAD_REQUEST, detail, problems):
        return answer
    query = request.GET.copy()
    for problem in problems:
        query.pop(problem.parameter, None)
    request.GET = query
    return render(request, "400.html", {"problems": problems, "clear_url": address(request.path, query)}, status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: there is no such address, or no such public record."""
    words = (
        str(exception)
        if isinstance(exception, Http404) and exception.args and isinstance(exception.args[0], str)
        else ""
    )
    answer = problem_response(request, HTTPStatus.NOT_FOUND, words or "There is nothing at this address.")
    return answer or defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: something broke on our side. It says nothing of what. 503 where the database is away, or takes too long."""
    error = sys.exc_info()[1]
    if takes_no_writes(error):
        return unavailable(request, why=NOT_TAKEN)
    if is_away(error) or is_slow(error):
        return unavailable(request, slow=is_slow(error))
    detail = "Something broke on our side. It is not the request; please try again later."
    return problem_response(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail) or defaults.server_error(request)


def unavailable(request: HttpRequest, *, slow: bool = False, why: str = "") -> HttpResponse:
    """503: the database cannot be reached, takes too long for what the address asks for, or no writes (``why``).

    A proxy in front of us shows the page that it has kept, if it has one.
    """
    request.database_is_away = not (slow or why)  # type: ignore[attr-defined]
    is_writing = request.method not in READING
    is_read = bool(why)
    why = why or (SLOW if slow else AWAY_NOW)
    detail = "Nothing that you sent was stored. " if is_writing else ""
    detail += f"{why} Please try again in {RETRY_AFTER} seconds."
    answer = problem_response(request, HTTPStatus.SERVICE_UNAVAILABLE, detail)
    if answer is None:
        values = {"is_writing": is_writing, "seconds": RETRY_AFTER, "is_slow": slow, "is_read": is_read, "why": why}
        answer = HttpResponse(render_to_string("503.html", values), status=HTTPStatus.SERVICE_UNAVAILABLE)
    answer["Retry-After"] = str(RETRY_AFTER)
    answer["Cache-Control"] = "no-store"
    return answer
