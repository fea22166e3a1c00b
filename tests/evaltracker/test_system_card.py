"""The system-card screen: a source once, its release, and events whose quotes already point to it."""

import hashlib
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labs.models import AccessEvent, AIModel, Lab, Proposal, Snapshot, Source
from tests import factories, people
from tests.admin_forms import form_data

pytestmark = pytest.mark.django_db

URL = "/admin/system-card/"


@pytest.fixture
def desk():
    client = Client()
    client.force_login(people.researcher())
    return client


def text_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def sent(client: Client, query: str = "") -> dict:
    """What a browser would send from the empty screen."""
    return fields_of(client.get(URL + query).context["card"])


def fields_of(card) -> dict:
    data = {"events": str(len(card.events)), "sources": str(len(card.sources))}
    forms = [card.release, card.release_quotes.management_form, *card.release_quotes.forms]
    for source in card.sources:
        forms += [source.form, source.snapshot]
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
    """A new card of a new release with one source, one event and three quotes."""
    lab = factories.lab()
    data = sent(client)
    data["event-0-quotes-TOTAL_FORMS"] = "3"
    return (
        data
        | {
            "source-0-title": "New model system card",
            "source-0-publisher": "A lab",
            "source-0-url": "https://example.org/new-card",
            "source-0-kind": "lab_model_card",
            "source-0-lab": lab.pk,
            "source-0-published_on": "2024-06-01",
            "source-0-read_on": "2024-06-02",
            "release-lab": lab.pk,
            "release-name": "New model",
            "release-released_on": "2024-06-01",
            "release-release": "api_or_product",
            "release-frontier": "yes",
            "release-quotes-0-quote": "Today we release New model.",
            "release-quotes-0-supports": ["name", "released_on"],
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
    assert set(Proposal.objects.filter(edition=None).values_list("batch", flat=True)) == {"Entered by hand: New model"}


def test_a_card_can_be_saved_as_drafts(desk):
    data = filled_in(desk, _save="1")
    del data["_submit"]

    desk.post(URL, data)

    assert AccessEvent.objects.get(key="new-model-one-two").status == "draft"
    assert not Proposal.objects.filter(edition=None).exists()


def test_source_and_release_that_are_there_are_used_as_they_are(desk):
    source, model = factories.source(), factories.ai_model()
    data = filled_in(desk) | {"source-0-chosen": source.pk, "release-chosen": model.pk}

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


# --- several sources ----------------------------------------------------------------------------------------------


def with_sources(desk: Client, count: int = 3) -> dict:
    """The card with more sources: the third is the press."""
    data = filled_in(desk)
    del data["_submit"]
    for _ in range(count - 1):
        data = fields_of(desk.post(URL, data | {"_add_source": "1"}).context["card"])
    for place in range(1, count):
        data |= {
            f"source-{place}-title": f"Report {place}",
            f"source-{place}-publisher": "Somebody",
            f"source-{place}-url": f"https://example.org/report-{place}",
            f"source-{place}-kind": "journalism",
        }
    return data


def test_one_card_cites_several_sources(desk):
    data = with_sources(desk) | {"event-0-quotes-1-source": "1", "event-0-quotes-2-source": "2", "_submit": "1"}

    assert "5 records wait" in text_of(desk.post(URL, data, follow=True))

    event = AccessEvent.objects.get(summary="Two outsiders tested it.")
    cited = {each.quote: each.source.title for each in event.citations.all()}
    assert cited == {
        "One and Two tested it.": "New model system card",
        "They could not fine-tune it.": "Report 1",
        "They looked at cyber and bio.": "Report 2",
    }
    assert {each.source.title for each in event.model.citations.all()} == {"New model system card"}


def test_the_day_of_reading_is_today_unless_another_is_typed(desk):
    assert sent(desk)["source-0-read_on"] == timezone.localdate()


def test_a_source_without_anything_in_it_is_left_out_and_cannot_be_cited(desk):
    data = filled_in(desk)
    del data["_submit"]
    data = fields_of(desk.post(URL, data | {"_add_source": "1"}).context["card"])

    refused = desk.post(URL, data | {"event-0-quotes-1-source": "1", "_submit": "1"})
    assert "Nothing is entered for this source." in text_of(refused)
    assert not Source.objects.filter(title="New model system card").exists()
    assert "3 records wait" in text_of(desk.post(URL, data | {"_submit": "1"}, follow=True))


def test_a_source_left_out_before_others_moves_no_quote_to_another_source(desk):
    data = with_sources(desk) | {"event-0-quotes-2-source": "2", "_submit": "1"}
    data |= {"source-1-title": "", "source-1-publisher": "", "source-1-url": "", "source-1-kind": "unknown"}

    assert desk.post(URL, data).status_code == 302

    event = AccessEvent.objects.get(summary="Two outsiders tested it.")
    assert event.citations.get(quote="They looked at cyber and bio.").source.title == "Report 2"


def test_the_error_of_a_source_stands_at_that_source(desk):
    factories.source(url="https://example.org/report-2")

    card = desk.post(URL, with_sources(desk) | {"_submit": "1"}).context["card"]

    assert [bool(source.form.errors) for source in card.sources] == [False, False, True]


# --- nothing chosen is lost, and the focus is where the person goes on ---------------------------------------------


@pytest.mark.parametrize(
    ("button", "field"),
    [
        ("_add_source", "source-1-title"),
        ("_add_event", "event-1-evaluators"),
        ("_add_quote_0", "event-0-quotes-3-quote"),
        ("_add_release_quote", "release-quotes-1-quote"),
        ("_duplicate_event_0", "event-1-evaluators"),
        ("_as_last", "release-lab"),
    ],
)
def test_a_button_that_adds_keeps_what_was_typed_and_puts_the_focus_there(desk, button, field):
    data = filled_in(desk)
    del data["_submit"]

    response = desk.post(URL, data | {button: "1"})

    again = fields_of(response.context["card"])
    counts = ("events", "sources", "event-0-quotes-TOTAL_FORMS", "release-quotes-TOTAL_FORMS")
    for name, value in data.items():
        texts = [list(map(str, each)) if isinstance(each, list) else str(each) for each in (again[name], value)]
        assert name in counts or texts[0] == texts[1], name
    [focused] = re.findall(r"<(?:input|select|textarea)[^>]*autofocus[^>]*>", response.content.decode())
    assert f'name="{field}"' in focused
    assert "Nothing is saved yet" not in text_of(response)


@pytest.mark.parametrize("button", ["_add_event", "_add_source", "_add_quote_0", "_submit"])
def test_a_file_that_was_chosen_is_kept_when_the_page_is_shown_again(desk, button):
    data = filled_in(desk, **{"release-name": ""})
    del data["_submit"]
    file = SimpleUploadedFile("card.txt", b"One and Two tested it.")

    shown = desk.post(URL, data | {"source-0-snapshot-file": file, button: "1"})

    assert "card.txt is read and kept" in text_of(shown)
    assert not Snapshot.objects.exists()
    again = fields_of(shown.context["card"]) | {"release-name": "New model", "events": "1", "_submit": "1"}
    again.pop("source-0-snapshot-file", None)
    assert desk.post(URL, again).status_code == 302
    snapshot = Snapshot.objects.get()
    assert (snapshot.file_name, snapshot.text) == ("card.txt", "One and Two tested it.")
    assert snapshot.sha256 == hashlib.sha256(b"One and Two tested it.").hexdigest()


def test_a_kept_file_can_be_left_out_or_replaced_and_cannot_be_forged(desk):
    data = filled_in(desk, _add_event="1")
    del data["_submit"]
    first = SimpleUploadedFile("first.txt", b"First.")
    kept = fields_of(desk.post(URL, data | {"source-0-snapshot-file": first}).context["card"])
    kept |= {"events": "1", "_look": "1"}
    kept.pop("source-0-snapshot-file", None)

    gone = desk.post(URL, kept | {"source-0-snapshot-forget": "on"}).context["card"]
    assert gone.sources[0].snapshot.kept_file is None
    second = SimpleUploadedFile("second.txt", b"Second.")
    replaced = desk.post(URL, kept | {"source-0-snapshot-file": second}).context["card"]
    assert replaced.sources[0].snapshot.kept_file.name == "second.txt"
    forged = desk.post(URL, kept | {"source-0-snapshot-kept": "forged"}).context["card"]
    assert forged.sources[0].snapshot.kept_file is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"release-name": ""}, "release-name"),
        ({"source-0-url": "nonsense", "event-0-summary": ""}, "source-0-url"),
        ({"event-0-quotes-0-supports": ["weather"]}, "event-0-quotes-0-supports"),
        ({"release-key": "bad key"}, "release-key"),
    ],
)
def test_a_refused_card_puts_the_focus_on_its_first_error(desk, changes, field):
    page = desk.post(URL, filled_in(desk) | changes).content.decode()

    assert f'name="{field}"' in re.findall(r"<(?:input|select|textarea)[^>]*autofocus[^>]*>", page)[0]


