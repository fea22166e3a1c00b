"""Public answers for caches: a tag and a moment on each, 304 before any work, whole answers kept. Decision 13.

What the public sees is a function of the address, the records, the code and today. So a tag of those four names an
answer before it is made, and what was made once is sent again as long as they stay the same.

Whoever is signed in gets nothing that was kept, and leaves nothing behind.
"""

import datetime as dt
import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from http import HTTPStatus
from itertools import chain
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import cc_delim_re, get_conditional_response, patch_vary_headers
from django.utils.http import http_date, parse_etags, parse_http_date

from evaltracker.web.code_version import code_version
from evaltracker.web.codings import CODINGS, WORTH_IT, coding_for, is_compressed
from evaltracker.web.counts import ANSWERED_FROM
from evaltracker.web.long_answers import LongAnswer, long_answers
from evaltracker.web.page_store import Page, page_store
from evaltracker.web.streams import WHOLE
from labs.models import Version
from labs.queries.kept import is_newest, one_version, store
from labs.web.carried import EARLIER, MADE_OF, EarlierFile, State
from labs.web.parameters import READABLE, today
from labs.web.plain_files import WRITTEN_BY_DATABASE

_Answer = TypeVar("_Answer", bound=HttpResponseBase)

ADMIN = "/admin/"
READING = ("GET", "HEAD")
CAMPAIGN = "utm_"

FOR_A_MINUTE = "max-age=0, s-maxage=60, stale-while-revalidate=60, stale-if-error=86400"
"""Browsers ask each time, and some show what they have for up to a minute while they ask; caches in front of us show an
answer that is at most two minutes old (RFC 9111, RFC 5861).
"""
FOR_A_DAY = "max-age=86400, s-maxage=86400, stale-while-revalidate=60, stale-if-error=86400"
"""Of a day and a data version that the address names."""
NOT_KEPT = "no-store"
PERSONAL = "private, no-store"

SETTLED = dt.timedelta(seconds=2)
"""A moment is told in whole seconds, so one that is newer may be that of two different answers (RFC 9110, 8.8.2.2)."""

MOST_IN_MEMORY = 64 * 1024 * 1024
"""Bytes of a file from which one in another order takes lines."""

PERSONAL_COOKIES = ("messages",)
"""Besides the session's: what a desk has to say to one person at the next page."""


