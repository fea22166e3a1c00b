"""The public changes and the corrections: as a list, as CSV and as feeds."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import conditional_page

from evaltracker.web.feeds import ORGANISATION, feed_response
from evaltracker.web.filters import ChangeFilter, CorrectionFilter
from evaltracker.web.parameters import RequestParameters, request_parameters
from evaltracker.web.tables import CHANGE_COLUMNS
from labs.models import Evaluator, Lab, Proposal
from labs.queries import labs_by_key
from labs.queries.changes import changes_listed, concerns, described_changes, each_row, first_edition
from labs.queries.kept import records
from labs.web.columns import published_fields
from labs.web.facets import FacetedFilterSet
from labs.web.lists import ROWS_ON_PAGE
from labs.web.parameters import address, kept_parameters, requested_page, today
from labs.web.record_pages import page_of
from labs.web.streaming import csv_response, read_in_batches, rows_of

FEED_OF = {"changes": {}, "corrections": {"correction": "yes"}}
"""What the feed of changes is asked for so that it has what a list has."""


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


@conditional_page
def changes_feed(request: HttpRequest) -> HttpResponse:
    """The newest changes, with the same filters as the list, for programs that tell people what is new."""
    found = _changes(request, ("page",))
    shown_at = address(reverse("changes"), request.GET, page=None)
    return _feed(request, f"{ORGANISATION}: changes", found.filterset.qs, shown_at.removesuffix("?"))


@page_of(Lab)
@conditional_page
def lab_feed(request: HttpRequest, key: str) -> HttpResponse:
    """The changes of a lab, and of the records that concern it."""
    return _feed_of(request, labs_by_key()[key])


@page_of(Evaluator)
@conditional_page
def evaluator_feed(request: HttpRequest, key: str) -> HttpResponse:
    """The changes of an evaluator, and of the records that concern it."""
    return _feed_of(request, records()[Evaluator].by_key[key])


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
        "feed_url": address(reverse("changes_feed"), request.GET, page=None, **FEED_OF[name]),
    }
    return render(request, f"evaltracker/{name}.html", context)


def _feed_of(request: HttpRequest, party: Lab | Evaluator) -> HttpResponse:
    requested = request_parameters(request.GET, others=("page",))
    listed = changes_listed(requested.day).filter(concerns(type(party), [party.key]))
    return _feed(request, f"{ORGANISATION}: changes about {party}", listed, party.get_absolute_url())


def _feed(request: HttpRequest, title: str, listed: QuerySet[Proposal], shown_at: str) -> HttpResponse:
    paginator = Paginator(listed, ROWS_ON_PAGE)
    page = paginator.page(requested_page(request.GET, paginator.num_pages))
    return feed_response(request, title, page, described_changes(page.object_list), shown_at)


def _csv(found: _Found, name: str) -> HttpResponseBase:
    proposals: QuerySet[Proposal] = found.filterset.qs
    rows = each_row(read_in_batches(rows_of(proposals), described_changes))
    return csv_response(name, found.requested.day, published_fields(CHANGE_COLUMNS), rows)
