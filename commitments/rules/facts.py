"""The promises as plain values for the rules (see labs.rules.facts)."""

from dataclasses import dataclass

from commitments.choices import (
    About,
    Binding,
    Firmness,
    Origin,
    RequiredEvaluators,
    RequiredReleases,
    StatedBy,
    Wording,
)
from labs.choices import Activity, Results, Timing
from labs.rules.dates import NO_DATE, Span
from labs.rules.facts import CitationFact


@dataclass(frozen=True, slots=True)
class RequirementFact:
    """What keeping a commitment takes, under one reading (methodology, section 7)."""

    activities: frozenset[Activity]
    evaluators: RequiredEvaluators
    visible_in_public: bool
    named_evaluator: str | None = None  # with RequiredEvaluators.NAMED only
    timing: Timing = Timing.BEFORE_DEPLOYMENT
    min_depth: int | None = None  # level 1 to 5; None: no depth asked for
    results_at_least: Results | None = None  # None: no publication asked for
    releases: RequiredReleases = RequiredReleases.FRONTIER


@dataclass(frozen=True, slots=True)
class CommitmentFact:
    """A promise. ``strict`` is None where it carries no requirement, ``lenient`` where it has one reading only.

    ``commitments.rules.verdicts.is_testable`` says whether it is testable.
    """

    key: str
    labs: tuple[str, ...]
    origin: Origin
    about: About
    firmness: Firmness
    stated_by: StatedBy
    counterparty: str | None  # key of an evaluator
    made: Span
    effective: Span
    due: Span
    ended: Span
    superseded_by: str | None  # key of the successor
    strict: RequirementFact | None
    lenient: RequirementFact | None
    not_testable_because: str
    citations: tuple[CitationFact, ...]
    binding: Binding = Binding.UNKNOWN
    fulfilled: Span = NO_DATE
    counterparty_lab: str | None = None  # key of the lab that the counterparty is, if it is one
    wording: Wording = Wording.VERBATIM
