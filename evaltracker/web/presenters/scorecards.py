"""The scorecard table: one row for each lab, the same for the pages and for the download."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from commitments.choices import Origin
from commitments.queries import ledger, scorecards_as_of
from commitments.rules.criteria import Criterion
from commitments.rules.scorecards import Scorecard, ScoreGroup, score_groups
from evaltracker.web.charts.record_labels import record_labels
from evaltracker.web.presenters.numbers import (
    Bar,
    coverage_text,
    criterion_bar,
    deeper_text,
    evaluated_text,
    ranks_text,
    score_bar,
)
from labs.models import Lab
from labs.queries.events import DAYS_KEPT
from labs.queries.kept import kept
from labs.queries.labs import labs_by_key
from labs.rules.access import Window
from labs.rules.words import counted, listed


@dataclass(frozen=True, slots=True)
class LabRecords:
    """How much was known of a lab on a day."""

    releases: int
    events: int
    promises: int

    @property
    def text(self) -> str:
        """“26 releases, 77 events, 35 promises”."""
        return ", ".join(
            [counted(self.releases, "release"), counted(self.events, "event"), counted(self.promises, "promise")]
        )


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A lab's scorecard as printed: the figures of the table, of the lab's page and of the download."""

    lab: Lab
    day: dt.date
    card: Scorecard
    records: LabRecords
    score: Bar | None
    criteria: Mapping[Criterion, Bar | None]
    last_evaluated_on: str

    @property
    def has_releases(self) -> bool:
        """Whether the lab has a release in the window; without one it has no figures, which is not 0."""
        return bool(self.card.releases)

    @property
    def ranks(self) -> str:
        return ranks_text(self.card.ranks)

    @property
    def evaluated(self) -> str:
        return evaluated_text(self.card.counts)

    @property
    def deeper(self) -> str:
        """Whether access was deeper than users get; "" where no evaluation is confirmed."""
        return deeper_text(self.card.counts)

    @property
    def coverage(self) -> str:
        return coverage_text(self.card.coverage)


@dataclass(frozen=True, slots=True)
class GroupNote:
    """Labs that cannot be put in one order, by name, and what can be said of pairs among them (section 6)."""

    names: str
    order: str


def group_notes(day: dt.date, window: Window, weights: Mapping[Criterion, Fraction]) -> list[GroupNote]:
    """The groups of more than one lab whose ranges overlap in a chain, of all labs with a score."""
    names = {key: lab.name for key, lab in labs_by_key().items()}
    groups = score_groups(scorecards_as_of(day, window, weights), names)
    return [_group_note(group, names) for group in groups if len(group.cards) > 1]


def _group_note(group: ScoreGroup, names: Mapping[str, str]) -> GroupNote:
    below: dict[str, list[str]] = {}
    for above, other in group.in_order:
        below.setdefault(names[above.lab], []).append(names[other.lab])
    above_same: dict[tuple[str, ...], list[str]] = {}
    for name, others in below.items():
        above_same.setdefault(tuple(others), []).append(name)
    order = [
        f"{listed(above)} {'lies' if len(above) == 1 else 'lie'} above {listed(list(others))}"
        for others, above in above_same.items()
    ]
    return GroupNote(listed([names[card.lab] for card in group.cards]), "; ".join(order))


def score_rows(
    day: dt.date, window: Window, weights: Mapping[Criterion, Fraction], labs: Collection[str] | None = None
) -> list[ScoreRow]:
    """The rows of some labs (keys; None: of all) in the order of the table, with their ranks among all (section 6)."""
    records = lab_records(day)
    return [
        _row(card, day, records[card.lab])
        for card in scorecards_as_of(day, window, weights)
        if labs is None or card.lab in labs
    ]


@kept(most=DAYS_KEPT)
def lab_records(day: dt.date) -> dict[str, LabRecords]:
    """How many releases, access events and promises of each lab were known on the day. Laws are no promises."""
    access, labels = ledger(day).access, record_labels(day)
    found = {key: [0, 0, 0] for key in labels.labs}
    for key, assessment in access.assessments.items():
        found[assessment.release.lab][0] += key in labels.released
        found[assessment.release.lab][1] += len(assessment.events)
    for weighed in access.unassigned:
        found[weighed.event.lab][1] += 1
    for commitment in ledger(day).commitments.values():
        for lab in commitment.labs if commitment.origin is not Origin.LAW else ():
            found[lab][2] += 1
    return {key: LabRecords(*counts) for key, counts in found.items()}


def _row(card: Scorecard, day: dt.date, records: LabRecords) -> ScoreRow:
    last = card.last_evaluated
    return ScoreRow(
        lab=labs_by_key()[card.lab],
        day=day,
        card=card,
        records=records,
        score=score_bar(card.score),
        criteria={criterion: criterion_bar(value) for criterion, value in card.criteria.items()},
        last_evaluated_on=record_labels(day).released[last.release.key] if last else "",
    )
