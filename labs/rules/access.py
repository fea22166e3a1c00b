"""Which releases count, which access events count for them, and why (methodology, sections 3 and 4)."""

import calendar
import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from labs.choices import (
    BEFORE_RELEASE,
    Activity,
    Certainty,
    Domain,
    EventField,
    Frontier,
    Outcome,
    ReleaseKind,
    Timing,
)
from labs.rules.as_of import is_out
from labs.rules.certainty import event_certainty, is_documented, is_of_evaluator, is_of_lab, is_outside
from labs.rules.dates import day_label
from labs.rules.depth import Depth, depth_of
from labs.rules.facts import CitationFact, EventFact, ReleaseFact, SourceFact
from labs.rules.vocabulary import Term

UNSPECIFIED_GROUPS = "unspecified-external-groups"
"""Key of the evaluator that means outsiders whom no source names (methodology, section 7)."""

CARD_SPAN = dt.timedelta(days=31)
"""How many days the date of a lab's own card may span to be a launch document by its earliest day (section 4)."""

_DESCRIBING = frozenset({EventField.EVALUATORS.value, EventField.ACTIVITY.value, EventField.RESULTS.value})


class Window(Term):
    """The span of releases that a figure looks at; it ends where the records do (methodology, section 3)."""

    YEAR = "12", "12 months", "Releases of the twelve months that end where the records do."
    TWO_YEARS = "24", "24 months", "Releases of the twenty-four months that end where the records do."
    ALL = "all", "all time", "Every release up to the day to which the records are complete."

    @property
    def months(self) -> int | None:
        """Its length in months; None for all time."""
        return None if self is Window.ALL else int(self.value)


class ReleaseStanding(Term):
    """Whether a release counts in a window, and if not, why (methodology, section 3)."""

    COUNTS = "counts", "counts", "A frontier release that reached people outside the lab in the window."
    VARIANT = (
        "variant",
        "listed under another release",
        "A product on, a mode of, or the same weights as another release; neither it nor its tests count.",
    )
    INTERNAL_ONLY = "internal_only", "internal only", "It did not reach people outside the lab."
    UNDATED = "undated", "no release day known", "Without a day by which it was surely out it counts nowhere."
    NOT_OUT = "not_out", "not surely out by the day", "Its latest possible release day lies after the day."
    AFTER_COMPLETE = (
        "after_complete",
        "after the day to which the records are complete",
        "It came out after that day, so others of its time may be missing; it counts nowhere yet.",
    )
    BEFORE_WINDOW = (
        "before_window",
        "before the window",
        "Its latest possible release day lies before the window.",
    )
    FRONTIER_UNKNOWN = Frontier.UNKNOWN.value, Frontier.UNKNOWN.label, Frontier.UNKNOWN.explanation
    NOT_FRONTIER = "not_frontier", Frontier.NO.label, Frontier.NO.explanation


_NOT_FRONTIER_STANDING = {
    Frontier.NO: ReleaseStanding.NOT_FRONTIER,
    Frontier.UNKNOWN: ReleaseStanding.FRONTIER_UNKNOWN,
    Frontier.YES: ReleaseStanding.COUNTS,
}


def window_end(day: dt.date, complete_to: dt.date | None) -> dt.date:
    """The last day of every window: the day asked for, or that to which the records are complete, if it is earlier.

    ``complete_to`` is one day for the whole site; None where none is known (methodology, section 3).
    """
    return day if complete_to is None else min(day, complete_to)


