"""The pages of the timeline and of the share of releases evaluated: picture, table, CSV and data for the script."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from commitments import queries
from commitments.rules.ledger import Ledger
from evaltracker.web.charts import share_figure
from evaltracker.web.charts.figure import figure_of
from evaltracker.web.charts.record_labels import RecordLabels, record_labels
from evaltracker.web.charts.share import HalfYear, half_years
from evaltracker.web.charts.timeline import Timeline, TimelineEvent, TimelineRelease, timeline_of, timeline_of_all
from evaltracker.web.parameters import request_parameters
from labs.rules.dates import Span
from labs.rules.ranges import CRITERION_PLACES, printed
from labs.web.columns import Field
from labs.web.parameters import BadParameters, ParameterProblem, address, with_kept
from labs.web.streaming import csv_response

RELEASES_SHOWN = 300
"""The page and its picture show at most this many releases, the newest; the download has all."""


def timeline_page(request: HttpRequest) -> HttpResponse:
    """Releases and what outsiders did about them over time: the picture, and every mark as a row."""
    timeline, chosen, choices = _timeline(request)
    timeline = timeline.newest(RELEASES_SHOWN)
    context = {
        "nav": "timeline",
        "figure": figure_of(timeline, chosen, request.GET),
        "data_url": address(reverse("timeline_figure"), request.GET),
        "timeline": timeline,
        "lab_choices": choices,
        "csv_url": address(reverse("timeline_csv"), request.GET),
    }
    return render(request, "evaltracker/timeline.html", context)


def timeline_csv(request: HttpRequest) -> HttpResponseBase:
    """One row for each release and access event; a release without any has one row."""
    timeline, _, _ = _timeline(request)
    return csv_response("timeline", timeline.day, TIMELINE_FIELDS, _rows(timeline))


def timeline_json(request: HttpRequest) -> JsonResponse:
    """The figure data of the picture, in plotly's terms."""
    timeline, chosen, _ = _timeline(request)
    return JsonResponse(figure_of(timeline.newest(RELEASES_SHOWN), chosen, request.GET).data)


def share_page(request: HttpRequest) -> HttpResponse:
    """The share of frontier releases with an outside evaluation, by half-year: the picture and its table."""
    ledger = _ledger(request)
    context = {
        "figure": share_figure(ledger, request.GET),
        "data_url": with_kept(reverse("share_figure"), request.GET),
        "halves": half_years(ledger),
        "csv_url": with_kept(reverse("share_csv"), request.GET),
    }
    return render(request, "evaltracker/share.html", context)


def share_csv(request: HttpRequest) -> HttpResponseBase:
    """One row for each half-year; without a release its shares are empty."""
    ledger = _ledger(request)
    rows = (_ShareRow(half, ledger.day) for half in half_years(ledger))
    return csv_response("share", ledger.day, SHARE_FIELDS, rows)


def share_json(request: HttpRequest) -> JsonResponse:
    """The figure data of the picture, in plotly's terms."""
    return JsonResponse(share_figure(_ledger(request), request.GET).data)


def _ledger(request: HttpRequest) -> Ledger:
    return queries.ledger(request_parameters(request.GET).day)


def _timeline(request: HttpRequest) -> tuple[Timeline, list[str], dict[str, Any]]:
    """The timeline that the address asks for, the labs that it names, and the choices of the form."""
    day = request_parameters(request.GET, ["lab"], repeatable=["lab"]).day
    labels = record_labels(day)
    chosen = list(dict.fromkeys(request.GET.getlist("lab")))
    if unknown := [key for key in chosen if key not in labels.labs]:
        raise BadParameters(
            [ParameterProblem("lab", key, "There is no such lab.", list(labels.labs)) for key in unknown]
        )
    timeline = timeline_of(day, *chosen) if chosen else timeline_of_all(day)
    return timeline, chosen, _lab_choices(day, labels, chosen)


