"""One lab's page: what each criterion is based on, its releases, its promises, and what is still open."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from commitments.choices import Firmness, Origin
from commitments.queries import NOT_TESTABLE, CommitmentAsOf, CommitmentStanding
from commitments.rules.criteria import (
    FULL_ACCESS_DAYS,
    RELEASE_CRITERIA,
    Criterion,
    deciding_events,
)
from commitments.rules.ledger import Ledger
from commitments.rules.scorecards import ReleaseCard, Scorecard, points_of
from commitments.rules.sentences import rate_words
from commitments.rules.verdicts import Verdict
from commitments.web.presenters import verdict_status
from evaltracker.web.presenters.limited import Limited, limited
from evaltracker.web.presenters.numbers import (
    Bar,
    criterion_bar,
    deeper_text,
    evaluated_text,
    of_total,
    score_bar,
)
from evaltracker.web.presenters.promises import by_reason
from labs.choices import Activity, Outcome
from labs.models import Evaluator
from labs.queries import EventAsOf, ReleaseAsOf
from labs.rules.access import ReleaseStanding, Window
from labs.rules.order import people_order
from labs.rules.ranges import Range, printed
from labs.rules.vocabulary import Term
from labs.rules.words import counted

_TESTED = (Outcome.GRANTED, Outcome.NOT_NEEDED)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a release contributes to a criterion, and the events that decide it."""

    release: ReleaseAsOf
    value: Bar
    events: list[EventAsOf]


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion of the scorecard: its range, weight, points of the score, counts, and what it is based on.

    ``value`` is None where it does not apply. ``silent`` are the releases with no documented event that counts.
    """

    criterion: Criterion
    value: Bar | None
    weight: str
    points: Bar | None
    counts: str
    contributions: Limited[Contribution]
    silent: Limited[ReleaseAsOf]
    promises: Limited[CommitmentAsOf]


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A release with its standing in the window and the releases that are listed under it."""

    release: ReleaseAsOf
    standing: ReleaseStanding
    variants: list[ReleaseAsOf]


@dataclass(frozen=True, slots=True)
class VerdictEntry:
    """The verdict on a promise for one release."""

    verdict: Verdict

    @property
    def status(self) -> Term | CommitmentStanding:
        return verdict_status(self.verdict)


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise of the lab with what became of it. ``standing``: its due day, or that it is not testable."""

    promise: CommitmentAsOf
    firmness: Firmness
    origin: Origin
    kept: str
    standing: CommitmentStanding | None
    because: str
    verdicts: Limited[VerdictEntry]


@dataclass(frozen=True, slots=True)
class EvaluatorRow:
    """An evaluator that tested the lab's models, with its numbers of events."""

    evaluator: Evaluator
    evaluations: int
    others: int

    @property
    def text(self) -> str:
        """“3 model evaluations, 1 other event”."""
        parts = [counted(self.evaluations, "model evaluation")] if self.evaluations else []
        return ", ".join(parts + ([counted(self.others, "other event")] if self.others else []))


def criterion_rows(
    card: Scorecard,
    weights: Mapping[Criterion, Fraction],
    releases: Mapping[str, ReleaseAsOf],
    promises: Mapping[str, CommitmentAsOf],
) -> list[CriterionRow]:
    """Every criterion of a scorecard in its order; ``releases`` and ``promises`` are the lab's, by key."""
    points = points_of(card.criteria, weights)
    return [
        _criterion_row(criterion, card, weights[criterion], points[criterion], releases, promises)
        for criterion in Criterion
    ]


def _criterion_row(
    criterion: Criterion,
    card: Scorecard,
    weight: Fraction,
    points: Range | None,
    releases: Mapping[str, ReleaseAsOf],
    promises: Mapping[str, CommitmentAsOf],
) -> CriterionRow:
    contributions, silent = [], []
    for release_card in reversed(card.releases) if criterion in RELEASE_CRITERIA else ():
        release = releases[release_card.assessment.release.key]
        by_key = {event.key: event for event in release.events}
        deciding = [by_key[weighed.event.key] for weighed in deciding_events(criterion, release_card.assessment)]
        bar = criterion_bar(release_card.criteria[criterion])
        if release_card.assessment.counted and bar is not None:
            contributions.append(Contribution(release, bar, deciding))
        else:
            silent.append(release)
    return CriterionRow(
        criterion=criterion,
        value=criterion_bar(card.criteria[criterion]),
        weight=_weight_text(weight),
        points=score_bar(points),
        counts=_counts_words(criterion, card) if card.releases else "",
        contributions=limited(contributions),
        silent=limited(silent),
        promises=limited(_deciding_promises(criterion, card, promises)),
    )


def _deciding_promises(
    criterion: Criterion, card: Scorecard, promises: Mapping[str, CommitmentAsOf]
) -> list[CommitmentAsOf]:
    if criterion is Criterion.COMMITMENT:
        keys = [each.key for each in card.commitments]
    elif criterion is Criterion.FOLLOW_THROUGH:
        keys = list(dict.fromkeys(each.commitment.key for each in card.verdicts))
    else:
        return []
    return [promises[key] for key in keys if key in promises]


