"""The fields of the import's forms. Each reads a text or a value of JSON, and gives the value as a state has it."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.db import models

from evaltracker.importing.names import Names
from evaltracker.importing.tables import Problem
from labs.models import Record
from labs.models.fields import EDTFField, TermsField
from labs.rules.csv_cells import unlisted
from labs.rules.dates import EXAMPLES
from labs.rules.lookalikes import Known, Lookalikes
from labs.rules.web_addresses import ALLOWED as ALLOWED_ADDRESS

FILL_IN = "This has to be filled in."
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class CellField(forms.Field):
    """A text, or what ``read`` makes of it, which raises ValidationError; ``default`` where nothing is said.

    ``allowed`` says in a few words what it accepts, ``choices`` are the values, or the model of the records, that it
    offers. ``marks`` part the members of a list in a text; "" for a single value.
    """

    default_error_messages = {"required": FILL_IN}

    def __init__(
        self,
        read: Callable[[str], Any] = str,
        *,
        allowed: str,
        choices: Sequence[str] | type[Record] = (),
        default: Any = None,
        marks: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.read, self.allowed, self.choices, self.default, self.marks = read, allowed, choices, default, marks

    def __deepcopy__(self, memo: dict[int, Any]) -> "CellField":
        """Every form gets this one: what it holds never changes, and copies would take most of the time."""
        return self

    def to_python(self, value: Any) -> Any:
        if self.marks:
            text = value.replace(",", ";") if isinstance(value, str) and "," in self.marks else value
            return sorted({self.read(each) for each in texts_of(text)})
        if value is None:
            return self.default
        if isinstance(value, bool) and self.read is not str:
            value = "yes" if value else "no"
        text = text_of(value)
        return self.read(text) if text else "" if isinstance(self.default, str) else None


def text_of(value: Any) -> str:
    """A value of a cell or of JSON as a text; "" for nothing. Raises Problem."""
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise Problem("", "It has to be a text in quotation marks, a whole number or null.")
    text = "" if value is None else str(value)
    if _UNSTORABLE.search(text):
        raise Problem("", "It holds a character that no text can hold: a zero byte or half of a pair.")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def texts_of(value: Any) -> list[str]:
    """The members of a list of texts, or of a text with ``;`` between them. Raises Problem."""
    if value is None or isinstance(value, str):
        return [each for each in unlisted(text_of(value)) if each]
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Problem("", "It has to be a list of texts.", '["…", "…"]')
    return [text_of(each) for each in value]


def cell_field(field: models.Field, names: Names) -> CellField:
    """The form field that reads a model field, with what it allows. The model's own validation may still refuse it."""
    or_empty = ", or empty" if field.blank or field.null else ""
    given: dict[str, Any] = {"required": not (field.blank or field.null), "default": field.get_default()}
    if field.many_to_many:
        allowed = f"keys or names of {field.related_model._meta.verbose_name_plural}, separated by “;”, or empty"
        return CellField(names.reader(field.related_model), allowed=allowed, marks=";", required=False)
    if field.is_relation:
        model = field.related_model
        allowed = f"the key or the name of a record of the kind {model._meta.verbose_name}{or_empty}"
        return CellField(names.reader(model), allowed=allowed, choices=model, **given)
    if isinstance(field, TermsField):
        allowed = f"any of {', '.join(field.terms.values())}, separated by “;” or “,”, or empty"
        return CellField(_term_reader(field.terms.choices()), allowed=allowed, marks=";,", **given)
    if isinstance(field, models.BooleanField):
        read = _term_reader((("yes", "yes"), ("no", "no")))
        return CellField(lambda text: read(text) == "yes", allowed="yes, no", choices=("yes", "no"), **given)
    if field.choices:
        values = [value for value, _ in field.choices]
        return CellField(_term_reader(field.choices), allowed=", ".join(values) + or_empty, choices=values, **given)
    if isinstance(field, models.DateField):
        return CellField(field.to_python, allowed=f"a day such as 2024-05-24{or_empty}", **given)
    if isinstance(field, models.IntegerField):
        return CellField(field.to_python, allowed="a whole number, or empty", **given)
    allowed = "a text"
    if isinstance(field, EDTFField):
        allowed = f"a date such as {EXAMPLES}"
    elif isinstance(field, models.URLField):
        allowed = ALLOWED_ADDRESS
    elif isinstance(field, models.CharField):
        allowed = f"a text of at most {field.max_length} characters"
    return CellField(allowed=f"{allowed}{or_empty}", **given)


def _term_reader(terms: Sequence[tuple[str, str]]) -> Callable[[str], str]:
    """What finds a member of an enumeration by its value or its public label."""
    values = {label.casefold(): value for value, label in terms} | {value.casefold(): value for value, _ in terms}
    if {"yes", "no"} <= values.keys():
        values |= {"true": "yes", "1": "yes", "false": "no", "0": "no"}

    def read(text: str) -> str:
        if (value := values.get(text.casefold())) is not None:
            return value
        near = Lookalikes(Known(value, names=(label,)) for value, label in terms).nearest(text)
        raise Problem("", f"“{text}” is not a choice here.{f' Did you mean “{near[0]}”?' if near else ''}")

    return read
