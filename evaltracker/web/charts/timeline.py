"""Releases over time, and what outsiders did about them: as rows for the table and for the picture."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from commitments.queries import ledger
from commitments.queries.scorecards import LABS_KEPT
from commitments.rules.ledger import Ledger
from commitments.rules.scorecards import Counts, counts
from evaltracker.web.charts.record_labels import RecordLabels, record_labels
from labs.choices import Activity, Domain, Evidence, Outcome, Timing
from labs.queries.events import DAYS_KEPT
from labs.queries.kept import kept
from labs.rules.access import UNSPECIFIED_GROUPS, ReleaseStanding, WeighedEvent, Window
from labs.rules.as_of import is_out
from labs.rules.dates import Span
from labs.rules.event_words import tester_names
from labs.rules.facts import ReleaseFact
from labs.rules.vocabulary import Term
from labs.rules.words import counted


class MarkKind(Term):
    """What a mark stands for."""

    RELEASE = "release", "frontier release", "A release that counts in the figures."
    OTHER_RELEASE = "other_release", "other release", "A variant, internal, or not assessed as frontier: not counted."
    STRICT = "strict", "model evaluation, counts", "A documented outside model evaluation before deployment."
    LENIENT = "lenient", "possible model evaluation", "It counts in the high figure only."
    NOT_COUNTED = (
        "not_counted",
        "model evaluation, does not count",
        "After deployment, or for a reason the table gives.",
    )
    RED_TEAMING = Activity.RED_TEAMING.value, Activity.RED_TEAMING.label, Activity.RED_TEAMING.explanation
    SAFEGUARDS = Activity.SAFEGUARDS_TESTING.value, Activity.SAFEGUARDS_TESTING.label
    OTHER = "other", "audit, review or research", "Another activity, or one that is not disclosed."
    DENIED = "denied", "refused, or confirmed that none took place", "A source says that it did not happen."


_OF_ACTIVITY = {
    Activity.RED_TEAMING: MarkKind.RED_TEAMING,
    Activity.SAFEGUARDS_TESTING: MarkKind.SAFEGUARDS,
    Activity.AUDIT_OR_REVIEW: MarkKind.OTHER,
    Activity.SAFETY_RESEARCH: MarkKind.OTHER,
    Activity.UNKNOWN: MarkKind.OTHER,
}
_OF_COUNT = {"strict": MarkKind.STRICT, "lenient": MarkKind.LENIENT, "not": MarkKind.NOT_COUNTED}


class Placement(Term):
    """Where an event is drawn."""

    START = "start", "at its start"
    RELEASE = "release", "beside the release: no source that we read gives its start"
    NOWHERE = "nowhere", "not drawn: neither its start nor the release is known"


class Side(Term):
    """Where a test stands against the release, by the rules of the methodology."""

    BEFORE = "before", "before release"
    AFTER = "after", "after release"
    OPEN = "open", "timing not disclosed"


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """An access event of the timeline. ``drawn`` are its days in the picture; None where it has no place."""

    weighed: WeighedEvent
    kind: MarkKind
    placement: Placement
    drawn: Span | None
    who: str
    started: str
    started_edtf: str
    ended: str
    ended_edtf: str

    @property
    def key(self) -> str:
        return self.weighed.event.key

    @property
    def dates_label(self) -> str:
        """When, in the source's own precision: “28 August 2024 to 9 September 2024”; "" where it is not disclosed."""
        if self.started and self.ended and self.started != self.ended:
            return f"{self.started} to {self.ended}"
        return self.started or (f"until {self.ended}" if self.ended else "")

    @property
    def when(self) -> tuple[str, str]:
        """When against the release, and on which days if they are disclosed."""
        timing = self.weighed.timing
        against = "timing not disclosed" if timing is Timing.UNKNOWN else timing.label
        return against, f", {self.dates_label}" if self.dates_label else ""

    @property
    def count(self) -> tuple[str, str]:
        """Whether it counts; where not, or only possibly, why."""
        reasons = "; ".join(reason.label for reason in self.weighed.reasons)
        return self.weighed.count.label, f": {reasons}" if reasons else ""

    @property
    def activity_label(self) -> str:
        """What was done."""
        activity = self.weighed.event.activity
        return "activity not disclosed" if activity is Activity.UNKNOWN else activity.label

    @property
    def label(self) -> str:
        """The event in a line."""
        outcome = self.weighed.event.outcome
        what = self.activity_label if outcome is Outcome.GRANTED else f"{self.activity_label} ({outcome.label})"
        parts = [f"{self.who}: {what}", "".join(self.when), "".join(self.count)]
        if self.placement is Placement.RELEASE:
            parts.append("its start is not disclosed")
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class TimelineRelease:
    """A release of the timeline with its events. ``drawn`` is None where it has no day."""

    release: ReleaseFact
    is_out: bool
    standing: ReleaseStanding
    counts: Counts
    released: str
    released_edtf: str
    lab: str
    evidence: Evidence
    events: tuple[TimelineEvent, ...]

    @property
    def drawn(self) -> Span | None:
        """Its days in the picture: from the earliest to the latest possible day."""
        return _between(self.release.released, self.release.released) if self.is_out else None

    @property
    def kind(self) -> MarkKind:
        return MarkKind.RELEASE if self.standing is ReleaseStanding.COUNTS else MarkKind.OTHER_RELEASE

    @property
    def released_label(self) -> str:
        """The release date in words."""
        return self.released or "release day not known"

    @property
    def label(self) -> str:
        """The release in a line."""
        standing = "" if self.standing is ReleaseStanding.COUNTS else f"; does not count: {self.standing.label}"
        return f"{self.release.name} ({self.lab}), released {self.released_label}{standing}"


