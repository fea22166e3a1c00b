"""The public changes and the corrections: as a list, as CSV and as feeds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from evaltracker.web.feeds import ORGANISATION, feed_response
from evaltracker.web.filters import ChangeFilter, CorrectionFilter
from evaltracker.web.parameters import RequestParameters, request_parameters
from evaltracker.web.tables import CHANGE_COLUMNS
from labs.models import Evaluator, Lab
from labs.queries import labs_by_key
from labs.queries.changes import (
    changes_in_words,
    concerned,
    described_changes,
    each_row,
    first_edition,
    proposals_of,
)
from labs.queries.kept import records
from labs.queries.recorded_changes import RecordedChange, changes_by
from labs.web.facets import FacetedFilterSet
from labs.web.formats import COLUMNS, Described, Rows, described, file_parameters, file_response
from labs.web.parameters import KEPT, address, kept_parameters, requested_page, today
from labs.web.record_pages import page_of
from labs.web.streaming import read_in_batches

CHANGES_ON_PAGE = 50
FEED_OF = {"changes": {}, "corrections": {"correction": "yes"}}
"""What the feed of changes is asked for so that it has what a list has."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The parameters of the request, and the changes that its filters leave."""

    requested: RequestParameters
    filterset: FacetedFilterSet

    @property
    def is_any(self) -> bool:
        """Whether anything was published by the day, whatever the filters."""
        return bool(self.filterset.index.rows)

    @property
    def changes(self) -> list[RecordedChange]:
        """What the filters leave, newest first."""
        return self.filterset.index.in_order(self.filterset.found)


def changes(request: HttpRequest) -> HttpResponse:
    """What became public, changed, was withdrawn or merged, newest first."""
    return _page(request, _changes(request, ("page",)), "changes")


@described(Described("Changes", CHANGE_COLUMNS, filters=ChangeFilter))
def changes_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """One row for each field and part that changed; other kinds of change have one row."""
    return _file(request, ending, _changes(request, file_parameters(ending)), "changes", "Changes")


def changes_feed(request: HttpRequest) -> HttpResponse:
    """The newest changes, with the same filters as the list, for programs that tell people what is new."""
    found = _changes(request, ("page",))
    shown_at = address(reverse("changes"), request.GET, page=None)
    return _feed(request, f"{ORGANISATION}: changes", found.changes, shown_at.removesuffix("?"))


@page_of(Lab)
def lab_feed(request: HttpRequest, key: str) -> HttpResponse:
    """The changes of a lab, and of the records that concern it."""
    return _feed_of(request, labs_by_key()[key])


@page_of(Evaluator)
def evaluator_feed(request: HttpRequest, key: str) -> HttpResponse:
    """The changes of an evaluator, and of the records that concern it."""
    return _feed_of(request, records()[Evaluator].by_key[key])


def corrections(request: HttpRequest) -> HttpResponse:
    """What we got wrong: the old words struck through, the new ones beside them, kept forever."""
    return _page(request, _corrections(request, ("page",)), "corrections")


@described(Described("Corrections", CHANGE_COLUMNS, filters=CorrectionFilter))
def corrections_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """One row for each field and part that was corrected."""
    return _file(request, ending, _corrections(request, file_parameters(ending)), "corrections", "Corrections")


def _changes(request: HttpRequest, others: Sequence[str] = ()) -> _Found:
    return _found(request, ChangeFilter, others)


def _corrections(request: HttpRequest, others: Sequence[str] = ()) -> _Found:
    return _found(request, CorrectionFilter, others)


def _found(request: HttpRequest, filters: type[FacetedFilterSet], others: Sequence[str]) -> _Found:
    """Raises BadParameters for parameters that the page does not have, and values that it cannot show."""
    names = [*filters.base_filters, *others]
    requested = request_parameters(request.GET, others=names, repeatable=[*filters.repeatable(), COLUMNS])
    filterset = filters(request.GET, requested.day, requested.day < today())
    filterset.check()
    return _Found(requested, filterset)


def _page(request: HttpRequest, found: _Found, name: str) -> HttpResponse:
    filterset = found.filterset
    paginator = Paginator(found.changes, CHANGES_ON_PAGE)
    page = paginator.page(requested_page(request.GET, paginator.num_pages))
    filterset.count_choices()
    context = {
        "nav": "changes",
        "changes": changes_in_words(page.object_list),
        "pages": {"page": page, "paginator": paginator},
        "is_any": found.is_any,
        "first_edition": first_edition(),
        "filter": filterset,
        "active_filters": filterset.active(request.GET),
        "clear_url": address("", kept_parameters(request.GET)),
        "csv_url": address(reverse(f"{name}_csv"), request.GET, page=None),
        "feed_url": _feed_url(request.GET, name),
    }
    return render(request, f"evaltracker/{name}.html", context)


def _feed_url(parameters: QueryDict, name: str) -> str:
    """The feed with the filters of a list, and without its day: a feed is of what is to come."""
    left_out = dict.fromkeys(("page", *KEPT))
    return address(reverse("changes_feed"), parameters, **left_out, **FEED_OF[name]).removesuffix("?")


def _feed_of(request: HttpRequest, party: Lab | Evaluator) -> HttpResponse:
    requested = request_parameters(request.GET, others=("page",))
    listed = [each for each in changes_by(requested.day) if party.key in concerned(each, type(party))]
    return _feed(request, f"{ORGANISATION}: changes about {party}", listed, party.get_absolute_url())


def _feed(request: HttpRequest, title: str, listed: list[RecordedChange], shown_at: str) -> HttpResponse:
    paginator = Paginator(listed, CHANGES_ON_PAGE)
    page = paginator.page(requested_page(request.GET, paginator.num_pages))
    return feed_response(request, title, page, changes_in_words(page.object_list), shown_at)


def _file(request: HttpRequest, ending: str, found: _Found, name: str, title: str) -> HttpResponseBase:
    """JSON comes in pages of changes, each with all its rows."""

    def read(changes: Sequence[RecordedChange]) -> Iterator[Any]:
        return each_row(read_in_batches(changes, lambda some: described_changes(proposals_of(some))))

    return file_response(request, ending, Rows(name, title, CHANGE_COLUMNS, found.requested.day, found.changes, read))