# --- keys ----------------------------------------------------------------------------------------------------------


def test_keys_are_shown_before_they_are_saved(desk):
    data = filled_in(desk, _add_event="1")
    del data["_submit"]
    factories.ai_model(key="new-model")

    page = desk.post(URL, data).content.decode()

    for key in ("new-model-2", "new-model-system-card", "new-model-2-one-two"):
        assert f'placeholder="{key}"' in page


def test_a_typed_key_is_kept_and_a_taken_or_bad_one_is_refused(desk):
    factories.ai_model(key="taken")
    keys = {"source-0-key": "a-card", "release-key": "a-model", "event-0-key": "an-event"}
    card = filled_in(desk)

    assert "already exists" in text_of(desk.post(URL, card | {"release-key": "taken"}))
    assert "letters, numbers, underscores or hyphens" in text_of(desk.post(URL, card | {"source-0-key": "a card"}))
    assert "address of another page" in text_of(desk.post(URL, card | {"event-0-key": "compare"}))
    assert desk.post(URL, card | keys).status_code == 302
    assert (Source.objects.filter(key="a-card").count(), AIModel.objects.filter(key="a-model").count()) == (1, 1)
    assert AccessEvent.objects.get(key="an-event").model.key == "a-model"


# --- what repeats --------------------------------------------------------------------------------------------------


