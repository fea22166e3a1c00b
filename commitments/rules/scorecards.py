"""Scorecards: what the record shows of each lab in a window, as ranges (methodology, section 6).

Each figure is about a named organisation. It says what the public record shows, not what happened: a test that no
source mentions counts 0 at both ends, and a lab with fewer than three releases in the window has no score. Arithmetic
is exact; figures are rounded when printed.
"""

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType

from commitments.choices import About
from commitments.rules.criteria import (
    DEFAULT_WEIGHTS,
    FEWEST_RELEASES,
    RELEASE_CRITERIA,
    Criterion,
    commitment_value,
    release_criteria,
)
from commitments.rules.facts import CommitmentFact
from commitments.rules.ledger import Ledger
from commitments.rules.verdicts import Verdict
from labs.rules.access import Window
from labs.rules.depth import Deeper
from labs.rules.key_sharing import key_sharing
from labs.rules.ledger import Assessment, Coverage
from labs.rules.order import PeopleOrder, people_order
from labs.rules.ranges import Range, mean, mean_with, weighted_mean
from labs.rules.vocabulary import Term


class NoScore(Term):
    """Why a lab has no score; never the same as 0 (methodology, section 6)."""

    NO_RELEASE = "no_release", "no release in the window", "No release of this lab counts in the window."
    TOO_FEW = (
        "too_few",
        "too few releases to score",
        "A score needs at least three releases in the window; with fewer, one release would decide it.",
    )
    NO_CRITERION = (
        "no_criterion",
        "no criterion with weight applies",
        "None of the criteria to which the chosen weights give weight applies to this lab.",
    )


@dataclass(frozen=True, slots=True)
class ReleaseCard:
    """One release that counts in the window: its four criteria, and a verdict on each promise owed for it."""

    assessment: Assessment
    criteria: Mapping[Criterion, Range]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts shown beside every score (methodology, section 6).

    ``evaluated_low`` releases have a strict event, ``evaluated_high`` any counted one. Of the former, ``deeper_yes``
    were tested deeper than users get, ``deeper_no`` were not, and of ``deeper_unknown`` no source says.
    """

    releases: int
    evaluated_low: int
    evaluated_high: int
    deeper_yes: int
    deeper_no: int
    deeper_unknown: int


@dataclass(frozen=True, slots=True)
class Ranks:
    """Best and worst possible place among the labs with a score, from 1 (methodology, section 6)."""

    best: int
    worst: int


@key_sharing
@dataclass(frozen=True)
class Scorecard:
    """A lab's figures in a window.

    ``criteria`` maps every criterion to its range within 0 to 1, None where it does not apply; all are None
    without a release in the window. ``window_from`` is the first day inside the window, None for all time;
    ``window_to`` is the last. ``score`` is within 0 to 100; where it is None, ``no_score`` says why.
    ``commitments`` are those in force on the day that the commitment criterion looks at. ``last_evaluated``
    is the lab's latest release of all time with a strict event.
    """

    lab: str
    window: Window
    releases: tuple[ReleaseCard, ...]
    criteria: Mapping[Criterion, Range | None]
    score: Range | None
    no_score: NoScore | None
    counts: Counts
    coverage: Coverage
    commitments: tuple[CommitmentFact, ...]
    last_evaluated: Assessment | None
    window_from: dt.date | None
    window_to: dt.date
    ranks: Ranks | None = None

    @property
    def no_score_words(self) -> str:
        """Why there is no score: “too few releases to score: 1”; "" where there is one."""
        if self.no_score is None:
            return ""
        count = f": {len(self.releases)}" if self.no_score is NoScore.TOO_FEW else ""
        return f"{self.no_score.label}{count}"

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts behind the follow-through, with those that are left out of its mean."""
        return tuple(each for card in self.releases for each in card.verdicts)

    @cached_property
    def valued_count(self) -> int:
        """How many of these verdicts have a value; the follow-through is their mean."""
        return sum(each.value is not None for each in self.verdicts)


