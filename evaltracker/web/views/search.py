"""The search over all public records."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evaltracker.web.parameters import request_parameters
from evaltracker.web.presenters.search import search_sections, searched_kinds, suggestions
from labs.rules.search_words import MOST_CHARACTERS, MOST_WORDS, WORDS_ANYWHERE, SearchError, TypedSearch, read_search
from labs.web.parameters import BadParameters, ParameterProblem

_ECHOED = 60  # characters of a search that is too long


def search_page(request: HttpRequest) -> HttpResponse:
    """The records that have the words of ``q``, by kind; without words, what can be searched."""
    day = request_parameters(request.GET, others=("q",)).day
    typed = request.GET.get("q", "").strip()
    search = requested_search(typed)
    sections = search_sections(search, day, request.GET) if search else []
    context = {
        "typed": typed,
        "search": search,
        "sections": sections,
        "count": sum(section.count for section in sections),
        "suggestions": suggestions(typed, day, request.GET) if search and not sections else [],
        "kinds": [] if sections else searched_kinds(day),
        "words_anywhere": WORDS_ANYWHERE,
        "most_words": MOST_WORDS,
        "most_characters": MOST_CHARACTERS,
    }
    return render(request, "evaltracker/search.html", context)


def requested_search(typed: str) -> TypedSearch | None:
    """The search that was typed; None where it has no word. Raises BadParameters for one that is too long."""
    try:
        return read_search(typed)
    except SearchError as error:
        shown = typed if len(typed) <= _ECHOED else f"{typed[:_ECHOED]}…"
        raise BadParameters([ParameterProblem("q", shown, str(error), [SearchError.allowed])]) from error
