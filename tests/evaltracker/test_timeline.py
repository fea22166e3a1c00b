"""The timeline: every release and every event has one place, never more precise than its source."""

import csv
import datetime as dt
import html
import io
import re
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.queries import ledger
from evaltracker.web.charts import drawing
from evaltracker.web.charts.kinds import Asked, Picture
from evaltracker.web.charts.record_labels import record_labels
from evaltracker.web.charts.rows import TIMELINE, draw_mark
from evaltracker.web.charts.timeline import MarkKind, Placement, build_timeline, days_words
from labs.choices import Activity, Outcome, Results, Timing
from labs.rules.access import Window
from labs.rules.dates import span
from tests import factories
from tests.evaltracker.pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

DAY = dt.date(2026, 8, 31)
DAYS = ("2023-03-13", "2024-05-24", "2025-07-01", "2026-08-31")


def timeline_as_of(day=DAY, labs=None):
    return build_timeline(ledger(day), labs, record_labels(day))


def only_event(model, day=dt.date(2025, 1, 1)):
    [entry] = timeline_as_of(day, [model.lab.key]).releases
    [event] = entry.events
    return entry, event


def rows_of(client, address):
    return list(csv.DictReader(io.StringIO(b"".join(client.get(address).streaming_content).decode())))


def test_all_events_that_the_ledger_shows_are_on_the_timeline(records):
    access = ledger(DAY).access
    visible = {each.event.key for one in access.assessments.values() for each in one.events}
    visible |= {each.event.key for each in access.unassigned}
    assert {event.key for event in timeline_as_of().events} == visible


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
    assert event.label.endswith("its start is not disclosed")


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


def drawn(day: dt.date, labs: str = "") -> tuple[Picture, ET.Element]:
    shown = TIMELINE.draw(Asked(day, Window.ALL, is_past=True, about=labs))
    return shown, ET.fromstring(shown.svg)


@pytest.mark.parametrize("labs", ["", "openai", "openai,xai"])
@pytest.mark.parametrize("day", DAYS)
def test_every_release_and_every_test_of_one_stands_once_in_the_picture_and_in_its_parts(records, day, labs):
    of_day = dt.date.fromisoformat(day)
    line = timeline_as_of(of_day, labs.split(",") if labs else None)
    wanted = Counter(f"/models/{each.release.key}/" for each in line.releases)
    wanted += Counter(f"/access/{event.key}/" for each in line.releases for event in each.events)
    shown, root = drawn(of_day, labs)
    assert Counter(link.get("href") for link in root.iter("a")) == wanted
    for form in ("svg", "narrow"):
        links = (link for part in shown.parts for link in ET.fromstring(getattr(part, form)).iter("a"))
        assert Counter(link.get("href") for link in links) == wanted
    assert [row.event.key for row in shown.rows if row.event] == [event.key for event in line.events]
    years = [int(part.title[:4]) for part in shown.parts if part.title[:4].isdigit()]
    assert years == sorted(set(years), reverse=True)
    kinds = Counter(event.kind.label for each in line.releases for event in each.events)
    texts = Counter(text.text for text in root.iter("text"))
    assert all(texts[f"{kind}: {count}"] == 1 for kind, count in kinds.items())


def test_day_0_is_the_release_and_a_test_stands_left_or_right_of_it_as_far_as_its_source_says(empty_database):
    model = factories.ai_model(released_on="2024-06-15")
    cases = {
        "left": {"started_on": "2024-05-16", "ended_on": "2024-05-25"},
        "right": {
            "started_on": "2024-06-20",
            "ended_on": "2024-06-22",
            "timing": Timing.AFTER_DEPLOYMENT.value,
            "evaluators": [factories.evaluator(name="An institute with a name longer than the room")],
        },
        "open": {"started_on": "2024-05"},
    }
    events = {name: factories.access_event(model=model, **values) for name, values in cases.items()}
    loose = factories.access_event(model=model)
    _, root = drawn(dt.date(2025, 1, 1))
    of = {link.get("href"): link for link in root.iter("a")}
    bars = {name: of[event.get_absolute_url()] for name, event in events.items()}
    zero, day = 560, (560 - 184) / 120
    for name, (first, days) in {"left": (-30, 10), "right": (5, 3)}.items():
        bar = next(rect for rect in bars[name].iter("rect") if rect.get("height") == "8")
        assert float(bar.get("x")) == pytest.approx(zero + first * day, abs=0.1)
        assert float(bar.get("width")) == pytest.approx(days * day, abs=0.1)
    assert all(float(text.get("x")) > zero for text in bars["right"].iter("text")), "its name stands right of it too"
    assert not [rect for rect in bars["open"].iter("rect") if rect.get("height") == "8"]
    line = next(bars["open"].iter("line"))
    assert float(line.get("x1")) == pytest.approx(zero - 45 * day, abs=0.1)
    assert float(line.get("x2")) == pytest.approx(zero - 14 * day, abs=0.1)
    assert all(float(text.get("x")) < zero for text in of[loose.get_absolute_url()].iter("text"))


