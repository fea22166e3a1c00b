"""The labs: the scorecard table, and each lab's page."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.shortcuts import render
from django.test.utils import CaptureQueriesContext

from commitments.choices import Origin
from labs.choices import Activity, Frontier, ReleaseKind, Results
from labs.models import Lab, LabName
from labs.rules.access import Window
from labs.rules.dates import day_label
from labs.rules.method import METHOD_VERSION
from tests import factories
from tests.evaltracker.pages import query_count, source_of, tables_of, text_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

DAYS = ["2023-01-01", "2023-03-14", "2024-02-29", "2024-05-24", "2025-08-07", "2026-08-31"]


def test_labs_stand_in_the_methodologys_order_and_those_without_a_release_last(client, records):
    rows = tables_of(client, "/labs/?as_of=2024-05-24")[0]
    names = [row[0].split(" United")[0] for row in rows]
    assert names[0] == "Anthropic"
    few = {name: row[1] for name, row in zip(names, rows, strict=True) if row[1].startswith("too few")}
    assert few == {
        "Google DeepMind": "too few releases to score: 2",
        "Meta": "too few releases to score: 2",
        "OpenAI": "too few releases to score: 2",
        "xAI": "too few releases to score: 1",
    }
    assert all(row[1] == "no release in the window" for row in rows[1:] if row[0].split(" United")[0] not in few)
    assert names[1:] == sorted(names[1:], key=str.casefold)


def test_labs_that_cannot_be_put_in_one_order_stand_by_name_and_the_note_says_who_lies_above_whom(client, records):
    for address, place in (("/labs/?as_of=2026-08-31", 0), ("/?as_of=2026-08-31", 0)):
        names = [row[0].split(" United")[0].split(" also")[0] for row in tables_of(client, address)[place]]
        assert names[:5] == ["Anthropic", "OpenAI", "Google DeepMind", "Meta", "xAI"]
        page = text_of(client, address)
        assert "Anthropic and OpenAI cannot be put in one order: their ranges overlap, so they stand by name." in page
        assert "Google DeepMind, Meta and xAI cannot be put in one order" in page
        assert "Within them, Meta lies above xAI." in page
    assert "cannot be put in one order" not in text_of(client, "/labs/?as_of=2024-05-24")


def test_no_list_has_a_column_of_ranks_and_a_labs_page_has_its_places_in_words(client, records):
    assert "Rank" not in text_of(client, "/labs/?as_of=2026-08-31")
    assert "1st to 2nd of 5" in text_of(client, "/labs/openai/?as_of=2026-08-31")
    assert "1st of 1" in text_of(client, "/labs/anthropic/?as_of=2024-05-24"), "a place names among how many"


def test_the_caption_names_window_day_version_and_completeness(client, records):
    page = text_of(client, "/labs/?as_of=2024-05-24&window=24")
    assert (
        "31 labs by score, releases in the 24 months to 24 May 2024, as of 24 May 2024; data version 2026.12.0, "
        f"method version {METHOD_VERSION}, records complete to 31 August 2026" in page
    )


def test_the_last_documented_evaluation_is_linked_with_its_day(client, records):
    page = source_of(client, "/labs/?as_of=2024-05-24")
    assert '<a href="/models/gpt-4/?as_of=2024-05-24">GPT-4</a><span class="ledger__note">14 March 2023</span>' in page


@pytest.mark.parametrize(("query", "names"), [("q=alphabet", {"Google DeepMind"}), ("country=FR", {"Mistral AI"})])
def test_labs_are_found_by_other_names_and_by_country(client, records, query, names):
    rows = tables_of(client, f"/labs/?{query}")[0]
    assert len(rows) == 1
    assert any(rows[0][0].startswith(name) for name in names)


def test_a_list_of_labs_without_any_says_what_would_be_there(client, empty_database):
    assert "Here would be each lab" in text_of(client, "/labs/")


def test_the_list_runs_as_many_queries_for_many_labs_as_for_few(client, empty_database):
    def add():
        event = factories.access_event()
        LabName.objects.create(lab=event.lab, name="other")

    add()
    few = query_count(client, "/labs/?window=all")
    for _ in range(20):
        add()
    assert query_count(client, "/labs/?window=all") == few


@pytest.mark.parametrize(
    ("day", "window"), [(day, window) for day in DAYS for window in Window.values() if day >= "2025" or window != "24"]
)
def test_every_lab_has_a_page_on_every_day_in_every_window(client, records, day, window):
    for key in Lab.objects.values_list("key", flat=True):
        assert client.get(f"/labs/{key}/?as_of={day}&window={window}").status_code == 200, key


def test_a_labs_page_runs_as_many_queries_for_many_records_as_for_few(client, empty_database):
    lab = factories.lab()

    def add():
        event = factories.access_event(lab=lab)
        factories.access_event(lab=lab, model=None)
        factories.access_event(lab=lab, model=factories.ai_model(lab=lab, variant_of=event.model))
        factories.commitment(labs=[lab])

    add()
    few = query_count(client, f"/labs/{lab.key}/?window=all")
    for _ in range(15):
        add()
    assert query_count(client, f"/labs/{lab.key}/?window=all") == few


@pytest.mark.parametrize("address", ["/", "/labs/", "/labs/openai/", "/labs/compare/?lab=openai&lab=xai"])
def test_rendering_runs_no_query_but_for_the_edition(client, records, monkeypatch, address):
    counts = []

    def counted(*args, **kwargs):
        with CaptureQueriesContext(connection) as captured:
            response = render(*args, **kwargs)
        counts.append(sum("labs_edition" not in query["sql"] for query in captured))
        return response

    for module in ("home", "labs", "compare"):
        monkeypatch.setattr(f"evaltracker.web.views.{module}.render", counted)
    client.get(address)
    assert counts == [0]


def test_a_lab_that_only_promised_has_a_page_that_says_so(client, records):
    page = text_of(client, "/labs/adobe/")
    assert "No release of a model by this lab is on record; what it promised is." in page
    assert "No release in the window, so no score" in page
    assert "What would move the score" not in page


def test_a_lab_with_nothing_on_record_has_a_page(client, empty_database):
    page = text_of(client, factories.lab().get_absolute_url())
    assert "No release of a model by this lab is on record." in page
    assert "No promise on record" in page


def test_the_page_says_what_the_lab_is(client, records):
    page = text_of(client, "/labs/google-deepmind/")
    assert "Lab, United Kingdom" in page
    assert "Also DeepMind, Google, Alphabet" in page
    assert "https://deepmind.google" in page
    assert "19 sources of its own" in page


def test_a_release_shows_its_evaluations_in_a_line(client, empty_database):
    event = factories.access_event(
        evaluators=[factories.evaluator(name="Example Evals")], access_days=15, results=Results.EVALUATOR_REPORT.value
    )
    page = text_of(client, f"/labs/{event.lab.key}/?window=all")
    assert "Example Evals Model evaluation; before release, 15 days of access." in page
    assert "The tester’s own report. not disclosed: depth" in page


def test_a_release_without_an_evaluation_says_that_nothing_was_found(client, empty_database):
    model = factories.ai_model()
    page = text_of(client, f"/labs/{model.lab.key}/?window=all")
    assert f"{model.name} 15 June 2024 nothing found We found no outside model evaluation of it." in page
    assert "it does not mean that none took place" in page


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"released_on": "2023-01-01"}, "before the window"),
        ({"release": ReleaseKind.INTERNAL_ONLY.value}, "internal only"),
        ({"frontier": Frontier.NO.value}, "not frontier"),
        ({"frontier": Frontier.UNKNOWN.value}, "not assessed"),
        ({"released_on": ""}, "no release day known"),
    ],
)
def test_a_release_that_does_not_count_says_why(client, empty_database, changes, reason):
    model = factories.ai_model(**changes)
    assert f"does not count: {reason}" in text_of(client, f"/labs/{model.lab.key}/?as_of=2024-12-01")


def test_a_release_that_was_not_known_is_not_on_a_past_page(client, empty_database):
    model = factories.ai_model()
    assert model.name not in text_of(client, f"/labs/{model.lab.key}/?as_of=2024-06-14")
    assert model.name in text_of(client, f"/labs/{model.lab.key}/?as_of=2024-06-15")


def test_variants_stand_under_their_release_and_count_nowhere(client, empty_database):
    release = factories.ai_model()
    variant = factories.ai_model(lab=release.lab, variant_of=release)
    factories.access_event(model=variant)
    page = text_of(client, f"/labs/{release.lab.key}/?window=all")
    assert f"Listed under it: {variant.name}" in page
    assert "we found no outside model evaluation of it." in page


def test_other_activities_stand_apart_from_model_evaluations(client, empty_database):
    event = factories.access_event(activity=Activity.RED_TEAMING.value)
    page = source_of(client, f"/labs/{event.lab.key}/?window=all")
    releases, others = page.split('id="other-heading"')
    assert event.get_absolute_url() not in releases
    assert event.get_absolute_url() in others


def test_events_whose_release_is_not_stated_are_shown(client, empty_database):
    event = factories.access_event(model=None)
    page = source_of(client, event.lab.get_absolute_url())
    assert event.get_absolute_url() in page.split('id="unstated-heading"')[1]


def test_a_criterion_links_to_the_events_that_decide_it(client, empty_database):
    model = factories.ai_model()
    deep = factories.access_event(model=model, no_safety_filters="yes", helpful_only="yes", fine_tuning="no")
    shallow = factories.access_event(model=model, no_safety_filters="no", helpful_only="no", fine_tuning="no")
    depth = source_of(client, f"/labs/{model.lab.key}/?window=all").split(">Depth</a></th>")[1].split("</tr>")[0]
    assert deep.get_absolute_url() in depth
    assert shallow.get_absolute_url() not in depth


def test_a_promise_is_shown_with_its_verdicts_and_counts(client, empty_database):
    lab = factories.lab()
    factories.commitment(labs=[lab], title="Let outsiders in")
    factories.access_event(lab=lab)
    page = text_of(client, f"/labs/{lab.key}/?window=all")
    assert "Let outsiders in" in page
    assert "Kept on 1 of 1 release" in page


def test_a_promise_that_is_not_testable_says_why(client, records):
    page = text_of(client, "/labs/google-deepmind/")
    assert "Not testable because it promises to explore, not to do." in page


def test_a_dated_promise_of_which_nobody_says_whether_it_was_kept_has_no_count_of_days(client, records):
    page = text_of(client, "/labs/openai/?as_of=2024-05-24")
    assert "due in 2023; nothing found" in page
    assert "overdue" not in page


def test_laws_are_never_among_the_promises(client, empty_database):
    lab = factories.lab()
    factories.commitment(labs=[lab], origin=Origin.LAW.value, title="A law about labs")
    page = text_of(client, lab.get_absolute_url())
    assert "A law about labs" not in page
    assert "0 promises" in page


@pytest.mark.usefixtures("one_release_is_enough")
def test_open_questions_say_what_would_move_the_score_and_what_would_settle_them(client, empty_database):
    event = factories.access_event(access_days=28, results=Results.EVALUATOR_REPORT.value, no_safety_filters="no",
                                   helpful_only="no")  # fmt: skip
    rows = tables_of(client, f"/labs/{event.lab.key}/?window=all")[-1]
    questions = {row[2]: row for row in rows}
    assert set(questions) == {"Fine-tuning", "Weights"}
    assert "whether the evaluator could fine-tune the model" in questions["Fine-tuning"][5]
    assert int(questions["Fine-tuning"][3]) > 0


@pytest.mark.parametrize("day", ["2024-05-24", "2026-08-31"])
@pytest.mark.parametrize("key", ["openai", "google-deepmind", "anthropic", "xai"])
def test_three_things_would_settle_the_score_each_once_the_largest_first(client, records, key, day):
    page = source_of(client, f"/labs/{key}/?as_of={day}")
    has_score = 'score__figure">none' not in page
    assert ('id="settle"' in page) == has_score
    if not has_score:
        return
    shown = page.split('id="settle"')[1].split("</section>")[0].split('<li class="settling__item">')[1:]
    assert 1 <= len(shown) <= 3
    about = [re.search(r'<a href="([^"?]+)', each)[1] for each in shown]
    folded = page.split('id="missing"')[1].split("</section>")[0].split('<li class="settling__item">')[1:]
    others = [re.search(r'<a href="([^"?]+)', each)[1] for each in folded]
    assert len({*about, *others}) == len(about) + len(others), "each release and each promise stands once"
    points = [0 if "under 1" in each else int(re.search(r"Up to (\d+) point", each)[1]) for each in [*shown, *folded]]
    assert points == sorted(points, reverse=True)
    for each in shown:
        assert "A document" in each or "report" in each
        assert re.search(r", not \d+|no change by itself", words_of(each))


def test_every_open_question_is_one_click_away(client, records):
    page = source_of(client, "/labs/openai/?as_of=2026-08-31")
    of_all = page.split('id="questions"')[1].split("</details>")[0]
    count = int(re.search(r"under either answer: (\d+)", of_all)[1])
    assert of_all.split("<tbody>")[1].count("<tr>") == count > 10


def test_a_labs_page_has_its_parts_in_order_and_links_to_each(client, records):
    page = source_of(client, "/labs/google-deepmind/")
    contents = page.split('class="toc toc--side"')[1].split("</nav>")[0]
    anchors = re.findall(r'href="#([^"]+)"', contents)
    places = [page.index(f'id="{anchor}"') for anchor in anchors]
    assert anchors[:2] == ["releases", "promises"]
    assert anchors[-1] == "history"
    assert places == sorted(places)
    head = page.split('class="page-head')[1].split("</header>")[0]
    assert head.index("standfirst") < head.index('id="score"') < head.index('id="settle"')


def test_testable_promises_come_first_and_each_reason_stands_once(client, records):
    promises = source_of(client, "/labs/google-deepmind/").split('id="promises"')[1].split("</section>")[0]
    table, folded = promises.split("that no practice can be held against")
    assert "Internal and external security testing before release" in table
    assert "Not testable" not in words_of(table)
    reasons = re.findall(r"Not testable because [^<]+", folded)
    assert len(reasons) == len(set(reasons)) > 2


def test_a_lab_is_told_how_to_reply_and_what_happens_then(client, records):
    replies = source_of(client, "/labs/openai/").split('id="replies"')[1].split("</section>")[0]
    assert "Are you OpenAI? Tell us" in replies
    assert "/report/?page=/labs/openai/" in replies
    for word in ("A reply", "A correction", "Who accepts it", "How long"):
        assert word in replies


def test_what_is_missing_names_the_releases_of_which_nothing_was_found(client, records):
    missing = text_of(client, "/labs/google-deepmind/").split("What is missing")[-1]
    assert "For 2 of 4 releases we found no outside model evaluation: Gemini 3.5 Flash and Gemini 3.1 Pro." in missing
    assert "Of 36 facts about the tests that count, 9 are disclosed." in missing


def test_evaluators_that_tested_the_labs_models_are_listed_with_counts(client, empty_database):
    event = factories.access_event(evaluators=[factories.evaluator(name="Example Evals")])
    factories.access_event(lab=event.lab, model=event.model, outcome="refused",
                           evaluators=[factories.evaluator(name="Left Out")])  # fmt: skip
    listed = text_of(client, event.lab.get_absolute_url()).split("Who tested its models")[1]
    assert "Example Evals 1 model evaluation" in listed
    assert "Left Out" not in listed


def test_the_links_of_a_labs_page_keep_the_day(client, records):
    page = source_of(client, "/labs/openai/?as_of=2024-05-24&window=all")
    for address in ("/models/gpt-4/", "/sources/?lab=openai", "/access.csv?lab=openai", "/models.csv?lab=openai"):
        separator = "&" if "?" in address else "?"
        assert f'href="{address}{separator}as_of=2024-05-24&window=all"' in page, address


def test_without_a_day_a_page_holds_for_today(client, empty_database):
    model = factories.ai_model(released_on=dt.date.today().isoformat())
    window = f"in the 12 months to {day_label(dt.date.today())}"
    assert f"released one frontier model {window}" in text_of(client, model.lab.get_absolute_url())


def test_an_unknown_lab_is_not_found(client, records):
    assert client.get("/labs/nobody/").status_code == 404
