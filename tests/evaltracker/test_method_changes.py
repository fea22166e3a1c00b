"""The table of what method 2 moved: its new figures are those of the rules, and the changelog has the same rows."""

import datetime as dt
import json

import pytest
from django.conf import settings

from commitments.rules.scorecards import scorecards
from evaltracker.web.method_changes import METHOD_2_CHANGES
from labs.rules.access import Window
from labs.rules.method import METHOD_VERSION
from labs.rules.ranges import SCORE_PLACES, Range, printed_range, range_words
from tests.curated import curated, fixture_rows
from tests.evaltracker.pages import tables_of

KEYS = {(row.day, row.window) for row in METHOD_2_CHANGES}


@pytest.mark.parametrize(("day", "window"), sorted(KEYS))
def test_the_new_figures_are_those_of_the_rules(day, window):
    everything = curated(fixture_rows())
    cards = scorecards(everything.ledger(dt.date.fromisoformat(day)), everything.names, Window(window))
    computed = {
        card.lab: (
            (card.counts.releases, card.counts.evaluated_low, card.counts.evaluated_high),
            card.score and (str(card.score.low), str(card.score.high)),
            card.ranks and (card.ranks.best, card.ranks.worst),
        )
        for card in cards
        if card.releases
    }
    shipped = {
        row.lab: (row.counts, row.score, row.places)
        for row in METHOD_2_CHANGES
        if (row.day, row.window) == (day, window)
    }
    assert shipped == computed


def test_the_table_is_of_the_first_check_and_of_the_end_of_the_records():
    assert {(day, window) for day in ("2024-05-24", "2026-08-31") for window in ("12", "all")} == KEYS
    assert METHOD_VERSION == 2


def places(ends):
    return "none" if ends is None else range_words(str(ends[0]), str(ends[1]))


def score(ends):
    return "none" if ends is None else printed_range(Range.of(*ends), SCORE_PLACES)


def test_the_changelog_has_every_row():
    names = {
        row["fields"]["key"]: row["fields"]["name"]
        for row in json.loads((settings.BASE_DIR / "fixtures/labs.json").read_text())
        if row["model"] == "labs.lab"
    }
    lines = (settings.BASE_DIR / "CHANGELOG.md").read_text().splitlines()
    for row in METHOD_2_CHANGES:
        cells = [row.day, Window(row.window).label, names[row.lab], str(row.counts[0])]
        figures = [score(row.score_before), score(row.score), places(row.places_before), places(row.places)]
        start, end = f"| {' | '.join(cells)} | ", f" | {' | '.join(figures)} |"
        assert any(line.startswith(start) and line.endswith(end) for line in lines), (start, end)


@pytest.mark.django_db
def test_the_methodology_prints_every_row_and_which_rule_moved_it(client, records):
    rows = [row for table in tables_of(client, "/methodology/") for row in table if len(row) == 9]
    assert len(rows) == len(METHOD_2_CHANGES)
    anthropic = ["Anthropic", "31 August 2026", "12 months", "8 of 9 releases", "55–86", "54–86", "1–3", "1–2"]
    assert [*anthropic, "condensed words are no promise"] in rows
    meta = ["Meta", "24 May 2024", "12 months", "0 of 2 releases", "15", "none", "1–3", "none"]
    assert [*meta, "a score needs three releases"] in rows
