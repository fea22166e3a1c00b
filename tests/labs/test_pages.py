"""The public pages of the facts say what the records say, in words, and nothing more."""

import datetime as dt
import html
import re

import pytest
from django.test import Client

from labs.choices import Activity, Answer, Outcome, Results, Timing
from tests import factories
from tests.evaltracker.pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]


def text_of(client: Client, address: str) -> str:
    """The page as a reader sees it: without tags, white space folded."""
    response = client.get(address)
    assert response.status_code == 200, address
    return html.unescape(words_of(response.content.decode()))


def test_gpt_4_shows_when_metr_tested_it_as_the_source_gives_it(client, records):
    page = text_of(client, "/models/gpt-4/")
    assert "METR Model evaluation (autonomy, loss of control); before release, started: first half of 2023." in page


def test_gpt_4_shows_the_quotes_and_whose_word_they_are(client, records):
    page = text_of(client, "/models/gpt-4/")
    assert "they did not have the ability to fine-tune it" in page
    assert "OpenAI’s words, read as published" in page
    assert "did pre-deployment evaluation for GPT-4 and Claude 2 in the first half of 2023" in page


def test_gpt_4_keeps_red_teaming_apart_from_model_evaluations(client, records):
    page = client.get("/models/gpt-4/").content.decode()
    evaluations, red_teaming = page.split('id="red_teaming-heading"')
    assert "/access/gpt-4-arc-evals/" in evaluations
    assert "/access/gpt-4-expert-red-team/" in red_teaming
    assert "/access/gpt-4-expert-red-team/" not in evaluations


def test_gemini_1_0_ultra_shows_filters_and_harmlessness_training_left_on(client, records):
    page = text_of(client, "/models/gemini-1-0-ultra/")
    for question in ("Safety filters off", "Harmlessness training off", "Fine-tuning"):
        assert f"{question} no" in page, question


def test_gemini_1_0_ultra_names_unnamed_groups_and_uk_aisi_as_inferred(client, records):
    page = text_of(client, "/models/gemini-1-0-ultra/")
    assert "Unnamed testers, UK AI Security Institute (inferred)" in page


def test_a_release_without_an_event_says_that_nothing_was_found_and_never_that_none_took_place(client):
    model = factories.ai_model()
    page = text_of(client, model.get_absolute_url())
    assert "We found no outside model evaluation of it." in page
    assert "That does not mean that none took place." in page


def test_a_release_with_red_teaming_alone_names_the_red_teaming_and_finds_no_evaluation(client):
    event = factories.access_event(activity=Activity.RED_TEAMING.value)
    page = text_of(client, event.model.get_absolute_url())
    assert "We found no outside model evaluation of it. Other outside work is on record: red-teaming." in page


def test_an_event_after_deployment_is_named_as_such(client):
    event = factories.access_event(timing=Timing.AFTER_DEPLOYMENT.value)
    assert "Model evaluation; after release." in text_of(client, event.model.get_absolute_url())


@pytest.mark.parametrize(("activity", "word"), [("model_evaluation", "confirmed"), ("red_teaming", "nothing_found")])
def test_an_event_page_says_of_its_release_what_the_record_shows(client, activity, word):
    event = factories.access_event(activity=activity)

    assert f"badge--evidence-{word}" in client.get(event.get_absolute_url()).content.decode()


def test_a_refusal_is_shown_as_one(client):
    event = factories.access_event(outcome=Outcome.REFUSED.value)
    assert "the lab refused access" in text_of(client, event.model.get_absolute_url())


def test_what_did_not_happen_has_no_depth_and_nothing_undisclosed(client):
    event = factories.access_event(outcome=Outcome.CONFIRMED_NONE.value)
    page = text_of(client, event.get_absolute_url())
    assert f"Said not to have taken place: model evaluation of {event.model} by" in page
    assert "Access profile" not in page
    assert "not disclosed: days" not in text_of(client, event.model.get_absolute_url())


def test_a_list_does_not_show_what_did_not_happen_as_if_it_had(client, empty_database):
    factories.access_event(outcome=Outcome.CONFIRMED_NONE.value)
    assert "model evaluation; a source says that none took place" in text_of(client, "/access/")


def test_a_row_says_who_what_the_finding_and_once_what_is_unknown(client):
    event = factories.access_event(domains=["cyber", "bio"], summary="It found little.")
    page = text_of(client, event.model.get_absolute_url())
    assert "Model evaluation (cyber, bio); before release. It found little." in page
    assert page.count("not disclosed: days, depth, where the results are") == 1
    assert "as users to fine-tuning" not in page.split("Model evaluations by outsiders")[1]


