"""Figures in words: ranges, ranks and counts, the same on pages and in downloads."""

from dataclasses import dataclass

from commitments.rules.scorecards import Counts, Ranks
from labs.rules.ledger import Coverage
from labs.rules.ranges import CRITERION_PLACES, SCORE_PLACES, Range, printed, range_words

_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A range for ``includes/_range_bar.html``: both figures as printed, and the place of each within 0–100."""

    low_text: str
    high_text: str
    x: float
    width: float

    @property
    def text(self) -> str:
        """Both figures as printed: “14.2–26.7”, or one where both print the same."""
        return range_words(self.low_text, self.high_text)


def score_bar(score: Range | None) -> Bar | None:
    """A score, 0 to 100, to one decimal; None where there is none (methodology, section 6)."""
    return None if score is None else _bar(score, SCORE_PLACES, 1)


def criterion_bar(value: Range | None) -> Bar | None:
    """A criterion, 0 to 1, to four decimals; None where it does not apply (methodology, section 6)."""
    return None if value is None else _bar(value, CRITERION_PLACES, 100)


def _bar(value: Range, places: int, scale: int) -> Bar:
    drawn = value.times(scale)
    return Bar(
        low_text=printed(value.low, places),
        high_text=printed(value.high, places),
        x=round(float(drawn.low), 2),
        width=round(float(drawn.width), 2),
    )


def ordinal(number: int) -> str:
    """“1st”, “2nd”, “11th”."""
    ending = "th" if number % 100 in (11, 12, 13) else _ENDINGS.get(number % 10, "th")
    return f"{number}{ending}"


def ranks_text(ranks: Ranks | None) -> str:
    """“2nd–4th”, “1st”; "" without a score."""
    return range_words(ordinal(ranks.best), ordinal(ranks.worst)) if ranks else ""


def of_total(low: int, high: int, total: int, what: str, many: str = "") -> str:
    """“2 of 7 releases (4 possible)”; without the bracket where no more are possible."""
    words = f"{low} of {total} {(many or f'{what}s') if total != 1 else what}"
    return f"{words} ({high} possible)" if high > low else words


def evaluated_text(counts: Counts) -> str:
    """How many releases had an outside evaluation before deployment: “2 of 7 releases (4 possible)”."""
    return of_total(counts.evaluated_low, counts.evaluated_high, counts.releases, "release")


def coverage_text(coverage: Coverage) -> str:
    """“41 of 96 facts”; in words where no event counts, because then there are no facts to ask for."""
    return f"{coverage.known} of {coverage.asked} facts" if coverage.asked else "no test counts"
