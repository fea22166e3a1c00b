"""Lists: filters with counts, sort, columns and pages in the address; what cannot be answered gets a 400."""

import html
import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labs.choices import Activity, Domain
from labs.models import AccessEvent, AIModel, Evaluator, Source
from tests import factories
from tests.evaltracker.pages import rows_of_csv

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

LISTS = ("/access/", "/models/", "/evaluators/", "/sources/")


def first_cells(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r'<th scope="row"[^>]*>(.*?)</th>', page, re.S)]


def rows(client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    return first_cells(response.content.decode())


def test_a_filter_in_the_address_narrows_the_table(client, records):
    names = rows(client, "/access/?evaluator=metr") + rows(client, "/access/?evaluator=metr&page=2")
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
        assert (label in facet_of(page, "activity")[0]) == (count > 0), label


def test_counts_of_the_filtered_facet_itself_stay_those_of_its_other_choices(client, records):
    page = client.get("/access/?activity=red_teaming").content.decode()
    assert "model evaluation (153)" in facet_of(page, "activity")[0]


def test_a_release_of_several_events_counts_once_beside_a_choice(client, empty_database):
    release = factories.access_event().model
    factories.access_event(model=release)
    page = client.get("/models/").content.decode()
    assert f'value="{release.lab.key}"> {release.lab.name} (1)</label>' in page


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
    # Before the view, and after it: what was made while the stamp rose is not kept (evaltracker/web/public_answers.py).
    assert [each["sql"].count("labs_stamp") > 0 for each in captured] == [True, True]


def facet_of(page: str, name: str) -> tuple[list[str], list[str], list[str]]:
    """A facet of the form: the boxes in sight, the folded ones, and what may be typed, each as a reader sees it."""
    facet = re.search(rf'<div class="facet" id="id_{name}">.*?</div>', page, re.S)[0]
    listed, _, typed = facet.partition("<datalist")
    in_sight, _, folded = listed.partition("<details")
    boxes = [re.findall(r'<input type="checkbox"[^>]*> (.*?)</label>', part, re.S) for part in (in_sight, folded)]
    as_read = [[re.sub("<[^>]+>", "", label) for label in part] for part in boxes]
    return (*as_read, re.findall(r'<option value="([^"]+)">', typed))


def counts(labels: list[str]) -> list[int]:
    return [int(re.search(r"\((\d+)\)$", label)[1]) for label in labels]


def test_the_eight_largest_choices_stand_in_sight_and_the_others_can_be_typed(client, records):
    in_sight, folded, typed = facet_of(client.get("/access/?filters=all").content.decode(), "evaluator")
    assert len(in_sight) == 8
    assert folded == []
    assert counts(in_sight) == sorted(counts(in_sight), reverse=True)
    events = {name: Evaluator.objects.get(name=html.unescape(name)).events.count() for name in typed}
    assert max(events.values()) <= counts(in_sight)[-1]
    assert len(typed) > 20


def test_a_facet_without_a_choice_is_left_out(client, records):
    legends = re.findall(r"<legend>([^<]+)</legend>", client.get("/access/").content.decode())
    assert {"Lab", "Evaluator", "Activity"} < set(legends)
    page = client.get("/access/?q=zzzz").content.decode()
    assert "<legend>" not in page
    assert 'name="q"' in page
    chosen = client.get("/access/?q=zzzz&lab=openai").content.decode()
    assert re.findall(r"<legend>([^<]+)</legend>", chosen) == ["Lab"]
    assert facet_of(chosen, "lab")[0] == ["OpenAI (0)"]


def test_what_most_readers_do_not_need_stands_behind_a_link(client, records):
    page = client.get("/access/?sort=lab").content.decode()
    assert "<datalist" not in page
    assert "<legend>Weights</legend>" not in page
    link, names = re.search(r'<a href="([^"]+)" rel="nofollow" id="all-filters">[^<]+</a>([^<]+)<', page).groups()
    assert html.unescape(link) == "?sort=lab&filters=all#filters"
    whole = client.get(f"/access/{html.unescape(link)}").content.decode()
    legends = re.findall(r"<legend>([^<]+)</legend>", whole)
    assert {"Weights", "Outcome", "Risk domain"} < set(legends)
    assert all(name in names for name in ("weights", "outcome", "risk domain", "model released from"))
    assert 'id="all-filters"' not in whole
    assert re.search(r'<details class="filters" id="filters" open>', whole)
    assert 'name="filters" value="all"' in whole
    assert not re.search(r'href="/access\.\w+\?[^"]*filters=', whole)  # its files have no filters to show
    assert client.get("/access.csv?filters=all").status_code == 400
    assert client.get("/models/?filters=all").status_code == 400  # all stand in sight there


def test_a_filter_in_force_is_in_sight_wherever_it_stands(client, records):
    page = client.get("/access/?weights_given=yes&released_from=2025-01-01").content.decode()
    assert facet_of(page, "weights_given")[0][0] == "yes (2)"
    assert 'name="released_from" value="2025-01-01"' in page
    assert "<legend>Outcome</legend>" not in page


def test_the_first_view_of_the_events_is_under_40_kb(client, records):
    assert len(client.get("/access/").content) < 40_000


def test_words_beyond_the_eight_largest_are_folded(client, records):
    in_sight, folded, typed = facet_of(client.get("/access/?filters=all").content.decode(), "domain")
    assert len(in_sight) == 8
    assert len(folded) > 0
    assert typed == []
    assert min(counts(in_sight)) >= max(counts(folded))


def test_a_chosen_choice_stands_in_sight_however_small(client, records):
    page = client.get("/access/?filters=all").content.decode()
    smallest = html.unescape(facet_of(page, "evaluator")[2][-1])
    key = Evaluator.objects.get(name=smallest).key
    chosen = client.get(f"/access/?evaluator={key}&filters=all").content.decode()
    in_sight, _, typed = facet_of(chosen, "evaluator")
    assert html.unescape(in_sight[0]).startswith(f"{smallest} (")
    assert smallest not in map(html.unescape, typed)


def test_what_is_typed_is_found_by_its_name_and_an_empty_box_asks_for_nothing(client, records):
    by_key = rows(client, "/access/?evaluator=metr&sort=activity")
    assert rows(client, "/access/?evaluator=Metr&sort=activity&model=&lab=") == by_key
    assert rows(client, "/access/?evaluator=METR&evaluator=metr&sort=activity") == by_key
    assert len(rows(client, "/access/?model=no+single+release")) == 20
    assert "24 access events" in client.get("/access/?model=no+single+release").content.decode()


def test_what_names_nothing_is_refused_with_the_names_that_are_like_it(client, records):
    response = client.get("/access/?model=claude+opus")
    assert response.status_code == 400
    allowed = re.findall(r"<code>([^<]+)</code>", response.content.decode())
    assert "Claude Opus 4" in allowed[:10]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "264 access events."),
        ("?evaluator=metr&activity=audit_or_review", "8 of 264 access events: METR, audit or review."),
        ("?lab=xai&lab=meta&q=safety", "of 264 access events: “safety”, xAI or Meta."),
        ("?released_from=2025-01-01&released_to=2026-12-31", "of 264 access events: released 2025–2026."),
        ("?released_to=2024-05-24", "of 264 access events: released up to 24 May 2024."),
        ("?fine_tuning=yes", "of 264 access events: fine-tuning: yes."),
        ("?domain=none", "of 264 access events: risk domain: none named."),
    ],
)
def test_a_sentence_says_what_is_shown(client, records, query, sentence):
    page = client.get(f"/access/{query}").content.decode()
    said = html.unescape(re.sub("<[^>]+>", "", re.search(r'<p class="shown">(.*?)</p>', page)[1]))
    assert said.endswith(sentence)
    assert re.match(r"\d+ ", said)[0].strip() == re.search(r'<span class="caption">(\d+) ', page)[1]


