"""Rows that the desk's own addresses name by number."""

from typing import TypeVar

from django.db.models import Model
from django.http import Http404

from labs.rules.numbers import as_number

Row = TypeVar("Row", bound=Model)


def row_or_404(model: type[Row], number: str) -> Row:
    """The row of that number, whatever stands in the address. Raises Http404 where there is none."""
    row = model._default_manager.filter(pk=as_number(number)).first()
    if row is None:
        raise Http404(f"There is no such {model._meta.verbose_name}.")
    return row
