"""What a page, and each quote on it, is cited as."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.utils.html import strip_tags

from labs.choices import Owner
from labs.models import Source
from labs.models.addresses import page_path
from labs.queries.editions import data_version, data_version_made_on
from labs.queries.kept import kept, of_each, records, renewed
from labs.rules import citing
from labs.rules.citing import Cited, QuotedSource, Reference, quote_id
from labs.rules.method import METHOD_VERSION
from labs.web.parameters import absolute, address, today, with_kept

FORMATS: dict[str, tuple[str, str, Callable[[Iterable[Reference]], str]]] = {
    "bib": ("BibTeX", "application/x-bibtex", citing.bibtex),
    "ris": ("RIS", "application/x-research-info-systems", citing.ris),
    "json": ("CSL-JSON", "application/vnd.citationstyles.csl+json", citing.csl_json),
    "txt": ("text", "text/plain", citing.plain_text),
}
"""The ending of the file: what people call the format, its media type, and how it is written."""


def page_reference(permalink: Mapping[str, Any], *, title: str, sentence: str, kind: Cited = Cited.PAGE) -> Reference:
    """What the page of a permalink is cited as, on the day of the request. ``title`` and ``sentence`` may hold tags of
    HTML. Its key is made of the permalink, so it is one on the page and in the file to which the permalink leads.
    """
    parts = urlsplit(permalink["url"])
    return citing.page_reference(
        title=_without_publisher(_text(title)),
        url=absolute(f"{parts.path}?{parts.query}"),
        as_of=permalink["as_of"],
        data_version=data_version(),
        method_version=permalink["method_version"],
        made_on=data_version_made_on(),
        sentence=_text(sentence),
        accessed=today(),
        kind=kind,
        key=citing.entry_key(citing.PUBLISHER, parts.path, parts.query),
    )


def quoted_on(source: Source, day: dt.date) -> QuotedSource:
    """A source as it is cited, with the permalink of its page on a day."""
    return quoted_source(source, fixed(day, data_version()))


def quoted_source(source: Source, held_as: str) -> QuotedSource:
    """A source as it is cited: by the lab or the evaluator whose word it is, else by its publisher. ``held_as`` is what
    the address of its page ends with.
    """
    return QuotedSource(
        key=source.key,
        title=source.title,
        author=str(source.lab or source.evaluator or source.publisher),
        publisher=source.publisher,
        published_on=source.published_on,
        url=source.url,
        archived_url=source.archived_url,
        read_on=source.read_on,
        words=source.quote_words,
        edition=source.edition,
        is_about=is_about(source),
        held_at=absolute(f"{page_path('labs:source_detail', source.key)}{held_as}"),
    )


@lru_cache(maxsize=16)
def fixed(day: dt.date, version: str) -> str:
    """The parameters that fix the day and the data version of a page, if it has one."""
    versions = {"data_version": version, "method_version": str(METHOD_VERSION)} if version else {}
    return address("", {"as_of": str(day), **versions})


def is_about(source: Source) -> bool:
    """Whether the address of a third party's words is that of the text that they are about.

    Such a note has no address of its own: it stands at a host of a lab that has sources of its own there and whose
    name is in it, such as a note on a post of Google with the address of that post.
    """
    if source.owner is not Owner.THIRD_PARTY:
        return False
    return _host(source.url) in _hosts_of_labs()


@kept(most=1)
def _hosts_of_labs() -> frozenset[str]:
    """The hosts at which a lab has sources of its own, and which have a word of its name in theirs."""
    return frozenset(_own_hosts().values()) - {""}


@renewed(most=1)
def _own_hosts(earlier: Mapping[int, str] | None) -> Mapping[int, str]:
    return of_each(Source, _own_host, records()[Source].published_by_pk, earlier)


def _own_host(source: Source) -> str:
    """The host of a source, if it is that of its lab."""
    host, lab = _host(source.url), source.lab
    return host if lab and any(len(word) > 3 and word in host for word in lab.name.casefold().split()) else ""


def _host(url: str) -> str:
    return urlsplit(url).netloc.casefold()


def links(url: str) -> list[tuple[str, str]]:
    """The name of each format, and where the citation is in it; ``url`` is that address without the ending."""
    path, mark, query = url.partition("?")
    return [(name, f"{path}.{ending}{mark}{query}") for ending, (name, _, _) in FORMATS.items()]


def links_of_page(permalink: str) -> list[tuple[str, str]]:
    """The same for the page of a permalink: they fix the day and the data version as it does."""
    parts = urlsplit(permalink)
    return links(f"{parts.path}cite?{parts.query}")


def pack_of_page(permalink: str) -> str:
    """Where the report pack of the page of a permalink is."""
    parts = urlsplit(permalink)
    return f"{parts.path}pack.zip?{parts.query}"


def links_of_quote(source: str, quote: str, parameters: Mapping[str, str]) -> list[tuple[str, str]]:
    """The same for a source, by its key, with a quote of it."""
    path = page_path("labs:source_quote", source, "bib").removesuffix(".bib")
    return links(with_kept(f"{path}?quote={quote_id(quote)}", parameters))


def citation_file(references: Iterable[Reference], ending: str, name: str) -> HttpResponse:
    """The references in a format, as a download."""
    _, media_type, write = FORMATS[ending]
    return HttpResponse(
        write(references),
        content_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )


def _without_publisher(title: str) -> str:
    """The title without our name in front, for the citation begins with it; then with a capital first letter."""
    rest = title.removeprefix(f"{citing.PUBLISHER}: ")
    return title if rest == title else f"{rest[:1].upper()}{rest[1:]}"


def _text(html: str) -> str:
    return " ".join(unescape(strip_tags(html)).split())
