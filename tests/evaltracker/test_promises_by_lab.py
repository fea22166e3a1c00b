"""Promises × labs: the testable ones as a picture with its numbers, the others below, each reason once."""

import datetime as dt
import html
import re

import pytest

from commitments.choices import About, Origin
from commitments.models import Commitment
from commitments.queries import NOT_TESTABLE, commitments_as_of, ledger
from commitments.rules.sentences import rate_words
from evaltracker.web.charts.kinds import Asked
from evaltracker.web.charts.promises import checkable, promises_in_force, promises_picture
from evaltracker.web.presenters.promises import by_reason
from labs.rules.access import Window
from tests import factories

PATH = "/commitments/matrix/"
DAY = dt.date(2026, 11, 1)
SUMMARY = re.compile(r"<summary>Not testable because (.*?): (\d+)</summary>")


def page_of(client, query=""):
    response = client.get(f"{PATH}{query}")
    assert response.status_code == 200, query
    return html.unescape(response.content.decode())


def parts_of(page):
    """The picture, its table, the list of what cannot be checked, and the laws."""
    picture, _, below = page.partition("The same numbers as a table")
    table, _, below = below.partition('id="others-heading"')
    others, _, laws = below.partition('id="laws-heading"')
    return picture, table, others, laws


def keys_in(part):
    return set(re.findall(r'href="/commitments/([-\w]+)/[?#"]', part)) - {"matrix"}


def in_force(day=DAY):
    return [each for each in commitments_as_of(day, Window.ALL).values() if each.is_in_force]


def test_reasons_stand_once_in_the_order_of_their_rows_the_most_frequent_first():
    rows = ["a1", "b1", "a2", "c1", "b2", "b3"]
    assert by_reason(rows, lambda row: row[0]) == [("b", ["b1", "b2", "b3"]), ("a", ["a1", "a2"]), ("c", ["c1"])]
    assert by_reason([], str) == []


@pytest.mark.django_db
def test_what_can_be_checked_is_a_picture_with_its_numbers_and_all_else_is_listed_by_its_reason(client, records):
    page = page_of(client, "?as_of=2026-11-01")
    picture, table, others, laws = parts_of(page)
    promises = [each for each in in_force() if not each.record.is_law]
    cannot = [each for each in promises if each.standing is NOT_TESTABLE]
    can = {each.key for each in promises} - {each.key for each in cannot}
    assert 'id="figure-promises"' in picture
    assert page.count('class="figure"') == 1
    assert keys_in(picture) == keys_in(table) == can
    assert keys_in(others) == {each.key for each in cannot}
    counts = dict(SUMMARY.findall(others))
    assert len(counts) == len(SUMMARY.findall(others)), "each reason once"
    wanted = {}
    for each in cannot:
        wanted[each.not_testable_label] = wanted.get(each.not_testable_label, 0) + 1
    assert {reason: int(count) for reason, count in counts.items()} == wanted
    assert '<details class="disclosure" open>' not in others, "folded until a filter asks for some"
    assert "/commitments/eu-ai-act-art-55/" in laws
    assert "/commitments/eu-ai-act-art-55/" not in picture + table + others
    assert "/commitments/raise-2026-third-parties/" not in page, "takes effect in 2027"


@pytest.mark.django_db
def test_the_table_says_on_how_many_releases_of_the_window_a_promise_was_kept(client, records):
    for window in (Window.ALL, Window.YEAR):
        words = rate_words(ledger(DAY).verdicts(window, lab="openai", commitment="white-house-2023-external-testing"))
        assert words in parts_of(page_of(client, f"?as_of=2026-11-01&window={window.value}"))[1]
    assert "no release while in force" in page_of(client).casefold()


@pytest.mark.django_db
def test_topic_and_origin_narrow_the_list_and_unfold_it_while_the_picture_stays_whole(client, records):
    whole = parts_of(page_of(client))
    picture, table, others, _ = parts_of(page_of(client, "?about=government_access&origin=agreement"))
    assert keys_in(picture) == keys_in(whole[0])
    assert keys_in(table) == keys_in(whole[1])
    found = keys_in(others)
    assert found < keys_in(whole[2])
    for record in Commitment.objects.filter(key__in=found):
        assert (record.about, record.origin) == (About.GOVERNMENT_ACCESS, Origin.AGREEMENT)
    assert others.count('<details class="disclosure" open>') == len(SUMMARY.findall(others)) > 0
    assert "/commitments/matrix.csv?about=government_access&origin=agreement" in others, "the file has the same filters"


@pytest.mark.django_db
def test_the_day_and_the_window_are_kept_in_its_links(client, records):
    page = page_of(client, "?as_of=2024-05-24&window=24")
    assert 'href="/commitments/verdicts.csv?as_of=2024-05-24&window=24"' in page
    assert 'href="/charts/promises.svg?as_of=2024-05-24&window=24"' in page


@pytest.mark.django_db
def test_a_promise_of_many_labs_says_how_many_and_of_few_says_which(client, empty_database):
    labs = [factories.lab(name=f"Lab {number}") for number in range(5)]
    factories.commitment(requirement=None, not_testable_because="it is vague", labs=labs[:2], title="Of two")
    factories.commitment(requirement=None, not_testable_because="it is vague", labs=labs, title="Of five")
    words = re.sub(r"<[^>]+>", " ", parts_of(page_of(client))[2])
    assert "Lab 0 and Lab 1;" in words
    assert "5 labs;" in words
    assert "Lab 4" not in words


def test_a_picture_of_many_promises_draws_those_made_last_and_says_so(records, monkeypatch):
    asked = Asked(DAY, Window.ALL)
    whole = promises_picture(asked)
    monkeypatch.setattr("evaltracker.web.charts.promises.MOST_DRAWN", 2)

    few = promises_picture(asked)

    assert (few.rows, few.finding) == (whole.rows, whole.finding)
    assert few.note == f"{whole.note} Drawn are the 2 that were made last; the table and CSV have all."
    last = [each.commitment.record.title for each in checkable(promises_in_force(asked))[-2:]]
    drawn = set(re.findall(r"/commitments/([-\w]+)/", few.svg))
    assert len(last) == len(drawn) == 2
    assert len(few.svg) < len(whole.svg)
