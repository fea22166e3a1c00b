"""Figures in words, as pages show them: ranges, ranks and counts. Downloads have more decimals."""

from dataclasses import dataclass

from commitments.rules.scorecards import Counts, Ranks
from labs.rules.ledger import Coverage
from labs.rules.ranges import PAGE_PLACES, Range, printed, range_words

_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A range for ``includes/_range_bar.html``: both figures as printed, and the place of each within 0–100."""

    low_text: str
    high_text: str
    x: float
    width: float
    unit: str = ""

    @property
    def text(self) -> str:
        """Both figures as printed: “14–27”, “25–50%”, or one where both print the same."""
        return range_words(self.low_text, self.high_text) + self.unit


def score_bar(score: Range | None) -> Bar | None:
    """A score, 0 to 100, in whole numbers; None where there is none (methodology, section 6)."""
    return None if score is None else _bar(score)


def criterion_bar(value: Range | None) -> Bar | None:
    """A criterion, 0 to 1, in whole per cent; None where it does not apply (methodology, section 6)."""
    return None if value is None else _bar(value.times(100), "%")


def _bar(value: Range, unit: str = "") -> Bar:
    return Bar(
        low_text=printed(value.low, PAGE_PLACES),
        high_text=printed(value.high, PAGE_PLACES),
        x=round(float(value.low), 2),
        width=round(float(value.width), 2),
        unit=unit,
    )


def ordinal(number: int) -> str:
    """“1st”, “2nd”, “11th”."""
    ending = "th" if number % 100 in (11, 12, 13) else _ENDINGS.get(number % 10, "th")
    return f"{number}{ending}"


def ranks_text(ranks: Ranks | None) -> str:
    """“2nd to 4th”, “1st”; "" without a score."""
    return range_words(ordinal(ranks.best), ordinal(ranks.worst), " to ") if ranks else ""


def of_total(low: int, high: int, total: int, what: str, many: str = "") -> str:
    """“2 of 7 releases (4 with possible ones)”: two confirmed, four with these; without the bracket where no more are
    possible. “(4 possible)” was read as four more.
    """
    words = f"{low} of {total} {(many or f'{what}s') if total != 1 else what}"
    return f"{words} ({high} with possible ones)" if high > low else words


def evaluated_text(counts: Counts) -> str:
    """How many releases had an outside evaluation before deployment: “2 of 7 releases (4 with possible ones)”."""
    return of_total(counts.evaluated_low, counts.evaluated_high, counts.releases, "release")


def deeper_text(counts: Counts) -> str:
    """Of the releases with a confirmed evaluation, whether access was deeper than users get: all three answers.

    “shown for 2 of 6, not disclosed for 4”; "" where no evaluation is confirmed (methodology, section 6).
    """
    answers = (
        ("shown for", counts.deeper_yes),
        ("no deeper for", counts.deeper_no),
        ("not disclosed for", counts.deeper_unknown),
    )
    words = [f"{what} {count}" for what, count in answers if count]
    return ", ".join([f"{words[0]} of {counts.evaluated_low}", *words[1:]]) if words else ""


def coverage_text(coverage: Coverage) -> str:
    """“41 of 96 facts”; in words where no event counts, because then there are no facts to ask for."""
    return f"{coverage.known} of {coverage.asked} facts" if coverage.asked else "no test counts"
