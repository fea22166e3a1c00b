"""The labs: the scorecard table, the same as CSV, and each lab's page."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from commitments.queries import ledger, promises_of, questions_as_of, replies_of, scorecards_as_of
from commitments.rules.settling import missing_sentences
from evaltracker.web.charts.figure import figure
from evaltracker.web.charts.record_labels import record_labels
from evaltracker.web.filters import LabFilter
from evaltracker.web.parameters import RequestParameters, request_parameters, window_of_rows
from evaltracker.web.presenters.home import headline_of
from evaltracker.web.presenters.lab import (
    criterion_rows,
    evaluator_rows,
    other_activities,
    promise_groups,
    promise_rows,
    release_entries,
)
from evaltracker.web.presenters.limited import MOST_LINES, limited
from evaltracker.web.presenters.printed import printed
from evaltracker.web.presenters.questions import SETTLING_SHOWN, question_rows, settling_rows
from evaltracker.web.presenters.scorecards import ScoreRow, group_notes, score_rows
from evaltracker.web.tables import LAB_RECORD_COLUMNS, SCORECARD_COLUMNS, ScorecardTable
from labs.choices import Country, Evidence
from labs.models import Lab
from labs.queries import (
    events_without_release,
    lab_complete_to,
    labs_by_key,
    own_source_count,
    releases_of,
)
from labs.queries.changes import history_of
from labs.rules.access import Window
from labs.web.formats import (
    COLUMNS,
    LABELS,
    Described,
    Rows,
    described,
    file_parameters,
    file_response,
    record_response,
)
from labs.web.old_figures import kept_on_disk
from labs.web.parameters import KEPT, address, kept_parameters, today, window_choices, with_kept
from labs.web.record_pages import page_of

FILTERS = ("q", "country")


def lab_list(request: HttpRequest) -> HttpResponse:
    """Every lab with its scorecard, in the methodology's order."""
    requested, filterset, rows = _rows(request)
    table = ScorecardTable(rows, request, ledger(requested.day).access.window_words(requested.window))
    filterset.count_choices()
    context = {
        "nav": "labs",
        "table": table,
        "groups": group_notes(requested.day, requested.window, requested.weights),
        "filter": filterset,
        "active_filters": filterset.active(request.GET),
        "clear_url": address("", kept_parameters(request.GET)),
        "requested": requested,
        "windows": window_choices(request.GET, requested.window),
        "method_weights_url": address("", request.GET, weights=None),
        "csv_url": address(reverse("labs:lab_csv"), request.GET),
    }
    return render(request, "evaltracker/lab_list.html", context)


@kept_on_disk
@described(Described("Labs", SCORECARD_COLUMNS, parameters=KEPT, filters=LabFilter))
def lab_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """One row for each lab; without a release in the window its figures are empty."""
    requested, _, rows = _rows(request, file_parameters(ending))
    window = window_of_rows(ledger(requested.day), requested.window)
    return file_response(request, ending, Rows("labs", "Labs", SCORECARD_COLUMNS, requested.day, rows, window=window))


def _rows(request: HttpRequest, others: Sequence[str] = ()) -> tuple[RequestParameters, LabFilter, list[ScoreRow]]:
    """The parameters of the request, and the rows that its filters leave; ranks are among all labs."""
    requested = request_parameters(request.GET, others=[*FILTERS, *others], repeatable=("country", COLUMNS))
    filterset = LabFilter(request.GET, requested.day, requested.day < today())
    filterset.check()
    is_filtered = any(name in request.GET for name in FILTERS)
    keys = {lab.key for lab in filterset.index.in_order(filterset.found)} if is_filtered else None
    return requested, filterset, score_rows(requested.day, requested.window, requested.weights, keys)


@page_of(Lab)
@described(Described("A lab", LAB_RECORD_COLUMNS, is_record=True))
def lab_record(request: HttpRequest, key: str) -> HttpResponse:
    """What is recorded of one lab, and its scorecard."""
    requested = request_parameters(request.GET, others=[LABELS])
    (row,) = score_rows(requested.day, requested.window, requested.weights, [key])
    window = window_of_rows(ledger(requested.day), requested.window)
    return record_response(request, row.lab.name, LAB_RECORD_COLUMNS, requested.day, row, window)


