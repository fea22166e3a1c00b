"""Data entry of the facts."""

import re
from html import unescape

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.auth.models import User
from django.db import connection
from django.forms import model_to_dict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labs.admin.widgets import RecordSelect, RecordSelectMultiple
from labs.models import AccessEvent, AIModel, Edition, Evaluator, Lab, Record, Source
from labs.models.base import NO_CITATION
from labs.models.events import NO_EVALUATOR
from tests import factories
from tests.admin_forms import add_row, form_data, messages_on

pytestmark = pytest.mark.django_db

RECORDS = [
    model
    for app in ("labs", "commitments")
    for model in apps.get_app_config(app).get_models()
    if issubclass(model, Record)
]
MAKERS = {
    "lab": lambda: factories.lab().other_names.create(name="Another name"),
    "aimodel": lambda: factories.ai_model(variant_of=factories.ai_model(lab=(lab := factories.lab())), lab=lab),
    "evaluator": lambda: factories.evaluator(lab=factories.lab()).former_names.create(name="Former name"),
    "source": lambda: factories.source(lab=factories.lab()),
    "statement": lambda: factories.statement(),
    "accessevent": lambda: factories.access_event(evaluators=[factories.evaluator(), factories.evaluator()]),
    "commitment": lambda: factories.commitment(labs=[factories.lab(), factories.lab()], lenient={}),
    "reply": lambda: factories.reply(event=factories.access_event(), by_lab=factories.lab()),
}


def some(model: type[Record], **changes) -> Record:
    """A curated record of the kind, or a new one where none is curated, with these fields changed."""
    record = model.objects.first() or MAKERS[model._meta.model_name]() or model.objects.first()
    model.objects.filter(pk=record.pk).update(**changes)
    record.refresh_from_db()
    return record


@pytest.fixture
def editor(client: Client) -> Client:
    """Somebody signed in who may edit everything."""
    client.force_login(User.objects.create_superuser("editor"))
    return client


def page(model: type, name: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def text_of(response) -> str:
    """What a person reads on the page: no tags, blanks as one."""
    content = re.sub(r"<[^>]*>", "", response.content.decode())
    return " ".join(unescape(content).split())


def test_every_record_is_registered():
    assert {model for model in RECORDS if admin.site.is_registered(model)} == set(RECORDS)
    assert {model._meta.model_name for model in RECORDS} == MAKERS.keys()
    assert admin.site.is_registered(Edition)


def test_the_admin_says_what_it_is(editor):
    text = text_of(editor.get(reverse("admin:index")))

    assert "EvalTracker: the researchers' desk" in text
    assert "Worklist" in text


@pytest.mark.parametrize("model", [*RECORDS, Edition], ids=lambda model: model.__name__)
def test_lists_and_forms_open(editor, records, model):
    record = some(model)

    for url in (page(model, "changelist"), page(model, "add"), page(model, "change", record.pk)):
        response = editor.get(url)
        assert response.status_code == 200, url
        assert_keeps_a_strict_policy(response)


def assert_keeps_a_strict_policy(response) -> None:
    """Nothing inline that the Content-Security-Policy would stop."""
    html = response.content.decode()
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html)
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", html)
    assert "<style" not in html


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_a_record_starts_as_a_duplicate_of_another_without_its_key_and_quotes(editor, records, model):
    record = some(model)
    assert (
        f'href="{page(model, "add")}?like={record.pk}"' in editor.get(page(model, "change", record.pk)).content.decode()
    )

    response = editor.get(page(model, "add") + f"?like={record.pk}")

    data = form_data(response)
    assert not data.get("key")
    repeated = {name: value for name, value in model_to_dict(record).items() if name in ("lab", "kind", "activity")}
    assert {name: data.get(name) for name in repeated} == repeated
    citations = [name for name in data if re.fullmatch(r"citations-\d+-source", name)]
    if hasattr(record, "citations"):
        assert len(citations) == max(record.citations.count(), 1 if model is not Evaluator else 0)
    assert not any(value for name, value in data.items() if re.fullmatch(r"citations-\d+-(quote|id|record)", name))


