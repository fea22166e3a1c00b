"""Select boxes of the desk that take whatever is sent, and days with a “today” beside them."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.utils import timezone

from labs.rules.numbers import LONGEST, as_number


class _Numbers:
    """Looks up numbers only. Django's own widget sends any value to the database, which fails on other values.

    Where nothing is chosen it builds no query, which takes longer than all else: most boxes of a new form are empty.
    """

    def optgroups(self, name: str, value: list[str], attr: Any = None) -> Any:
        numbers = [text for text in value if as_number(text) is not None]
        if numbers:
            return super().optgroups(name, numbers, attr)
        needs_none = self.is_required or self.allow_multiple_selected
        return [(None, [] if needs_none else [self.create_option(name, "", "", False, 0)], 0)]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was sent. A number that is too long for a database becomes 0, which no record has."""
        sent = super().value_from_datadict(data, files, name)
        if isinstance(sent, list):
            return [_short(number) for number in sent]
        return _short(sent) if isinstance(sent, str) else sent


def _short(number: str) -> str:
    return number if len(number) <= LONGEST else "0"


class RecordSelect(_Numbers, AutocompleteSelect):
    """One record, found while typing."""


class RecordSelectMultiple(_Numbers, AutocompleteSelectMultiple):
    """Several records, found while typing."""


class _Today(forms.Widget):
    """static/js/desk.js puts a button beside it that fills in the day of the server."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, value, {**(attrs or {}), "data-today": timezone.localdate().isoformat()})


class DayInput(_Today, forms.DateInput):
    """A day of the calendar."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class EDTFInput(_Today, forms.TextInput):
    """A date as precise as its source."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__({"class": "desk-date", **(attrs or {})})
