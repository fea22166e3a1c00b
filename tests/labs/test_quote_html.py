"""What a page shows of a quote, and that nothing in it becomes markup."""

from itertools import count

import pytest
from django.test import RequestFactory

from labs.choices import QuoteCheck
from labs.queries import kept
from labs.queries.rows import related_rows
from labs.web.quotes import cite_html, quote_html
from tests import factories

pytestmark = pytest.mark.django_db
NUMBERS = count(1)
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
