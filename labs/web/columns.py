"""Columns and the base of all tables: plain, sortable the same way on each database, with a stable order."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from labs.rules.vocabulary import Term
from labs.web.parameters import with_kept

NONE = "—"


class SortedColumn(tables.Column):
    """A column sorted by ``by`` (fields); rows without a value come last, ties go by key.

    Where the records carry what was known of a field on a past day (``known_<field>``), that is what sorts.
    ``style`` is a class of the style sheet for its header cell: num, wide or nowrap.
    """

    def __init__(self, *by: str, style: str = "", **kwargs: Any) -> None:
        self.by = by
        if style:
            kwargs.setdefault("attrs", {"th": {"class": style}})
        kwargs.setdefault("empty_values", ())
        kwargs["orderable"] = bool(by)
        super().__init__(**kwargs)

    def order(self, queryset: QuerySet, is_descending: bool) -> tuple[QuerySet, bool]:
        direction = "desc" if is_descending else "asc"
        annotated = queryset.query.annotations
        names = [f"known_{name}" if f"known_{name}" in annotated else name for name in self.by]
        return queryset.order_by(*(getattr(F(name), direction)(nulls_last=True) for name in names), "key"), True


class RecordTable(tables.Table):
    """A table of records. ``default_columns`` (at most eight) are shown unless the reader chooses others.

    ``caption`` says what the rows are, ``empty_text`` what would be here.
    """

    caption = "records"
    caption_one = "record"
    default_columns: tuple[str, ...] = ()
    day: dt.date

    def known(self, records: Iterable[Any]) -> Iterable[Any]:
        """What the ``render_…`` methods get for each record of the page: the record as known on the day."""
        return records

    @property
    def paginated_rows(self) -> list[list[Any]]:
        """The cells of the page, row by row. The library's own loop inspects each method anew for each cell."""
        renders = [getattr(self, f"render_{column.name}") for column in self.columns.itervisible()]
        records = super().paginated_rows.data
        return [[render(record) for render in renders] for record in self.known(records)]

    def link(self, record: Any, text: str = "") -> SafeString:
        """A link to the page of a record, which keeps the day."""
        return format_html(
            '<a href="{}">{}</a>', with_kept(record.get_absolute_url(), self.request.GET), text or str(record)
        )

    def links(self, records: list[Any]) -> SafeString | str:
        """Links to the pages of several records."""
        return format_html_join(", ", "{}", ((self.link(record),) for record in records)) if records else NONE


def badge(term: Term) -> SafeString:
    """A status as a shape and a word."""
    return format_html('<span class="badge badge--{}">{}</span>', term.value, term.label)
