"""Drafts that belong together, because they refer to each other, and how they are sent to review at once."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from labs.actions.cards import LONGEST_BATCH, batch_of
from labs.actions.references import referred_by
from labs.actions.review import submit
from labs.actions.versions import in_turn
from labs.choices import RecordStatus
from labs.models import AIModel, Proposal, Record
from labs.models.registry import kind_of, kinds_by_rank


def own_drafts(person: Any) -> list[Record]:
    """The drafts that the person wrote or changed, in the order in which they can be published."""
    found: list[Record] = []
    for model in (kind.model for kind in kinds_by_rank()):
        own = model.history.filter(history_user=person).values("id")
        found += model._default_manager.filter(status=RecordStatus.DRAFT.value, pk__in=own).order_by("key")
    return found


def drafts_together(drafts: Sequence[Record]) -> list[list[Record]]:
    """The drafts in groups: two are in one group if one refers to the other, directly or by way of others."""
    group_of = {draft: [draft] for draft in drafts}
    for draft in drafts:
        parts = {relation: list(getattr(draft, relation).all()) for relation in kind_of(draft).relations}
        for other in referred_by(draft, parts):
            if other in group_of and group_of[other] is not group_of[draft]:
                group_of[draft].extend(group_of[other])
                for each in group_of[other]:
                    group_of[each] = group_of[draft]
    place = {draft: number for number, draft in enumerate(drafts)}
    groups = {id(group): sorted(group, key=place.__getitem__) for group in group_of.values()}
    return sorted(groups.values(), key=lambda group: place[group[0]])


@in_turn
def submit_together(*, records: Sequence[Record], by: Any) -> list[Proposal]:
    """Send drafts to review as one batch, all or none.

    Raises PermissionDenied, and ValidationError if there are none or one is no draft any more.
    """
    if not records:
        raise ValidationError("There is nothing to send.")
    releases = [record for record in records if isinstance(record, AIModel)]
    batch = batch_of(releases[0]) if releases else f"Entered by hand: {records[0]}"[:LONGEST_BATCH]
    return [submit(record=record, by=by, batch=batch if len(records) > 1 else "") for record in records]
