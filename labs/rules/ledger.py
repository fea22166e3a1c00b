"""Everything about access that was known on a day, weighed once: what pages, figures and exports read from.

Methodology, sections 2 to 5.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import is_

from labs.choices import Answer, Results, Timing
from labs.rules.access import (
    Count,
    ReleaseStanding,
    WeighedEvent,
    Window,
    release_standing,
    weigh,
    window_end,
    window_start,
    window_words,
)
from labs.rules.as_of import event_fact_as_of
from labs.rules.depth import (
    Adequacy,
    Deeper,
    Depth,
    Threat,
    adequacy,
    best_adequacy,
    best_depth,
    deeper_than_users,
)
from labs.rules.evidence import ReleaseEvidence, release_evidence
from labs.rules.facts import EventFact, ReleaseFact
from labs.rules.key_sharing import key_sharing

FACTS_PER_EVENT = 6
"""Filters, harmlessness training, fine-tuning, results, days and timing (methodology, section 6, coverage).
"""

_COVERED_QUESTIONS = ("no_safety_filters", "helpful_only", "fine_tuning")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the facts asked about the counted events, how many are not unknown (methodology, section 6)."""

    known: int
    asked: int


@key_sharing
@dataclass(frozen=True)
class Assessment:
    """A release with all its events as known on the day, weighed; those that count are a part of them.

    It never changes, so each of its properties is computed once.
    """

    release: ReleaseFact
    events: tuple[WeighedEvent, ...]

    @cached_property
    def strict(self) -> tuple[WeighedEvent, ...]:
        """The events that count in the low figure (methodology, section 4)."""
        return tuple(each for each in self.events if each.is_strict)

    @cached_property
    def counted(self) -> tuple[WeighedEvent, ...]:
        """The events that count in the high figure, the strict ones among them (methodology, section 4)."""
        return tuple(each for each in self.events if each.is_counted)

    @cached_property
    def depth(self) -> Depth:
        """The depth of the best event, low over the strict and high over the counted ones (section 6)."""
        return best_depth((each.depth for each in self.strict), (each.depth for each in self.counted))

    @cached_property
    def evidence(self) -> ReleaseEvidence:
        """What its own events show, counted release or not (methodology, section 1)."""
        return release_evidence(self.events)

    @cached_property
    def deeper(self) -> Deeper | None:
        """Whether its evaluators got deeper access than users; None where no evaluation is confirmed (section 6).

        By its own events, counted release or not.
        """
        strict = [each.depth for each in self.events if each.count_by_itself is Count.STRICT]
        counted = [each.depth for each in self.events if each.count_by_itself is not Count.NOT]
        return deeper_than_users(strict, counted) if strict else None

    @cached_property
    def coverage(self) -> Coverage:
        """How many of the six facts on each counted event are known (methodology, section 6)."""
        counted = self.counted
        return Coverage(sum(known_facts(each) for each in counted), FACTS_PER_EVENT * len(counted))

    def adequacy(self, threat: Threat) -> Adequacy | None:
        """Whether its tests went deep enough for the threat; None where no event counts (section 5)."""
        answers = {id(each): event_adequacy(each, self.release, threat) for each in self.counted}
        return best_adequacy((answers[id(each)] for each in self.strict), answers.values())


@dataclass(frozen=True)
class AccessLedger:
    """What was known of releases and access events on ``day``.

    ``assessments`` maps each release's key to its assessment, ordered by lab, earliest release day and key.
    ``unassigned`` are the visible events whose release no source names. ``complete_to`` is the day to which the records
    are complete; None where it is not known. A ledger never changes, so each of its properties is computed once.
    ``weighed`` maps the key of each event to what it was weighed from, its fact with the sources of all days and its
    release, and to what came of it; None where no source mentioned it. ``releases`` are those that it was made from.
    """

    day: dt.date
    assessments: Mapping[str, Assessment]
    unassigned: tuple[WeighedEvent, ...]
    complete_to: dt.date | None = None
    weighed: Mapping[str, tuple[EventFact, ReleaseFact | None, WeighedEvent | None]] = field(
        default_factory=dict, repr=False, compare=False
    )
    releases: tuple[ReleaseFact, ...] = field(default=(), repr=False, compare=False)

    @property
    def window_end(self) -> dt.date:
        """The last day of every window (methodology, section 3)."""
        return window_end(self.day, self.complete_to)

    def first_day(self, window: Window) -> dt.date | None:
        """The first day inside the window; None for all time (methodology, section 3)."""
        start = window_start(window, self.window_end)
        return None if start is None else start + dt.timedelta(days=1)

    def window_words(self, window: Window) -> str:
        """The window within a sentence: “in the 12 months to 31 August 2026”, “up to 31 August 2026”."""
        return window_words(window, self.window_end)

    def counted_in(self, window: Window, lab: str | None = None) -> tuple[Assessment, ...]:
        """The releases that count in the window, of one lab or of all (methodology, section 3)."""
        counted = self._counted[window]
        if lab is None:
            return tuple(each for of_lab in counted.values() for each in of_lab)
        return tuple(counted.get(lab, ()))

    def of_lab(self, lab: str) -> tuple[Assessment, ...]:
        """All releases of a lab, in the order of the assessments."""
        return tuple(self._by_lab.get(lab, ()))

    @cached_property
    def _by_lab(self) -> Mapping[str, list[Assessment]]:
        found: dict[str, list[Assessment]] = {}
        for each in self.assessments.values():
            found.setdefault(each.release.lab, []).append(each)
        return found

    def standing(self, release: ReleaseFact, window: Window) -> ReleaseStanding:
        """Whether the release counts in the window, or why not (methodology, section 3)."""
        return release_standing(release, self.day, window, self.complete_to)

    @cached_property
    def _counted(self) -> Mapping[Window, Mapping[str, list[Assessment]]]:
        """For each window the releases that count in it, by lab; the assessments are in the order of labs."""
        found: dict[Window, dict[str, list[Assessment]]] = {window: {} for window in Window}
        for assessment in self.assessments.values():
            for window, of_lab in found.items():
                if self.standing(assessment.release, window) is ReleaseStanding.COUNTS:
                    of_lab.setdefault(assessment.release.lab, []).append(assessment)
        return found


