"""Commitments, requirements and verdicts in words and rows, as pages show them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from commitments.choices import Reading, RequiredEvaluators, RequiredReleases
from commitments.models import Requirement
from commitments.queries import (
    CommitmentAsOf,
    CommitmentStanding,
    LabPart,
    requirement_fact,
)
from commitments.rules.findings import EventFinding, asks_for_results
from commitments.rules.verdicts import ReadingVerdict, Verdict, VerdictOutcome
from labs.choices import Activity, Results, Timing
from labs.models import AIModel
from labs.queries import EventAsOf
from labs.rules.depth import Level
from labs.rules.ranges import CRITERION_PLACES, Range, printed, range_words
from labs.rules.vocabulary import Term

_EARLIER_THAN_RELEASE = (Timing.DURING_TRAINING, Timing.BEFORE_INTERNAL_DEPLOYMENT)


def requirement_words(requirement: Requirement) -> str:
    """What keeping a commitment takes under one reading, as a sentence (methodology, section 7)."""
    fact = requirement_fact(requirement)
    activities = _or_list([each.label for each in Activity if each in fact.activities])
    is_named = fact.evaluators is RequiredEvaluators.NAMED
    who = str(requirement.named_evaluator) if is_named else fact.evaluators.label
    # Events after release never keep a promise of access before it, so nothing later than that is ever asked for.
    timing = fact.timing if fact.timing in _EARLIER_THAN_RELEASE else Timing.BEFORE_DEPLOYMENT
    parts = [f"{activities} by {who}", timing.label]
    if fact.min_depth is not None:
        level = Level(fact.min_depth)
        parts.append(f"at least as deep as level {level.value} ({level.label})")
    if asks_for_results(fact) and fact.results_at_least is not None:
        parts.append(f"with no less published than {_results_words(fact.results_at_least)}")
    parts.append("for every release" if fact.releases is RequiredReleases.ALL else "for every frontier release")
    sentence = ", ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def visibility_words(requirement: Requirement) -> str:
    """What finding nothing means under one reading (methodology, section 7)."""
    if requirement.visible_in_public:
        return "Keeping it would be visible in public, so finding nothing counts against it where the promise is firm."
    return "Keeping it need not be visible in public, so where nothing is found one cannot tell."


def verdict_value_words(value: Range | None) -> str:
    """What a verdict is worth in the mean, from 0 to 1, as on the page; the download prints the same figures."""
    if value is None:
        return "left out of the mean"
    low, high = (printed(each, CRITERION_PLACES).rstrip("0").rstrip(".") for each in (value.low, value.high))
    return range_words(low, high, " to ")


def verdict_status(verdict: Verdict) -> Term | CommitmentStanding:
    """The verdict as a status; where the readings differ, a status that says so."""
    if not verdict.is_split:
        return verdict.strict.outcome
    return CommitmentStanding("split", verdict.label, "The two readings of the requirement give different verdicts.")


def verdict_anchor(verdict: Verdict) -> str:
    """Where the verdict on a release stands on the page of its commitment."""
    return f"verdict-{verdict.release.key}"


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """One reading of a commitment in words."""

    reading: Reading
    words: str
    silence: str


def requirements(commitment: CommitmentAsOf) -> list[RequirementRow]:
    """What keeping a commitment takes under each of its readings, the strict one first."""
    return [
        RequirementRow(Reading(requirement.reading), requirement_words(requirement), visibility_words(requirement))
        for requirement in commitment.requirements
    ]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """What one access event says under both readings. ``lenient`` is None where it says the same as ``strict``."""

    event: EventAsOf
    strict: EventFinding
    lenient: EventFinding | None

    @property
    def findings(self) -> list[tuple[str, EventFinding]]:
        """Each finding with the name of its reading, which is empty where both say the same."""
        if self.lenient is None:
            return [("", self.strict)]
        return [(Reading.STRICT.label, self.strict), (Reading.LENIENT.label, self.lenient)]


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """The verdict on one release, with what led to it."""

    verdict: Verdict
    release: AIModel
    rows: list[FindingRow]
    has_two_readings: bool

    @property
    def status(self) -> Term | CommitmentStanding:
        return verdict_status(self.verdict)

    @property
    def anchor(self) -> str:
        return verdict_anchor(self.verdict)

    @property
    def value(self) -> str:
        return verdict_value_words(self.verdict.value)

    @property
    def readings(self) -> list[ReadingVerdict]:
        """The verdict under each reading of the commitment."""
        return [self.verdict.strict, self.verdict.lenient] if self.has_two_readings else [self.verdict.strict]


@dataclass(frozen=True, slots=True)
class LabRow:
    """How one lab kept a testable commitment, the newest release first."""

    part: LabPart
    verdicts: list[VerdictRow]

    @property
    def statuses(self) -> list[tuple[Term | CommitmentStanding, int]]:
        """Each verdict with its number of releases, the best first."""
        return statuses(self.part.verdicts)


def lab_rows(
    commitment: CommitmentAsOf, releases: Mapping[str, AIModel], events: Mapping[str, EventAsOf]
) -> list[LabRow]:
    """Every lab that made a testable commitment, with the verdict on each release and what led to it."""
    return [
        LabRow(part, [_verdict_row(each, releases, events) for each in reversed(part.verdicts)])
        for part in commitment.parts
    ]


def _verdict_row(verdict: Verdict, releases: Mapping[str, AIModel], events: Mapping[str, EventAsOf]) -> VerdictRow:
    rows = []
    for strict, lenient in zip(verdict.strict.findings, verdict.lenient.findings, strict=True):
        is_same = (strict.finding, strict.grounds) == (lenient.finding, lenient.grounds)
        rows.append(FindingRow(events[strict.weighed.event.key], strict, None if is_same else lenient))
    return VerdictRow(verdict, releases[verdict.release.key], rows, verdict.commitment.lenient is not None)


def statuses(verdicts: Iterable[Verdict]) -> list[tuple[Term | CommitmentStanding, int]]:
    """Each verdict as a status with its number of releases, the best first."""
    order = VerdictOutcome.values()
    found: dict[str, Verdict] = {}
    counts: dict[str, int] = defaultdict(int)
    for verdict in verdicts:
        found.setdefault(verdict.label, verdict)
        counts[verdict.label] += 1
    best_first = sorted(
        found.values(), key=lambda each: (order.index(each.strict.outcome), order.index(each.lenient.outcome))
    )
    return [(verdict_status(each), counts[each.label]) for each in best_first]


def _or_list(words: list[str]) -> str:
    """“a, b or c”."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _results_words(results: Results) -> str:
    return {
        Results.EVALUATOR_REPORT: "a report of the evaluator's own",
        Results.EVALUATOR_SUMMARY: "a summary of the evaluator's own",
        Results.LAB_DETAILED: "a detailed account by the lab",
        Results.LAB_SUMMARY: "a short summary by the lab",
    }[results]
