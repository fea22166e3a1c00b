"""Save a release in one step: its sources, the release, and the access events that cite them."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from labs.actions.review import save_draft, submit
from labs.actions.snapshots import add_snapshot
from labs.actions.versions import in_turn
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
from labs.models.registry import kind_of
from labs.models.states import merged_into

LONGEST_KEY = 80
_POINT_IN_NUMBER = re.compile(r"(?<=\d)\.(?=\d)")  # GPT-5.6 is gpt-5-6, not gpt-56
LONGEST_BATCH = 120


@dataclass(frozen=True, slots=True)
class EnteredQuote:
    """A quote, the place of its source among the sources of the card, and the fields that it supports."""

    source: int
    quote: str
    supports: Sequence[str]


@dataclass(frozen=True, slots=True)
class EnteredSource:
    """A stored or new source, and the text that was read: arguments of `add_snapshot`."""

    source: Source
    snapshot: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class EnteredEvent:
    """An event of the card: the record, its evaluators, and its quotes."""

    event: AccessEvent
    evaluators: Sequence[Evaluator]
    quotes: Sequence[EnteredQuote]


@dataclass(frozen=True, slots=True)
class EnteredCard:
    """The content of a card. Sources and release are stored or new; only new ones are saved."""

    sources: Sequence[EnteredSource]
    release: AIModel
    release_quotes: Sequence[EnteredQuote] = ()
    events: Sequence[EnteredEvent] = field(default_factory=list)


class CardRefused(Exception):
    """A card cannot be saved. ``part`` is "source", "snapshot", "release" or "event", and ``place`` counts from 0."""

    def __init__(self, part: str, place: int, error: ValidationError) -> None:
        super().__init__(part, place, error)
        self.part, self.place, self.error = part, place, error


@in_turn
def save_card(*, card: EnteredCard, by: Any, is_submitted: bool) -> list[Record]:
    """Save the new records of a card as drafts; if ``is_submitted``, send them to review as one batch.

    A new record without a key gets one. Returns the new records in the order in which they can be published.

    Raises PermissionDenied, and CardRefused for the first problem; then nothing is saved.
    """
    saved: list[Record] = []
    for place, entered in enumerate(card.sources):
        if entered.source.pk is None:
            entered.source.key = entered.source.key or free_key(Source, entered.source.title)
            saved.append(_save_new("source", place, entered.source, {}, by))
        if entered.snapshot:  # before the citations, so that their quotes are checked against it
            _save_snapshot(place, entered, by)
    if card.release.pk is None:
        card.release.key = card.release.key or free_key(AIModel, card.release.name)
        parts = {"citations": _citations(AIModelCitation, card, card.release_quotes)}
        saved.append(_save_new("release", 0, card.release, parts, by))
    for place, entered_event in enumerate(card.events):
        saved.append(_save_event(place, entered_event, card, by))
    if is_submitted:
        for record in saved:
            submit(record=record, by=by, batch=batch_of(card.release))
    return saved


def batch_of(release: AIModel) -> str:
    """The name under which the records of a card are reviewed together."""
    return f"Entered by hand: {release}"[:LONGEST_BATCH]


def free_key(model: type[Record], words: str, taken: Container[str] = ()) -> str:
    """A key made of these words that no record of the model has, or had before a merger, and that is not ``taken``."""
    spelled = _POINT_IN_NUMBER.sub("-", words)
    base = slugify(spelled)[: LONGEST_KEY - 4].strip("-") or model._meta.model_name
    key, number = base, 1
    while key in taken or model._default_manager.filter(key=key).exists() or merged_into(model, key):
        number += 1
        key = f"{base}-{number}"
    return key


def event_key_words(release: str, evaluators: Sequence[Evaluator]) -> str:
    """The words of the key of an event: the key of its release, then those of its evaluators."""
    return f"{release} {' '.join(sorted(evaluator.key for evaluator in evaluators)) or 'event'}"


def _save_snapshot(place: int, entered: EnteredSource, by: Any) -> None:
    try:
        add_snapshot(source=entered.source, by=by, **entered.snapshot or {})
    except ValidationError as error:
        raise CardRefused("snapshot", place, error) from error


def _save_event(place: int, entered: EnteredEvent, card: EnteredCard, by: Any) -> Record:
    event = entered.event
    event.lab, event.model = card.release.lab, card.release
    event.key = event.key or free_key(AccessEvent, event_key_words(card.release.key, entered.evaluators))
    parts = {
        "participations": [Participation(evaluator=evaluator) for evaluator in entered.evaluators],
        "citations": _citations(AccessEventCitation, card, entered.quotes),
    }
    return _save_new("event", place, event, parts, by)


def _citations(model: type[Any], card: EnteredCard, quotes: Sequence[EnteredQuote]) -> list[Any]:
    return [
        model(source=card.sources[each.source].source, quote=each.quote, supports=list(each.supports))
        for each in quotes
    ]


def _save_new(part: str, place: int, record: Record, parts: dict[str, list[Any]], by: Any) -> Record:
    parts = {relation: parts.get(relation, []) for relation in kind_of(record).relations}
    try:
        return save_draft(record=record, parts=parts, by=by)
    except ValidationError as error:
        raise CardRefused(part, place, error) from error
