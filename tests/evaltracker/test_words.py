"""Reading help: a coded word leads to the place of the methodology that says what it means."""

import html
import re
from html.parser import HTMLParser

import pytest
from django.template import Context, Template

from commitments.choices import About, Binding, Firmness, Origin, StatedBy
from commitments.rules.criteria import Criterion
from commitments.rules.deadlines import DeadlineStatus
from commitments.rules.findings import Finding
from commitments.rules.replies import ReplyStanding
from commitments.rules.verdicts import VerdictOutcome
from evaltracker.web.charts.promises import Letter
from labs.choices import (
    Activity,
    Answer,
    Certainty,
    Country,
    Domain,
    EvaluatorKind,
    Evidence,
    Frontier,
    Mode,
    Outcome,
    Owner,
    ReadIn,
    ReleaseKind,
    Results,
    SourceKind,
    Timing,
)
from labs.rules.access import Count, ReleaseStanding
from labs.rules.depth import Deeper, Level, Sufficiency, Threat
from labs.rules.glossary import Word
from labs.web.tables import AccessEventTable
from labs.web.words import PLACES, coded, meaning_of
from tests.evaltracker.pages import source_of, words_of

CODED = (
    *(About, Activity, Answer, Binding, Certainty, Count, Criterion, DeadlineStatus, Deeper, Domain, EvaluatorKind),
    *(Evidence, Finding, Firmness, Frontier, Letter, Level, Mode, Origin, Outcome, Owner, ReadIn, ReleaseKind),
    *(ReleaseStanding, ReplyStanding, Results, SourceKind, StatedBy, Sufficiency, Threat, Timing, VerdictOutcome, Word),
)
OF_NO_ENUMERATION = {"CommitmentStanding"}


def test_each_coded_enumeration_has_its_place():
    assert {each.__name__ for each in CODED} == set(PLACES) - OF_NO_ENUMERATION


def test_a_word_has_its_meaning_and_keeps_the_day():
    word = coded(Certainty.DOCUMENTED, parameters={"as_of": "2024-05-24", "sort": "lab"})
    assert 'href="/methodology/?as_of=2024-05-24#certainty"' in word
    assert f'title="{Certainty.DOCUMENTED.explanation}\nMethodology: Who says so"' in html.unescape(word)
    assert coded(Certainty.DOCUMENTED, "<b>").endswith(">&lt;b&gt;</a>")


def test_a_word_without_a_place_or_a_meaning_is_no_link():
    assert coded(Country.GB) == Country.GB.label


@pytest.mark.django_db
def test_the_methodology_says_each_word_where_the_links_lead(client, empty_database):
    page = source_of(client, "/methodology/")
    parts = re.split(r'<section class="section" id="', page)[1:]
    sections = {part.partition('"')[0]: words_of(part) for part in parts}
    for terms in CODED:
        said = sections[PLACES[terms.__name__]].lower()
        for term in terms:
            assert not term.explanation or words_of(term.label).lower() in said, term


NOUNS = set(Word) - {Word.POSSIBLE, Word.PLACE, Word.NOT_DISCLOSED}  # such as “lab”: they are not coded
EXPLAINED = {term.label.casefold() for terms in CODED for term in terms if term.explanation and term not in NOUNS}
EXPLAINED |= {Evidence.NOTHING_FOUND.badge_label}
EXPLAINED -= {"other", "not recorded"}  # also of a lab, or of a country
NAMES = {
    "legend",
    "option",
    "dt",
    "thead",
    "h1",
    "h2",
    "h3",
    "title",
    "script",
    "style",
    "code",
    "em",
    "footer",
}
"""Where such a word names a field or a record, or its meaning stands beside it."""


class Words(HTMLParser):
    """Finds coded words that stand without their meaning, and links within links, buttons and summaries."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.explained, self.bare, self.wrong = 0, [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a" and any(each in ("a", "button", "summary") for each, _ in self.open):
            self.wrong.append(given.get("href"))
        if tag == "u" or given.get("class") == "word":
            self.explained += 1
        if tag not in VOID:
            self.open.append((tag, given))

    def handle_endtag(self, tag):
        while tag not in VOID and self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        word = " ".join(data.split()).strip(" ,;:.()").casefold()
        if self.open and self.open[-1][0] == "label":
            word = word.rstrip("0123456789 (")  # of a choice, its count
        is_plain = word in ("yes", "no") and self.open[-1][0] == "label"  # of a question that our records always answer
        if word in EXPLAINED and not is_plain and not any(self._says(tag, given) for tag, given in self.open):
            self.bare.append((word, [tag for tag, _ in self.open][-4:]))

    def _says(self, tag, given):
        is_named = tag in NAMES or given.get("class") in ("kicker", "count", "columns__list")
        is_asked = given.get("class") == "settling" or given.get("id") == "questions"  # the row says what each means
        is_explained = tag == "u" or given.get("class") == "word" or "/methodology/" in (given.get("href") or "")
        is_mark = tag == "a" and "aria-label" in given  # of a picture: its title says the whole
        return is_named or is_asked or is_explained or is_mark


VOID = {"meta", "link", "br", "input", "img", "hr", "source", "wbr", "col", "path", "rect", "circle", "line"}
PAGES = (
    *("/access/?filters=all&activity=red_teaming&domain=none", "/timeline/", "/commitments/matrix/"),
    *(
        "/",
        "/access/",
        "/models/",
        "/evaluators/",
        "/sources/",
        "/commitments/",
        "/labs/",
        "/labs/openai/",
    ),
    *(
        "/labs/openai/scorecard/",
        "/labs/compare/?lab=openai&lab=anthropic",
        "/models/gemini-3-pro/",
        "/evaluators/metr/",
    ),
    *("/access/gdm-gemini-3-pro-ai-rnd-sabotage/", "/sources/gpt-4-system-card/", "/replies/"),
    *("/commitments/seoul-2024-external-evaluations/", "/commitments/white-house-2023-external-testing/"),
    *(f"/charts/{name}/" for name in ("depth", "domains", "days", "free-to-publish", "promises", "releases", "scores")),
    "/charts/who-tests-whom/",
)


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_a_coded_word_never_stands_without_its_meaning(client, records, address):
    words = Words()
    words.feed(client.get(address).content.decode())
    assert words.wrong == [], "links within links"
    assert words.bare == []
    assert words.explained or address in ("/labs/", "/replies/") or address.startswith("/charts/")


def test_of_one_word_the_first_on_a_page_is_a_link_and_the_others_have_the_meaning_alone(rf):
    page = Template("{% load words %}{% coded term %}{% coded other %}{% coded term %}{% coded term is_held=True %}")
    context = {"request": rf.get("/"), "term": Certainty.CONFIRMED, "other": Evidence.CONFIRMED}
    drawn = page.render(Context(context))
    assert re.findall(r'<(a class="word"|u) ', drawn) == ['a class="word"'] * 2 + ["u"] * 2
    assert html.unescape(drawn).count(f'title="{meaning_of(Certainty.CONFIRMED)}"') == 3


def test_in_a_column_the_meaning_stands_with_the_first_such_word(rf):
    table = AccessEventTable([])
    table.request = rf.get("/")
    first, again = (table._drawn_row(["METR", Timing.UNKNOWN, Activity.UNKNOWN]) for _ in range(2))
    assert first.count("title=") == 2  # “not disclosed” of each column has its own meaning
    word = "<u>not disclosed</u>"
    assert again == f'<th scope="row">METR</th><td>{word}</td><td>{word}</td>'
