"""The database's constraints asked in Python: the same answers as Django gives with a query for each."""

import copy
import datetime as dt

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from commitments.models import Commitment, Requirement
from evaltracker.importing import constraints
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Record, Source
from labs.models.base import Part
from labs.models.fields import TermsField
from tests import factories

pytestmark = pytest.mark.django_db

MODELS = [
    model
    for app in ("labs", "commitments")
    for model in apps.get_app_config(app).get_models()
    if issubclass(model, Record | Part)
]


def variants(row: models.Model) -> list[models.Model]:
    """The row itself, and copies with one field each set to something else, right or wrong."""
    found = [row]
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name == "key":
            continue
        if isinstance(field, models.DateField | models.DateTimeField):
            values = [None, dt.date(1990, 1, 1), dt.date(2030, 1, 1)]
        elif isinstance(field, models.IntegerField):
            values = [None, 0, 3, 9999]
        elif isinstance(field, models.ForeignKey):
            values = [None, row.pk]
        elif isinstance(field, TermsField):
            values = [[], [field.terms.values()[0]]]
        elif isinstance(field, models.BooleanField):
            values = [True, False]
        else:
            values = ["", "other", *(value for value, _ in (field.choices or [])[:3])]
        for value in values:
            changed = copy.copy(row)
            setattr(changed, field.attname, value)
            found.append(changed)
    return found


def row_of(model: type[models.Model]) -> models.Model:
    if model._meta.label == "commitments.Reply":
        factories.reply(answered_on=dt.date(2026, 3, 10))
    if model._meta.label == "labs.Search":
        return model.objects.create(model=factories.ai_model(), searched_on=dt.date(2026, 3, 1), where="everywhere")
    return model.objects.order_by("pk").first()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_row_breaks_the_constraints_that_django_says_it_breaks(records, model):
    checks = [each for each in model._meta.constraints if isinstance(each, models.CheckConstraint)]
    for row in variants(row_of(model)):
        broken = []
        for check in checks:
            try:
                check.validate(model, row)
            except ValidationError:
                broken.append(check.name)
        found = [check.name for check, holds, _ in constraints.rules_of(model) if holds(row) is False]
        assert found == broken, {field.name: getattr(row, field.attname) for field in model._meta.concrete_fields}


def test_what_cannot_be_asked_in_python_is_not_skipped():
    for condition in (Q(name__icontains="x"), Q(name=F("key") + 1)):
        with pytest.raises(TypeError, match="cannot be checked in Python"):
            constraints.compile_condition(condition, Lab)


@pytest.mark.parametrize(
    ("model", "sets"),
    [
        (Lab, {("key",), ("name",)}),
        (Evaluator, {("key",), ("name",), ("lab",)}),
        (Source, {("key",), ("url", "edition")}),
        (AIModel, {("key",), ("lab", "name")}),
        (AccessEvent, {("key",)}),
        (Commitment, {("key",)}),
        (Requirement, {("commitment", "reading")}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_what_no_two_rows_may_share(model, sets):
    assert set(constraints.unique_sets(model)) == sets
