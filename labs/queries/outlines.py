"""What a new release usually repeats of the lab's last one: who tested it and how, and whose sources say so.

Nothing that a quote has to show anew is in it: no dates, no days, no answers on access, no results, no quotes. An
event that says that nobody was let in is not in it either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from labs.choices import EventField, Outcome, RecordStatus, ReleaseField
from labs.models import AIModel, Citation, Source

REPEATED = (EventField.ACTIVITY.value, EventField.OUTCOME.value, EventField.MODE.value, EventField.DOMAINS.value)
QUOTED = {EventField.EVALUATORS.value, *REPEATED}
QUOTED_OF_RELEASE = {ReleaseField.NAME.value, ReleaseField.RELEASED_ON.value, ReleaseField.RELEASE.value}
TOOK_PLACE = (Outcome.GRANTED.value, Outcome.NOT_NEEDED.value)
MOST_REPEATED = 6  # events


@dataclass(frozen=True, slots=True)
class EventOutline:
    """Initial values of an event, and for each source the fields that its quotes supported."""

    values: dict[str, Any]
    quotes: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CardOutline:
    """Initial values of the forms of a release; a quote has the place of its source in ``sources``."""

    release: dict[str, Any]
    sources: list[dict[str, Any]] = field(default_factory=list)
    release_quotes: list[dict[str, Any]] = field(default_factory=list)
    events: list[EventOutline] = field(default_factory=list)


def last_release_of(lab: int | None) -> AIModel | None:
    """The newest public release of the lab with this primary key that is no variant; None if it has none."""
    dated = AIModel.objects.published().filter(lab=lab, variant_of=None).exclude(released_on_latest=None)
    return dated.order_by("-released_on_latest", "-pk").first()


def outline_of(release: AIModel) -> CardOutline:
    """What a new release of the same lab may repeat."""
    outline = CardOutline({"lab": release.lab_id, "release": release.release, "frontier": release.frontier})
    places: dict[tuple[Any, ...], int] = {}

    def place_of(source: Source) -> int:
        owner = (source.publisher, source.kind, source.lab_id, source.evaluator_id)
        if owner not in places:
            places[owner] = len(outline.sources)
            names = ("publisher", "kind", "lab", "evaluator")
            outline.sources.append(dict(zip(names, owner, strict=True)))
        return places[owner]

    def quotes_of(citations: Iterable[Citation], kept: set[str]) -> list[dict[str, Any]]:
        ticked: dict[int, dict[str, None]] = {}
        for citation in citations:
            if supports := [value for value in citation.supports if value in kept]:
                ticked.setdefault(place_of(citation.source), {}).update(dict.fromkeys(supports))
        return [{"source": place, "supports": list(supports)} for place, supports in ticked.items()]

    outline.release_quotes.extend(quotes_of(_citations(release), QUOTED_OF_RELEASE))
    events = release.events.filter(status=RecordStatus.PUBLISHED.value, outcome__in=TOOK_PLACE)
    for event in events.prefetch_related("participations").order_by("pk")[:MOST_REPEATED]:
        values = {name: getattr(event, name) for name in REPEATED}
        values["evaluators"] = [part.evaluator_id for part in event.participations.all()]
        outline.events.append(EventOutline(values, quotes_of(_citations(event), QUOTED)))
    return outline


def _citations(record: Any) -> Sequence[Citation]:
    return record.citations.select_related("source")
