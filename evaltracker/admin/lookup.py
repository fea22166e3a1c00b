"""Rows by the number in an address of the desk."""

from typing import TypeVar

from django.db.models import Model
from django.http import Http404

from labs.rules.numbers import as_number

Row = TypeVar("Row", bound=Model)


def row_or_404(model: type[Row], number: str) -> Row:
    """The row of that number. Raises Http404 where there is none, and for anything that is not a number."""
    row = model._default_manager.filter(pk=as_number(number)).first()
    if row is None:
        raise Http404(f"There is no such {model._meta.verbose_name}.")
    return row
