"""The timeline: every release and every event has one place, never more precise than its source."""

import csv
import datetime as dt
import html
import io
import json
import re
from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from plotly.graph_objects import Figure as PlotlyFigure

from commitments.queries import ledger
from evaltracker.web.charts import timeline_figure
from evaltracker.web.charts.record_labels import record_labels
from evaltracker.web.charts.timeline import MarkKind, Placement, build_timeline
from evaltracker.web.charts.timeline_picture import timeline_data
from labs.choices import Activity, Outcome, Results, Timing
from labs.models import Lab
from labs.rules.dates import span
from tests import factories

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 8, 31)
DAYS = ("2023-03-13", "2024-05-24", "2025-07-01", "2026-08-31")


def timeline_as_of(day=DAY, labs=None):
    return build_timeline(ledger(day), labs, record_labels(day))


def marks(figure: dict) -> list[list]:
    return [mark for trace in figure["data"] for mark in trace.get("customdata", ())]


def only_event(model, day=dt.date(2025, 1, 1)):
    [entry] = timeline_as_of(day, [model.lab.key]).releases
    [event] = entry.events
    return entry, event


def rows_of(client, address):
    return list(csv.DictReader(io.StringIO(b"".join(client.get(address).streaming_content).decode())))


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("labs", [None, ["anthropic"], ["openai", "xai"]])
def test_every_release_that_is_out_and_every_placed_event_has_exactly_one_mark(records, day, labs):
    line = timeline_as_of(dt.date.fromisoformat(day), labs)
    drawn = Counter((release, event) for release, event, _, _ in marks(timeline_data(line)))
    expected = Counter()
    for entry in line.releases:
        if entry.drawn:
            expected[entry.release.key, None] += 1
        expected.update((entry.release.key, event.key) for event in entry.events if event.drawn)
    expected.update((None, event.key) for event in line.unassigned if event.drawn)
    assert drawn == expected
    assert sum(expected.values()) + line.undrawn + sum(not entry.drawn for entry in line.releases) == (
        len(line.releases) + len(line.events)
    )


def test_all_events_that_the_ledger_shows_are_on_the_timeline(records):
    access = ledger(DAY).access
    visible = {each.event.key for one in access.assessments.values() for each in one.events}
    visible |= {each.event.key for each in access.unassigned}
    assert {event.key for event in timeline_as_of().events} == visible


@pytest.mark.parametrize("labs", [None, ["anthropic"], ["openai"]])
def test_no_two_marks_of_one_place_cover_one_another(records, labs):
    figure = timeline_data(timeline_as_of(labs=labs))
    places = Counter(
        (x, y)
        for trace in figure["data"]
        if trace["mode"] == "markers"
        for x, y in zip(trace["x"], trace["y"], strict=True)
    )
    assert max(places.values()) == 1


def test_the_marks_tell_the_counts_of_the_ledger(records):
    line = timeline_as_of()
    by_release = {}
    for trace in timeline_data(line)["data"]:
        for release, event, _, _ in trace.get("customdata", ()):
            if event:
                by_release.setdefault(release, set()).add(trace["name"])
    counting = [entry for entry in line.releases if entry.counts.releases]
    strict = sum(MarkKind.STRICT.label in by_release.get(entry.release.key, ()) for entry in counting)
    assert strict == sum(entry.counts.evaluated_low for entry in counting) == 30


def test_an_event_with_a_start_stands_at_its_start(empty_database):
    model = factories.ai_model(released_on="2024-06-15")
    factories.access_event(model=model, started_on="2024-05-02", ended_on="2024-05-20")
    _, event = only_event(model)
    assert event.placement is Placement.START
    assert event.drawn == span("2024-05-02/2024-05-20")
    assert event.dates_label == "2 May 2024 to 20 May 2024"


def test_an_event_without_a_start_stands_at_the_release_and_says_so(empty_database):
    model = factories.ai_model(released_on="2024-06-15")
    factories.access_event(model=model)
    entry, event = only_event(model)
    assert event.placement is Placement.RELEASE
    assert event.drawn == entry.drawn == span("2024-06-15")
    assert event.label.endswith("drawn at the release, its start is not disclosed")


def test_a_date_known_to_the_month_is_drawn_as_the_whole_month(empty_database):
    model = factories.ai_model(released_on="2024-06")
    factories.access_event(model=model, started_on="2024-05")
    entry, event = only_event(model)
    assert entry.drawn == span("2024-06")
    assert event.drawn == span("2024-05")
    figure = timeline_data(timeline_as_of(dt.date(2025, 1, 1)))
    bars = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    assert sorted(tuple(trace["x"]) for trace in bars) == [
        ("2024-05-01", "2024-05-31", None),
        ("2024-06-01", "2024-06-30", None),
    ]


