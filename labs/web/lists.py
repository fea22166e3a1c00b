"""The list page of a kind of record, and the same rows as CSV."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from labs.web.columns import ListedRows, RecordTable, published_fields
from labs.web.facets import FacetedFilterSet
from labs.web.parameters import (
    KEPT,
    BadParameters,
    ParameterProblem,
    address,
    kept_parameters,
    refuse_unknown,
    requested_day,
    requested_page,
    today,
)
from labs.web.streaming import csv_response

ROWS_ON_PAGE = 50


class RecordListView(View):
    """A table with filters, sort, choice of columns and pages, all in the address; ``as_csv`` streams all rows.

    Raises BadParameters (400) for a filter value, sort, column, page, day or name of a parameter that does not exist.
    """

    as_csv = False
    nav = ""
    csv_name = ""  # what the name of the file starts with
    csv_url = ""  # the name of its address
    template_name = ""
    table_class: type[RecordTable]
    filterset_class: type[FacetedFilterSet]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        self.day = requested_day(request.GET)
        filterset = self.filterset_class(request.GET, self.day, self.day < today())
        self._refuse_unknown(request, filterset)
        filterset.check()
        if self.as_csv:
            rows = filterset.index.in_order(filterset.found)
            return csv_response(self.csv_name, self.day, published_fields(self.table_class.declared), rows)
        return self._page(request, filterset)

    def table(self, filterset: FacetedFilterSet) -> RecordTable:
        """The table of the rows that the filters leave."""
        return self.table_class(ListedRows(filterset.index, filterset.found), request=self.request)

    def context(self) -> dict[str, Any]:
        """What the template of a kind needs besides."""
        return {}

    def _refuse_unknown(self, request: HttpRequest, filterset: FacetedFilterSet) -> None:
        shown = () if self.as_csv else ("sort", "columns", "page")
        names = [*filterset.filters, *KEPT, *shown]
        refuse_unknown(request.GET, names, [*filterset.repeatable(), "columns", "sort"])

    def _page(self, request: HttpRequest, filterset: FacetedFilterSet) -> HttpResponse:
        available = list(self.table_class.base_columns)
        chosen = request.GET.getlist("columns")
        self._refuse_choices(request, available)
        shown = chosen or self.table_class.default_columns
        table = self.table(filterset)
        for name in available[1:]:
            if name not in shown:
                table.columns.hide(name)
        if sorts := [each for values in request.GET.getlist("sort") for each in values.split(",")]:
            table.order_by = sorts
        table.paginate(page=1, per_page=ROWS_ON_PAGE)
        table.page = table.paginator.page(requested_page(request.GET, table.paginator.num_pages))
        filterset.count_choices()
        context = {
            "nav": self.nav,
            "table": table,
            "filter": filterset,
            "active_filters": filterset.active(request.GET),
            "clear_url": address("", kept_parameters(request.GET)),
            "column_choices": [
                {"name": name, "label": self._header(name), "checked": name in shown} for name in available[1:]
            ],
            "csv_url": address(reverse(self.csv_url), request.GET, sort=None, columns=None, page=None),
            **self.context(),
        }
        return render(request, self.template_name, context)

    def _header(self, name: str) -> str:
        column = self.table_class.base_columns[name]
        return str(column.verbose_name or name.replace("_", " ")).capitalize()

    def _refuse_choices(self, request: HttpRequest, available: list[str]) -> None:
        sortable = [name for name, column in self.table_class.base_columns.items() if column.orderable]
        problems = [
            ParameterProblem("columns", value, "There is no such column.", available)
            for value in request.GET.getlist("columns")
            if value not in available
        ]
        problems += [
            ParameterProblem(
                "sort",
                value,
                "The table cannot be sorted by that.",
                [*sortable, *(f"-{name}" for name in sortable)],
            )
            for values in request.GET.getlist("sort")
            for value in values.split(",")
            if value.removeprefix("-") not in sortable
        ]
        if problems:
            raise BadParameters(problems)
