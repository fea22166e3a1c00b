"""The criteria of a scorecard, their weights, and what a release and a lab's promises are worth (section 6)."""

import re
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from commitments.choices import About, Firmness, StatedBy
from commitments.rules.certainty import commitment_certainty
from commitments.rules.facts import CommitmentFact
from labs.choices import Results
from labs.rules.access import WeighedEvent
from labs.rules.certainty import is_documented
from labs.rules.depth import Level
from labs.rules.ledger import Assessment
from labs.rules.ranges import Range
from labs.rules.vocabulary import Term

_Value = TypeVar("_Value")

FEWEST_RELEASES = 3
"""How many releases in the window a score needs at least (methodology, section 6)."""

FULL_ACCESS_DAYS = 28
"""Calendar days of access that count in full: the EU code of practice's 20 working days (section 6)."""


class Criterion(Term):
    """The criteria of a scorecard, in its order (methodology, section 6)."""

    EVALUATED = (
        "evaluated",
        "evaluated",
        "Share of releases with an outside model evaluation before deployment.",
    )
    DEPTH = "depth", "depth", "How deep the best evaluation of each release went."
    PUBLICATION = (
        "publication",
        "publication",
        "What was published of the best-published evaluation of each release.",
    )
    TIME = "time", "time", "How much of 28 days of access before release the longest evaluation had."
    COMMITMENT = (
        "commitment",
        "commitment",
        "The strongest promise in force, of the lab itself or in a text it signed, to let outsiders evaluate models.",
    )
    FOLLOW_THROUGH = (
        "follow_through",
        "follow-through",
        "How far testable promises were kept, release by release.",
    )


RELEASE_CRITERIA = (Criterion.EVALUATED, Criterion.DEPTH, Criterion.PUBLICATION, Criterion.TIME)
"""The criteria that are means over a lab's releases in the window."""

DEFAULT_WEIGHTS: Mapping[Criterion, Fraction] = MappingProxyType(
    {
        Criterion.EVALUATED: Fraction(25),
        Criterion.DEPTH: Fraction(25),
        Criterion.PUBLICATION: Fraction(15),
        Criterion.TIME: Fraction(10),
        Criterion.COMMITMENT: Fraction(10),
        Criterion.FOLLOW_THROUGH: Fraction(15),
    }
)
"""The method's own weights (methodology, section 6)."""

DEPTH_VALUES: Mapping[Level, Fraction] = MappingProxyType(
    {
        Level.NONE: Fraction(0),
        Level.AS_USERS: Fraction(1, 4),
        Level.DEEPER: Fraction(1, 2),
        Level.MITIGATIONS_OFF: Fraction(3, 4),
        Level.FINE_TUNING: Fraction(1),
        Level.WEIGHTS: Fraction(1),
    }
)
"""What each level of depth is worth (methodology, section 6)."""

PUBLICATION_VALUES: Mapping[Results, Range] = MappingProxyType(
    {
        Results.EVALUATOR_REPORT: Range.of(1),
        Results.EVALUATOR_SUMMARY: Range.of(".75"),
        Results.LAB_DETAILED: Range.of(".5"),
        Results.LAB_SUMMARY: Range.of(".25"),
        Results.NONE_PUBLISHED: Range.of(0),
        Results.UNKNOWN: Range.of(0, 1),
    }
)
"""What each way of publishing is worth; “not disclosed” can be anything (methodology, section 6)."""

