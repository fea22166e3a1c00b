"""Labs side by side."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from commitments.queries import ledger
from commitments.rules.ledger import Ledger
from evaltracker.web.chart_tables import TimelineRow, timeline_rows
from evaltracker.web.charts.record_labels import RecordLabels, record_labels
from evaltracker.web.charts.release_rows import release_table
from evaltracker.web.charts.timeline import timeline_of
from evaltracker.web.parameters import RequestParameters, request_parameters, window_of_rows
from evaltracker.web.presenters.compare import compared_figures, order_words, periods
from evaltracker.web.presenters.scorecards import score_rows
from evaltracker.web.tables import SCORECARD_COLUMNS
from labs.queries import labs_by_key, releases_as_of
from labs.rules.access import ReleaseStanding
from labs.rules.words import listed
from labs.web.formats import COLUMNS, Described, Rows, described, file_parameters, file_response
from labs.web.parameters import (
    KEPT,
    BadParameters,
    ParameterProblem,
    address,
    requested_labs,
    window_choices,
    with_kept,
)

FEWEST, MOST = 2, 4


def compare(request: HttpRequest) -> HttpResponse:
    """Two to four labs criterion by criterion, and release by release; without any lab, a form to choose."""
    requested = request_parameters(request.GET, others=("lab",), repeatable=("lab",))
    labels = record_labels(requested.day)
    keys = _requested_labs(request, labels)
    context = {
        "nav": "labs",
        "window_words": ledger(requested.day).access.window_words(requested.window),
        "requested": requested,
        "windows": window_choices(request.GET, requested.window),
        "method_weights_url": address("", request.GET, weights=None),
        "choices": _lab_choices(ledger(requested.day), labels, keys),
        "fewest": FEWEST,
        "most": MOST,
    }
    if len(keys) < FEWEST:
        return render(request, "evaltracker/compare_choose.html", context)
    labs = [labs_by_key()[key] for key in keys]
    found = {row.lab.key: row for row in score_rows(requested.day, requested.window, requested.weights, keys)}
    rows = [found[key] for key in keys]
    releases = [each for each in releases_as_of(requested.day).values() if each.record.lab.key in keys]
    context |= {
        "labs": labs,
        "lines": compared_figures(rows),
        "order": order_words(rows),
        "periods": periods(ledger(requested.day), labs, requested.window, releases),
        "tests": release_table(_rows(requested, keys), request, "tests"),
        "timeline_url": with_kept(address(reverse("figure_timeline"), {}, lab=keys), request.GET),
        "csv_url": address(reverse("labs:compare_csv"), request.GET),
    }
    return render(request, "evaltracker/compare.html", context)


@described(Described("Labs compared", SCORECARD_COLUMNS, parameters=(*KEPT, "lab")))
def compare_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The scorecards of the labs in the address, in its order; none where it names none."""
    requested = request_parameters(request.GET, others=("lab", *file_parameters(ending)), repeatable=("lab", COLUMNS))
    labels = record_labels(requested.day)
    keys = _requested_labs(request, labels)
    found = {row.lab.key: row for row in score_rows(requested.day, requested.window, requested.weights, keys)}
    rows = [found[key] for key in keys]
    window = window_of_rows(ledger(requested.day), requested.window)
    title = f"Compared: {listed([row.lab.name for row in rows]) or 'no labs'}"
    return file_response(request, ending, Rows("compare", title, SCORECARD_COLUMNS, requested.day, rows, window=window))


def _rows(requested: RequestParameters, keys: list[str]) -> list[TimelineRow]:
    """The frontier releases of the labs in the window, each with its tests, newest first."""
    of_labs = timeline_of(requested.day, *keys)
    standing = ledger(requested.day).access.standing
    counted = [each for each in of_labs.releases if standing(each.release, requested.window) is ReleaseStanding.COUNTS]
    return list(timeline_rows(replace(of_labs, releases=tuple(counted), unassigned=())))


def _requested_labs(request: HttpRequest, labels: RecordLabels) -> list[str]:
    """The labs in the address, in its order; without those that are public no more.

    Raises BadParameters for labs that never were, too few or too many.
    """
    named, keys = request.GET.getlist("lab"), requested_labs(request.GET)
    if named and (len(set(named)) != len(named) or not FEWEST <= len(named) <= MOST):
        message = "Labs are compared two to four at a time, each named once."
        allowed = ["lab=openai&lab=anthropic", *labels.labs]
        raise BadParameters([ParameterProblem("lab", ", ".join(named), message, allowed)])
    return [key for key in keys if key in labels.labs]


def _lab_choices(ledger: Ledger, labels: RecordLabels, keys: list[str]) -> list[dict[str, Any]]:
    """The labs that the form offers: those with a release first, each group by name."""
    with_release = {each.release.lab for key, each in ledger.access.assessments.items() if key in labels.released}
    choices = [{"key": key, "name": name, "is_chosen": key in keys} for key, name in labels.labs.items()]
    return sorted(choices, key=lambda choice: choice["key"] not in with_release)
