"""Everything that was known on a day: access and promises. Pages, figures and exports all read from it.

Methodology, sections 2 and 7.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import InitVar, dataclass
from functools import cached_property

from commitments.rules.as_of import Tenure, commitment_fact_as_of, is_in_force, tenure_of
from commitments.rules.facts import CommitmentFact, RequirementFact
from commitments.rules.findings import EventFinding, event_findings
from commitments.rules.verdicts import JUDGED, Verdict, is_testable, judged_standings, verdict
from labs.rules.access import ReleaseStanding, Window
from labs.rules.facts import EventFact, ReleaseFact
from labs.rules.ledger import AccessLedger, Assessment, access_ledger_as_of


@dataclass(frozen=True)
class Ledger:
    """What was known on a day. ``commitments`` maps the key of each visible commitment to it, as known on the day.

    A ledger never changes, so each of its properties is computed once.
    """

    access: AccessLedger
    commitments: Mapping[str, CommitmentFact]
    earlier: InitVar["Ledger | None"] = None

    def __post_init__(self, earlier: "Ledger | None") -> None:
        """Take the verdicts and findings from an earlier ledger of the day that follow from the same here."""
        if earlier is None:
            return
        same = {key for key, each in self.access.assessments.items() if each is earlier.access.assessments.get(key)}
        promised = {key for key, each in self.commitments.items() if each is earlier.commitments.get(key)}
        self._findings.update(pair for pair in list(earlier._findings.items()) if pair[0] in same)
        self._verdicts.update(
            (key, each) for key, each in list(earlier._verdicts.items()) if key[0] in promised and key[1] in same
        )

    @property
    def day(self) -> dt.date:
        """The day as of which everything is shown."""
        return self.access.day

    def is_in_force(self, commitment: CommitmentFact, day: dt.date) -> bool:
        """Whether the commitment was in force on a day; only a visible successor ends it (section 2)."""
        return is_in_force(commitment, day, self.commitments.get(commitment.superseded_by or ""))

    def commitments_of(self, lab: str) -> tuple[CommitmentFact, ...]:
        """The visible commitments that the lab made."""
        return tuple(self._of_lab.get(lab, ()))

    def in_force_today(self, lab: str) -> tuple[CommitmentFact, ...]:
        """The visible commitments of the lab that are in force on the ledger's day."""
        return tuple(each for each in self.commitments_of(lab) if self.is_in_force(each, self.day))

    def is_owed(self, commitment: CommitmentFact, release: ReleaseFact) -> bool:
        """Whether the commitment is testable, and was in force when a release of a lab that made it came out.

        It is visible on the ledger's day, and may have ended since (methodology, section 7).
        """
        released = release.released.latest
        return released is not None and is_testable(commitment) and self.is_in_force(commitment, released)

    def verdict_on(self, commitment: CommitmentFact, assessment: Assessment) -> Verdict:
        """The verdict on a promise that is owed for a release of the ledger; computed once."""
        key = (commitment.key, assessment.release.key)
        if key not in self._verdicts:
            self._verdicts[key] = verdict(commitment, assessment, self.day, self._findings_of)
        return self._verdicts[key]

    def verdicts_on(self, release: str) -> tuple[Verdict, ...]:
        """The verdicts on every promise owed for the release with this key, in whichever window it counts."""
        assessment = self.access.assessments[release]
        return tuple(
            self.verdict_on(commitment, assessment)
            for commitment, _ in self._owed_for(assessment.release, self._testable.get(assessment.release.lab, ()))
        )

    def verdicts(self, window: Window, *, lab: str | None = None, commitment: str | None = None) -> tuple[Verdict, ...]:
        """The verdicts on releases in the window, by lab and release day: of one lab or all, on one commitment or all.

        An unknown key has no verdicts; it is not an error.
        """
        if commitment is None:
            promises = self._testable if lab is None else {lab: self._testable.get(lab, ())}
        else:
            made_by = self.commitments[commitment].labs if commitment in self.commitments else ()
            found = self._testable_by_key.get(commitment)
            promises = {maker: (found,) for maker in made_by if found is not None and lab in (None, maker)}
        return tuple(
            self.verdict_on(promise, assessment)
            for maker in sorted(promises)
            if promises[maker]
            for assessment, standing in self._judged(maker, window)
            for promise, standings in self._owed_for(assessment.release, promises[maker])
            if standing in standings
        )

    def _judged(self, lab: str, window: Window) -> tuple[tuple[Assessment, ReleaseStanding], ...]:
        """The releases of a lab for which there can be verdicts in the window, each with its standing."""
        if (lab, window) not in self._judged_in:
            standings = ((each, self.access.standing(each.release, window)) for each in self.access.of_lab(lab))
            self._judged_in[lab, window] = tuple(pair for pair in standings if pair[1] in JUDGED)
        return self._judged_in[lab, window]

    @staticmethod
    def _owed_for(
        release: ReleaseFact, promises: Iterable["_Testable"]
    ) -> Iterator[tuple[CommitmentFact, frozenset[ReleaseStanding]]]:
        """Those of the promises that were in force when the release came out, each with ``judged_standings``."""
        released = release.released.latest
        if released is not None:
            for commitment, tenure, standings in promises:
                if tenure.holds(released):
                    yield commitment, standings

    @cached_property
    def _testable_by_key(self) -> Mapping[str, "_Testable"]:
        """The promises that can have verdicts, each with when it was in force and ``judged_standings``."""
        found = {}
        for key, commitment in self.commitments.items():
            tenure = tenure_of(commitment, self.commitments.get(commitment.superseded_by or ""))
            if tenure is not None and is_testable(commitment):
                found[key] = (commitment, tenure, judged_standings(commitment))
        return found

    @cached_property
    def _testable(self) -> Mapping[str, tuple["_Testable", ...]]:
        """The same by the labs that made them."""
        by_key = self._testable_by_key
        return {
            lab: tuple(by_key[each.key] for each in promises if each.key in by_key)
            for lab, promises in self._of_lab.items()
        }

    def _findings_of(self, requirement: RequirementFact, assessment: Assessment) -> tuple[EventFinding, ...]:
        """What each event of a release says about a requirement; computed once for all promises that ask for it."""
        of_release = self._findings.setdefault(assessment.release.key, {})
        if requirement not in of_release:
            of_release[requirement] = event_findings(requirement, assessment)
        return of_release[requirement]

    @cached_property
    def _of_lab(self) -> Mapping[str, list[CommitmentFact]]:
        found: dict[str, list[CommitmentFact]] = {}
        for commitment in self.commitments.values():
            for lab in commitment.labs:
                found.setdefault(lab, []).append(commitment)
        return found

    @cached_property
    def _verdicts(self) -> dict[tuple[str, str], Verdict]:
        """The verdicts that were asked for so far, by commitment and release."""
        return {}

    @cached_property
    def _findings(self) -> dict[str, dict[RequirementFact, tuple[EventFinding, ...]]]:
        """The findings that were asked for so far, by release and requirement."""
        return {}

    @cached_property
    def _judged_in(self) -> dict[tuple[str, Window], tuple[tuple[Assessment, ReleaseStanding], ...]]:
        """The judged releases that were asked for so far."""
        return {}


_Testable = tuple[CommitmentFact, Tenure, frozenset[ReleaseStanding]]


def ledger_as_of(
    day: dt.date,
    releases: Iterable[ReleaseFact],
    events: Iterable[EventFact],
    commitments: Iterable[CommitmentFact],
    complete_to: dt.date | None = None,
) -> Ledger:
    """The ledger of a day, from all published records with the sources of all days (methodology, section 2)."""
    return Ledger(access_ledger_as_of(day, releases, events, complete_to), commitments_visible(day, commitments))


def commitments_visible(
    day: dt.date, commitments: Iterable[CommitmentFact], earlier: Ledger | None = None
) -> dict[str, CommitmentFact]:
    """The commitments that some source public by the day mentions, as known then, by key (section 2).

    Those that are equal in an ``earlier`` ledger are taken from there.
    """
    before = earlier.commitments if earlier is not None else {}
    visible = (commitment_fact_as_of(each, day) for each in commitments)
    return {
        each.key: known if (known := before.get(each.key)) == each and known is not None else each
        for each in visible
        if each is not None
    }
