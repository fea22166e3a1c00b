"""Each part of the pages in each of its states, for whoever works on how the site looks. Only where DEBUG is on."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from commitments.choices import Firmness
from commitments.rules.deadlines import DeadlineStatus
from commitments.rules.findings import Finding
from commitments.rules.replies import ReplyStanding
from commitments.rules.verdicts import VerdictOutcome
from evaltracker.web.presenters.numbers import criterion_bar, score_bar
from labs.choices import Answer, Certainty, Evidence
from labs.rules.depth import Depth, Level
from labs.rules.event_words import ladder
from labs.rules.ranges import Range
from labs.web.columns import ListedRows
from labs.web.filters import AccessEventFilter
from labs.web.parameters import refuse_unknown, requested_day, today
from labs.web.tables import AccessEventTable

COLOURS = (
    *("ground", "surface", "field", "ink", "ink-soft", "rule", "rule-field", "accent", "on-accent", "accent-soft"),
    *("link", "link-hover", "link-visited", "ring", "row-hover", "good", "half", "bad", "doubt", "muted"),
    *("bar-low", "bar-span", "bar-track", "past", "past-line", "mark-ground"),
)
WORDS = (Evidence, Certainty, VerdictOutcome, DeadlineStatus, Finding, Firmness, Answer, ReplyStanding)
RANGES = (Range.of(0), Range.of(0, 100), Range.of(54, 86), Range.of(100))


def style_page(request: HttpRequest) -> HttpResponse:
    """The page; a 404 where DEBUG is off."""
    if not settings.DEBUG:
        raise Http404
    filters = AccessEventFilter(request.GET, day := requested_day(request.GET), day < today())
    refuse_unknown(request.GET, ["as_of", *filters.filters], filters.repeatable())
    filters.check()
    filters.count_choices()
    table = AccessEventTable(ListedRows(filters.index, filters.found), request=request, order_by="-timing")
    context = {
        "nav": "methodology",
        "colours": COLOURS,
        "words": [(terms.__name__, list(terms)) for terms in WORDS if terms is not Evidence],
        "evidences": list(Evidence),
        "bars": [*map(score_bar, RANGES), criterion_bar(Range.of("0.2", "0.7"))],
        "filter": filters,
        "active_filters": filters.active(request.GET) or [{"label": "Lab", "value": "a lab", "remove_url": "?"}],
        "table": table.paginate(page=2, per_page=3) and table,
        "empty_table": AccessEventTable(ListedRows(filters.index, 0), request=request),
        "windows": [
            {"label": label, "url": "?", "is_chosen": chosen} for label, chosen in (("12 months", True), ("all", False))
        ],
        "rungs": ladder(Depth(Level.DEEPER, Level.FINE_TUNING)),
    }
    return render(request, "evaltracker/style.html", context)
