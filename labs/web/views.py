"""The pages of the facts: releases, evaluators, access events and sources, each as a list, as CSV and one by one."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from labs.choices import ACCESS_ANSWERS, Country, EvaluatorKind, Frontier, ReadIn, ReleaseKind, SourceKind
from labs.models import AccessEvent, AIModel, Citation, Evaluator, Record, Source
from labs.queries import (
    EventAsOf,
    ReleaseAsOf,
    evaluators_as_of,
    events_as_of,
    releases_as_of,
    sources_as_of,
    sources_by_key,
    statements_on,
)
from labs.queries.changes import history_of
from labs.rules.citing import quote_id, quote_reference
from labs.web.citing import citation_file, quoted_on
from labs.web.columns import Column
from labs.web.filters import AccessEventFilter, AIModelFilter, EvaluatorFilter, SourceFilter
from labs.web.formats import LABELS, Described, described, record_response
from labs.web.lists import RecordListView
from labs.web.parameters import KEPT, BadParameters, ParameterProblem, refuse_unknown, requested_day, today
from labs.web.record_pages import NotKnownYet, page_of
from labs.web.tables import (
    ACCESS_EVENT_COLUMNS,
    AI_MODEL_COLUMNS,
    EVALUATOR_COLUMNS,
    SOURCE_COLUMNS,
    AccessEventTable,
    AIModelTable,
    EvaluatorTable,
    SourceTable,
)


class AccessEventList(RecordListView):
    nav, title, csv_name, csv_url = "access", "Access events", "access", "labs:event_csv"
    template_name = "labs/event_list.html"
    table_class, filterset_class = AccessEventTable, AccessEventFilter
    rows_on_page = 20  # of many columns: its HTML stays under 40 kB
    is_of_records_alone = True


class AIModelList(RecordListView):
    nav, title, csv_name, csv_url = "models", "Releases of AI models", "models", "labs:model_csv"
    template_name = "labs/model_list.html"
    table_class, filterset_class = AIModelTable, AIModelFilter


class EvaluatorList(RecordListView):
    nav, title, csv_name, csv_url = "evaluators", "Evaluators", "evaluators", "labs:evaluator_csv"
    template_name = "labs/evaluator_list.html"
    table_class, filterset_class = EvaluatorTable, EvaluatorFilter


class SourceList(RecordListView):
    nav, title, csv_name, csv_url = "sources", "Sources", "sources", "labs:source_csv"
    template_name = "labs/source_list.html"
    table_class, filterset_class = SourceTable, SourceFilter


def _record(request: HttpRequest, title: str, columns: Sequence[Column], row: Any) -> HttpResponse:
    """A record as JSON, or null where ``row`` is None: nothing that was public by the day tells of it."""
    refuse_unknown(request.GET, [*KEPT, LABELS])
    return record_response(request, title, columns, requested_day(request.GET), row)


@page_of(AccessEvent)
@described(Described("An access event", ACCESS_EVENT_COLUMNS, is_record=True))
def event_record(request: HttpRequest, key: str) -> HttpResponse:
    """One access event."""
    event = events_as_of(requested_day(request.GET)).get(key)
    return _record(request, event.title if event else "An access event", ACCESS_EVENT_COLUMNS, event)


@page_of(AIModel)
@described(Described("A release", AI_MODEL_COLUMNS, is_record=True))
def model_record(request: HttpRequest, key: str) -> HttpResponse:
    """One release, with who tested it."""
    day = requested_day(request.GET)
    release = releases_as_of(day)[key]
    found = release if day >= today() or release.is_known else None
    return _record(request, release.record.name if found else "A release", AI_MODEL_COLUMNS, found)


@page_of(Evaluator)
@described(Described("An evaluator", EVALUATOR_COLUMNS, is_record=True))
def evaluator_record(request: HttpRequest, key: str) -> HttpResponse:
    """One evaluator."""
    evaluator = evaluators_as_of(requested_day(request.GET))[key]
    return _record(request, evaluator.record.name, EVALUATOR_COLUMNS, evaluator)


@page_of(Source)
@described(Described("A source", SOURCE_COLUMNS, is_record=True))
def source_record(request: HttpRequest, key: str) -> HttpResponse:
    """One source, with all that we quote from it."""
    day = requested_day(request.GET)
    source = (sources_as_of(day) if day < today() else sources_by_key()).get(key)
    return _record(request, source.record.title if source else "A source", SOURCE_COLUMNS, source)


@page_of(AccessEvent)
def event_detail(request: HttpRequest, key: str, *, more: Callable[[EventAsOf], dict[str, Any]]) -> HttpResponse:
    """One access event: who, what, when, how deep, what was published, who says so.

    ``more`` returns what the site shows beside the facts, such as replies: this app does not know them.
    """
    refuse_unknown(request.GET, KEPT)
    day = requested_day(request.GET)
    event = events_as_of(day).get(key)
    if event is None:
        raise NotKnownYet
    context = {
        "nav": "access",
        "event": event,
        "release": releases_as_of(day).get(event.record.model.key) if event.record.model else None,
        "profile": [
            {"question": question, "label": label, "answer": event.fact.access[question]}
            for question, label in ACCESS_ANSWERS.items()
        ],
        "statements": statements_on(event.record, day),
        "history": history_of(event.record, day),
        **more(event),
    }
    return render(request, "labs/event_detail.html", context)


@page_of(AIModel)
def model_detail(request: HttpRequest, key: str, *, more: Callable[[ReleaseAsOf], dict[str, Any]]) -> HttpResponse:
    """One release: who tested it, when against release, how deeply, what was published; in words where nobody did.

    ``more`` returns what the site shows beside the facts: what was promised for it, which this app does not know.
    """
    refuse_unknown(request.GET, KEPT)
    day = requested_day(request.GET)
    release = releases_as_of(day)[key]
    record = release.record
    if day < today() and not release.is_known:
        raise NotKnownYet
    context = {
        "nav": "models",
        "release": release,
        "record": record,
        "kind": ReleaseKind(record.release),
        "frontier": Frontier(record.frontier),
        "citations": release.citations,
        "searches": release.searches_in_words,
        "history": history_of(record, day),
        **more(release),
    }
    return render(request, "labs/model_detail.html", context)


@page_of(Evaluator)
def evaluator_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One evaluator: its names, whom it tested, how deep, how long, what it could publish."""
    refuse_unknown(request.GET, KEPT)
    day = requested_day(request.GET)
    evaluator = evaluators_as_of(day)[key]
    record = evaluator.record
    context = {
        "nav": "evaluators",
        "record": record,
        "evaluator": evaluator,
        "kind": EvaluatorKind(record.kind),
        "country": Country(record.country),
        "citations": evaluator.citations,
        "history": history_of(record, day),
    }
    return render(request, "labs/evaluator_detail.html", context)