class PublicAnswersMiddleware:
    """Answers what is known, and keeps and marks what is made. It runs before all that reads a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.pages, self.files = page_store(), long_answers()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(ADMIN) or settings.DEBUG:
            return self.get_response(request)
        if request.method not in READING:
            return _marked(self.get_response(request), NOT_KEPT)
        request.get_host()  # raises DisallowedHost, also for an address whose answer is kept
        _write_alike(request)
        if is_personal(request):
            return _marked(self.get_response(request), PERSONAL)
        with one_version():
            return self._answer(request, Asked(request, store().version, today()))

    def _answer(self, request: HttpRequest, asked: "Asked") -> HttpResponseBase:
        # Only who was sent the whole answer has its tag, so the address has one. A * or a moment proves nothing.
        if asked.has_tag(asked.tag):
            setattr(asked.request, ANSWERED_FROM, "not modified")
            return asked.not_modified()
        setattr(asked.request, ANSWERED_FROM, "kept")
        if (page := self.pages.get(asked.state, (asked.name,))) is not None:
            return asked.conditional(_as_response(page))
        others = tuple(asked.name_in(coding) for coding in CODINGS if coding != asked.coding)
        if (page := self.pages.get(asked.state, others)) is not None:
            response = _decoded(page, asked)
        elif (file := self._file(asked)) is not None:
            return asked.conditional(_of_file(file, asked))
        else:
            setattr(asked.request, ANSWERED_FROM, "made")
            setattr(asked.request, EARLIER, partial(self._earlier_file, asked))
            made = self.get_response(request)
            if made.status_code == HTTPStatus.NOT_MODIFIED:
                return made
            if made.status_code != HTTPStatus.OK:
                return _marked(made, NOT_KEPT)
            if made.cookies or not _may_be_kept(made):
                return _personal(made)
            if getattr(request, "made_of", asked.version) != asked.version or asked.day != today():
                return _marked(made, NOT_KEPT)  # somebody wrote since the request began
            whole = _whole(made, min(WHOLE, self.pages.longest))
            if whole is not None and made.streaming and not is_newest(asked.version):
                return _marked(whole, NOT_KEPT)  # a stream may be made after the snapshot of its request
            if whole is None and request.method == "GET":
                self._keep(made, asked)
            asked.mark(whole or made)
            if whole is None or request.method != "GET":
                return asked.conditional(whole or made)
            response = whole
        asked.compress(response)
        self.pages.put(asked.state, asked.name, Page(tuple(response.items()), response.content))
        return asked.conditional(response)

    def _file(self, asked: "Asked") -> LongAnswer | None:
        """The file that is kept of the address: by its state, or of lines that are of this state."""
        if (file := self.files.get(asked.state, asked.name_in(""))) is not None:
            return file
        file = self.files.get(asked.place_of_lines, asked.name_in(""))
        if file is None or (file.made_of is not None and file.made_of.stamp == asked.version.stamp):
            return file
        file.file.close()
        return None

    def _earlier_file(self, asked: "Asked", query: str | None = None) -> EarlierFile | None:
        """The file whose lines the one of the address may take; with a ``query`` that of its path with this one."""
        name = asked.name_in("") if query is None else _digest(asked.request.path, query, "")
        file = self.files.get(asked.place_of_lines, name)
        if file is None:
            return None
        if file.made_of is None or (query is not None and file.unpacked > MOST_IN_MEMORY):
            file.file.close()
            return None
        content = file.content(is_gzip=False)
        return EarlierFile(file.made_of, _while_whole(content), content.close)

    def _keep(self, made: HttpResponseBase, asked: "Asked") -> None:
        """Let a long file be kept while it goes out, if it is worth that."""
        assert isinstance(made, StreamingHttpResponse)
        is_cheap = getattr(made, WRITTEN_BY_DATABASE, False)
        if is_cheap or not self.files.most or not is_compressed(made["Content-Type"]):
            return
        made_of: State | None = getattr(made, MADE_OF, None)
        place, beside = asked.state, asked.place_of_lines
        if made_of is not None:
            place, beside = beside, place
        made.streaming_content = self.files.keeping(
            place,
            asked.name_in(""),
            dict(made.items()),
            made.streaming_content,  # type: ignore[arg-type]
            # The last row may be made after the snapshot of the request.
            lambda: is_newest(asked.version) and asked.day == today(),
            made_of=made_of,
            beside=beside,
        )


@dataclass
class Asked:
    """What a request asks for: the address, as it is written for all, of a state of the records, on a day."""

    request: HttpRequest
    version: Version
    day: dt.date

    @cached_property
    def coding(self) -> str:
        """The coding that the reader likes best."""
        return coding_for(self.request.headers.get("Accept-Encoding", ""))

    @cached_property
    def state(self) -> str:
        """The records, the code and the day.

        The day counts with ``as_of`` too: a page says when it was retrieved, and whether its day is past.
        """
        return _digest(code_version(), str(self.version.number), self.version.stamp, self.day.isoformat())

    @cached_property
    def place_of_lines(self) -> str:
        """The code and the day: where files are from which the next state takes lines."""
        return _digest(code_version(), self.day.isoformat())

    @cached_property
    def name(self) -> str:
        """The address and the coding."""
        return self.name_in(self.coding)

    def name_in(self, coding: str) -> str:
        """The name of the same answer in another coding."""
        return _digest(self.request.path, self.request.META["QUERY_STRING"], coding)

    @cached_property
    def tag(self) -> str:
        """The strong tag of the answer, known before it is made."""
        return f'"{_digest(self.state, self.name)}"'

    @cached_property
    def modified(self) -> dt.datetime:
        """When what it is made of last changed: the records, or the day."""
        midnight = dt.datetime.combine(self.day, dt.time(), timezone.get_current_timezone())
        return max(self.version.made_at, midnight)

    @property
    def control(self) -> str:
        """How long caches may keep it."""
        return FOR_A_DAY if {"as_of", "data_version"} <= self.request.GET.keys() else FOR_A_MINUTE

    def has_tag(self, tag: str) -> bool:
        """Whether the reader says to have the answer with this tag."""
        given = self.request.META.get("HTTP_IF_NONE_MATCH", "")
        return bool(given) and tag in [each.removeprefix("W/") for each in parse_etags(given)]

    def mark(self, response: HttpResponseBase) -> None:
        """Say the tag, the moment and how long it holds, where the view has not said so itself."""
        response.headers.setdefault("ETag", self.tag)
        if timezone.now() - self.modified >= SETTLED:
            response.headers.setdefault("Last-Modified", http_date(self.modified.timestamp()))
        response.headers.setdefault("Cache-Control", self.control)
        patch_vary_headers(response, ["Accept-Encoding"])

    def compress(self, response: HttpResponse) -> None:
        """Write a whole answer in the coding that the reader likes best. Its tag is then that of these bytes."""
        if self.coding and len(response.content) >= WORTH_IT and is_compressed(response["Content-Type"]):
            write, _ = CODINGS[self.coding]
            response.content = write(response.content)
            response["Content-Encoding"] = self.coding
            response["ETag"] = self.tag
        response["Content-Length"] = str(len(response.content))

    def not_modified(self) -> HttpResponse:
        """304, with what the whole answer would say of caching."""
        response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
        del response["Content-Type"]
        self.mark(response)
        return response

    def conditional(self, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, or 304 or 412 as the reader's conditions have it; only the head where that was asked for."""
        moment = response.get("Last-Modified")
        found = get_conditional_response(
            self.request,
            etag=response["ETag"],
            last_modified=parse_http_date(moment) if moment else None,
            response=response,  # type: ignore[arg-type]
        )
        if found is not response:
            return _in_place_of(response, found or response)
        if self.request.method == "HEAD" and isinstance(response, HttpResponse):
            response.content = b""
        return response