def test_an_exact_day_has_no_bar(empty_database):
    factories.access_event(model=factories.ai_model(released_on="2024-06-15"))
    assert [trace["mode"] for trace in timeline_data(timeline_as_of(dt.date(2025, 1, 1)))["data"]].count("lines") == 0


def test_a_start_that_only_a_later_source_gives_is_not_yet_there(empty_database):
    model = factories.ai_model(released_on="2024-06-15")
    early = {
        "source": factories.source(lab=model.lab, published_on="2024-06-20"),
        "supports": ["activity", "evaluators"],
    }
    late = {
        "source": factories.source(published_on="2024-12-01", read_on=dt.date(2024, 12, 2)),
        "supports": ["started_on"],
    }
    factories.access_event(model=model, started_on="2024-05-02", citations=[early, late])
    assert only_event(model, dt.date(2024, 11, 30))[1].placement is Placement.RELEASE
    assert only_event(model, dt.date(2024, 12, 1))[1].placement is Placement.START


def test_an_undated_release_is_listed_last_and_not_drawn(empty_database):
    lab = factories.lab()
    factories.ai_model(lab=lab, released_on="")
    dated = factories.ai_model(lab=lab, released_on="2024-06-15")
    line = timeline_as_of(dt.date(2025, 1, 1))
    assert line.releases[0].release.key == dated.key
    assert line.releases[1].drawn is None
    assert [release for release, _, _, _ in marks(timeline_data(line))] == [dated.key]


def test_a_release_not_yet_out_by_the_day_is_not_on_the_timeline(empty_database):
    model = factories.ai_model(released_on="2024-06-15", cited=False)
    assert timeline_as_of(dt.date(2024, 6, 14)).releases == ()
    assert [entry.release.key for entry in timeline_as_of(dt.date(2024, 6, 15)).releases] == [model.key]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, MarkKind.STRICT),
        ({"timing": Timing.UNKNOWN.value, "citations": None}, MarkKind.LENIENT),
        ({"timing": Timing.AFTER_DEPLOYMENT.value}, MarkKind.NOT_COUNTED),
        ({"outcome": Outcome.REFUSED.value}, MarkKind.DENIED),
        ({"outcome": Outcome.CONFIRMED_NONE.value, "activity": Activity.RED_TEAMING.value}, MarkKind.DENIED),
        ({"activity": Activity.RED_TEAMING.value}, MarkKind.RED_TEAMING),
        ({"activity": Activity.SAFEGUARDS_TESTING.value}, MarkKind.SAFEGUARDS),
        ({"activity": Activity.AUDIT_OR_REVIEW.value}, MarkKind.OTHER),
        ({"activity": Activity.SAFETY_RESEARCH.value}, MarkKind.OTHER),
        ({"activity": Activity.UNKNOWN.value}, MarkKind.OTHER),
    ],
)
def test_each_kind_of_event_has_a_shape_of_its_own(empty_database, changes, kind):
    model = factories.ai_model(released_on="2024-06-15")
    factories.access_event(model=model, results=Results.UNKNOWN.value, **changes)
    assert only_event(model)[1].kind is kind


def test_no_two_kinds_look_alike(records):
    looks = [
        (trace["marker"]["symbol"], trace["name"])
        for trace in timeline_data(timeline_as_of())["data"]
        if trace["mode"] == "markers"
    ]
    assert len({symbol for symbol, _ in looks}) == len({name for _, name in looks}) == len(looks)


def test_a_single_lab_s_picture_names_the_evaluators_beside_the_marks(records):
    [names] = [trace for trace in timeline_data(timeline_as_of(labs=["openai"]))["data"] if trace["mode"] == "text"]
    assert "METR" in names["text"]
    assert set(names["textposition"]) == {"middle left", "middle right"}
    assert not [trace for trace in timeline_data(timeline_as_of())["data"] if trace["mode"] == "text"]


@pytest.mark.parametrize("labs", [None, ["anthropic"], ["alibaba"], ["google-deepmind", "meta"]])
@pytest.mark.parametrize("day", DAYS)
def test_plotly_accepts_the_figure_and_it_is_plain_data(records, day, labs):
    figure = timeline_data(timeline_as_of(dt.date.fromisoformat(day), labs))
    PlotlyFigure(figure)
    assert json.loads(json.dumps(figure)) == figure


@pytest.mark.parametrize("labs", [["anthropic"], ["openai", "xai"], []])
def test_the_static_picture_is_well_formed_titled_and_without_inline_style(records, labs):
    figure = timeline_figure(ledger(DAY), labs, QueryDict())
    root = ET.fromstring(figure.svg)
    assert root.find("title").text == figure.question
    assert root.find("desc").text
    assert not [element for element in root.iter() if "style" in element.attrib]


