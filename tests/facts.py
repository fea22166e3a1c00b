"""Functions that build facts: each returns a complete, ordinary record, with the changes that a test is about.

METR evaluated the release of 1 February 2024 before deployment; the lab's own card of 10 January says so.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from commitments.choices import About, Firmness, Origin, RequiredEvaluators, StatedBy
from commitments.rules.facts import CommitmentFact, RequirementFact
from commitments.rules.ledger import Ledger, ledger_as_of
from labs.choices import (
    ACCESS_ANSWERS,
    Activity,
    Answer,
    EventLowering,
    Frontier,
    Outcome,
    Owner,
    ReleaseKind,
    Results,
    Timing,
)
from labs.rules.dates import NO_DATE, span
from labs.rules.facts import CitationFact, EventFact, ParticipationFact, ReleaseFact, SourceFact

LAB = "lab-a"
RELEASED = dt.date(2024, 2, 1)
DAY = dt.date(2024, 6, 1)
READ_ON = dt.date(2026, 11, 23)
EVENT_FIELDS = ("evaluators", "activity", "timing")
ONE_DAY = dt.timedelta(days=1)


def a_source(published: str = "2024-01-10", **changes: Any) -> SourceFact:
    """A source of a third party."""
    values: dict[str, Any] = {
        "key": "a-source",
        "owner": Owner.THIRD_PARTY,
        "lab": None,
        "evaluator": None,
        "is_government": False,
        "published": span(published),
        "read_on": READ_ON,
    }
    return SourceFact(**(values | changes))


def a_lab_source(lab: str = LAB, published: str = "2024-01-10", **changes: Any) -> SourceFact:
    """A source of a lab."""
    return a_source(published, **({"key": f"{lab}-card", "owner": Owner.LAB, "lab": lab} | changes))


def an_evaluator_source(evaluator: str = "metr", published: str = "2024-01-10", **changes: Any) -> SourceFact:
    """A source of an evaluator."""
    values = {"key": f"{evaluator}-report", "owner": Owner.EVALUATOR, "evaluator": evaluator}
    return a_source(published, **(values | changes))


def a_government_source(published: str = "2024-01-10", **changes: Any) -> SourceFact:
    """A source of a government that is not an evaluator."""
    return a_source(published, **({"key": "gov", "owner": Owner.GOVERNMENT, "is_government": True} | changes))


def cited(source: SourceFact, *supports: str) -> CitationFact:
    """A citation of the source; by default for the fields that make an event."""
    return CitationFact(source, frozenset(supports or EVENT_FIELDS))


def an_evaluator(evaluator: str = "metr", **changes: Any) -> ParticipationFact:
    """An evaluator's part in an event."""
    return ParticipationFact(evaluator, **changes)


def a_government_evaluator(evaluator: str = "uk-aisi", **changes: Any) -> ParticipationFact:
    """A public body's part in an event."""
    return ParticipationFact(evaluator, is_government=True, **changes)


def access(**answers: Answer) -> dict[str, Answer]:
    """An access profile in which only the given answers are disclosed."""
    return dict.fromkeys(ACCESS_ANSWERS, Answer.UNKNOWN) | answers


def an_event(**changes: Any) -> EventFact:
    """A documented model evaluation before deployment; nothing else about it is disclosed."""
    values: dict[str, Any] = {
        "key": "an-event",
        "lab": LAB,
        "model": "a-model",
        "participations": (an_evaluator(),),
        "activity": Activity.MODEL_EVALUATION,
        "outcome": Outcome.GRANTED,
        "timing": Timing.BEFORE_DEPLOYMENT,
        "access_days": None,
        "domains": frozenset(),
        "access": access(),
        "mitigations_argued": Answer.UNKNOWN,
        "results": Results.UNKNOWN,
        "lowering": EventLowering.AS_CITED,
        "citations": (cited(a_lab_source()),),
    }
    return EventFact(**(values | changes))


def a_reported_event(**changes: Any) -> EventFact:
    """The same, reported by the press only."""
    return an_event(**({"key": "a-reported-event", "citations": (cited(a_source()),)} | changes))


def a_denial(**changes: Any) -> EventFact:
    """A documented record that nobody outside evaluated the release."""
    values = {
        "key": "a-denial",
        "outcome": Outcome.CONFIRMED_NONE,
        "participations": (an_evaluator("unspecified-external-groups"),),
    }
    return an_event(**(values | changes))


def a_release(released: str = "2024-02-01", **changes: Any) -> ReleaseFact:
    """A frontier release of the lab."""
    values: dict[str, Any] = {
        "key": "a-model",
        "lab": LAB,
        "name": "A Model",
        "released": span(released),
        "kind": ReleaseKind.API_OR_PRODUCT,
        "frontier": Frontier.YES,
    }
    return ReleaseFact(**(values | changes))


def a_requirement(**changes: Any) -> RequirementFact:
    """A model evaluation by anyone outside, before deployment, visible in public."""
    values: dict[str, Any] = {
        "activities": frozenset({Activity.MODEL_EVALUATION}),
        "evaluators": RequiredEvaluators.ANY_OUTSIDE,
        "visible_in_public": True,
    }
    return RequirementFact(**(values | changes))


def a_commitment(**changes: Any) -> CommitmentFact:
    """A firm, testable promise of the lab, made on 5 January 2024 and documented by the lab."""
    values: dict[str, Any] = {
        "key": "a-commitment",
        "labs": (LAB,),
        "origin": Origin.POLICY,
        "about": About.EXTERNAL_MODEL_EVALUATION,
        "firmness": Firmness.FIRM,
        "stated_by": StatedBy.LAB,
        "counterparty": None,
        "made": span("2024-01-05"),
        "effective": NO_DATE,
        "due": NO_DATE,
        "ended": NO_DATE,
        "superseded_by": None,
        "strict": a_requirement(),
        "lenient": None,
        "not_testable_because": "",
        "citations": (cited(a_lab_source(published="2024-01-05"), "quote", "about"),),
    }
    return CommitmentFact(**(values | changes))


def a_ledger(
    *,
    day: dt.date = DAY,
    releases: Iterable[ReleaseFact] | None = None,
    events: Iterable[EventFact] = (),
    commitments: Iterable[CommitmentFact] = (),
) -> Ledger:
    """What is known on a day about the given records; by default about the one release."""
    return ledger_as_of(day, [a_release()] if releases is None else releases, events, commitments)
