"""The method in public words: terms and values come from the code that decides, and the examples are computed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from commitments.choices import About, Binding, Firmness, Origin, StatedBy
from commitments.rules.criteria import (
    DEFAULT_WEIGHTS,
    DEPTH_VALUES,
    FIRMNESS_VALUES,
    FULL_ACCESS_DAYS,
    PUBLICATION_VALUES,
    RELEASE_CRITERIA,
    Criterion,
    parse_weights,
    weights_text,
)
from commitments.rules.deadlines import DeadlineStatus
from commitments.rules.findings import Finding, Ground
from commitments.rules.replies import ReplyStanding
from commitments.rules.verdicts import OUTCOME_VALUES, PUBLICATION_GRACE, Doubt
from evaltracker.web import examples
from evaltracker.web.parameters import request_parameters
from evaltracker.web.presenters.method_changes import labs_of_changes, method_change_rows
from labs.choices import (
    ACCESS_ANSWERS,
    Activity,
    Answer,
    Certainty,
    Domain,
    EvaluatorKind,
    Evidence,
    Frontier,
    Mode,
    Outcome,
    Owner,
    ReadIn,
    ReleaseKind,
    SourceKind,
    Timing,
)
from labs.models import Statement
from labs.queries import events_bearing_on, statements_as_of
from labs.queries.checks import checked_sentence
from labs.queries.events import DAYS_KEPT
from labs.queries.kept import of_each, records, renewed
from labs.rules.access import Count, Reason, ReleaseStanding, Window
from labs.rules.dates import EXAMPLES
from labs.rules.depth import DEPTH_QUESTIONS, Deeper, Level, Sufficiency, Threat
from labs.rules.glossary import Word
from labs.rules.method import METHOD_VERSION
from labs.rules.ranges import Range, range_words
from labs.rules.vocabulary import Term
from labs.web.parameters import address, kept_parameters
from labs.web.words import SECTIONS


@dataclass(frozen=True, slots=True)
class ValuedTerm:
    """A term with what it is worth, as printed."""

    term: Term | Level
    value: str


@dataclass(frozen=True, slots=True)
class WeightField:
    """One field of the form of weights."""

    criterion: Criterion
    value: str
    default: str


_Said = tuple[Any, ...]


def methodology(request: HttpRequest) -> HttpResponse:
    """The rules. If the form of weights is filled in, a redirect to the scorecards with those weights."""
    requested = request_parameters(request.GET, Criterion.values())
    entered = {name: request.GET[name] for name in Criterion.values() if name in request.GET}
    problem = ""
    if entered:
        try:
            return HttpResponseRedirect(_scorecards_url(parse_weights(_as_text(entered)), request.GET))
        except ValueError as error:
            problem = str(error)
    return render(
        request,
        "evaltracker/methodology.html",
        _context(requested.weights, entered, problem)
        | {"statements": tuple(said for said in statements_said(requested.day).values() if said is not None)}
        | {"checked_sentence": checked_sentence()}
        | {"method_weights_url": address("", request.GET, weights=None, **dict.fromkeys(Criterion.values()))},
        status=400 if problem else 200,
    )


@renewed(most=DAYS_KEPT)
def statements_said(earlier: Mapping[int, _Said | None] | None, day: dt.date) -> Mapping[int, _Said | None]:
    """The public statements in words by primary key, as known on the day; None for those that nobody knew of."""
    known = statements_as_of(day)
    rows = records()[Statement].published_by_pk
    return of_each(Statement, lambda each: _said(each, day) if each.key in known else None, rows, earlier)


def _said(statement: Statement, day: dt.date) -> _Said:
    """A statement in words: its key, how it is called, what it is about, its quote, the address and the title of its
    source, and those of each event that bears on it.
    """
    source, events = statement.source, events_bearing_on(statement, day)
    bearing = tuple((event.record.get_absolute_url(), event.title) for event in events)
    whose = source.get_absolute_url(), source.title
    return statement.key, str(statement), statement.about, statement.quote, *whose, bearing


def _as_text(entered: Mapping[str, str]) -> str:
    return ",".join(f"{name}:{number.strip()}" for name, number in entered.items() if number.strip())


def _scorecards_url(weights: Mapping[Criterion, Fraction], parameters: QueryDict) -> str:
    own = None if dict(weights) == dict(DEFAULT_WEIGHTS) else weights_text(weights)
    return address(reverse("labs:lab_list"), kept_parameters(parameters), weights=own)


def _context(weights: Mapping[Criterion, Fraction], entered: Mapping[str, str], problem: str) -> dict[str, Any]:
    labs = labs_of_changes()
    return _of_code() | {
        "labs_of_changes": labs,
        "method_changes": SimpleLazyObject(lambda: method_change_rows(labs)),
        "score_example": SimpleLazyObject(lambda: examples.score_example(weights)),
        "weights_text": weights_text(weights),
        "weight_fields": [
            WeightField(
                criterion,
                entered.get(criterion.value, "") if entered else _number(weights[criterion]),
                _number(DEFAULT_WEIGHTS[criterion]),
            )
            for criterion in Criterion
        ],
        "entered": tuple(entered.items()),
        "weights_problem": problem,
        "has_own_weights": dict(weights) != dict(DEFAULT_WEIGHTS),
    }


@cache
def _of_code() -> dict[str, Any]:
    """What follows from the code alone."""
    return {
        "nav": "methodology",
        "sections": SECTIONS,
        "method_version": METHOD_VERSION,
        "edtf_examples": EXAMPLES,
        "words": list(Word),
        "answers": list(Answer),
        "evidences": list(Evidence),
        "certainties": list(Certainty),
        "owners": list(Owner),
        "source_kinds": list(SourceKind),
        "read_in": list(ReadIn),
        "evaluator_kinds": list(EvaluatorKind),
        "windows": list(Window),
        "standings": [each for each in ReleaseStanding if each is not ReleaseStanding.COUNTS],
        "frontiers": list(Frontier),
        "release_kinds": list(ReleaseKind),
        "activities": list(Activity),
        "outcomes": list(Outcome),
        "timings": list(Timing),
        "counts": list(Count),
        "reasons": list(Reason),
        "levels": list(Level),
        "deepers": list(Deeper),
        "depth_questions": [ACCESS_ANSWERS[question] for question in DEPTH_QUESTIONS],
        "threats": list(Threat),
        "sufficiencies": list(Sufficiency),
        "criteria": _criteria(),
        "release_criteria": len(RELEASE_CRITERIA),
        "depth_values": [ValuedTerm(level, _number(value)) for level, value in DEPTH_VALUES.items()],
        "publication_values": [ValuedTerm(term, in_print(value)) for term, value in PUBLICATION_VALUES.items()],
        "firmness_values": [ValuedTerm(term, in_print(value)) for term, value in FIRMNESS_VALUES.items()],
        "full_access_days": FULL_ACCESS_DAYS,
        "outcome_values": [
            ValuedTerm(term, "left out" if value is None else in_print(value)) for term, value in OUTCOME_VALUES.items()
        ],
        "grace_days": PUBLICATION_GRACE.days,
        "doubts": list(Doubt),
        "findings": list(Finding),
        "grounds": list(Ground),
        "deadlines": list(DeadlineStatus),
        "firmnesses": list(Firmness),
        "origins": list(Origin),
        "topics": list(About),
        "speakers": list(StatedBy),
        "reply_standings": list(ReplyStanding),
        "domains": [each for each in Domain if each is not Domain.OTHER],
        "all_domains": list(Domain),
        "bindings": list(Binding),
        "modes": list(Mode),
        "watched_answers": [label for name, label in ACCESS_ANSWERS.items() if name not in DEPTH_QUESTIONS],
        "certainty_examples": examples.certainty_examples(),
        "depth_examples": examples.depth_examples(),
        "adequacy_examples": examples.adequacy_examples(),
        "launch_examples": examples.launch_examples(),
        "verdict_examples": examples.verdict_examples(),
    }


def _criteria() -> list[ValuedTerm]:
    return [ValuedTerm(criterion, _number(weight)) for criterion, weight in DEFAULT_WEIGHTS.items()]


def _number(value: Fraction) -> str:
    """A value as printed: “0.75”, “25”."""
    return f"{float(value):g}"


def in_print(value: Range) -> str:
    """A value or a range as printed: “0.5”, “0–1”."""
    return range_words(_number(value.low), _number(value.high))
