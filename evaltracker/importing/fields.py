"""The fields of the import's forms: each reads a cell of a sheet or a value of JSON, whichever it is given."""

import datetime as dt
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db import models

from evaltracker.importing.names import Names
from evaltracker.importing.problems import CellProblem
from labs.choices import Found
from labs.models import Record
from labs.models.fields import EDTFField, TermsField
from labs.models.states import State
from labs.rules.csv_cells import fields_of_line, fields_of_search_line, quote_line, search_line, unlisted
from labs.rules.dates import EXAMPLES
from labs.rules.lookalikes import Known, Lookalikes
from labs.rules.web_addresses import ALLOWED as ALLOWED_ADDRESS

DAY = "a day such as 2024-05-24"
WHOLE_NUMBER = "a whole number, or empty"
YES_NO = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
FILL_IN = "This has to be filled in."
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class CellField(forms.Field):
    """A field whose value is a text or comes from JSON. ``allowed`` says what it accepts, in a few words."""

    default_error_messages = {"required": FILL_IN}

    def __init__(self, *, allowed: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.allowed = allowed

    def __deepcopy__(self, memo: dict[int, Any]) -> "CellField":
        """Every form gets this one: what it holds never changes, and copies would take most of the time."""
        return self


class TextField(CellField):
    empty_value = ""

    def to_python(self, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            raise CellProblem("It has to be a text in quotation marks, a whole number or null.", self.allowed)
        text = "" if value is None else str(value)
        if _UNSTORABLE.search(text):
            raise CellProblem("It holds a character that no text can hold: a zero byte or half of a pair.")
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()


_text = TextField(required=False).to_python


class TermField(CellField):
    """A member of an enumeration, by its value or its public label."""

    def __init__(self, *, terms: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.terms = terms
        self._values = {label.casefold(): value for value, label in terms} | {v.casefold(): v for v, _ in terms}
        self._is_yes_no = {"yes", "no"} <= self._values.keys()

    def to_python(self, value: Any) -> str:
        if isinstance(value, bool):
            value = "yes" if value else "no"
        text = _text(value)
        if not text:
            return ""
        if self._is_yes_no and text.casefold() in YES_NO:
            text = "yes" if YES_NO[text.casefold()] else "no"
        if text.casefold() not in self._values:
            near = Lookalikes(Known(value, names=(label,)) for value, label in self.terms).nearest(text)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            raise CellProblem(f"“{text}” is not a choice here.{hint}", self.allowed)
        return self._values[text.casefold()]


class TermsCellField(TermField):
    """Members of an enumeration: a JSON list, or a text parted by ``;`` or ``,``, which no term holds."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        texts = _texts(value.replace(",", ";") if isinstance(value, str) else value)
        if wrong := [text for text in texts if text.casefold() not in self._values]:
            raise CellProblem(f"Not a choice here: {', '.join(wrong)}.", self.allowed)
        return [self._values[text.casefold()] for text in texts]


def _texts(value: Any) -> list[str]:
    if value is None or isinstance(value, str):
        return [each for each in unlisted(_text(value)) if each]
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise CellProblem("It has to be a list of texts.", '["…", "…"]')
    return [_text(each) for each in value]


class YesNoField(CellField):
    def to_python(self, value: Any) -> bool | None:
        if isinstance(value, bool):
            return value
        text = _text(value).casefold()
        if text and text not in YES_NO:
            raise CellProblem(f"“{value}” is neither yes nor no.", "yes, no")
        return YES_NO[text] if text else None


class DayField(CellField):
    def to_python(self, value: Any) -> dt.date | None:
        text = _text(value)
        try:
            day = dt.date.fromisoformat(text) if text else None
        except ValueError:
            day = None
        if text and (day is None or day.isoformat() != text):
            raise CellProblem(f"“{text}” is not a day.", DAY)
        return day


class NumberField(CellField):
    def to_python(self, value: Any) -> int | None:
        text = _text(value)
        if text and not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise CellProblem(f"“{text}” is not a whole number.", WHOLE_NUMBER)
        return int(text) if text else None


class RecordField(CellField):
    """One record, by its key or one of its names."""

    def __init__(self, *, model: type[Record], names: Names, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model, self.names = model, names

    def to_python(self, value: Any) -> Record | None:
        text = _text(value)
        return self.names.find(self.model, text) if text else None


class RecordsField(RecordField):
    """Several records: their keys."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return [self.names.find(self.model, text).key for text in _texts(value)]


class ListField(CellField):
    """Names or other texts. Members of a list that goes with another one may be empty (``is_parallel``)."""

    def __init__(self, *, is_parallel: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._is_parallel = is_parallel

    def to_python(self, value: Any) -> list[str]:
        return unlisted(_text(value)) if self._is_parallel and isinstance(value, str) else _texts(value)


class LinesField(CellField, ABC):
    """Parts of a record: one in each line of a cell, or a JSON list of objects with these names."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @abstractmethod
    def line(self, part: State) -> str:
        """The line that the site exports for a part."""

    @abstractmethod
    def fields_of(self, line: str) -> Mapping[str, Any]:
        """The values in a line. Raises CellProblem."""

    @abstractmethod
    def part(self, values: Mapping[str, Any]) -> State:
        """The part as in a state. Raises CellProblem."""

    def to_python(self, value: Any) -> list[State]:
        if value is None or isinstance(value, str):
            given: Iterable[Any] = [each.strip() for each in _text(value).split("\n") if each.strip()]
        elif isinstance(value, list):
            given = value
        else:
            raise CellProblem("It has to be a list.", "[{…}, {…}]")
        parts: list[State] = []
        for number, each in enumerate(given, start=1):
            try:
                part = self.part(self.fields_of(each) if isinstance(each, str) else self._object(each))
            except CellProblem as problem:
                raise CellProblem(f"Line {number}: {problem.messages[0]}", problem.allowed) from problem
            if part not in parts:
                parts.append(part)
        return parts

    def _object(self, value: Any) -> Mapping[str, Any]:
        names = [*self.needed, *self.optional]
        if not isinstance(value, dict):
            raise CellProblem("It has to be an object in braces.", ", ".join(names))
        if unknown := [name for name in value if name not in names]:
            raise CellProblem(f"There is no {', '.join(unknown)} in it.", ", ".join(names))
        if missing := [name for name in self.needed if name not in value]:
            raise CellProblem(f"It has to have {', '.join(missing)} too.", ", ".join(names))
        return value


class CitationsField(LinesField):
    """Citations, as ``labs.rules.csv_cells.quote_line`` writes them."""

    needed = ("source", "quote", "supports")

    def __init__(self, *, source: RecordField, supports: TermField, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._source, self._supports = source, supports

    def line(self, part: State) -> str:
        return quote_line(part["source"], part["supports"], part["quote"])

    def fields_of(self, line: str) -> Mapping[str, Any]:
        try:
            return dict(zip(("source", "supports", "quote"), fields_of_line(line, 3), strict=True))
        except ValueError as error:
            raise CellProblem(
                "It needs a source, what the quote supports, and the quote.",
                "key or title of a source | field, field | the words of the quote; one citation in each line",
            ) from error

    def part(self, values: Mapping[str, Any]) -> State:
        source = self._source.to_python(values["source"])
        if source is None:
            raise CellProblem("It needs a source.", self._source.allowed)
        supports = self._supports.to_python(values["supports"])
        return {"source": source.key, "quote": _text(values["quote"]), "supports": supports}


class SearchesField(LinesField):
    """Searches, as ``labs.rules.csv_cells.search_line`` writes them."""

    needed, optional = ("searched_on", "where"), ("found", "note")

    def __init__(self, *, found: TermField, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._found = found

    def line(self, part: State) -> str:
        return search_line(part["searched_on"], part["found"], part["where"], part["note"])

    def fields_of(self, line: str) -> Mapping[str, Any]:
        try:
            return dict(zip(("searched_on", "found", "where", "note"), fields_of_search_line(line), strict=True))
        except ValueError as error:
            raise CellProblem(
                "It needs a day, what was found, a note (which may be empty) and where we looked.",
                "2024-05-24 | nothing | | where we looked",
            ) from error

    def part(self, values: Mapping[str, Any]) -> State:
        day = DayField(required=False).to_python(values["searched_on"])
        if day is None:
            raise CellProblem("It needs a day.", DAY)
        found = self._found.to_python(values.get("found")) or Found.NOTHING.value
        where, note = (_text(values.get(name)) for name in ("where", "note"))
        return {"searched_on": day.isoformat(), "found": found, "where": where, "note": note}


def cell_field(field: models.Field, names: Names) -> CellField:
    """The form field that reads the cells of a model field. The model's own validation may still refuse the value."""
    required = not field.blank and not field.has_default()
    options: dict[str, Any] = {"required": required, "allowed": allowed_for(field)}
    if field.is_relation:
        return RecordField(model=field.related_model, names=names, **options)
    if isinstance(field, TermsField):
        return TermsCellField(terms=field.terms.choices(), **options)
    if isinstance(field, models.BooleanField):
        return YesNoField(**options | {"required": False})
    if field.choices:
        return TermField(terms=field.choices, **options)
    if isinstance(field, models.DateField):
        return DayField(**options)
    if isinstance(field, models.IntegerField):
        return NumberField(**options)
    return TextField(**options)


def allowed_for(field: models.Field) -> str:
    """What a field accepts, in a few words; "" for free text."""
    or_empty = ", or empty" if field.blank or field.null else ""
    if field.is_relation:
        return f"the key or the name of a record of the kind {field.related_model._meta.verbose_name}{or_empty}"
    if isinstance(field, TermsField):
        return f"any of {', '.join(field.terms.values())}, separated by “;” or “,”, or empty"
    if field.choices:
        return ", ".join(value for value, _ in field.choices) + (", or empty" if field.blank else "")
    if isinstance(field, EDTFField):
        return f"a date such as {EXAMPLES}, or empty"
    if isinstance(field, models.DateField):
        return DAY + or_empty
    if isinstance(field, models.BooleanField):
        return "yes, no"
    if isinstance(field, models.URLField):
        return ALLOWED_ADDRESS + or_empty
    if isinstance(field, models.SlugField):
        return "lower-case words joined by hyphens" + or_empty
    if isinstance(field, models.IntegerField):
        return WHOLE_NUMBER
    if isinstance(field, models.CharField) and field.max_length:
        return f"a text of at most {field.max_length} characters{or_empty}"
    return "" if field.blank else "a text"
