"""The front page: the strip and the headline with its counts, what is open, then and now, what is new."""

import datetime as dt
import re

import pytest

from evaltracker.web.charts.record_labels import record_labels
from evaltracker.web.charts.share import FIRST_CHECK
from labs.choices import EventLowering, Timing
from labs.queries import kept
from labs.queries.events import events_as_of
from labs.queries.releases import releases_as_of
from labs.rules.dates import day_label
from tests import factories
from tests.evaltracker.pages import query_count, source_of, tables_of, text_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]


@pytest.mark.parametrize(
    ("day", "sentences"),
    [
        (
            "2024-05-24",
            [
                "Of the 10 frontier models released in the 12 months to 24 May 2024, 1 was tested by outsiders before",
                "For 2 more something was reported, not confirmed.",
                "For 7 no source that we read, public by then, told of an outside model evaluation",
                "For the one tested before release, whether access went deeper than users get, no source that we",
            ],
        ),
        (
            "2026-08-31",
            [
                "Of the 39 frontier models released in the 12 months to 31 August 2026, 18 were tested by outsiders",
                "For 2 more something was reported or undated.",
                "For 4 the sources that we read, public by then, told of tests after release only.",
                "For 15 no source that we read, public by then, told of an outside model evaluation",
                "For 5 of the 18 the record showed deeper access than users get; for the other 13 no source that we",
            ],
        ),
        (
            "2026-11-28",  # the records are complete to 31 August
            [
                "Of the 39 frontier models released in the 12 months to 31 August 2026, 18 were tested by outsiders",
                "For 4 more something was reported or undated.",
            ],
        ),
    ],
)
def test_the_headline_says_what_the_record_shows_by_each_word(client, records, day, sentences):
    page = re.sub(r" (?=[,;.])", "", text_of(client, f"/?as_of={day}"))
    for sentence in sentences:
        assert sentence in page


def test_the_page_leads_with_every_release_as_a_square(client, records):
    page = source_of(client, "/?as_of=2026-08-31")
    assert (
        len(re.findall(r'<a href="/models/[^"]+as_of=2026-08-31" aria-label', page)) == 2 * 78
    )  # wide, and for a phone
    assert "Which frontier releases did outsiders test before release?" in page


def test_the_page_names_the_day_and_how_far_the_records_go(client, records):
    page = text_of(client, "/?as_of=2024-05-24")
    assert re.search("As of 24 May 2024 ?, records complete to 31 August 2026", page)


def test_the_page_says_of_whose_releases_something_is_reported_or_undated_and_why(client, records):
    page = text_of(client, "/?as_of=2024-05-24")
    assert "For which releases is something reported or undated, and why? Google DeepMind" in page
    assert "Gemini 1.0 Ultra It rests on third parties' accounts." in page
    assert "Gemini 1.5 Pro It rests on third parties' accounts; when it took place is not disclosed" in page


def test_a_test_that_the_lab_tells_of_is_not_said_to_rest_on_third_parties_because_another_one_does(client, records):
    page = text_of(client, "/?as_of=2026-11-29").split("and why?")[1].split("Newest releases")[0]
    assert "Gemini 3 Pro When it took place is not disclosed, and no launch document shows it." in page
    assert "Gemini 3.7 Flash It rests on third parties' accounts; when it took place is not disclosed" in page


def test_without_a_doubtful_release_there_is_nothing_to_explain(client, empty_database):
    factories.access_event()
    page = text_of(client, "/?window=all")
    assert f"One frontier model was released up to {day_label(dt.date.today())}: it was tested by outsiders" in page
    assert "reported or undated" not in page


@pytest.mark.parametrize(
    ("changes", "kind", "reason"),
    [
        ({"lowered_to": EventLowering.INFERRED.value, "lowered_because": "x"}, "reported, not", "it is inferred"),
        (
            {"lowered_to": EventLowering.DISPUTED.value, "lowered_because": "x"},
            "reported, not",
            "contradict each other",
        ),
        ({"timing": Timing.UNKNOWN.value}, "whether it came before release", "when it took place is not disclosed"),
    ],
)
def test_each_reason_why_a_release_counts_only_possibly_is_named(client, empty_database, changes, kind, reason):
    factories.access_event(**changes)
    page = text_of(client, "/?window=all").lower()
    assert kind in page
    assert reason in page


def test_without_a_release_in_the_window_the_headline_says_so_and_no_figure(client, empty_database):
    page = text_of(client, "/")
    assert f"No frontier release in the 12 months to {day_label(dt.date.today())} is on record." in page
    assert "0 of 0" not in page


def test_then_and_now_stand_beside_each_other(client, records):
    then_and_now = tables_of(client, "/?as_of=2026-08-31")[1]
    assert [row[1:] for row in then_and_now] == [
        ["10", "39"],
        ["1 of 10", "18 of 39"],
        ["0 of 10", "1 of 39"],
        ["2 of 10", "1 of 39"],
        ["0 of 10", "4 of 39"],
        ["7 of 10", "15 of 39"],
        ["0 of 1", "5 of 18"],
        ["0 of 1", "0 of 18"],
        ["1 of 1", "13 of 18"],
    ]


def test_what_changed_for_each_lab_is_said_with_its_counts(client, records):
    rows = {row[0]: row[1:] for row in tables_of(client, "/?as_of=2026-08-31")[2]}
    assert rows["OpenAI"][:4] == ["0 of 2 releases", "6 of 7 releases", "none", "60–86"]
    assert rows["OpenAI"][4] == "Then, too few releases to score: 2"
    assert rows["Anthropic"][4].startswith("Higher")
    assert rows["Microsoft"][:2] == ["no release", "0 of 1 release"]


