"""One change of many records, and the change that takes an accepted one back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from labs.actions.permissions import permission_to, require
from labs.actions.review import propose, propose_withdrawal, save_draft, submit
from labs.actions.versions import in_turn
from labs.choices import ProposalKind, RecordStatus, Stage
from labs.models import Proposal, Record
from labs.models.errors import sentences
from labs.models.registry import kind_of
from labs.models.states import State, apply_state, state_of
from labs.rules.differences import rebase
from labs.rules.text import clean_text


@dataclass
class Changed:
    """What became of a change of many records."""

    proposed: list[Proposal] = field(default_factory=list)
    saved: list[Record] = field(default_factory=list)  # drafts
    refused: list[tuple[Record, list[str]]] = field(default_factory=list)


@in_turn
def change_each(*, records: Iterable[Record], state: State, reason: str, by: Any, batch: str = "") -> Changed:
    """Give each record the values of a state: a public one by a proposal, a draft at once. One that refuses stops none.

    Raises PermissionDenied like ``propose``.
    """
    changed = Changed()
    for record in records:
        try:
            with transaction.atomic():
                if record.status == RecordStatus.PUBLISHED:
                    changed.proposed.append(propose(record=record, state=state, reason=reason, by=by, batch=batch))
                else:
                    changed.saved.append(save_draft(record=record, parts=apply_state(record, state), by=by))
        except ValidationError as error:
            changed.refused.append((record, sentences(error, type(record))))
    return changed


@in_turn
def propose_undoing(*, proposal: Proposal, reason: str, by: Any) -> Proposal:
    """Propose to take back what an accepted proposal did: a publication, a change or a withdrawal.

    What was changed elsewhere in the record since then stays. Raises PermissionDenied, and ValidationError if it was
    not accepted, if the same places changed since, if it was a merger, or without a reason.
    """
    model = proposal.content_type.model_class()
    require(by, permission_to("change", model))
    if not clean_text(reason):
        raise ValidationError("Say why. It is public with the change.", code="no_reason")
    if proposal.stage != Stage.ACCEPTED:
        raise ValidationError("Only what was accepted can be undone.", code="not_accepted")
    record = model._default_manager.filter(pk=proposal.object_id).first()
    if record is None:
        raise ValidationError("Its record is no longer there.", code="gone")
    match ProposalKind(proposal.kind):
        case ProposalKind.PUBLISH:
            return propose_withdrawal(record=record, reason=reason, by=by)
        case ProposalKind.WITHDRAW:
            return submit(record=record, by=by, reason=reason)
        case ProposalKind.CHANGE:
            back = rebase(proposal.after, proposal.before, state_of(record), kind_of(record).identities)
            if back.conflicts:
                raise ValidationError(
                    "The record has changed since then, in the same places. Change it in its form.", code="conflict"
                )
            return propose(record=record, state=back.state, reason=reason, by=by)
        case _:
            raise ValidationError("A merger is undone on a page of its own.", code="merger")
