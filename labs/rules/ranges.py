"""Exact ranges: what is known of a figure, from its lowest to its highest possible value.

Methodology, section 6: arithmetic is exact (fractions); a figure is rounded once, when it is printed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor, lcm

SCORE_PLACES = 1
"""Decimals of a score in exports and at the desk (methodology, section 6)."""

CRITERION_PLACES = 4
"""Decimals of a criterion in exports and at the desk (methodology, section 6)."""

PAGE_PLACES = 0
"""Decimals of a score, and of a criterion in per cent, on public pages (methodology, section 6)."""

_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Range:
    """A figure between ``low`` and ``high``, both included. They are equal where nothing is open.

    Raises ValueError where low exceeds high.
    """

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"A range runs from low to high, not from {self.low} to {self.high}.")

    @classmethod
    def of(cls, low: Fraction | int | str, high: Fraction | int | str | None = None) -> "Range":
        """The range from ``low`` to ``high``, or the single value ``low``. Texts such as ".25" or "5/7" are exact."""
        lowest = Fraction(low)
        return cls(lowest, lowest if high is None else Fraction(high))

    @property
    def is_exact(self) -> bool:
        """Whether low and high are equal, so nothing is unknown."""
        return self.low == self.high

    @property
    def width(self) -> Fraction:
        """How far apart low and high are: what unknown facts leave open."""
        return self.high - self.low

    def times(self, factor: Fraction | int) -> "Range":
        """Both ends multiplied by a factor of 0 or more; a negative one raises ValueError."""
        return Range(self.low * factor, self.high * factor)

    def holds(self, other: "Range") -> bool:
        """Whether the other range lies within this one."""
        return self.low <= other.low and other.high <= self.high


def mean(ranges: Collection[Range]) -> Range:
    """The mean: of the lows, and of the highs. Raises ValueError for an empty collection."""
    if not ranges:
        raise ValueError("There is no mean of nothing.")
    return Range(_mean([each.low for each in ranges]), _mean([each.high for each in ranges]))


def mean_with(mean: Range, count: int, before: Range, after: Range) -> Range:
    """The mean of ``count`` ranges if one of them were ``after`` instead of ``before``."""
    return Range(
        mean.low + (after.low - before.low) / count,
        mean.high + (after.high - before.high) / count,
    )


def weighted_mean(pairs: Iterable[tuple[Fraction, Range]]) -> Range | None:
    """Σ weight·value ÷ Σ weight, of the lows and of the highs; None where no value has weight."""
    total = low = high = Fraction(0)
    for weight, value in pairs:
        if weight:
            total += weight
            low += weight * value.low
            high += weight * value.high
    return Range(low / total, high / total) if total else None


def hull(ranges: Collection[Range]) -> Range:
    """The smallest range that contains all of them. Raises ValueError for an empty collection."""
    if not ranges:
        raise ValueError("There is no range around nothing.")
    return Range(min(each.low for each in ranges), max(each.high for each in ranges))


def printed(value: Fraction, places: int) -> str:
    """The value in decimals, rounded half up: 14.25 to one place is "14.3" (methodology, section 6)."""
    unit = 10**places
    scaled = floor(value * unit + _HALF)
    sign = "-" if scaled < 0 else ""
    whole, rest = divmod(abs(scaled), unit)
    return f"{sign}{whole}.{rest:0{places}d}" if places else f"{sign}{whole}"


def printed_range(value: Range, places: int) -> str:
    """Both ends in decimals: “14.2–26.7”, or one figure where both print the same."""
    return range_words(printed(value.low, places), printed(value.high, places))


def range_words(low: str, high: str, joint: str = "–") -> str:
    """A range from its printed ends: “2nd–4th”, “as users to fine-tuning”; one end where both print the same."""
    return low if low == high else f"{low}{joint}{high}"


def _mean(values: Collection[Fraction]) -> Fraction:
    """Over one common denominator: as exact as adding fractions one by one, and many times faster."""
    common = lcm(*(value.denominator for value in values))
    total = sum(value.numerator * (common // value.denominator) for value in values)
    return Fraction(total, common * len(values))
