"""The pages of the facts: releases, evaluators, access events and sources, each as a list, as CSV and one by one."""

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from labs.choices import ACCESS_ANSWERS, Country, EvaluatorKind, Frontier, ReleaseKind, SourceKind
from labs.models import AccessEvent, AIModel, Evaluator, Source
from labs.queries import (
    EventAsOf,
    citations_as_of,
    citations_of,
    evaluators_as_of,
    evaluators_listed,
    event_as_of,
    events_listed,
    releases_as_of,
    releases_listed,
    sources_listed,
)
from labs.queries.changes import history_of
from labs.web.filters import AccessEventFilter, AIModelFilter, EvaluatorFilter, SourceFilter
from labs.web.lists import RecordListView
from labs.web.parameters import KEPT, refuse_unknown, requested_day, today
from labs.web.record_pages import page_of
from labs.web.streaming import in_batches
from labs.web.tables import AI_MODEL_READ, CITATIONS_READ, AccessEventTable, AIModelTable, EvaluatorTable, SourceTable


class AccessEventList(RecordListView):
    nav, csv_name, csv_url = "access", "access", "labs:event_csv"
    template_name = "labs/event_list.html"
    table_class, filterset_class = AccessEventTable, AccessEventFilter

    def records(self) -> QuerySet[AccessEvent]:
        return events_listed(self.day, self.is_past)

    def as_rows(self, rows: Any) -> Any:
        return (event_as_of(record, self.day) for record in rows)


class AIModelList(RecordListView):
    nav, csv_name, csv_url = "models", "models", "labs:model_csv"
    template_name = "labs/model_list.html"
    table_class, filterset_class = AIModelTable, AIModelFilter

    def records(self) -> QuerySet[AIModel]:
        return releases_listed(self.day, self.is_past)

    def exported(self, queryset: QuerySet) -> QuerySet:
        return queryset.prefetch_related(*AI_MODEL_READ)

    def as_rows(self, rows: Any) -> Any:
        return in_batches(rows, lambda batch: releases_as_of(batch, self.day))


class EvaluatorList(RecordListView):
    nav, csv_name, csv_url = "evaluators", "evaluators", "labs:evaluator_csv"
    template_name = "labs/evaluator_list.html"
    table_class, filterset_class = EvaluatorTable, EvaluatorFilter

    def records(self) -> QuerySet[Evaluator]:
        return evaluators_listed(self.day)

    def exported(self, queryset: QuerySet) -> QuerySet:
        return queryset.prefetch_related(*CITATIONS_READ)

    def as_rows(self, rows: Any) -> Any:
        return in_batches(rows, lambda batch: evaluators_as_of(batch, self.day))


class SourceList(RecordListView):
    nav, csv_name, csv_url = "sources", "sources", "labs:source_csv"
    template_name = "labs/source_list.html"
    table_class, filterset_class = SourceTable, SourceFilter

    def records(self) -> QuerySet[Source]:
        return sources_listed(self.day, self.is_past)


@page_of(AccessEvent)
def event_detail(request: HttpRequest, key: str, *, more: Callable[[EventAsOf], dict[str, Any]]) -> HttpResponse:
    """One access event: who, what, when, how deep, what was published, who says so.

    ``more`` gives what the site shows beside the facts: facts know of no replies.
    """
    refuse_unknown(request.GET, KEPT)
    day = requested_day(request.GET)
    record = get_object_or_404(AccessEvent.objects.for_rules(), key=key)
    event = event_as_of(record, day)
    if event is None:
        raise Http404(f"Nothing that was public by {day} tells of this event.")
    context = {
        "nav": "access",
        "event": event,
        "profile": [
            {"question": question, "label": label, "answer": event.fact.access[question]}
            for question, label in ACCESS_ANSWERS.items()
        ],
        "history": history_of(record, day),
        **more(event),
    }
    return render(request, "labs/event_detail.html", context)


@page_of(AIModel)
def model_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One release: who tested it, when against release, how deeply, what was published; in words where nobody did."""
    refuse_unknown(request.GET, KEPT)
    day = requested_day(request.GET)
    variants = Prefetch("variants", AIModel.objects.published())
    record = get_object_or_404(releases_listed(day, day < today()).prefetch_related(variants), key=key)
    release = releases_as_of([record], day)[0]
    citations = record.citations.with_sources()
    context = {
        "nav": "models",
        "release": release,
        "record": record,
        "kind": ReleaseKind(record.release),
        "frontier": Frontier(record.frontier),
        "citations": citations_as_of(citations, day),
        "searches": list(record.searches.filter(searched_on__lte=day).order_by("-searched_on")),
        "history": history_of(record, day),
    }
    return render(request, "labs/model_detail.html", context)


@page_of(Evaluator)
def evaluator_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One evaluator: its names, whom it tested, how deep, how long, what it could publish."""
    refuse_unknown(request.GET, KEPT)
    day = requested_day(request.GET)
    record = get_object_or_404(evaluators_listed(day), key=key)
    context = {
        "nav": "evaluators",
        "record": record,
        "evaluator": evaluators_as_of([record], day)[0],
        "kind": EvaluatorKind(record.kind),
        "country": Country(record.country),
        "citations": citations_as_of(record.citations.with_sources(), day),
        "history": history_of(record, day),
    }
    return render(request, "labs/evaluator_detail.html", context)


@page_of(Source)
def source_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One source and all that rests on it."""
    refuse_unknown(request.GET, KEPT)
    day = requested_day(request.GET)
    record = get_object_or_404(sources_listed(day, day < today()), key=key)
    context = {
        "nav": "sources",
        "source": record,
        "kind": SourceKind(record.kind),
        "groups": citations_of(record),
        "history": history_of(record, day),
    }
    return render(request, "labs/source_detail.html", context)
