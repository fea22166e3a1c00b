"""The scorecards as CSV, and that the pages print the same figures."""

import csv
from decimal import ROUND_HALF_UP, Decimal

import pytest

from commitments.rules.criteria import Criterion
from labs.models import Lab
from tests import factories
from tests.evaltracker.pages import rows_of_csv, source_of, tables_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

CRITERIA = ("evaluated_share", "depth", "publication", "time", "commitment", "follow_through")
HEADER = [
    *("lab", "lab_name", "as_of", "window", "window_from", "window_to", "method_version"),
    *("releases", "evaluated_low", "evaluated_high", "deeper_yes", "deeper_no", "deeper_unknown"),
    *("score_low", "score_high", "rank_best", "rank_worst", "facts_known", "facts_asked"),
    *(f"{criterion}_{end}" for criterion in CRITERIA for end in ("low", "high")),
    "data_version",
]
IDENTITY = {
    "lab",
    "lab_name",
    "as_of",
    "window",
    "window_from",
    "window_to",
    "method_version",
    "releases",
    "data_version",
}


def test_labs_csv_has_the_published_columns_in_their_order(client, records):
    response = client.get("/labs.csv")
    header = b"".join(response.streaming_content).decode().splitlines()[0]
    assert next(csv.reader([header])) == HEADER


@pytest.mark.parametrize(("window", "word"), [("12", "12_months"), ("24", "24_months"), ("all", "all_time")])
def test_labs_csv_has_one_row_for_each_lab(client, records, window, word):
    rows = rows_of_csv(client, f"/labs.csv?as_of=2024-05-24&window={window}")
    assert sorted(row["lab"] for row in rows) == sorted(Lab.objects.values_list("key", flat=True))
    assert {row["window"] for row in rows} == {word}
    assert {row["as_of"] for row in rows} == {"2024-05-24"}


@pytest.mark.parametrize(
    ("address", "first", "last"),
    [
        ("as_of=2026-11-29", "2025-09-01", "2026-08-31"),
        ("as_of=2026-11-29&window=24", "2024-09-01", "2026-08-31"),
        ("as_of=2026-11-29&window=all", "", "2026-08-31"),
        ("as_of=2026-08-30", "2025-08-31", "2026-08-30"),
        ("as_of=2024-02-29", "2023-03-01", "2024-02-29"),
    ],
)
def test_the_window_is_printed_from_its_first_day_to_its_last(client, records, address, first, last):
    rows = rows_of_csv(client, f"/labs.csv?{address}")
    assert {(row["window_from"], row["window_to"]) for row in rows} == {(first, last)}


@pytest.mark.parametrize(
    ("lab", "low", "high"),
    [("openai", "14.2", "26.7"), ("anthropic", "14.7", "24.3"), ("google-deepmind", "", "")],
)
def test_scores_of_all_time_as_of_the_first_check(client, records, lab, low, high):
    rows = {row["lab"]: row for row in rows_of_csv(client, "/labs.csv?as_of=2024-05-24&window=all")}
    assert (rows[lab]["score_low"], rows[lab]["score_high"]) == (low, high)


def test_a_lab_without_a_release_in_the_window_has_no_figures(client, records):
    rows = {row["lab"]: row for row in rows_of_csv(client, "/labs.csv?as_of=2024-05-24")}
    empty = rows["adobe"]
    assert empty["releases"] == "0"
    assert {name for name, value in empty.items() if value} == IDENTITY


def test_a_criterion_that_does_not_apply_is_empty_and_criteria_have_four_decimals(client, empty_database):
    factories.access_event(no_safety_filters="yes", access_days=7)
    row = rows_of_csv(client, "/labs.csv?window=all")[0]
    assert (row["follow_through_low"], row["follow_through_high"]) == ("", "")
    assert (row["depth_low"], row["depth_high"]) == ("0.5000", "1.0000")
    assert (row["time_low"], row["time_high"]) == ("0.2500", "0.2500")


def test_without_a_criterion_that_applies_there_is_no_score_but_there_are_counts(client, empty_database):
    factories.access_event()
    row = rows_of_csv(client, "/labs.csv?window=all&weights=follow_through:1")[0]
    assert (row["score_low"], row["rank_best"]) == ("", "")
    assert row["evaluated_low"] == "1"


