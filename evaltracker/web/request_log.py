"""One line of the log for each request, as JSON, and a name for the request in every line that is written meanwhile.

Nothing personal is in it: the pattern of the address in place of the address, no parameters, no names, no hosts. What a
reader typed can stand in the message of an exception, so of an exception its kind and its place are written alone.
"""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from evaltracker.web.counts import ANSWERED_FROM, count

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
OURS = ("labs", "commitments", "evaltracker")
OF_DJANGO = ("django.request", "django.security")
REFUSED = "refused_because"
"""On a request: why its answer is not what was asked for, in a word."""
WATCHING = ("healthz", "readyz", "metrics")
"""Addresses that a middleware answers: they have no pattern."""
NOWHERE = "none"
"""The pattern of an address that the site does not have."""


@dataclass
class Trace:
    """What is known of the request that is being answered."""

    name: str
    method: str
    request: HttpRequest

    @property
    def route(self) -> str:
        """The pattern of the address, such as ``labs/<slug:key>/``, which is the same for all records."""
        match = self.request.resolver_match
        return match.route or "/" if match is not None else _route(self.request.path_info)


_trace: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace | None:
    """The request that is being answered, if one is."""
    return _trace.get()


class RequestLogMiddleware:
    """Names the request, and writes its line when it was answered. The first of all, so that it sees every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        trace = Trace(name_of(request), request.method if request.method in METHODS else "other", request)
        token, started = _trace.set(trace), time.perf_counter()
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            response[HEADER] = trace.name
            route = trace.route
            write_line(trace, route, response.status_code, seconds)
            count(trace.method, route, response.status_code, seconds, getattr(request, ANSWERED_FROM, None))
        finally:
            _trace.reset(token)
        return response


def write_line(trace: Trace, route: str, status: int, seconds: float) -> None:
    """The line of a request. What watches the site asks every few seconds, and is no news."""
    said = {"method": trace.method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    if why := getattr(trace.request, REFUSED, ""):
        said["refused"] = why
    level = logging.INFO
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        level = logging.WARNING  # the error itself has a line of its own
    elif route in WATCHING:
        level = logging.DEBUG
    logger.log(level, "%s %s %s", trace.method, route, status, extra={"said": said})


def name_of(request: HttpRequest) -> str:
    """The name that a trusted proxy gave to the request; else a new one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUST_X_REQUEST_ID else ""
    return given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex


@lru_cache(maxsize=2048)
def _route(path: str) -> str:
    """The pattern, where no view was asked: for an answer that was kept, or refused before."""
    if path.startswith(settings.STATIC_URL):
        return "static"
    if path.removeprefix("/") in WATCHING:
        return path.removeprefix("/")
    try:
        return resolve(path).route or "/"
    except Resolver404:
        return NOWHERE


class OneLine(logging.Filter):
    """A request that cannot be answered is no error of ours: it gets no traceback, and no line besides its own.

    A traceback would also print the address's text as it came, line breaks included.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, BadRequest | SuspiciousOperation):
            record.exc_info, record.exc_text = None, None
        status = getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
        if not record.name.startswith(OF_DJANGO) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return True
        request = getattr(record, "request", None)
        is_first = not hasattr(request, REFUSED)
        if request is not None and is_first:
            why = type(error).__name__ if error is not None else record.name.removeprefix("django.security.")
            setattr(request, REFUSED, "" if why == "django.request" else why)
        return not settings.LOG_IS_JSON and is_first


class JsonLines(logging.Formatter):
    """A record of the log as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": moment.replace("+00:00", "Z"), "level": record.levelname, "logger": record.name}
        if (trace := current_trace()) is not None:
            line["request"] = trace.name
        said = getattr(record, "said", None)
        line |= said if said is not None else {"message": words(record)}
        if record.exc_info and record.exc_info[0] is not None:
            line |= {"error": record.exc_info[0].__name__, "at": places(record.exc_info[2])}
        return json.dumps(line, ensure_ascii=False)


def words(record: logging.LogRecord) -> str:
    """What a record says. Of others, their own words alone: what they fill in can be what somebody typed."""
    if record.name.partition(".")[0] in OURS:
        return record.getMessage()
    if record.name.startswith(OF_DJANGO) and hasattr(record, "status_code"):
        return HTTPStatus(record.status_code).phrase
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    return re.sub(r"ip=\S+", "ip=…", re.sub(r"[: (]*%[sdr]\)?", "", record.msg))


def places(traceback: TracebackType | None) -> list[str]:
    """Where an exception came through, the innermost place last: ``labs/web/lists.py:33 page``."""
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        found.append(f"{_short(code.co_filename)}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return found


def _short(name: str) -> str:
    path = Path(name)
    if path.is_relative_to(settings.BASE_DIR) and ".venv" not in path.parts:
        return str(path.relative_to(settings.BASE_DIR))
    return "/".join(path.parts[-3:])
