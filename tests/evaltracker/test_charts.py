"""The share by half-year: figure data, static picture, table and download say what the ledger says."""

import csv
import datetime as dt
import io
import json
import re
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.management import call_command
from django.test import Client
from plotly.graph_objects import Figure as PlotlyFigure

from commitments.queries import ledger
from commitments.rules.ledger import Ledger
from commitments.rules.scorecards import Counts, headline
from evaltracker.web.charts import drawing
from evaltracker.web.charts.kinds import Asked
from evaltracker.web.charts.registry import FIGURES
from evaltracker.web.charts.share import ALONE, LINE, HalfYear, half_years, releases_of, share_data
from evaltracker.web.charts.share_figure import SHARE, share_narrow, share_wide, title
from labs.rules.access import Window
from tests.facts import a_ledger, a_release, a_reported_event, an_event

DAYS = ("2023-03-13", "2024-05-24", "2024-12-31", "2025-07-01", "2026-08-31")
CHECK_DAY = dt.date(2024, 5, 24)
LATEST = dt.date(2026, 8, 31)


def two_years(*events) -> Ledger:
    """One release at the start of 2024, one at the end of 2025; nothing in between."""
    releases = [a_release("2024-02-01"), a_release("2025-12-31", key="another")]
    return a_ledger(day=dt.date(2026, 1, 1), releases=releases, events=events)


