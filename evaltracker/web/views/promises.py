"""Promises × labs: those that can be checked as a picture, the others as a list, and the laws."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commitments.queries import ledger
from commitments.web.views import requested_matrix
from evaltracker.web.charts.figure import figure
from evaltracker.web.charts.promises import PROMISES, promises_in_force
from evaltracker.web.charts.table import figure_table
from evaltracker.web.presenters.promises import untestable
from labs.web.parameters import address, window_choices, with_kept


def promises_by_lab(request: HttpRequest) -> HttpResponse:
    """The promises in force on the day. The filters narrow the list of those that cannot be checked, and the laws; the
    picture is that of all files and embeds of the figure, so it stays whole.
    """
    filterset, commitments, window = requested_matrix(request)
    filterset.count_choices()
    shown = figure(PROMISES.slug, request.GET)
    groups = untestable(commitments)
    context = {
        "nav": "commitments",
        "figure": shown,
        "table": figure_table(PROMISES, shown.picture.rows, request),
        "in_force": promises_in_force(shown.asked),
        "window_words": ledger(filterset.day).access.window_words(window),
        "groups": groups,
        "untestable_count": sum(len(rows) for _, rows in groups),
        "laws": [each for each in commitments if each.record.is_law],
        "filter": filterset,
        "active_filters": filterset.active(request.GET),
        "clear_url": with_kept(request.path, request.GET),
        "windows": window_choices(request.GET, window),
        "csv_url": address(reverse("commitments:matrix_csv"), request.GET),
        "verdicts_url": with_kept(reverse("commitments:verdicts_csv"), request.GET),
    }
    return render(request, "evaltracker/promises.html", context)
