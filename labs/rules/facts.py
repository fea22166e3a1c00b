"""The facts as plain values for the rules: no ORM, no settings, no clock.

Queries build these from the database; the rules turn them into certainty, depth, criteria and verdicts. All are frozen,
so a rule cannot change what the next one reads. Keys are the stable slugs of the records.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from labs.choices import (
    Activity,
    Answer,
    Domain,
    EventLowering,
    Frontier,
    LinkLowering,
    Outcome,
    Owner,
    ReleaseKind,
    Results,
    Timing,
)
from labs.rules.dates import NO_DATE, Span


@dataclass(frozen=True, slots=True)
class SourceFact:
    """Who speaks in a source, and since when it was public (methodology, sections 1 and 2)."""

    key: str
    owner: Owner
    lab: str | None  # key of the lab it belongs to
    evaluator: str | None  # key of the evaluator it belongs to
    is_government: bool  # of kind "government", whether or not it belongs to an evaluator
    published: Span
    read_on: dt.date
    is_model_card: bool = False  # of kind "lab_model_card"
    is_quoted: bool = False  # read only as quoted by somebody else, so it is that somebody's report


@dataclass(frozen=True, slots=True)
class CitationFact:
    """A source and the names of the fields that its quote supports (``access.fine_tuning``, or ``access`` for all)."""

    source: SourceFact
    supports: frozenset[str]


@dataclass(frozen=True, slots=True)
class ParticipationFact:
    """One evaluator's part in an event, with its own certainty (methodology, section 1)."""

    evaluator: str
    is_government: bool = False
    lab: str | None = None  # key of the lab that this evaluator is, if it is one
    lowering: LinkLowering = LinkLowering.AS_EVENT


@dataclass(frozen=True, slots=True)
class EventFact:
    """An access event. ``access`` maps all eight questions of the profile to an Answer."""

    key: str
    lab: str
    model: str | None  # None: the source does not say which release
    participations: tuple[ParticipationFact, ...]
    activity: Activity
    outcome: Outcome
    timing: Timing
    access_days: int | None  # calendar days; None: not disclosed
    domains: frozenset[Domain]  # empty: the source names none
    access: Mapping[str, Answer]
    mitigations_argued: Answer
    results: Results
    lowering: EventLowering
    citations: tuple[CitationFact, ...]
    started: Span = NO_DATE
    ended: Span = NO_DATE


@dataclass(frozen=True, slots=True)
class ReleaseFact:
    """A release of an AI model. ``variant_of`` is the key of the release whose product, mode or weights it is."""

    key: str
    lab: str
    name: str
    released: Span
    kind: ReleaseKind
    frontier: Frontier
    variant_of: str | None = None