@dataclass(frozen=True)
class Timeline:
    """Some labs' releases and the access events about them, as known on a day.

    ``releases`` are newest first, those without a day last; ``unassigned`` are the events whose release no source
    names; ``labs`` are (key, name) of the labs that have either, by name.
    """

    day: dt.date
    labs: tuple[tuple[str, str], ...]
    releases: tuple[TimelineRelease, ...]
    unassigned: tuple[TimelineEvent, ...]
    lab_names: dict[str, str]
    counts: dict[str, Counts]  # of each lab's releases of all time, by key
    omitted: int = 0  # older releases that are not shown

    def newest(self, most: int) -> "Timeline":
        """The same timeline with the newest releases only, at most this many. The counts stay those of all releases."""
        if len(self.releases) <= most:
            return self
        releases = self.releases[:most]
        present = _present_labs(releases, self.unassigned)
        labs = tuple((key, name) for key, name in self.labs if key in present)
        return replace(self, labs=labs, releases=releases, omitted=len(self.releases) - most)

    @property
    def events(self) -> list[TimelineEvent]:
        """All events: by release, then those without one."""
        return [event for each in self.releases for event in each.events] + list(self.unassigned)

    @property
    def undrawn(self) -> int:
        """How many events are in the table only."""
        return sum(event.drawn is None for event in self.events)


def build_timeline(ledger: Ledger, labs: Collection[str] | None, labels: RecordLabels) -> Timeline:
    """The releases of some labs (None: of all) known by the ledger's day, with their events."""
    chosen = set(labels.labs) if labs is None else set(labs)
    releases = [
        _timeline_release(ledger, assessment, labels)
        for key, assessment in ledger.access.assessments.items()
        if key in labels.released and assessment.release.lab in chosen
    ]
    releases.sort(key=lambda each: (each.release.lab, each.release.name), reverse=False)
    releases.sort(key=lambda each: _first_day(each.release.released) or dt.date.min, reverse=True)
    unassigned = tuple(
        _timeline_event(weighed, None, labels) for weighed in ledger.access.unassigned if weighed.event.lab in chosen
    )
    present = _present_labs(releases, unassigned)
    of_lab: dict[str, list[Counts]] = {key: [] for key in present}
    for release in releases:
        of_lab[release.release.lab].append(release.counts)
    return Timeline(
        day=ledger.day,
        labs=tuple((key, name) for key, name in labels.labs.items() if key in present),
        releases=tuple(releases),
        unassigned=unassigned,
        lab_names=dict(labels.labs),
        counts={key: _sum(found) for key, found in of_lab.items()},
    )


def _present_labs(releases: Iterable[TimelineRelease], unassigned: Iterable[TimelineEvent]) -> set[str]:
    return {each.release.lab for each in releases} | {each.weighed.event.lab for each in unassigned}


@kept(most=DAYS_KEPT)
def timeline_of_all(day: dt.date) -> Timeline:
    """The releases of all labs known by the day, with their events."""
    return build_timeline(ledger(day), None, record_labels(day))


@kept(most=LABS_KEPT)
def timeline_of(day: dt.date, *labs: str) -> Timeline:
    """The releases of these labs (keys) known by the day, with their events."""
    return build_timeline(ledger(day), labs, record_labels(day))


def _timeline_release(ledger: Ledger, assessment: Any, labels: RecordLabels) -> TimelineRelease:
    release = assessment.release
    standing = ledger.access.standing(release, Window.ALL)
    anchor = release if is_out(release, ledger.day) else None
    return TimelineRelease(
        release=release,
        is_out=anchor is not None,
        standing=standing,
        counts=counts([assessment] if standing is ReleaseStanding.COUNTS else []),
        released=labels.released[release.key],
        released_edtf=labels.released_edtf[release.key],
        lab=labels.labs[release.lab],
        evidence=assessment.evidence.word,
        events=tuple(_timeline_event(weighed, anchor, labels) for weighed in assessment.events),
    )