def test_two_kinds_never_look_alike():
    shapes = set()
    kinds = [kind for kind in MarkKind if kind not in (MarkKind.RELEASE, MarkKind.OTHER_RELEASE)]
    for kind in kinds:
        root = drawing.picture(20, 20)
        draw_mark(root, 0, 0, kind)
        shapes.add(re.sub(r"var\(--\w+\)", "", drawing.written(root)))
    assert len(shapes) == len(kinds)


def test_the_address_of_the_old_figure_data_leads_to_the_rows(client, records):
    answer = client.get("/charts/timeline.json?lab=openai&as_of=2024-05-24")
    assert answer["Location"] == "/timeline.json?lab=openai&as_of=2024-05-24"


def test_the_table_has_every_release_and_event_of_the_picture(client, records):
    years = ("2026", "2025", "2024", "2023", "undated", "none")
    pages = (client.get(f"/timeline/?as_of={DAY}&year={year}").content.decode() for year in years)
    table = "".join(page[page.index('id="table"') :] for page in pages)
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
    assert "before deployment, first half of 2023" in client.get("/timeline/?lab=openai&year=2023").content.decode()


def test_the_filter_shows_the_labs_asked_for_only(client, records):
    rows = rows_of(client, "/timeline.csv?lab=openai&lab=xai")
    assert {row["lab"] for row in rows} == {"openai", "xai"}
    page = client.get("/timeline/?lab=openai&lab=xai&as_of=2024-05-24").content.decode()
    assert re.findall(r'name="lab" value="([a-z0-9-]+)" checked', page) == ["openai", "xai"]
    assert "/timeline.csv?lab=openai&amp;lab=xai&amp;as_of=2024-05-24" in page


@pytest.mark.parametrize("address", ["/timeline/", "/timeline.csv", "/timeline.svg"])
@pytest.mark.parametrize("query", ["lab=nobody", "lab=openai&lab=", "as_of=yesterday", "labs=openai", "window=7"])
def test_what_cannot_be_answered_is_refused(client, records, address, query):
    assert client.get(f"{address}?{query}").status_code == 400


def test_an_unknown_lab_is_told_which_there_are(client, records):
    page = html.unescape(client.get("/timeline/?lab=nobody").content.decode())
    assert "There is no such lab." in page
    assert "google-deepmind" in page


def test_an_empty_ledger_has_a_timeline_that_says_so(client, empty_database):
    page = client.get("/timeline/").content.decode()
    assert "No release by this day" in page
    assert "No release was known on" in page
    assert rows_of(client, "/timeline.csv") == []


def test_a_lab_without_a_release_has_a_timeline_that_says_so(client, records):
    lab = factories.lab()
    page = client.get(f"/timeline/?lab={lab.key}").content.decode()
    assert f"No release of {lab.name} was known on" in html.unescape(page)


def test_the_address_of_the_old_data_leads_to_the_rows(client, records):
    response = client.get("/charts/timeline.json?lab=openai&as_of=2024-05-24", follow=True)
    assert response.redirect_chain == [("/timeline.json?lab=openai&as_of=2024-05-24", 302)]
    assert response.json()["rows"]


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
    assert count() == few <= 26  # one for each table of the records, the versions, and whether both are of one state


# Year by year


def folds_on(client, query=""):
    """The parts of the timeline's page by title: whether it is open, and what is in it; and the page."""
    page = html.unescape(client.get(f"/timeline/{query}").content.decode())
    picture = page.split('<figure class="figure"')[1].split("</figure>")[0]
    folds = re.findall(
        r'<details class="disclosure figure__part"( open)?><summary>([^<]+)</summary>(.*?)</details>', picture, re.S
    )
    return {title: (bool(is_open), inside) for is_open, title, inside in folds}, page


def keys_in(inside, kind):
    return Counter(re.findall(rf'href="/{kind}/([-\w]+)/', inside))