def access_ledger_as_of(
    day: dt.date,
    releases: Iterable[ReleaseFact],
    events: Iterable[EventFact],
    complete_to: dt.date | None = None,
    earlier: AccessLedger | None = None,
    other: AccessLedger | None = None,
) -> AccessLedger:
    """The ledger of a day, from all published records with the sources of all days (methodology, section 2).

    It leaves out events that no source mentions by the day, and events of a release that was not passed. What is the
    same in an ``earlier`` ledger of the day is taken from there, and what is known in full on both days from that of an
    ``other`` day.
    """
    releases, events = tuple(releases), tuple(events)
    if earlier is not None and (found := _with_some_changed(earlier, releases, events, complete_to)) is not None:
        return found
    by_key = {release.key: release for release in sorted(releases, key=_reading_order)}
    before = earlier.weighed if earlier is not None else {}
    beside = other.weighed if other is not None else {}
    by_release: dict[str, list[WeighedEvent]] = defaultdict(list)
    unassigned: list[WeighedEvent] = []
    all_weighed = {}
    for stored in events:
        if stored.model is not None and stored.model not in by_key:
            continue
        release = None if stored.model is None else by_key[stored.model]
        known = before.get(stored.key)
        if known is None or known[0] is not stored or known[1] is not release:
            event, known = event_fact_as_of(stored, day), beside.get(stored.key)
            if known is None or known[1] is not release or known[2] is None or known[2].event is not event:
                known = stored, release, None if event is None else weigh(event, release)
        all_weighed[stored.key] = known
        if (weighed := known[2]) is not None:
            (unassigned if stored.model is None else by_release[stored.model]).append(weighed)
    assessments = {
        key: _assessment(release, tuple(by_release.get(key, ())), (earlier, other)) for key, release in by_key.items()
    }
    return AccessLedger(day, assessments, tuple(unassigned), complete_to, all_weighed, releases)


def _with_some_changed(
    earlier: AccessLedger,
    releases: tuple[ReleaseFact, ...],
    events: tuple[EventFact, ...],
    complete_to: dt.date | None,
) -> AccessLedger | None:
    """The ledger where nothing but what some events of the same releases say has changed; None where more has."""
    before = earlier.weighed
    if len(releases) != len(earlier.releases) or not all(map(is_, releases, earlier.releases)):
        return None
    if len(events) != len(before) or [each.key for each in events] != list(before):
        return None
    weighed, assessments, unassigned = dict(before), dict(earlier.assessments), earlier.unassigned
    for stored, (was_stored, release, was) in zip(events, before.values(), strict=True):
        if stored is was_stored:
            continue
        event = event_fact_as_of(stored, earlier.day)
        if event is None or was is None or stored.model != was_stored.model:
            return None
        now = weigh(event, release)
        weighed[stored.key] = stored, release, now
        if release is None:
            unassigned = _in_its_place(unassigned, was, now)
        else:
            events_of_release = _in_its_place(assessments[release.key].events, was, now)
            assessments[release.key] = Assessment(release, events_of_release)
    return AccessLedger(earlier.day, assessments, unassigned, complete_to, weighed, releases)


def _in_its_place(events: tuple[WeighedEvent, ...], was: WeighedEvent, now: WeighedEvent) -> tuple[WeighedEvent, ...]:
    return tuple(now if each is was else each for each in events)


def _assessment(
    release: ReleaseFact, events: tuple[WeighedEvent, ...], ledgers: Iterable[AccessLedger | None]
) -> Assessment:
    """That of one of the ledgers, if it is of these very values."""
    for ledger in ledgers:
        found = ledger.assessments.get(release.key) if ledger is not None else None
        if found is None or found.release is not release or len(found.events) != len(events):
            continue
        if all(map(is_, found.events, events)):
            return found
    return Assessment(release, events)


def known_facts(weighed: WeighedEvent) -> int:
    """How many of the six facts of an event are not unknown; “in part” is an answer (methodology, section 6)."""
    event = weighed.event
    answered = sum(event.access[question] is not Answer.UNKNOWN for question in _COVERED_QUESTIONS)
    others = (
        event.results is not Results.UNKNOWN,
        event.access_days is not None,
        weighed.timing is not Timing.UNKNOWN,
    )
    return answered + sum(others)


def event_adequacy(weighed: WeighedEvent, release: ReleaseFact, threat: Threat) -> Adequacy:
    """Whether one event went deep enough for the threat (methodology, section 5)."""
    return adequacy(weighed.depth, threat, release.kind, weighed.event.mitigations_argued)


def _reading_order(release: ReleaseFact) -> tuple[str, dt.date, str]:
    day = release.released.earliest or release.released.latest or dt.date.max
    return release.lab, day, release.key