@pytest.fixture
def last_release():
    """A release of a lab with a card of the lab and a report of the evaluator, and what both say."""
    lab = factories.lab()
    model = factories.ai_model(lab=lab, released_on="2024-01-10", release="open_weights", frontier="yes")
    evaluator = factories.evaluator()
    event = factories.access_event(
        lab=lab, model=model, evaluators=[evaluator], activity="red_teaming", fine_tuning="no",
        timing="before_deployment",
        citations=[
            {"source": factories.source(publisher="Lab", lab=lab), "supports": ["activity", "timing", "access"]},
            {"source": factories.source(publisher="METR", evaluator=evaluator), "supports": ["evaluators"]},
        ],
    )  # fmt: skip
    return event


def test_a_new_release_starts_from_the_last_one_of_its_lab(desk, last_release):
    factories.ai_model(lab=last_release.lab, released_on="2023-01-10")
    data = sent(desk) | {"release-lab": last_release.lab_id, "_as_last": "1"}

    again = fields_of(desk.post(URL, data).context["card"])

    assert (again["release-release"], again["release-frontier"]) == ("open_weights", "yes")
    assert (again["event-0-evaluators"], again["event-0-activity"]) == (
        [last_release.participations.get().evaluator_id],
        "red_teaming",
    )
    publishers = [again[f"source-{place}-publisher"] for place in range(int(again["sources"]))]
    assert {"Lab", "METR"} <= set(publishers)
    lab_quote = next(n for n in range(2) if again[f"event-0-quotes-{n}-source"] == publishers.index("Lab"))
    assert again[f"event-0-quotes-{lab_quote}-supports"] == ["activity"]  # what has to be shown anew is not ticked


def test_what_has_to_be_shown_anew_is_not_repeated(desk, last_release):
    again = fields_of(desk.get(f"{URL}?like={last_release.model_id}").context["card"])

    assert again["release-lab"] == last_release.lab_id
    assert (again["event-0-timing"], again["event-0-fine_tuning"]) == ("unknown", "unknown")
    for name in ("release-name", "release-released_on", "event-0-summary", "event-0-quotes-0-quote", "source-0-url"):
        assert not again.get(name), name


@pytest.mark.parametrize(
    ("outcome", "is_repeated"), [("not_needed", True), ("confirmed_none", False), ("refused", False)]
)
def test_only_what_took_place_is_repeated(desk, last_release, outcome, is_repeated):
    type(last_release).objects.filter(pk=last_release.pk).update(outcome=outcome)

    again = fields_of(desk.get(f"{URL}?like={last_release.model_id}").context["card"])

    assert (again.get("event-0-activity") == "red_teaming") == is_repeated
    assert again.get("event-0-outcome") != "confirmed_none"


def test_what_was_proposed_and_not_filled_in_is_left_out(desk, last_release):
    again = fields_of(desk.get(f"{URL}?like={last_release.model_id}").context["card"])
    again |= {
        "release-name": "Next",
        "release-released_on": "2024-06-01",
        "release-quotes-0-quote": "We release Next.",
        "source-0-title": "The card of Next",
        "source-0-url": "https://example.org/next",
        "_submit": "1",
    }

    assert "2 records wait" in text_of(desk.post(URL, again, follow=True))
    assert AIModel.objects.get(key="next").events.count() == 0


def test_what_is_left_out_is_not_marked_as_wrong(desk, last_release):
    again = fields_of(desk.get(f"{URL}?like={last_release.model_id}").context["card"])
    again |= {"release-name": "Next", "release-released_on": "1 June 2024", "_submit": "1"}

    card = desk.post(URL, again).context["card"]

    assert card.release["released_on"].errors
    assert not card.events[0].form.errors
    assert card.sources[0].form["title"].errors  # the first source is always needed
    assert [bool(source.form.errors) for source in card.sources[1:]] == [False] * (len(card.sources) - 1)
    again["event-0-quotes-0-quote"] = "An evaluator tested it."
    assert desk.post(URL, again).context["card"].events[0].form["summary"].errors


