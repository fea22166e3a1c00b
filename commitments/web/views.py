"""The pages and files of the commitments: a list, each commitment with what became of it, labs × commitments."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from commitments.choices import About, Firmness, Origin, StatedBy, Wording
from commitments.models import Commitment
from commitments.queries import (
    CommitmentAsOf,
    commitments_as_of,
    deadlines_as_of,
    ledger,
    replies_of,
    superseded_commitments,
)
from commitments.rules.ledger import Ledger
from commitments.rules.sentences import framework_title
from commitments.web import presenters
from commitments.web.calendar import calendar_of, left_out_words
from commitments.web.filters import CommitmentFilter, MatrixFilter, ReplyFilter
from commitments.web.tables import (
    COMMITMENT_COLUMNS,
    MATRIX_COLUMNS,
    VERDICT_COLUMNS,
    PromiseTable,
    ReplyTable,
    VerdictRow,
)
from labs.models import AIModel
from labs.queries import events_as_of, labs_by_key
from labs.queries.changes import history_of
from labs.queries.kept import records
from labs.rules.access import Window
from labs.rules.words import listed
from labs.web.columns import ListedRows, pick
from labs.web.facets import FacetedFilterSet
from labs.web.formats import (
    COLUMNS,
    LABELS,
    Described,
    Rows,
    WindowOfRows,
    described,
    file_parameters,
    file_response,
    record_response,
)
from labs.web.lists import RecordListView
from labs.web.old_figures import kept_on_disk
from labs.web.parameters import (
    KEPT,
    address,
    refuse_unknown,
    requested_day,
    requested_labs,
    requested_window,
    today,
    window_choices,
    with_kept,
)
from labs.web.record_pages import NotKnownYet, page_of


class CommitmentList(RecordListView):
    nav, title, csv_name = "commitments", "Commitments", "commitments"
    csv_url = "commitments:commitment_csv"
    template_name = "commitments/commitment_list.html"
    table_class, filterset_class = PromiseTable, CommitmentFilter

    def table(self, filterset: FacetedFilterSet) -> PromiseTable:
        laws, index = filterset.having("origin", Origin.LAW), filterset.index
        promises, laws = (ListedRows(index, filterset.found & each) for each in (index.all & ~laws, laws))
        return PromiseTable(promises, laws, request=self.request)

    def context(self) -> dict[str, Any]:
        window = requested_window(self.request.GET, Window.ALL)
        return {
            "window": window,
            "window_words": ledger(self.day).access.window_words(window),
            "windows": window_choices(self.request.GET, window),
            **_calendar_link(self.request.GET, self.day),
        }


def _calendar_link(parameters: QueryDict, day: dt.date) -> dict[str, Any]:
    """The calendar of the deadlines of the labs that a page is about, and what it holds."""
    labs = [key for key in parameters.getlist("lab") if key in labs_by_key()]
    found = deadlines_as_of(day).of_labs(labs)
    url = with_kept(address(reverse("commitments:deadlines_ics"), {}, **({"lab": labs} if labs else {})), parameters)
    return {
        "calendar_url": url,
        "calendar_labs": listed([labs_by_key()[key].name for key in labs]),
        "deadline_count": len(found.bounded),
        "left_out_words": left_out_words(found),
    }


def deadlines_ics(request: HttpRequest) -> HttpResponse:
    """The due dates of promises as a calendar, of all labs or of those asked for."""
    refuse_unknown(request.GET, [*KEPT, "lab"], ["lab"])
    day, keys = requested_day(request.GET), requested_labs(request.GET)
    found = deadlines_as_of(day).of_labs(keys)
    path = address(request.path, request.GET)
    shown_at = address(reverse("commitments:commitment_list"), {}, **({"lab": keys} if keys else {}))
    return HttpResponse(
        calendar_of(found, day, path, shown_at),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="evaltracker-deadlines.ics"'},
    )


class ReplyList(RecordListView):
    title, csv_name, csv_url = "Questions and replies", "replies", "commitments:reply_csv"
    template_name = "commitments/reply_list.html"
    table_class, filterset_class = ReplyTable, ReplyFilter


@page_of(Commitment)
@described(Described("A commitment", COMMITMENT_COLUMNS, is_record=True))
def commitment_record(request: HttpRequest, key: str) -> HttpResponse:
    """One commitment; null on a day on which it was not public."""
    refuse_unknown(request.GET, [*KEPT, LABELS])
    day, window = requested_day(request.GET), requested_window(request.GET, Window.ALL)
    commitment = commitments_as_of(day, window).get(key)
    title = commitment.record.title if commitment else "A commitment"
    return record_response(request, title, COMMITMENT_COLUMNS, day, commitment, _window(ledger(day), window))


@page_of(Commitment)
def commitment_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One commitment: its words, what keeping it takes, and for each lab and release what became of it, and why."""
    refuse_unknown(request.GET, KEPT)
    day, window = requested_day(request.GET), requested_window(request.GET, Window.ALL)
    record = records()[Commitment].by_key[key]
    commitment = commitments_as_of(day, window).get(key)
    if commitment is None:
        raise NotKnownYet
    context = {
        "nav": "commitments",
        "commitment": commitment,
        "record": record,
        "origin": Origin(record.origin),
        "about": About(record.about),
        "firmness": Firmness(record.firmness),
        "stated_by": StatedBy(record.stated_by),
        "supersedes": superseded_commitments(record, ledger(day)),
        "requirements": presenters.requirements(commitment),
        "window_words": ledger(day).access.window_words(window),
        "lab_rows": presenters.lab_rows(commitment, records()[AIModel].by_key, events_as_of(day)),
        "wording": Wording(record.wording),
        "is_verbatim": Wording(record.wording) is Wording.VERBATIM,
        "framework_title": framework_title(record.framework) if record.framework else "",
        "framework_url": with_kept(
            address(reverse("commitments:commitment_list"), {"framework": record.framework}), request.GET
        ),
        "window": window,
        "windows": window_choices(request.GET, window),
        "csv_url": with_kept(reverse("commitments:verdicts_csv"), request.GET),
        "replies": replies_of(record, day),
        "history": history_of(record, day),
    }
    return render(request, "commitments/commitment_detail.html", context)


