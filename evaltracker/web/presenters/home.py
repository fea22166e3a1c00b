"""The front page: the headline, why its two figures differ, then and now, and what is new."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from commitments.rules.ledger import Ledger
from commitments.rules.scorecards import Counts, headline
from evaltracker.web.presenters.scorecards import ScoreRow
from labs.choices import Owner
from labs.models import Lab
from labs.rules.access import Reason, WeighedEvent, Window
from labs.rules.as_of import is_public_by_its_date, public_on
from labs.rules.facts import ReleaseFact
from labs.rules.ledger import Assessment
from labs.rules.ranges import Range
from labs.rules.sentences import public_words
from labs.rules.words import listed, plural

_DOUBT_WORDS = {
    Reason.REPORTED: "reported",
    Reason.INFERRED: "inferred",
    Reason.DISPUTED: "disputed",
    Reason.TIMING_UNKNOWN: "undated",
}


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline: counts over all labs, the window in words, and which events only the high figure counts."""

    counts: Counts
    window: str
    if_counted: str

    @property
    def releases(self) -> str:
        return plural(self.counts.releases, "frontier release")

    @property
    def is_range(self) -> bool:
        """Whether more releases are possible than documented."""
        return self.counts.evaluated_high > self.counts.evaluated_low

    @property
    def possible_count(self) -> int:
        """How many releases count in the bracketed figure only."""
        return self.counts.evaluated_high - self.counts.evaluated_low


@dataclass(frozen=True, slots=True)
class PossibleReleases:
    """Releases of one lab that count in the bracketed figure only, for the same reasons, which are in words."""

    lab: str
    lab_name: str
    releases: list[ReleaseFact]
    reasons: str


@dataclass(frozen=True, slots=True)
class LabChange:
    """A lab's figures on an earlier day and now, in words too; each is None where no release counted."""

    lab: Lab
    before: ScoreRow | None
    now: ScoreRow | None
    words: str


def headline_of(ledger: Ledger, window: Window) -> Headline:
    """The headline's figures on the ledger's day."""
    found = {reason for each in _lenient_only(ledger, window) for event in each.counted for reason in event.reasons}
    doubts = [word for reason, word in _DOUBT_WORDS.items() if reason in found]
    words = ledger.access.window_words(window)
    return Headline(headline(ledger, window), words, f"{listed(doubts)} ones" if doubts else "")


def possible_releases(ledger: Ledger, window: Window, names: Mapping[str, str]) -> list[PossibleReleases]:
    """The releases that count in the bracketed figure only, by lab and reasons (methodology, section 4)."""
    groups: dict[tuple[str, str], list[ReleaseFact]] = {}
    for assessment in _lenient_only(ledger, window):
        reasons = dict.fromkeys(words for event in assessment.counted for words in _reasons(event))
        groups.setdefault((assessment.release.lab, "; ".join(reasons)), []).append(assessment.release)
    found = [PossibleReleases(lab, names[lab], releases, reasons) for (lab, reasons), releases in groups.items()]
    return sorted(found, key=lambda each: each.lab_name.casefold())


def _lenient_only(ledger: Ledger, window: Window) -> list[Assessment]:
    return [each for each in ledger.access.counted_in(window) if each.counted and not each.strict]


def _reasons(weighed: WeighedEvent) -> list[str]:
    """Why an event counts in the high figure only, in words."""
    speakers = {citation.source.owner for citation in weighed.event.citations}
    return [
        "it rests on third parties' accounts"
        if reason is Reason.REPORTED and speakers == {Owner.THIRD_PARTY}
        else reason.label
        for reason in weighed.reasons
    ]


def lab_changes(before: Iterable[ScoreRow], now: Iterable[ScoreRow]) -> list[LabChange]:
    """What changed for each lab that had a release in either window, in the order of today's table."""
    earlier = {row.lab.key: row for row in before if row.has_releases}
    return [_lab_change(earlier.get(row.lab.key), row) for row in now if row.has_releases or row.lab.key in earlier]


def _lab_change(before: ScoreRow | None, now: ScoreRow) -> LabChange:
    shown = now if now.has_releases else None
    if before is None:
        words = "no release in the window then, so nothing to compare"
    elif shown is None:
        words = "no release in the window now, so nothing to compare"
    else:
        words = _score_change_words(before.card.score, now.card.score)
    return LabChange(now.lab, before, shown, words)


def _score_change_words(before: Range | None, now: Range | None) -> str:
    """What two ranges say about a change, and no more."""
    if before is None or now is None:
        return "no score with these weights"
    if now.low > before.high:
        return "higher: even the low figure lies above the high one then"
    if now.high < before.low:
        return "lower: even the high figure lies below the low one then"
    if before == now:
        return "the same"
    return "the ranges overlap, so the score may or may not have changed"


def newest_events(ledger: Ledger, count: int) -> dict[str, str]:
    """The access events that became public last, by key, each with since when, in words; the newest first.

    An event is left out where only the day on which we read a source says by when it was public: that is no news.
    """
    access = ledger.access
    assigned = [each for assessment in access.assessments.values() for each in assessment.events]
    first = {
        weighed.event.key: min((citation.source for citation in weighed.event.citations), key=public_on)
        for weighed in (*assigned, *access.unassigned)
    }
    dated = {key: source for key, source in first.items() if is_public_by_its_date(source)}
    newest = sorted(dated, key=lambda key: (-public_on(dated[key]).toordinal(), key))
    return {key: public_words(dated[key]) for key in newest[:count]}