@pytest.mark.parametrize("day", ["2024-05-24", "2023-01-01"])
def test_there_is_no_then_and_now_up_to_the_first_check(client, records, day):
    assert "Then and now" not in text_of(client, f"/?as_of={day}")


def test_labs_without_a_release_are_named_and_have_no_score(client, records):
    page = text_of(client, "/?as_of=2024-05-24")
    assert "No release in the window, so no score (which is not 0)" in page
    assert len(tables_of(client, "/?as_of=2024-05-24")[0]) == 5


def test_the_newest_releases_come_first_with_their_testers_and_the_evidence_word(client, empty_database):
    lab = factories.lab()
    old, new = (factories.ai_model(lab=lab, released_on=day) for day in ("2024-06-15", "2024-07-15"))
    factories.access_event(model=new, evaluators=[factories.evaluator(name="Example Evals")])
    newest = source_of(client, "/?window=all").split('id="newest-heading"')[1].split("</section>")[0]
    items = [words_of(each) for each in newest.split('<li class="newest__item">')[1:]]
    assert items[0].startswith(f"{new.name} {lab} 15 July 2024 confirmed before release Example Evals tested it")
    assert items[1].startswith(f"{old.name} {lab} 15 June 2024 nothing found We found no outside model evaluation")


def test_a_release_that_does_not_count_is_not_among_the_newest(client, empty_database):
    release = factories.ai_model(frontier="no")
    assert release.name not in text_of(client, "/?window=all")


def test_the_front_page_has_its_parts_in_order(client, records):
    page = source_of(client, "/?as_of=2026-08-31")
    parts = ["headline", 'id="figure-', "newest-heading", "scores-heading", "then-heading"]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize("day", ["", "2023-01-01", "2024-05-24"])
def test_nothing_on_the_front_page_is_empty(client, records, day):
    page = source_of(client, f"/?as_of={day}" if day else "/")
    assert "<tbody>\n</tbody>" not in page
    assert 'class="table__empty"' not in page
    assert "No record matches" not in page
    for section in page.split("<section")[1:]:
        assert len(words_of(section.split("</section>")[0])) > 60


def test_an_empty_record_has_no_heading_above_nothing(client, empty_database):
    page = text_of(client, "/")
    for heading in ("Newest releases", "Then and now", "What changed lately", "Which frontier releases"):
        assert heading not in page
    assert "No lab released a frontier model" in page


def test_links_keep_the_day_the_window_and_the_weights(client, records):
    page = source_of(client, "/?as_of=2026-08-31&window=24&weights=depth:1")
    kept = "as_of=2026-08-31&window=24&weights=depth:1"
    assert f'href="/labs/openai/?{kept}"' in page
    assert f'href="/labs.csv?{kept}"' in page
    assert 'href="?as_of=2026-08-31&window=all&weights=depth:1"' in page
    assert 'href="?as_of=2026-08-31&window=24"' in page  # back to the method's weights
    assert "depth:1" in text_of(client, "/?weights=depth:1")


@pytest.mark.parametrize(
    ("query", "parameter", "allowed"),
    [
        ("window=36", "window", "24"),
        ("window=12&window=24", "window", "one value"),
        ("weights=", "weights", "evaluated:50,depth:50"),
        ("weights=beauty:1", "weights", "follow_through"),
        ("weights=depth:1,depth:2", "weights", "twice"),
        ("weights=depth:-1", "weights", "0 or more"),
        ("weights=depth:inf", "weights", "finite"),
        ("weights=depth:0", "weights", "not all 0"),
        ("as_of=2024-02-30", "as_of", "2024-05-24"),
    ],
)
@pytest.mark.parametrize("address", ["/", "/labs/", "/labs.csv", "/labs/openai/", "/labs/compare/"])
def test_what_cannot_be_answered_is_a_400_that_says_what_is_allowed(
    client, records, address, query, parameter, allowed
):
    response = client.get(f"{address}?{query}")
    page = response.content.decode()
    assert response.status_code == 400
    assert f"<code>{parameter}" in page or f"\n{parameter}=" in page, "a file says it in plain text"
    assert allowed in page


def test_every_problem_of_an_address_is_named_at_once(client, records):
    page = client.get("/?window=7&weights=x&as_of=y&colour=z").content.decode()
    for parameter in ("window=7", "weights=x", "as_of=y", "colour=z"):
        assert f"<code>{parameter}</code>" in page


@pytest.mark.parametrize("weights", ["evaluated:1", "evaluated:50,depth:50", "depth:0.1,time:1e2", "time:.5"])
def test_good_weights_are_taken(client, records, weights):
    assert "your own weights" in text_of(client, f"/?weights={weights}")


def test_the_front_page_runs_as_many_queries_for_many_records_as_for_few(client, empty_database):
    def add():
        factories.access_event()
        factories.commitment()

    add()
    few = query_count(client, "/?window=all")
    for _ in range(20):
        add()
    assert query_count(client, "/?window=all") == few


def test_of_the_day_of_the_first_check_only_the_figures_are_kept(client):
    kept.forget()
    client.get("/")
    for function in (releases_as_of, events_as_of, record_labels):
        found = kept.store()._results[function.__wrapped__]
        assert FIRST_CHECK not in {day for (day, *_), _ in found}, function