def test_the_newest_year_is_drawn_and_each_other_folded_with_all_its_releases_and_testers(client, records):
    shown = TIMELINE.draw(Asked(DAY, Window.ALL, is_past=True))
    folds, page = folds_on(client, "?as_of=2026-08-31")
    assert list(folds) == [part.title for part in shown.parts]
    assert [is_open for is_open, _ in folds.values()] == [True] + [False] * (len(folds) - 1)
    for part, (is_open, inside) in zip(shown.parts, folds.values(), strict=True):
        events = Counter(row.event.key for row in part.rows if row.event)
        releases = Counter({row.release.release.key for row in part.rows if row.release})
        times = 2 if is_open else 1  # once in each drawing
        assert keys_in(inside, "access") == Counter(dict.fromkeys(events, times))
        assert keys_in(inside, "models") == Counter(dict.fromkeys(releases, times))
        assert ("<svg" in inside) == is_open
        assert is_open or f'href="?as_of=2026-08-31&year={part.key}"' in inside
    assert [row for part in shown.parts for row in part.rows] == list(shown.rows), "no row is lost or doubled"
    row = next(each for _, inside in folds.values() for each in inside.split("<tr>") if "/models/gemini-3-pro/" in each)
    assert "Unnamed testers (deception) : model evaluation; reported" in words_of(row)  # the release: timing not shown
    table = page.split('id="table"')[1]
    assert set(keys_in(table.split("</table>")[0], "access")) == {
        row.event.key for row in shown.parts[0].rows if row.event
    }


def test_a_fold_says_when_against_the_release_as_far_as_its_source_does(client, empty_database):
    model = factories.ai_model(released_on="2024-06-15", name="Older")
    factories.ai_model(released_on="2025-06-15", lab=model.lab)
    days = {"started_on": "2024-05-16", "ended_on": "2024-05-25"}
    factories.access_event(model=model, **days, activity=Activity.RED_TEAMING.value)
    factories.access_event(model=model, started_on="2024-05", timing=Timing.UNKNOWN.value)
    folds, _ = folds_on(client)
    [row] = re.findall(r'<tr>(<th scope="row".*?)</tr>', folds["2024: 1 release"][1], re.S)
    cells = {name: words_of(cell) for name, cell in re.findall(r'data-in="([^"]+)">(.*?)</t[hd]>', row, re.S)}
    assert cells["Release"].startswith("Older")
    assert cells["Before release"].endswith("red-teaming, 30 to 21 days before release")
    assert cells["After release"] == "—"
    assert cells["Timing not disclosed"].endswith("model evaluation, May 2024")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2024-06-05", "2024-06-05", "10 days before release"),
        ("2024-06-15", "2024-06-15", "on the release day"),
        ("2024-06-16", "2024-06-16", "1 day after release"),
        ("2024-06-17", "2024-06-25", "2 to 10 days after release"),
        ("2024-06-05", "2024-06-20", "from 10 days before to 5 days after release"),
        ("2024-06-11", "2024-06-15", "the 5 days that end with the release day"),
        ("2024-06-15", "2024-06-16", "the 2 days that begin with the release day"),
        ("2024-05", "2024-06-01", "May 2024 to 1 June 2024"),
    ],
)
def test_days_are_counted_from_the_release_where_they_are_known_to_the_day(empty_database, start, end, words):
    model = factories.ai_model(released_on="2024-06-15")
    timing = Timing.AFTER_DEPLOYMENT if start > "2024-06-15" else Timing.BEFORE_DEPLOYMENT
    factories.access_event(model=model, started_on=start, ended_on=end, timing=timing.value)
    entry, event = only_event(model)
    assert days_words(event, entry) == words
    rough = replace(entry, release=replace(entry.release, released=span("2024-06")))
    assert days_words(event, rough) == event.dates_label
    assert days_words(event, None) == event.dates_label


def test_a_year_keeps_the_labs_and_a_year_that_another_day_has_is_empty_and_no_error(client, records):
    folds, page = folds_on(client, "?lab=openai&year=2024")
    assert [title[:4] for title, (is_open, _) in folds.items() if is_open] == ["2024"]
    assert all("lab=openai" in inside for is_open, inside in folds.values() if not is_open)
    folds, page = folds_on(client, "?as_of=2024-05-24&year=2026")
    assert [title for title, (is_open, _) in folds.items() if is_open] == ["2026: nothing by this day"]
    assert not keys_in(folds["2026: nothing by this day"][1], "models")
    assert "No release by this day" in page


@pytest.mark.parametrize("year", ["24", "next", "20255", "2024-05"])
def test_what_no_day_has_as_a_year_is_a_400_that_says_which_there_are(client, records, year):
    answer = client.get(f"/timeline/?year={year}")
    assert answer.status_code == 400
    assert "2025" in answer.content.decode()
    assert client.get("/timeline.csv?year=2025").status_code == 400, "a file has all years"
    assert client.get("/charts/depth/?year=2025").status_code == 400, "only a long picture has parts"


def test_the_drawing_for_a_phone_has_the_names_of_its_marks_once(client, records):
    page = client.get("/timeline/").content.decode()
    narrow = re.search(r"<svg[^>]*picture--narrow.*?</svg>", page, re.S)[0]
    wide = re.search(r"<svg[^>]*picture--wide.*?</svg>", page, re.S)[0]
    assert "<title>" in wide
    assert "<title>" not in narrow
    assert narrow.count("aria-label=") == narrow.count("<a ") == wide.count("<a ")
    assert len(page.encode()) < 360_000