def test_a_duplicate_is_a_record_of_its_own(editor, records):
    event = AccessEvent.objects.get(key="gpt-4-arc-evals")
    data = form_data(editor.get(page(AccessEvent, "add") + f"?like={event.pk}")) | {"key": "another", "_save": "1"}
    cited = [name for name in data if re.fullmatch(r"citations-\d+-source", name)]
    data |= {name.replace("-source", "-quote"): f"They say so in {name}." for name in cited}

    assert "It looks like" in messages_on(editor.post(page(AccessEvent, "add"), data))
    assert messages_on(editor.post(page(AccessEvent, "add"), data | {"is_distinct": "on"})) == ""

    other = AccessEvent.objects.get(key="another")
    assert set(other.evaluators.all()) == set(event.evaluators.all())
    assert (other.status, other.citations.count()) == ("draft", len(cited))


@pytest.mark.parametrize("like", ["", "x", "-1", "999999", "9" * 30])
def test_a_duplicate_of_nothing_is_an_empty_form(editor, like):
    assert not form_data(editor.get(page(Lab, "add") + f"?like={like}")).get("name")


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_a_list_runs_as_many_queries_for_one_row_as_for_fifty(editor, empty_database, model):
    url, make = page(model, "changelist"), MAKERS[model._meta.model_name]
    make()
    editor.get(url)  # what is looked up once and kept

    with CaptureQueriesContext(connection) as one:
        assert len(editor.get(url).context["cl"].result_list) >= 1
    for _ in range(49):
        make()
    with CaptureQueriesContext(connection) as fifty:
        assert len(editor.get(url).context["cl"].result_list) == 50

    assert len(fifty) == len(one)


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_every_filter_of_a_list_works(editor, records, model):
    some(model)
    response = editor.get(page(model, "changelist"))

    links = [unescape(link) for link in re.findall(r'<a href="(\?[^"]+)"', response.content.decode())]
    one_of_each = {re.sub("=.*", "", link): link for link in links}
    assert len(one_of_each) > len(admin.site.get_model_admin(model).list_filter)
    for link in one_of_each.values():
        assert editor.get(page(model, "changelist") + link).status_code == 200, link


@pytest.mark.parametrize(
    ("model", "words", "key"),
    [
        (Evaluator, "ARC Evals", "metr"),
        (Evaluator, "UK AI Safety Institute", "uk-aisi"),
        (AIModel, "GPT-4", "gpt-4"),
        (AIModel, "OpenAI", "gpt-4"),
        (AccessEvent, "ARC Evals", "gpt-4-arc-evals"),
    ],
)
def test_records_are_found_by_other_names_too(editor, records, model, words, key):
    found = editor.get(page(model, "changelist"), {"q": words}).context["cl"].queryset

    assert found.count() == len({record.pk for record in found}) > 0
    assert key in {record.key for record in found}


def test_labs_are_found_by_other_names_too(editor, empty_database):
    lab = factories.lab()
    lab.other_names.create(name="Formerly other")
    factories.lab()

    assert list(editor.get(page(Lab, "changelist"), {"q": "formerly"}).context["cl"].queryset) == [lab]


def test_events_are_filtered_by_one_risk_domain_of_several(editor, empty_database):
    event = factories.access_event(domains=["cyber", "bio"])
    factories.access_event(domains=["autonomy"])
    factories.access_event(domains=[])

    assert list(editor.get(page(AccessEvent, "changelist"), {"domain": "bio"}).context["cl"].queryset) == [event]


@pytest.mark.parametrize("name", ["add", "change"])
def test_the_form_of_an_event_loads_few_options(editor, records, name):
    args = [AccessEvent.objects.first().pk] if name == "change" else []

    assert editor.get(page(AccessEvent, name, *args)).content.count(b"<option") < 150


def test_the_form_of_an_event_follows_the_order_of_a_system_card(editor, records):
    html = editor.get(page(AccessEvent, "add")).content.decode()

    headings = re.findall(r'class="(?:fieldset|inline)-heading">\s*([^<]*?)\s*<', html)
    assert headings == [
        "Release",
        "Who: the evaluators that took part",
        "What",
        "When",
        "How deep: the access profile",
        "What was published",
        "Certainty",
        "Citations: the quotes that support this record",
    ]


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_the_form_has_every_field_that_a_person_may_set(editor, records, model):
    form = editor.get(page(model, "add")).context["adminform"].form

    expected = {field.name for field in model._meta.fields if field.editable and not field.primary_key}
    expected |= {f.name for f in model._meta.many_to_many if f.remote_field.through._meta.auto_created}
    assert set(form.fields) == expected | {"version"}


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_the_key_is_set_once(editor, records, model):
    record = some(model, status="draft")
    key, url = record.key, page(model, "change", record.pk)

    response = editor.post(url, form_data(editor.get(url)) | {"key": "another-key"})

    assert response.status_code == 302, messages_on(response)
    record.refresh_from_db()
    assert record.key == key


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_saving_a_form_as_it_is_changes_nothing(editor, records, model):
    record = some(model, status="draft")
    url = page(model, "change", record.pk)
    before = model.objects.filter(pk=record.pk).values().get()

    response = editor.post(url, form_data(editor.get(url)))

    assert response.status_code == 302, messages_on(response)
    assert model.objects.filter(pk=record.pk).values().get() == before


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_view_on_site_leads_to_the_public_page(editor, records, model):
    record = some(model)

    response = editor.get(page(model, "change", record.pk))

    redirect = editor.get(response.context["absolute_url"])
    assert redirect.status_code == 302
    assert redirect.url.endswith(record.get_absolute_url())


