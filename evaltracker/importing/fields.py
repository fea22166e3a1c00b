"""The fields of the import's forms. Each reads a text or a value of JSON, and gives the value as a state has it."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from evaltracker.importing.names import Names
from evaltracker.importing.problems import Problem
from evaltracker.importing.tables import PartRow
from labs.models import Record
from labs.models.base import Part
from labs.models.fields import EDTFField, TermsField
from labs.models.states import fields_of
from labs.rules.csv_cells import unlisted
from labs.rules.dates import EXAMPLES
from labs.rules.lookalikes import Known, Lookalikes
from labs.rules.web_addresses import ALLOWED as ALLOWED_ADDRESS

DAY = "a day such as 2024-05-24"
SLUG = "lower-case words joined by hyphens"
YES_NO = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
FILL_IN = "This has to be filled in."
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class CellField(forms.Field):
    """A text. ``allowed`` says in a few words what the field accepts; ``empty`` is its value for an empty cell."""

    default_error_messages = {"required": FILL_IN}
    empty: Any = None

    def __init__(self, *, allowed: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.allowed = allowed

    def __deepcopy__(self, memo: dict[int, Any]) -> "CellField":
        """Every form gets this one: what it holds never changes, and copies would take most of the time."""
        return self

    def to_python(self, value: Any) -> Any:
        text = _text(value)
        return self.read(text) if text else self.empty

    def read(self, text: str) -> Any:
        """The value of a text that is not empty. Raises Problem."""
        return text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if not isinstance(value, str | int | None):
        raise Problem("", "It has to be a text in quotation marks, a whole number or null.")
    text = "" if value is None else str(value)
    if _UNSTORABLE.search(text):
        raise Problem("", "It holds a character that no text can hold: a zero byte or half of a pair.")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _texts(value: Any) -> list[str]:
    if value is None or isinstance(value, str):
        return [each for each in unlisted(_text(value)) if each]
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Problem("", "It has to be a list of texts.", '["…", "…"]')
    return [_text(each) for each in value]


class TextField(CellField):
    empty = ""

    def to_python(self, value: Any) -> str:
        if isinstance(value, bool):
            raise Problem("", "It has to be a text in quotation marks, a whole number or null.")
        return super().to_python(value)


class TermField(CellField):
    """A member of an enumeration, by its value or its public label."""

    empty = ""

    def __init__(self, *, terms: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.terms = terms
        self._values = {label.casefold(): value for value, label in terms} | {v.casefold(): v for v, _ in terms}
        self._is_yes_no = {"yes", "no"} <= self._values.keys()

    def read(self, text: str) -> str:
        if self._is_yes_no and text.casefold() in YES_NO:
            text = "yes" if YES_NO[text.casefold()] else "no"
        if text.casefold() not in self._values:
            near = Lookalikes(Known(value, names=(label,)) for value, label in self.terms).nearest(text)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            raise Problem("", f"“{text}” is not a choice here.{hint}")
        return self._values[text.casefold()]


class TermsCellField(TermField):
    """Members of an enumeration: a JSON list, or a text parted by ``;`` or ``,``, which no term holds."""

    def to_python(self, value: Any) -> list[str]:
        texts = _texts(value.replace(",", ";") if isinstance(value, str) else value)
        if wrong := [text for text in texts if text.casefold() not in self._values]:
            raise Problem("", f"Not a choice here: {', '.join(wrong)}.")
        return [self._values[text.casefold()] for text in texts]


class YesNoField(CellField):
    def read(self, text: str) -> bool:
        if text.casefold() not in YES_NO:
            raise Problem("", f"“{text}” is neither yes nor no.")
        return YES_NO[text.casefold()]


class DayField(CellField):
    def read(self, text: str) -> str:
        if not is_day(text):
            raise Problem("", f"“{text}” is not a day.")
        return text


def is_day(text: Any) -> bool:
    """Whether a value is a day as ISO 8601 writes it: 2024-05-24."""
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except (TypeError, ValueError):
        return False


class NumberField(CellField):
    def read(self, text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise Problem("", f"“{text}” is not a whole number.")
        return int(text)


class RecordField(CellField):
    """The key of a record, found by its key or one of its names."""

    def __init__(self, *, model: type[Record], names: Names, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model, self.names = model, names

    def read(self, text: str) -> str:
        return self.names.find(self.model, text).key


class RecordsField(RecordField):
    def to_python(self, value: Any) -> list[str]:
        return sorted({self.read(text) for text in _texts(value)})


class PartsField(CellField):
    """The parts of a record of one relation, such as its citations: objects with the fields of their model.

    ``column_of`` tells the column of a field of a part, and what a problem with it begins with.
    """

    def __init__(
        self, *, model: type[Part], names: Names, column_of: Callable[[str, PartRow], tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.fields = {field.name: cell_field(field, names) for field in fields_of(model)}
        for field in fields_of(model):
            self.fields[field.name].required = field.is_relation and not field.null  # the model says the rest
        self._column_of = column_of
        self._needed = [field.name for field in fields_of(model)
                        if isinstance(field, TermsField) or not (field.blank or field.has_default())]  # fmt: skip

    def to_python(self, value: Any) -> list[PartRow]:
        if not isinstance(value, list) and value not in (None, ""):
            raise Problem("", "It has to be a list.", "[{…}, {…}]")
        parts: list[PartRow] = []
        problems: list[ValidationError] = []
        for number, each in enumerate(value or (), start=1):
            part = PartRow({}, getattr(each, "place", f"Line {number}"))
            try:
                for name, given in self._object(each).items():
                    self._read(part, name, given, problems)
            except Problem as problem:
                problems.append(Problem("", f"{part.place}: {problem.message}", problem.allowed))
            if not part.place or part not in parts:  # a line that stands there twice says no more
                parts.append(part)
        if problems:
            raise ValidationError(problems)
        return parts

    def _read(self, part: PartRow, name: str, value: Any, problems: list[ValidationError]) -> None:
        field = self.fields[name]
        try:
            part[name] = field.clean(value)
        except ValidationError as error:
            column, before = self._column_of(name, part)
            before += f"{name}: " if before and error.code == "required" else ""
            allowed = getattr(error, "allowed", "") or field.allowed
            problems.append(Problem(column, f"{before}{error.messages[0]}", allowed))

    def _object(self, value: Any) -> Mapping[str, Any]:
        """An object with the names of the fields, and with those that it needs if it comes from JSON."""
        if isinstance(value, PartRow):
            return value
        names = ", ".join(self.fields)
        if not isinstance(value, dict):
            raise Problem("", "It has to be an object in braces.", names)
        if unknown := [name for name in value if name not in self.fields]:
            raise Problem("", f"There is no {', '.join(unknown)} in it.", names)
        if missing := [name for name in self._needed if name not in value]:
            raise Problem("", f"It has to have {', '.join(missing)} too.", names)
        return value


def cell_field(field: models.Field, names: Names) -> CellField:
    """The form field that reads a model field, with what it allows. The model's own validation may still refuse it."""
    or_empty = ", or empty" if field.blank or field.null else ""
    options: dict[str, Any] = {"required": not field.blank and not field.has_default()}
    if field.is_relation:
        kind = field.related_model._meta.verbose_name
        allowed = f"the key or the name of a record of the kind {kind}{or_empty}"
        return RecordField(model=field.related_model, names=names, allowed=allowed, **options)
    if isinstance(field, TermsField):
        allowed = f"any of {', '.join(field.terms.values())}, separated by “;” or “,”, or empty"
        return TermsCellField(terms=field.terms.choices(), allowed=allowed, **options)
    if isinstance(field, models.BooleanField):
        return YesNoField(allowed="yes, no", required=False)
    if field.choices:
        allowed = ", ".join(value for value, _ in field.choices) + (", or empty" if field.blank else "")
        return TermField(terms=field.choices, allowed=allowed, **options)
    if isinstance(field, models.DateField):
        return DayField(allowed=DAY + or_empty, **options)
    if isinstance(field, models.IntegerField):
        return NumberField(allowed="a whole number, or empty", **options)
    return TextField(allowed=_allowed_text(field, or_empty), **options)


def _allowed_text(field: models.Field, or_empty: str) -> str:
    if isinstance(field, EDTFField):
        return f"a date such as {EXAMPLES}, or empty"
    if isinstance(field, models.URLField):
        return ALLOWED_ADDRESS + or_empty
    if isinstance(field, models.CharField) and field.max_length:
        return f"a text of at most {field.max_length} characters{or_empty}"
    return "" if field.blank else "a text"
