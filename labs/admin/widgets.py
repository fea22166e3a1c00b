"""Select boxes of the desk that do not fail on values that no browser would send."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple

from labs.rules.numbers import LONGEST, as_number


class _Numbers:
    """Looks up numbers only. Django's own widget sends any value to the database, which fails on other values."""

    def optgroups(self, name: str, value: list[str], attr: Any = None) -> Any:
        numbers = [text for text in value if as_number(text) is not None]
        return super().optgroups(name, numbers or [""], attr)

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