def test_when_says_the_days_as_far_as_a_source_states_them(client, empty_database):
    factories.access_event(started_on="2024-03-03", ended_on="2024-03-21")
    factories.access_event(ended_on="2024-05")
    factories.access_event(started_on="")
    page = client.get("/access/").content.decode()
    assert "3 March 2024 to 21 March 2024" in page
    assert "an undisclosed day to May 2024" in page
    headers = [re.sub("<[^>]+>", "", header) for header in re.findall(r'<th scope="col".*?</th>', page, re.S)]
    assert "When" in headers


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


def test_releases_are_found_by_whether_their_testers_got_more_than_users(client, records):
    answers = {key: row["deeper_than_users"] or "none" for key, row in _by_key(client, "/models.csv").items()}
    assert set(answers.values()) == {"yes", "unknown", "none"}
    for answer in ("yes", "no", "unknown", "none"):
        found = set(_by_key(client, f"/models.csv?deeper_than_users={answer}"))
        assert found == {key for key, given in answers.items() if given == answer}


def _by_key(client, address: str) -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in rows_of_csv(client, address)}


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


def test_the_pages_hold_all_rows_once(client, records):
    seen = [
        row
        for page in range(1, 15)
        for row in re.findall(
            r'<th scope="row"[^>]*><a href="/access/([^/]+)/',
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
    assert headers == ["Evaluators", "Days of access", "Summary"]


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
        ("page=0", "page", "1 to 14"),
        ("page=15", "page", "1 to 14"),
        ("page=first", "page", "1 to 14"),
        ("page=²", "page", "1 to 14"),
        ("page=1&page=2", "page", "one value"),
        ("filters=some", "filters", "all"),
        ("filters=", "filters", "all"),
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
        keys = [row["key"] for row in rows_of_csv(client, f"{address[:-1]}.csv?sort={name}")]
        assert len(keys) == len(set(keys)) == count, name


def test_several_labs_in_a_cell_are_links_and_not_their_markup(client, records):
    page = client.get("/evaluators/").content.decode()
    assert "&lt;a href" not in page
    assert '<a href="/labs/alibaba/">Alibaba</a>, <a href="/labs/amazon/">Amazon</a>' in page
