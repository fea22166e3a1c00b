"""Every address that a page names answers, on four days, and every place that it names is there.

Here a part of the pages is read: of each kind of record the first, the last, and today so many others that each field
and relation is once filled and once empty. ``make crawl`` reads all pages and all that they name.
"""

import os
import re

import pytest

from labs.models import Record
from labs.models.registry import kind_of
from labs.queries.kept import records as kept_records
from tests.crawl import Crawl
from tests.test_urls import PLAIN, RECORDS, read

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

IS_WHOLE = bool(os.environ.get("EVALTRACKER_WHOLE_CRAWL"))
PAST = ["2026-08-31", "2024-05-24", "2019-01-01"]
DAYS = ["", *(pytest.param(day, marks=pytest.mark.only_on("sqlite")) for day in PAST)]
"""Today, the end of the records, the day of the first check, and a day before any release.

What was known on a past day is told from today's by rules, which no database answers: those days are walked on one.
"""

SAME = re.compile(r"/(cite|quote)\.(ris|json|txt)$|/pack\.zip$")
"""Citations of one page or quote differ in their format alone, so the part of the pages asks for BibTeX; and report
packs are made of files that it asks for anyway (tests/evaltracker/test_pack.py).
"""


def some_of(records: tuple[Record, ...]) -> list[Record]:
    """The first, the last, and for each field and relation one that has it and one that does not."""
    chosen = {records[0].key: records[0], records[-1].key: records[-1]}
    kind = kind_of(records[0])
    names = [field.attname for field in kind.model._meta.concrete_fields if field.editable]
    for name in [*names, *kind.relations]:
        by_answer: dict[bool, Record] = {}
        for record in records:
            value = getattr(record, name)
            by_answer.setdefault(bool(value.all() if name in kind.relations else value), record)
        chosen |= {record.key: record for record in by_answer.values()}
    return list(chosen.values())


def pages(day: str) -> list[str]:
    """The pages from which the walk starts; on a past day the first and the last of each kind of record."""
    found = [f"/{route}" for route in PLAIN if not route or route.endswith("/")]
    for model in RECORDS.values():
        public = kept_records()[model].published
        chosen = public if IS_WHOLE else (public[0], public[-1]) if day else some_of(public)
        found += [record.get_absolute_url() for record in chosen]
    return found


def _is_skipped(path: str) -> bool:
    return path.startswith("/admin/") or (not IS_WHOLE and bool(SAME.search(path)))


def crawl_of(client, day: str) -> Crawl:
    def get(address: str) -> tuple[int, str, str]:
        response = client.get(address)
        content_type = response.get("Content-Type", "")
        body = read(response)
        text = body.decode() if content_type.startswith("text/html") else ""
        return response.status_code, content_type, response.get("Location", text)

    crawl = Crawl(get, skip=_is_skipped, in_brief=not IS_WHOLE)
    crawl.walk(f"{page}?as_of={day}" if day else page for page in pages(day))
    return crawl


@pytest.mark.parametrize("day", DAYS, ids=["today", *PAST])
def test_every_address_and_place_that_a_page_names_is_there(client, records, files_as_text, day, capsys):
    crawl = crawl_of(client, day)

    if IS_WHOLE:
        with capsys.disabled():
            counts = ", ".join(f"{count} × {status}" for status, count in sorted(crawl.statuses.items()))
            print(f"\n{day or 'today'}: {crawl.statuses.total()} addresses: {counts}")
    assert crawl.statuses[200] > 200
    assert crawl.dead == {}
    assert crawl.missing_places() == {}


# The walk itself


def walked(site: dict[str, str | int], *start: str, **options) -> Crawl:
    """A walk over pages that are given as their text, or as their status."""

    def get(address: str) -> tuple[int, str, str]:
        answer = site.get(address, 404)
        if isinstance(answer, int):
            return answer, "text/html", ""
        return (301, "text/html", answer) if answer.startswith("/") else (200, "text/html; charset=utf-8", answer)

    crawl = Crawl(get, **options)
    crawl.walk(start)
    return crawl


def test_a_walk_finds_links_that_lead_nowhere_and_says_on_which_page():
    site = {"/": '<a href="/there/">a</a><a href="gone/?a=1&amp;b=2">b</a><img src="/no.svg">', "/there/": "x"}
    assert walked(site, "/").dead == {"/gone/?a=1&b=2": "404, named by /", "/no.svg": "404, named by /"}


def test_a_walk_finds_places_that_are_not_there_also_on_the_page_itself_and_behind_a_redirect():
    site = {
        "/": '<p id="here"><a href="#here">a</a><a href="#nowhere">b</a><a href="/old/#x">c</a><a href="/old/#y">d</a>',
        "/old/": "/new/",
        "/new/": '<p id="x">',
    }
    assert set(walked(site, "/").missing_places()) == {"/#nowhere", "/old/#y"}


def test_a_walk_sends_a_form_as_it_stands():
    form = """<form action="/to/"><input type="hidden" name="kept" value="1"><input name="q"><button name="no">
    <input type="checkbox" name="a" value="on"><input type="checkbox" name="b" value="x" checked>
    <select name="one"><option value="p">P<option value="q">Q</select>
    <select name="two"><option value="p">P<option value="q" selected>Q</select></form>
    <form method="post" action="/write/"></form>"""
    site = {"/": form, "/to/?kept=1&q=&b=x&one=p&two=q": "x"}
    assert walked(site, "/").dead == {}
    assert walked({"/": form}, "/").dead.keys() == {"/to/?kept=1&q=&b=x&one=p&two=q"}


def test_a_walk_leaves_other_sites_and_what_it_is_told_to_skip_alone():
    site = {"/": '<a href="https://example.org/x">a</a><a href="mailto:a@example.org">b</a><a href="/admin/">c</a>'}
    assert walked(site, "/", skip=lambda path: path == "/admin/").statuses == {200: 1}


def test_a_page_that_another_named_before_is_read_for_its_own_links_too():
    site = {"/": '<a href="/b/">b</a>', "/b/": '<a href="/gone/">g</a>'}
    assert walked(site, "/").dead == {}
    assert walked(site, "/", "/b/").dead == {"/gone/": "404, named by /b/"}


def test_a_walk_in_brief_asks_for_the_first_and_the_last_of_each_shape():
    links = ["/a/1/", "/a/2/", "/a/3/", "/a/3/#x", "/a/?lab=x", "/a/?lab=y", "/a/?lab=z", "/a/?lab=z&page=2", "/a/"]
    page = "".join(f'<a href="{link}">a</a>' for link in links)
    brief = walked({"/": page}, "/", in_brief=True)
    assert set(brief.dead) == {"/a/1/", "/a/3/", "/a/?lab=x", "/a/?lab=z", "/a/?lab=z&page=2", "/a/"}
