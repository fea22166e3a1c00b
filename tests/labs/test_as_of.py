"""As of a day, pages and exports of the facts show what was publicly known by then (methodology, section 2)."""

import csv
import datetime as dt
import io

import pytest

from labs.choices import Answer, Domain, EventField, Mode, Outcome, Results, Timing
from labs.queries.events import events_as_of
from labs.web.filters import AccessEventFilter
from labs.web.tables import ACCESS_EVENT_COLUMNS
from tests import factories

pytestmark = pytest.mark.django_db

DAY = dt.date(2024, 6, 20)
BEFORE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)


def exported(client, address: str) -> list[dict[str, str]]:
    body = b"".join(client.get(address).streaming_content).decode()
    return list(csv.DictReader(io.StringIO(body)))


@pytest.fixture
def event(empty_database):
    """An event that a source mentions on 20 June 2024; only a later source (20 July) gives its results."""
    model = factories.ai_model(released_on="2024-01-10")
    lab = model.lab
    first = factories.source(lab=lab, published_on="2024-06-20", read_on=dt.date(2024, 8, 1))
    later = factories.source(lab=lab, published_on="2024-07-20", read_on=dt.date(2024, 8, 1))
    return factories.access_event(
        model=model,
        results=Results.LAB_SUMMARY.value,
        citations=[
            {"source": first, "supports": ["evaluators", "activity"]},
            {"source": later, "supports": ["results"], "quote": "Results in brief."},
        ],
    )


@pytest.mark.parametrize(("day", "count"), [(BEFORE, 0), (DAY, 1), (AFTER, 1)])
def test_an_event_is_listed_from_the_day_that_its_first_source_was_public(client, event, day, count):
    assert len(exported(client, f"/access.csv?as_of={day}")) == count


@pytest.mark.parametrize(("day", "is_known"), [(BEFORE, False), (DAY, True), (AFTER, True)])
def test_the_page_of_an_event_tells_of_it_from_that_day_on(client, event, day, is_known):
    response = client.get(f"{event.get_absolute_url()}?as_of={day}")
    assert response.status_code == 200
    assert ("tells of this access event" not in response.content.decode()) == is_known


@pytest.mark.parametrize(
    ("day", "results"), [("2024-07-19", "unknown"), ("2024-07-20", "lab_summary"), ("2024-07-21", "lab_summary")]
)
def test_a_field_is_unknown_until_a_source_that_names_it_was_public(client, event, day, results):
    assert exported(client, f"/access.csv?as_of={day}")[0]["results"] == results


@pytest.mark.parametrize(("day", "as_unknown", "as_summary"), [("2024-07-19", 1, 0), ("2024-07-20", 0, 1)])
def test_filters_ask_for_what_was_known_on_the_day(client, event, day, as_unknown, as_summary):
    assert len(exported(client, f"/access.csv?as_of={day}&results=unknown")) == as_unknown
    assert len(exported(client, f"/access.csv?as_of={day}&results=lab_summary")) == as_summary


def test_a_later_quote_is_not_shown_before_its_day(client, event):
    address = event.get_absolute_url()
    assert "Results in brief." not in client.get(f"{address}?as_of=2024-07-19").content.decode()
    assert "Results in brief." in client.get(f"{address}?as_of=2024-07-20").content.decode()


@pytest.mark.parametrize(("day", "count"), [("2024-01-09", 0), ("2024-01-10", 1)])
def test_a_release_is_listed_from_its_release_day_without_any_source(client, event, day, count):
    assert len(exported(client, f"/models.csv?as_of={day}")) == count


def test_a_source_without_a_date_counts_from_the_day_it_was_read(client, empty_database):
    factories.source(published_on="", read_on=dt.date(2024, 8, 1))
    assert exported(client, "/sources.csv?as_of=2024-07-31") == []
    assert len(exported(client, "/sources.csv?as_of=2024-08-01")) == 1


