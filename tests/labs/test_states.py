"""The state of a record: what it holds, and that putting it back gives the same record."""

import datetime as dt
import json

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError

from labs.actions import save_record
from labs.models import AccessEvent, AIModel, Alias, Evaluator, Record, Source
from labs.models.fields import EDTFBoundField
from labs.models.states import Keys, apply_state, fields_of, state_of, version_of, with_state
from tests import factories

KINDS = [
    model
    for app in ("labs", "commitments")
    for model in apps.get_app_config(app).get_models()
    if issubclass(model, Record)
]
CURATED = [model for model in KINDS if model.__name__ != "Reply"]


@pytest.mark.django_db
def test_the_state_of_an_event_names_everything_that_is_said_of_it(empty_database):
    lab = factories.lab(key="a-lab")
    model = factories.ai_model(lab=lab, key="a-model")
    source = factories.source(key="a-card", lab=lab)
    event = factories.access_event(
        model=model,
        evaluators=[(factories.evaluator(key="an-evaluator"), "inferred")],
        citations=[{"source": source, "quote": "They tested it.", "supports": ["timing", "evaluators"]}],
        started_on="2024-05~",
        domains=["bio", "cyber"],
        access_days=5,
    )

    state = state_of(AccessEvent.objects.get(pk=event.pk))

    assert state["lab"] == "a-lab"
    assert state["model"] == "a-model"
    assert state["started_on"] == "2024-05~"
    assert state["domains"] == ["cyber", "bio"]
    assert state["access_days"] == 5
    assert state["no_safety_filters"] == "unknown"
    assert state["participations"] == [{"evaluator": "an-evaluator", "lowered_to": "inferred", "lowered_because": ""}]
    assert state["citations"] == [
        {"source": "a-card", "quote": "They tested it.", "supports": ["evaluators", "timing"]}
    ]
    assert not {"key", "id", "status", "checked_by", "started_on_earliest", "quote_check"} & state.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("model", KINDS, ids=lambda model: model.__name__)
def test_a_state_has_every_field_that_a_person_may_set_and_no_other(model):
    expected = {
        field.name
        for field in model._meta.concrete_fields
        if field.editable and not isinstance(field, EDTFBoundField) and field.name not in ("id", "key")
    }
    assert {field.name for field in fields_of(model)} == expected


@pytest.mark.django_db
@pytest.mark.parametrize("model", CURATED, ids=lambda model: model.__name__)
def test_every_curated_record_can_be_put_back_from_its_state(records, model):
    for record in model.objects.all()[:40]:
        state = state_of(record)
        assert json.loads(json.dumps(state)) == state

        again = model(key=record.key)
        parts = apply_state(again, state)

        assert state_of(again, parts) == state


@pytest.mark.django_db
def test_putting_a_state_back_keeps_the_rows_that_say_the_same():
    event = factories.access_event(citations=[{"quote": "One.", "supports": ["activity"]}, {"quote": "Two."}])
    one = event.citations.get(quote="One.")
    state = state_of(event)
    state["citations"] = [{**state["citations"][0], "supports": ["timing"]}]

    save_record(record=event, parts=apply_state(event, state))

    assert event.citations.get().pk == one.pk
    assert event.citations.get().supports == ["timing"]


@pytest.mark.django_db
def test_a_state_put_into_a_record_that_was_read_with_its_parts_is_saved():
    event = factories.access_event(citations=[{"quote": "One.", "supports": ["activity"]}, {"quote": "Two."}])
    again = with_state(AccessEvent.objects.all()).get(pk=event.pk)
    state = state_of(again)
    state["citations"] = [{**state["citations"][0], "supports": ["timing"]}]

    save_record(record=again, parts=apply_state(again, state))

    assert event.citations.get().supports == ["timing"]
    assert state_of(again) == state


@pytest.mark.django_db
def test_what_a_record_refers_to_is_found_without_a_query(django_assert_num_queries):
    event = factories.access_event(citations=[factories.source(), factories.source()])
    read = with_state(AccessEvent.objects.all()).get(pk=event.pk)
    state = state_of(read)

    with django_assert_num_queries(0):
        parts = apply_state(read, state, Keys.of(read))
        assert state_of(read, parts) == state


@pytest.mark.django_db
def test_what_a_state_leaves_out_stays_as_it_is():
    event = factories.access_event(summary="Old.")
    before = state_of(event)

    save_record(record=event, parts=apply_state(event, {"summary": "New."}))

    assert state_of(AccessEvent.objects.get(pk=event.pk)) == before | {"summary": "New."}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"weather": "fine"}, "access event has no weather. It has: lab, model"),
        ({"status": "published"}, "access event has no status"),
        ({"lab": "no-such-lab"}, "There is no lab “no-such-lab”"),
        ({"citations": [{"source": "nowhere", "quote": "Q."}]}, "There is no source “nowhere”"),
        ({"citations": [{"sauce": "x"}]}, "access event citation has no sauce"),
    ],
)
def test_a_state_that_names_what_there_is_not_is_refused(state, sentence):
    with pytest.raises(ValidationError) as refusal:
        apply_state(factories.access_event(), state)

    assert sentence in " ".join(refusal.value.messages)


@pytest.mark.django_db
def test_a_key_that_a_merger_left_behind_leads_to_the_record_it_became():
    winner = factories.evaluator()
    Alias.objects.create(
        content_type=ContentType.objects.get_for_model(Evaluator), key="old-key", name="Old", object_id=winner.pk
    )

    assert Keys().get(Evaluator, "old-key") == winner


@pytest.mark.django_db
def test_keys_that_were_read_all_at_once_cost_one_query(django_assert_num_queries):
    sources = [factories.source() for _ in range(3)]
    keys = Keys()
    keys.read_all(Source)

    with django_assert_num_queries(0):
        assert [keys.get(Source, each.key) for each in sources] == sources


@pytest.mark.django_db
def test_the_version_changes_with_the_record_and_with_its_parts():
    model = factories.ai_model()
    first = version_of(model)

    factories.citation(model, supports=["name"])
    second = version_of(model)
    model.name = "Renamed"
    third = version_of(model)

    assert len({first, second, third}) == 3
    assert version_of(model) == third
    assert version_of(AIModel.objects.get(pk=model.pk)) == second


@pytest.mark.django_db
def test_days_are_written_as_days():
    source = factories.source(read_on=dt.date(2024, 6, 30))

    assert state_of(source)["read_on"] == "2024-06-30"
    again = Source(key="x")
    apply_state(again, state_of(source))
    assert again.read_on == dt.date(2024, 6, 30)
