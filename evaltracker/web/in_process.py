"""Public pages served within the process, to build on what they say."""

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
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


@contextmanager
def answered(path: str) -> Iterator[Served]:
    """What the site answers to a visitor's GET of the path, through all that a request goes through."""
    site = urlsplit(settings.SITE_URL)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": unquote(path).encode().decode("latin-1"),
        "QUERY_STRING": "",
        "SERVER_NAME": site.hostname,
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "https" if settings.SECURE_SSL_REDIRECT else site.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        environ[name] = value
    request = WSGIRequest(environ)
    response = the_site().get_response(request)
    try:
        yield Served(request, response)
    finally:
        response.close()


@contextmanager
def connection_stays() -> Iterator[None]:
    """Let no request that is answered within the process close the connection, or end a transaction of all of them."""
    ends = (request_started, request_finished)
    for each in ends:
        each.disconnect(close_old_connections)
    try:
        yield
    finally:
        for each in ends:
            each.connect(close_old_connections)


@cache
def the_site() -> WSGIHandler:
    """All that a request goes through, made once, as in a server."""
    return WSGIHandler()


def body_of(response: HttpResponseBase) -> bytes:
    """The whole answer."""
    return b"".join(body_pieces(response))


def body_pieces(response: HttpResponseBase) -> Iterable[bytes]:
    """The answer, as it is made."""
    if response.streaming:
        return response.streaming_content  # type: ignore[attr-defined, no-any-return]
    assert isinstance(response, HttpResponse)
    return [response.content]
