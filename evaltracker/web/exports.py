"""What the CSV downloads of the scorecards and of the changes hold: the published columns, each named here."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from commitments.rules.criteria import METHOD_VERSION, Criterion
from evaltracker.web.presenters.numbers import Bar
from evaltracker.web.presenters.scorecards import ScoreRow
from labs.queries.change_words import NOTHING
from labs.web.streaming import Column

_NAMES = {criterion: criterion.value for criterion in Criterion} | {Criterion.EVALUATED: "evaluated_share"}


def _figure(name: str, read: Callable[[ScoreRow], Any]) -> Column:
    """A figure of the lab's releases in the window; empty where there is none."""
    return Column(name, lambda row: read(row) if row.has_releases else None)


def _range(name: str, read: Callable[[ScoreRow], Bar | None]) -> tuple[Column, Column]:
    """Both ends of a range as the page prints them; empty where it does not apply."""

    def end(text: str) -> Callable[[ScoreRow], str | None]:
        return lambda row: getattr(bar, text) if (bar := read(row)) else None

    return Column(f"{name}_low", end("low_text")), Column(f"{name}_high", end("high_text"))


def _rank(end: str) -> Callable[[ScoreRow], int | None]:
    return lambda row: getattr(row.card.ranks, end) if row.card.ranks else None


def _criterion(criterion: Criterion) -> tuple[Column, Column]:
    return _range(_NAMES[criterion], lambda row: row.criteria[criterion])


SCORECARD_COLUMNS: tuple[Column, ...] = (
    Column("lab", lambda row: row.lab.key),
    Column("as_of", lambda row: row.day),
    Column("window", lambda row: row.card.window.value),
    Column("method_version", lambda _: METHOD_VERSION),
    Column("releases", lambda row: row.card.counts.releases),
    _figure("evaluated_low", lambda row: row.card.counts.evaluated_low),
    _figure("evaluated_high", lambda row: row.card.counts.evaluated_high),
    _figure("deeper_than_users", lambda row: row.card.counts.deeper_than_users),
    *_range("score", lambda row: row.score),
    Column("rank_best", _rank("best")),
    Column("rank_worst", _rank("worst")),
    _figure("facts_known", lambda row: row.card.coverage.known),
    _figure("facts_asked", lambda row: row.card.coverage.asked),
    *(column for criterion in Criterion for column in _criterion(criterion)),
)


def _of_change(name: str, field: str = "") -> Column:
    return Column(name, lambda row: getattr(row[0], field or name))


def _of_row(name: str, field: str) -> Column:
    """What changed, in the words of the page; empty where nothing stood there, and for a change without such rows."""

    def value(row: Any) -> str | None:
        text = getattr(row[1], field) if row[1] else None
        return None if text == NOTHING else text

    return Column(name, value)


CHANGE_COLUMNS: tuple[Column, ...] = (
    _of_change("change", "pk"),
    Column("recorded_at", lambda row: f"{row[0].made_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"),
    _of_change("record_kind"),
    _of_change("key"),
    _of_change("name"),
    Column("kind", lambda row: row[0].kind.value),
    Column("kind_label", lambda row: row[0].kind.label),
    _of_row("field", "field"),
    _of_row("field_label", "label"),
    _of_row("old", "old"),
    _of_row("new", "new"),
    Column("merged_into", lambda row: row[0].into),
    _of_change("reason"),
    _of_change("correction", "is_correction"),
    _of_change("checked_by"),
)
"""A row is a change and one of its rows, or None where it has none."""
