"""The public site as files: every page and file that has an address without parameters, as it is served.

A page is changed in two ways only. Its links lead to the files beside it where there is one, else to the living site:
search, filters, sorts, other days and forms are there alone. And a strip at its head says so. A copy that stands alone,
for when there is no living site any more, leads to a page of its own that says what is not in it.
"""

import datetime as dt
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import date_format

from evaltracker.web.in_process import answered, body_of, connection_stays
from evaltracker.web.sitemap import NOT_LISTED, addresses
from labs.queries.editions import data_version
from labs.queries.kept import one_version, version_now
from labs.queries.snapshots import one_snapshot
from labs.web.parameters import today

ALONE = ("/robots.txt", "/sitemap.xml")
NOT_IN_COPY = "/not-in-this-copy/"
"""The page of a copy that says what is not in it, the answer of `deploy/nginx/frozen.conf` to parameters."""
NOT_FROZEN = ("/admin/", "/embed/", *(f"/{route}" for route in NOT_LISTED))
"""Forms and the desk; figures for the pages of others, who ask the living site for them."""
LINK = re.compile(r'(?<=\s)(href|src|action|data-url|data-figure|data-plotly)="([^"]*)"')
IN_STYLES = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
START = re.compile(r"<main\b|(?<=<body>)")

Within = Callable[[str], bool]


class Changed(Exception):
    """The record or the day changed while the site was written."""


@dataclass
class Frozen:
    """What was written: each address with its file."""

    folder: Path
    files: dict[str, Path] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    """Addresses that are named and are no file, with what they answered."""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(path.stat().st_size for path in self.files.values())


def freeze(
    folder: Path, tell: Callable[[int, int], None], within: Within = lambda _: True, *, is_alone: bool = False
) -> Frozen:
    """Write the site into an empty folder; ``tell`` is called with how many addresses are done, and are known.

    ``within`` says which addresses to write; ``is_alone``, that no link leads to the living site. Raises Changed where
    the record or the day changed meanwhile.
    """
    frozen, day = Frozen(folder), today()
    with connection_stays(), one_snapshot(), one_version():
        version, state = data_version(), version_now()
        waiting = [*(path for path, _ in addresses()), *ALONE]
        known = set(waiting)
        while waiting:
            path = waiting.pop()
            if within(path) and not path.startswith(NOT_FROZEN):
                for named in _write(frozen, path):
                    if named not in known:
                        known.add(named)
                        waiting.append(named)
            tell(len(known) - len(waiting), len(known))
    if (day, state) != (today(), version_now()):
        raise Changed
    _write_not_in_copy(frozen, day, version)
    note = note_of(day, version, is_alone=is_alone)
    for path, file in frozen.files.items():
        if file.suffix == ".html":
            page = file.read_bytes().decode()
            file.write_bytes(frozen_page(page, path, set(frozen.files), note, is_alone=is_alone).encode())
    return frozen


def _write_not_in_copy(frozen: Frozen, day: dt.date, version: str) -> None:
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", NOT_IN_COPY, NOT_IN_COPY
    page = render_to_string("evaltracker/not_in_copy.html", {"day": day, "data_version": version}, request)
    file = frozen.folder / file_name(NOT_IN_COPY)
    file.parent.mkdir()
    file.write_text(page, encoding="utf-8")
    frozen.files[NOT_IN_COPY] = file


def _write(frozen: Frozen, path: str) -> Iterator[str]:
    """Write what an address answers, and yield the addresses without parameters that it names."""
    status, kind, body = served(path)
    if status != 200:
        frozen.left_out[path] = status
        return
    file = frozen.folder / file_name(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    frozen.files[path] = file
    if kind.startswith("text/html"):
        for _, link in LINK.findall(body.decode()):
            if (target := local(path, unescape(link))) is not None:
                yield target
    elif kind.startswith("text/css"):
        for link in IN_STYLES.findall(body.decode()):
            if not link.startswith("data:") and (target := local(path, link)) is not None:
                yield target


def served(path: str) -> tuple[int, str, bytes]:
    """The status, the type and the bytes that the site answers, through all that a request goes through."""
    with answered(path) as served:
        return served.response.status_code, served.response.get("Content-Type", ""), body_of(served.response)


def file_name(path: str) -> str:
    """The file of an address, below the folder."""
    name = unquote(path).lstrip("/")
    return f"{name}index.html" if not name or name.endswith("/") else name


def local(page: str, link: str) -> str | None:
    """The address of this site that a link names, without its place in the page; None where it has parameters."""
    if not link or link.startswith(("#", "?")):
        return None
    parts = urlsplit(urljoin(page, link))
    if parts.scheme or parts.netloc or parts.query or not parts.path.startswith("/"):
        return None
    return parts.path


def frozen_page(page: str, path: str, files: set[str], note: str, *, is_alone: bool = False) -> str:
    """A page with links that hold where it is a file, and with the note at its head."""
    start = posixpath.dirname(file_name(path)) or "."

    def relative(target: str, place: str = "") -> str:
        return quote(posixpath.relpath(file_name(target), start)) + (f"#{place}" if place else "")

    def lead(match: re.Match[str]) -> str:
        name, link = match[1], unescape(match[2])
        if link.startswith("#") or urlsplit(link).scheme or link.startswith("//"):
            return match[0]
        if (target := local(path, link)) in files and name != "action":
            found = relative(str(target), urlsplit(link).fragment)
        elif is_alone:
            found = relative(NOT_IN_COPY)
        else:
            found = settings.SITE_URL + (urljoin(path, link) if link else path)
        return f'{name}="{escape(found)}"'

    strip = note.format(page=escape(settings.SITE_URL + path), about=escape(relative(NOT_IN_COPY)))
    return START.sub(lambda match: strip + match[0], LINK.sub(lead, page), count=1)


def note_of(day: dt.date, version: str, *, is_alone: bool = False) -> str:
    """The strip at the head of each page; ``{page}`` is the living one, ``{about}`` says what is not here."""
    of = f" of data version {escape(version)}" if version else ""
    led = (
        'Search, filters, sorts, other days and forms <a href="{about}">are not in it</a>.'
        if is_alone
        else "Search, filters, sorts, other days and forms lead to the living site. "
        '<a href="{page}">This page there, as it is now</a>'
    )
    return (
        '<aside class="notice notice--past notice--strip" data-apart aria-label="A copy"><div class="wrap">'
        f'<p><strong>This is a copy{of}, made on <time datetime="{day}">{date_format(day, "j F Y")}</time>.</strong> '
        f"{led}</p></div></aside>\n  "
    )
