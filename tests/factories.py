"""Records for tests: valid, saved, different from each other and from the curated ones.

Records are published unless `status=` says otherwise. Every function takes `**changes`: the fields that a test is
about. What it saves passes `full_clean()` and, where that leaves it to the database, what the database checks. Keys
begin with "test-", which no curated key does.
"""

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from commitments.choices import Origin, Reading, RequiredEvaluators
from commitments.models import Commitment, Reply, Requirement
from labs.choices import (
    Activity,
    EvaluatorKind,
    EventField,
    Frontier,
    Outcome,
    ReleaseKind,
    SourceKind,
    Timing,
)
from labs.models import (
    AccessEvent,
    AIModel,
    Citation,
    Evaluator,
    Lab,
    Participation,
    Proposal,
    Record,
    Source,
    Statement,
)

_numbers = itertools.count(1)
_UNSET: Any = object()


def lab(**changes: Any) -> Lab:
    """A lab."""
    number = next(_numbers)
    return _saved(Lab(**{"status": "published", "key": f"test-lab-{number}", "name": f"Test lab {number}"} | changes))


def ai_model(*, cited: bool = True, **changes: Any) -> AIModel:
    """A frontier release of a lab of its own, out on 15 June 2024, with one citation unless `cited=False`."""
    number = next(_numbers)
    if "lab" not in changes:
        changes["lab"] = lab()
    defaults = {
        "status": "published",
        "key": f"test-model-{number}",
        "name": f"Test model {number}",
        "released_on": "2024-06-15",
        "release": ReleaseKind.API_OR_PRODUCT.value,
        "frontier": Frontier.YES.value,
    }
    record = _saved(AIModel(**defaults | changes))
    if cited:
        citation(record, source=source(lab=record.lab), supports=["released_on"])
    return record


def evaluator(**changes: Any) -> Evaluator:
    """A nonprofit evaluator."""
    number = next(_numbers)
    defaults = {
        "status": "published",
        "key": f"test-evaluator-{number}",
        "name": f"Test evaluator {number}",
        "kind": EvaluatorKind.NONPROFIT.value,
    }
    return _saved(Evaluator(**defaults | changes))


def source(**changes: Any) -> Source:
    """A source that belongs to nobody on record (a third party), of 20 June 2024, read ten days later.

    With `lab=` or `evaluator=` it belongs to them.
    """
    number = next(_numbers)
    kind = SourceKind.ANALYSIS
    if changes.get("lab"):
        kind = SourceKind.LAB_STATEMENT
    elif changes.get("evaluator"):
        kind = SourceKind.EVALUATOR_REPORT
    defaults = {
        "status": "published",
        "key": f"test-source-{number}",
        "title": f"Test source {number}",
        "publisher": "Test publisher",
        "url": f"https://example.org/test/{number}",
        "kind": kind.value,
        "published_on": "2024-06-20",
        "read_on": dt.date(2024, 6, 30),
    }
    return _saved(Source(**defaults | changes))


def citation(record: Record, *, supports: Iterable[str] = (), **changes: Any) -> Citation:
    """A citation on any record that can have them, from a source of its own."""
    number = next(_numbers)
    if "source" not in changes:
        changes["source"] = source()
    defaults = {
        "record": record,
        "quote": f"Test quote {number}.",
        "supports": [str(field) for field in supports],
    }
    return _saved(record.citations.model(**defaults | changes))


def access_event(
    *,
    evaluators: Iterable[Evaluator | tuple[Evaluator, str]] | None = None,
    citations: Iterable[Source | dict[str, Any]] | None = None,
    model: AIModel | None = _UNSET,
    **changes: Any,
) -> AccessEvent:
    """An event: a model evaluation before deployment, with access given.

    `evaluators` are evaluators, or pairs of an evaluator and the `LinkLowering` of its part; by default one new
    nonprofit. `citations` are sources (cited for evaluators, activity and timing) or the keyword arguments of
    `citation()`; by default one source of the lab. `model=None` is an event whose release no source names; by default
    it is a new one.
    """
    number = next(_numbers)
    if model is _UNSET:
        model = ai_model(**{"lab": changes["lab"]} if "lab" in changes else {})
    if "lab" not in changes:
        changes["lab"] = model.lab if model else lab()
    defaults = {
        "status": "published",
        "key": f"test-event-{number}",
        "activity": Activity.MODEL_EVALUATION.value,
        "outcome": Outcome.GRANTED.value,
        "timing": Timing.BEFORE_DEPLOYMENT.value,
        "summary": "Outsiders tested the model.",
    }
    event = _saved(AccessEvent(model=model, **defaults | changes))
    for each in [evaluator()] if evaluators is None else evaluators:
        one, lowered_to = each if isinstance(each, tuple) else (each, None)
        part = Participation(event=event, evaluator=one)
        if lowered_to:
            part.lowered_to = str(lowered_to)
        _saved(part)
    for each in [source(lab=event.lab)] if citations is None else citations:
        if isinstance(each, Source):
            each = {
                "source": each,
                "supports": [EventField.EVALUATORS, EventField.ACTIVITY, EventField.TIMING],
            }
        citation(event, **each)
    return event


