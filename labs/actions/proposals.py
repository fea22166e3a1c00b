"""The row of a proposal: what all actions of review use."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone

from labs.actions.records import name_of
from labs.choices import NoteKind, ProposalKind, RecordStatus, Stage
from labs.models import Proposal, ProposalNote, Record
from labs.models.registry import kind_of
from labs.models.states import State
from labs.rules.text import clean_text

NAMED_AT_MOST = 10
RecordOfAKind = TypeVar("RecordOfAKind", bound=Record)


def writers_of(record: Record) -> frozenset[int]:
    """The primary keys of all who changed a draft, or a part of it, since it was last public."""
    return writers_of_each([record]).get(record, frozenset())


def writers_of_each(records: Iterable[Record]) -> dict[Record, frozenset[int]]:
    """``writers_of`` each record that has any, in one query for each kind and sort of part."""
    of_kind: defaultdict[type[Record], dict[int, Record]] = defaultdict(dict)
    for record in records:
        of_kind[type(record)][record.pk] = record
    found: defaultdict[Record, set[int]] = defaultdict(set)
    for model, those in of_kind.items():
        accepted = Proposal.objects.accepted().filter(
            content_type=ContentType.objects.get_for_model(model), object_id__in=those
        )
        public_until = dict(
            accepted.values("object_id").annotate(last=Max("decided_at")).values_list("object_id", "last")
        )
        owners = [(model, "id"), *((part, f"{part.record_field}_id") for part in kind_of(model).parts.values())]
        for table, owner in owners:
            # Mergers change drafts without a name.
            saves = table.history.filter(**{f"{owner}__in": those}, history_user__isnull=False)
            newest = saves.order_by().values(owner, "history_user_id").annotate(last=Max("history_date"))
            for pk, person, last in newest.values_list(owner, "history_user_id", "last"):
                if pk not in public_until or last > public_until[pk]:
                    found[those[pk]].add(person)
    return {record: frozenset(people) for record, people in found.items()}


def new_proposal(record: Record, kind: ProposalKind, by: Any, **values: Any) -> Proposal:
    """A new proposal on a record, sent to review by a person, unsaved: the only place that makes one."""
    proposal = Proposal(
        content_type=ContentType.objects.get_for_model(record),
        object_id=record.pk,
        record_key=record.key,
        record_name=str(values.pop("name", "") or record)[:300],
        kind=kind.value,
        **values,
    )
    return sent_by(proposal, by)


def sent_by(proposal: Proposal, by: Any) -> Proposal:
    """Mark a proposal, unsaved, as sent to review by a person, who is one of its writers from then on."""
    proposal.stage, proposal.author, proposal.sent_at = Stage.IN_REVIEW.value, by, timezone.now()
    add_writers(proposal, [by.pk])
    return proposal


def add_writers(proposal: Proposal, people: Iterable[int]) -> None:
    """Add people, by their primary keys, to those who wrote a part of a proposal, unsaved."""
    proposal.writers = [*dict.fromkeys([*proposal.writers, *people])]


def lock_open_proposal(proposal: Proposal) -> Proposal:
    """Lock the stored proposal and return it. Raises ValidationError if it was decided already."""
    stored = Proposal.objects.select_for_update().filter(pk=proposal.pk).first()
    if stored is None:
        raise ValidationError(f"“{proposal}” is no longer there.", code="gone")
    if not stored.is_open:
        raise ValidationError(f"It is {Stage(stored.stage).label} already.", code="decided")
    stored.content_type = ContentType.objects.get_for_id(stored.content_type_id)  # one query for all of a kind
    return stored


REVIEW_FIELDS = ("status", "changed_at", "checked_on", "checked_by_id", "withdrawn_because")


def renew_status(record: RecordOfAKind) -> RecordOfAKind | None:
    """Give a stored record what review wrote into its row since it was read, for instance its status; returns the row.

    What somebody typed into the record stays. None for a new one. Raises ValidationError if it is gone.
    """
    if record.pk is None:
        return None
    stored = type(record)._default_manager.filter(pk=record.pk).first()
    if stored is None:
        raise ValidationError(f"“{record}” is no longer there.", code="gone")
    for name in REVIEW_FIELDS:
        setattr(record, name, getattr(stored, name))
    return stored


def lock_record(proposal: Proposal) -> Record:
    """Lock the stored record of a proposal and return it. Raises ValidationError if it is gone."""
    model = proposal.content_type.model_class()
    record = model._default_manager.select_for_update().filter(pk=proposal.object_id).first()
    if record is None:
        raise ValidationError("Its record is no longer there.", code="gone")
    return record


def send_to_review(proposal: Proposal, by: Any) -> Proposal:
    """Save a proposal as sent to review by a person. Raises ValidationError, for example without a reason."""
    sent_by(proposal, by).full_clean(exclude=["content_type"])
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