@lru_cache(maxsize=64)
def window_start(window: Window, end: dt.date) -> dt.date | None:
    """The day after which the window that ends on ``end`` begins; None for all time.

    Twelve months before 2026-08-31 begin after 2025-08-31. Where the month has no such day, its last day counts:
    2024-02-29 goes back to 2023-02-28 (methodology, section 3).
    """
    if window.months is None:
        return None
    years, month = divmod(end.year * 12 + end.month - 1 - window.months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return dt.date(years, month + 1, min(end.day, last))


def window_words(window: Window, end: dt.date) -> str:
    """The window within a sentence: “in the 12 months to 31 August 2026”, “up to 31 August 2026”."""
    return f"up to {day_label(end)}" if window is Window.ALL else f"in the {window.label} to {day_label(end)}"


def release_standing(
    release: ReleaseFact, day: dt.date, window: Window, complete_to: dt.date | None = None
) -> ReleaseStanding:
    """Whether the release counts in the window, as known on the day, or why not (methodology, section 3).

    Its latest possible release day decides at both ends. Whether it is frontier is asked last, so “not frontier” means
    that every other condition is met.
    """
    end = window_end(day, complete_to)
    if release.variant_of is not None:
        return ReleaseStanding.VARIANT
    if release.kind is ReleaseKind.INTERNAL_ONLY:
        return ReleaseStanding.INTERNAL_ONLY
    if release.released.latest is None:
        return ReleaseStanding.UNDATED
    if not is_out(release, day):
        return ReleaseStanding.NOT_OUT
    if release.released.latest > end:
        return ReleaseStanding.AFTER_COMPLETE
    start = window_start(window, end)
    if start is not None and release.released.latest <= start:
        return ReleaseStanding.BEFORE_WINDOW
    return _NOT_FRONTIER_STANDING[release.frontier]


class Count(Term):
    """In which figures an event counts (methodology, section 4)."""

    STRICT = (
        "strict",
        "counts",
        "It qualifies and is documented: it counts in the low and in the high figure.",
    )
    LENIENT = (
        "lenient",
        "counts in the high figure only",
        "It would qualify, but it is not documented, or when it took place is not disclosed.",
    )
    NOT = "not", "does not count", "It is no outside model evaluation before deployment."


class Reason(Term):
    """Why an event does not count, or only in the high figure (methodology, section 4)."""

    NO_RELEASE = "no_release", "it is tied to no single release"
    VARIANT = "variant", "the release is listed under another one"
    RED_TEAMING = "red_teaming", "red-teaming is not model evaluation"
    SAFEGUARDS_TESTING = "safeguards_testing", "testing the safeguards is not model evaluation"
    AUDIT_OR_REVIEW = "audit_or_review", "a review of documents or claims is not model evaluation"
    SAFETY_RESEARCH = "safety_research", "safety research is not model evaluation"
    ACTIVITY_UNKNOWN = "activity_unknown", "what was done is not disclosed"
    REFUSED = "refused", "access was refused"
    CONFIRMED_NONE = "confirmed_none", "a source says that none took place"
    NOT_NEEDED = "not_needed", "it needed no permission: the model was public"
    OUTCOME_UNKNOWN = "outcome_unknown", "whether access was given is not disclosed"
    AFTER_DEPLOYMENT = "after_deployment", "it took place after deployment"
    NO_OUTSIDE_EVALUATOR = "no_outside_evaluator", "no evaluator from outside the lab took part"
    OTHER_DOMAINS_ONLY = "other_domains_only", "the sources name no dangerous capability on the list"
    TIMING_UNKNOWN = "timing_unknown", "when it took place is not disclosed, and no launch document shows it"
    REPORTED = "reported", "no words of the lab or the tester that we read say who, what, when or with what result"
    INFERRED = "inferred", "it is inferred, not stated"
    DISPUTED = "disputed", "sources contradict each other"


_ACTIVITY_REASONS = {
    Activity.RED_TEAMING: Reason.RED_TEAMING,
    Activity.SAFEGUARDS_TESTING: Reason.SAFEGUARDS_TESTING,
    Activity.AUDIT_OR_REVIEW: Reason.AUDIT_OR_REVIEW,
    Activity.SAFETY_RESEARCH: Reason.SAFETY_RESEARCH,
    Activity.UNKNOWN: Reason.ACTIVITY_UNKNOWN,
}
_OUTCOME_REASONS = {
    Outcome.REFUSED: Reason.REFUSED,
    Outcome.CONFIRMED_NONE: Reason.CONFIRMED_NONE,
    Outcome.NOT_NEEDED: Reason.NOT_NEEDED,
    Outcome.UNKNOWN: Reason.OUTCOME_UNKNOWN,
}
_CERTAINTY_REASONS = {
    Certainty.REPORTED: Reason.REPORTED,
    Certainty.INFERRED: Reason.INFERRED,
    Certainty.DISPUTED: Reason.DISPUTED,
}


class CardDoubt(Term):
    """Why a model card of the lab that describes an event of unknown timing does not settle it (section 4)."""

    DATE_NOT_SHOWN = "date_not_shown", "our date for the card does not show that it was out at launch"
    CAME_LATER = "came_later", "the card came out after the launch"


@dataclass(frozen=True, slots=True)
class WeighedEvent:
    """An event as known on a day, with what the rules conclude about it.

    ``timing`` is the timing after the launch-document rule; ``launch_document`` is the source that settled it, if one
    did; ``card_doubt`` says why a card that is cited did not, where the timing stays unknown. ``reasons`` say why the
    event does not count, or counts in the high figure only; they are empty where it counts strictly.
    """

    event: EventFact
    certainty: Certainty
    timing: Timing
    launch_document: SourceFact | None
    card_doubt: CardDoubt | None
    depth: Depth
    count: Count
    reasons: tuple[Reason, ...]

    @property
    def is_strict(self) -> bool:
        """Whether it counts in the low figure."""
        return self.count is Count.STRICT

    @property
    def is_counted(self) -> bool:
        """Whether it counts in the high figure; every strict event does."""
        return self.count is not Count.NOT

    @property
    def count_by_itself(self) -> Count:
        """How it counts by section 4 alone, whether or not its release counts under another one (section 3)."""
        if self.reasons != (Reason.VARIANT,):
            return self.count
        return Count.LENIENT if _doubtful_reasons(self.certainty, self.timing) else Count.STRICT


def weigh(event: EventFact, release: ReleaseFact | None) -> WeighedEvent:
    """Whether and how an event counts for its release (methodology, section 4).

    Pass the event as known on a day. ``release`` is the release of ``event.model``; None where no source says which.
    """
    certainty = event_certainty(event)
    is_open = event.timing is Timing.UNKNOWN
    document = launch_document(event, release) if is_open else None
    timing = Timing.BEFORE_DEPLOYMENT if document else event.timing
    against = _disqualifying_reasons(event, release, timing)
    doubts = _doubtful_reasons(certainty, timing)
    count = Count.NOT if against else Count.LENIENT if doubts else Count.STRICT
    return WeighedEvent(
        event=event,
        certainty=certainty,
        timing=timing,
        launch_document=document,
        card_doubt=_card_doubt(event, release) if is_open and document is None else None,
        depth=depth_of(event.access),
        count=count,
        reasons=_shared(against or doubts),
    )


@lru_cache(maxsize=1000)
def _shared(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """One value for the many events with the same reasons."""
    return reasons


def launch_document(event: EventFact, release: ReleaseFact | None) -> SourceFact | None:
    """The source that shows that the event took place before deployment; None where there is none.

    It is a source of the lab or of an evaluator that describes the event (cited for evaluators, activity or results),
    and its latest possible publication day is on or before the earliest possible release day. For the lab's own model
    card with a date that spans at most 31 days, it is enough that its earliest possible day is on or before the latest
    possible release day (methodology, section 4). None also where a day is not known.
    """
    if release is None:
        return None
    for citation in event.citations:
        if _describes(event, citation) and _is_of_launch(event, citation.source, release):
            return citation.source
    return None


def _is_of_launch(event: EventFact, source: SourceFact, release: ReleaseFact) -> bool:
    first, last = source.published.earliest, source.published.latest
    released = release.released
    if last is not None and released.earliest is not None and last <= released.earliest:
        return True
    if not _is_own_card(event, source) or first is None or last is None or released.latest is None:
        return False
    return last - first < CARD_SPAN and first <= released.latest


def _card_doubt(event: EventFact, release: ReleaseFact | None) -> CardDoubt | None:
    """Why no card of the lab that describes the event is a launch document; None where none is cited.

    Of several cards, one whose date leaves it open goes before one that came later.
    """
    released = release.released.latest if release else None
    if released is None:
        return None
    cards = {
        citation.source
        for citation in event.citations
        if _describes(event, citation) and _is_own_card(event, citation.source)
    }
    if not cards:
        return None
    days = [card.published.earliest for card in cards]
    is_later = all(day is not None and day > released for day in days)
    return CardDoubt.CAME_LATER if is_later else CardDoubt.DATE_NOT_SHOWN


def _is_own_card(event: EventFact, source: SourceFact) -> bool:
    return source.is_model_card and is_of_lab(event, source)


def has_only_other_domains(event: EventFact) -> bool:
    """Whether every domain named is off the list; an event that names none is not ruled out (section 4)."""
    return event.domains == {Domain.OTHER}


def has_outside_evaluator(event: EventFact) -> bool:
    """Whether anyone from outside the lab took part (methodology, section 4)."""
    return any(is_outside(event, part) for part in event.participations)


def _describes(event: EventFact, citation: CitationFact) -> bool:
    if _DESCRIBING.isdisjoint(citation.supports):
        return False
    return is_of_lab(event, citation.source) or is_of_evaluator(event, citation.source)


def _disqualifying_reasons(event: EventFact, release: ReleaseFact | None, timing: Timing) -> tuple[Reason, ...]:
    """Every reason why the event does not qualify, in the order of the methodology; empty where it does."""
    found: list[Reason] = []
    if release is None:
        found.append(Reason.NO_RELEASE)
    elif release.variant_of is not None:
        found.append(Reason.VARIANT)
    if event.activity is not Activity.MODEL_EVALUATION:
        found.append(_ACTIVITY_REASONS[event.activity])
    if event.outcome is not Outcome.GRANTED:
        found.append(_OUTCOME_REASONS[event.outcome])
    if timing is Timing.AFTER_DEPLOYMENT:
        found.append(Reason.AFTER_DEPLOYMENT)
    if not has_outside_evaluator(event):
        found.append(Reason.NO_OUTSIDE_EVALUATOR)
    if has_only_other_domains(event):
        found.append(Reason.OTHER_DOMAINS_ONLY)
    return tuple(found)


def _doubtful_reasons(certainty: Certainty, timing: Timing) -> tuple[Reason, ...]:
    """Why a qualifying event is left out of the low figure; empty where it is not."""
    found: list[Reason] = []
    if not is_documented(certainty):
        found.append(_CERTAINTY_REASONS[certainty])
    if timing not in BEFORE_RELEASE:
        found.append(Reason.TIMING_UNKNOWN)
    return tuple(found)
