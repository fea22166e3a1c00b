"""Labs side by side: the same figures in columns, and their releases on one time axis."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from commitments.rules.criteria import Criterion
from commitments.rules.ledger import Ledger
from commitments.rules.scorecards import lies_above
from evaltracker.web.charts.share import HalfYear, half_years
from evaltracker.web.presenters.numbers import Bar
from evaltracker.web.presenters.scorecards import ScoreRow
from labs.models import Lab
from labs.queries import ReleaseAsOf
from labs.rules.access import ReleaseStanding, Window


@dataclass(frozen=True, slots=True)
class CompareCell:
    """The content of a cell: a range, or words; with ``is_none`` there is no figure, and the words say why."""

    bar: Bar | None = None
    text: str = ""
    is_none: bool = False


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """One figure of every lab, in the order of the columns."""

    label: str
    note: str
    cells: list[CompareCell]
    criterion: Criterion | None = None


@dataclass(frozen=True, slots=True)
class ComparedRelease:
    """A release with who evaluated it before deployment and how deeply, in words."""

    release: ReleaseAsOf

    @property
    def words(self) -> str:
        """“METR; depth not disclosed”; who possibly tested it, where no test surely counts; "" where none counts."""
        return "; ".join(filter(None, (self.release.tested_by_label, self.release.depth_words)))


@dataclass(frozen=True, slots=True)
class Period:
    """A half-year of release, with each lab's releases in it, the newest first."""

    half: HalfYear
    cells: list[list[ComparedRelease]]


def compared_figures(rows: Sequence[ScoreRow]) -> list[ComparedFigure]:
    """Score, rank, counts and every criterion, lab beside lab."""

    def line(
        label: str,
        note: str,
        read: Callable[[ScoreRow], Bar | str | None],
        missing: str,
        criterion: Criterion | None = None,
    ) -> ComparedFigure:
        return ComparedFigure(label, note, [_cell(row, read(row), missing) for row in rows], criterion)

    return [
        line("Score", "0 to 100", lambda row: row.score or row.card.no_score_words, ""),
        line("Confirmed as tested before release", "of the releases in the window", lambda row: row.evaluated, ""),
        line("Deeper access than users get", "of the confirmed ones", lambda row: row.deeper, "none confirmed"),
        line("Facts disclosed", "of six on each test that counts", lambda row: row.coverage, ""),
        *(
            line(
                criterion.label.capitalize(),
                "",
                lambda row, criterion=criterion: row.criteria[criterion],
                "does not apply",
                criterion,
            )
            for criterion in Criterion
        ),
    ]


def _cell(row: ScoreRow, value: Bar | str | None, missing: str) -> CompareCell:
    if not row.has_releases:
        return CompareCell(text=row.card.no_score.label if row.card.no_score else missing, is_none=True)
    if value is None or value == "":
        return CompareCell(text=missing, is_none=True)
    return CompareCell(text=value) if isinstance(value, str) else CompareCell(bar=value)


def order_words(rows: Sequence[ScoreRow]) -> list[str]:
    """Which lab the record puts ahead, in words: ranges that overlap have no order (methodology, section 6)."""
    found = []
    for one, other in combinations([row for row in rows if row.card.score is not None], 2):
        above, below = (other, one) if lies_above(other.card, one.card) else (one, other)
        if lies_above(above.card, below.card):
            found.append(f"{above.lab} lies above {below.lab}: even its low figure exceeds the other's high one.")
        else:
            found.append(f"{one.lab} and {other.lab} cannot be told apart: their ranges overlap.")
    return found


def periods(ledger: Ledger, labs: Sequence[Lab], window: Window, releases: Iterable[ReleaseAsOf]) -> list[Period]:
    """The labs' releases that count in the window by half-year of release, the newest first."""
    counting = [
        each for each in releases if ledger.access.standing(each.assessment.release, window) is ReleaseStanding.COUNTS
    ]
    counting.sort(key=lambda each: (each.record.released_on_latest, each.record.name), reverse=True)
    found = []
    for half in reversed(half_years(ledger)):
        inside = [each for each in counting if half.start <= each.record.released_on_latest <= half.end]
        if inside:
            found.append(
                Period(half, [[ComparedRelease(each) for each in inside if each.record.lab == lab] for lab in labs])
            )
    return found