def new_event_data(editor: Client) -> dict:
    """The add form of an event, filled in as far as it has to be."""
    model = factories.ai_model()
    return form_data(editor.get(page(AccessEvent, "add"))) | {
        "key": "new-event",
        "lab": model.lab.pk,
        "model": model.pk,
        "activity": "model_evaluation",
        "summary": "A test.",
        "participations-0-evaluator": factories.evaluator().pk,
        "citations-0-source": factories.source().pk,
        "citations-0-quote": "A quote.",
        "citations-0-supports": ["evaluators", "activity"],
    }


def test_an_event_is_added_with_its_evaluator_and_citation(editor):
    data = new_event_data(editor) | {"started_on": "2023-40", "domains": ["cyber", "bio"]}

    response = editor.post(page(AccessEvent, "add"), data)

    assert messages_on(response) == ""
    event = AccessEvent.objects.get(key="new-event")
    assert event.evaluators.get().pk == data["participations-0-evaluator"]
    assert event.citations.get().supports == ["evaluators", "activity"]
    assert (event.domains, event.started_on_label) == (["cyber", "bio"], "first half of 2023")
    assert event.no_safety_filters == "unknown"


def refused_with(editor: Client, data: dict) -> str:
    """What the add form says of these data; nothing may have been saved."""
    response = editor.post(page(AccessEvent, "add"), data)
    assert response.status_code == 200
    assert not AccessEvent.objects.filter(key="new-event").exists()
    return text_of(response)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"started_on": "May 2024"}, "“May 2024” is not a date in EDTF. Good dates: 2023-03-14"),
        ({"started_on": "2024-05", "ended_on": "2024-04"}, "ended_on lies before started_on"),
        ({"started_on": "2024-05/.."}, "has an open end"),
        ({"lowered_to": "inferred"}, "A lowered certainty needs a reason"),
        ({"lowered_because": "Because."}, "a reason needs a lowered certainty"),
        ({"access_days": "0"}, "greater than or equal to 1"),
        ({"access_days": "99999999999"}, "less than or equal to"),
        ({"timing": "before_deployment", "started_on": "2024-06-16"}, "It starts after"),
        (
            {"timing": "before_deployment", "started_on": "2024-06-10", "access_days": "7"},
            "there are at most 6 days",
        ),
        ({"no_safety_filters": "no"}, "No quote supports the answer on: safety filters off."),
        ({"domains": ["weather"]}, "weather is not one of the available choices"),
        ({"key": "feed"}, "is the address of another page"),
        ({"citations-0-quote": "word " * 41}, "The quote has 41 words"),
        ({"citations-0-quote": ""}, "This field is required"),
        ({"citations-0-source": ""}, "This field is required"),
        ({"participations-0-evaluator": ""}, "This field is required"),
        ({"citations-TOTAL_FORMS": "0"}, NO_CITATION),
        ({"participations-TOTAL_FORMS": "0"}, NO_EVALUATOR),
    ],
)
def test_an_event_with_something_wrong_is_refused_with_what_to_do(editor, changes, sentence):
    assert sentence in refused_with(editor, new_event_data(editor) | changes)


def test_an_event_of_another_labs_release_is_refused(editor):
    assert "Choose a release of" in refused_with(editor, new_event_data(editor) | {"lab": factories.lab().pk})


def test_the_lab_itself_is_refused_as_evaluator_of_a_new_event(editor):
    data = new_event_data(editor)
    data["participations-0-evaluator"] = factories.evaluator(lab=Lab.objects.get(pk=data["lab"])).pk

    assert "is the lab itself" in refused_with(editor, data)


