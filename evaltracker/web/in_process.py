"""Public pages served within the process, to build on what they say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from labs.web.problems import ANSWERED_AT

ADMIN = "/admin/"


@dataclass(frozen=True, slots=True)
class Served:
    """A page with the request that it answered, on which it leaves what others need."""

    request: HttpRequest
    response: HttpResponseBase


def serve(meta: Mapping[str, Any], path: str, query: str, answered_at: str = "") -> Served:
    """What a GET of this address would answer, without what middleware adds. Nothing is fetched from anywhere.

    ``meta`` is that of the request for which it is served, with the name of the host. ``answered_at`` is the address of
    a file that answers as the page does where the page is gone: it says whether that is a page, details or text.

    Raises Http404 where there is no public page, and whatever its view raises, such as BadParameters.
    """
    if path.startswith(ADMIN):
        raise Http404("Pages of the desk are not public.")
    try:
        match = resolve(path)
    except Resolver404:
        raise Http404(f"There is no page at {path}.") from None
    request = HttpRequest()
    request.method = "GET"
    request.path, request.path_info, request.resolver_match = path, path, match
    request.META = {**meta, "QUERY_STRING": query, "PATH_INFO": path, "REQUEST_METHOD": "GET"}
    request.GET = QueryDict(query)
    if answered_at:
        setattr(request, ANSWERED_AT, answered_at)
    return Served(request, match.func(request, *match.args, **match.kwargs))


def body_of(response: HttpResponseBase) -> bytes:
    """The whole answer."""
    if response.streaming:
        return b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert isinstance(response, HttpResponse)
    return response.content
