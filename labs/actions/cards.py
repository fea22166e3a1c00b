"""Save a system card in one step: the source, its release, and the access events that cite it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from labs.actions.review import save_draft, submit
from labs.actions.snapshots import add_snapshot
from labs.models import (
    AccessEvent,
    AccessEventCitation,
    AIModel,
    AIModelCitation,
    Evaluator,
    Participation,
    Record,
    Source,
)
from labs.models.states import merged_into

LONGEST_KEY = 80


@dataclass
class EnteredEvent:
    """An event of the card: the record, its evaluators, and its quotes as (quote, supported fields)."""

    event: AccessEvent
    evaluators: Sequence[Evaluator]
    quotes: Sequence[tuple[str, Sequence[str]]]


@dataclass
class EnteredCard:
    """The content of a card. Source and release are stored or new; only new ones are saved."""

    source: Source
    release: AIModel
    release_quotes: Sequence[tuple[str, Sequence[str]]] = ()
    events: Sequence[EnteredEvent] = field(default_factory=list)
    snapshot: Mapping[str, Any] | None = None  # of the source: arguments of `add_snapshot`


class CardRefused(Exception):
    """A card cannot be saved. ``where`` is "source", "snapshot", "release" or the index of the event."""

    def __init__(self, where: str | int, error: ValidationError) -> None:
        super().__init__(where, error)
        self.where, self.error = where, error


@transaction.atomic
def save_card(*, card: EnteredCard, by: Any, is_submitted: bool) -> list[Record]:
    """Save the new records of a card as drafts; if ``is_submitted``, send them to review as one batch.

    Gives new records their keys. Returns the new records in the order in which they can be published.

    Raises PermissionDenied, and CardRefused for the first problem; then nothing is saved.
    """
    saved: list[Record] = []
    if card.source.pk is None:
        card.source.key = free_key(Source, card.source.title)
        saved.append(_save_new("source", card.source, {}, by))
    if card.snapshot:
        _save_snapshot(card.source, card.snapshot, by)
    if card.release.pk is None:
        card.release.key = free_key(AIModel, card.release.name)
        citations = [_citation(AIModelCitation, card.source, *quote) for quote in card.release_quotes]
        saved.append(_save_new("release", card.release, {"citations": citations, "searches": []}, by))
    for place, entered in enumerate(card.events):
        saved.append(_save_event(place, entered, card, by))
    if is_submitted:
        for record in saved:
            submit(record=record, by=by, batch=f"System card: {card.source.title}"[:120])
    return saved


def free_key(model: type[Record], words: str) -> str:
    """A key made of these words that no record of the model has, or had before a merger."""
    base = slugify(words)[: LONGEST_KEY - 4].strip("-") or model._meta.model_name
    key, number = base, 1
    while model._default_manager.filter(key=key).exists() or merged_into(model, key):
        number += 1
        key = f"{base}-{number}"
    return key


def _save_snapshot(source: Source, snapshot: Mapping[str, Any], by: Any) -> None:
    """Add the snapshot. Call it before the citations are saved, so their quotes are checked against it."""
    try:
        add_snapshot(source=source, by=by, **snapshot)
    except ValidationError as error:
        raise CardRefused("snapshot", error) from error


def _save_event(place: int, entered: EnteredEvent, card: EnteredCard, by: Any) -> Record:
    event = entered.event
    event.lab, event.model = card.release.lab, card.release
    names = " ".join(evaluator.key for evaluator in entered.evaluators) or "event"
    event.key = free_key(AccessEvent, f"{card.release.key} {names}")
    parts = {
        "participations": [Participation(evaluator=evaluator) for evaluator in entered.evaluators],
        "citations": [_citation(AccessEventCitation, card.source, *quote) for quote in entered.quotes],
    }
    return _save_new(place, event, parts, by)


def _citation(model: type[Any], source: Source, quote: str, supports: Sequence[str]) -> Any:
    return model(source=source, quote=quote, supports=list(supports))


def _save_new(where: str | int, record: Record, parts: dict[str, list[Any]], by: Any) -> Record:
    try:
        return save_draft(record=record, parts=parts, by=by)
    except ValidationError as error:
        raise CardRefused(where, error) from error
