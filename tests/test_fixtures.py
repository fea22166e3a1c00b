"""The curated records in fixtures/: they load, they are valid, and their files are easy to compare."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from commitments.models import Reply
from evaltracker.fixtures import FIXTURES, each_record_read_once
from labs.models import (
    AccessEvent,
    AIModel,
    AIModelName,
    Alias,
    DataVersion,
    Distinction,
    Evaluator,
    GivenPassword,
    Participation,
    Proposal,
    ProposalNote,
    Record,
    SearchText,
    Signature,
    Snapshot,
    Source,
    Stamp,
)
from labs.models.base import Citation, Part
from labs.models.fields import EDTFBoundField
from labs.models.registry import kind_of, record_kinds
from labs.models.states import state_of
from labs.rules.differences import PartChange, difference
from tests import factories

FOLDER = settings.BASE_DIR / "fixtures"
ROWS = {name: json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in FIXTURES}
# What only work at the desk makes; so do the histories, whose models have an `instance_type`. The changes of an edition
# have tests of their own.
MADE_AT_THE_DESK = {
    Distinction,
    GivenPassword,
    AIModelName,
    Alias,
    Proposal,
    ProposalNote,
    Reply,
    Signature,
    Snapshot,
    DataVersion,
    Stamp,
    SearchText,
}
RECORD_FILES = [name for name in FIXTURES if name != "changes"]
OURS = [
    model
    for app in ("labs", "commitments")
    for model in apps.get_app_config(app).get_models()
    if model not in MADE_AT_THE_DESK and not hasattr(model, "instance_type")
]
# Nobody at the desk has checked the curated records or their quotes yet.
OF_THE_DESK = {
    Record: {"checked_on": None, "checked_by": None},
    Citation: {"quote_check": "no_snapshot", "unfound_because": ""},
}


def left_out(model: type[models.Model]) -> dict[str, Any]:
    """The fields that the files leave out, with what the database makes of them."""
    return next((fields for kind, fields in OF_THE_DESK.items() if issubclass(model, kind)), {})


def rows_of(label: str) -> Iterator[dict[str, Any]]:
    return (row["fields"] for rows in ROWS.values() for row in rows if row["model"] == label)


def natural_key(model: type[models.Model], fields: dict[str, Any]) -> tuple:
    """What names a row of a fixture: keys of records, and of parts the values that make them unique."""
    if not issubclass(model, Part):
        return (fields.get("key", fields.get("version")),)
    values = (fields[name] for name in (model.record_field, *model.identity))
    return tuple(value[0] if isinstance(value, list) else value for value in values)


def test_every_file_in_the_folder_is_loaded():
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(FIXTURES)


@pytest.mark.parametrize(
    ("model", "count"),
    [
        ("labs.lab", 31),
        ("labs.evaluator", 48),
        ("labs.aimodel", 107),
        ("labs.accessevent", 264),
        ("commitments.commitment", 85),
        ("labs.source", 352),
        ("labs.statement", 5),
    ],
)
def test_all_curated_records_are_there(records, model, count):
    assert apps.get_model(model).objects.published().count() == count


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_the_database_gives_back_what_the_files_say(records, model):
    stored = serializers.serialize(
        "python", model.objects.all(), use_natural_foreign_keys=True, use_natural_primary_keys=True
    )
    # The keys of records become lists in JSON, days become texts, and labs of a commitment have no order.
    stored_rows = [json.loads(json.dumps(row["fields"], cls=DjangoJSONEncoder)) for row in stored]
    file_rows = [row | left_out(model) for row in rows_of(model._meta.label_lower)]
    for row in (*stored_rows, *file_rows):
        for name in {"labs", "related_events"} & row.keys():
            row[name] = sorted(row[name])

    assert file_rows, "a kind of row that no fixture has is tested by nothing"
    assert {natural_key(model, row): row for row in stored_rows} == {natural_key(model, row): row for row in file_rows}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_row_is_valid(records, model):
    for row in model.objects.all():
        assert row.full_clean() is None  # else it raises, with what is wrong


@pytest.mark.parametrize("model", [each for each in OURS if issubclass(each, Record)], ids=lambda each: each.__name__)
def test_every_record_goes_with_its_parts(records, model):
    for record in model.objects.all():
        parts = {relation: list(getattr(record, relation).all()) for relation in kind_of(record).relations}
        assert record.check_parts(parts) is None  # else it raises, with what is wrong


def test_every_curated_record_is_public_or_was_withdrawn_by_an_edition():
    rows = [row for model in OURS if issubclass(model, Record) for row in rows_of(model._meta.label_lower)]
    withdrawn = {row["key"] for row in rows if row["status"] == "withdrawn"}

    assert {row["status"] for row in rows} == {"published", "withdrawn"}
    assert withdrawn == {row["record_key"] for row in rows_of("labs.proposal") if row["kind"] == "withdraw"}


def test_every_release_is_cited(records):
    assert list(AIModel.objects.filter(citations=None)) == []


def test_look_alike_events_are_marked_as_distinct_and_no_others_are():
    evaluators: dict[str, set[str]] = {}
    for row in rows_of("labs.participation"):
        evaluators.setdefault(row["event"][0], set()).add(row["evaluator"][0])
    looks = {
        row["key"]: (
            row["lab"][0],
            row["model"] and row["model"][0],
            row["activity"],
            row["timing"],
            frozenset(evaluators[row["key"]]),
        )
        for row in rows_of("labs.accessevent")
    }
    times = Counter(looks.values())

    marked = {row["key"] for row in rows_of("labs.accessevent") if row["is_distinct"]}
    assert marked == {key for key, look in looks.items() if times[look] > 1}


def test_every_citations_source_exists():
    sources = {row["key"] for row in rows_of("labs.source")}
    cited = {
        ((row.get("record") or [row["key"]])[0], row["source"][0])
        for rows in ROWS.values()
        for row in (each["fields"] for each in rows)
        if "source" in row
    }

    assert len(cited) > 400
    assert {(record, source) for record, source in cited if source not in sources} == set()


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_stored_bounds_are_the_derived_ones(model):
    bounds = [field for field in model._meta.fields if isinstance(field, EDTFBoundField)]
    for row in rows_of(model._meta.label_lower) if bounds else ():
        derived = model(**{field.of: row[field.of] for field in bounds})
        for field in bounds:
            field.derive(derived)
            day = getattr(derived, field.name)
            assert row[field.name] == (day and day.isoformat()), (natural_key(model, row), field.name)


def test_certainty_that_follows_from_the_citations_is_not_stored():
    assert {row["lowered_to"] for row in rows_of("labs.accessevent")} == {"as_cited", "inferred"}
    assert not any({"certainty", "depth", "score", "verdict"} & row.keys() for row in rows_of("labs.accessevent"))


def test_no_key_is_one_that_the_tests_make():
    keys = [row["fields"]["key"] for rows in ROWS.values() for row in rows if "key" in row["fields"]]

    assert [key for key in keys if key.startswith("test-")] == []


@pytest.mark.parametrize("name", FIXTURES)
def test_a_file_is_written_one_way_only(name):
    text = json.dumps(ROWS[name], indent=2, ensure_ascii=False) + "\n"

    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", RECORD_FILES)
def test_a_file_is_sorted_by_key_with_the_parts_of_a_record_below_it(name):
    owners = [owner_of(row) for row in ROWS[name]]

    assert owners == sorted(owners)


def owner_of(row: dict[str, Any]) -> tuple[str, bool]:
    """The key of the record that a row is or belongs to, and whether it is a part."""
    model = apps.get_model(row["model"])
    key = natural_key(model, row["fields"])[0]
    return key, issubclass(model, Part)


@pytest.mark.parametrize("name", RECORD_FILES)
def test_a_row_has_all_fields_of_its_model_and_no_others(name):
    for row in ROWS[name]:
        model = apps.get_model(row["model"])
        joins = [f for f in model._meta.many_to_many if f.remote_field.through._meta.auto_created]
        expected = [
            f.name for f in (*model._meta.fields, *joins) if not f.primary_key and f.name not in left_out(model)
        ]
        assert sorted(row["fields"]) == sorted(expected), row["fields"]


# The changes of an edition


def test_every_record_that_an_edition_added_or_changed_says_so(records):
    changes = {(each.content_type_id, each.record_key): each for each in Proposal.objects.accepted()}
    moment = datetime.fromisoformat("2026-11-29T12:00:00+00:00")
    assert {each.decided_at for each in changes.values()} == {moment}
    winners = {each.after["into"] for each in changes.values() if each.kind == "merge"}
    for kind in record_kinds():
        content_type = ContentType.objects.get_for_model(kind.model)
        for record in kind.model.objects.all():
            change = changes.pop((content_type.pk, record.key), None)
            is_winner = kind.model is Source and record.key in winners
            assert (record.changed_at == moment) == (change is not None or is_winner), record.key
            if change is not None:
                assert change.object_id == record.pk
                assert change.edition.version == "2026.12"
                wanted = {} if change.kind == "withdraw" else state_of(record)
                assert change.after.keys() == wanted.keys()
                assert not difference(change.after, wanted, kind.identities), record.key
                assert change.before != change.after
    assert {each.kind for each in changes.values()} == {"merge"}


def test_a_merged_source_leads_to_the_one_that_stays(records):
    mergers = Proposal.objects.accepted().filter(kind="merge")
    assert mergers.count() == Alias.objects.count() == 8
    for each in mergers:
        assert Alias.objects.get(key=each.record_key).record.key == each.after["into"]


def test_the_changes_of_an_edition_name_nobody_and_count_as_nobodys_check(records):
    changes = Proposal.objects.accepted()
    assert not changes.exclude(author=None, decided_by=None).exists()
    assert not changes.exclude(writers=[]).exists()
    for kind in record_kinds():
        assert not kind.model.objects.exclude(checked_on=None, checked_by=None).exists()


def test_a_reason_is_given_for_a_field_that_changed(records):
    given = 0
    for change in Proposal.objects.accepted().exclude(reasons={}):
        identities = kind_of(change.content_type.model_class()).identities
        found = difference(change.before, change.after, identities)
        changed = {each.relation if isinstance(each, PartChange) else each.field for each in found}
        assert change.reasons.keys() <= changed, change.record_key
        given += len(change.reasons)
    assert given > 300


def test_a_new_record_needs_no_reason_and_none_is_made_up():
    new = [row for row in rows_of("labs.proposal") if row["kind"] == "publish"]
    assert new
    assert {row["reason"] for row in new} == {""}


def test_loading_the_changes_again_changes_nothing(records):
    before = Proposal.objects.count(), Alias.objects.count()
    call_command("loaddata", "changes", verbosity=0)
    assert (Proposal.objects.count(), Alias.objects.count()) == before


def test_no_row_has_a_number_for_a_key():
    assert [row for rows in ROWS.values() for row in rows if "pk" in row] == []


def test_while_fixtures_load_a_record_is_read_once(empty_database, django_assert_num_queries):
    event = factories.access_event()
    part = event.participations.select_related("evaluator").get()

    with each_record_read_once():
        with pytest.raises(AccessEvent.DoesNotExist):
            AccessEvent.objects.get_by_natural_key("not-there-yet")
        with django_assert_num_queries(2):
            for _ in range(2):
                found = AccessEvent.objects.get_by_natural_key(event.key)
                evaluator = Evaluator.objects.get_by_natural_key(part.evaluator.key)
        row = Participation(event_id=found.pk, evaluator_id=evaluator.pk)
        with django_assert_num_queries(0):
            assert row.natural_key() == part.natural_key()
        later = factories.access_event(key="not-there-yet")
        assert AccessEvent.objects.get_by_natural_key("not-there-yet") == later

    event.delete()
    with pytest.raises(AccessEvent.DoesNotExist):
        AccessEvent.objects.get_by_natural_key(event.key)
