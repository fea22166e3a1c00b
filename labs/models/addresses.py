"""The paths of our own pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

PATHS_KEPT = 5_000
_PLACE = "where-a-key-stands"
_IS_KEY = re.compile("[-a-zA-Z0-9_]+").fullmatch


_root: ContextVar[tuple[str | None, str] | None] = ContextVar("root", default=None)


@contextmanager
def one_root() -> Iterator[None]:
    """Let all paths that are made inside, such as those of one page, begin alike: to ask Django where the site begins
    takes several times as long as to make a path.
    """
    token = _root.set((get_urlconf(), get_script_prefix()))
    try:
        yield
    finally:
        _root.reset(token)


def page_path(name: str, *args: str) -> str:
    """The path of a named page. A page has hundreds of links, and Django's ``reverse`` looks for each of them anew.

    Raises NoReverseMatch where there is no such page.
    """
    urlconf, prefix = _root.get() or (get_urlconf(), get_script_prefix())
    if len(args) == 1 and _IS_KEY(args[0]) and (around := _around_key(urlconf, prefix, name)) is not None:
        return args[0].join(around)
    return _reversed(urlconf, prefix, name, args)


@lru_cache(maxsize=PATHS_KEPT)
def _around_key(urlconf: str | None, _script_prefix: str, name: str) -> tuple[str, str] | None:
    """What stands before and after the key in the paths of a page that takes any key; None for other pages."""
    try:
        before, _, after = reverse(name, urlconf=urlconf, args=[_PLACE]).partition(_PLACE)
    except NoReverseMatch:
        return None
    return before, after


@lru_cache(maxsize=PATHS_KEPT)
def _reversed(urlconf: str | None, _script_prefix: str, name: str, args: tuple[str, ...]) -> str:
    return reverse(name, urlconf=urlconf, args=args)