def test_the_lab_itself_is_refused_as_evaluator_where_the_lab_of_an_event_changes(editor):
    lab = factories.lab()
    event = factories.access_event(model=None, evaluators=[factories.evaluator(lab=lab)])
    url = page(AccessEvent, "change", event.pk)

    response = editor.post(url, form_data(editor.get(url)) | {"lab": lab.pk})

    assert "is the lab itself" in text_of(response)
    assert AccessEvent.objects.get(pk=event.pk).lab == event.lab


def test_the_same_evaluator_twice_is_refused(editor):
    data = new_event_data(editor)
    add_row(data, "participations", evaluator=data["participations-0-evaluator"], lowered_to="as_event")

    assert "duplicate" in refused_with(editor, data)


def test_the_same_quote_twice_is_refused(editor):
    data = new_event_data(editor)
    add_row(data, "citations", source=data["citations-0-source"], quote=data["citations-0-quote"])

    assert "duplicate" in refused_with(editor, data)


def lookalike_data(editor: Client) -> dict:
    other = factories.access_event(key="the-other")
    return new_event_data(editor) | {
        "lab": other.lab.pk,
        "model": other.model.pk,
        "timing": other.timing,
        "participations-0-evaluator": other.evaluators.get().pk,
    }


def test_an_event_that_looks_like_another_is_refused_and_the_other_is_named(editor):
    assert "It looks like “the-other”" in refused_with(editor, lookalike_data(editor))


def test_an_event_that_looks_like_another_is_added_if_it_is_marked_as_distinct(editor):
    response = editor.post(page(AccessEvent, "add"), lookalike_data(editor) | {"is_distinct": "on"})

    assert messages_on(response) == ""
    assert AccessEvent.objects.get(key="new-event").is_distinct


@pytest.mark.parametrize(
    ("prefix", "sentence"),
    [("citations", NO_CITATION), ("participations", NO_EVALUATOR)],
    ids=["citation", "evaluator"],
)
def test_the_last_one_of_an_event_cannot_be_deleted(editor, prefix, sentence):
    event = factories.access_event()
    url = page(AccessEvent, "change", event.pk)

    response = editor.post(url, form_data(editor.get(url)) | {f"{prefix}-0-DELETE": "on", "summary": "Changed."})

    assert sentence in text_of(response)
    event.refresh_from_db()
    assert event.summary != "Changed."
    assert getattr(event, prefix).count() == 1


def test_a_citation_can_take_the_place_of_another(editor):
    event = factories.access_event(status="draft")
    url = page(AccessEvent, "change", event.pk)
    data = form_data(editor.get(url)) | {"citations-0-DELETE": "on"}
    add_row(data, "citations", source=factories.source().pk, quote="Another.", supports=["timing"])

    response = editor.post(url, data)

    assert messages_on(response) == ""
    assert event.citations.get().quote == "Another."


def test_a_release_needs_a_citation(editor):
    data = form_data(editor.get(page(AIModel, "add"))) | {
        "lab": factories.lab().pk,
        "name": "New model",
        "key": "new-model",
        "citations-TOTAL_FORMS": "0",
    }

    response = editor.post(page(AIModel, "add"), data)

    assert NO_CITATION in text_of(response)
    assert not AIModel.objects.filter(key="new-model").exists()


def test_an_evaluator_needs_no_citation(editor):
    data = form_data(editor.get(page(Evaluator, "add"))) | {"name": "New evaluator", "key": "new-evaluator"}

    response = editor.post(page(Evaluator, "add"), data)

    assert messages_on(response) == ""
    assert Evaluator.objects.filter(key="new-evaluator").exists()


def test_a_source_of_two_owners_is_refused(editor):
    url = page(Source, "change", factories.source().pk)
    data = form_data(editor.get(url)) | {"lab": factories.lab().pk, "evaluator": factories.evaluator().pk}

    assert "belongs to a lab or to an evaluator, not to both" in text_of(editor.post(url, data))


def test_a_source_that_was_read_before_it_was_published_is_refused(editor):
    url = page(Source, "change", factories.source().pk)
    data = form_data(editor.get(url)) | {"published_on": "2024-07", "read_on": "2024-06-30"}

    assert "cannot have been read before it was published" in text_of(editor.post(url, data))