def scorecard(
    ledger: Ledger, lab: str, window: Window, weights: Mapping[Criterion, Fraction] = DEFAULT_WEIGHTS
) -> Scorecard:
    """The scorecard of one lab, without ranks (methodology, section 6). ``weights`` names every criterion."""
    cards = tuple(release_card(ledger, each) for each in ledger.access.counted_in(window, lab))
    commitments = tuple(each for each in ledger.in_force_today(lab) if each.about is About.EXTERNAL_MODEL_EVALUATION)
    criteria = lab_criteria(cards, commitment_value(commitments, lab))
    score = score_of(criteria, weights) if len(cards) >= FEWEST_RELEASES else None
    return Scorecard(
        lab=lab,
        window=window,
        releases=cards,
        criteria=criteria,
        score=score,
        no_score=_no_score(cards, score),
        counts=counts([card.assessment for card in cards]),
        coverage=_coverage(cards),
        commitments=commitments,
        last_evaluated=_last_evaluated(ledger, lab),
        window_from=ledger.access.first_day(window),
        window_to=ledger.access.window_end,
    )


def scorecards(
    ledger: Ledger,
    names: Mapping[str, str],
    window: Window,
    weights: Mapping[Criterion, Fraction] = DEFAULT_WEIGHTS,
) -> tuple[Scorecard, ...]:
    """The scorecards of all labs with their ranks, in the order of the table (methodology, section 6).

    ``names`` maps each lab's key to its name. Labs that cannot be put in one order stand together, by name; groups that
    lie above others come first, labs without a score last, by name.
    """
    return ranked([scorecard(ledger, lab, window, weights) for lab in names], names)


def ranked(cards: Sequence[Scorecard], names: Mapping[str, str]) -> tuple[Scorecard, ...]:
    """The same scorecards with ranks among those with a score, in the order of the table (section 6)."""
    lows = sorted(card.score.low for card in cards if card.score is not None)
    highs = sorted(card.score.high for card in cards if card.score is not None)
    placed = [replace(card, ranks=_ranks(card.score, lows, highs) if card.score else None) for card in cards]
    unscored = sorted((card for card in placed if card.score is None), key=lambda card: _by_name(card.lab, names))
    return (*(card for group in score_groups(placed, names) for card in group.cards), *unscored)


@dataclass(frozen=True, slots=True)
class ScoreGroup:
    """Labs joined by a chain of overlapping ranges, by name: more than one “cannot be put in one order” (section 6)."""

    cards: tuple[Scorecard, ...]

    @property
    def in_order(self) -> tuple[tuple[Scorecard, Scorecard], ...]:
        """The pairs within the group whose own ranges do not overlap: the lab that lies above, and the other."""
        return tuple((one, other) for one in self.cards for other in self.cards if lies_above(one, other))


def score_groups(cards: Iterable[Scorecard], names: Mapping[str, str]) -> tuple[ScoreGroup, ...]:
    """The labs with a score, in groups whose ranges touch or overlap in a chain, the highest first (section 6)."""
    found: list[list[Scorecard]] = []
    lowest = Fraction(0)
    scored = [(card.score, card) for card in cards if card.score is not None]
    for score, card in sorted(scored, key=lambda pair: pair[0].high, reverse=True):
        if found and score.high >= lowest:
            found[-1].append(card)
            lowest = min(lowest, score.low)
        else:
            found.append([card])
            lowest = score.low
    return tuple(ScoreGroup(tuple(sorted(group, key=lambda card: _by_name(card.lab, names)))) for group in found)


def lies_above(one: Scorecard, other: Scorecard) -> bool:
    """Whether even the low figure of the one exceeds the other's high one; else they cannot be told apart or the other
    lies above (methodology, section 6). False where either has no score.
    """
    return one.score is not None and other.score is not None and one.score.low > other.score.high


def release_card(ledger: Ledger, assessment: Assessment) -> ReleaseCard:
    """The figures of one release of the ledger: criteria and the verdict on every promise owed for it."""
    return ReleaseCard(assessment, release_criteria(assessment), ledger.verdicts_on(assessment.release.key))


_NO_CRITERIA: Mapping[Criterion, Range | None] = MappingProxyType(dict.fromkeys(Criterion))
"""Those of the many labs without a release in a window."""


def lab_criteria(cards: Collection[ReleaseCard], commitment: Range) -> Mapping[Criterion, Range | None]:
    """All criteria of a lab from those of its releases; all None where there is no release (section 6)."""
    if not cards:
        return _NO_CRITERIA
    criteria: dict[Criterion, Range | None] = {
        criterion: mean([card.criteria[criterion] for card in cards]) for criterion in RELEASE_CRITERIA
    }
    criteria[Criterion.COMMITMENT] = commitment
    criteria[Criterion.FOLLOW_THROUGH] = _follow_through(cards)
    return criteria


