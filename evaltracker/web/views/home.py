"""The front page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from commitments.queries import ledger, record_counts
from evaltracker.web.charts import share_figure
from evaltracker.web.charts.record_labels import record_labels
from evaltracker.web.charts.share import FIRST_CHECK
from evaltracker.web.charts.strip import strip_of, strip_svg
from evaltracker.web.parameters import request_parameters, window_of_rows
from evaltracker.web.presenters.home import headline_of, lab_changes, newest_events, possible_releases, then_and_now
from evaltracker.web.presenters.scorecards import group_notes, score_rows
from evaltracker.web.tables import HEADLINE_COLUMNS, HeadlineRow, ScorecardTable
from labs.queries import events_as_of, newest_sources
from labs.queries.changes import changes_by, described_changes, proposals_of
from labs.queries.checks import checked_sentence
from labs.rules.words import listed
from labs.web.formats import COLUMNS, Described, Rows, described, file_parameters, file_response
from labs.web.old_figures import VERSIONS, at_asked_version
from labs.web.parameters import KEPT, address, today, window_choices

NEWEST = 6
LATELY = 5


@at_asked_version(is_file=False)
def home(request: HttpRequest) -> HttpResponse:
    """The headline, what it leaves open, the scorecards, then and now, and what is new."""
    requested = request_parameters(request.GET, others=VERSIONS)
    fixed_to = getattr(request, "asked_versions", None)
    of_same_versions = {name: request.GET[name] for name in (*KEPT, *VERSIONS) if name in request.GET}
    day, is_past = requested.day, requested.day < today()
    rows, access = score_rows(day, requested.window, requested.weights), ledger(day).access
    scored = [row for row in rows if row.has_releases]
    table = ScorecardTable(scored, request, access.window_words(requested.window), exclude=("records",))
    possible = possible_releases(ledger(day), requested.window, record_labels(day).labs)
    now = headline_of(ledger(day), requested.window, is_past=is_past)
    strip = strip_of(day, requested.window)
    context: dict[str, Any] = {
        "headline": now,
        "strip": strip,
        "strip_svg": strip_svg(strip, request.GET),
        "possible_releases": possible,
        "possible_labs": listed(list(dict.fromkeys(each.lab_name for each in possible))),
        "table": table,
        "groups": group_notes(day, requested.window, requested.weights),
        "without_release": [row.lab for row in rows if not row.has_releases],
        "requested": requested,
        "windows": window_choices(request.GET, requested.window),
        "method_weights_url": address("", request.GET, weights=None),
        "csv_url": address(reverse("labs:lab_csv"), of_same_versions),
        "figures": [share_figure(ledger(day), request.GET)],
        "counts": record_counts(day, is_past),
        "newest_sources": newest_sources(day, is_past, NEWEST),
        "newest_events": [(since, events_as_of(day)[key]) for key, since in newest_events(ledger(day), NEWEST).items()],
        "lately": described_changes(proposals_of(changes_by(day)[:LATELY])) if fixed_to is None else [],
        "fixed_to": fixed_to,
        "headline_url": address(reverse("headline_csv"), of_same_versions),
        "twin_url": address(reverse("headline_csv"), of_same_versions),
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
            "changes": lab_changes(score_rows(FIRST_CHECK, requested.window, requested.weights), rows),
        }
    return render(request, "evaltracker/home.html", context)


@at_asked_version(is_file=True)
@described(Described("The headline", HEADLINE_COLUMNS, parameters=(*KEPT, *VERSIONS)))
def headline_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The figures of the headline, in one row."""
    others = [*VERSIONS, *file_parameters(ending)]
    requested = request_parameters(request.GET, others=others, repeatable=[COLUMNS])
    found = ledger(requested.day)
    window = window_of_rows(found, requested.window)
    rows = [HeadlineRow(found, requested.window)]
    return file_response(
        request, ending, Rows("headline", "The headline", HEADLINE_COLUMNS, requested.day, rows, window=window)
    )
