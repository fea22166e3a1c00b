"""One row per release in words, where there is no room for the picture: who tested it before, and after, by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.http import HttpRequest

from evaltracker.web.chart_tables import TimelineRow, what_cell
from evaltracker.web.charts.record_labels import record_labels
from evaltracker.web.charts.timeline import Side, TimelineEvent, TimelineRelease, days_words, side_of
from labs.models.addresses import page_path
from labs.rules.access import ReleaseStanding
from labs.rules.certainty import DOCUMENTED
from labs.web.columns import NONE, Coded, Column, Items, Link, RecordTable, evidence_badge


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release with its tests; or, of a lab, the tests that are tied to no single release."""

    release: TimelineRelease | None
    lab: Link
    events: tuple[TimelineEvent, ...]


def release_rows(rows: Iterable[TimelineRow]) -> list[ReleaseRow]:
    """The rows of a timeline, one for each release, in their order."""
    found = []
    for (release, lab), of_one in groupby(rows, key=lambda row: (row.release, row.lab)):
        several = list(of_one)
        named = Link(page_path("labs:lab_detail", lab), record_labels(several[0].day).labs[lab])
        found.append(ReleaseRow(release, named, tuple(each.event for each in several if each.event)))
    return found


def _release(row: ReleaseRow) -> Link:
    if row.release is None:
        return Link(row.lab.target, row.lab.text, "no single release")
    standing = "" if row.release.standing is ReleaseStanding.COUNTS else ", not counted"
    note = f"{row.lab.text}, {row.release.released_label}{standing}"
    return Link(page_path("labs:model_detail", row.release.release.key), row.release.release.name, note)


def _tests(side: Side) -> Any:
    def tests(row: ReleaseRow) -> Items | str:
        return Items([_test(event, row.release) for event in row.events if side_of(event) is side]) or NONE

    return tests


def _test(event: TimelineEvent, release: TimelineRelease | None) -> Sequence[Any]:
    """Who, what they did, when against the release as far as a source says, and how sure it is where it is not
    documented: else a release of which only reports say “before” would seem to be tested by the word of somebody.
    """
    days, certainty = days_words(event, release), event.weighed.certainty
    *first, last = what_cell(event)
    unsure = () if certainty in DOCUMENTED else (Coded(certainty),)
    what = (*first, replace(last, after=f", {days}") if days else last, *unsure)
    return Link(page_path("labs:event_detail", event.key), event.who), what


COLUMNS = (
    Column(name="release", explanation="The release.", cell=_release),
    Column(
        name="evidence",
        explanation="What the record shows of outside model evaluation of the release.",
        cell=lambda row: evidence_badge(row.release.evidence) if row.release else NONE,
        header="Tested by outsiders?",
    ),
    *(
        Column(
            name=side.value, explanation=f"The tests {side.label}.", cell=_tests(side), header=side.label.capitalize()
        )
        for side in Side
    ),
)


class ReleaseRows(RecordTable):
    """The rows as a table, newest first, so no column sorts."""

    declared = COLUMNS
    order = default_columns = tuple(column.name for column in COLUMNS)
    caption, caption_one = "rows, each with its tests", "row with its tests"

    class Meta:
        empty_text = "No release is known here."


def release_table(rows: Iterable[TimelineRow], request: HttpRequest, name: str) -> ReleaseRows:
    """The table; ``name`` is its id on the page."""
    table = ReleaseRows(release_rows(rows), attrs={"id": name})
    table.request = request
    return table