def test_what_was_typed_is_not_replaced_by_what_repeats(desk, last_release):
    data = filled_in(desk, _as_last="1")
    data |= {"release-lab": last_release.lab_id, "release-release": "unknown"}
    del data["_submit"]

    again = fields_of(desk.post(URL, data).context["card"])

    assert (again["release-release"], again["release-frontier"]) == ("open_weights", "yes")
    assert again["source-0-title"] == "New model system card"
    assert (again["events"], again["event-0-activity"]) == ("1", "model_evaluation")


@pytest.mark.parametrize("lab", ["", "x", "999999"])
def test_a_lab_without_a_release_repeats_nothing(desk, lab):
    words = "no public release" if lab == "999999" else "Choose the lab first"
    assert words in text_of(desk.post(URL, sent(desk) | {"release-lab": lab, "_as_last": "1"}))
    assert desk.get(f"{URL}?like={lab}").status_code == 200


def test_an_event_is_duplicated_with_its_quotes_and_gets_another_key(desk):
    data = filled_in(desk, _duplicate_event_0="1", **{"event-0-key": "mine"})
    del data["_submit"]

    again = fields_of(desk.post(URL, data).context["card"])

    assert again["events"] == "2"
    assert again["event-1-domains"] == ["cyber", "bio"]
    assert again["event-1-quotes-1-quote"] == "They could not fine-tune it."
    assert not again.get("event-1-key")
    assert "It looks like" in text_of(desk.post(URL, again | {"_submit": "1"}))
    other = {"event-1-evaluators": [factories.evaluator(key="three").pk], "_submit": "1"}
    assert desk.post(URL, again | other).status_code == 302
    assert AccessEvent.objects.filter(model__key="new-model").count() == 2


# --- the drafts of one card ----------------------------------------------------------------------------------------


def test_the_drafts_of_one_card_are_sent_together_and_other_drafts_are_not(desk):
    data = filled_in(desk, _save="1")
    del data["_submit"]
    saved = desk.post(URL, data, follow=True)
    assert "3 drafts are saved" in text_of(saved)
    assert "new-model-one-two" in text_of(saved)
    other = desk.post(reverse("admin:labs_lab_add"), form_data(desk.get(reverse("admin:labs_lab_add"))) | {
        "name": "Another", "key": "another", "country": "US", "_save": "1"})  # fmt: skip
    assert other.status_code == 302

    page = desk.get(reverse("admin:own_drafts"))
    groups = {group["name"]: [row["key"] for row in group["rows"]] for group in page.context["groups"]}
    assert sorted(map(sorted, groups.values())) == [
        ["another"],
        ["new-model", "new-model-one-two", "new-model-system-card"],
    ]
    card = next(name for name, keys in groups.items() if "new-model" in keys)
    assert "3 records wait" in text_of(desk.post(reverse("admin:own_drafts"), {"group": card}, follow=True))
    assert set(Proposal.objects.filter(edition=None).values_list("batch", flat=True)) == {"Entered by hand: New model"}
    assert Lab.objects.get(key="another").status == "draft"


@pytest.mark.parametrize("group", ["", "x", "labs.lab:1"])
def test_drafts_that_are_not_there_are_not_sent(desk, group):
    assert "have changed" in text_of(desk.post(reverse("admin:own_drafts"), {"group": group}))


# --- what is wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"source-0-title": ""}, "This field is required"),
        ({"source-0-url": "nonsense"}, "Allowed is an address that begins with https://"),
        ({"source-0-read_on": "2024-05-01"}, "cannot have been read before it was published"),
        ({"source-0-published_on": "June"}, "“June” is not a date in EDTF"),
        ({"release-name": ""}, "This field is required"),
        ({"release-quotes-0-quote": ""}, "Enter the quote that supports the ticked fields"),
        ({"release-quotes-0-quote": "", "release-quotes-0-supports": []}, "Cite at least one source"),
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
    assert desk.post(URL, card | {"source-0-edition": "revision of May"}).status_code == 302


def test_the_lab_itself_is_refused_as_evaluator(desk):
    data = filled_in(desk)
    data["event-0-evaluators"] = [factories.evaluator(lab_id=data["release-lab"]).pk]

    assert "is the lab itself" in text_of(desk.post(URL, data))


def test_the_point_of_a_number_parts_the_words_of_a_key(desk):
    desk.post(URL, filled_in(desk, **{"release-name": "New 5.6"}))

    assert AIModel.objects.get(name="New 5.6").key == "new-5-6"


def test_keys_that_are_taken_get_a_number(desk):
    factories.ai_model(key="new-model")

    desk.post(URL, filled_in(desk, **{"release-distinct_from": "new-model"}))

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
