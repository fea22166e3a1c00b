"""The tables of what the rules of the method conclude, so that a reader need not write them anew.

Each row names the day that it holds for, the data version and the version of the method.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from commitments.models import Reply
from commitments.queries import CommitmentAsOf, ReplyAsOf, replies_as_of, scorecards_as_of
from commitments.rules.criteria import DEFAULT_WEIGHTS, Criterion
from commitments.rules.deadlines import DeadlineStatus
from commitments.rules.replies import ReplyStanding
from commitments.rules.scorecards import NoScore, Scorecard, headline
from commitments.rules.verdicts import Verdict, VerdictOutcome
from evaltracker.web.package.contents import Package, public_key
from evaltracker.web.package.words import SAME
from labs.choices import Certainty, Evidence, Timing, YesNo
from labs.models import AIModel
from labs.queries import EventAsOf, ParticipationAsOf, ReleaseAsOf
from labs.rules.access import Count, Reason, ReleaseStanding, Window
from labs.rules.depth import Deeper, Depth, Level, Sufficiency, Threat
from labs.rules.method import METHOD_VERSION
from labs.rules.ranges import CRITERION_PLACES, SCORE_PLACES, Range, printed
from labs.rules.sentences import evidence_counts
from labs.rules.table_schema import Kind, Table, TableField
from labs.rules.vocabulary import Term
from labs.web.columns import WindowWord


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table of the rules: of which package it is, and what it is about."""

    package: Package
    of: Any


Rows = Callable[[Package], Iterator[Row]]


def rows(find: Callable[[Package], Any]) -> Rows:
    def found(package: Package) -> Iterator[Row]:
        return (Row(package, each) for each in find(package))

    return found


def key(name: str, to: str, description: str, read: Callable[[Any], Any], empty: str = "") -> TableField:
    return TableField(name, Kind.KEY, description, lambda row: read(row.of), empty, refers=to)


def term(name: str, terms: type[Term], description: str, read: Callable[[Any], Any], empty: str = "") -> TableField:
    def value(row: Row) -> str | None:
        found = read(row.of)
        return None if found is None else found.value

    return TableField(name, Kind.TERM, description, value, empty, terms=terms)


def yes_no(name: str, description: str, read: Callable[[Any], bool]) -> TableField:
    return term(name, YesNo, description, lambda each: YesNo.of(read(each)))


def count(name: str, description: str, read: Callable[[Any], Any], empty: str = "", **more: Any) -> TableField:
    return TableField(name, Kind.COUNT, description, lambda row: read(row.of), empty, **more)


def day(name: str, description: str, read: Callable[[Any], Any], empty: str = "") -> TableField:
    return TableField(name, Kind.DAY, description, lambda row: read(row.of), empty)


def text(name: str, description: str, read: Callable[[Any], Any], empty: str = "") -> TableField:
    return TableField(name, Kind.TEXT, description, lambda row: read(row.of) or None, empty)


def levels(read: Callable[[Any], Depth]) -> tuple[TableField, TableField]:
    """The lowest and the highest possible depth."""
    deepest = max(Level).value
    return (
        count("depth_level_low", SAME, lambda each: read(each).low.value, least=0, most=deepest),
        count("depth_level_high", SAME, lambda each: read(each).high.value, least=0, most=deepest),
    )


def number_range(
    name: str, places: int, most: int, read: Callable[[Any], Range | None], empty: str
) -> tuple[TableField, TableField]:
    """Both ends of a range."""

    def end(which: str) -> Callable[[Row], Decimal | None]:
        def value(row: Row) -> Decimal | None:
            found = read(row.of)
            return None if found is None else Decimal(printed(getattr(found, which), places))

        return value

    return (
        TableField(f"{name}_low", Kind.NUMBER, SAME, end("low"), empty, least=0, most=most),
        TableField(f"{name}_high", Kind.NUMBER, SAME, end("high"), empty, least=0, most=most),
    )


def _method(_: Row) -> str:
    return str(METHOD_VERSION)


MADE_BY = (
    TableField(
        "as_of",
        Kind.DAY,
        SAME,
        lambda row: row.package.day,
    ),
    TableField("data_version", Kind.VERSION, SAME, lambda row: row.package.version_name),
    TableField("method_version", Kind.VERSION, SAME, _method),
)
"""The last columns of each table of the rules."""