@page_of(Lab)
def lab_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One lab: its scorecard and what it is based on, its releases, its promises, and what would move its score."""
    requested = request_parameters(request.GET)
    day, window, is_past = requested.day, requested.window, requested.day < today()
    lab = labs_by_key()[key]
    row = score_rows(day, window, requested.weights, [key])[0]
    releases = releases_of(lab, day, is_past)
    by_key = {release.key: release for release in releases}
    promises = promises_of(lab, day, window)
    counting, others = release_entries(ledger(day), window, releases)
    without_release = events_without_release(lab, day)
    events = [event for release in releases for event in release.events]
    promises_by_key = {each.key: each for each in promises}
    open_questions = questions_as_of(day, key, window, requested.weights)
    settling = settling_rows(open_questions.settlings, row.card.score, by_key, promises_by_key)

    def listed_at(name: str, **filters: str) -> str:
        return with_kept(address(reverse(name), {"lab": key, **filters}), request.GET)

    releases_at, promises_at = listed_at("labs:model_list"), listed_at("commitments:commitment_list")
    context = {
        "nav": "labs",
        "lab": lab,
        "country": Country(lab.country),
        "complete_to": lab_complete_to(lab),
        "row": row,
        "scored_count": sum(card.score is not None for card in scorecards_as_of(day, window, requested.weights)),
        "headline": headline_of(ledger(day), window, is_past=is_past, lab=key, maker=lab.name),
        "requested": requested,
        "window_words": ledger(day).access.window_words(window),
        "windows": window_choices(request.GET, window),
        "method_weights_url": address("", request.GET, weights=None),
        "criteria": criterion_rows(row.card, requested.weights, by_key, promises_by_key),
        "counting": limited(counting, releases_at),
        "others": limited(others, releases_at),
        "other_activities": [
            (activity, limited(found, listed_at("labs:event_list", activity=activity.value)))
            for activity, found in other_activities(releases)
        ],
        "without_release": limited(without_release, listed_at("labs:event_list")),
        "promise_count": sum(not each.record.is_law for each in promises),
        "promises": promise_groups(promise_rows(promises, lab.key), promises_at),
        "settling": settling[:SETTLING_SHOWN],
        "more_settling": limited(settling[SETTLING_SHOWN:]),
        "questions": limited(question_rows(open_questions, by_key, promises_by_key), most=MOST_LINES),
        "missing": missing_sentences(
            [each.release.record.name for each in counting if each.release.evidence.word is Evidence.NOTHING_FOUND],
            len(counting),
            row.card.coverage.known,
            row.card.coverage.asked,
        ),
        "evaluators": limited(evaluator_rows([*events, *without_release]), listed_at("labs:event_list")),
        "own_source_count": own_source_count(lab, day, is_past),
        "own_sources_url": with_kept(address(reverse("labs:source_list"), {"lab": key}), request.GET),
        "figure": figure("releases", request.GET, key) if ledger(day).access.counted_in(Window.ALL, key) else None,
        "downloads": [
            ("Scorecards of all labs", with_kept(reverse("labs:lab_csv"), request.GET)),
            ("Its releases", with_kept(address(reverse("labs:model_csv"), {"lab": key}), request.GET)),
            ("Its promises", with_kept(address(reverse("commitments:commitment_csv"), {"lab": key}), request.GET)),
            ("Its access events", with_kept(address(reverse("labs:event_csv"), {"lab": key}), request.GET)),
        ],
        "replies": replies_of(lab, day),
        "history": history_of(lab, day),
        "other_labs": [(other, name) for other, name in record_labels(day).labs.items() if other != key],
    }
    return render(request, "evaltracker/lab_detail.html", context)


@page_of(Lab)
def lab_scorecard(request: HttpRequest, key: str) -> HttpResponse:
    """A lab's scorecard for print: two pages of A4 with its sources as footnotes."""
    requested = request_parameters(request.GET)
    day, window, is_past = requested.day, requested.window, requested.day < today()
    lab = labs_by_key()[key]
    row = score_rows(day, window, requested.weights, [key])[0]
    releases = releases_of(lab, day, is_past)
    promises = promises_of(lab, day, window)
    counting, _ = release_entries(ledger(day), window, releases)
    context = {
        "nav": "labs",
        "lab": lab,
        "row": row,
        "scored_count": sum(card.score is not None for card in scorecards_as_of(day, window, requested.weights)),
        "headline": headline_of(ledger(day), window, is_past=is_past, lab=key, maker=lab.name),
        "window_words": ledger(day).access.window_words(window),
        "criteria": criterion_rows(
            row.card, requested.weights, {each.key: each for each in releases}, {each.key: each for each in promises}
        ),
        "printed": printed(counting, promise_rows(promises, lab.key)),
    }
    return render(request, "evaltracker/lab_scorecard.html", context)
