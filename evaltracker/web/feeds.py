"""The public changes as an Atom feed (RFC 4287), a page at a time (RFC 5005)."""

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.utils.text import capfirst
from django.utils.xmlutils import SimplerXMLGenerator

from labs.queries.changes import PublicChange
from labs.queries.editions import data_version
from labs.queries.kept import records
from labs.rules.method import METHOD_VERSION
from labs.web.parameters import absolute, address

ORGANISATION = "EvalTracker"
RIGHTS = "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/), credit EvalTracker and the data version."
TAGGED_SINCE = "2026"
"""A year in which the host was ours, as tag URIs name one (RFC 4151). It never changes: it is part of every id."""


def feed_response(
    request: HttpRequest, title: str, page: Page, changes: Iterable[PublicChange], shown_at: str
) -> HttpResponse:
    """These changes, which are a page of all that the feed has; ``shown_at`` is the page for people that lists them.

    Its addresses and ids have the site's own name (``SITE_URL``), whatever name the request used.
    """
    feed = _ChangeFeed(
        title=title,
        link=absolute(shown_at),
        description=None,
        language="en-GB",
        author_name=ORGANISATION,
        author_link=absolute("/"),
        subtitle=_subtitle(),
        feed_url=absolute(address(request.path, request.GET)),
        feed_copyright=RIGHTS,
        feed_guid=_tag(address(request.path, request.GET, page=None)),
        pages=_links_to_pages(request, page),
    )
    for change in changes:
        feed.add_item(
            title=entry_title(change),
            link=absolute(change_path(change)),
            description=None,
            unique_id=entry_id(change),
            pubdate=change.made_at,
            updateddate=change.made_at,  # an accepted change never changes again
            categories=["correction"] * change.is_correction + [change.kind.label, change.record_kind],
            content=render_to_string("evaltracker/_feed_entry.html", {"change": change, "site_url": settings.SITE_URL}),
        )
    response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    response["Last-Modified"] = http_date(feed.latest_post_date().timestamp())
    return response


def entry_title(change: PublicChange) -> str:
    """What changed, in words: “Correction: Lab A (lab). Changed: Name.”"""
    return f"{capfirst(change.label)}: {change.name} ({change.record_kind}). {change.summary}"


def entry_id(change: PublicChange) -> str:
    """The same wherever the change is listed. One that came with an edition has the same id in every database."""
    if change.edition:
        kind, _, key = change.reference.partition(":")
        return _tag(f"/changes/edition/{change.edition}/{kind}/{key}")
    return _tag(f"/changes/{change.pk}")


def change_path(change: PublicChange) -> str:
    """The place of a change in the list of the changes of its record."""
    return f"{address('/changes/', {'record': change.reference})}#change-{change.pk}"


def _tag(path: str) -> str:
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{TAGGED_SINCE}:{path}"


def _subtitle() -> str:
    version = data_version()
    data = f"Data version {version}, method version {METHOD_VERSION}. " if version else ""
    return f"{data}Times are when we recorded a change, not when something happened or became known."


def _links_to_pages(request: HttpRequest, page: Page) -> dict[str, str]:
    numbers = {"first": 1, "last": page.paginator.num_pages}
    if page.has_previous():
        numbers["previous"] = page.previous_page_number()
    if page.has_next():
        numbers["next"] = page.next_page_number()
    return {
        relation: absolute(address(request.path, request.GET, page=str(number) if number > 1 else None))
        for relation, number in numbers.items()
    }


class _ChangeFeed(Atom1Feed):
    """Django's Atom feed, with content instead of a summary, and links to its other pages."""

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        for relation, url in self.feed["pages"].items():
            handler.addQuickElement("link", "", {"rel": relation, "href": url})

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})

    def latest_post_date(self) -> dt.datetime:
        """The moment of the newest change; without any, that of the data version: the clock is no news."""
        version = records().version
        moments = [item["updateddate"] for item in self.items]
        return max(moments, default=version.made_at if version else dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
