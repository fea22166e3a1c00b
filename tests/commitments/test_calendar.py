"""The calendar of deadlines, read back by two programs that read calendars."""

import datetime as dt

import ics
import pytest
from icalendar import Calendar

from commitments.choices import CommitmentField, Firmness
from commitments.models import Commitment
from labs.models import DataVersion
from tests import factories
from tests.evaltracker.pages import query_count, source_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

SITE = "https://tracker.example.org"
ADDRESS = "/commitments/deadlines.ics"


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


def body_of(client, address: str = ADDRESS) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, address
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return response.content


def calendar_of(client, address: str = ADDRESS) -> Calendar:
    return Calendar.from_ical(body_of(client, address))


def entries_of(client, address: str = ADDRESS) -> dict[str, tuple[dt.date, dt.date]]:
    """The first day, and the first day after, of each entry by its summary."""
    return {
        str(each["summary"]): (each["dtstart"].dt, each["dtend"].dt) for each in calendar_of(client, address).events
    }


def open_ended(due_on: str, first: str | None, last: str | None, **changes):
    """A promise whose due date has an open end: no form takes one, but a row that was loaded can have it."""
    record = promise("2024", **changes)
    bounds = {"due_on_earliest": first, "due_on_latest": last}
    Commitment.objects.filter(pk=record.pk).update(due_on=due_on, **bounds)


def promise(due_on: str, **changes):
    return factories.commitment(title="Publish it", due_on=due_on, made_on="2020", **changes)


@pytest.mark.parametrize(
    ("due_on", "first", "after", "words"),
    [
        ("2023-12-31", "2023-12-31", "2024-01-01", "Due by 31 December 2023"),
        ("2024-02", "2024-02-01", "2024-03-01", "Due in February 2024"),
        ("2023", "2023-01-01", "2024-01-01", "Due in 2023"),
        ("2023-40", "2023-01-01", "2023-07-01", "Due in first half of 2023"),
        ("2024-02-28~", "2024-02-28", "2024-02-29", "Due in about 28 February 2024"),
        ("2023-03/2023-05-14", "2023-03-01", "2023-05-15", "Due in March 2023 to 14 May 2023"),
    ],
)
def test_an_entry_spans_all_days_of_the_due_date_and_no_others(client, empty_database, due_on, first, after, words):
    promise(due_on, labs=[factories.lab(name="Lab A")])

    body = body_of(client)

    ((summary, days),) = entries_of(client).items()
    assert days == (dt.date.fromisoformat(first), dt.date.fromisoformat(after))
    assert summary.startswith(f"{words}: Publish it (Lab A); ")
    assert f"DTSTART;VALUE=DATE:{first.replace('-', '')}\r\n".encode() in body
    assert f"DTEND;VALUE=DATE:{after.replace('-', '')}\r\n".encode() in body


def test_ics_reads_the_same_days_as_whole_days(client, empty_database):
    """It makes them midnight in UTC: whoever converts that to a zone west of it gets the day before."""
    promise("2023-12-31", labs=[factories.lab(name="Lab, A; B\\C")])
    promise("2023")

    events = sorted(ics.Calendar(body_of(client).decode()).events)

    assert [(each.begin.date(), each.end.date(), each.all_day) for each in events] == [
        (dt.date(2023, 1, 1), dt.date(2024, 1, 1), True),
        (dt.date(2023, 12, 31), dt.date(2024, 1, 1), True),
    ]
    assert events[1].name == "Due by 31 December 2023: Publish it (Lab, A; B\\C); nothing found"
    assert events[1].categories == {"Lab, A; B\\C"}
    assert events[1].begin.isoformat() == "2023-12-31T00:00:00+00:00"


def test_a_due_date_without_a_first_or_a_last_day_is_left_out_and_counted(client, empty_database):
    open_ended("../2025-02-14", None, "2025-02-14")
    open_ended("2025-01/..", "2025-01-01", None)
    promise("2024")
    promise("")

    calendar = calendar_of(client)

    assert len(calendar.events) == 1
    words = "1 due date; 2 due dates without a first or a last day left out"
    assert words in calendar["description"]
    assert words in calendar["x-wr-caldesc"]
    page = text_of(client, "/commitments/")
    assert "1 due date as a calendar (2 due dates without a first or a last day left out) iCalendar" in page


