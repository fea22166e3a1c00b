"""Select boxes of the desk that survive what no browser would send."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple

from labs.rules.numbers import LONGEST, as_number


class _Numbers:
    """Looks up numbers only. Django's own asks the database for whatever was sent, which fails on anything else."""

    def optgroups(self, name: str, value: list[str], attr: Any = None) -> Any:
        numbers = [each for each in value if as_number(each) is not None]
        return super().optgroups(name, numbers or [""], attr)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was sent; a number too long for a database becomes 0, which no record has."""
        sent = super().value_from_datadict(data, files, name)
        if isinstance(sent, list):
            return [_short(each) for each in sent]
        return _short(sent) if isinstance(sent, str) else sent


def _short(number: str) -> str:
    return number if len(number) <= LONGEST else "0"


class RecordSelect(_Numbers, AutocompleteSelect):
    """A record, found as one types."""


class RecordSelectMultiple(_Numbers, AutocompleteSelectMultiple):
    """Several records, found as one types."""