def deep_enough(threat: Threat) -> TableField:
    def read(release: ReleaseAsOf) -> Sufficiency | None:
        adequacy = release.assessment.adequacy(threat)
        return adequacy.answer if adequacy else None

    return term(
        f"deep_enough_{threat.value}",
        Sufficiency,
        SAME,
        read,
        "no event counts",
    )


def _standing(release: ReleaseAsOf, package: Package) -> ReleaseStanding:
    return package.ledger.access.standing(release.assessment.release, Window.ALL)


RELEASE_FINDINGS = Table(
    "release_findings",
    "What the record shows of each release",
    "For each release: whether outsiders tested it before it came out, as far as the record shows, and how deeply.",
    ("model",),
    (
        key("model", "models", SAME, lambda each: each.key),
        TableField(
            "release_standing",
            Kind.TERM,
            SAME,
            lambda row: _standing(row.of, row.package).value,
            terms=ReleaseStanding,
        ),
        term(
            "evidence",
            Evidence,
            SAME,
            lambda each: each.evidence.word,
        ),
        yes_no(
            "is_surely_evaluated",
            SAME,
            lambda each: bool(each.assessment.strict),
        ),
        yes_no(
            "is_possibly_evaluated",
            SAME,
            lambda each: bool(each.assessment.counted),
        ),
        *levels(lambda each: each.assessment.depth),
        term(
            "deeper_than_users",
            Deeper,
            SAME,
            lambda each: each.assessment.deeper,
            "no evaluation is confirmed",
        ),
        *map(deep_enough, Threat),
        count(
            "facts_known",
            SAME,
            lambda each: each.assessment.coverage.known,
            least=0,
        ),
        count(
            "facts_asked",
            SAME,
            lambda each: each.assessment.coverage.asked,
            least=0,
        ),
        *MADE_BY,
    ),
    rows(lambda package: package.releases),
    is_derived=True,
)


def _document(event: EventAsOf) -> str | None:
    """The source that shows that the event was before the release. Two sources never share a key."""
    found = event.weighed.launch_document
    return next((each.source.key for each in event.citations if found and each.source.key == found.key), None)


EVENT_FINDINGS = Table(
    "event_findings",
    "How each access event counts",
    "For each access event: how sure it is, when it was by the rules, how deep it went, in which figures it counts.",
    ("event",),
    (
        key("event", "access_events", SAME, lambda each: each.key),
        term("certainty", Certainty, SAME, lambda each: each.weighed.certainty),
        term(
            "timing_by_rule",
            Timing,
            SAME,
            lambda each: each.weighed.timing,
        ),
        key(
            "launch_document",
            "sources",
            "The source that shows by its date that the event was before deployment: its key.",
            _document,
            "sources state the timing, or none of them shows it",
        ),
        *levels(lambda each: each.weighed.depth),
        term(
            "counts",
            Count,
            SAME,
            lambda each: each.weighed.count,
        ),
        *MADE_BY,
    ),
    rows(lambda package: package.events),
    is_derived=True,
)
EVENT_REASONS = Table(
    "event_reasons",
    "Why access events do not count",
    "Why an event does not count, or only in the high figure, one reason in each row; none where it counts in both.",
    ("event", "reason_not_counted"),
    (
        key("event", "access_events", SAME, lambda each: each[0].key),
        term(
            "reason_not_counted",
            Reason,
            SAME,
            lambda each: each[1],
        ),
        *MADE_BY,
    ),
    rows(lambda package: ((event, reason) for event in package.events for reason in event.weighed.reasons)),
    is_derived=True,
)


def _participations(package: Package) -> Iterator[tuple[EventAsOf, ParticipationAsOf]]:
    return ((event, part) for event in package.events for part in event.parts if public_key(part.evaluator))


EVENT_EVALUATOR_FINDINGS = Table(
    "event_evaluator_findings",
    "How sure each evaluator's part is",
    "For each evaluator of an access event: how sure it is that it took part.",
    ("event", "evaluator"),
    (
        key("event", "access_events", SAME, lambda each: each[0].key),
        key(
            "evaluator",
            "evaluators",
            SAME,
            lambda each: each[1].evaluator.key,
        ),
        term("certainty", Certainty, SAME, lambda each: each[1].certainty),
        *MADE_BY,
    ),
    rows(_participations),
    is_derived=True,
)


def _in_days(promise: CommitmentAsOf) -> int | None:
    return promise.deadline.days if promise.deadline else None