def points(figure: dict, name: str) -> dict:
    [trace] = [trace for trace in figure["data"] if trace["name"] == name]
    return trace


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    text = b"".join(client.get(address).streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def cells(page: str) -> list[list[str]]:
    """The body rows of the page's first table as text."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)[1]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


@pytest.mark.django_db
@pytest.mark.parametrize("day", DAYS)
def test_the_half_years_add_up_to_the_headline_of_all_time(records, day):
    day_ledger = ledger(dt.date.fromisoformat(day))
    total = headline(day_ledger, Window.ALL)
    halves = half_years(day_ledger)
    for name in ("releases", "evaluated_low", "evaluated_high", "deeper_yes", "deeper_no", "deeper_unknown"):
        assert sum(getattr(half.counts, name) for half in halves) == getattr(total, name), name


@pytest.mark.django_db
def test_the_half_years_of_the_headline_s_window_add_up_to_the_published_figures(records):
    early = {half.edtf: half.counts for half in half_years(ledger(CHECK_DAY))}
    assert [early[name].releases for name in ("2023-41", "2024-40")] == [5, 5]
    assert sum(counts.evaluated_low for name, counts in early.items() if name != "2023-40") == 1
    assert sum(counts.evaluated_high for name, counts in early.items() if name != "2023-40") == 3
    day_ledger = ledger(LATEST)
    assert headline(day_ledger, Window.YEAR).releases == 39
    assert (
        sum(half.counts.evaluated_low for half in half_years(day_ledger))
        == headline(day_ledger, Window.ALL).evaluated_low
    )


def test_a_half_year_without_a_release_is_a_gap_and_never_zero():
    halves = half_years(two_years(an_event()))
    assert [half.edtf for half in halves] == ["2024-40", "2024-41", "2025-40", "2025-41", "2026-40"]
    assert [half.share and half.share.low for half in halves] == [1, None, None, 0, None]
    figure = share_data(two_years(an_event()))
    assert points(figure, ALONE)["y"] == [100.0, None, None, 0.0, None]
    assert points(figure, LINE)["y"] == [None] * 5
    assert points(figure, LINE)["connectgaps"] is False
    assert [half.count_label for half in halves] == ["1 of 1", "no release", "no release", "0 of 1", "no release"]


def test_a_release_belongs_to_the_half_year_of_its_latest_possible_day():
    day_ledger = a_ledger(day=dt.date(2025, 1, 1), releases=[a_release("2024-06-01/2024-07-01")])
    assert [half.edtf for half in half_years(day_ledger) if half.counts.releases] == ["2024-41"]


@pytest.mark.parametrize(
    ("day", "is_running"), [(dt.date(2024, 6, 29), True), (dt.date(2024, 6, 30), False), (dt.date(2024, 7, 1), False)]
)
def test_a_half_year_is_running_until_its_last_day(day, is_running):
    first = half_years(a_ledger(day=day))[0]
    assert first.is_running is is_running
    assert ("so far" in first.label) is is_running


def test_reported_events_widen_the_share_upwards_only():
    [half] = half_years(a_ledger(events=[a_reported_event()]))
    assert (half.share.low, half.share.high) == (0, 1)
    assert half.count_label == "0 of 1, up to 1"
    assert half.share_label == "0–100%"


@pytest.mark.django_db
@pytest.mark.parametrize("day", DAYS)
def test_every_point_of_the_figure_carries_its_counts(records, day):
    day_ledger = ledger(dt.date.fromisoformat(day))
    halves = half_years(day_ledger)
    figure = share_data(day_ledger)
    expected = [
        [half.edtf, half.counts.evaluated_low, half.counts.evaluated_high, half.counts.releases, releases_of(half)]
        for half in halves
    ]
    for trace in figure["data"]:
        if "markers" in trace["mode"]:
            assert trace["customdata"] == expected
            assert len(trace["y"]) == len(trace["hovertext"]) == len(halves)
    for half, text in zip(halves, figure["layout"]["xaxis"]["ticktext"], strict=True):
        assert half.count_label.split(",")[0] in text


@pytest.mark.parametrize(
    ("day", "is_marked"), [(dt.date(2024, 5, 23), False), (CHECK_DAY, True), (dt.date(2024, 5, 25), True)]
)
def test_the_day_of_the_first_check_is_marked_from_that_day_on(day, is_marked):
    layout = share_data(a_ledger(day=day))["layout"]
    assert [shape["x0"] for shape in layout["shapes"]] == ["2024-05-24"] * is_marked
    assert len(layout["annotations"]) == is_marked


@pytest.mark.django_db
@pytest.mark.parametrize("day", DAYS)
def test_plotly_accepts_the_figure_and_it_is_plain_data(records, day):
    figure = share_data(ledger(dt.date.fromisoformat(day)))
    PlotlyFigure(figure)
    assert json.loads(json.dumps(figure)) == figure


@pytest.mark.django_db
@pytest.mark.parametrize("day", DAYS)
def test_the_static_picture_has_a_point_for_each_half_year_that_leads_to_its_releases(client, records, day):
    asked = Asked(dt.date.fromisoformat(day), Window.ALL)
    halves = half_years(ledger(asked.day))
    shown = SHARE.draw(asked)
    expected = [(title(half), releases_of(half)) for half in halves if half.share]
    for svg in (shown.svg, shown.narrow):
        root = ET.fromstring(svg)
        assert [(link.findtext("title"), link.get("href")) for link in root.iter("a")] == expected
        words = [each.text for each in root.iter("text")]
        assert (
            f"n = {sum(half.counts.releases for half in halves)} frontier release" in "".join(map(str, words))
            or not halves
        )
        for half in halves:
            assert half.count_label.split(", ")[0] in words
            assert half.months in words
    for half in halves:
        assert client.get(f"{releases_of(half)}&as_of={day}").status_code == 200


def lines_of(root: ET.Element) -> list[ET.Element]:
    """The lines that join half-years: not the bands, which are filled."""
    return [each for each in root.iter("path") if each.get("fill") == "none"]


def dots(root: ET.Element) -> list[str]:
    """Whether each half-year's point is full or hollow."""
    points = [link.findall("circle")[-1] for link in root.iter("a")]
    return ["hollow" if point.get("fill") == drawing.GROUND else "full" for point in points]


@pytest.mark.parametrize(
    ("firm", "marks", "joined"),
    [
        ((), [], 0),
        ((True,), ["full"], 0),
        ((False, False), ["hollow", "hollow"], 0),
        ((True, True), ["full", "full"], 1),
        ((True, False, True), ["full", "hollow", "full"], 0),
        ((True, True, False), ["full", "full", "hollow"], 1),
    ],
)
def test_a_line_joins_two_values_at_least_and_what_is_not_whole_is_hollow(firm, marks, joined):
    found = Counts(releases=5, evaluated_low=1, evaluated_high=2, deeper_yes=0, deeper_no=0, deeper_unknown=1)
    halves = [
        HalfYear(dt.date(2024 + place // 2, 1 + 6 * (place % 2), 1), found, is_running=not is_firm)
        for place, is_firm in enumerate(firm)
    ]
    for draw in (share_wide, share_narrow):
        root = draw(halves, dt.date(2026, 1, 1))
        assert dots(root) == marks
        assert len(lines_of(root)) == 2 * joined
        assert all(line.get("d").count("L") >= 1 for line in lines_of(root))


def test_a_half_year_that_the_window_cuts_is_said_to_be_in_part_and_joined_to_none():
    releases = [a_release("2025-03-01"), *(a_release(f"2025-0{month}-20", key=f"r{month}") for month in range(4, 9))]
    day_ledger = a_ledger(day=dt.date(2026, 4, 30), releases=releases)
    first, *_ = half_years(day_ledger, Window.YEAR)
    assert (first.counts.releases, first.label, first.is_firm) == (2, "Jan–Jun 2025, in part", False)
    whole, *_ = half_years(day_ledger)
    assert (whole.counts.releases, whole.label) == (4, "Jan–Jun 2025")


@pytest.mark.parametrize(
    ("day", "releases", "is_firm"),
    [("2024-06-30", 5, True), ("2024-06-30", 4, False), ("2024-06-29", 5, False)],
)
def test_an_unfinished_half_year_or_one_of_few_releases_is_hollow_and_joined_to_none(day, releases, is_firm):
    found = [a_release(key=f"release-{number}") for number in range(releases)]
    figure = share_data(a_ledger(day=dt.date.fromisoformat(day), releases=found))
    assert points(figure, LINE)["y"] == [0.0 if is_firm else None]
    assert points(figure, "possible")["y"] == [0.0 if is_firm else None]
    assert points(figure, ALONE)["y"] == [None if is_firm else 0.0]
    assert points(figure, ALONE)["mode"] == "markers"
    assert points(figure, ALONE)["marker"]["symbol"] == "circle-open"
    assert f"0 of {releases}" in figure["layout"]["xaxis"]["ticktext"][0]


@pytest.mark.django_db
def test_without_any_release_the_figure_says_so(client, empty_database):
    assert "No frontier release" in client.get("/charts/share/").content.decode()
    assert client.get("/charts/share/figure.json").json()["data"] == []


@pytest.mark.django_db
@pytest.mark.parametrize("day", DAYS)
def test_page_download_and_figure_hold_the_same_numbers(client, records, day):
    page = cells(client.get(f"/charts/share/?as_of={day}").content.decode())
    rows = rows_of(client, f"/charts/share.csv?as_of={day}")
    figure = client.get(f"/charts/share/figure.json?as_of={day}").json()
    if not rows:
        assert figure["data"] == []
        return
    low, alone = points(figure, LINE), points(figure, ALONE)
    assert [[row["half_year"], row["evaluated_low"], row["evaluated_high"], row["releases"]] for row in rows] == [
        list(map(str, point[:4])) for point in low["customdata"]
    ]
    assert all(f"&as_of={day}" in point[4] for point in low["customdata"])
    drawn = [line if line is not None else mark for line, mark in zip(low["y"], alone["y"], strict=True)]
    for row, share in zip(rows, drawn, strict=True):
        assert (
            row["share_low"] == "" if share is None else float(row["share_low"]) == pytest.approx(share / 100, abs=1e-4)
        )
    shown = [(row["releases"], row["evaluated_low"], row["evaluated_high"]) for row in rows]
    assert [tuple(row[1:4]) for row in page] == shown
    assert [row[4] == "no release, so no share" for row in page] == [row["share_low"] == "" for row in rows]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/charts/share/", "/charts/share.csv", "/charts/share/figure.json"])
@pytest.mark.parametrize("query", ["as_of=2024-13-01", "as_of=2999-01-01", "lab=openai", "window=13", "weights=x"])
def test_what_cannot_be_answered_is_refused(client, records, address, query):
    assert client.get(f"{address}?{query}").status_code == 400


def test_of_plotly_only_its_script_is_found_and_it_is_the_installed_one():
    [finder] = [each for each in finders.get_finders() if type(each).__name__ == "PlotlyFinder"]
    assert [path for path, _ in finder.list(None)] == ["plotly.min.js"]
    assert finders.find("plotly/plotly.min.js").endswith("plotly/package_data/plotly.min.js")
    for path in ("plotly/widgetbundle.js", "plotly/../__init__.py", "plotly.min.js"):
        assert finder.find(path) == []
    assert finder.find("plotly/plotly.min.js", find_all=True) == [finders.find("plotly/plotly.min.js")]


def test_collectstatic_puts_plotly_s_script_beside_our_own(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "STATIC_ROOT", str(tmp_path))
    monkeypatch.setattr("django.contrib.staticfiles.storage.staticfiles_storage", StaticFilesStorage(location=tmp_path))
    call_command("collectstatic", interactive=False, verbosity=0)
    assert [path.name for path in (tmp_path / "plotly").iterdir()] == ["plotly.min.js"]
    assert (tmp_path / "js" / "charts.js").is_file()


@pytest.mark.django_db
def test_the_script_of_plotly_is_on_no_page_until_it_is_asked_for(client, records):
    assert "data-plotly=" in client.get("/charts/share/").content.decode()
    for slug in (kind.slug for kind in FIGURES if kind.plot is None):
        assert "plotly" not in client.get(f"/charts/{slug}/").content.decode(), "its titles and links give more"
    for address in ("/", "/charts/", "/charts/share/", "/labs/openai/"):
        page = client.get(address)
        assert not re.search(r"<script[^>]*plotly", page.content.decode()), address
        assert "'unsafe-inline'" not in page["Content-Security-Policy"]


def test_half_years_begin_and_end_on_their_days():
    half = HalfYear(dt.date(2024, 7, 1), None, is_running=False)
    assert (half.end, half.edtf, half.label) == (dt.date(2024, 12, 31), "2024-41", "Jul–Dec 2024")
