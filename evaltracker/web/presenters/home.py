"""The front page: the headline, what is open, the newest releases, then and now."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from commitments.queries import ledger as ledger_as_of
from commitments.queries.scorecards import LABS_KEPT
from commitments.rules.ledger import Ledger
from commitments.rules.scorecards import Scorecard
from evaltracker.web.presenters.numbers import Bar, evaluated_text, score_bar
from evaltracker.web.presenters.scorecards import ScoreRow
from labs.choices import Evidence, Owner
from labs.models import Lab
from labs.queries import ReleaseAsOf, releases_as_of
from labs.queries.events import DAYS_KEPT
from labs.queries.kept import kept
from labs.rules.access import Reason, WeighedEvent, Window
from labs.rules.depth import Deeper
from labs.rules.facts import ReleaseFact
from labs.rules.ledger import Assessment
from labs.rules.order import people_order
from labs.rules.sentences import EvidenceCounts, emphasised, evidence_counts, headline

NEWEST = 8


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline in pieces, each with whether it is in bold: its first sentence, the others, and the window."""

    first: list[tuple[str, bool]]
    others: list[tuple[str, bool]]
    window: str
    counts: EvidenceCounts


@dataclass(frozen=True, slots=True)
class ThenAndNow:
    """One row of the table: what is counted, on the day of the first check and now."""

    label: str
    then: str
    now: str
    word: Evidence | Deeper


@dataclass(frozen=True, slots=True)
class PossibleReleases:
    """Releases of one lab of which something is reported or undated, for the same reasons, which are in words."""

    lab: str
    lab_name: str
    releases: list[ReleaseFact]
    reasons: str


@dataclass(frozen=True, slots=True)
class EarlierFigures:
    """A lab's figures on an earlier day: how many releases were tested, and the score."""

    evaluated: str
    score: Bar | None


@dataclass(frozen=True, slots=True)
class LabChange:
    """A lab's figures on an earlier day and now, in words too; each is None where no release counted."""

    lab: Lab
    before: EarlierFigures | None
    now: ScoreRow | None
    words: str


@kept(most=LABS_KEPT)
def counts_as_of(day: dt.date, window: Window, lab: str | None) -> EvidenceCounts:
    """How many releases that count in the window have each word, of one lab (key) or of all."""
    return evidence_counts(ledger_as_of(day).access.counted_in(window, lab))


def headline_of(ledger: Ledger, window: Window, *, is_past: bool, lab: str | None = None, maker: str = "") -> Headline:
    """What the record shows of the releases of a window, of all labs or of one (``maker`` is its name)."""
    words = ledger.access.window_words(window)
    counts = counts_as_of(ledger.day, window, lab)
    first, *others = headline(counts, words, is_past=is_past, maker=maker)
    return Headline(emphasised(first), emphasised(" ".join(others)), words, counts)


def then_and_now(then: EvidenceCounts, now: EvidenceCounts) -> list[ThenAndNow]:
    """The same words on two days, each count with its denominator; a word that neither day has is left out."""

    def row(
        word: Evidence | Deeper,
        count: Callable[[EvidenceCounts], int],
        total: Callable[[EvidenceCounts], int],
        label: str = "",
    ) -> ThenAndNow:
        then_words, now_words = (f"{count(each)} of {total(each)}" for each in (then, now))
        return ThenAndNow(label or word.label, then_words, now_words, word)

    of_confirmed = attrgetter("confirmed")
    rows = [
        row(word, lambda each, word=word: each.of.get(word, 0), lambda each: each.releases)
        for word in Evidence
        if then.of.get(word) or now.of.get(word)
    ]
    if then.confirmed or now.confirmed:
        rows += [
            row(Deeper.YES, lambda each: each.deeper, of_confirmed, "of the confirmed: deeper than users get"),
            row(Deeper.NO, lambda each: each.not_deeper, of_confirmed, "of the confirmed: no deeper"),
            row(Deeper.UNKNOWN, lambda each: each.depth_unknown, of_confirmed, "of the confirmed: not disclosed"),
        ]
    return rows


def possible_releases(ledger: Ledger, window: Window, names: Mapping[str, str]) -> list[PossibleReleases]:
    """The releases of which something is reported or undated, by lab and reasons (methodology, section 4)."""
    groups: dict[tuple[str, str], list[ReleaseFact]] = {}
    for assessment in _lenient_only(ledger, window):
        # Of those that its word rests on: what the lab tells of does not rest on third parties because another does.
        reasons = dict.fromkeys(words for event in assessment.evidence.events for words in _reasons(event))
        groups.setdefault((assessment.release.lab, "; ".join(reasons)), []).append(assessment.release)
    found = [PossibleReleases(lab, names[lab], releases, reasons) for (lab, reasons), releases in groups.items()]
    return sorted(found, key=lambda each: people_order(each.lab_name))


def _lenient_only(ledger: Ledger, window: Window) -> list[Assessment]:
    return [each for each in ledger.access.counted_in(window) if each.counted and not each.strict]


def _reasons(weighed: WeighedEvent) -> list[str]:
    """Why an event counts in the high figure only, in words; and why a card does not settle its timing."""
    speakers = {citation.source.owner for citation in weighed.event.citations}
    doubts = [weighed.card_doubt.label] if weighed.card_doubt else []
    return [
        "it rests on third parties' accounts"
        if reason is Reason.REPORTED and speakers == {Owner.THIRD_PARTY}
        else reason.label
        for reason in weighed.reasons
    ] + doubts


def lab_changes(before: Iterable[Scorecard], now: Iterable[ScoreRow]) -> list[LabChange]:
    """What changed for each lab that had a release in either window, in the order of today's table."""
    earlier = {card.lab: card for card in before if card.releases}
    return [_lab_change(earlier.get(row.lab.key), row) for row in now if row.has_releases or row.lab.key in earlier]


def _lab_change(before: Scorecard | None, now: ScoreRow) -> LabChange:
    shown = now if now.has_releases else None
    figures = EarlierFigures(evaluated_text(before.counts), score_bar(before.score)) if before is not None else None
    if before is None:
        words = "no release in the window then, so nothing to compare"
    elif shown is None:
        words = "no release in the window now, so nothing to compare"
    else:
        words = _score_change_words(before, now.card)
    return LabChange(now.lab, figures, shown, words)


def _score_change_words(before: Scorecard, now: Scorecard) -> str:
    """What two ranges say about a change, and no more."""
    if before.score is None:
        return f"then, {before.no_score_words}"
    if now.score is None:
        return f"now, {now.no_score_words}"
    if now.score.low > before.score.high:
        return "higher: even the low figure lies above the high one then"
    if now.score.high < before.score.low:
        return "lower: even the high figure lies below the low one then"
    if before.score == now.score:
        return "the same"
    return "the ranges overlap, so the score may or may not have changed"


@kept(most=DAYS_KEPT)
def newest_releases(day: dt.date, window: Window) -> tuple[ReleaseAsOf, ...]:
    """The releases that count in the window and came out last, the newest first, each with who tested it."""
    counted = sorted(
        ledger_as_of(day).access.counted_in(window),
        key=lambda each: (each.release.released.latest or dt.date.min, each.release.key),
        reverse=True,
    )
    return tuple(releases_as_of(day)[each.release.key] for each in counted[:NEWEST])