def test_filters_narrow_the_download_and_leave_the_ranks_as_they_are(client, records):
    everyone = {row["lab"]: row for row in rows_of_csv(client, "/labs.csv?window=all")}
    chosen = rows_of_csv(client, "/labs.csv?window=all&country=CN")
    assert 0 < len(chosen) < len(everyone)
    assert all(everyone[row["lab"]] == row for row in chosen)


def test_a_download_of_nothing_is_a_header(client, empty_database):
    assert rows_of_csv(client, "/labs.csv") == []


def printed(low: str, high: str, unit: str = "") -> str:
    """A range of the download as pages print it: in whole numbers, half up, with the unit once."""
    if not low:
        return ""
    scale = 100 if unit else 1
    ends = [str((Decimal(end) * scale).quantize(Decimal(1), ROUND_HALF_UP)) for end in (low, high)]
    return f"{ends[0] if ends[0] == ends[1] else '–'.join(ends)}{unit}"


def deeper_words(row: dict[str, str]) -> str:
    answers = (("shown for", "deeper_yes"), ("no deeper for", "deeper_no"), ("not disclosed for", "deeper_unknown"))
    words = [f"{what} {row[name]}" for what, name in answers if row[name] != "0"]
    return ", ".join([f"{words[0]} of {row['evaluated_low']}", *words[1:]]) if words else "—"


@pytest.mark.parametrize("query", ["as_of=2024-05-24&window=all", "as_of=2026-08-31&window=12", "weights=depth:1"])
def test_the_table_prints_the_figures_of_the_download(client, records, query):
    rows = rows_of_csv(client, f"/labs.csv?{query}")
    cells = tables_of(client, f"/labs/?{query}")[0]
    assert len(cells) == len(rows) == 31
    for row, (_, score, evaluated, deeper, coverage, *_) in zip(rows, cells, strict=True):
        if row["releases"] == "0":
            assert score == "no release in the window", row["lab"]
            continue
        too_few = f"too few releases to score: {row['releases']}"
        assert score == (printed(row["score_low"], row["score_high"]) or too_few)
        assert evaluated.startswith(f"{row['evaluated_low']} of {row['releases']} release")
        if row["evaluated_high"] != row["evaluated_low"]:
            assert evaluated.endswith(f"({row['evaluated_high']} with possible ones)")
        assert deeper == deeper_words(row)
        assert sum(int(row[name]) for name in HEADER if name.startswith("deeper_")) == int(row["evaluated_low"])
        if row["facts_asked"] != "0":
            assert coverage == f"{row['facts_known']} of {row['facts_asked']} facts"


@pytest.mark.parametrize("query", ["as_of=2024-05-24&window=all", "as_of=2026-08-31&window=12"])
def test_a_labs_page_prints_the_criteria_of_the_download(client, records, query):
    for row in rows_of_csv(client, f"/labs.csv?{query}"):
        if row["releases"] == "0":
            continue
        tables = tables_of(client, f"/labs/{row['lab']}/?{query}")
        cells = next(table for table in tables if table and table[0][0] == Criterion.EVALUATED.label.capitalize())
        for criterion, line in zip(CRITERIA, cells, strict=True):
            low, high = row[f"{criterion}_low"], row[f"{criterion}_high"]
            assert line[1] == (printed(low, high, "%") or "does not apply"), (row["lab"], criterion)


def test_the_comparison_prints_the_figures_of_the_download(client, records):
    rows = {row["lab"]: row for row in rows_of_csv(client, "/labs.csv?as_of=2026-08-31")}
    cells = tables_of(client, "/labs/compare/?lab=openai&lab=xai&as_of=2026-08-31")[0]
    for column, lab in enumerate(("openai", "xai"), start=1):
        assert cells[0][column] == printed(rows[lab]["score_low"], rows[lab]["score_high"])
        for criterion, line in zip(CRITERIA, cells[-len(CRITERIA) :], strict=True):
            low, high = rows[lab][f"{criterion}_low"], rows[lab][f"{criterion}_high"]
            assert line[column] == (printed(low, high, "%") or "does not apply")


def test_the_page_links_to_the_download_with_everything_that_was_asked_for(client, records):
    page = source_of(client, "/labs/?country=US&window=24&as_of=2026-08-31&weights=depth:1")
    assert 'href="/labs.csv?country=US&window=24&as_of=2026-08-31&weights=depth:1"' in page
