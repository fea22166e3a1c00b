"""The numbers of a figure as the table on its page, from the columns that its files have."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from django.http import HttpRequest

from evaltracker.web.charts.kinds import FigureKind
from evaltracker.web.charts.registry import FIGURE
from labs.web.columns import RecordTable

MOST_ROWS = 400
"""So many rows stand on the page of a figure; its files have all."""


class FigureTable(RecordTable):
    """The rows of a figure in its own order, so no column sorts."""

    has_edition = True

    class Meta:
        empty_text = "Nothing was known by this day. Here would be the numbers that the picture shows."


class _Made(Protocol):
    def __call__(self, rows: Sequence[Any]) -> FigureTable: ...


def figure_table(kind: FigureKind, rows: Sequence[Any], request: HttpRequest) -> FigureTable:
    """The first rows of a figure as a table."""
    table = _class_of(kind.slug)(rows[:MOST_ROWS])
    table.request = request
    return table


@cache
def _class_of(slug: str) -> _Made:
    kind = FIGURE[slug]
    shown = tuple(column.name for column in kind.columns if column.cell is not None)
    inside = {"declared": kind.columns, "order": shown, "default_columns": shown, "caption": kind.rows_are}
    return type(f"TableOf{slug.title().replace('-', '')}", (FigureTable,), inside)