COMMITMENT_FINDINGS = Table(
    "commitment_findings",
    "Where each commitment stands",
    "For each commitment: whether it is in force, whether practice can be held against it, where its deadline stands.",
    ("commitment",),
    (
        key("commitment", "commitments", SAME, lambda each: each.key),
        yes_no("in_force", SAME, lambda each: each.is_in_force),
        day(
            "in_force_from",
            SAME,
            lambda each: each.tenure.start if each.tenure else None,
            "no day is known, so it never is",
        ),
        day(
            "in_force_until",
            SAME,
            lambda each: each.end,
            "none was known",
        ),
        yes_no("testable", SAME, lambda each: each.is_testable),
        text(
            "not_testable_words",
            "Why practice cannot be held against it, in words.",
            lambda each: each.not_testable_label,
            "it can",
        ),
        term(
            "deadline",
            DeadlineStatus,
            SAME,
            lambda each: each.deadline.status if each.deadline else None,
            "it is no promise to do one thing by a day",
        ),
        count(
            "deadline_days",
            SAME,
            _in_days,
            "there is none to count",
        ),
        *MADE_BY,
    ),
    rows(lambda package: package.commitments),
    is_derived=True,
)
COMMITMENT_LAB_FINDINGS = Table(
    "commitment_lab_findings",
    "How sure each lab's part in a commitment is",
    "For each lab that made a commitment: how sure it is that it did.",
    ("commitment", "lab"),
    (
        key("commitment", "commitments", SAME, lambda each: each[0].key),
        key("lab", "labs", SAME, lambda each: each[1].lab.key),
        term("certainty", Certainty, SAME, lambda each: each[1].certainty),
        *MADE_BY,
    ),
    rows(
        lambda package: (
            (promise, part)
            for promise in package.commitments
            for part in sorted(promise.parts, key=lambda part: part.lab.key)
            if public_key(part.lab)
        )
    ),
    is_derived=True,
)


def _verdict(reading: str) -> TableField:
    def read(verdict: Verdict) -> VerdictOutcome:
        found: VerdictOutcome = getattr(verdict, reading).outcome
        return found

    return term(f"verdict_{reading}", VerdictOutcome, SAME, read)


VERDICTS = Table(
    "verdicts",
    "Verdicts",
    "For each testable commitment and each release that came out while it was in force: whether it was kept.",
    ("commitment", "model"),
    (
        key(
            "commitment",
            "commitments",
            SAME,
            lambda each: each.commitment.key,
        ),
        key("model", "models", SAME, lambda each: each.release.key),
        key("lab", "labs", SAME, lambda each: each.lab),
        _verdict("strict"),
        _verdict("lenient"),
        *number_range(
            "value",
            CRITERION_PLACES,
            1,
            lambda each: each.value,
            "it is left out of the mean",
        ),
        *MADE_BY,
    ),
    rows(lambda package: package.verdicts),
    is_derived=True,
)

WINDOW = term(
    "window",
    WindowWord,
    SAME,
    lambda window: WindowWord[window.name],
)


def _counted(name: str) -> Callable[[Row], int]:
    def read(row: Row) -> int:
        found: int = getattr(headline(row.package.ledger, row.of), name)
        return found

    return read


def _with_word(word: Evidence) -> TableField:
    def read(row: Row) -> int:
        return evidence_counts(row.package.ledger.access.counted_in(row.of)).of.get(word, 0)

    return TableField(
        f"releases_{word.value}",
        Kind.COUNT,
        SAME,
        read,
        least=0,
    )


def _window_day(name: str, description: str, read: Callable[[Row], Any], empty: str = "") -> TableField:
    return TableField(name, Kind.DAY, description, read, empty)


FIGURES = ("releases", "evaluated_low", "evaluated_high", "deeper_yes", "deeper_no", "deeper_unknown")
"""The counts beside each score and in the headline, by the names that the rules have for them too."""

