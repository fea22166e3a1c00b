"""Commitment against practice: was a testable promise kept for a release? (methodology, section 7)

Facts alone decide the verdict. No review by an editor can be entered yet.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from commitments.choices import Firmness, Reading, RequiredReleases, Wording
from commitments.rules.certainty import commitment_certainty
from commitments.rules.facts import CommitmentFact, RequirementFact
from commitments.rules.findings import EventFinding, Finding, asks_for_results, event_finding, event_findings
from labs.choices import Frontier
from labs.rules.access import ReleaseStanding, WeighedEvent
from labs.rules.certainty import is_documented
from labs.rules.facts import ReleaseFact
from labs.rules.ledger import Assessment
from labs.rules.ranges import Range, hull
from labs.rules.vocabulary import Term

PUBLICATION_GRACE = dt.timedelta(days=30)
"""For how long after release published results are not yet due (methodology, section 7)."""

_HALF = Fraction(1, 2)


class VerdictOutcome(Term):
    """The verdict on one commitment, one release and one reading, the best first (methodology, section 7).

    ``is_testable`` says beforehand whether a commitment can have verdicts.
    """

    KEPT = "kept", "kept", "A documented event, known to be before deployment, meets every part."
    PARTLY_KEPT = (
        "partly_kept",
        "partly kept",
        "A documented event before deployment falls short of the depth or the publication asked for.",
    )
    UNCLEAR = "unclear", "unclear", "What is not documented or not disclosed stands between it and “kept”."
    NOT_KEPT = "not_kept", "not kept", "A documented record says that it did not happen."
    NOTHING_FOUND = (
        "nothing_found",
        "nothing found",
        "No such event on record, although the promise is firm and keeping it would be visible in public.",
    )
    CANNOT_TELL = (
        "cannot_tell",
        "cannot tell",
        "No such event on record, but that need not mean that the promise was broken.",
    )
    NOT_YET_DUE = (
        "not_yet_due",
        "not yet due",
        "The deadline, or the grace for publishing results, is running.",
    )
    DOES_NOT_APPLY = (
        "does_not_apply",
        "does not apply",
        "This reading asks for it for frontier releases only.",
    )


_OF_A_TEST = {VerdictOutcome.KEPT, VerdictOutcome.PARTLY_KEPT, VerdictOutcome.UNCLEAR}
"""The verdicts that rest on an event which was not after release."""


class Doubt(Term):
    """Why "cannot tell" rather than "nothing found" (methodology, section 7)."""

    NOT_FIRM = "not_firm", "the promise is not firm: its condition may not have arisen"
    NOT_VISIBLE = "not_visible", "keeping it need not be visible in public"
    ONLY_REPORTED = "only_reported", "that the lab promised it is only reported"


OUTCOME_VALUES: dict[VerdictOutcome, Range | None] = {
    VerdictOutcome.KEPT: Range.of(1),
    VerdictOutcome.PARTLY_KEPT: Range.of(_HALF),
    VerdictOutcome.UNCLEAR: Range.of(0, 1),
    VerdictOutcome.NOT_KEPT: Range.of(0),
    VerdictOutcome.NOTHING_FOUND: Range.of(0),
    VerdictOutcome.CANNOT_TELL: Range.of(0, 1),
    VerdictOutcome.NOT_YET_DUE: None,
    VerdictOutcome.DOES_NOT_APPLY: None,
}
"""What each verdict is worth; None is left out of the mean (methodology, section 7)."""

_PARTLY_BESIDE_UNCLEAR = Range.of(_HALF, 1)
_PARTLY_AT_BEST = Range.of(0, _HALF)
_FINAL_AT_ONCE = frozenset({VerdictOutcome.KEPT, VerdictOutcome.NOT_KEPT})
_COUNTING = frozenset({ReleaseStanding.COUNTS})
JUDGED = frozenset({ReleaseStanding.COUNTS, ReleaseStanding.NOT_FRONTIER, ReleaseStanding.FRONTIER_UNKNOWN})
"""The standings of a release for which any commitment can have a verdict."""


@dataclass(frozen=True, slots=True)
class ReadingVerdict:
    """The verdict under one reading, with what led to it: every event of the release and its finding.

    ``value`` is within 0 to 1; None where it is left out. ``doubts`` say why it is "cannot tell".
    """

    reading: Reading
    requirement: RequirementFact
    outcome: VerdictOutcome
    value: Range | None
    findings: tuple[EventFinding, ...]
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one commitment and one release under both readings (methodology, section 7).

    With one reading only, both are equal. ``value`` runs from one to the other; None where it is left out of the mean.
    """

    commitment: CommitmentFact
    release: ReleaseFact
    strict: ReadingVerdict
    lenient: ReadingVerdict
    value: Range | None

    @property
    def lab(self) -> str:
        """Key of the lab."""
        return self.release.lab

    @property
    def is_split(self) -> bool:
        """Whether the readings differ."""
        return self.strict.outcome is not self.lenient.outcome

    @property
    def label(self) -> str:
        """The verdict in words: one where the readings agree, else both, or “kept on the lenient reading only”."""
        if not self.is_split:
            return self.strict.outcome.label
        if self.lenient.outcome is VerdictOutcome.KEPT:
            return "kept on the lenient reading only"
        if self.strict.outcome is VerdictOutcome.KEPT:
            return "kept on the strict reading only"
        return f"{self.strict.outcome.label} (strict reading), {self.lenient.outcome.label} (lenient reading)"

    @property
    def is_tested_after(self) -> bool:
        """Whether an event that was asked for took place after release: too late, and pages say so."""
        findings = (*self.strict.findings, *self.lenient.findings)
        return any(each.finding is Finding.AFTER_RELEASE for each in findings)

    @property
    def after_release_word(self) -> Finding:
        """The word whose meaning tells what ``after_release_words`` says."""
        return Finding.AFTER_RELEASE

    @property
    def after_release_words(self) -> str:
        """“tested after release”, and “also” where the verdict rests on an earlier test; "" where none was after."""
        if not self.is_tested_after:
            return ""
        rests_on_a_test = {self.strict.outcome, self.lenient.outcome} & _OF_A_TEST
        return f"{'also ' if rests_on_a_test else ''}tested after release"


