"""Changes of a record in words: the public name of each field, and its values before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils.text import capfirst

from labs.models import Citation, Record
from labs.models.fields import EDTFField, TermsField
from labs.models.registry import identities_of, kind_of
from labs.models.states import Keys, fields_of
from labs.rules.differences import FieldChange, PartChange, State, difference
from labs.rules.text_differences import WordPart, word_difference

SHORTEST_TEXT = 4  # words; of anything shorter both values are shown as they are
NOTHING = "nothing"  # what a page says where a field is empty


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One difference in words. ``old`` is empty where it was added, ``new`` where it was removed.

    ``reason`` is why this field changed, where that was said of the field.
    """

    field: str  # its name, or the relation that the part belongs to
    label: str
    old: str
    new: str
    reason: str = ""

    @property
    def what(self) -> str:
        """Whether it was added, removed or changed."""
        if not self.old:
            return "added"
        return "changed" if self.new else "removed"

    @property
    def words(self) -> tuple[WordPart, ...]:
        """Which words changed, of two texts; nothing where one is short, or they have too little in common."""
        are_texts = min(len(self.old.split()), len(self.new.split())) >= SHORTEST_TEXT
        return word_difference(self.old, self.new) if are_texts else ()


def change_rows(model: type[Record], before: State, after: State, keys: Keys | None = None) -> list[ChangeRow]:
    """The changes from one state of a record to another, in words: fields first, then parts."""
    return describe_changes(model, difference(before, after, identities_of(model)), keys)


def describe_changes(
    model: type[Record], changes: Iterable[FieldChange | PartChange], keys: Keys | None = None
) -> list[ChangeRow]:
    """These changes of a record in words, in the order of its fields and parts.

    Pass ``keys`` to save queries when you describe many records.
    """
    keys = keys or Keys()
    places = _places(model)
    return [
        _field_row(model, change, keys) if isinstance(change, FieldChange) else _part_row(model, change, keys)
        for change in sorted(changes, key=lambda change: places.get(_name_of(change), len(places)))
    ]


def _name_of(change: FieldChange | PartChange) -> str:
    return change.field if isinstance(change, FieldChange) else change.relation


def _places(model: type[models.Model]) -> dict[str, int]:
    """The names of a state in the order of the form, since PostgreSQL stores JSON in its own order."""
    names = [field.name for field in fields_of(model)]
    relations = kind_of(model).relations if issubclass(model, Record) else ()
    return {name: place for place, name in enumerate([*names, *relations])}


def field_label(model: type[models.Model], name: str) -> str:
    """What pages call a field; its plain name where the model no longer has it."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name.replace("_", " ")
    return str(capfirst(getattr(field, "verbose_name", "") or name.replace("_", " ")))


def model_label(model: type[models.Model]) -> str:
    """What pages call a record or part of this model: “Citation” for every kind of citation."""
    return "Citation" if issubclass(model, Citation) else str(capfirst(model._meta.verbose_name))


def value_words(model: type[models.Model], name: str, value: Any, keys: Keys) -> str:
    """A value of a state for people to read; empty where there is none."""
    if value is None or value == "" or value == []:
        return ""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:  # the state is older than the removal of the field
        return str(value)
    if field.is_relation:
        listed = value if isinstance(value, list) else [value]
        return ", ".join(_name(field.related_model, key, keys) for key in listed)
    if isinstance(field, TermsField):
        labels = dict(field.terms.choices()) if field.terms else {}
        return ", ".join(labels.get(each, each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(field, EDTFField):
        return str(value)
    return str(dict(field.flatchoices).get(value, value))


def part_words(model: type[models.Model], part: Mapping[str, Any], keys: Keys) -> str:
    """A part of a record in one line: “quote” (source; supports: evaluators), or its values with their names."""
    places = _places(model)
    names = sorted(part, key=lambda name: places.get(name, len(places)))
    words = {name: value_words(model, name, part[name], keys) for name in names}
    if "quote" in words and "source" in words:
        supports = f"; supports {words['supports']}" if words.get("supports") else ""
        return f"“{words['quote']}” ({words['source']}{supports})"
    return "; ".join(f"{field_label(model, name)}: {text}" for name, text in words.items() if text)


def _name(model: type[Record], key: str, keys: Keys) -> str:
    try:
        return str(keys.get(model, key))
    except ValidationError:  # deleted since
        return key


def _field_row(model: type[Record], change: FieldChange, keys: Keys) -> ChangeRow:
    old, new = (value_words(model, change.field, value, keys) for value in (change.old, change.new))
    return ChangeRow(change.field, field_label(model, change.field), old or NOTHING, new or NOTHING)


def _part_row(model: type[Record], change: PartChange, keys: Keys) -> ChangeRow:
    part = kind_of(model).parts[change.relation]
    old, new = (part_words(part, each, keys) if each else "" for each in (change.old, change.new))
    label = model_label(part)
    return ChangeRow(change.relation, label, old, new)