def test_the_summary_is_left_out_on_a_day_on_which_one_of_its_sources_was_not_out(client):
    event = factories.access_event(summary="What came to light later.", timing=Timing.BEFORE_DEPLOYMENT.value)
    later = factories.source(published_on="2024-09-01", read_on="2024-09-02", lab=event.lab)
    factories.citation(event, source=later, supports=["results"])
    assert "What came to light later." in text_of(client, event.get_absolute_url())
    assert "What came to light later." not in text_of(client, f"{event.get_absolute_url()}?as_of=2024-08-31")


def test_each_quote_says_whose_words_it_is_and_where_we_read_them(client):
    event = factories.access_event()
    source = factories.source(evaluator=event.evaluators.get(), read_in="copy")
    factories.citation(event, source=source, supports=["activity"])
    page = text_of(client, event.get_absolute_url())
    assert f"{source.evaluator.name}’s words, read in a copy" in page


def test_unknown_answers_read_not_disclosed(client):
    page = text_of(client, factories.access_event().get_absolute_url())
    assert "Safety filters off not disclosed" in page
    assert "Weights not disclosed" in page
    assert "Days of access not disclosed" in page
    assert "Risk domains the source names none" in page


def test_events_of_a_variant_are_listed_under_the_release_and_count_nowhere(client):
    release = factories.ai_model()
    variant = factories.ai_model(lab=release.lab, variant_of=release)
    factories.access_event(model=variant)
    page = text_of(client, release.get_absolute_url())
    assert "Access to its variants" in page
    assert "We found no outside model evaluation of it." in page


def test_metr_shows_its_former_name(client, records):
    assert "Also or formerly known as ARC Evals" in text_of(client, "/evaluators/metr/")


def test_metr_shows_its_arrangements_with_the_quotes(client, records):
    page = text_of(client, "/evaluators/metr/")
    assert "informal pilots" in page
    assert "We do not yet have such arrangements" in page


def test_an_evaluator_page_says_of_how_many_events_a_source_says_that_it_could_publish(client):
    event = factories.access_event(free_to_publish=Answer.YES.value)
    body = event.evaluators.get()
    factories.access_event(evaluators=[body])
    page = text_of(client, body.get_absolute_url())
    assert "Free to publish yes for 1 of 2 events, not disclosed for 1 of 2 events" in page
    assert page.count("Free to publish: yes") == 1
    assert "Free to publish: no" not in page


def test_a_lab_that_refused_access_is_not_among_those_whose_models_an_evaluator_tested(client):
    event = factories.access_event(outcome=Outcome.REFUSED.value)
    page = text_of(client, event.evaluators.get().get_absolute_url())
    assert "Labs whose models it tested none on record" in page


def test_an_evaluator_shows_until_when_a_former_name_was_in_use(client, empty_database):
    evaluator = factories.evaluator()
    evaluator.former_names.create(name="Old Institute", used="../2025-02-14")
    evaluator.former_names.create(name="Older Taskforce", used="2023")
    page = text_of(client, evaluator.get_absolute_url())
    assert "Old Institute (until 14 February 2025)" in page
    assert "Older Taskforce (2023)" in page


@pytest.mark.parametrize(
    ("supports", "said", "unsaid"),
    [
        (["evaluators", "results"], "A source says that nothing was published.", "We found no published results"),
        (["evaluators"], "We found no published results; no quote says that there are none.", "A source says that no"),
    ],
)
def test_a_page_says_that_a_source_denies_results_only_with_its_quote(client, supports, said, unsaid):
    source = factories.source()
    event = factories.access_event(
        results=Results.NONE_PUBLISHED.value, citations=[{"source": source, "supports": supports}]
    )
    page = text_of(client, event.get_absolute_url())
    assert said in page
    assert unsaid not in page
    row = text_of(client, event.model.get_absolute_url())
    assert ("A source says that no results were published" in row) == ("results" in supports)


def test_of_a_test_that_did_not_take_place_nobody_asks_how_deep_it_went(client):
    event = factories.access_event(outcome=Outcome.CONFIRMED_NONE.value)
    assert "fine-tuning" not in text_of(client, event.model.get_absolute_url()).lower()
    event = factories.access_event()
    assert "No source that we read tells: safety filters off" in text_of(client, event.model.get_absolute_url())


def test_a_release_shows_known_answers_in_full_and_unknown_ones_in_one_line(client):
    event = factories.access_event(no_safety_filters="yes", fine_tuning="no", mode="at_lab")
    page = text_of(client, event.model.get_absolute_url())
    for answer in ("Safety filters off yes", "Fine-tuning no", "How they worked with the model at the lab"):
        assert answer in page
    untold = page.split("No source that we read tells: ")[1].split(".")[0].split(", ")
    assert set(untold) == {
        "harmlessness training off",
        "weights",
        "raw reasoning shown",
        "internal information shared",
        "final version tested",
        "support by the lab's staff",
        "free to publish",
    }


