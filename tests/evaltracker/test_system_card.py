"""The system-card screen: a source once, its release, and events whose quotes already point to it."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from labs.models import AccessEvent, AIModel, Proposal, Source
from tests import factories, people

pytestmark = pytest.mark.django_db

URL = "/admin/system-card/"


@pytest.fixture
def desk():
    client = Client()
    client.force_login(people.researcher())
    return client


def text_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def sent(client: Client) -> dict:
    """What a browser would send from the empty screen."""
    return fields_of(client.get(URL).context["card"])


def fields_of(card) -> dict:
    data = {"events": str(len(card.events))}
    forms = [card.source, card.release]
    for event in card.events:
        forms += [event.form, event.quotes.management_form, *event.quotes.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is True:
                value = "on"
            if value is not None and value is not False:
                data[field.html_name] = value
    return data


def filled_in(client: Client, **changes) -> dict:
    """A new card of a new release with one event and three quotes."""
    lab = factories.lab()
    return (
        sent(client)
        | {
            "source-title": "New model system card",
            "source-publisher": "A lab",
            "source-url": "https://example.org/new-card",
            "source-kind": "lab_model_card",
            "source-lab": lab.pk,
            "source-published_on": "2024-06-01",
            "source-read_on": "2024-06-02",
            "release-lab": lab.pk,
            "release-name": "New model",
            "release-released_on": "2024-06-01",
            "release-release": "api_or_product",
            "release-frontier": "yes",
            "release-quote": "Today we release New model.",
            "release-supports": ["name", "released_on"],
            "event-0-evaluators": [factories.evaluator(key="one").pk, factories.evaluator(key="two").pk],
            "event-0-activity": "model_evaluation",
            "event-0-outcome": "granted",
            "event-0-fine_tuning": "no",
            "event-0-domains": ["cyber", "bio"],
            "event-0-summary": "Two outsiders tested it.",
            "event-0-quotes-0-quote": "One and Two tested it.",
            "event-0-quotes-0-supports": ["evaluators", "activity"],
            "event-0-quotes-1-quote": "They could not fine-tune it.",
            "event-0-quotes-1-supports": ["access.fine_tuning"],
            "event-0-quotes-2-quote": "They looked at cyber and bio.",
            "event-0-quotes-2-supports": ["domains"],
            "_submit": "1",
        }
        | changes
    )


def test_a_new_card_becomes_a_source_a_release_and_an_event_that_cite_it(desk):
    response = desk.post(URL, filled_in(desk), follow=True)

    assert "3 records wait for a second person" in text_of(response)
    source = Source.objects.get(key="new-model-system-card")
    model = AIModel.objects.get(key="new-model")
    event = AccessEvent.objects.get(key="new-model-one-two")
    assert {source.status, model.status, event.status} == {"in_review"}
    assert (event.lab, event.model) == (model.lab, model)
    assert {each.key for each in event.evaluators.all()} == {"one", "two"}
    assert {each.source for each in event.citations.all()} == {source} == {model.citations.get().source}
    assert event.citations.count() == 3
    assert set(Proposal.objects.filter(edition=None).values_list("batch", flat=True)) == {
        "System card: New model system card"
    }


def test_a_card_can_be_saved_as_drafts(desk):
    data = filled_in(desk, _save="1")
    del data["_submit"]

    desk.post(URL, data)

    assert AccessEvent.objects.get(key="new-model-one-two").status == "draft"
    assert not Proposal.objects.filter(edition=None).exists()


def test_source_and_release_that_are_there_are_used_as_they_are(desk):
    source, model = factories.source(), factories.ai_model()
    data = filled_in(desk) | {"source-chosen": source.pk, "release-chosen": model.pk}

    response = desk.post(URL, data)

    assert response.status_code == 302
    event = AccessEvent.objects.get(summary="Two outsiders tested it.")
    assert (event.model, event.lab) == (model, model.lab)
    assert {each.source for each in event.citations.all()} == {source}
    assert not Source.objects.filter(title="New model system card").exists()
    assert Proposal.objects.filter(edition=None).count() == 1
    model.refresh_from_db()
    assert model.status == "published"


def test_a_second_event_is_added_without_losing_what_was_typed(desk):
    data = filled_in(desk, _add_event="1")
    del data["_submit"]

    response = desk.post(URL, data)

    assert not Source.objects.filter(title="New model system card").exists()
    assert "Nothing is saved yet" not in text_of(response)
    again = fields_of(response.context["card"])
    assert again["events"] == "2"
    assert again["event-0-quotes-1-quote"] == "They could not fine-tune it."
    assert again["event-1-activity"] == "unknown"
    assert again["event-1-weights"] == "unknown"
    second = {
        "event-1-evaluators": [factories.evaluator(key="three").pk],
        "event-1-activity": "red_teaming",
        "event-1-summary": "A third probed it.",
        "event-1-quotes-0-quote": "Three probed it.",
        "event-1-quotes-0-supports": ["evaluators"],
        "_submit": "1",
    }
    assert desk.post(URL, again | second).status_code == 302
    assert AccessEvent.objects.filter(model__key="new-model").count() == 2


def test_a_quote_is_added_and_an_event_taken_out(desk):
    data = filled_in(desk, _add_quote_0="1")
    del data["_submit"]
    again = desk.post(URL, data).context["card"]
    assert len(again.events[0].quotes.forms) == 4

    gone = desk.post(URL, fields_of(again) | {"_remove_event": "1"}).context["card"]
    assert gone.events == []
    assert desk.post(URL, fields_of(gone) | {"_submit": "1"}).status_code == 302
    assert AIModel.objects.get(key="new-model").events.count() == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"source-title": ""}, "This field is required"),
        ({"source-url": "nonsense"}, "Enter a valid URL"),
        ({"source-read_on": "2024-05-01"}, "cannot have been read before it was published"),
        ({"source-published_on": "June"}, "“June” is not a date in EDTF"),
        ({"release-name": ""}, "This field is required"),
        ({"release-quote": ""}, "Cite at least one source"),
        ({"release-released_on": "2024-13"}, "is not a date in EDTF"),
        ({"event-0-evaluators": []}, "This field is required"),
        ({"event-0-evaluators": ["999999"]}, "not one of the available choices"),
        ({"event-0-weights": "yes"}, "No quote supports the answer on: weights"),
        ({"event-0-activity": "hearsay"}, "not one of the available choices"),
        ({"event-0-timing": "before_deployment", "event-0-started_on": "2024-07"}, "It starts after"),
        ({"event-0-quotes-0-quote": "word " * 41}, "The quote has 41 words"),
        ({"event-0-quotes-0-quote": ""}, "Enter the quote that supports the ticked fields"),
        ({"event-0-quotes-0-supports": ["weather"]}, "weather is not one of the available choices"),
        (
            {f"event-0-quotes-{n}-{name}": [] for n in range(3) for name in ("quote", "supports")},
            "Cite at least one source",
        ),
    ],
)
def test_a_card_with_something_wrong_is_refused_whole_and_nothing_typed_is_lost(desk, changes, sentence):
    response = desk.post(URL, filled_in(desk) | changes)

    assert response.status_code == 200
    assert sentence in text_of(response)
    assert "Nothing is saved yet" in text_of(response)
    assert "Two outsiders tested it." in response.content.decode()
    assert not Source.objects.filter(title="New model system card").exists()
    assert not AIModel.objects.filter(name="New model").exists()
    assert not AccessEvent.objects.filter(summary="Two outsiders tested it.").exists()


def test_a_source_that_is_there_under_that_address_is_refused_unless_its_edition_tells_them_apart(desk):
    factories.source(url="https://example.org/new-card")

    card = filled_in(desk)
    assert "Another source has this address." in text_of(desk.post(URL, card))
    assert desk.post(URL, card | {"source-edition": "revision of May"}).status_code == 302


def test_the_lab_itself_is_refused_as_evaluator(desk):
    data = filled_in(desk)
    data["event-0-evaluators"] = [factories.evaluator(lab_id=data["release-lab"]).pk]

    assert "is the lab itself" in text_of(desk.post(URL, data))


def test_keys_that_are_taken_get_a_number(desk):
    factories.ai_model(key="new-model")

    desk.post(URL, filled_in(desk))

    assert AIModel.objects.get(name="New model").key == "new-model-2"


@pytest.mark.parametrize("events", ["", "x", "-1", "²", "99999999"])
def test_a_number_of_events_that_makes_no_sense_is_no_error(desk, events):
    assert desk.post(URL, filled_in(desk) | {"events": events, "_save": "1"}).status_code in (200, 302)


def test_a_forged_form_without_its_parts_is_no_error(desk):
    assert desk.post(URL, {"events": "3", "_submit": "1"}).status_code == 200
    assert desk.post(URL, {"_add_quote_0": "1", "event-0-quotes-TOTAL_FORMS": "x"}).status_code == 200


def test_who_may_not_enter_data_does_not_see_it(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("nobody", is_staff=True))

    assert client.get(URL).status_code == 403
    assert client.post(URL, {"_submit": "1"}).status_code == 403


def test_visitors_are_asked_to_log_in(client):
    response = client.get(URL)

    assert response.status_code == 302
    assert reverse("admin:login") in response.url
