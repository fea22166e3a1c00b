"""A lab's scorecard for print: the figures of its page, nothing folded or to press, the sources as footnotes."""

import re

import pytest

from evaltracker.web.presenters.printed import PROMISES_SHOWN, RELEASES_SHOWN, SOURCES_OF_ROW, Footnotes
from labs.models import Source
from tests import factories
from tests.evaltracker.pages import query_count, source_of, tables_of, words_of


def test_footnotes_number_sources_in_the_order_in_which_they_are_named():
    one, two, three = (Source(pk=number) for number in (1, 2, 3))
    notes = Footnotes()
    assert notes.numbers([two, one, two]) == [1, 2]
    assert notes.numbers([three, two]) == [1, 3]
    assert notes.numbers([]) == []
    assert notes.sources == [two, one, three]
    assert len(Footnotes().numbers(Source(pk=number) for number in range(1, 9))) == SOURCES_OF_ROW


def article(client, address: str) -> str:
    return re.search(r'<article class="scorecard">.*?</article>', source_of(client, address), re.S)[0]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?window=all", "?as_of=2025-06-01&window=24"])
def test_it_has_the_figures_of_the_lab_and_nothing_to_press(client, records, query):
    printed = article(client, f"/labs/openai/scorecard/{query}")
    assert not re.search(r"<(details|form|button|input|select)\b", printed)
    parts, lab = (tables_of(client, f"/labs/openai/{path}{query}") for path in ("scorecard/", ""))
    (criteria,) = [table for table in lab if table and table[0][0] == "Evaluated"]
    assert [row[:4] for row in parts[0]] == [row[:4] for row in criteria]
    body, total = printed.partition("</tbody>")[::2]
    assert "Score, 0 to 100" not in body
    assert "Score, 0 to 100" in total
    releases = printed.partition("releases-heading")[2].partition("promises-heading")[0].count("<li>")
    assert 0 < releases <= RELEASES_SHOWN
    assert printed.partition("promises-heading")[2].partition("sources-heading")[0].count("<li>") <= PROMISES_SHOWN


@pytest.mark.django_db
def test_each_footnote_has_its_source_and_each_source_its_footnote(client, records):
    printed = article(client, "/labs/anthropic/scorecard/")
    named = set(re.findall(r'href="#source-(\d+)"', printed))
    listed = re.findall(r'<li id="source-(\d+)"><a href="/sources/', printed)
    assert listed == [str(number) for number in range(1, len(listed) + 1)]
    assert named == set(listed)


@pytest.mark.django_db
def test_what_has_no_room_is_counted(client, records):
    text = words_of(article(client, "/labs/anthropic/scorecard/?window=all"))
    left_out = int(re.search(r"(\d+) older releases that count stand on the page of the lab", text)[1])
    headline = int(re.search(r"Of the (\d+) frontier models", text)[1])
    assert headline == RELEASES_SHOWN + left_out


@pytest.mark.django_db
def test_a_lab_without_a_release_has_no_score_and_that_is_not_0(client, empty_database):
    text = words_of(article(client, f"/labs/{factories.lab().key}/scorecard/"))
    assert "there is no score, which is not 0" in text
    assert "None that is in force can be tested" in text


@pytest.mark.django_db
def test_once_kept_it_asks_for_little(client, records):
    source_of(client, "/labs/openai/scorecard/")
    assert query_count(client, "/labs/openai/scorecard/") <= 8


@pytest.mark.django_db
def test_the_page_of_a_lab_leads_to_it_and_keeps_the_window(client, records):
    assert 'href="/labs/openai/scorecard/?window=24"' in source_of(client, "/labs/openai/?window=24")
