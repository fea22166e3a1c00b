"""Where whole answers are kept: in this process, or in a Redis that several processes share. Decision 13 says why.

An answer is kept under a state, which says of which records, code and day it is, and under a name, which says of which
address and coding. What belongs to an older state is never found again.
"""

import json
import logging
import sys
import threading
import time
from collections import OrderedDict
from importlib.util import find_spec
from typing import NamedTuple, Protocol

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured

logger = logging.getLogger(__name__)

SHARED = "pages"
"""The name of the Redis in the setting ``CACHES``."""
LONGEST = 1 / 8
"""How much of the memory one answer may take: a large one would push out all others."""
PAUSE = 5.0
"""Seconds for which a Redis that did not answer is left alone, so that not every request waits for it."""


class Page(NamedTuple):
    """A whole answer that is 200: its headers, and its body in the coding that the headers name."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


class PageStore(Protocol):
    """What keeps pages. None of its functions raises anything where the store is away: it then has nothing."""

    longest: int  # bytes of an answer that it keeps

    def get(self, state: str, names: tuple[str, ...]) -> Page | None:
        """The first page that is kept under one of these names."""

    def put(self, state: str, name: str, page: Page) -> None:
        """Keep a page, if it is not too large."""


class NoPages:
    """Keeps nothing."""

    longest = 0

    def get(self, state: str, names: tuple[str, ...]) -> Page | None:  # noqa: ARG002
        return None

    def put(self, state: str, name: str, page: Page) -> None:
        pass


class ProcessPages:
    """The last used pages of the newest state, up to a number of bytes. The first look at a newer state drops them."""

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self.longest = int(most * LONGEST)
        self._state = ""
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, state: str, names: tuple[str, ...]) -> Page | None:
        with self._lock:
            if state != self._state:
                self._state, self.size = state, 0
                self._pages.clear()
            for name in names:
                if (page := self._pages.get(name)) is not None:
                    self._pages.move_to_end(name)
                    return page
        return None

    def put(self, state: str, name: str, page: Page) -> None:
        size = size_of(name, page)
        if size > self.longest:
            return
        with self._lock:
            if state != self._state:  # made of records that have changed since
                return
            if (old := self._pages.pop(name, None)) is not None:
                self.size -= size_of(name, old)
            self._pages[name] = page
            self.size += size
            while self.size > self.most:
                self.size -= size_of(*self._pages.popitem(last=False))


def size_of(name: str, page: Page) -> int:
    """How much memory a kept page takes, in bytes, with what its place in the store takes."""
    headers = sum(sys.getsizeof(each) + sum(map(sys.getsizeof, each)) for each in page.headers)
    return sys.getsizeof(name) + sys.getsizeof(page.headers) + headers + sys.getsizeof(page.body) + 200


class SharedPages:
    """Pages in the Redis of the setting ``PAGE_CACHE_URL``. While it is away there are none, and the log says so."""

    longest = 2 * 1024 * 1024

    def __init__(self) -> None:
        if find_spec("redis") is None:
            raise ImproperlyConfigured("PAGE_CACHE_URL needs the package redis: install evaltracker[redis].")
        self._silent_until = 0.0

    def get(self, state: str, names: tuple[str, ...]) -> Page | None:
        found = self._ask("get_many", [f"{state}:{name}" for name in names]) or {}
        return next(iter(found.values()), None)

    def put(self, state: str, name: str, page: Page) -> None:
        if size_of(name, page) <= self.longest:
            self._ask("set", f"{state}:{name}", page)

    def _ask(self, do: str, *arguments: object) -> dict[str, Page] | None:
        from redis.exceptions import RedisError

        if time.monotonic() < self._silent_until:
            return None
        try:
            return getattr(caches[SHARED], do)(*arguments)
        except (RedisError, OSError, ValueError) as error:
            self._silent_until = time.monotonic() + PAUSE
            logger.warning("The page cache in Redis is away, and pages are made without it: %s", error)
            return None


class PageSerializer:
    """A page as the bytes that Redis keeps: a line of JSON with its headers, then its body. None of it is ever run."""

    def dumps(self, page: Page) -> bytes:
        return json.dumps(page.headers).encode() + b"\n" + page.body

    def loads(self, data: bytes) -> Page:
        head, _, body = data.partition(b"\n")
        return Page(tuple((name, value) for name, value in json.loads(head)), body)


def page_store() -> PageStore:
    """The store that the settings name."""
    if SHARED in settings.CACHES:
        return SharedPages()
    return ProcessPages(settings.PAGE_CACHE_BYTES) if settings.PAGE_CACHE_BYTES else NoPages()
