"""Records that disagree with each other: for a person to look at, never for a score.

That sources dispute an event is none of these: an editor settled it by recording the dispute.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from labs.choices import BEFORE_RELEASE, Outcome
from labs.rules.dates import Span
from labs.rules.facts import EventFact
from labs.rules.vocabulary import Term

_DENIED = (Outcome.REFUSED, Outcome.CONFIRMED_NONE)


class Disagreement(Term):
    """How records contradict one another, or their sources do."""

    GIVEN_AND_DENIED = (
        "given_and_denied",
        "access given and denied",
        "One record says that this evaluator was let in, another that it was not, for the same release and activity.",
    )
    ENDS_AFTER_RELEASE = (
        "ends_after_release",
        "before deployment, and yet it ends after it",
        "Its timing lies before deployment, and its end surely after the release.",
    )


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A disagreement, with the keys of its events: one event with itself or its sources, or two with each other."""

    disagreement: Disagreement
    events: tuple[str, ...]
    lab: str


def contradictions(events: Collection[EventFact], released: Mapping[str, Span]) -> list[Contradiction]:
    """All contradictions among these events; ``released`` is the release day of each model, by key."""
    return [*_given_and_denied(events), *_with_itself(events, released)]


def _given_and_denied(events: Collection[EventFact]) -> Iterator[Contradiction]:
    alike: dict[tuple[str, str | None, str], list[EventFact]] = defaultdict(list)
    for event in sorted(events, key=lambda event: event.key):
        alike[event.lab, event.model, event.activity].append(event)
    for one, other in (pair for those in alike.values() for pair in combinations(those, 2)):
        outcomes = {one.outcome, other.outcome}
        if (
            one.model is not None
            and Outcome.GRANTED in outcomes
            and outcomes & set(_DENIED)
            and _evaluators(one) & _evaluators(other)
        ):
            yield Contradiction(Disagreement.GIVEN_AND_DENIED, (one.key, other.key), one.lab)


def _with_itself(events: Collection[EventFact], released: Mapping[str, Span]) -> Iterator[Contradiction]:
    for event in events:
        out = released[event.model].latest if event.model and event.model in released else None
        ended = event.ended.earliest
        if event.timing in BEFORE_RELEASE and out is not None and ended is not None and ended > out:
            yield Contradiction(Disagreement.ENDS_AFTER_RELEASE, (event.key,), event.lab)


def _evaluators(event: EventFact) -> set[str]:
    return {part.evaluator for part in event.participations}
