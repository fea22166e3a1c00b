"""Labs side by side."""

import pytest

from labs.choices import Results
from labs.models import Lab
from tests import factories
from tests.evaltracker.pages import query_count, source_of, tables_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]


def address(*labs: Lab | str, query: str = "window=all") -> str:
    keys = [lab if isinstance(lab, str) else lab.key for lab in labs]
    return "/labs/compare/?" + "&".join([*(f"lab={key}" for key in keys), query])


def test_without_a_lab_there_is_a_form_to_choose(client, records):
    page = source_of(client, "/labs/compare/?as_of=2024-05-24")
    assert '<input type="checkbox" name="lab" value="openai">' in page
    assert '<input type="hidden" name="as_of" value="2024-05-24">' in page


def test_the_form_is_there_without_any_record(client, empty_database):
    assert client.get("/labs/compare/").status_code == 200


@pytest.mark.parametrize(
    "labs",
    [("openai",), ("openai", "openai"), ("openai", "anthropic", "meta", "xai", "microsoft")],
    ids=["one", "twice the same", "five"],
)
def test_too_few_or_too_many_labs_are_refused_with_what_is_allowed(client, records, labs):
    response = client.get(address(*labs))
    assert response.status_code == 400
    assert "two to four at a time" in response.content.decode()


def test_an_unknown_lab_is_refused_with_those_that_there_are(client, records):
    response = client.get(address("openai", "nobody"))
    page = response.content.decode()
    assert response.status_code == 400
    assert "lab=nobody" in page
    assert "<code>google-deepmind</code>" in page


def test_labs_stand_in_the_order_of_the_address(client, records):
    assert "xAI and OpenAI" in text_of(client, address("xai", "openai"))
    assert "OpenAI, xAI and Meta" in text_of(client, address("openai", "xai", "meta")).replace(" , ", ", ")


def test_overlapping_ranges_order_nothing(client, records):
    page = text_of(client, address("openai", "anthropic", query="as_of=2024-05-24&window=all"))
    assert "OpenAI and Anthropic cannot be told apart: their ranges overlap." in page


@pytest.mark.usefixtures("one_release_is_enough")
def test_disjoint_ranges_are_ordered(client, empty_database):
    evaluated = {"access_days": 28, "results": Results.EVALUATOR_REPORT.value, "weights": "yes"}
    ahead, behind = factories.access_event(**evaluated).lab, factories.ai_model().lab
    page = text_of(client, address(behind, ahead))
    assert f"{ahead} lies above {behind}: even its low figure exceeds the other's high one." in page


def test_a_lab_without_a_release_has_words_and_no_figures(client, empty_database):
    lab, other = factories.access_event().lab, factories.lab()
    cells = tables_of(client, address(lab, other))[0]
    assert {row[2] for row in cells} == {"no release in the window"}


def test_releases_stand_on_one_axis_of_time(client, empty_database):
    one, other = factories.lab(), factories.lab()
    early = factories.ai_model(lab=one, released_on="2024-02-01")
    late = factories.access_event(lab=other, evaluators=[factories.evaluator(name="Example Evals")]).model
    later = factories.ai_model(lab=one, released_on="2024-11-01")
    rows = tables_of(client, address(one, other, query="window=all&as_of=2025-01-01"))[1]
    assert [row[0] for row in rows] == ["Jul–Dec 2024", "Jan–Jun 2024"]
    assert later.name in rows[0][1]
    assert rows[0][2] == "no release"
    assert f"{early.name} 1 February 2024 nothing found" in rows[1][1]
    assert f"{late.name} 15 June 2024 confirmed before release Example Evals; depth not disclosed" in rows[1][2]


def test_a_possible_evaluation_is_said_to_be_possible(client, empty_database):
    event = factories.access_event(timing="unknown", evaluators=[factories.evaluator(name="Example Evals")])
    cells = tables_of(client, address(event.lab, factories.lab()))[1]
    assert "tested, timing not shown Possibly Example Evals" in cells[0][1]


def test_a_release_outside_the_window_is_left_out_of_the_axis(client, empty_database):
    one, other = factories.ai_model(), factories.ai_model(released_on="2022-01-01")
    page = tables_of(client, address(one.lab, other.lab, query="as_of=2024-12-01"))[1]
    assert other.name not in str(page)
    assert one.name in str(page)


def test_links_keep_the_day_the_window_and_the_weights(client, records):
    page = source_of(client, address("openai", "xai", query="as_of=2026-08-31&window=24&weights=depth:1"))
    assert 'href="/labs/openai/?as_of=2026-08-31&window=24&weights=depth:1"' in page
    assert 'href="?lab=openai&lab=xai&as_of=2026-08-31&window=all&weights=depth:1"' in page


def test_a_comparison_runs_as_many_queries_for_many_records_as_for_few(client, empty_database):
    one, other = factories.lab(), factories.lab()

    def add():
        for lab in (one, other):
            factories.access_event(lab=lab)
            factories.commitment(labs=[lab])

    add()
    few = query_count(client, address(one, other))
    for _ in range(15):
        add()
    assert query_count(client, address(one, other)) == few
