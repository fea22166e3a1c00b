"""The list page of a kind of record, and the same rows as files."""

from dataclasses import replace
from itertools import takewhile
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from labs.web.columns import ListedRows, RecordTable
from labs.web.facets import ALL_FILTERS, FacetedFilterSet
from labs.web.formats import Described, Format, Rows, chosen_fields, file_parameters, file_response, streamed
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
from labs.web.plain_files import WRITTEN_BY_DATABASE, plain_file

OF_THE_PAGE = ("page", ALL_FILTERS)
"""What says how much of the page is shown, and nothing of its rows."""
BY_KEY = "key"
"""The sort by keys, which are in no column of the page. In files the database can write, it does (``plain_file``)."""


class RecordListView(View):
    """A table with filters, sort, choice of columns and pages, all in the address; with an ``ending``, a file of it.

    Raises BadParameters (400) for a filter value, sort, column, page, day or name of a parameter that does not exist.
    """

    nav = ""
    title = ""  # of its files
    csv_name = ""  # what the name of a file starts with
    csv_url = ""  # the name of the address of the CSV
    template_name = ""
    table_class: type[RecordTable]
    filterset_class: type[FacetedFilterSet]
    rows_on_page = 25
    is_of_records_alone = False  # whether a row says nothing but its record, its parts and what these refer to

    @classmethod
    def describe(cls) -> Described:
        """What the description of the API says of its files."""
        return Described(cls.title, cls.table_class.declared, filters=cls.filterset_class, sorts=cls.sort_values())

    def get(self, request: HttpRequest, ending: str = "") -> HttpResponseBase:
        self.day = requested_day(request.GET)
        filterset = self.filterset_class(request.GET, self.day, self.day < today())
        self._refuse_unknown(request, filterset, ending)
        filterset.check()
        self._refuse_sorts(request)
        if not ending:
            return self._page(request, filterset)
        return self._plain_file(request, filterset, ending) or self._file(request, filterset, ending)

    def table(self, filterset: FacetedFilterSet) -> RecordTable:
        """The table of the rows that the filters leave."""
        return self.table_class(ListedRows(filterset.index, filterset.found), request=self.request)

    def context(self) -> dict[str, Any]:
        """What the template of a kind needs besides."""
        return {}

    def _refuse_unknown(self, request: HttpRequest, filterset: FacetedFilterSet, ending: str) -> None:
        shown = ("sort", *(file_parameters(ending) if ending else ("columns", "page", *filterset.asked_in_full)))
        names = [*filterset.filters, *KEPT, *shown]
        refuse_unknown(request.GET, names, [*filterset.repeatable(), "columns", "sort"])

    def _page(self, request: HttpRequest, filterset: FacetedFilterSet) -> HttpResponse:
        available = list(self.table_class.base_columns)
        chosen = request.GET.getlist("columns")
        self._refuse_columns(request, available)
        shown = chosen or self.table_class.default_columns
        table = self.table(filterset)
        for name in available[1:]:
            if name not in shown:
                table.columns.hide(name)
        table.order_by = self.sorts(request.GET)
        table.paginate(page=1, per_page=self.rows_on_page)
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
            "csv_url": address(reverse(self.csv_url), request.GET, **dict.fromkeys(OF_THE_PAGE)),
            **self.context(),
        }
        return render(request, self.template_name, context)

    def _header(self, name: str) -> str:
        column = self.table_class.base_columns[name]
        return str(column.verbose_name or name.replace("_", " ")).capitalize()

    def _plain_file(self, request: HttpRequest, filterset: FacetedFilterSet, ending: str) -> HttpResponseBase | None:
        """All rows by their keys as the database writes them, without a look at the records; None where it cannot, or
        where the address asks for another order.
        """
        if self._asked_sorts(request.GET)[:1] != [BY_KEY] or not request.GET.keys().isdisjoint(filterset.filters):
            return None
        if ending not in (Format.CSV, Format.JSONL):
            return None
        fields, relations = chosen_fields(request, self.table_class.declared)
        is_json = ending == Format.JSONL
        chunks = plain_file(self.table_class, fields, relations, self.day, is_json=is_json)
        if chunks is None:
            return None
        response = streamed(self.csv_name, self.day, Format(ending), chunks)
        setattr(response, WRITTEN_BY_DATABASE, True)
        return response

    def _file(self, request: HttpRequest, filterset: FacetedFilterSet, ending: str) -> HttpResponseBase:
        found = self.rows_in_order(filterset, request.GET)
        rows = Rows(self.csv_name, self.title, self.table_class.declared, self.day, found)
        if self.is_of_records_alone:
            of_all = address("", request.GET, **dict.fromkeys((*filterset.filters, "sort"))).removeprefix("?")
            rows = replace(rows, of_all=of_all)
        return file_response(request, ending, rows)

    @classmethod
    def rows_in_order(cls, filterset: FacetedFilterSet, query: QueryDict) -> list[Any]:
        """The rows that the filters leave, in the order of the page at this address."""
        columns = cls.table_class.base_columns
        named = [(each.removeprefix("-"), each.startswith("-")) for each in cls.sorts(query)]
        sorts = [(name, columns[name].by, is_descending) for name, is_descending in named]
        return filterset.index.in_order(filterset.found, sorts)

    @classmethod
    def sort_values(cls) -> list[str]:
        """What an address may sort by."""
        sortable = [name for name, column in cls.table_class.base_columns.items() if column.orderable]
        return [*sortable, *(f"-{name}" for name in sortable), BY_KEY]

    @classmethod
    def sorts(cls, query: QueryDict) -> list[str]:
        """The columns that sort the page and its files: those of the address, else those that the table starts with.

        Ties go by their keys. So what stands after ``key`` sorts nothing, and ``key`` alone is no column.
        """
        return list(takewhile(BY_KEY.__ne__, cls._asked_sorts(query) or cls.table_class._meta.order_by or ()))

    @staticmethod
    def _asked_sorts(query: QueryDict) -> list[str]:
        return [each for values in query.getlist("sort") for each in values.split(",")]

    def _refuse_columns(self, request: HttpRequest, available: list[str]) -> None:
        if problems := [
            ParameterProblem("columns", value, "There is no such column.", available)
            for value in request.GET.getlist("columns")
            if value not in available
        ]:
            raise BadParameters(problems)

    def _refuse_sorts(self, request: HttpRequest) -> None:
        allowed = self.sort_values()
        if problems := [
            ParameterProblem("sort", value, "The table cannot be sorted by that.", allowed)
            for value in self._asked_sorts(request.GET)
            if value not in allowed
        ]:
            raise BadParameters(problems)