def criteria_if(card: Scorecard, index: int, changed: ReleaseCard) -> dict[Criterion, Range | None]:
    """The lab's criteria if the release at ``index`` had other figures: the same means, with one value replaced."""
    before = card.releases[index]
    criteria = dict(card.criteria)
    for criterion in RELEASE_CRITERIA:
        old, new = before.criteria[criterion], changed.criteria[criterion]
        value = card.criteria[criterion]
        if old != new and value is not None:
            criteria[criterion] = mean_with(value, len(card.releases), old, new)
    criteria[Criterion.FOLLOW_THROUGH] = _follow_through_if(card, index, changed)
    return criteria


def _follow_through_if(card: Scorecard, index: int, changed: ReleaseCard) -> Range | None:
    result = card.criteria[Criterion.FOLLOW_THROUGH]
    for before, after in zip(card.releases[index].verdicts, changed.verdicts, strict=True):
        old, new = before.value, after.value
        if result is None or (old is None) != (new is None):  # another number of values
            releases = (*card.releases[:index], changed, *card.releases[index + 1 :])
            return _follow_through(releases)
        if old is not None and new is not None and old != new:
            result = mean_with(result, card.valued_count, old, new)
    return result


def _follow_through(cards: Iterable[ReleaseCard]) -> Range | None:
    values = [each.value for card in cards for each in card.verdicts if each.value is not None]
    return mean(values) if values else None


def score_of(criteria: Mapping[Criterion, Range | None], weights: Mapping[Criterion, Fraction]) -> Range | None:
    """100 × Σ weight·value ÷ Σ weight over the criteria that apply; None if none has weight (section 6)."""
    share = weighted_mean((weights[criterion], value) for criterion, value in criteria.items() if value is not None)
    return None if share is None else share.times(100)


def points_of(
    criteria: Mapping[Criterion, Range | None], weights: Mapping[Criterion, Fraction]
) -> dict[Criterion, Range | None]:
    """How many of the score's 100 points each criterion brings; None where it does not apply (section 6)."""
    total = sum((weights[criterion] for criterion, value in criteria.items() if value is not None), Fraction(0))
    return {
        criterion: None if value is None or not total else value.times(100 * weights[criterion] / total)
        for criterion, value in criteria.items()
    }


def counts(assessments: Collection[Assessment]) -> Counts:
    """The counts over some releases: those of a lab, or of a window for the headline (section 6)."""
    deeper = Counter(each.deeper for each in assessments)
    return Counts(
        releases=len(assessments),
        evaluated_low=sum(bool(each.strict) for each in assessments),
        evaluated_high=sum(bool(each.counted) for each in assessments),
        deeper_yes=deeper[Deeper.YES],
        deeper_no=deeper[Deeper.NO],
        deeper_unknown=deeper[Deeper.UNKNOWN],
    )


def headline(ledger: Ledger, window: Window) -> Counts:
    """The counts over every lab's releases that count in the window: the headline's figures."""
    return counts(ledger.access.counted_in(window))


def _coverage(cards: Collection[ReleaseCard]) -> Coverage:
    each = [card.assessment.coverage for card in cards]
    return Coverage(sum(part.known for part in each), sum(part.asked for part in each))


def _no_score(cards: Collection[ReleaseCard], score: Range | None) -> NoScore | None:
    if not cards:
        return NoScore.NO_RELEASE
    if len(cards) < FEWEST_RELEASES:
        return NoScore.TOO_FEW
    return NoScore.NO_CRITERION if score is None else None


def _last_evaluated(ledger: Ledger, lab: str) -> Assessment | None:
    evaluated = [each for each in ledger.access.counted_in(Window.ALL, lab) if each.strict]
    return evaluated[-1] if evaluated else None


def _ranks(mine: Range, lows: Sequence[Fraction], highs: Sequence[Fraction]) -> Ranks:
    """Best: 1 + labs whose low exceeds my high; worst: 1 + other labs whose high exceeds my low.

    ``lows`` and ``highs`` are those of all labs with a score, mine among them, in ascending order.
    """
    above = len(lows) - bisect_right(lows, mine.high)
    possibly_above = len(highs) - bisect_right(highs, mine.low) - (mine.high > mine.low)
    return Ranks(best=1 + above, worst=1 + possibly_above)


def _by_name(lab: str, names: Mapping[str, str]) -> tuple[PeopleOrder, str]:
    return people_order(names[lab]), lab