def test_a_source_dated_by_month_counts_from_its_last_day_or_the_day_it_was_read(client, empty_database):
    factories.source(published_on="2024-07", read_on=dt.date(2024, 7, 10))
    assert exported(client, "/sources.csv?as_of=2024-07-09") == []
    assert len(exported(client, "/sources.csv?as_of=2024-07-10")) == 1


def test_every_link_keeps_the_day(client, records):
    page = client.get("/models/gpt-4/?as_of=2026-11-01").content.decode()
    for address in ("/labs/openai/", "/access/gpt-4-arc-evals/", "/sources/gpt-4-system-card/", "/labs/", "/models/"):
        assert f'href="{address}?as_of=2026-11-01"' in page, address


def test_a_page_as_of_a_past_day_says_so_and_leads_back_to_today(client, records):
    page = client.get("/models/gpt-4/?as_of=2026-01-01").content.decode()
    assert "You are reading the past." in page
    assert 'href="/models/gpt-4/"' in page


def test_the_permalink_names_the_day_and_the_version_of_the_data(client, records):
    page = client.get("/access/?evaluator=metr&as_of=2026-01-01").content.decode()
    assert "http://testserver/access/?evaluator=metr&amp;as_of=2026-01-01" in page
    assert "2026.12" in page


@pytest.mark.parametrize(("day", "first"), [("2024-07-19", "later"), ("2024-07-20", "event")])
def test_sorting_goes_by_what_was_known_on_the_day(client, event, day, first):
    later = factories.access_event(
        key="test-later",
        results=Results.NONE_PUBLISHED.value,
        citations=[factories.source(published_on="2024-06-20")],
    )
    keys = [row["key"] for row in exported(client, f"/access.csv?as_of={day}")]
    assert set(keys) == {event.key, later.key}
    page = client.get(f"/access/?as_of={day}&sort=results").content.decode()
    order = [page.index(f"/access/{each.key}/?as_of") for each in (event, later)]
    assert (order[0] < order[1]) == (first == "event")


LATER = {
    "timing": ("timing", Timing.BEFORE_DEPLOYMENT),
    "results": ("results", Results.LAB_SUMMARY),
    "mode": ("", Mode.DIRECT),
    "domains": ("domain", Domain.CYBER),
    "free_to_publish": ("free_to_publish", Answer.YES),
    "access_days": ("", 5),
    "started_on": ("", "2024-02"),
    "ended_on": ("", "2024-03"),
    "no_safety_filters": ("no_safety_filters", Answer.YES),
    "helpful_only": ("helpful_only", Answer.NO),
    "fine_tuning": ("fine_tuning", Answer.PARTIAL),
    "weights": ("weights_given", Answer.YES),
}
"""Fields of an event that can come out later than the event, with the filter that looks at each and a value."""


@pytest.fixture
def told_later(empty_database):
    """An event known since 20 June 2024, of which all else came out a month later."""
    first = factories.source(published_on="2024-06-20", read_on=dt.date(2024, 8, 1))
    later = factories.source(published_on="2024-07-20", read_on=dt.date(2024, 8, 1))
    values = {name: [value] if name == "domains" else value for name, (_, value) in LATER.items()}
    supports = [each.value for each in EventField if each.value.removeprefix("access.") in LATER]
    assert len(supports) == len(LATER)
    return factories.access_event(
        summary="Nobody knew this secret.",
        **values,
        citations=[
            {"source": first, "supports": ["evaluators", "activity"]},
            {"source": later, "supports": supports, "quote": "All in brief."},
        ],
    )


def test_every_filter_looks_at_what_was_known_on_the_day(client, told_later):
    asked = [f"{name}={value}" for name, value in LATER.values() if name] + ["q=secret", "days=stated"]
    assert {each.split("=")[0] for each in asked} <= AccessEventFilter.base_filters.keys()
    for query in asked:
        found = [len(exported(client, f"/access.csv?{query}&as_of=2024-07-{day}")) for day in (19, 20)]
        assert found == [0, 1], query
        form = client.get("/access/?as_of=2024-07-19").content.decode().partition("filters__form")[2]
        assert f'name="{query.split("=")[0]}" value="{query.split("=")[1]}"' not in form


