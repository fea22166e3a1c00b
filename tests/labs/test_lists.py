"""Lists: filters with counts, sort, columns and pages in the address; what cannot be answered gets a 400."""

import html
import re

import pytest
from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labs.choices import Activity, Domain
from labs.models import AccessEvent, AIModel, Evaluator, Source
from labs.web.facets import Checkboxes, Selection
from tests import factories

pytestmark = pytest.mark.django_db

LISTS = ("/access/", "/models/", "/evaluators/", "/sources/")


def first_cells(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r'<th scope="row">(.*?)</th>', page, re.S)]


def rows(client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    return first_cells(response.content.decode())


def test_a_filter_in_the_address_narrows_the_table(client, records):
    names = rows(client, "/access/?evaluator=metr")
    assert len(names) == 35
    assert all("METR" in name for name in names)


def test_two_values_of_a_filter_widen_it(client, records):
    page = client.get("/access/?evaluator=metr&evaluator=apollo-research").content.decode()
    count = AccessEvent.objects.filter(evaluators__key__in=["metr", "apollo-research"]).distinct().count()
    assert f"{count} access events" in page


def test_two_filters_narrow_together(client, records):
    page = client.get("/access/?evaluator=metr&activity=audit_or_review").content.decode()
    count = AccessEvent.objects.filter(evaluators__key="metr", activity="audit_or_review").count()
    assert f"{count} access event" in page


def test_counts_beside_choices_tell_how_many_rows_each_gives_with_the_other_filters(client, records):
    page = client.get("/access/?evaluator=metr").content.decode()
    for activity in Activity:
        count = AccessEvent.objects.filter(evaluators__key="metr", activity=activity.value).count()
        label = f"{activity.label} ({count})"
        assert (label in page) == (count > 0), label


def test_counts_of_the_filtered_facet_itself_stay_those_of_its_other_choices(client, records):
    page = client.get("/access/?activity=red_teaming").content.decode()
    assert "model evaluation (153)" in page


def test_a_release_of_several_events_counts_once_beside_a_choice(client, empty_database):
    release = factories.access_event().model
    factories.access_event(model=release)
    page = client.get("/models/").content.decode()
    assert f'<option value="{release.lab.key}">{release.lab.name} (1)</option>' in page


@pytest.mark.parametrize(
    "address",
    [
        "/access/",
        "/access/?as_of=2026-01-01&q=metr",
        "/access/?domain=cyber&lab=openai&sort=-days",
        "/models.csv?lab=xai",
    ],
)
def test_once_kept_a_list_asks_for_nothing_but_the_stamp(client, records, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        body = client.get(address)
        assert b"".join(body.streaming_content if body.streaming else [body.content])
    assert len(captured) == 1


@pytest.mark.parametrize(
    ("ours", "djangos"), [(Checkboxes, forms.CheckboxSelectMultiple), (Selection, forms.SelectMultiple)]
)
@pytest.mark.parametrize("chosen", [None, [], ["a"], ["<b>", "none"]])
def test_choices_are_drawn_as_django_draws_them(ours, djangos, chosen):
    choices = [("a", "A & B (2)"), ("<b>", "“b” <b> (0)"), ("none", "none (1)")]
    drawn = [widget(choices=choices).render("lab", chosen, {"id": "id_lab"}) for widget in (ours, djangos)]
    assert drawn[0] == drawn[1]


def test_an_event_of_two_domains_is_one_row(client, empty_database):
    factories.access_event(domains=[Domain.CYBER.value, Domain.BIO.value])
    assert len(rows(client, "/access/?domain=cyber&domain=bio")) == 1


def test_an_event_of_two_evaluators_is_one_row(client, empty_database):
    one, other = factories.evaluator(), factories.evaluator()
    factories.access_event(evaluators=[one, other])
    assert len(rows(client, f"/access/?evaluator={one.key}&evaluator={other.key}&evaluator_kind=nonprofit")) == 1


def test_a_domain_does_not_match_another_that_contains_its_name(client, empty_database):
    factories.access_event(domains=[Domain.OTHER.value])
    assert len(rows(client, "/access/?domain=other")) == 1
    assert rows(client, "/access/?domain=none") == []


def test_events_whose_source_names_no_domain_can_be_found(client, empty_database):
    factories.access_event()
    assert len(rows(client, "/access/?domain=none")) == 1


def test_events_without_a_stated_model_can_be_found(client, records):
    page = client.get("/access/?model=none").content.decode()
    assert "24 access events" in page


def test_words_are_searched_in_former_names_too(client, records):
    assert "METR" in rows(client, "/evaluators/?q=arc+evals")


@pytest.mark.parametrize("address", ["/access/?q=zzzz", "/models/?q=zzzz", "/evaluators/?q=zzzz", "/sources/?q=zzzz"])
def test_a_search_without_a_hit_gives_the_empty_state(client, records, address):
    assert rows(client, address) == []


def test_an_active_filter_can_be_taken_away_and_the_rest_stays(client, records):
    page = html.unescape(client.get("/access/?evaluator=metr&activity=red_teaming&as_of=2026-11-01").content.decode())
    assert 'href="?activity=red_teaming&as_of=2026-11-01"' in page


def test_sorting_puts_rows_without_a_value_last_in_both_directions(client, empty_database):
    early, late = factories.ai_model(released_on="2023-01-05"), factories.ai_model(released_on="2024-01-05")
    undated = factories.ai_model(released_on="")
    assert rows(client, "/models/?sort=released") == [early.name, late.name, undated.name]
    assert rows(client, "/models/?sort=-released") == [late.name, early.name, undated.name]


def test_the_sorted_column_says_so_to_everyone(client, records):
    assert client.get("/models/?sort=name").content.decode().count('aria-sort="ascending"') == 1
    assert client.get("/models/?sort=-name").content.decode().count('aria-sort="descending"') == 1


def test_pages_of_fifty_hold_all_rows_once(client, records):
    seen = [
        row
        for page in range(1, 7)
        for row in re.findall(
            r'<th scope="row"><a href="/access/([^/]+)/',
            client.get(f"/access/?page={page}&sort=activity").content.decode(),
        )
    ]
    assert len(seen) == 264
    assert set(seen) == set(AccessEvent.objects.values_list("key", flat=True))


@pytest.mark.parametrize("address", LISTS)
def test_at_most_eight_columns_are_shown_unless_more_are_chosen(client, records, address):
    page = client.get(address).content.decode()
    assert 3 <= len(re.findall('<th scope="col"', page)) <= 8


def test_chosen_columns_are_shown_beside_the_first(client, records):
    page = client.get("/access/?columns=summary&columns=days").content.decode()
    headers = [re.sub("<[^>]+>", "", header) for header in re.findall(r'<th scope="col".*?</th>', page, re.S)]
    assert [header.split("↕")[0] for header in headers] == ["Evaluators", "Days of access", "Summary"]


def test_the_table_is_captioned_with_its_count_and_day(client, records):
    page = client.get("/access/?as_of=2024-05-24").content.decode()
    assert re.search(r"<caption.*?12 access events.*?24 May 2024.*?</caption>", page, re.S)


@pytest.mark.parametrize(
    ("query", "parameter", "allowed"),
    [
        ("evaluater=metr", "evaluater", "evaluator"),
        ("evaluator=nobody", "evaluator", "metr"),
        ("activity=guessing", "activity", "model_evaluation"),
        ("domain=weather", "domain", "cyber"),
        ("released_from=May", "released_from", "a day such as 2024-05-24"),
        ("sort=colour", "sort", "-released"),
        ("columns=colour", "columns", "summary"),
        ("page=0", "page", "1 to 6"),
        ("page=7", "page", "1 to 6"),
        ("page=first", "page", "1 to 6"),
        ("page=²", "page", "1 to 6"),
        ("page=1&page=2", "page", "one value"),
        ("as_of=yesterday", "as_of", "a day such as 2024-05-24"),
        ("as_of=20240524", "as_of", "a day such as 2024-05-24"),
        ("as_of=2024-02-30", "as_of", "a day such as 2024-05-24"),
        ("as_of=2999-01-01", "as_of", "up to "),
        ("q=%00", "q", "words in the summary"),
    ],
)
def test_what_cannot_be_answered_is_a_400_that_says_what_is_allowed(client, records, query, parameter, allowed):
    response = client.get(f"/access/?{query}")
    page = html.unescape(response.content.decode())
    assert response.status_code == 400
    assert f"<code>{parameter}" in page
    assert allowed in page


@pytest.mark.parametrize("name", ["sort", "columns", "page"])
def test_a_download_refuses_what_only_a_page_has(client, records, name):
    assert client.get(f"/access.csv?{name}=1").status_code == 400


def queries(client, address: str) -> int:
    """How many a page costs, without what a process looks up once and keeps: the types of content."""
    for kind in (AIModel, Evaluator, Source, AccessEvent):
        ContentType.objects.get_for_model(kind)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


MAKERS = {
    "/access/": factories.access_event,
    "/models/": lambda: factories.access_event().model,
    "/evaluators/": lambda: factories.access_event(),
    "/sources/": lambda: factories.access_event(),
}


@pytest.mark.parametrize("address", LISTS)
def test_a_list_runs_as_many_queries_for_fifty_rows_as_for_one(client, empty_database, address):
    MAKERS[address]()
    few = queries(client, address)
    for _ in range(49):
        MAKERS[address]()
    assert queries(client, address) == few


def test_a_release_page_runs_as_many_queries_for_fifty_events_as_for_one(client, empty_database):
    model = factories.ai_model()
    factories.access_event(model=model)
    few = queries(client, model.get_absolute_url())
    for _ in range(49):
        factories.access_event(model=model)
    assert queries(client, model.get_absolute_url()) == few


def test_an_evaluator_page_runs_as_many_queries_for_fifty_events_as_for_one(client, empty_database):
    evaluator = factories.evaluator()
    factories.access_event(evaluators=[evaluator])
    few = queries(client, evaluator.get_absolute_url())
    for _ in range(49):
        factories.access_event(evaluators=[evaluator])
    assert queries(client, evaluator.get_absolute_url()) == few


def test_a_source_page_runs_as_many_queries_for_fifty_quotes_as_for_one(client, empty_database):
    source = factories.source()
    factories.access_event(citations=[source])
    few = queries(client, source.get_absolute_url())
    for _ in range(49):
        factories.access_event(citations=[source])
    assert queries(client, source.get_absolute_url()) == few


@pytest.mark.parametrize("address", ["/access/", "/models/", "/evaluators/", "/sources/"])
def test_every_sort_keeps_every_row_once(client, records, address):
    page = client.get(address).content.decode()
    count = int(re.search(r'<span class="caption">(\d+) ', page)[1])
    for name in set(re.findall(r'href="\?sort=-?(\w+)"', page)):
        keys = []
        for number in range(1, -(-count // 50) + 1):
            part = client.get(f"{address}?sort={name}&page={number}").content.decode()
            keys += re.findall(rf'<th scope="row"><a href="{address}([^/]+)/', part)
        assert len(keys) == len(set(keys)) == count, name


def test_several_labs_in_a_cell_are_links_and_not_their_markup(client, records):
    page = client.get("/evaluators/").content.decode()
    assert "&lt;a href" not in page
    assert '<a href="/labs/alibaba/">Alibaba</a>, <a href="/labs/amazon/">Amazon</a>' in page
