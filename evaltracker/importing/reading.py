"""Read the text of a cell as the value of a field, as in a state (labs/models/states.py)."""

import datetime as dt
from collections.abc import Callable
from difflib import get_close_matches
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from evaltracker.importing.problems import CellProblem
from labs.models import Record
from labs.models.fields import EDTFField, TermsField
from labs.models.states import Keys
from labs.rules.dates import EXAMPLES

DAY = "a day such as 2024-05-24"
YES_NO = {"yes": True, "no": False, "true": True, "false": False}
NAMED_AT_MOST = 5
SUGGESTED_FOR = 50  # missing keys for which similar keys are suggested


class Lookup(Keys):
    """Finds records by key; reads each model once, and remembers missing keys."""

    def __init__(self) -> None:
        super().__init__()
        self._missing: dict[tuple[type[Record], str], CellProblem] = {}

    def get(self, model: type[Record], key: Any) -> Record:
        if model not in self._all:
            added = self._found.get(model, {})
            self.read_all(model)
            self._found[model] |= added
        return super().get(model, key)

    def key_of(self, model: type[Record], text: str) -> str:
        """The key of a record of this model, or of the winner if it was merged. Raises CellProblem."""
        if problem := self._missing.get((model, text)):
            raise problem
        try:
            return self.get(model, text).key
        except ValidationError as error:
            keys = self._found[model]
            is_early = len(self._missing) < SUGGESTED_FOR  # comparing thousands of keys is slow
            close = get_close_matches(text, keys, n=NAMED_AT_MOST) if is_early else []
            close = close or sorted(keys)[:NAMED_AT_MOST]
            name = model._meta.verbose_name
            article = "an" if str(name)[0] in "aeiouAEIOU" else "a"
            allowed = f"the key of {article} {name}, such as {', '.join(close)}" if close else f"there is no {name} yet"
            self._missing[model, text] = problem = CellProblem(error.messages[0], allowed)
            raise problem from error


Read = Callable[[str, Lookup, bool], Any]
"""Reads a text that differs from the export; the last argument says whether the row is new."""


def reader(field: models.Field) -> Read:
    """The function that reads the cells of a field. The field's own validation may still refuse the value."""
    if field.is_relation:
        return lambda text, lookup, _: lookup.key_of(field.related_model, text) if text else None
    if isinstance(field, TermsField):
        return lambda text, *_: read_terms(field, text)
    if isinstance(field, models.BooleanField):
        return lambda text, _, is_new: read_yes_no(field, text, is_new)
    if field.choices:
        return lambda text, _, is_new: read_term(field, text, is_new)
    if isinstance(field, models.DateField):
        return lambda text, *_: read_day(text)
    if isinstance(field, models.IntegerField):
        return lambda text, *_: read_number(text)
    return lambda text, *_: text


def read_term(field: models.Field, text: str, is_new: bool) -> str:
    """The value of an enumeration, by its value or its public label; an empty cell of a new row is the default."""
    if not text and (field.blank or (is_new and field.has_default())):
        return field.get_default() or ""
    values = _values(field)
    if text.casefold() in values:
        return values[text.casefold()]
    raise CellProblem(f"“{text}” is not a choice here." if text else "It is empty.", allowed_for(field))


def read_terms(field: TermsField, text: str, parted_by: str = ";") -> list[str]:
    """The values of a list of terms, each by its value or its public label."""
    values = _values(field)
    given = [part.strip() for part in text.split(parted_by) if part.strip()]
    if wrong := [part for part in given if part.casefold() not in values]:
        raise CellProblem(f"Not a choice here: {', '.join(wrong)}.", allowed_for(field))
    return field.to_python([values[part.casefold()] for part in given])


@cache
def _values(field: models.Field) -> dict[str, str]:
    """The members of an enumeration by lower-case value and label; a value wins over a label."""
    choices = field.terms.choices() if isinstance(field, TermsField) else field.choices
    return {label.casefold(): value for value, label in choices} | {value.casefold(): value for value, _ in choices}


def read_yes_no(field: models.Field, text: str, is_new: bool) -> bool:
    """Yes or no; an empty cell of a new row is the default."""
    if not text and is_new:
        return field.get_default()
    if text.casefold() not in YES_NO:
        raise CellProblem(f"“{text}” is neither yes nor no." if text else "It is empty.", "yes, no")
    return YES_NO[text.casefold()]


def read_day(text: str) -> str | None:
    """A day as 2024-05-24; None for an empty cell."""
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise CellProblem(f"“{text}” is not a day.", DAY)
    return text


def read_number(text: str) -> int | None:
    """A whole number; None for an empty cell."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise CellProblem(f"“{text}” is not a whole number.", "a whole number, or empty")
    return int(text)


def allowed_for(field: models.Field) -> str:
    """What a field accepts, in a few words; "" for free text."""
    if isinstance(field, TermsField):
        return f"any of {', '.join(field.terms.values())}, separated by “;”, or empty"
    if field.choices:
        return ", ".join(value for value, _ in field.choices) + (", or empty" if field.blank else "")
    if isinstance(field, EDTFField):
        return f"a date such as {EXAMPLES}, or empty"
    if isinstance(field, models.DateField):
        return DAY + (", or empty" if field.null else "")
    if isinstance(field, models.BooleanField):
        return "yes, no"
    if isinstance(field, models.URLField):
        return "an address that begins with https:// or http://" + (", or empty" if field.blank else "")
    if isinstance(field, models.SlugField):
        return "lower-case words joined by hyphens" + (", or empty" if field.blank else "")
    if isinstance(field, models.CharField) and field.max_length:
        return f"a text of at most {field.max_length} characters"
    return "" if field.blank else "a text"
