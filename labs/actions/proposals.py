"""The row of a proposal: what all actions of review use."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils import timezone

from labs.actions.records import name_of
from labs.choices import NoteKind, ProposalKind, RecordStatus, Stage
from labs.models import Proposal, ProposalNote, Record
from labs.models.registry import kind_of
from labs.models.states import State
from labs.rules.text import clean_text

NAMED_AT_MOST = 10


def last_changed_by(record: Record) -> int | None:
    """The primary key of the person who last changed a record or a part of it; None if unknown."""
    return last_changed_by_each([record]).get(record)


def last_changed_by_each(records: Iterable[Record]) -> dict[Record, int]:
    """``last_changed_by`` of each record of which it is known, in one query for each kind and sort of part."""
    of_kind: defaultdict[type[Record], dict[int, Record]] = defaultdict(dict)
    for record in records:
        of_kind[type(record)][record.pk] = record
    found: dict[Record, int] = {}
    for model, those in of_kind.items():
        newest: dict[int, tuple[dt.datetime, int]] = {}
        owners = [(model, "id"), *((part, f"{part.record_field}_id") for part in kind_of(model).parts.values())]
        for table, owner in owners:
            # Mergers change drafts without a name.
            saves = table.history.filter(**{f"{owner}__in": those}, history_user__isnull=False)
            last = {}
            for pk, *save in saves.order_by("history_date", "history_id").values_list(
                owner, "history_date", "history_user_id"
            ):
                last[pk] = tuple(save)
            newest |= {pk: save for pk, save in last.items() if pk not in newest or save[0] > newest[pk][0]}
        found |= {those[pk]: person for pk, (_, person) in newest.items()}
    return found


def new_proposal(record: Record, kind: ProposalKind) -> Proposal:
    """A new proposal on a record, unsaved."""
    return Proposal(
        content_type=ContentType.objects.get_for_model(record),
        object_id=record.pk,
        record_key=record.key,
        record_name=str(record)[:300],
        kind=kind.value,
    )


def lock_open_proposal(proposal: Proposal) -> Proposal:
    """Lock the stored proposal and return it. Raises ValidationError if it was decided already."""
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if not proposal.is_open:
        raise ValidationError(f"It is {Stage(proposal.stage).label} already.", code="decided")
    return proposal


def lock_record(proposal: Proposal) -> Record:
    """Lock the stored record of a proposal and return it. Raises ValidationError if it is gone."""
    model = proposal.content_type.model_class()
    record = model._default_manager.select_for_update().filter(pk=proposal.object_id).first()
    if record is None:
        raise ValidationError("Its record is no longer there.", code="gone")
    return record


def send_to_review(proposal: Proposal, by: Any) -> Proposal:
    """Save a proposal as sent to review by a person. Raises ValidationError, for example without a reason."""
    proposal.stage, proposal.author, proposal.sent_at = Stage.IN_REVIEW.value, by, timezone.now()
    proposal.full_clean(exclude=["content_type"])
    proposal.save()
    return proposal


def close(proposal: Proposal, stage: Stage, by: Any, note: str) -> Proposal:
    """Save a person's decision on a proposal."""
    proposal.stage, proposal.decided_by, proposal.decided_at = stage.value, by, timezone.now()
    proposal.note = clean_text(note) or proposal.note
    proposal.save()
    if clean_text(note):
        add_note(proposal, NoteKind(stage.value), by, note)
    return proposal


def add_note(proposal: Proposal, kind: NoteKind, by: Any, text: str, state: State | None = None) -> ProposalNote:
    """Add a note to the thread of a proposal. Raises ValidationError if it is empty."""
    note = ProposalNote(proposal=proposal, kind=kind.value, author=by, text=text, written_at=timezone.now())
    note.state = dict(state or {})
    note.full_clean(exclude=["proposal"])
    note.save()
    return note


def listed_names(records: list[Record]) -> str:
    """The kinds and names of the records for a message; of more than ten, the number of the rest."""
    names = "; ".join(name_of(record) for record in records[:NAMED_AT_MOST])
    more = len(records) - NAMED_AT_MOST
    return f"{names} and {more} more" if more > 0 else names


def set_status(record: Record, status: RecordStatus) -> None:
    """Save another status without a row in the history: the history tells who changed the content, and proposals tell
    the status.
    """
    record.status = status.value
    type(record)._default_manager.filter(pk=record.pk).update(status=record.status)