def test_a_source_shows_every_record_that_quotes_it(client, records):
    page = text_of(client, "/sources/gpt-4-system-card/")
    assert "Where we quote it: access events" in page
    assert "Where we quote it: AI models" in page
    assert "METR: model evaluation of GPT-4" in page, "an event goes by its title"
    assert "gpt-4-arc-evals" not in page, "and not by its key"
    assert "they did not have the ability to fine-tune it" in page


def test_text_of_a_record_is_escaped(client):
    event = factories.access_event(summary="<script>alert(1)</script>")
    page = client.get(event.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/access/", "Here would be each occasion"),
        ("/models/", "Here would be each release"),
        ("/evaluators/", "Here would be each body"),
        ("/sources/", "Here would be each public document"),
    ],
)
def test_an_empty_list_says_what_would_be_there(client, empty_database, address, words):
    assert words in text_of(client, address)


@pytest.mark.parametrize("kind", ["models", "evaluators", "access", "sources"])
def test_an_unknown_record_is_not_found(client, kind):
    assert client.get(f"/{kind}/no-such-record/").status_code == 404


def test_each_page_has_its_own_title(client, records):
    addresses = ["/access/", "/models/", "/evaluators/", "/sources/", "/models/gpt-4/", "/evaluators/metr/"]
    titles = [re.search("<title>(.*?)</title>", client.get(each).content.decode(), re.S)[1] for each in addresses]
    assert len(set(titles)) == len(addresses)
    assert all(title.strip().endswith("EvalTracker") for title in titles)


def test_a_search_is_shown_from_its_day_on_and_moves_no_figure(client, empty_database):
    model = factories.ai_model(released_on="2024-06-15")
    before = client.get("/labs.csv").getvalue()
    model.searches.create(searched_on=dt.date(2024, 9, 1), where="The <lab>'s site and three evaluators'.")

    text = text_of(client, model.get_absolute_url())
    assert "Searched on 1 September 2024" in text
    assert "Searched on 1 September 2024 , nothing found" in text
    assert "does not say that none took place" in text
    assert "Searched on" not in text_of(client, f"{model.get_absolute_url()}?as_of=2024-08-31")
    assert client.get("/labs.csv").getvalue() == before


def test_a_search_that_found_something_is_never_shown_as_one_that_found_nothing(client, empty_database):
    model = factories.ai_model(released_on="2024-06-15")
    model.searches.create(searched_on=dt.date(2024, 9, 1), where="Its card.", found="something", note="It names <one>.")

    text = text_of(client, model.get_absolute_url()).split("Our searches")[1]
    assert "Searched on 1 September 2024" in text
    assert "It names <one>." in text
    assert "nothing found" not in text.split("History of this record")[0]


def test_a_statement_is_shown_on_the_events_that_bear_on_it_from_its_sources_day_on(client, empty_database):
    source = factories.source(published_on="2024-09-01", read_on=dt.date(2024, 9, 2))
    event, other = factories.access_event(), factories.access_event()
    factories.statement(text="Tests cost time.", source=source, related_events=[event])

    assert "Tests cost time." in text_of(client, event.get_absolute_url())
    assert "Tests cost time." not in text_of(client, other.get_absolute_url())
    assert "Tests cost time." not in text_of(client, f"{event.get_absolute_url()}?as_of=2024-08-31")


def test_an_evaluators_lower_certainty_is_shown_with_its_reason(client, empty_database):
    event = factories.access_event(evaluators=[(factories.evaluator(), "inferred"), factories.evaluator()])
    event.participations.filter(lowered_to="inferred").update(lowered_because="Only a footnote names it.")

    assert "Only a footnote names it." in text_of(client, event.get_absolute_url())


@pytest.mark.parametrize(
    ("published_on", "words"),
    [
        ("2024-06", "Counts as before deployment: a document of the launch describes it."),
        ("2024", "Our date for the card does not show that it was out at launch."),
        ("", "Our date for the card does not show that it was out at launch."),
        ("2024-07", "The card came out after the launch."),
    ],
)
def test_a_test_of_unknown_timing_says_what_a_card_of_the_lab_shows_of_it(client, empty_database, published_on, words):
    model = factories.ai_model(released_on="2024-06-15")
    card = factories.source(
        lab=model.lab, kind="lab_model_card", published_on=published_on, read_on=dt.date(2024, 12, 31)
    )
    event = factories.access_event(model=model, timing="unknown", citations=[card])
    assert words in text_of(client, event.get_absolute_url())
    is_shown = published_on == "2024-06"
    page = text_of(client, model.get_absolute_url())
    assert ("confirmed before release" if is_shown else "tested, timing not shown") in page
    assert (words in page) is not is_shown
