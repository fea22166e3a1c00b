"""What accepting proposals would do to the public figures, computed by the rules of the public pages.

The proposals are carried out in a transaction that is always rolled back. What the pages print before it is compared
with what they would print after it.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction

from commitments.models import Commitment
from commitments.queries import deadline_words, ledger, scorecards_as_of
from commitments.rules.criteria import DEFAULT_WEIGHTS
from commitments.rules.deadlines import deadline
from commitments.rules.ledger import Ledger
from commitments.rules.scorecards import Counts, NoScore, Scorecard, headline
from commitments.rules.verdicts import Verdict
from commitments.web.presenters import verdict_value_words
from evaltracker.web.parameters import DEFAULT_WINDOW
from evaltracker.web.presenters.numbers import (
    coverage_text,
    deeper_text,
    evaluated_text,
    ranks_text,
)
from labs.actions.batches import carry_out_each
from labs.models import AIModel, Lab, Proposal
from labs.queries.kept import one_version, records, uncommitted
from labs.rules.access import Window
from labs.rules.order import people_order
from labs.rules.ranges import CRITERION_PLACES, SCORE_PLACES, printed_range
from labs.rules.words import counted, listed
from labs.web.parameters import today

SCORE = ""  # a score needs no name: “Anthropic, 12 months: 52.8–85.9 → 54.1–85.9”
NO_CHANGE = "No score and no verdict changes."
_ALL_LABS = ""
_NOTHING = "none"
_PREVIEW = "only a preview"
_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure that the public would read differently: whose it is, its name, and both values in words.

    ``is_first`` marks the headline and the scores of the window that the home page shows.
    """

    of: str
    figure: str
    old: str
    new: str
    is_first: bool = False

    @property
    def text(self) -> str:
        """“Anthropic, 12 months: 52.8–85.9 → 54.1–85.9”."""
        return f"{', '.join(filter(None, (self.of, self.figure)))}: {self.old} → {self.new}"


@dataclass(frozen=True, slots=True)
class Effect:
    """What accepting would do, of those that can be accepted. ``refused`` says of the others why not, by number."""

    day: dt.date
    scores: tuple[FigureChange, ...] = ()
    figures: tuple[FigureChange, ...] = ()  # ranks, counts, coverage, criteria and the headline
    verdicts: tuple[FigureChange, ...] = ()  # of a promise on a release, and on promises with a due day
    refused: Mapping[int, Sequence[str]] = field(default_factory=dict)
    is_known: bool = True  # whether any of them could be accepted

    @property
    def in_the_way(self) -> tuple[str, ...]:
        """What prevents proposals from being accepted, in sentences."""
        return tuple(sentence for found in self.refused.values() for sentence in found)

    @property
    def moves(self) -> tuple[FigureChange, ...]:
        """Everything that changes: scores, then verdicts, then other figures."""
        return (*self.scores, *self.verdicts, *self.figures)

    @property
    def first(self) -> list[FigureChange]:
        """The headline and the scores that the home page shows, which a reviewer reads first."""
        return [change for change in (*self.figures, *self.scores) if change.is_first]

    @property
    def others(self) -> list[FigureChange]:
        """Every other score and figure."""
        return [change for change in (*self.scores, *self.figures) if not change.is_first]

    @property
    def summary(self) -> str:
        """The effect in a sentence."""
        if not self.is_known:
            return "Its effect is not known, because it cannot be accepted as it is."
        parts = [(len(self.scores), "score"), (len(self.verdicts), "verdict")]
        words = [counted(count, what) for count, what in parts if count]
        if words:
            return f"{listed(words)} {'changes' if sum(count for count, _ in parts) == 1 else 'change'}."
        return NO_CHANGE if not self.figures else f"{NO_CHANGE} Other figures do."


@dataclass(frozen=True, slots=True)
class _Printed:
    """What the public pages print on a day, by what it is about; and names by key."""

    figures: Mapping[_Key, str]  # (lab, window, figure)
    verdicts: Mapping[_Key, str]  # (commitment, release), or (commitment,) for its deadline
    labs: Mapping[str, str]
    releases: Mapping[str, tuple[str, str]]  # name of the lab, name of the release
    commitments: Mapping[str, str]


