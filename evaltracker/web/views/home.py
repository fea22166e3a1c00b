"""The front page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from commitments.queries import ledger, scorecards_as_of
from evaltracker.web.charts.figure import figure
from evaltracker.web.charts.record_labels import record_labels
from evaltracker.web.charts.share import FIRST_CHECK
from evaltracker.web.parameters import request_parameters, window_of_rows
from evaltracker.web.presenters.home import headline_of, lab_changes, newest_releases, possible_releases, then_and_now
from evaltracker.web.presenters.scorecards import group_notes, score_rows
from evaltracker.web.tables import HEADLINE_COLUMNS, HeadlineRow, ScorecardTable
from labs.queries.changes import changes_in_words
from labs.queries.checks import checked_sentence
from labs.queries.recorded_changes import changes_by
from labs.rules.access import Window
from labs.rules.words import listed
from labs.web.formats import COLUMNS, Described, Rows, described, file_parameters, file_response
from labs.web.old_figures import kept_on_disk
from labs.web.parameters import KEPT, address, today, window_choices, with_kept

LATELY = 5


def home(request: HttpRequest) -> HttpResponse:
    """The headline with its picture, the newest releases with their testers, the labs, then and now, what changed."""
    requested = request_parameters(request.GET)
    day, is_past = requested.day, requested.day < today()
    rows, access = score_rows(day, requested.window, requested.weights), ledger(day).access
    scored = [row for row in rows if row.has_releases]
    table = ScorecardTable(scored, request, access.window_words(requested.window), exclude=("records",))
    possible = possible_releases(ledger(day), requested.window, record_labels(day).labs)
    now = headline_of(ledger(day), requested.window, is_past=is_past)
    context: dict[str, Any] = {
        "headline": now,
        "figure": figure("releases", request.GET) if access.counted_in(Window.ALL) else None,
        "who": figure("who-tests-whom", request.GET) if access.counted_in(Window.ALL) else None,
        "possible_releases": possible,
        "possible_labs": listed(list(dict.fromkeys(each.lab_name for each in possible))),
        "table": table,
        "groups": group_notes(day, requested.window, requested.weights),
        "without_release": [row.lab for row in rows if not row.has_releases],
        "requested": requested,
        "windows": window_choices(request.GET, requested.window),
        "method_weights_url": address("", request.GET, weights=None),
        "csv_url": with_kept(reverse("labs:lab_csv"), request.GET),
        "newest": newest_releases(day, requested.window),
        "has_scored": bool(scored),
        "lately": changes_in_words(changes_by(day)[:LATELY]),
        "headline_url": with_kept(reverse("headline_csv"), request.GET),
        "twin_url": with_kept(reverse("headline_csv"), request.GET),
        "first_check": None,
        "checked_sentence": checked_sentence(),
    }
    if day > FIRST_CHECK:
        then = headline_of(ledger(FIRST_CHECK), requested.window, is_past=True)
        context |= {
            "first_check": {
                "day": FIRST_CHECK,
                "rows": then_and_now(then.counts, now.counts),
                "releases": (then.counts.releases, now.counts.releases),
                "url": address("", request.GET, as_of=str(FIRST_CHECK)),
                "window": then.window,
            },
            "changes": lab_changes(scorecards_as_of(FIRST_CHECK, requested.window, requested.weights), rows),
        }
    return render(request, "evaltracker/home.html", context)


@kept_on_disk
@described(Described("The headline", HEADLINE_COLUMNS, parameters=KEPT))
def headline_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The figures of the headline, in one row."""
    requested = request_parameters(request.GET, others=file_parameters(ending), repeatable=[COLUMNS])
    found = ledger(requested.day)
    window = window_of_rows(found, requested.window)
    rows = [HeadlineRow(found, requested.window)]
    return file_response(
        request, ending, Rows("headline", "The headline", HEADLINE_COLUMNS, requested.day, rows, window=window)
    )
