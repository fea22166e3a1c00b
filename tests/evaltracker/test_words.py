"""Reading help: a coded word leads to the place of the methodology that says what it means."""

import html
import re
from html.parser import HTMLParser

import pytest

from commitments.choices import Firmness
from commitments.rules.criteria import Criterion
from commitments.rules.deadlines import DeadlineStatus
from commitments.rules.findings import Finding
from commitments.rules.verdicts import VerdictOutcome
from labs.choices import Activity, Answer, Certainty, Evidence, Outcome, ReadIn, Timing
from labs.rules.access import Count, ReleaseStanding
from labs.rules.depth import Sufficiency
from labs.rules.glossary import Word
from labs.web.words import PLACES, coded
from tests import factories
from tests.evaltracker.pages import source_of, words_of

CODED = (
    *(Activity, Answer, Certainty, Count, Criterion, DeadlineStatus, Evidence, Finding, Firmness, Outcome),
    *(ReleaseStanding, Sufficiency, Timing, VerdictOutcome, Word),
)


def test_each_coded_enumeration_has_its_place():
    assert {each.__name__ for each in CODED} == set(PLACES)


def test_a_word_has_its_meaning_and_keeps_the_day():
    word = coded(Certainty.DOCUMENTED, parameters={"as_of": "2024-05-24", "sort": "lab"})
    assert 'href="/methodology/?as_of=2024-05-24#certainty"' in word
    assert f'title="{Certainty.DOCUMENTED.explanation}"' in html.unescape(word)
    assert coded(Certainty.DOCUMENTED, "<b>").endswith(">&lt;b&gt;</a>")


def test_a_word_without_a_place_or_a_meaning_is_no_link():
    assert coded(ReadIn.choices and next(iter(ReadIn))) == next(iter(ReadIn)).label


@pytest.mark.django_db
def test_the_methodology_says_each_word_where_the_links_lead(client, empty_database):
    page = source_of(client, "/methodology/")
    parts = re.split(r'<section class="section" id="', page)[1:]
    sections = {part.partition('"')[0]: words_of(part) for part in parts}
    for terms in CODED:
        said = sections[PLACES[terms.__name__]].lower()
        for term in terms:
            assert not term.explanation or words_of(term.label).lower() in said, term


class Links(HTMLParser):
    """Finds links that stand in a link, a button or a summary, where no browser can tell them apart."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words = 0
        self.wrong: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.words += ("class", "word") in attrs
            if self.open:
                self.wrong.append(self.open[-1])
        if tag in ("a", "button", "summary"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in ("a", "button", "summary"):
            self.open.remove(tag)


@pytest.mark.django_db
def test_words_are_explained_on_every_kind_of_page_and_never_within_a_link(client, records):
    event = factories.access_event()
    promise = "/commitments/white-house-2023-external-testing/"
    pages = ("/access/", "/models/", "/labs/openai/", "/commitments/", "/commitments/matrix/", "/timeline/", promise)
    for address in (*pages, event.get_absolute_url(), event.model.get_absolute_url()):
        links = Links()
        links.feed(client.get(address).content.decode())
        assert links.words, address
        assert links.wrong == [], address
