"""The scorecards of a day and the questions that are open, computed once for each data version."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from commitments.queries.promises import ledger
from commitments.rules.criteria import Criterion
from commitments.rules.event_questions import EventQuestion, event_questions
from commitments.rules.promise_questions import PromiseQuestion, promise_questions
from commitments.rules.scorecards import Scorecard, scorecards
from commitments.rules.settling import Settling, settlings
from labs.queries.kept import kept
from labs.queries.labs import labs_by_key
from labs.rules.access import Window

_Weights = tuple[tuple[Criterion, Fraction], ...]

WEIGHTINGS_KEPT = 24
"""For how many days, windows and weights the scorecards are kept; a reader may ask with weights of their own."""
LABS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Questions:
    """What is unknown about a lab and would move its score: about events, and about promises."""

    about_events: tuple[EventQuestion, ...]
    about_promises: tuple[PromiseQuestion, ...]
    settlings: tuple[Settling, ...]
    """The same, each release and each promise once."""


def scorecards_as_of(day: dt.date, window: Window, weights: Mapping[Criterion, Fraction]) -> tuple[Scorecard, ...]:
    """The scorecards of all labs with their ranks, in the order of the table (methodology, section 6)."""
    return _scorecards(day, window, tuple(weights.items()))


def questions_as_of(day: dt.date, lab: str, window: Window, weights: Mapping[Criterion, Fraction]) -> Questions:
    """The open questions of a lab, the weightiest first (methodology, section 6)."""
    return _questions(day, lab, window, tuple(weights.items()))


@kept(most=WEIGHTINGS_KEPT)
def _scorecards(day: dt.date, window: Window, weights: _Weights) -> tuple[Scorecard, ...]:
    names = {key: lab.name for key, lab in labs_by_key().items()}
    return scorecards(ledger(day), names, window, dict(weights))


@kept(most=LABS_KEPT)
def _questions(day: dt.date, lab: str, window: Window, weights: _Weights) -> Questions:
    day_ledger, own_weights = ledger(day), dict(weights)
    about_events = event_questions(day_ledger, lab, window, own_weights)
    about_promises = promise_questions(day_ledger, lab, window, own_weights)
    return Questions(about_events, about_promises, settlings([*about_events, *about_promises]))