@one_version()
def effect_of(proposals: Iterable[Proposal], *, day: dt.date | None = None) -> Effect:
    """What accepting these open proposals would change in the figures of a day, today by default.

    Those that cannot be accepted are left out, and named with the reason.

    It changes nothing, neither in the database nor in the proposals that it is given. Quotes that are not found do not
    stop it.
    """
    day = day or today()
    wanted = [proposal.pk for proposal in proposals]
    before = _printed(day)
    with transaction.atomic():
        fresh = Proposal.objects.filter(pk__in=wanted).select_related("content_type")
        refused = carry_out_each(proposals=fresh, unfound_because=_PREVIEW)
        if is_known := len(refused) < len(wanted):
            with uncommitted():
                after = _printed(day)
        transaction.set_rollback(True)
    if not is_known:
        return Effect(day, refused=refused, is_known=False)
    return replace(_difference(day, before, after), refused=refused)


def _printed(day: dt.date) -> _Printed:
    public = records()
    return _Printed(
        figures=dict(_figures(day)),
        verdicts=dict(_verdicts(ledger(day))),
        labs={lab.key: lab.name for lab in public[Lab].published},
        releases={release.key: (release.lab.name, release.name) for release in public[AIModel].published},
        commitments={commitment.key: commitment.title for commitment in public[Commitment].published},
    )


def _figures(day: dt.date) -> Iterator[tuple[_Key, str]]:
    for window in Window:
        for figure, words in _counts(headline(ledger(day), window)):
            yield (_ALL_LABS, window.value, figure), words
        for card in scorecards_as_of(day, window, DEFAULT_WEIGHTS):
            for figure, words in _card(card):
                yield (card.lab, window.value, figure), words


def _counts(counts: Counts) -> Iterator[tuple[str, str]]:
    yield "tested before deployment", evaluated_text(counts)
    yield "deeper access than users get", deeper_text(counts)


def _card(card: Scorecard) -> Iterator[tuple[str, str]]:
    """The figures of a scorecard. One without releases has only the words that say so."""
    yield SCORE, printed_range(card.score, SCORE_PLACES) if card.score else card.no_score_words
    if not card.releases:
        return
    yield "rank", ranks_text(card.ranks)
    yield from _counts(card.counts)
    yield "coverage", coverage_text(card.coverage)
    for criterion, value in card.criteria.items():
        yield criterion.label, printed_range(value, CRITERION_PLACES) if value else "does not apply"
    yield "last evaluation", card.last_evaluated.release.name if card.last_evaluated else ""


def _verdicts(ledger: Ledger) -> Iterator[tuple[_Key, str]]:
    for verdict in ledger.verdicts(Window.ALL):
        yield (verdict.commitment.key, verdict.release.key), _verdict_words(verdict)
    for commitment in ledger.commitments.values():
        due = deadline(commitment, ledger.day)
        if due:
            yield (commitment.key,), deadline_words(due, records()[Commitment].by_key[commitment.key].due_on_label)


def _verdict_words(verdict: Verdict) -> str:
    """Both readings where they differ, and the value: two verdicts in the same words may count differently."""
    strict, lenient = verdict.strict.outcome.label, verdict.lenient.outcome.label
    words = f"{strict} (strict reading), {lenient} (lenient reading)" if verdict.is_split else strict
    return f"{words}: {verdict_value_words(verdict.value)}"


def _difference(day: dt.date, before: _Printed, after: _Printed) -> Effect:
    labs = {**before.labs, **after.labs}
    releases, commitments = {**before.releases, **after.releases}, {**before.commitments, **after.commitments}
    scores, figures, verdicts = [], [], []
    for (lab, window, figure), old, new in _changed_values(before.figures, after.figures):
        nothing = NoScore.NO_RELEASE.label if figure == SCORE else _NOTHING
        if (old or nothing) != (new or nothing):
            subject = f"{labs.get(lab, 'All labs')}, {Window(window).label}"
            is_first = window == DEFAULT_WINDOW.value and (figure == SCORE or lab == _ALL_LABS)
            change = FigureChange(subject, figure, old or nothing, new or nothing, is_first)
            (scores if figure == SCORE else figures).append(change)
    for (commitment, *release), old, new in _changed_values(before.verdicts, after.verdicts):
        about = ", ".join(releases.get(release[0], release)) if release else "due day"
        verdicts.append(FigureChange(commitments[commitment], about, old or "no verdict", new or "no verdict"))
    verdicts.sort(key=lambda change: (people_order(change.figure), people_order(change.of)))
    return Effect(day, tuple(scores), tuple(figures), tuple(verdicts))


def _changed_values(before: Mapping[_Key, str], after: Mapping[_Key, str]) -> Iterator[tuple[_Key, str, str]]:
    """Keys whose values differ, with both values; a missing value is empty. First those after, in their order."""
    for key in {**after, **before}:
        old, new = before.get(key, ""), after.get(key, "")
        if old != new:
            yield key, old, new