def is_testable(commitment: CommitmentFact) -> bool:
    """Whether it carries a requirement and its words stand as in the source; ``not_testable_words`` say why not.

    Condensed or translated words of somebody else are no promise's words (methodology, section 7).
    """
    return commitment.strict is not None and commitment.wording is Wording.VERBATIM


def not_testable_words(commitment: CommitmentFact) -> str:
    """Why the commitment is not testable; "" where it is (methodology, section 7)."""
    if commitment.strict is not None and commitment.wording is not Wording.VERBATIM:
        return f"its words here are {commitment.wording.label}"
    return commitment.not_testable_because


def judged_standings(commitment: CommitmentFact) -> frozenset[ReleaseStanding]:
    """The standings of a release for which a testable commitment has verdicts.

    These are releases that count in the figures and, where a reading asks for all releases, those that are not
    frontier. Variants, internal and undated releases have none (methodology, sections 3 and 7).
    """
    readings = (commitment.strict, commitment.lenient)
    if any(each is not None and each.releases is RequiredReleases.ALL for each in readings):
        return JUDGED
    return _COUNTING


def verdict(
    commitment: CommitmentFact,
    assessment: Assessment,
    day: dt.date,
    findings_of: Callable[[RequirementFact, Assessment], tuple[EventFinding, ...]] = event_findings,
) -> Verdict:
    """The verdict on a testable commitment for one release of a lab that made it (methodology, section 7).

    The commitment, and the events of the assessment, are as known on the day. The caller checks that the release came
    out while the commitment was in force (``commitments.rules.ledger``). Raises ValueError for a commitment that is not
    testable, or that the release's lab did not make. ``findings_of`` may remember what it found.
    """
    if commitment.strict is None or not is_testable(commitment):
        raise ValueError(f"{commitment.key} is not testable: {not_testable_words(commitment)}")
    if assessment.release.lab not in commitment.labs:
        raise ValueError(f"{assessment.release.lab} did not make {commitment.key}.")
    readings = [commitment.strict] if commitment.lenient is None else [commitment.strict, commitment.lenient]
    findings = [findings_of(requirement, assessment) for requirement in readings]
    return _from_findings(commitment, assessment.release, findings, day)


def verdicts_if(
    verdicts: Sequence[Verdict], weighed: WeighedEvent, changed: WeighedEvent | None, day: dt.date
) -> tuple[Verdict, ...]:
    """The same verdicts on a release with one of its events replaced by ``changed``, or, with None, left out.

    The findings on the other events stay as they are; where the event decides as much as before, so does the verdict.
    """
    instead: dict[int, tuple[EventFinding, ...] | None] = {}  # by requirement, which several promises may share

    def findings_if(reading: ReadingVerdict) -> tuple[EventFinding, ...] | None:
        """All findings of the reading with the changed one; None where it decides as much as before."""
        place = next(place for place, each in enumerate(reading.findings) if each.weighed is weighed)
        old, new = reading.findings[place], changed and event_finding(reading.requirement, changed)
        if _says(old) == (_says(new) if new else _NOTHING):
            return None
        return (*reading.findings[:place], *(() if new is None else (new,)), *reading.findings[place + 1 :])

    found = []
    for verdict in verdicts:
        readings = [verdict.strict] if verdict.commitment.lenient is None else [verdict.strict, verdict.lenient]
        for reading in readings:
            if id(reading.requirement) not in instead:
                instead[id(reading.requirement)] = findings_if(reading)
        findings = [instead[id(reading.requirement)] for reading in readings]
        if any(each is not None for each in findings):
            both = [reading.findings if new is None else new for reading, new in zip(readings, findings, strict=True)]
            found.append(_from_findings(verdict.commitment, verdict.release, both, day))
        else:
            found.append(verdict)
    return tuple(found)