@described(Described("Labs × commitments", MATRIX_COLUMNS, filters=MatrixFilter))
def matrix_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """One row for each cell: a promise in force on the day, and a lab that made it. All of them, however many."""
    filterset, commitments, window = requested_matrix(request, file_parameters(ending))
    rows = [(each, part) for each in commitments if not each.record.is_law for part in each.parts]
    day = filterset.day
    return file_response(
        request,
        ending,
        Rows("matrix", "Labs × commitments", MATRIX_COLUMNS, day, rows, window=_window(ledger(day), window)),
    )


def requested_matrix(
    request: HttpRequest, others: Sequence[str] = ()
) -> tuple[MatrixFilter, list[CommitmentAsOf], Window]:
    """What an address below ``commitments/matrix`` asks for, and the commitments in force that its filters leave, the
    oldest first. Raises BadParameters for what it cannot be asked for.
    """
    day, window = requested_day(request.GET), requested_window(request.GET, Window.ALL)
    filterset = MatrixFilter(request.GET, day, day < today())
    refuse_unknown(request.GET, [*filterset.filters, *KEPT, *others], [*filterset.repeatable(), COLUMNS])
    filterset.check()
    oldest_first = [("made", lambda row: row.record.made_on_earliest, False)]
    found = filterset.index.in_order(filterset.found, oldest_first)
    return filterset, pick(commitments_as_of(day, window), (each.key for each in found)), window


@kept_on_disk
@described(Described("Verdicts", VERDICT_COLUMNS, parameters=KEPT))
def verdicts_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """One row for each lab, commitment and release that came out while it was in force."""
    refuse_unknown(request.GET, [*KEPT, *file_parameters(ending)], [COLUMNS])
    day, window = requested_day(request.GET), requested_window(request.GET, Window.ALL)
    found = ledger(day)
    rows = [VerdictRow(verdict, found, window) for verdict in found.verdicts(window)]
    return file_response(
        request, ending, Rows("verdicts", "Verdicts", VERDICT_COLUMNS, day, rows, window=_window(found, window))
    )


def _window(found: Ledger, window: Window) -> WindowOfRows:
    return WindowOfRows(window, found.access.first_day(window), found.access.window_end)