def _lab_choices(day: dt.date, labels: RecordLabels, chosen: list[str]) -> dict[str, Any]:
    """The labs with anything known by the day, and those that were asked for, by name."""
    present = {name for name, _ in timeline_of_all(day).labs} | set(chosen)
    return {
        "chosen": len(chosen),
        "names": ", ".join(labels.labs[key] for key in chosen),
        "choices": [
            {"key": key, "name": name, "is_chosen": key in chosen}
            for key, name in labels.labs.items()
            if key in present
        ],
    }


@dataclass(frozen=True, slots=True)
class _Row:
    day: dt.date
    release: TimelineRelease | None
    event: TimelineEvent | None

    @property
    def lab(self) -> str:
        return self.release.release.lab if self.release else self.event.weighed.event.lab  # type: ignore[union-attr]


def _rows(timeline: Timeline) -> Iterator[_Row]:
    for release in timeline.releases:
        yield from [_Row(timeline.day, release, event) for event in release.events] or [
            _Row(timeline.day, release, None)
        ]
    yield from (_Row(timeline.day, None, event) for event in timeline.unassigned)


def _of_release(name: str, read: Any) -> Field:
    return Field(name, lambda row: read(row.release) if row.release else None)


def _of_event(name: str, read: Any) -> Field:
    return Field(name, lambda row: read(row.event) if row.event else None)


def _days(name: str, span: Any, column: Any) -> tuple[Field, Field]:
    """The earliest and the latest day of a span, which may be missing."""

    def end(which: str) -> Any:
        return lambda entry: getattr(span(entry) or Span(), which)

    return column(f"{name}_earliest", end("earliest")), column(f"{name}_latest", end("latest"))


TIMELINE_FIELDS: tuple[Field, ...] = (
    Field("lab", lambda row: row.lab),
    _of_release("model", lambda each: each.release.key),
    _of_release("model_name", lambda each: each.release.name),
    _of_release("released_on", lambda each: each.released_edtf),
    *_days("released_on", lambda each: each.release.released, _of_release),
    _of_release("standing", lambda each: each.standing.value),
    _of_event("event", lambda each: each.key),
    _of_event("evaluators", lambda each: [part.evaluator for part in each.weighed.event.participations]),
    _of_event("activity", lambda each: each.weighed.event.activity.value),
    _of_event("outcome", lambda each: each.weighed.event.outcome.value),
    _of_event("timing_by_rule", lambda each: each.weighed.timing.value),
    _of_event("started_on", lambda each: each.started_edtf),
    *_days("started_on", lambda each: each.weighed.event.started, _of_event),
    _of_event("ended_on", lambda each: each.ended_edtf),
    *_days("ended_on", lambda each: each.weighed.event.ended, _of_event),
    _of_event("certainty", lambda each: each.weighed.certainty.value),
    _of_event("counts", lambda each: each.weighed.count.value),
    _of_event("counts_because", lambda each: [reason.value for reason in each.weighed.reasons]),
    _of_event("drawn", lambda each: each.placement.value),
    _of_event("drawn_from", lambda each: (each.drawn or Span()).earliest),
    _of_event("drawn_to", lambda each: (each.drawn or Span()).latest),
    Field("as_of", lambda row: row.day),
)


@dataclass(frozen=True, slots=True)
class _ShareRow:
    half: HalfYear
    day: dt.date


def _share(end: str) -> Any:
    def value(row: _ShareRow) -> str | None:
        return None if row.half.share is None else printed(getattr(row.half.share, end), CRITERION_PLACES)

    return value


SHARE_FIELDS: tuple[Field, ...] = (
    Field("half_year", lambda row: row.half.edtf),
    Field("half_year_from", lambda row: row.half.start),
    Field("half_year_to", lambda row: row.half.end),
    Field("is_running", lambda row: row.half.is_running),
    Field("releases", lambda row: row.half.counts.releases),
    Field("evaluated_low", lambda row: row.half.counts.evaluated_low),
    Field("evaluated_high", lambda row: row.half.counts.evaluated_high),
    Field("deeper_yes", lambda row: row.half.counts.deeper_yes),
    Field("deeper_no", lambda row: row.half.counts.deeper_no),
    Field("deeper_unknown", lambda row: row.half.counts.deeper_unknown),
    Field("share_low", _share("low")),
    Field("share_high", _share("high")),
    Field("as_of", lambda row: row.day),
)
