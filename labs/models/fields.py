"""Model fields for labs and commitments: EDTF dates with their bounds, lists of terms, web addresses."""

import re
from typing import Any, TypeVar

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Q
from django.db.models.query_utils import DeferredAttribute

from labs.models.compiled import compiled_checks
from labs.rules import dates
from labs.rules.key_sharing import share_names
from labs.rules.text import clean_text, one_line
from labs.rules.vocabulary import Term
from labs.rules.web_addresses import ALLOWED, address_problem

_Field = TypeVar("_Field", bound=models.Field)
_Row = TypeVar("_Row", bound=models.Model)


def as_stored(field: models.Field, value: Any) -> Any:
    """A value as the database keeps it: a text is cleaned (labs/rules/text.py), anything else stays."""
    if not isinstance(value, str):
        return value
    return one_line(value) if isinstance(field, models.CharField) else clean_text(value)


class CleanTextModel(models.Model):
    """A model whose texts are cleaned on validation, wherever they come from; its constraints are asked at once."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Any = None) -> None:
        for field in self._meta.concrete_fields:
            if field.name not in (exclude or ()) and isinstance(value := getattr(self, field.attname), str):
                setattr(self, field.attname, as_stored(field, value))
        super().clean_fields(exclude)

    def validate_constraints(self, exclude: Any = None) -> None:
        """As Django's, with one query for all check constraints instead of one for each: that halves a save."""
        excluded = set(exclude or ())
        if not self._keeps_checks(excluded):
            super().validate_constraints(exclude=excluded)  # one by one, for the message of each that fails
            return
        errors: dict[str, list[ValidationError]] = {}
        for constraint in self._meta.constraints:
            if not isinstance(constraint, models.CheckConstraint):
                try:
                    constraint.validate(type(self), self, exclude=excluded)
                except ValidationError as error:
                    errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def _keeps_checks(self, excluded: set[str]) -> bool:
        """Whether all check constraints hold; as in Django's, one that needs an excluded field is passed over."""
        names = frozenset(
            each.name
            for each in self._meta.constraints
            if isinstance(each, models.CheckConstraint) and excluded.isdisjoint(each.condition.referenced_base_fields)
        )
        return not names or compiled_checks(type(self), names, DEFAULT_DB_ALIAS).hold_for(self)


_is_url = URLValidator(schemes=["http", "https"], message="Its host is not one.")


def web_address(value: str) -> None:
    """Raise ValidationError, which says what is allowed, for what no record may link to (``address_problem``)."""
    problem = address_problem(value)
    if not problem:
        try:
            return _is_url(value)
        except ValidationError as error:
            problem = error.message
    raise ValidationError(f"{problem} Allowed is {ALLOWED}, such as https://example.org/paper.", code="web_address")


class WebAddressInput(forms.URLField):
    """The form field of a ``WebAddressField``; without a scheme, https is meant."""

    default_validators = [web_address]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"assume_scheme": "https"} | kwargs)

    def to_python(self, value: Any) -> str:
        try:
            return super().to_python(value)
        except ValidationError:  # what the standard library cannot take apart
            web_address(str(value))
            raise


class WebAddressField(models.URLField):
    """An address of the web that a record holds: http or https, without user and password.

    Forms, imports, packages and accepted proposals all validate the model and so pass through it. Rows that are stored
    are left alone. Migrations see a plain URLField.
    """

    default_validators = [web_address]

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": WebAddressInput} | kwargs)


