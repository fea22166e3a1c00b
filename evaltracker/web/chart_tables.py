"""The columns of the timeline and of the share of releases evaluated, by half-year.

``labs.web.columns`` says what a column is and how to add one.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from evaltracker.web.charts.record_labels import record_labels
from evaltracker.web.charts.timeline import Placement, Timeline, TimelineEvent, TimelineRelease
from labs.choices import Activity, Certainty, Outcome, Timing
from labs.models import Evaluator
from labs.models.addresses import page_path
from labs.queries.kept import records
from labs.rules.access import ReleaseStanding
from labs.rules.dates import NO_DATE, Span
from labs.web.columns import (
    AS_OF,
    Coded,
    Column,
    Field,
    FieldType,
    Link,
    count_field,
    edtf_field_group,
    evidence_badge,
    joined,
    reference,
    term_fields,
)
from labs.web.tables import ENDED, STARTED, counted_fields


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A release and one of its access events; one of the two may be missing."""

    day: dt.date
    release: TimelineRelease | None
    event: TimelineEvent | None

    @property
    def lab(self) -> str:
        """The key of the lab."""
        return self.release.release.lab if self.release else self.event.weighed.event.lab  # type: ignore[union-attr]


def timeline_rows(timeline: Timeline) -> Iterator[TimelineRow]:
    """Each release with each of its access events, then the events that are tied to no release."""
    for release in timeline.releases:
        yield from [TimelineRow(timeline.day, release, event) for event in release.events] or [
            TimelineRow(timeline.day, release, None)
        ]
    yield from (TimelineRow(timeline.day, None, event) for event in timeline.unassigned)


def _of(part: str, read: Callable[[Any], Any]) -> Callable[[TimelineRow], Any]:
    """Reads the release or the event of a row; None where the row has none."""
    return lambda row: None if getattr(row, part) is None else read(getattr(row, part))


def _dates(part: str, name: str, description: str, text: Callable[[Any], str], span: Callable[[Any], Span]) -> Column:
    fields = edtf_field_group(
        name,
        description,
        _of(part, text),
        _of(part, lambda each: (span(each) or NO_DATE).earliest),
        _of(part, lambda each: (span(each) or NO_DATE).latest),
    )
    return Column(name=name.removesuffix("_on"), explanation=description, fields=fields)


def _evaluators(row: TimelineRow) -> list[str] | None:
    return None if row.event is None else [part.evaluator for part in row.event.weighed.event.participations]


def _evaluator_names(row: TimelineRow) -> str | None:
    keys = _evaluators(row)
    return None if keys is None else joined(records()[Evaluator].by_key[key].name for key in keys)


def _evaluator_count(row: TimelineRow) -> int | None:
    keys = _evaluators(row)
    return None if keys is None else len(keys)


def _one(name: str, *fields: Field) -> Column:
    return Column(name=name, explanation=fields[0].description, fields=fields)


_FILE_COLUMNS: tuple[Column, ...] = (
    _one("lab", reference("lab")),
    _one(
        "model",
        replace(reference("model"), value=_of("release", lambda each: each.release.key)),
        Field("model_name", _of("release", lambda each: each.release.name), "The name of the release."),
    ),
    _dates(
        "release",
        "released_on",
        "When the release came out.",
        lambda each: each.released_edtf,
        lambda each: each.release.released,
    ),
    _one(
        "standing",
        *term_fields(
            "release_standing",
            _of("release", lambda each: each.standing),
            ReleaseStanding,
            "Whether the release counts in the figures of all time, and if not, why.",
        ),
    ),
    _one("event", replace(reference("event"), value=_of("event", lambda each: each.key))),
    _one(
        "evaluators",
        count_field("evaluator_count", "How many evaluators took part.", _evaluator_count),
        Field("evaluator_names", _evaluator_names, "The evaluators that took part, for people."),
    ),
    _one(
        "activity",
        *term_fields(
            "activity",
            _of("event", lambda each: each.weighed.event.activity),
            Activity,
            "What they did with the model.",
        ),
    ),
    _one(
        "outcome",
        *term_fields(
            "outcome",
            _of("event", lambda each: each.weighed.event.outcome),
            Outcome,
            "Whether the access took place.",
        ),
    ),
    _one(
        "timing",
        *term_fields(
            "timing_by_rule",
            _of("event", lambda each: each.weighed.timing),
            Timing,
            "When it was against the release, by the rules of the methodology.",
        ),
    ),
    _dates(
        "event",
        "started_on",
        STARTED,
        lambda each: each.started_edtf,
        lambda each: each.weighed.event.started,
    ),
    _dates("event", "ended_on", ENDED, lambda each: each.ended_edtf, lambda each: each.weighed.event.ended),
    _one(
        "certainty",
        *term_fields("certainty", _of("event", lambda each: each.weighed.certainty), Certainty, "How sure it is."),
    ),
    Column(
        name="counts",
        explanation="In which figures the event counts, and why not in all.",
        fields=counted_fields(
            _of("event", lambda each: each.weighed.count), _of("event", lambda each: each.weighed.reasons)
        ),
    ),
    _one(
        "drawn",
        *term_fields(
            "drawn",
            _of("event", lambda each: each.placement),
            Placement,
            "Where the event is drawn in the picture.",
        ),
        Field(
            "drawn_from",
            _of("event", lambda each: (each.drawn or NO_DATE).earliest),
            "The first day on which the event is drawn.",
            FieldType.DATE,
        ),
        Field(
            "drawn_to",
            _of("event", lambda each: (each.drawn or NO_DATE).latest),
            "The last day on which the event is drawn.",
            FieldType.DATE,
        ),
    ),
    AS_OF,
)


def _model_cell(row: TimelineRow) -> Link | str:
    if row.release is None:
        return "no single release"
    return Link(page_path("labs:model_detail", row.release.release.key), row.release.release.name)


def _event_cell(row: TimelineRow) -> Link | str:
    if row.event is None:
        return "no test on record"
    note = row.event.placement.label if row.event.placement is Placement.NOWHERE else ""
    return Link(page_path("labs:event_detail", row.event.key), row.event.who, note)


def what_cell(event: TimelineEvent) -> tuple[Coded, ...]:
    """What was done, and the outcome where access was not simply given."""
    fact = event.weighed.event
    what = Coded(fact.activity, event.activity_label)
    return (what,) if fact.outcome is Outcome.GRANTED else (what, Coded(fact.outcome))


_CELLS: dict[str, tuple[str, Callable[[TimelineRow], Any]]] = {
    "model": ("Release", _model_cell),
    "lab": ("Lab", lambda row: Link(page_path("labs:lab_detail", row.lab), record_labels(row.day).labs[row.lab])),
    "released": ("Released", _of("release", lambda each: each.released_label)),
    "event": ("Who", _event_cell),
    "activity": ("What", _of("event", what_cell)),
    "timing": ("When", _of("event", lambda each: Coded(each.weighed.timing, *each.when))),
    "counts": ("Does it count?", _of("event", lambda each: Coded(each.weighed.count, *each.count))),
}
_EVIDENCE = Column(
    name="evidence",
    explanation="What the release’s own access events show of outside model evaluation.",
    cell=_of("release", lambda each: evidence_badge(each.evidence)),
    header="Tested by outsiders?",
)
TIMELINE_COLUMNS: tuple[Column, ...] = (
    *(
        replace(column, header=_CELLS[column.name][0], cell=_CELLS[column.name][1]) if column.name in _CELLS else column
        for column in _FILE_COLUMNS
    ),
    _EVIDENCE,
)
