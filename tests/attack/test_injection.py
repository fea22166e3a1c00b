"""What somebody writes into a filter or a field stays text: in pages, feeds, files and spreadsheets."""

import csv
import datetime as dt
import io
import json
import xml.etree.ElementTree as ET
from urllib.parse import quote

import pytest
from django.test import Client

from evaltracker.web.openapi import described_addresses
from labs.choices import QuoteCheck
from tests import factories
from tests.test_urls import read

pytestmark = pytest.mark.django_db

SCRIPT, IMAGE = "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>"
WRITTEN = [
    SCRIPT,
    IMAGE,
    "{{7*7}}{% debug %}",
    "' OR '1'='1",
    '") UNION SELECT NULL --',
    "%_%",
    "\\",
    "\0",
    "\x1b[2J",
    "\ud800",
    "\u202e",
    "=1+1",
    "\r\nX-Injected: 1",
    "x" * 4000,
]
LISTS = {
    path.removesuffix(".csv"): tuple(what.filters.base_filters)
    for path, _, ending, what in described_addresses()
    if ending == "csv" and what.filters
}


def check(response, where: object) -> None:
    """What a browser reads as a document holds no tag of theirs; everything else says that it is none."""
    body = read(response).decode(errors="replace")
    if any(kind in response["Content-Type"] for kind in ("html", "xml", "svg")):
        assert "<script>alert" not in body, where
        assert "<img src=x" not in body, where
    assert response["X-Content-Type-Options"] == "nosniff", where
    assert "X-Injected" not in response.headers, where


@pytest.mark.parametrize("stem", LISTS)
def test_each_filter_takes_any_text_for_text(records, stem):
    visitor = Client()
    for name in LISTS[stem]:
        for number, value in enumerate(WRITTEN):
            query = f"{name}={quote(value, errors='surrogatepass')}"
            ending = ("/", ".json", "/", ".csv")[number % 4] if value not in (SCRIPT, IMAGE) else "/"
            response = visitor.get(f"{stem}{ending}?{query}")
            assert response.status_code in (200, 400), (stem, name, value)
            check(response, (stem, name, value))


@pytest.mark.parametrize(
    "address", ["/search/", "/search.json", "/data/check/", "/labs/compare/", "/timeline/", "/report/", "/"]
)
def test_so_does_each_other_parameter(records, address):
    visitor = Client()
    for name in (
        "q",
        "text",
        "lab",
        "page",
        "as_of",
        "window",
        "weights",
        "data_version",
        "method_version",
        "columns",
        "utm_x",
        quote(SCRIPT),
    ):
        for value in (SCRIPT, IMAGE, "\0", "\ud800", "%_%"):
            response = visitor.get(f"{address}?{name}={quote(value, errors='surrogatepass')}")
            assert response.status_code in (200, 400), (address, name, value)
            check(response, (address, name, value))


def test_the_form_of_reports_shows_what_was_typed_as_text(records):
    for field in ("page", "claim", "wrong", "source", "contact", "opened", "website"):
        for value in (SCRIPT, IMAGE, "a\0b", "x" * 100_000):
            response = Client().post("/report/", {"claim": "x", "wrong": "y", "page": "/", field: value})
            assert response.status_code == 400
            check(response, (field, value))


def test_what_stands_in_a_record_stays_text_everywhere(empty_database):
    """Editors publish quotes as they stand, whatever stands in them."""
    texts = [f"{SCRIPT}{IMAGE} {{{{7*7}}}} {{% debug %}} %s ]]>", "=HYPERLINK(1)"]
    for number, text in enumerate(texts):
        lab = factories.lab(key=f"lab-{number}", name=text)
        evaluator = factories.evaluator(key=f"evaluator-{number}", name=text, note=text, country="US")
        lab.other_names.create(name=f"Other {text}")
        evaluator.former_names.create(name=f"Former {text}")
        url = f'https://example.org/{number}?">{SCRIPT}'
        source = factories.source(key=f"source-{number}", lab=lab, title=text, publisher=text, url=url)
        model = factories.ai_model(key=f"model-{number}", lab=lab, name=text)
        model.searches.create(searched_on=dt.date(2026, 3, 1), where=text, found="nothing", note=text)
        quoted = {"source": source, "supports": ["evaluators", "activity", "timing"], "quote": text}
        unfound = {"quote": f"Not found: {text}", "quote_check": QuoteCheck.NOT_FOUND.value, "unfound_because": text}
        event = factories.access_event(
            key=f"event-{number}",
            lab=lab,
            model=model,
            evaluators=[(evaluator, "reported"), factories.evaluator(name=f"Second {text}")],
            summary=text,
            citations=[quoted, quoted | unfound],
            lowered_to="disputed",
            lowered_because=text,
        )
        event.participations.filter(evaluator=evaluator).update(lowered_because=text)
        factories.commitment(key=f"promise-{number}", labs=[lab], title=text, quote=text, scope=text)
        factories.statement(related_events=[event], text=text, quote=text, source=source)
        factories.reply(event=event, question=text, answered_on=dt.date(2026, 3, 10), text=text, outcome=text)

    visitor = Client()
    kinds = ("labs", "models", "evaluators", "access", "sources", "commitments")
    pages = [
        "/",
        "/timeline/",
        "/changes/",
        "/labs/lab-0/",
        "/labs/lab-0/scorecard/",
        "/models/model-0/",
        "/access/event-0/",
        "/evaluators/evaluator-0/",
        "/sources/source-0/",
        "/commitments/promise-0/",
        "/methodology/",
        "/replies/",
        "/search/?q=alert",
        "/labs/compare/?lab=lab-0&lab=lab-1",
        "/charts/who-tests-whom/",
        "/commitments/matrix/",
        "/embed/timeline/",
        *(f"/{kind}/" for kind in kinds),
    ]
    for page in pages:
        response = visitor.get(page)
        assert response.status_code == 200, page
        check(response, page)
    for address in ("/changes/feed.atom", "/sitemap.xml", "/charts/who-tests-whom.svg", "/timeline.svg"):
        response = visitor.get(address)
        assert response.status_code == 200, address
        ET.fromstring(read(response))
        check(response, address)
    for kind in kinds:
        rows = [*csv.reader(io.StringIO(read(visitor.get(f"/{kind}.csv")).decode()))]
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t"))], kind
        assert "=HYPERLINK(1)" in json.dumps(visitor.get(f"/{kind}.json").json()), "in JSON it stands as it is"