WINDOWS = Table(
    "windows",
    "Windows, with the figures of all labs",
    "For each window of releases: its days, and the headline's figures over the releases of all labs.",
    ("window",),
    (
        WINDOW,
        _window_day(
            "window_from",
            "The first day of the window.",
            lambda row: row.package.ledger.access.first_day(row.of),
            "it is all time",
        ),
        _window_day("window_to", "The last day of the window.", lambda row: row.package.ledger.access.window_end),
        *(TableField(name, Kind.COUNT, SAME, _counted(name), least=0) for name in FIGURES),
        *map(_with_word, Evidence),
        *MADE_BY,
    ),
    rows(lambda _: Window),
    is_derived=True,
)
COUNTED_RELEASES = Table(
    "counted_releases",
    "Releases that count in each window",
    "The releases on which the figures of a window rest, one in each row.",
    ("window", "model"),
    (
        replace(WINDOW, read=lambda row: WindowWord[row.of[0].name].value, refers="windows"),
        key("model", "models", SAME, lambda each: each[1]),
        *MADE_BY,
    ),
    rows(
        lambda package: (
            (window, release)
            for window in Window
            for release in sorted(each.release.key for each in package.ledger.access.counted_in(window))
            if package.has_key(AIModel, release)
        )
    ),
    is_derived=True,
)

NO_FIGURE = "the lab has no release in the window"


def _figure(name: str, description: str, read: Callable[[Scorecard], int]) -> TableField:
    return count(name, description, lambda card: read(card) if card.releases else None, NO_FIGURE, least=0)


def _of_counts(attribute: str) -> Callable[[Scorecard], int]:
    def read(card: Scorecard) -> int:
        found: int = getattr(card.counts, attribute)
        return found

    return read


def _scorecards(package: Package) -> Iterator[Scorecard]:
    wanted = set(package.labs)
    for window in Window:
        cards = scorecards_as_of(package.day, window, DEFAULT_WEIGHTS)
        yield from sorted((card for card in cards if card.lab in wanted), key=lambda card: card.lab)


_NAMES = {each: each.value for each in Criterion} | {Criterion.EVALUATED: "evaluated_share"}


def _criterion(criterion: Criterion) -> tuple[TableField, TableField]:
    return number_range(
        _NAMES[criterion],
        CRITERION_PLACES,
        1,
        lambda card: card.criteria[criterion],
        "the criterion does not apply",
    )


SCORECARDS = Table(
    "scorecards",
    "Scorecards",
    "For each lab and window: what the record shows of it, as ranges. A lab without a score has none, which is not 0.",
    ("window", "lab"),
    (
        replace(WINDOW, read=lambda row: WindowWord[row.of.window.name].value, refers="windows"),
        key("lab", "labs", SAME, lambda card: card.lab),
        count("releases", SAME, lambda card: card.counts.releases, least=0),
        *(_figure(name, SAME, _of_counts(name)) for name in FIGURES[1:]),
        *number_range("score", SCORE_PLACES, 100, lambda card: card.score, "it has no score"),
        term("no_score", NoScore, "Why it has no score.", lambda card: card.no_score, "it has one"),
        count(
            "rank_best",
            SAME,
            lambda card: card.ranks.best if card.ranks else None,
            "it has no score",
            least=1,
        ),
        count(
            "rank_worst",
            SAME,
            lambda card: card.ranks.worst if card.ranks else None,
            "it has no score",
            least=1,
        ),
        _figure(
            "facts_known",
            SAME,
            lambda card: card.coverage.known,
        ),
        _figure("facts_asked", SAME, lambda card: card.coverage.asked),
        *(field for criterion in Criterion for field in _criterion(criterion)),
        *MADE_BY,
    ),
    rows(_scorecards),
    is_derived=True,
)


def _replies(package: Package) -> list[ReplyAsOf]:
    found = replies_as_of(package.day)
    return [found[each.record.key] for each in package.shown(Reply) if each.record.key in found]


REPLY_FINDINGS = Table(
    "reply_findings",
    "Where each question stands",
    "For each question to a lab or an evaluator: whether it was answered by the day.",
    ("reply",),
    (
        key("reply", "replies", "The question or reply that the row is about: its key.", lambda each: each.key),
        term("reply_standing", ReplyStanding, SAME, lambda each: each.standing),
        *MADE_BY,
    ),
    rows(_replies),
    is_derived=True,
)

FINDING_TABLES = (
    WINDOWS,
    RELEASE_FINDINGS,
    EVENT_FINDINGS,
    EVENT_REASONS,
    EVENT_EVALUATOR_FINDINGS,
    COMMITMENT_FINDINGS,
    COMMITMENT_LAB_FINDINGS,
    VERDICTS,
    COUNTED_RELEASES,
    SCORECARDS,
    REPLY_FINDINGS,
)
