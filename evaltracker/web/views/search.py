"""The search over all public records."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from evaltracker.web.parameters import request_parameters
from evaltracker.web.presenters.search import (
    Result,
    hits_in_order,
    results_of,
    search_sections,
    searched_kinds,
    suggestions,
)
from evaltracker.web.tables import SEARCH_COLUMNS
from labs.queries.search import Hit, found
from labs.rules.search_words import (
    MOST_CHARACTERS,
    MOST_WORDS,
    WORDS_ANYWHERE,
    SearchError,
    TypedSearch,
    keyword_searches,
    read_search,
)
from labs.web.formats import COLUMNS, Described, Rows, described, file_parameters, file_response
from labs.web.parameters import KEPT, BadParameters, ParameterProblem, address

_ECHOED = 60  # characters of a search that is too long


def search_page(request: HttpRequest) -> HttpResponse:
    """The records that have the words of ``q``, by kind; without words, what can be searched."""
    day = request_parameters(request.GET, others=("q",)).day
    typed = request.GET.get("q", "").strip()
    search = searched_for(requested_search(typed), day)
    sections = search_sections(search, day, request.GET) if search else []
    context = {
        "typed": typed,
        "search": search,
        "keywords": search.typed if search and search.typed != typed else "",
        "sections": sections,
        "count": sum(section.count for section in sections),
        "suggestions": suggestions(typed, day, request.GET) if search and not sections else [],
        "kinds": [] if sections else searched_kinds(day),
        "words_anywhere": WORDS_ANYWHERE,
        "most_words": MOST_WORDS,
        "most_characters": MOST_CHARACTERS,
        "csv_url": address(reverse("search_csv"), request.GET),
    }
    return render(request, "evaltracker/search.html", context)


@described(Described("What a search found", SEARCH_COLUMNS, parameters=("q", *KEPT)))
def search_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """One row for each record that was found, in the order of the page."""
    parameters = request_parameters(request.GET, others=["q", *file_parameters(ending)], repeatable=[COLUMNS])
    day = parameters.day
    search = searched_for(requested_search(request.GET.get("q", "").strip()), day)
    if search is None:
        return file_response(request, ending, Rows("search", "Search", SEARCH_COLUMNS, day, []))
    title = f"Search: {search.typed}"

    def read(hits: Iterable[Hit]) -> Iterator[Result]:
        return results_of(hits, search, day, request.GET)

    rows = Rows("search", title, SEARCH_COLUMNS, day, hits_in_order(search, day), read)
    return file_response(request, ending, rows)


def searched_for(search: TypedSearch | None, day: dt.date) -> TypedSearch | None:
    """The search; where no record has all its words, the one in its place that finds something (``keyword_searches``).

    That is a search like any other, so both databases find the same in the same order.
    """
    if search is None or found(search.typed, day):
        return search
    return next((read_search(each) for each in keyword_searches(search.typed) if found(each, day)), search)


def requested_search(typed: str) -> TypedSearch | None:
    """The search that was typed; None where it has no word. Raises BadParameters for one that is too long."""
    try:
        return read_search(typed)
    except SearchError as error:
        shown = typed if len(typed) <= _ECHOED else f"{typed[:_ECHOED]}…"
        raise BadParameters([ParameterProblem("q", shown, str(error), [SearchError.allowed])]) from error
