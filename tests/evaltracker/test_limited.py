"""Lists that are too long for a page: it has the first rows, says how many more there are, and where."""

import html
from functools import partial

import pytest

from evaltracker.web.presenters.limited import MOST_ROWS, limited
from tests.evaltracker.pages import words_of


@pytest.mark.parametrize(
    ("count", "shown", "more"), [(0, 0, 0), (MOST_ROWS, MOST_ROWS, 0), (MOST_ROWS + 1, MOST_ROWS, 1)]
)
def test_a_list_has_all_its_rows_up_to_the_limit_and_counts_the_others(count, shown, more):
    rows = limited(range(count), "/all/")

    assert (list(rows.shown), rows.total, rows.more) == (list(range(shown)), count, more)
    assert bool(rows) == bool(count)


@pytest.mark.django_db
def test_the_page_of_a_lab_says_what_its_long_lists_leave_out(client, records, monkeypatch):
    whole = html.unescape(words_of(client.get("/labs/openai/?as_of=2026-11-01").content.decode()))
    monkeypatch.setattr("evaltracker.web.views.labs.limited", lambda rows, url="", most=1: limited(rows, url, most=1))
    monkeypatch.setattr("evaltracker.web.presenters.lab.limited", partial(limited, most=1))

    page = client.get("/labs/openai/?as_of=2026-11-01&window=24").content.decode()

    words = html.unescape(words_of(page))
    assert "not shown here" in words
    assert "not shown here" not in whole
    for path in ("/models/", "/commitments/", "/access/"):
        assert f'<a href="{path}?lab=openai' in page
    assert len(page) < 120_000


@pytest.mark.django_db
def test_a_picture_that_is_long_has_a_page_of_its_own(client, records, monkeypatch):
    monkeypatch.setattr("evaltracker.web.charts.figure.LONG", 0)

    page = client.get("/charts/?as_of=2026-11-01").content.decode()

    assert "<svg" not in page.partition("<main")[2].partition("</main")[0].replace('<svg class="icon', "")
    assert page.count("The picture is long:") == 9
