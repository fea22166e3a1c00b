"""The table of what a change of the method moved, as the methodology prints it."""

import datetime as dt
from dataclasses import dataclass

from evaltracker.web.method_changes import METHOD_2_CHANGES, MethodChange
from evaltracker.web.presenters.numbers import of_total
from labs.queries.labs import labs_by_key
from labs.rules.access import Window
from labs.rules.dates import day_label
from labs.rules.ranges import PAGE_PLACES, Range, printed_range, range_words

_NONE = "none"


@dataclass(frozen=True, slots=True)
class MethodChangeRow:
    """One lab in one window on one day, all in words."""

    lab: str
    day: str
    window: str
    evaluated: str
    score_before: str
    score: str
    places_before: str
    places: str
    moved_by: str


def labs_of_changes() -> tuple[str, ...]:
    """The name of the lab of each row."""
    labs = labs_by_key()
    return tuple(labs[each.lab].name if each.lab in labs else each.lab for each in METHOD_2_CHANGES)


def method_change_rows(labs: tuple[str, ...]) -> list[MethodChangeRow]:
    """The rows of the table, by day, window and lab; ``labs`` are the names of the labs in them."""
    return list(map(_row, METHOD_2_CHANGES, labs))


def _row(change: MethodChange, lab: str) -> MethodChangeRow:
    releases, confirmed, possible = change.counts
    return MethodChangeRow(
        lab=lab,
        day=day_label(dt.date.fromisoformat(change.day)),
        window=Window(change.window).label,
        evaluated=of_total(confirmed, possible, releases, "release"),
        score_before=_score(change.score_before),
        score=_score(change.score),
        places_before=_places(change.places_before),
        places=_places(change.places),
        moved_by=change.moved_by,
    )


def _score(ends: tuple[str, str] | None) -> str:
    """In whole numbers, as on every page; the changelog has the decimals."""
    return _NONE if ends is None else printed_range(Range.of(*ends), PAGE_PLACES)


def _places(ends: tuple[int, int] | None) -> str:
    return _NONE if ends is None else range_words(str(ends[0]), str(ends[1]))
