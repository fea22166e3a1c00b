"""The page of the timeline: picture, table, CSV and data for the script."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from evaltracker.web.chart_tables import TIMELINE_COLUMNS, timeline_rows
from evaltracker.web.charts.plots import figure_of
from evaltracker.web.charts.record_labels import RecordLabels, record_labels
from evaltracker.web.charts.timeline import Timeline, timeline_of, timeline_of_all
from evaltracker.web.parameters import request_parameters
from labs.web.formats import COLUMNS, Described, Rows, described, file_parameters, file_response
from labs.web.parameters import KEPT, address, requested_labs

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


@described(Described("Timeline", TIMELINE_COLUMNS, parameters=(*KEPT, "lab")))
def timeline_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """One row for each release and access event; a release without any has one row."""
    timeline, _, _ = _timeline(request, file_parameters(ending))
    rows = list(timeline_rows(timeline))
    return file_response(request, ending, Rows("timeline", "Timeline", TIMELINE_COLUMNS, timeline.day, rows))


def timeline_json(request: HttpRequest) -> JsonResponse:
    """The figure data of the picture, in plotly's terms."""
    timeline, chosen, _ = _timeline(request)
    return JsonResponse(figure_of(timeline.newest(RELEASES_SHOWN), chosen, request.GET).data)


def _timeline(request: HttpRequest, others: Sequence[str] = ()) -> tuple[Timeline, list[str], dict[str, Any]]:
    """The timeline that the address asks for, the labs that it names, and the choices of the form."""
    day = request_parameters(request.GET, ["lab", *others], repeatable=["lab", COLUMNS]).day
    labels = record_labels(day)
    asked = requested_labs(request.GET)
    chosen = [key for key in asked if key in labels.labs]
    timeline = timeline_of(day, *chosen) if asked else timeline_of_all(day)
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