def _timeline_event(weighed: WeighedEvent, anchor: ReleaseFact | None, labels: RecordLabels) -> TimelineEvent:
    event = weighed.event
    if event.started.is_dated:
        placement, drawn = Placement.START, _between(event.started, event.ended)
    elif anchor is not None:
        placement, drawn = Placement.RELEASE, _between(anchor.released, anchor.released)
    else:
        placement, drawn = Placement.NOWHERE, None
    keys = [part.evaluator for part in event.participations]
    named = [None if key == UNSPECIFIED_GROUPS else labels.evaluators[key] for key in keys]
    who = ", ".join(
        tester_names(named, event.activity, [each for each in Domain if each in event.domains], event.outcome)
    )
    return TimelineEvent(
        weighed=weighed,
        kind=_mark_kind(weighed),
        placement=placement,
        drawn=drawn,
        who=who or "testers not recorded",
        started=labels.started[event.key] if event.started.is_dated else "",
        started_edtf=labels.started_edtf[event.key] if event.started.is_dated else "",
        ended=labels.ended[event.key] if event.ended.is_dated else "",
        ended_edtf=labels.ended_edtf[event.key] if event.ended.is_dated else "",
    )


def side_of(event: TimelineEvent) -> Side:
    """On which side of the release a test stands."""
    timing = event.weighed.timing
    if timing is Timing.UNKNOWN:
        return Side.OPEN
    return Side.AFTER if timing is Timing.AFTER_DEPLOYMENT else Side.BEFORE


def days_of(event: TimelineEvent, release: TimelineRelease) -> tuple[int, int, int, int] | None:
    """The first and last possible day of its start, and of its end, counted from the release; None without a start.

    Where a source gives days of access and no end, the end follows from them; else the end is the start.
    """
    zero = release.release.released.earliest or release.release.released.latest
    fact = event.weighed.event
    if zero is None or not fact.started.is_dated:
        return None
    first = fact.started.earliest or fact.started.latest
    last = fact.started.latest or first
    assert first is not None
    assert last is not None
    if fact.ended.is_dated:
        ends = (fact.ended.earliest or fact.ended.latest, fact.ended.latest or fact.ended.earliest)
    else:
        more = dt.timedelta(days=max((fact.access_days or 1) - 1, 0))
        ends = (first + more, last + more)
    at_earliest, at_latest = ends
    assert at_earliest is not None
    assert at_latest is not None
    return (first - zero).days, (last - zero).days, (at_earliest - zero).days, (at_latest - zero).days


def days_words(event: TimelineEvent, release: TimelineRelease | None) -> str:
    """Its days, counted from the release where the sources give them all to the day; else as they give them."""
    found = days_of(event, release) if release else None
    if release is None or found is None or release.release.released.earliest != release.release.released.latest:
        return event.dates_label
    first, last, ends, at_latest = found
    if first != last or ends != at_latest:
        return event.dates_label
    if first == ends:
        return _from_release(first)
    if first < 0 < ends:
        return f"from {counted(-first, 'day')} before to {counted(ends, 'day')} after release"
    if 0 in (first, ends):
        other = first or ends
        return f"the {counted(abs(other) + 1, 'day')} that {'begin' if first == 0 else 'end'} with the release day"
    return f"{abs(first)} to {_from_release(ends)}"


def _from_release(days: int) -> str:
    """“21 days before release”."""
    return f"{counted(abs(days), 'day')} {'before' if days < 0 else 'after'} release" if days else "on the release day"


def _mark_kind(weighed: WeighedEvent) -> MarkKind:
    event = weighed.event
    if event.outcome in (Outcome.REFUSED, Outcome.CONFIRMED_NONE):
        return MarkKind.DENIED
    if event.activity is Activity.MODEL_EVALUATION:
        return _OF_COUNT[weighed.count.value]
    return _OF_ACTIVITY[event.activity]


def _first_day(span: Span) -> dt.date | None:
    return span.earliest or span.latest


def _between(start: Span, end: Span) -> Span:
    """From the earliest possible start to the latest possible end; without an end, all possible days of the start."""
    first = _first_day(start)
    assert first is not None, "asked only where the start is dated"
    days = Span(first, max(end.latest or end.earliest or start.latest or first, first))
    return start if days == start else days


def _sum(each: Iterable[Counts]) -> Counts:
    rows = list(each)
    names = ("releases", "evaluated_low", "evaluated_high", "deeper_yes", "deeper_no", "deeper_unknown")
    return Counts(**{name: sum(getattr(row, name) for row in rows) for name in names})
