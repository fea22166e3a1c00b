"""The paths of our own pages."""

from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse

PATHS_KEPT = 50_000


def page_path(name: str, *args: str) -> str:
    """The path of a named page. A page has hundreds of links, and Django's ``reverse`` looks for each of them anew."""
    return _reversed(get_urlconf(), get_script_prefix(), name, args)


@lru_cache(maxsize=PATHS_KEPT)
def _reversed(urlconf: str | None, _script_prefix: str, name: str, args: tuple[str, ...]) -> str:
    return reverse(name, urlconf=urlconf, args=args)