def _counts_words(criterion: Criterion, card: Scorecard) -> str:
    """The counts that are always printed with a criterion."""
    match criterion:
        case Criterion.EVALUATED:
            return f"confirmed for {evaluated_text(card.counts)}"
        case Criterion.DEPTH:
            words = deeper_text(card.counts)
            return f"deeper access than users get: {words}" if words else "no evaluation is confirmed"
        case Criterion.PUBLICATION:
            return f"an evaluator's own report for {_full_marks_words(criterion, card.releases)}"
        case Criterion.TIME:
            return f"{FULL_ACCESS_DAYS} days or more for {_full_marks_words(criterion, card.releases)}"
        case Criterion.COMMITMENT:
            return f"{counted(len(card.commitments), 'promise')} about it in force"
        case Criterion.FOLLOW_THROUGH:
            if not card.valued_count:
                return "no testable promise was in force at a release"
            return rate_words(card.verdicts, "pair of promise and release", "pairs of promise and release")


def _full_marks_words(criterion: Criterion, releases: Iterable[ReleaseCard]) -> str:
    values = [each.criteria[criterion] for each in releases]
    return of_total(sum(v.low == 1 for v in values), sum(v.high == 1 for v in values), len(values), "release")


def _weight_text(weight: Fraction) -> str:
    text = printed(weight, 2)
    return text.rstrip("0").rstrip(".")


def release_entries(
    ledger: Ledger, window: Window, releases: Iterable[ReleaseAsOf]
) -> tuple[list[ReleaseEntry], list[ReleaseEntry]]:
    """The releases that count in the window and those that do not, newest first; variants are under their release."""

    def newest(release: ReleaseAsOf) -> tuple[bool, dt.date, str]:
        day = release.record.released_on_earliest or release.record.released_on_latest
        return day is not None, day or dt.date.min, release.record.name

    ordered = sorted(releases, key=newest, reverse=True)
    shown = {release.key for release in ordered}
    variants_of: defaultdict[str, list[ReleaseAsOf]] = defaultdict(list)
    for release in ordered:
        if release.record.variant_of is not None:
            variants_of[release.record.variant_of.key].append(release)
    counting, others = [], []
    for release in ordered:
        of = release.record.variant_of
        if of is not None and of.key in shown:
            continue
        standing = ledger.access.standing(release.assessment.release, window)
        entries = counting if standing is ReleaseStanding.COUNTS else others
        entries.append(ReleaseEntry(release, standing, variants_of[release.key]))
    return counting, others


def other_activities(releases: Iterable[ReleaseAsOf]) -> list[tuple[Activity, list[EventAsOf]]]:
    """Red-teaming and the other activities that are not model evaluation, each on its own."""
    events = [event for release in releases for event in release.events]
    groups = [(each, [event for event in events if event.fact.activity is each]) for each in Activity]
    return [(each, found) for each, found in groups if found and each is not Activity.MODEL_EVALUATION]


@dataclass(frozen=True, slots=True)
class PromiseGroups:
    """A lab's promises: those that are testable or due by a day, and the others by the reason why they are neither."""

    judged: Limited[PromiseRow]
    others: list[tuple[str, Limited[PromiseRow]]]

    @property
    def other_count(self) -> int:
        return sum(rows.total for _, rows in self.others)


def promise_groups(rows: Iterable[PromiseRow], url: str = "") -> PromiseGroups:
    """The promises in the order of ``rows``, each reason once, that with the most promises first; ``url`` lists all."""
    judged: list[PromiseRow] = []
    others: list[PromiseRow] = []
    for row in rows:
        (others if row.promise.standing is NOT_TESTABLE else judged).append(row)
    groups = by_reason(others, lambda row: row.because)
    return PromiseGroups(limited(judged, url), [(because, limited(those, url)) for because, those in groups])


def promise_rows(promises: Iterable[CommitmentAsOf], lab: str) -> list[PromiseRow]:
    """The lab's promises, those in force first, then the newest first. Laws are no promises (section 7)."""
    rows = [_promise_row(each, lab) for each in promises if not each.record.is_law]

    def order(row: PromiseRow) -> tuple[bool, bool, dt.date]:
        record = row.promise.record
        made = record.made_on_earliest or record.made_on_latest or record.effective_on_earliest or dt.date.min
        return row.promise.is_in_force, row.standing is None, made

    return sorted(rows, key=order, reverse=True)


def _promise_row(promise: CommitmentAsOf, lab: str) -> PromiseRow:
    part = next(each for each in promise.parts if each.lab.key == lab)
    is_rated = promise.is_testable and promise.standing is None
    return PromiseRow(
        promise=promise,
        firmness=Firmness(promise.record.firmness),
        origin=Origin(promise.record.origin),
        kept=part.kept_label if is_rated else "",
        standing=promise.standing,
        because=promise.not_testable_label,
        verdicts=limited([VerdictEntry(each) for each in reversed(part.verdicts)] if is_rated else []),
    )


def evaluator_rows(events: Iterable[EventAsOf]) -> list[EvaluatorRow]:
    """Who tested the lab's models, those with the most model evaluations first."""
    evaluators: dict[str, Evaluator] = {}
    evaluations: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for event in events:
        if event.fact.outcome not in _TESTED:
            continue
        for part in event.parts:
            evaluators[part.evaluator.key] = part.evaluator
            is_evaluation = event.fact.activity is Activity.MODEL_EVALUATION
            (evaluations if is_evaluation else others)[part.evaluator.key] += 1
    rows = [EvaluatorRow(each, evaluations[key], others[key]) for key, each in evaluators.items()]
    return sorted(rows, key=lambda row: (-row.evaluations, -row.others, people_order(row.evaluator.name)))
