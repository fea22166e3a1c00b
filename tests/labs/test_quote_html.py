"""What a page shows of a quote and of an access event, and that nothing in them becomes markup."""

import datetime as dt
import re
from itertools import count

import pytest
from django.test import RequestFactory

from labs.choices import QuoteCheck
from labs.queries import events_as_of, kept
from labs.queries.rows import related_rows
from labs.web.event_lines import event_html, event_quotes_html
from labs.web.quotes import cite_html, quote_html
from tests import factories

pytestmark = pytest.mark.django_db
NUMBERS = count(1)
WORD = re.compile(r'<a class="word" href="[^"]*" title="([^"]*)"')
SIGNS = "<b>\"A\" & 'B'</b>"
ESCAPED = "&lt;b&gt;&quot;A&quot; &amp; &#x27;B&#x27;&lt;/b&gt;"


def shown(path: str = "/", *, is_place: bool = False, supports=("activity",), **changes) -> str:
    url = f"https://example.org/?a=1&b={next(NUMBERS)}"
    source = factories.source(title=f"T {SIGNS}", publisher=f"P {SIGNS}", url=url)
    event = factories.access_event(citations=[{"source": source, "supports": supports, **changes}])
    request = RequestFactory().get(path)
    with kept.one_version():
        (citation,) = related_rows(kept.records()[type(event)].by_key[event.key], "citations")
        return quote_html(request, citation, is_place=is_place) + cite_html(request, citation)


def test_nothing_in_a_quote_or_its_source_becomes_markup():
    html = shown(quote=f"Q {SIGNS}")

    assert SIGNS not in html
    assert "<b>" not in html
    for start in "QTP":
        assert f"{start} {ESCAPED}" in html
    assert 'cite="https://example.org/?a=1&amp;b=' in html
    assert html.count('href="https://example.org/?a=1&amp;b=') == 1


def test_links_keep_the_day_of_the_page():
    html = shown("/access/a-key/?as_of=2026-05-24&window=12")

    assert "?as_of=2026-05-24&amp;window=12" in html
    assert "&amp;as_of=2026-05-24&amp;window=12" in html  # behind the quote


def test_only_what_there_is_stands_there():
    assert ' id="quote-' in shown(is_place=True)
    assert ' id="quote-' not in shown()
    assert "supports: activity" in shown()
    assert "supports:" not in shown(supports=())
    gone = {"quote_check": QuoteCheck.NOT_FOUND.value, "unfound_because": f"W {SIGNS}"}
    assert f"an editor’s reason: W {ESCAPED}</span>" in shown(**gone)
    assert "an editor’s reason" not in shown(quote_check=QuoteCheck.FOUND.value)


def test_nothing_in_an_event_becomes_markup():
    lab = factories.lab(name=f"L {SIGNS}")
    evaluator = factories.evaluator(name=f"E {SIGNS}")
    model = factories.ai_model(lab=lab, name=f"M {SIGNS}")
    factories.access_event(model=model, evaluators=[evaluator], summary=f"S {SIGNS}", key="marked")
    request = RequestFactory().get("/?as_of=2026-05-24")
    with kept.one_version():
        event = events_as_of(dt.date(2026, 5, 24))["marked"]
        lines = [event_html(request, event), event_html(request, event, with_model=True)]
        quotes = event_quotes_html(request, event, is_open=True)

    html = "".join([*lines, quotes])
    assert "<b>" not in html
    for start in "EMS":
        assert f"{start} &lt;b&gt;" in html
    assert lines[0].count('href="/access/marked/?as_of=2026-05-24"') == 1
    assert '<details class="disclosure" open>' in quotes
    assert html.count('<a class="word"') == len(set(WORD.findall(html)))  # each word is a link once


def test_an_event_without_testers_says_so():
    factories.access_event(evaluators=[], key="alone")
    with kept.one_version():
        html = event_html(RequestFactory().get("/"), events_as_of(dt.date(2026, 5, 24))["alone"])
    assert ">Testers not recorded</a>" in html
