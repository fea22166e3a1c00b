"""A walk over the addresses that the pages of the site name, in process, each address once.

What a page names: its links, the pictures, scripts and styles that it needs, and where its forms lead as they stand.
"""

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urldefrag, urlencode, urljoin, urlsplit

ORIGIN = "http://testserver"


class _Page:
    """The addresses that a page names, and the places in it that one can lead to.

    Most pages are only asked whether they are there, so each is read for its addresses once somebody wants those.
    """

    def __init__(self, text: str) -> None:
        self._packed = zlib.compress(text.encode(), 1)
        self.places = {"", "top", *map(unescape, re.findall(r'<[^<>]*\sid="([^"]*)"', text))}

    @cached_property
    def named(self) -> list[str]:
        reader = _Reader()
        reader.feed(zlib.decompress(self._packed).decode())
        return reader.named


class _Reader(HTMLParser):
    """The addresses that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.named: list[str] = []
        self._form: tuple[str, list[tuple[str, str]]] | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for attribute in ("href", "src", "data-url"):
            if attribute in given:
                self.named.append(given[attribute])
        if tag == "form" and given.get("method", "get").lower() == "get":
            self._form = given.get("action", ""), []
        elif tag == "select" and "name" in given:
            self._select = given["name"], []
        elif tag == "option" and self._select:
            self._select[1].append((given.get("value", ""), "selected" in given))
        elif tag == "input" and self._form and "name" in given:
            kind = given.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in given:
                self._form[1].append((given["name"], given.get("value", "on" if kind == "checkbox" else "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            name, options = self._select
            chosen = [value for value, is_selected in options if is_selected] or [value for value, _ in options[:1]]
            if self._form:
                self._form[1].extend((name, value) for value in chosen)
            self._select = None
        elif tag == "form" and self._form:
            action, values = self._form
            self.named.append(f"{urldefrag(action)[0].partition('?')[0]}?{urlencode(values)}")
            self._form = None


@dataclass
class Crawl:
    """What a walk saw: how often which status came, and each address that does not hold, with a page that names it.

    With ``in_brief`` it asks, of the addresses of one shape that a page names, for the first and the last only.
    """

    get: Callable[[str], tuple[int, str, str]]  # an address → status, type of content, text or where it redirects to
    skip: Callable[[str], bool] = lambda path: False
    in_brief: bool = False
    statuses: Counter[int] = field(default_factory=Counter)
    dead: dict[str, str] = field(default_factory=dict)
    _pages: dict[str, _Page | None] = field(default_factory=dict)
    _places: dict[str, dict[str, str]] = field(default_factory=dict)

    def walk(self, addresses: Iterable[str]) -> None:
        """Ask for these pages, and for each address that they name."""
        for address in addresses:
            page = self._read(address, "the list of pages")
            named = list(self._named(address, page)) if page else []
            for each in _first_and_last(named) if self.in_brief else named:
                self._read(each, address)

    def _read(self, address: str, named_by: str) -> _Page | None:
        """The page at an address, which is asked for once; None where there is none to read."""
        plain, place = urldefrag(address)
        if place:
            self._places.setdefault(plain, {}).setdefault(place, named_by)
        if plain not in self._pages:
            self._pages[plain] = None
            status, content_type, text = self.get(plain)
            self.statuses[status] += 1
            if status >= 400:
                self.dead[plain] = f"{status}, named by {named_by}"
            elif status in (301, 302):
                self._pages[plain] = self._read(urljoin(plain, text), plain)
            elif content_type.startswith("text/html"):
                self._pages[plain] = _Page(text)
        return self._pages[plain]

    def _named(self, address: str, page: _Page) -> Iterator[str]:
        for named in page.named:
            url = urljoin(ORIGIN + address, named)
            if url.startswith(f"{ORIGIN}/") and not self.skip(urlsplit(url).path):
                yield url.removeprefix(ORIGIN)

    def missing_places(self) -> dict[str, str]:
        """Each address whose place is not on its page, with a page that names it."""
        return {
            f"{plain}#{place}": f"no such place, named by {named_by}"
            for plain, places in self._places.items()
            if (page := self._pages.get(plain)) is not None
            for place, named_by in places.items()
            if place not in page.places
        }


def _first_and_last(addresses: Iterable[str]) -> list[str]:
    """Of the addresses of each shape, the first and the last: the kind of page, its parameters, and whether a place in
    it is named.
    """
    ends: dict[tuple[object, ...], tuple[str, str]] = {}
    for address in addresses:
        parts = urlsplit(address)
        kind, _, rest = parts.path.lstrip("/").partition("/")
        file = rest.rpartition("/")[2]
        shape = (kind, file or str(bool(rest)), bool(parts.fragment), *sorted(parse_qs(parts.query)))
        first, _ = ends.setdefault(shape, (address, address))
        ends[shape] = first, address
    return list(dict.fromkeys(each for pair in ends.values() for each in pair))
