"""The registry of record kinds says of the models what is so, and leaves none out."""

import pytest
from django.apps import apps

from labs.models import Record, Source
from labs.models.base import Citation, Part
from labs.models.registry import RecordKind, citation_models, kind_by_slug, kind_of, kinds_by_rank, record_kinds

MODELS = [model for app in ("labs", "commitments") for model in apps.get_app_config(app).get_models()]
each_kind = pytest.mark.parametrize("kind", record_kinds(), ids=lambda kind: kind.slug)


def refers_to(kind: RecordKind) -> set[type[Record]]:
    """The other records that one of this kind can refer to, itself or in a part."""
    fields = [field for model in (kind.model, *kind.parts.values()) for field in model._meta.concrete_fields]
    related = {field.related_model for field in fields if field.is_relation} | set(kind.lists.values())
    return {model for model in related if issubclass(model, Record)} - {kind.model}


def test_every_record_model_is_of_one_kind():
    assert [kind.model for kind in record_kinds()] == [model for model in MODELS if issubclass(model, Record)]


def test_every_part_belongs_to_one_kind():
    declared = [part for kind in record_kinds() for part in kind.parts.values()]
    parts = [model for model in MODELS if issubclass(model, Part)]
    assert sorted(declared, key=str) == sorted(parts, key=str)
    assert set(citation_models()) == {part for part in parts if issubclass(part, Citation)}


@each_kind
def test_lists_and_parts_go_by_the_names_under_which_a_record_finds_them(kind):
    plain = [field for field in kind.model._meta.many_to_many if field.remote_field.through._meta.auto_created]
    assert {field.name: field.related_model for field in plain} == kind.lists
    for relation, part in kind.parts.items():
        found = kind.model._meta.get_field(relation)
        assert (found.related_model, found.field.name) == (part, part.record_field)


@each_kind
def test_the_identity_of_a_part_is_unique_within_its_record(kind):
    for part in kind.parts.values():
        unique = [set(constraint.fields) for constraint in part._meta.total_unique_constraints]
        assert {part.record_field, *part.identity} in unique, part


@each_kind
def test_a_kind_refers_to_kinds_of_a_lower_rank(kind):
    later = {model for model in refers_to(kind) if kind_of(model).rank >= kind.rank}
    assert later <= {"evaluator": {Source}, "source": {kind_by_slug("evaluator").model}}.get(kind.slug, set())


def test_evaluators_come_before_the_sources_that_belong_to_them():
    order = [kind.slug for kind in kinds_by_rank()]
    assert order == ["lab", "evaluator", "source", "ai-model", "access-event", "statement", "commitment", "reply"]


@each_kind
def test_a_kind_that_can_be_found_by_lab_names_the_keys_of_labs(kind):
    for path in kind.lab_paths:
        assert "a-lab" in str(kind.model.objects.filter(**{path: "a-lab"}).query)  # FieldError for a wrong path
        assert path.split("__")[-1] == "key"


def test_what_is_no_slug_is_no_kind():
    assert kind_by_slug("model") is None