def test_a_release_is_tested_deeper_than_users_from_the_day_that_this_came_out(client, empty_database):
    model = factories.ai_model(released_on="2024-06-25")
    first = factories.source(lab=model.lab, published_on="2024-06-20", read_on=dt.date(2024, 8, 1))
    later = factories.source(lab=model.lab, published_on="2024-07-20", read_on=dt.date(2024, 8, 1))
    factories.access_event(
        model=model,
        timing=Timing.BEFORE_DEPLOYMENT,
        no_safety_filters=Answer.YES,
        citations=[
            {"source": first, "supports": ["evaluators", "activity", "timing"]},
            {"source": later, "supports": ["access.no_safety_filters"]},
        ],
    )
    for answer, found in (("unknown", [1, 0]), ("yes", [0, 1])):
        asked = f"/models.csv?deeper_than_users={answer}&as_of=2024-07-"
        assert [len(exported(client, f"{asked}{day}")) for day in (19, 20)] == found


STANDING = {EventField.LAB, EventField.MODEL, EventField.EVALUATORS, EventField.ACTIVITY, EventField.OUTCOME}
STANDING |= {EventField.SUMMARY, EventField.CERTAINTY}
NOT_LOOKED_AT = {EventField.ACCESS, EventField.MITIGATIONS_ARGUED, EventField.ACCESS_RAW_REASONING}
NOT_LOOKED_AT |= {EventField.ACCESS_INTERNAL_INFORMATION, EventField.ACCESS_FINAL_VERSION}
NOT_LOOKED_AT |= {EventField.ACCESS_LAB_SUPPORT}


def test_every_field_that_can_come_out_later_is_among_them():
    """Or no filter and no sort looks at it; the rest is shown on every day on which the event is visible."""
    assert {each for each in EventField if each.value.removeprefix("access.") not in LATER} == STANDING | NOT_LOOKED_AT


def test_every_column_is_sorted_by_what_was_known_on_the_day(told_later):
    """What a sort reads of the event is then the same as of one of which nobody ever told more."""
    silent = factories.access_event(
        lab=told_later.lab,
        model=told_later.model,
        evaluators=list(told_later.evaluators.all()),
        timing=Timing.UNKNOWN.value,
        citations=[factories.source(published_on="2024-06-20")],
    )
    rows = [events_as_of(dt.date(2024, 7, 19))[event.key] for event in (told_later, silent)]
    sorts = {column.name: column.sort for column in ACCESS_EVENT_COLUMNS if column.sort}
    assert {"results", "timing", "days", "started", "ended", "mode", "free_to_publish"} <= sorts.keys()
    for name, read in sorts.items():
        assert read(rows[0]) == read(rows[1]), name


def test_standing_arrangements_are_told_only_when_all_that_they_rest_on_was_out(client, records):
    """METR's are written from sources of 2024 and of 2026."""
    then, now = "/evaluators/metr/?as_of=2024-05-24", "/evaluators/metr/?as_of=2026-11-29"
    assert "2026 risk report" not in client.get(then).content.decode()
    assert "2026 risk report" in client.get(now).content.decode()
    for day, is_told in (("2024-05-24", False), ("2026-11-29", True)):
        (row,) = [each for each in exported(client, f"/evaluators.csv?as_of={day}") if each["key"] == "metr"]
        assert bool(row["standing_arrangements"]) == is_told


def test_a_model_evaluation_that_did_not_take_place_is_counted_as_none(client, empty_database):
    tester = factories.evaluator()
    factories.access_event(evaluators=[tester])
    factories.access_event(evaluators=[tester], outcome=Outcome.CONFIRMED_NONE.value)
    factories.access_event(evaluators=[tester], outcome=Outcome.NOT_NEEDED.value)
    (row,) = exported(client, "/evaluators.csv")
    assert (row["event_count"], row["model_evaluation_count"]) == ("3", "2")
    assert "2 model evaluations" in client.get(tester.get_absolute_url()).content.decode()