FIRMNESS_VALUES: Mapping[Firmness, Range] = MappingProxyType(
    {
        Firmness.FIRM: Range.of(1),
        Firmness.CONDITIONAL: Range.of(".6"),
        Firmness.EXPLORATORY: Range.of(".3"),
        Firmness.MENTION: Range.of(".1"),
        Firmness.DISPUTED: Range.of(0, 1),
        Firmness.UNKNOWN: Range.of(0, 1),
    }
)
"""What a promise is worth; a disputed one counts as firm in the high figure only (methodology, section 6)."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,2})?", re.IGNORECASE | re.ASCII)
_LONGEST_NUMBER = 20
_MOST_PLACES = 120
_ALLOWED = (
    "Weights are names and numbers such as “evaluated:50,depth:50”: each of "
    + ", ".join(Criterion.values())
    + " at most once, with a finite number of 0 or more, and not all 0."
)
_BY_NAME = {criterion.value: criterion for criterion in Criterion}
_NOTHING = Range.of(0)
_FULL = Range.of(1)
_OPEN = Range.of(0, 1)


def release_criteria(assessment: Assessment) -> dict[Criterion, Range]:
    """The four criteria of one release, each within 0 to 1 (methodology, section 6).

    Low: the best low value of a strict event. High: the best high value of a counted event. 0 where there is none.
    """
    strict, counted = _apart(map(_values, assessment.strict)), _apart(map(_values, assessment.counted))
    return {
        criterion: _best([each[criterion] for each in strict], [each[criterion] for each in counted])
        for criterion in RELEASE_CRITERIA
    }


def deciding_events(criterion: Criterion, assessment: Assessment) -> tuple[WeighedEvent, ...]:
    """The events that set the release's low or high figure on one of the four criteria, in their order.

    Empty where nothing counts, or where both figures are 0.
    """
    total = release_criteria(assessment)[criterion]
    values = [(each, event_value(criterion, each)) for each in assessment.counted]
    return tuple(
        each
        for each, value in values
        if (each.is_strict and value.low == total.low != 0) or value.high == total.high != 0
    )


def event_value(criterion: Criterion, weighed: WeighedEvent) -> Range:
    """What one event is worth on one of the four criteria of a release, if it counts (methodology, section 6).

    Raises ValueError for a criterion of the lab.
    """
    values = _values(weighed)
    if criterion not in values:
        raise ValueError(f"“{criterion.label}” is a criterion of the lab, not of an event.")
    return values[criterion]


def _values(weighed: WeighedEvent) -> Mapping[Criterion, Range]:
    return _values_of(weighed.depth.low, weighed.depth.high, weighed.event.results, weighed.event.access_days)


@lru_cache(maxsize=1_000)
def _values_of(low: Level, high: Level, results: Results, access_days: int | None) -> Mapping[Criterion, Range]:
    """What an event is worth, one mapping for the many that are worth the same."""
    return {
        Criterion.EVALUATED: _FULL,
        Criterion.DEPTH: Range(DEPTH_VALUES[low], DEPTH_VALUES[high]),
        Criterion.PUBLICATION: PUBLICATION_VALUES[results],
        Criterion.TIME: time_value(access_days),
    }


def time_value(access_days: int | None) -> Range:
    """What days of access before release are worth: days ÷ 28, at most 1; None leaves 0 to 1 open (section 6)."""
    if access_days is None:
        return _OPEN
    share = min(Fraction(access_days, FULL_ACCESS_DAYS), Fraction(1))
    return Range(share, share)


def commitment_value(commitments: Collection[CommitmentFact], lab: str) -> Range:
    """What the lab's strongest promise is worth, of its commitments in force on the day (methodology, section 6).

    Only promises of model evaluation by outsiders, stated by the lab or jointly, count. A disputed or only reported one
    counts in the high figure only. So does one whose firmness or author is not recorded: an unknown widens a range and
    never raises its low end.
    """
    values = [worth for each in commitments if (worth := _worth(each, lab)) is not None]
    return _best(values, values)


def parse_weights(text: str) -> dict[Criterion, Fraction]:
    """A reader's own weights from “evaluated:50,depth:50”; criteria that are not named weigh 0.

    Exact: "0.1" is a tenth. Raises ValueError for unknown names, a name given twice, anything but a finite number of 0
    or more, and weights that are all 0; its sentence says what is allowed.
    """
    weights = dict.fromkeys(Criterion, Fraction(0))
    named: set[Criterion] = set()
    for part in text.split(","):
        name, colon, number = (piece.strip() for piece in part.partition(":"))
        if not colon or name not in _BY_NAME:
            raise ValueError(f"“{part.strip()}” is not the weight of a criterion. {_ALLOWED}")
        criterion = _BY_NAME[name]
        if criterion in named:
            raise ValueError(f"“{name}” is weighted twice. {_ALLOWED}")
        named.add(criterion)
        weights[criterion] = _weight(number)
    if not any(weights.values()):
        raise ValueError(f"Not every weight can be 0. {_ALLOWED}")
    return weights


def weights_text(weights: Mapping[Criterion, Fraction]) -> str:
    """The weights as written in an address, without those of 0; ``parse_weights`` reads them back exactly.

    Raises ValueError for a weight that no decimal writes exactly, such as a third.
    """
    return ",".join(f"{name.value}:{_decimal(weights[name])}" for name in Criterion if weights.get(name))


def _worth(commitment: CommitmentFact, lab: str) -> Range | None:
    if commitment.about is not About.EXTERNAL_MODEL_EVALUATION or commitment.stated_by is StatedBy.OTHER:
        return None
    value = FIRMNESS_VALUES[commitment.firmness]
    is_sure = is_documented(commitment_certainty(commitment, lab))
    if commitment.stated_by is StatedBy.UNKNOWN or not is_sure:
        return Range(_NOTHING.low, value.high)
    return value


def _best(strict: Collection[Range], counted: Collection[Range]) -> Range:
    low = max([each.low for each in _apart(strict)], default=_NOTHING.low)
    high = max([each.high for each in _apart(counted)], default=_NOTHING.high)
    return Range(low, high)


def _apart(values: Iterable[_Value]) -> Collection[_Value]:
    """Each object once: many events are worth the same, and exact fractions take long to compare."""
    return {id(each): each for each in values}.values()


def _weight(number: str) -> Fraction:
    if len(number) > _LONGEST_NUMBER or not _NUMBER.fullmatch(number) or Fraction(number) < 0:
        raise ValueError(f"“{number}” is not a weight. {_ALLOWED}")
    return Fraction(number)


def _decimal(value: Fraction) -> str:
    for places in range(_MOST_PLACES + 1):
        if (value * 10**places).denominator == 1:
            break
    else:
        raise ValueError(f"{value} cannot be written as a decimal.")
    digits = str((value * 10**places).numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