def test_an_entry_says_what_became_of_it_by_the_day(client, empty_database):
    lab = factories.lab()
    source = factories.source(lab=lab, published_on="2023-01-10")
    later = factories.source(lab=lab, published_on="2024-03-01")
    promise(
        "2024-01-31",
        labs=[lab],
        firmness=Firmness.FIRM,
        fulfilled_on="2024-02-10",
        citations=[source, {"source": later, "supports": [CommitmentField.FULFILLED_ON]}],
    )

    def status(day: str) -> str:
        ((summary, _),) = entries_of(client, f"{ADDRESS}?as_of={day}").items()
        return summary.rpartition("; ")[2]

    assert status("2024-01-31") == "not yet due"
    assert status("2024-02-15") == "nothing found"
    assert status("2024-03-01") == "fulfilled late"
    assert entries_of(client, f"{ADDRESS}?as_of=2023-01-09") == {}


def test_an_entry_names_its_page_the_labs_and_the_data_version(client, records):
    version = DataVersion.objects.first()
    for entry in calendar_of(client).events:
        assert entry["url"].startswith(f"{SITE}/commitments/")
        assert client.get(entry["url"].removeprefix(SITE)).status_code == 200
        assert entry["uid"] == f"commitment-{entry['url'].split('/')[-2]}@tracker.example.org"
        assert entry["dtstamp"].dt == version.made_at.replace(microsecond=0)
        assert entry["last-modified"].dt >= entry["dtstamp"].dt
        assert list(map(str, entry["categories"].cats)) == ["OpenAI"]
        assert f"Data version {version}, method version" in entry["description"]
        assert entry["transp"] == "TRANSPARENT"


def test_a_status_that_changed_with_the_day_changes_when_the_entry_was_modified(client, empty_database):
    promise("2024-01-31")
    modified = [
        calendar_of(client, f"{ADDRESS}?as_of={day}").events[0]["last-modified"].dt
        for day in ("2024-01-31", "2024-02-01", "2024-05-01")
    ]
    assert modified[0] < modified[1] == modified[2] == dt.datetime(2024, 2, 1, tzinfo=dt.UTC)


def test_an_entry_that_spans_days_says_why(client, empty_database):
    promise("2024")
    promise("2024-01-31")
    year, day = calendar_of(client).events
    assert "The source gives no day: this entry spans all days it may mean." in year["description"]
    assert "The source gives no day" not in day["description"]


def test_the_calendar_can_be_of_some_labs(client, empty_database):
    first, second, third = factories.lab(name="Lab A"), factories.lab(name="Lab B"), factories.lab(name="Lab C")
    promise("2024-01", labs=[first])
    promise("2024-02", labs=[second])
    promise("2024-03", labs=[third])
    open_ended("2025/..", "2025-01-01", None, labs=[third])

    found = entries_of(client, f"{ADDRESS}?lab={first.key}&lab={second.key}")

    assert [summary[:20] for summary in found] == ["Due in January 2024:", "Due in February 2024"]
    assert "none is left out" in calendar_of(client, f"{ADDRESS}?lab={first.key}")["description"]
    assert "1 due date without" in calendar_of(client, f"{ADDRESS}?lab={third.key}")["description"]
    page = source_of(client, f"/commitments/?lab={third.key}")
    assert f'href="{ADDRESS}?lab={third.key}"' in page
    assert "1 due date of Lab C as a calendar" in page


def test_a_lab_that_is_no_lab_is_refused(client, records):
    response = client.get(f"{ADDRESS}?lab=nobody")
    assert response.status_code == 400
    assert "openai" in response.content.decode()
    assert client.get(f"{ADDRESS}?lab=xai").status_code == 200


def test_lines_are_folded_by_octets_and_read_back_whole(client, empty_database):
    title = "Veröffentlichen, „sofort“; " * 7
    factories.commitment(title=title.strip(), due_on="2024", made_on="2023", labs=[factories.lab(name="Ä" * 60)])

    body = body_of(client)

    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    for line in lines:
        line.decode()  # no character is cut in two
    (entry,) = Calendar.from_ical(body).events
    assert title.strip() in entry["summary"]
    (event,) = ics.Calendar(body.decode()).events
    assert title.strip() in event.name


def test_the_host_of_the_request_plays_no_part(client, records, settings):
    settings.ALLOWED_HOSTS = ["*"]
    body = client.get(ADDRESS, headers={"host": "elsewhere.example.org"}).content
    assert b"elsewhere" not in body
    assert f"SOURCE;VALUE=URI:{SITE}{ADDRESS}".encode() in body


def test_a_calendar_without_any_entry_is_valid(client, empty_database):
    calendar = calendar_of(client)
    assert calendar.events == []
    assert calendar["version"] == "2.0"
    assert "0 due dates; none is left out" in calendar["description"]


def test_an_unchanged_calendar_is_not_sent_again(client, records):
    first = client.get(ADDRESS)
    assert client.get(ADDRESS, headers={"if-none-match": first["ETag"]}).status_code == 304


def test_the_calendar_runs_few_queries(client, records):
    query_count(client, ADDRESS)
    assert query_count(client, ADDRESS) <= 2