_DECIDING = frozenset({Finding.MEETS, Finding.FALLS_SHORT, Finding.UNCLEAR, Finding.DENIES})
_NOTHING = (None, False)


def _says(finding: EventFinding) -> tuple[Finding | None, bool]:
    """What of a finding decides the verdict's outcome and value."""
    decides = finding.finding in _DECIDING
    return (finding.finding, finding.could_keep) if decides else _NOTHING


def _from_findings(
    commitment: CommitmentFact, release: ReleaseFact, findings: Sequence[tuple[EventFinding, ...]], day: dt.date
) -> Verdict:
    """The verdict, from what each event says under the strict reading and, where there is one, the lenient reading."""
    assert commitment.strict is not None, "asked only of what is testable"
    strict = _reading_verdict(Reading.STRICT, commitment.strict, commitment, release, findings[0], day)
    if commitment.lenient is None:
        lenient = ReadingVerdict(
            Reading.LENIENT, strict.requirement, strict.outcome, strict.value, strict.findings, strict.doubts
        )
    else:
        lenient = _reading_verdict(Reading.LENIENT, commitment.lenient, commitment, release, findings[1], day)
    return Verdict(commitment, release, strict, lenient, _combined_value(strict, lenient))


def _reading_verdict(
    reading: Reading,
    requirement: RequirementFact,
    commitment: CommitmentFact,
    release: ReleaseFact,
    findings: tuple[EventFinding, ...],
    day: dt.date,
) -> ReadingVerdict:
    if requirement.releases is RequiredReleases.FRONTIER and release.frontier is not Frontier.YES:
        return ReadingVerdict(reading, requirement, VerdictOutcome.DOES_NOT_APPLY, None, findings)
    doubts = _doubts(requirement, commitment, release.lab)
    outcome = _outcome(findings, doubts)
    if outcome not in _FINAL_AT_ONCE and _is_running(requirement, commitment, release, day):
        outcome = VerdictOutcome.NOT_YET_DUE
    return ReadingVerdict(
        reading,
        requirement,
        outcome,
        _outcome_value(outcome, findings),
        findings,
        doubts if outcome is VerdictOutcome.CANNOT_TELL else (),
    )


def _outcome(findings: tuple[EventFinding, ...], doubts: tuple[Doubt, ...]) -> VerdictOutcome:
    """The best verdict over the events, in the order of the methodology's table."""
    found = {each.finding for each in findings}
    for finding, outcome in (
        (Finding.MEETS, VerdictOutcome.KEPT),
        (Finding.FALLS_SHORT, VerdictOutcome.PARTLY_KEPT),
        (Finding.UNCLEAR, VerdictOutcome.UNCLEAR),
        (Finding.DENIES, VerdictOutcome.NOT_KEPT),
    ):
        if finding in found:
            return outcome
    return VerdictOutcome.CANNOT_TELL if doubts else VerdictOutcome.NOTHING_FOUND


def _outcome_value(outcome: VerdictOutcome, findings: tuple[EventFinding, ...]) -> Range | None:
    """The verdict's value.

    An unclear event counts towards "kept" only if it may keep the promise: nothing about it surely falls short.
    """
    could_keep = any(each.finding is Finding.UNCLEAR and each.could_keep for each in findings)
    if outcome is VerdictOutcome.PARTLY_KEPT and could_keep:
        return _PARTLY_BESIDE_UNCLEAR
    if outcome is VerdictOutcome.UNCLEAR and not could_keep:
        return _PARTLY_AT_BEST
    return OUTCOME_VALUES[outcome]


def _doubts(requirement: RequirementFact, commitment: CommitmentFact, lab: str) -> tuple[Doubt, ...]:
    """Why silence would not mean that the promise was broken; empty where it is "nothing found"."""
    checks = (
        (commitment.firmness is not Firmness.FIRM, Doubt.NOT_FIRM),
        (not requirement.visible_in_public, Doubt.NOT_VISIBLE),
        (not is_documented(commitment_certainty(commitment, lab)), Doubt.ONLY_REPORTED),
    )
    return tuple(doubt for applies, doubt in checks if applies)


def _is_running(requirement: RequirementFact, commitment: CommitmentFact, release: ReleaseFact, day: dt.date) -> bool:
    """Whether the deadline, or the grace for publishing results after release, is not over on the day."""
    if commitment.due.is_dated and (commitment.due.latest is None or day <= commitment.due.latest):
        return True
    released = release.released.latest
    return asks_for_results(requirement) and released is not None and day <= released + PUBLICATION_GRACE


def _combined_value(strict: ReadingVerdict, lenient: ReadingVerdict) -> Range | None:
    """From one reading to the other; None while either is not yet due, and where neither applies."""
    readings = (strict, lenient)
    if any(each.outcome is VerdictOutcome.NOT_YET_DUE for each in readings):
        return None
    values = [each.value for each in readings if each.value is not None]
    return hull(values) if values else None
