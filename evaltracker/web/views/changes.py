"""The public changes and the corrections: as a list and as CSV."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from evaltracker.web.filters import ChangeFilter, CorrectionFilter
from evaltracker.web.parameters import RequestParameters, request_parameters
from evaltracker.web.tables import CHANGE_COLUMNS
from labs.models import Proposal
from labs.queries.changes import changes_listed, described_changes, each_row, first_edition
from labs.web.columns import published_fields
from labs.web.facets import FacetedFilterSet
from labs.web.lists import ROWS_ON_PAGE
from labs.web.parameters import address, kept_parameters, requested_page, today
from labs.web.streaming import csv_response, read_in_batches, rows_of


@dataclass(frozen=True, slots=True)
class _Found:
    """The parameters of the request, and the changes that its filters leave."""

    requested: RequestParameters
    filterset: FacetedFilterSet
    is_any: bool  # whether anything was published by the day, whatever the filters


def changes(request: HttpRequest) -> HttpResponse:
    """What became public, changed, was withdrawn or merged, newest first."""
    return _page(request, _changes(request, ("page",)), "changes")


def changes_csv(request: HttpRequest) -> HttpResponseBase:
    """One row for each field and part that changed; other kinds of change have one row."""
    return _csv(_changes(request), "changes")


def corrections(request: HttpRequest) -> HttpResponse:
    """What we got wrong: the old words struck through, the new ones beside them, kept forever."""
    return _page(request, _corrections(request, ("page",)), "corrections")


def corrections_csv(request: HttpRequest) -> HttpResponseBase:
    """One row for each field and part that was corrected."""
    return _csv(_corrections(request), "corrections")


def _changes(request: HttpRequest, others: tuple[str, ...] = ()) -> _Found:
    return _found(request, ChangeFilter, others, {})


def _corrections(request: HttpRequest, others: tuple[str, ...] = ()) -> _Found:
    return _found(request, CorrectionFilter, others, {"is_correction": True})


def _found(
    request: HttpRequest, filters: type[FacetedFilterSet], others: tuple[str, ...], only: dict[str, bool]
) -> _Found:
    """Raises BadParameters for parameters that the page does not have, and values that it cannot show."""
    repeatable = [name for name, each in filters.base_filters.items() if hasattr(each, "conjoined")]
    requested = request_parameters(request.GET, others=[*filters.base_filters, *others], repeatable=repeatable)
    listed = changes_listed(requested.day).filter(**only)
    filterset = filters(request.GET, listed, requested.day, requested.day < today())
    filterset.check()
    return _Found(requested, filterset, listed.exists())


def _page(request: HttpRequest, found: _Found, name: str) -> HttpResponse:
    filterset = found.filterset
    paginator = Paginator(filterset.qs, ROWS_ON_PAGE)
    page = paginator.page(requested_page(request.GET, paginator.num_pages))
    filterset.count_choices()
    context = {
        "nav": "changes",
        "changes": described_changes(page.object_list),
        "pages": {"page": page, "paginator": paginator},
        "is_any": found.is_any,
        "first_edition": first_edition(),
        "filter": filterset,
        "active_filters": filterset.active(request.GET),
        "clear_url": address("", kept_parameters(request.GET)),
        "csv_url": address(reverse(f"{name}_csv"), request.GET, page=None),
    }
    return render(request, f"evaltracker/{name}.html", context)


def _csv(found: _Found, name: str) -> HttpResponseBase:
    proposals: QuerySet[Proposal] = found.filterset.qs
    rows = each_row(read_in_batches(rows_of(proposals), described_changes))
    return csv_response(name, found.requested.day, published_fields(CHANGE_COLUMNS), rows)