class EDTFField(models.CharField):
    """A date as the source gives it; ``<name>_label`` is the same in words.

    Add two read-only columns for sorting and filtering, ``<name>_earliest`` and ``<name>_latest``
    (``EDTFBoundField``). Migrations see a plain CharField.
    """

    description = "EDTF date"

    def __init__(self, *args: Any, is_open_allowed: bool = False, **kwargs: Any) -> None:
        self.is_open_allowed = is_open_allowed
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("help_text", f"As precise as the source, no more: {dates.EXAMPLES}. Empty: not disclosed.")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, f"{name}_label", property(lambda instance: dates.label(getattr(instance, name))))

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").strip()

    def validate(self, value: str, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        try:
            span = dates.span(value)
        except ValueError as error:
            raise ValidationError(str(error), code="edtf") from error
        if value and not self.is_open_allowed and None in (span.earliest, span.latest):
            raise ValidationError(
                f"“{value}” has an open end, which is not allowed here. Good dates: {dates.EXAMPLES}.",
                code="edtf",
            )


class EDTFBoundField(models.DateField):
    """The ``end`` ("earliest" or "latest") possible day of the EDTFField ``of``; derived, never typed.

    NULL without a date or at an open end. Derived on validation and on saving. Fixtures, which Django saves raw,
    contain it (a test compares them), and ``bulk_update`` does not change it. Migrations see a plain DateField.
    """

    def __init__(self, of: str = "", end: str = "", **kwargs: Any) -> None:
        self.of, self.end = of, end
        kwargs |= {"null": True, "blank": True, "editable": False, "db_index": True}
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateField", args, kwargs

    def derive(self, instance: models.Model) -> None:
        """Set this bound on ``instance`` from the text. Raises ValueError for a text that is not EDTF."""
        span = dates.span(getattr(instance, self.of))
        setattr(instance, self.attname, span.earliest if self.end == "earliest" else span.latest)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        self.derive(model_instance)
        return super().pre_save(model_instance, add)


def earliest_of(date: str) -> EDTFBoundField:
    """The earliest possible day of the EDTF date of that name."""
    return EDTFBoundField(of=date, end="earliest", verbose_name=f"earliest possible day of {date}")


def latest_of(date: str) -> EDTFBoundField:
    """The latest possible day of the EDTF date of that name."""
    return EDTFBoundField(of=date, end="latest", verbose_name=f"latest possible day of {date}")


def derive_bounds(instance: models.Model) -> None:
    """Set the bounds of all EDTF dates of a row; None for an invalid text, which its own field reports."""
    for field in instance._meta.concrete_fields:
        if isinstance(field, EDTFBoundField):
            try:
                field.derive(instance)
            except ValueError:
                setattr(instance, field.attname, None)


class RecordIdField(models.PositiveBigIntegerField):
    """The primary key of a record of any kind, beside its content type.

    Fixtures know no primary keys: there it is the model and the key of the record, ``["labs.source", "gpt-4-card"]``,
    or 0 for a record that is gone. Migrations see a plain PositiveBigIntegerField.
    """

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.PositiveBigIntegerField", args, kwargs

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            model, key = value
            return apps.get_model(model)._default_manager.get_by_natural_key(key).pk
        return super().to_python(value)


class TermsField(models.TextField):
    """A list of terms of one enumeration, in its order, without repeats; stored as text, separated by single spaces.

    It is one text column: SQLite and PostgreSQL can both check every member. Migrations see a plain TextField.
    """

    description = "List of terms"

    def __init__(self, *args: Any, terms: type[Term] | None = None, **kwargs: Any) -> None:
        self.terms = terms
        self._places = {value: place for place, value in enumerate(terms.values())} if terms else {}
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> list[str]:
        return value.split() if value else []

    def to_python(self, value: Any) -> list[str]:
        if value is None or value == "":
            return []
        given = value.split() if isinstance(value, str) else [str(item) for item in value]
        if self.terms is None:
            return given
        if wrong := [item for item in given if item not in self._places]:
            raise ValidationError(
                f"Not a choice here: {', '.join(wrong)}. Choices: {', '.join(self._places)}.", code="invalid_choice"
            )
        return sorted(set(given), key=self._places.__getitem__)

    def get_prep_value(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        return " ".join(self.to_python(value))

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> forms.Field:
        assert self.terms is not None, "a form needs the terms to offer"
        return forms.MultipleChoiceField(
            choices=self.terms.choices(),
            required=not self.blank,
            label=kwargs.get("label") or self.verbose_name.capitalize(),
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple,
        )


def term_field(terms: type[Term], default: Term | None, **kwargs: Any) -> models.CharField:
    """A CharField that holds one member of an enumeration; ``is_one_of`` makes the constraint."""
    if default is not None:
        kwargs["default"] = default.value
    return models.CharField(max_length=40, choices=terms.choices(), **kwargs)


SAID_ALIKE = "_said_alike"
"""Where a kept row (``labs.queries.rows``) has the columns of ``said_alike``: a mapping that it shares with the others
that say the same in all of them."""


class SaidAlike(DeferredAttribute):
    """The attribute of a column that few values are said in. A row of Django's own has the value itself."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is not None and self.field.attname in (alike := instance.__dict__.get(SAID_ALIKE, ())):
            return alike[self.field.attname]
        return super().__get__(instance, cls)


def said_alike(field: _Field) -> _Field:
    """Let kept rows share the value of this column and of the others marked so, where rows say the same in all.

    For a model with more columns than CPython lets instances share the names of, which is marked ``with_few_names``.
    """
    field.descriptor_class = SaidAlike
    return field


def with_few_names(model: type[_Row]) -> type[_Row]:
    """Let kept rows of a record's model with columns that are ``said_alike`` share the names of all others."""
    columns = [each.attname for each in model._meta.concrete_fields]
    own = [name for name in columns if not isinstance(getattr(model, name), SaidAlike)]
    return share_names(model, [*own, SAID_ALIKE, "_state", "_prefetched_objects_cache"])


def is_one_of(model: str, **fields: type[Term]) -> list[models.CheckConstraint]:
    """One named constraint per field: its value is a member of the enumeration."""
    return [
        models.CheckConstraint(
            name=f"{model}_{field}_is_a_choice",
            condition=Q(**{f"{field}__in": terms.values()}),
            violation_error_message=f"{field} has to be one of: {', '.join(terms.values())}.",
        )
        for field, terms in fields.items()
    ]


def are_terms(model: str, field: str, terms: type[Term]) -> models.CheckConstraint:
    """The list of terms in ``field`` has members of the enumeration only."""
    member = "|".join(re.escape(value) for value in terms.values())
    return models.CheckConstraint(
        name=f"{model}_{field}_are_choices",
        condition=Q(**{f"{field}__regex": f"^(({member})( ({member}))*)?$"}),
        violation_error_message=f"{field} may hold: {', '.join(terms.values())}.",
    )


def in_order(model: str, earlier: str, later: str) -> models.CheckConstraint:
    """The latest possible day of ``later`` does not lie before the earliest possible day of ``earlier``."""
    return models.CheckConstraint(
        name=f"{model}_{earlier}_before_{later}",
        condition=Q(**{f"{earlier}_earliest__isnull": True})
        | Q(**{f"{later}_latest__isnull": True})
        | Q(**{f"{later}_latest__gte": models.F(f"{earlier}_earliest")}),
        violation_error_message=f"{later} lies before {earlier}: check both dates.",
    )


def bounds_in_order(model: str, *fields: str) -> list[models.CheckConstraint]:
    """The bounds of each EDTF date are in order, and only a text has bounds."""
    return [
        models.CheckConstraint(
            name=f"{model}_{field}_bounds",
            condition=Q(**{field: "", f"{field}_earliest__isnull": True, f"{field}_latest__isnull": True})
            | (
                ~Q(**{field: ""})
                & (
                    Q(**{f"{field}_earliest__isnull": True})
                    | Q(**{f"{field}_latest__isnull": True})
                    | Q(**{f"{field}_latest__gte": models.F(f"{field}_earliest")})
                )
            ),
        )
        for field in fields
    ]


def holding(field: str, *terms: str) -> Q:
    """Rows whose list of terms in ``field`` holds at least one of ``terms``."""
    if not terms:
        return Q(pk__in=[])
    member = "|".join(re.escape(term) for term in terms)
    return Q(**{f"{field}__regex": f"(^| )({member})( |$)"})