def statement(*, related_events: Iterable[AccessEvent] = (), **changes: Any) -> Statement:
    """A sentence of a third party's source, on which no event bears unless they are given."""
    number = next(_numbers)
    if "source" not in changes:
        changes["source"] = source()
    defaults = {
        "status": "published",
        "key": f"test-statement-{number}",
        "text": f"Test statement {number}",
        "quote": "Outside tests matter.",
    }
    record = _saved(Statement(**defaults | changes))
    record.related_events.set(related_events)
    return record


def commitment(
    *,
    labs: Iterable[Lab] | None = None,
    requirement: dict[str, Any] | None = _UNSET,
    lenient: dict[str, Any] | None = None,
    citations: Iterable[Source | dict[str, Any]] | None = None,
    **changes: Any,
) -> Commitment:
    """A firm promise of one lab, made on 15 January 2024, to let outsiders evaluate its frontier releases.

    `requirement` changes the strict requirement, and `requirement=None` makes it not testable; `lenient` adds
    a lenient one. With `origin="law"` it has no labs unless they are given. `citations` are as for
    `access_event()`, by default one source of the first lab, cited for the quote.
    """
    number = next(_numbers)
    if labs is None:
        labs = [] if changes.get("origin") == Origin.LAW else [lab()]
    labs = list(labs)
    defaults: dict[str, Any] = {
        "status": "published",
        "key": f"test-commitment-{number}",
        "title": f"Test commitment {number}",
        "origin": Origin.POLICY.value,
        "quote": "We will let outsiders evaluate our models before release.",
        "made_on": "2024-01-15",
        "about": "external_model_evaluation",
        "firmness": "firm",
        "stated_by": "lab",
    }
    if requirement is None:
        defaults["not_testable_because"] = "it does not say what would keep it"
    record = _saved(Commitment(**defaults | changes))
    record.labs.set(labs)
    if requirement is not None:
        _requirement(record, Reading.STRICT, {} if requirement is _UNSET else requirement)
    if lenient is not None:
        _requirement(record, Reading.LENIENT, lenient)
    if citations is None:
        owner = {"lab": labs[0]} if labs else {"kind": SourceKind.LEGAL.value}
        citations = [source(published_on="2024-01-15", **owner)]
    for each in citations:
        citation(record, **({"source": each, "supports": ["quote"]} if isinstance(each, Source) else each))
    return record


def _requirement(record: Commitment, reading: Reading, changes: dict[str, Any]) -> Requirement:
    defaults = {
        "reading": reading.value,
        "activities": [Activity.MODEL_EVALUATION.value],
        "evaluators": RequiredEvaluators.ANY_OUTSIDE.value,
    }
    return _saved(Requirement(commitment=record, **defaults | changes))


def reply(**changes: Any) -> Reply:
    """What we asked a lab on 1 March 2026 about an access event, by 15 March; there is no answer.

    It is about `event=`, `commitment=` or `lab=`, and goes to `by_lab=` or `by_evaluator=`; by default it is about a
    new event and goes to the event's lab. `asked_on=None` is one for which nobody asked.
    """
    number = next(_numbers)
    if not {"event", "commitment", "lab"} & changes.keys():
        changes["event"] = access_event()
    if not {"by_lab", "by_evaluator"} & changes.keys():
        changes["by_lab"] = changes.get("lab") or (changes["event"].lab if "event" in changes else lab())
    defaults = {"status": "published", "key": f"test-reply-{number}"}
    if changes.get("asked_on", "") is not None:
        defaults |= {"question": "Is that right?", "asked_on": dt.date(2026, 3, 1), "answer_by": dt.date(2026, 3, 15)}
    if changes.get("answered_on"):
        defaults["text"] = f"Test answer {number}."
    return _saved(Reply(**defaults | changes))


def proposal(record: Record | None = None, **changes: Any) -> Proposal:
    """A change of a public record, by default of a new lab, that waits for review; its author is nobody."""
    record = record or lab()
    defaults = {
        "content_type": ContentType.objects.get_for_model(record),
        "object_id": record.pk,
        "record_key": record.key,
        "record_name": str(record),
        "reason": "We read it again.",
        "sent_at": timezone.now(),
    }
    if author := changes.get("author"):
        defaults["writers"] = [author.pk]
    return Proposal.objects.create(**defaults | changes)


def _saved(row: Any) -> Any:
    # The database itself checks the constraints and what rows refer to, and many times as fast.
    referring = [field.name for field in row._meta.concrete_fields if field.is_relation and field.is_cached(row)]
    row.full_clean(exclude=referring, validate_unique=False, validate_constraints=False)
    row.save()
    return row