@pytest.mark.parametrize("day", DAYS)
def test_the_pictures_of_all_labs_can_be_drawn(records, day):
    ledger_then = ledger(dt.date.fromisoformat(day))
    for key in Lab.objects.values_list("key", flat=True):
        assert ET.fromstring(timeline_figure(ledger_then, [key], QueryDict()).svg).tag.endswith("svg")


def test_names_with_marks_of_markup_come_out_as_they_are(client, empty_database):
    lab = factories.lab(name="A & B <Labs>")
    model = factories.ai_model(lab=lab, name="<b>Bold</b> & brave", released_on="2024-06-15")
    factories.access_event(model=model, evaluators=[factories.evaluator(name="R&D <Institute>")])
    figure = timeline_figure(ledger(dt.date(2025, 1, 1)), [lab.key], QueryDict())
    text = " ".join(ET.fromstring(figure.svg).itertext())
    for name in ("A & B <Labs>", "<b>Bold</b> & brave", "R&D <Institute>"):
        assert name in text
    assert "<b>Bold</b>" not in client.get("/timeline/").content.decode()


def test_the_table_has_every_release_and_event_of_the_picture(client, records):
    page = client.get(f"/timeline/?as_of={DAY}").content.decode()
    table = page[page.index('id="table"') :]
    line = timeline_as_of()
    for entry in line.releases:
        assert f"/models/{entry.release.key}/?" in table
    assert Counter(re.findall(r"/access/([a-z0-9-]+)/", table)) == Counter(event.key for event in line.events)
    assert "no test on record" in table
    assert "badge--evidence-nothing_found" in table


def test_the_download_has_every_row_of_the_table(client, records):
    line = timeline_as_of()
    rows = rows_of(client, f"/timeline.csv?as_of={DAY}")
    assert [(row["model"], row["event"]) for row in rows] == [
        *((e.release.key, each.key if each else "") for e in line.releases for each in (e.events or [None])),
        *(("", event.key) for event in line.unassigned),
    ]
    placed = {event.key: event for event in line.events}
    for row in rows:
        if row["event"]:
            event = placed[row["event"]]
            assert row["counts"] == event.weighed.count.value
            assert row["drawn"] == event.placement.value
            assert row["drawn_from"] == (event.drawn.earliest.isoformat() if event.drawn else "")


def test_gpt_4_is_as_precise_as_its_source(client, records):
    [row] = [row for row in rows_of(client, "/timeline.csv?lab=openai") if row["event"] == "gpt-4-arc-evals"]
    assert (row["started_on"], row["drawn"], row["drawn_from"], row["drawn_to"]) == (
        "2023-40",
        "start",
        "2023-01-01",
        "2023-06-30",
    )
    assert "before deployment, first half of 2023" in client.get("/timeline/?lab=openai").content.decode()


def test_the_filter_shows_the_labs_asked_for_only(client, records):
    rows = rows_of(client, "/timeline.csv?lab=openai&lab=xai")
    assert {row["lab"] for row in rows} == {"openai", "xai"}
    page = client.get("/timeline/?lab=openai&lab=xai&as_of=2024-05-24").content.decode()
    assert re.findall(r'name="lab" value="([a-z0-9-]+)" checked', page) == ["openai", "xai"]
    assert "/timeline.csv?lab=openai&amp;lab=xai&amp;as_of=2024-05-24" in page


@pytest.mark.parametrize("address", ["/timeline/", "/timeline.csv", "/charts/timeline.json"])
@pytest.mark.parametrize("query", ["lab=nobody", "lab=openai&lab=", "as_of=yesterday", "labs=openai", "window=7"])
def test_what_cannot_be_answered_is_refused(client, records, address, query):
    assert client.get(f"{address}?{query}").status_code == 400


def test_an_unknown_lab_is_told_which_there_are(client, records):
    page = html.unescape(client.get("/timeline/?lab=nobody").content.decode())
    assert "There is no such lab." in page
    assert "google-deepmind" in page


def test_an_empty_ledger_has_a_timeline_that_says_so(client, empty_database):
    page = client.get("/timeline/").content.decode()
    assert "Nothing to draw by this day" in page
    assert "No release of any lab was known by this day." in page
    assert rows_of(client, "/timeline.csv") == []


def test_a_lab_without_a_release_has_a_timeline_that_says_so(client, records):
    lab = factories.lab()
    page = client.get(f"/timeline/?lab={lab.key}").content.decode()
    assert "No release of these labs was known by this day." in page


@pytest.mark.parametrize("address", ["/timeline/", "/charts/share/", "/methodology/"])
def test_the_number_of_queries_does_not_grow_with_the_records(client, empty_database, address):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    for _ in range(2):
        factories.access_event(model=factories.ai_model(released_on="2024-06-15"))
    few = count()
    for _ in range(10):
        factories.access_event(model=factories.ai_model(released_on="2024-06-15"))
    assert count() == few <= 24  # one for each table of the records, and the versions