@page_of(Source)
def source_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One source and every record that quotes it."""
    refuse_unknown(request.GET, KEPT)
    day = requested_day(request.GET)
    source = (sources_as_of(day) if day < today() else sources_by_key()).get(key)
    if source is None:
        raise NotKnownYet
    record = source.record
    events = events_as_of(day)

    def title_of(record: Record) -> str:
        return events[record.key].title if isinstance(record, AccessEvent) and record.key in events else str(record)

    quoted_in = [
        (kind, [(each, title_of(each), list(quotes)) for each, quotes in groupby(citations, _record_of)])
        for kind, citations in source.citations
    ]
    context = {
        "nav": "sources",
        "source": record,
        "quote_count": source.quote_count,
        "kind": SourceKind(record.kind),
        "quoted_in": quoted_in,
        "read_in": ReadIn(record.read_in),
        "history": history_of(record, day),
    }
    return render(request, "labs/source_detail.html", context)


@page_of(Source)
def source_quote(request: HttpRequest, key: str, *, ending: str) -> HttpResponse:
    """A source as it is cited, in a format, with one of the quotes that we hold of it.

    Raises BadParameters for a ``quote`` that no record holds of the source.
    """
    refuse_unknown(request.GET, [*KEPT, "quote"])
    day = requested_day(request.GET)
    source = (sources_as_of(day) if day < today() else sources_by_key()).get(key)
    if source is None:  # nobody could cite it yet
        return citation_file([], ending, key)
    quotes = {quote_id(each.quote): each.quote for _, citations in source.citations for each in citations}
    asked = request.GET.get("quote")
    if asked is not None and asked not in quotes:
        problem = ParameterProblem("quote", asked, "We hold no such quote of this source.", list(quotes))
        raise BadParameters([problem])
    reference = quote_reference(quoted_on(source.record, day), quotes[asked] if asked else "")
    return citation_file([reference], ending, key)


def _record_of(citation: Citation) -> Record:
    return citation.record