def test_deleting_a_source_that_is_cited_is_refused_with_what_cites_it(editor):
    source = factories.source(title="The card", publisher="A lab", status="draft")
    event = factories.access_event(citations=[source, {"source": source, "quote": "Another quote."}])
    commitment = factories.commitment(title="A promise")
    factories.citation(commitment, source=source)
    url = page(Source, "delete", source.pk)

    response = editor.get(url)

    text = text_of(response)
    assert "Cannot delete source" in text
    assert f"Access event: {event.key}, which cites The card (A lab) Commitment: A promise, which cites" in text
    assert f'href="{page(AccessEvent, "change", event.pk)}"' in response.content.decode()
    editor.post(url, {"post": "yes"})
    assert Source.objects.filter(pk=source.pk).exists()


def test_deleting_several_sources_is_refused_with_what_cites_which(editor):
    free = factories.source(status="draft")
    first, second = (factories.source(title=title, status="draft") for title in ("The first", "The second"))
    event = factories.access_event(citations=[first, second])
    data = {"action": "delete_selected", "_selected_action": [free.pk, first.pk, second.pk]}

    response = editor.post(page(Source, "changelist"), data)

    assert "Cannot delete sources" in text_of(response)
    assert f"{event.key}, which cites The first (Test publisher); The second (Test publisher)" in text_of(response)
    editor.post(page(Source, "changelist"), data | {"post": "yes"})
    assert Source.objects.filter(pk__in=[free.pk, first.pk, second.pk]).count() == 3


def test_a_source_that_nothing_cites_is_deleted(editor):
    source = factories.source(status="draft")

    editor.post(page(Source, "delete", source.pk), {"post": "yes"})

    assert not Source.objects.filter(pk=source.pk).exists()


def test_deleting_an_evaluator_that_took_part_is_refused_with_the_event(editor):
    event = factories.access_event(evaluators=[factories.evaluator(status="draft")])

    text = text_of(editor.get(page(Evaluator, "delete", event.evaluators.get().pk)))

    assert f"Access event: {event.key}" in text


def test_deleting_an_event_takes_its_parts_along(editor):
    event = factories.access_event(status="in_review")

    editor.post(page(AccessEvent, "delete", event.pk), {"post": "yes"})

    assert not AccessEvent.objects.filter(pk=event.pk).exists()


@pytest.mark.parametrize("status", ["published", "withdrawn"])
@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_what_is_or_was_public_is_never_deleted(editor, records, model, status):
    record = some(model, status=status, withdrawn_because="wrong" if status == "withdrawn" else "")

    assert editor.post(page(model, "delete", record.pk), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [record.pk], "post": "yes"}
    editor.post(page(model, "changelist"), data)

    assert model.objects.filter(pk=record.pk).exists()


def test_sources_are_offered_as_one_types(editor, empty_database):
    source = factories.source(title="A needle")
    factories.source(title="Hay")
    parameters = {
        "app_label": "labs",
        "model_name": "accesseventcitation",
        "field_name": "source",
        "term": "needle",
    }

    response = editor.get(reverse("admin:autocomplete"), parameters)

    assert [result["id"] for result in response.json()["results"]] == [str(source.pk)]


def test_somebody_who_may_only_look_can_look(client, records):
    client.force_login(viewer := User.objects.create_user("viewer", is_staff=True))
    viewer.user_permissions.add(
        *apps.get_model("auth.Permission").objects.filter(content_type__app_label="labs", codename__startswith="view_")
    )

    event = AccessEvent.objects.first()
    assert event.summary in text_of(client.get(page(AccessEvent, "change", event.pk)))
    assert client.get(page(AccessEvent, "add")).status_code == 403


@pytest.mark.parametrize("is_required", [True, False])
@pytest.mark.parametrize(
    ("ours", "djangos"), [(RecordSelect, AutocompleteSelect), (RecordSelectMultiple, AutocompleteSelectMultiple)]
)
def test_a_box_of_records_offers_what_djangos_does(ours, djangos, is_required):
    field = AccessEvent._meta.get_field("evaluators" if ours is RecordSelectMultiple else "lab")
    lab = factories.access_event().lab

    def options(widget, value):
        choices = forms.ModelChoiceField(field.related_model.objects.order_by("pk"), widget=widget(field, admin.site))
        choices.widget.is_required = is_required
        return choices.widget.optgroups("name", value)

    for value in ([], [""], ["no number"]):
        assert options(ours, value) == options(djangos, [""])
    first = field.related_model.objects.order_by("pk").first() if ours is RecordSelectMultiple else lab
    assert [str(option["value"]) for option in options(ours, [str(first.pk)])[0][1]][-1] == str(first.pk)