def is_personal(request: HttpRequest) -> bool:
    """Whether the request names a person."""
    names = (settings.SESSION_COOKIE_NAME, *PERSONAL_COOKIES)
    return "HTTP_AUTHORIZATION" in request.META or (
        "HTTP_COOKIE" in request.META and any(name in request.COOKIES for name in names)
    )


def _write_alike(request: HttpRequest) -> None:
    """Write the parameters of an address in one way, without those of campaigns, before anything reads them.

    So no page knows of the tags by which somebody counts readers, or how their program writes a blank.
    """
    kept = request.GET.copy()
    for name in [name for name in kept if name.startswith(CAMPAIGN)]:
        del kept[name]
    request.META["QUERY_STRING"] = kept.urlencode(safe=READABLE)
    request.__dict__.pop("GET", None)


def _may_be_kept(response: HttpResponseBase) -> bool:
    said = {word.lower() for word in cc_delim_re.split(response.get("Cache-Control", ""))}
    return not said & {"private", "no-store", "no-cache"}


def _marked(response: HttpResponseBase, control: str) -> HttpResponseBase:
    response.headers.setdefault("Cache-Control", control)
    return response


def _personal(response: HttpResponseBase) -> HttpResponseBase:
    if _may_be_kept(response):
        response["Cache-Control"] = PERSONAL
    return response


def _whole(response: HttpResponseBase, most: int) -> HttpResponse | None:
    """The answer as a whole one. None where it is streamed and longer than ``most``; it then goes on as it was."""
    if isinstance(response, HttpResponse):
        return response
    if not most:
        return None
    assert isinstance(response, StreamingHttpResponse)
    pieces = iter(response.streaming_content)  # type: ignore[call-overload]
    first: list[bytes] = []
    size = 0
    for piece in pieces:
        first.append(piece)
        size += len(piece)
        if size > most:
            response.streaming_content = chain(first, pieces)
            return None
    return _in_place_of(response, HttpResponse(b"".join(first), headers=dict(response.items())))


def _in_place_of(response: HttpResponseBase, other: _Answer) -> _Answer:
    """Another answer, which closes what the first would have closed.

    The first is not closed itself: that says that the request is over, and Django then closes connections.
    """
    if other is not response:
        other._resource_closers.extend(response._resource_closers)  # type: ignore[attr-defined]
    return other


def _as_response(page: Page) -> HttpResponse:
    return HttpResponse(page.body, headers=dict(page.headers))


def _decoded(page: Page, asked: Asked) -> HttpResponse:
    headers = dict(page.headers)
    if coding := headers.pop("Content-Encoding", ""):
        headers["ETag"] = asked.tag
    _, read = CODINGS[coding]
    return HttpResponse(read(page.body), headers=headers)


def _of_file(file: LongAnswer, asked: Asked) -> StreamingHttpResponse:
    """A kept file as an answer, in gzip or without; a stream has no other coding."""
    is_gzip = bool(coding_for(asked.request.headers.get("Accept-Encoding", ""), ("gzip",)))
    response = StreamingHttpResponse(file.content(is_gzip=is_gzip), headers=file.headers)
    response["Content-Length"] = str(file.packed if is_gzip else file.unpacked)
    if is_gzip:
        response["Content-Encoding"] = "gzip"
    if asked.request.method == "HEAD":
        response.streaming_content = ()
    asked.mark(response)
    return response


def _while_whole(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of a kept file, as far as it is not damaged."""
    with suppress(zlib.error):
        yield from pieces


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
