"""The addresses for programs that list the web (sitemaps.org), and what they need not ask for (RFC 9309)."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.xmlutils import SimplerXMLGenerator

from commitments.models import Commitment
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Record, Source
from labs.models.registry import record_kinds
from labs.queries.kept import kept, records
from labs.web.parameters import absolute

Entry = tuple[str, dt.date | None]
"""A path, and the day of the newest accepted change that its page tells of; None where no change is recorded."""

MOST = 50_000
"""How many addresses one file may hold."""

RECORDS_WITH_PAGES = (Lab, AIModel, Evaluator, AccessEvent, Commitment, Source)
EMBEDS = "embed/"
"""Figures for the pages of others: the pages of the figures are listed."""
NOT_LISTED = ("report/", "report/received/", "labs/compare/", "search/", "data/check/")
"""Pages that are a form, or the answer to one: without parameters they say nothing."""

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

ROBOTS = """User-agent: *
Disallow: /admin/
Disallow: /report/
# Filters, sorts and days have no end; every record is in the sitemap.
Disallow: /*?

Sitemap: {sitemap}
"""


def robots_text() -> str:
    """What programs that list the web may ask for, and where the sitemap is."""
    return ROBOTS.format(sitemap=absolute("/sitemap.xml"))


@kept(most=1)
def addresses() -> tuple[Entry, ...]:
    """Each public page in its plain form: those without a record, then those of the records by kind."""
    changed = _changes()
    of_records = [
        (record.get_absolute_url(), changed.get((model, record.key)))
        for model in RECORDS_WITH_PAGES
        for record in records()[model].published
    ]
    return (*((path, None) for path in page_paths()), *of_records)


def page_paths() -> list[str]:
    """The pages that need neither a record nor parameters."""
    pages = [route for route in _routes() if not route or route.endswith("/")]
    return [f"/{route}" for route in pages if route not in NOT_LISTED and not route.startswith(EMBEDS)]


def file_paths(endings: tuple[str, ...]) -> list[str]:
    """The files with one of these endings that need neither a record nor parameters."""
    files = [route for route in _routes() if route.endswith(endings)]
    return [f"/{route}" for route in files if f"{route.rpartition('.')[0]}/" not in NOT_LISTED]


def parts_of(entries: Sequence[Entry]) -> list[Sequence[Entry]]:
    """The addresses as files may hold them."""
    return [entries[start : start + MOST] for start in range(0, len(entries), MOST)]


def sitemap_xml(entries: Iterable[Entry]) -> str:
    """A file of addresses."""
    return _xml("urlset", "url", entries)


def index_xml(count: int) -> str:
    """A file that names the files of addresses, where one is not enough."""
    return _xml("sitemapindex", "sitemap", [(f"/sitemap-{number}.xml", None) for number in range(1, count + 1)])


def _routes(resolver: URLResolver | None = None, prefix: str = "") -> list[str]:
    """The routes without a parameter, as they are declared. Pages have a slash at their end, files have not."""
    found: list[str] = []
    for each in (resolver or get_resolver()).url_patterns:
        route = f"{prefix}{each.pattern}"
        if isinstance(each, URLResolver):
            found += _routes(each, route) if each.app_name != "admin" else []
        elif isinstance(each, URLPattern) and "<" not in route:
            found.append(route)
    return found


def _changes() -> Mapping[tuple[type[Record], str], dt.date]:
    """The day of the newest change of a record, and of the records that its page shows: those that concern a lab or an
    evaluator, the events of a release.
    """
    newest: dict[tuple[type[Record], str], dt.date] = {}

    def note(model: type[Record], keys: Iterable[str], day: dt.date) -> None:
        for key in keys:
            newest[model, key] = max(day, newest.get((model, key), day))

    for kind in record_kinds():
        for record in records()[kind.model].published:
            if record.changed_at is None:
                continue
            day = timezone.localdate(record.changed_at)
            note(kind.model, [record.key], day)
            note(Lab, kind.keys_of(record, is_lab=True), day)
            note(Evaluator, kind.keys_of(record, is_lab=False), day)
            if isinstance(record, AccessEvent) and record.model:
                note(AIModel, [record.model.key], day)
    return newest


def _xml(root: str, name: str, entries: Iterable[Entry]) -> str:
    text = StringIO()
    xml = SimplerXMLGenerator(text, "utf-8")
    xml.startDocument()
    xml.startElement(root, {"xmlns": NAMESPACE})
    for path, day in entries:
        xml.startElement(name, {})
        xml.addQuickElement("loc", absolute(path))
        if day is not None:
            xml.addQuickElement("lastmod", day.isoformat())
        xml.endElement(name)
    xml.endElement(root)
    xml.endDocument()
    return text.getvalue()
