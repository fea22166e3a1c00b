"""Publish, change and withdraw records: one person proposes, a second person decides.

Every function checks the permission itself, so no view, form or command can bypass it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from labs.actions.distinctions import forget_distinctions, refuse_unanswered
from labs.actions.given_passwords import refuse_same_person, standing_behind
from labs.actions.merging import merge
from labs.actions.permissions import MERGE_RECORDS, REVIEW_PROPOSAL, VIEW_PROPOSAL, permission_to, require
from labs.actions.proposals import (
    NAMED_AT_MOST,
    add_note,
    add_writers,
    close,
    listed_names,
    lock_open_proposal,
    lock_record,
    new_proposal,
    renew_status,
    send_to_review,
    set_status,
    writers_of,
    writers_of_each,
)
from labs.actions.records import records_of, save_record, set_history_author
from labs.actions.references import not_public, referred_by, referring_to
from labs.actions.renaming import keep_old_name
from labs.actions.unmerging import is_being_undone, merger_undone_by, undo_merger
from labs.actions.versions import in_turn, raise_data_version, renew_stamp
from labs.choices import NoteKind, ProposalKind, QuoteCheck, RecordStatus, Stage
from labs.models import Citation, Proposal, ProposalNote, Record
from labs.models.lookalikes import KnownRecords
from labs.models.proposals import FIRST_PUBLICATION
from labs.models.registry import kind_of
from labs.models.states import Keys, State, apply_state, fields_of, state_of, with_state
from labs.rules.differences import difference, rebase
from labs.rules.text import clean_text


@in_turn
def save_draft(*, record: Record, parts: dict[str, list[Any]], by: Any) -> Record:
    """Save a new or stored record that is not public. In review, the last person to change it becomes its author; all
    who did are its writers.

    Raises PermissionDenied, and ValidationError for any problem; then nothing is saved.
    """
    require(by, permission_to("change" if record.pk else "add", type(record)))
    stored = renew_status(record)
    if record.status == RecordStatus.PUBLISHED:
        raise ValidationError("It is public: propose the change.", code="public")
    _refuse_guarded(record, state_of(stored) if stored else {}, state_of(record, parts), by)
    save_record(record=record, parts=parts, by=by)
    for proposal in Proposal.objects.of(record).open().filter(kind=ProposalKind.PUBLISH.value).select_for_update():
        proposal.author = by
        add_writers(proposal, [by.pk])
        proposal.save(update_fields=["author", "writers"])
    return record


def guarded_changes(model: type[Record], before: State, after: State, by: Any) -> list[str]:
    """The labels of the fields that change, and that only somebody with more permissions than the person may change."""
    return [
        str(field.verbose_name)
        for field in fields_of(model)
        if field.name in model.guarded
        and after.get(field.name, old := before.get(field.name, field.get_default())) != old
        and not by.has_perm(model.guarded[field.name])
    ]


def _refuse_guarded(record: Record, before: State, after: State, by: Any) -> None:
    if guarded := guarded_changes(type(record), before, after, by):
        raise PermissionDenied(f"Only an editor may change “{guarded[0]}”.")


@in_turn
def submit(*, record: Record, by: Any, reason: str = "", batch: str = "") -> Proposal:
    """Send a draft or a withdrawn record to review, for a second person to publish it.

    Raises PermissionDenied, and ValidationError if it is public or in review already.
    """
    require(by, permission_to("change", type(record)))
    renew_status(record)
    if record.status in (RecordStatus.PUBLISHED, RecordStatus.IN_REVIEW):
        raise ValidationError(f"It is {RecordStatus(record.status).label} already.", code="not_a_draft")
    proposal = Proposal.objects.of(record).open().filter(kind=ProposalKind.PUBLISH.value).first()
    proposal = proposal or new_proposal(record, ProposalKind.PUBLISH, by)
    add_writers(proposal, sorted(writers_of(record)))
    proposal.reason = reason or proposal.reason or FIRST_PUBLICATION
    proposal.batch = batch or proposal.batch
    if record.status == RecordStatus.DRAFT:
        set_status(record, RecordStatus.IN_REVIEW)
    return send_to_review(proposal, by)


@in_turn
def propose(
    *, record: Record, state: State, reason: str, by: Any, is_correction: bool = False, batch: str = ""
) -> Proposal:
    """Propose another state of a public record. It becomes public when a second person accepts.

    What the state leaves out stays as it is; the old name of a renamed record becomes another name of it, unless the
    change corrects an error of ours. A trial save, which is rolled back, checks that it can be saved.

    Raises PermissionDenied, and ValidationError for any problem, also if nothing would change.
    """
    require(by, permission_to("change", type(record)))
    renew_status(record)
    if record.status != RecordStatus.PUBLISHED:
        raise ValidationError("It is not public: edit it as it is.", code="not_public")
    proposal = new_proposal(record, ProposalKind.CHANGE, by)
    proposal.batch = batch
    return _propose_state(proposal, state, reason, by, is_correction)


@in_turn
def revise(*, proposal: Proposal, state: State, reason: str, by: Any, is_correction: bool = False) -> Proposal:
    """Put another state into an open proposal of a change. It goes to review again, with this person as its author.

    Raises PermissionDenied and ValidationError like ``propose``.
    """
    proposal = lock_open_proposal(proposal)
    require(by, permission_to("change", type(lock_record(proposal))))
    return _propose_state(proposal, state, reason, by, is_correction)


def _propose_state(proposal: Proposal, state: State, reason: str, by: Any, is_correction: bool) -> Proposal:
    record = _as_stored(proposal)
    proposal.before = state_of(record)
    parts = apply_state(record, state, Keys.of(record))
    if not is_correction:  # an error of ours was never its name
        keep_old_name(record, parts, proposal.before.get("name", ""))
    proposal.after = state_of(record, parts)
    if not difference(proposal.before, proposal.after, kind_of(record).identities) and not _unfound_citations(parts):
        raise ValidationError("Nothing changed, so there is nothing to review.", code="no_change")
    _refuse_guarded(record, proposal.before, proposal.after, by)
    try_out(record, parts)
    proposal.reason, proposal.is_correction = reason, is_correction
    return send_to_review(proposal, by)


def _as_stored(proposal: Proposal) -> Record:
    """The record of a proposal as it is stored, with all that its state is made of. Who saves it reads that anew."""
    model = proposal.content_type.model_class()
    return with_state(model._default_manager.all()).get(pk=proposal.object_id)


def try_out(record: Record, parts: dict[str, list[Any]]) -> None:
    """Raise ValidationError if the record cannot be saved like this. The save is rolled back."""
    new = [row for rows in parts.values() for row in rows if row.pk is None]
    with transaction.atomic():
        save_record(record=record, parts=parts)
        transaction.set_rollback(True)
    for row in new:
        row.pk = None


@in_turn
def propose_withdrawal(*, record: Record, reason: str, by: Any) -> Proposal:
    """Propose to withdraw a public record, with the reason that its page will show.

    Raises PermissionDenied, and ValidationError if it is not public, public records refer to it, or that is proposed.
    """
    require(by, permission_to("change", type(record)))
    renew_status(record)
    if record.status != RecordStatus.PUBLISHED:
        raise ValidationError("Only a public record can be withdrawn. A draft can be deleted.", code="not_public")
    if Proposal.objects.of(record).open().filter(kind=ProposalKind.WITHDRAW.value).exists():
        raise ValidationError("A withdrawal of it waits for review already.", code="proposed_already")
    _refuse_if_relied_on(record)
    proposal = new_proposal(record, ProposalKind.WITHDRAW, by)
    proposal.before, proposal.reason = state_of(record), reason
    return send_to_review(proposal, by)


def _refuse_if_relied_on(record: Record) -> None:
    relying = [each for each in referring_to(record) if each.status == RecordStatus.PUBLISHED]
    if relying:
        raise ValidationError(
            f"These public records refer to it: {listed_names(relying)}. Change or withdraw them first.",
            code="relied_on",
        )


@in_turn
def propose_merger(*, loser: Record, winner: Record, reason: str, by: Any) -> Proposal:
    """Propose that one record is found to be another: all that refers to the loser moves to the winner.

    That it can be done is tried at once, and undone. Raises PermissionDenied, and ValidationError where it cannot.
    """
    require(by, MERGE_RECORDS)
    if Proposal.objects.of(loser).open().filter(kind=ProposalKind.MERGE.value).exists():
        raise ValidationError("A merger of it waits for review already.", code="proposed_already")
    renew_status(loser)
    with transaction.atomic():
        merge(loser=type(loser)._default_manager.get(pk=loser.pk), winner=winner, by=by, reason=reason)
        transaction.set_rollback(True)
    proposal = new_proposal(loser, ProposalKind.MERGE, by)
    proposal.before, proposal.after, proposal.reason = state_of(loser), {"into": winner.key}, reason
    return send_to_review(proposal, by)


@in_turn
def propose_undoing(*, merger: Proposal, reason: str, by: Any) -> Proposal:
    """Propose to undo a merger: the removed record stands alone again, and what moved goes back.

    That it can be done is tried at once, and undone. Raises PermissionDenied, and ValidationError where it cannot.
    """
    require(by, MERGE_RECORDS)
    if is_being_undone(merger):
        raise ValidationError("That this merger be undone waits for review already.", code="proposed_already")
    with transaction.atomic():
        undone = undo_merger(merger=merger, by=by, reason=reason)
        transaction.set_rollback(True)
    proposal = new_proposal(undone.winner, ProposalKind.UNMERGE, by)
    proposal.after, proposal.reason = {"again": merger.record_key, "merger": merger.pk}, reason
    return send_to_review(proposal, by)


@in_turn
def accept(*, proposal: Proposal, by: Any, note: str = "", unfound_because: str = "") -> Proposal:
    """Accept a proposal: the record is then public as proposed, and the proposal is a public change.

    The data version rises by one. ``unfound_because`` is the reason to publish quotes that the snapshot of their source
    lacks, or has only perhaps.

    Raises PermissionDenied. Raises ValidationError if the person proposed it or wrote a part of it, if it was decided
    already, if the record changed in the meantime, if it looks like another one and nobody said that it is not,
    or if it cannot be public like this.
    """
    accepted = let_through(proposal=proposal, by=by, note=note, unfound_because=unfound_because)
    raise_data_version()
    return accepted


@dataclass(frozen=True)
class WhoWrote:
    """Who wrote the drafts of several proposals, and who may be behind the person who decides: read once for all.

    For one transaction that holds its turn, in which nobody else can write.
    """

    writers: Mapping[Record, frozenset[int]]
    behind: frozenset[int]

    @classmethod
    def read(cls, records: Iterable[Record], by: Any) -> "WhoWrote":
        """Read them from the histories, in a few queries for each kind of record."""
        return cls(writers_of_each(records), standing_behind(by))


@transaction.atomic
def let_through(
    *,
    proposal: Proposal,
    by: Any,
    note: str = "",
    unfound_because: str = "",
    known: KnownRecords | None = None,
    wrote: WhoWrote | None = None,
) -> Proposal:
    """Accept one of several proposals that make one data version together, which the caller raises, in its turn.

    ``known`` and ``wrote`` save queries if there are many. Raises as ``accept``.
    """
    require(by, REVIEW_PROPOSAL)
    proposal = lock_open_proposal(proposal)
    if proposal.stage != Stage.IN_REVIEW:
        raise ValidationError("It was sent back to its author and is not waiting for review.", code="sent_back")
    record = lock_record(proposal)
    _refuse_same_person(proposal, record, by, wrote or WhoWrote.read([record], by))
    _carry_out(proposal, record, by, unfound_because, known)
    if proposal.kind in (ProposalKind.PUBLISH, ProposalKind.CHANGE):  # a file may propose what only an editor may say
        _refuse_guarded(record, proposal.before, proposal.after, by)
    return close(proposal, Stage.ACCEPTED, by, note)


def _refuse_same_person(proposal: Proposal, record: Record, by: Any, wrote: WhoWrote) -> None:
    if proposal.kind == ProposalKind.PUBLISH:
        add_writers(proposal, sorted(wrote.writers.get(record, ())))
    words = "You wrote a part of it, so somebody else has to check it."
    refuse_same_person(by, proposal.writers, words, wrote.behind)


@transaction.atomic
def carry_out(*, proposal: Proposal, by: Any, unfound_because: str = "", known: KnownRecords | None = None) -> None:
    """Do what is proposed, and put what was public before and after into the proposal, unsaved.

    Checks no permission: ``accept`` does, and a preview rolls it back. Raises ValidationError like ``accept``.
    """
    _carry_out(proposal, lock_record(proposal), by, unfound_because, known)


def _carry_out(proposal: Proposal, record: Record, by: Any, unfound_because: str, known: KnownRecords | None) -> None:
    unfound_because, stored = clean_text(unfound_because), _as_stored(proposal)
    current = state_of(stored)
    _refuse_if_gone(proposal, record)
    refuse_unanswered(proposal, record, known, current)
    match ProposalKind(proposal.kind):
        case ProposalKind.PUBLISH:
            _make_public(stored, apply_state(stored, {}), by, proposal.reason, unfound_because)
            proposal.before, proposal.after = {}, state_of(stored)
        case ProposalKind.CHANGE:
            rebased = rebase(proposal.before, proposal.after, current, kind_of(record).identities)
            if rebased.conflicts:
                raise ValidationError(
                    "The record has changed since this was proposed, in the same places. Send it back, so that its "
                    "author can look at both.",
                    code="conflict",
                )
            parts = apply_state(stored, rebased.state, Keys.of(stored))
            is_change = difference(current, state_of(stored, parts), kind_of(record).identities)
            if not is_change and not _unfound_citations(parts):
                raise ValidationError("What it asks for is public already, so nothing would change.", code="no_change")
            _make_public(stored, parts, by, proposal.reason, unfound_because)
            proposal.before, proposal.after = current, state_of(stored)
        case ProposalKind.WITHDRAW:
            _refuse_if_relied_on(record)
            record.status, record.withdrawn_because = RecordStatus.WITHDRAWN.value, proposal.reason
            record.changed_at = timezone.now()
            set_history_author(record, by, proposal.reason).save()
            proposal.before, proposal.after = current, {}
        case ProposalKind.MERGE:
            winner = Keys().get(type(record), proposal.after["into"])
            merger = merge(loser=record, winner=winner, by=by, reason=proposal.reason)
            proposal.before, proposal.after, proposal.moved = current, {"into": winner.key}, merger.log.as_json()
        case ProposalKind.UNMERGE:
            undo_merger(merger=merger_undone_by(proposal), by=by, reason=proposal.reason)


def _refuse_if_gone(proposal: Proposal, record: Record) -> None:
    """Raise ValidationError for a change or a withdrawal of a record that was withdrawn in the meantime."""
    needs_public = proposal.kind in (ProposalKind.CHANGE, ProposalKind.WITHDRAW)
    if needs_public and record.status != RecordStatus.PUBLISHED:
        raise ValidationError("The record is no longer public.", code="not_public")


def _make_public(record: Record, parts: dict[str, list[Any]], by: Any, reason: str, unfound_because: str) -> None:
    missing = not_public(referred_by(record, parts))
    if missing:
        raise ValidationError(
            f"It refers to records that are not public: {listed_names(missing)}. Publish them first.", code="not_public"
        )
    record.status, record.withdrawn_because = RecordStatus.PUBLISHED.value, ""
    record.changed_at = timezone.now()
    record.checked_on, record.checked_by = timezone.localdate(), by
    save_record(record=record, parts=parts, by=by, reason=reason)
    _judge_quotes(parts, unfound_because, by)


def _unfound_citations(parts: dict[str, list[Any]]) -> list[Citation]:
    """The citations whose quote is not, or only perhaps, in the snapshot of its source, without an editor's word."""
    citations = [row for rows in parts.values() for row in rows if isinstance(row, Citation)]
    return [each for each in citations if each.needs_a_word]


def _judge_quotes(parts: dict[str, list[Any]], unfound_because: str, by: Any) -> None:
    unfound = _unfound_citations(parts)
    if unfound and not unfound_because:
        said = []
        for check, words in ((QuoteCheck.NOT_FOUND, "Not found"), (QuoteCheck.DOUBTFUL, "Perhaps not said")):
            quotes = [f"“{each.quote}” ({each.source})" for each in unfound if each.quote_check == check]
            if quotes:
                said.append(f"{words} in the snapshot of their source: {'; '.join(quotes[:NAMED_AT_MOST])}.")
        raise ValidationError(f"{' '.join(said)} Correct the quotes, or say why they stay.", code="quote_not_found")
    for citation in unfound:
        citation.unfound_because = unfound_because
        set_history_author(citation, by, unfound_because).save(update_fields=["unfound_because"])


@in_turn
def send_back(*, proposal: Proposal, by: Any, note: str) -> Proposal:
    """Ask the author to change a proposal; a new record becomes a draft again.

    Raises PermissionDenied, and ValidationError without a note or if it was decided already.
    """
    require(by, REVIEW_PROPOSAL)
    proposal = lock_open_proposal(proposal)
    proposal.stage, proposal.note = Stage.SENT_BACK.value, _require_note(note)
    proposal.save()
    add_note(proposal, NoteKind.SENT_BACK, by, proposal.note, asked_for(proposal))
    _return_to_draft(proposal)
    return proposal


def asked_for(proposal: Proposal) -> State:
    """The state of the record that an open proposal of a publication or a change asks for; else an empty one."""
    if proposal.kind == ProposalKind.PUBLISH and proposal.record is not None:
        return state_of(proposal.record)
    return dict(proposal.after) if proposal.kind == ProposalKind.CHANGE else {}


@in_turn
def comment(*, proposal: Proposal, by: Any, text: str) -> ProposalNote:
    """Write a note into the thread of a proposal, such as an answer to the note with which it was sent back.

    Raises PermissionDenied, and ValidationError for an empty note.
    """
    require(by, VIEW_PROPOSAL)
    if not clean_text(text):
        raise ValidationError("Write what you want to say in the note.", code="no_note")
    return add_note(proposal, NoteKind.COMMENT, by, clean_text(text))


@in_turn
def reject(*, proposal: Proposal, by: Any, note: str) -> Proposal:
    """Reject a proposal; a new record becomes a draft again.

    Raises PermissionDenied, and ValidationError without a note or if it was decided already.
    """
    require(by, REVIEW_PROPOSAL)
    proposal = lock_open_proposal(proposal)
    _return_to_draft(proposal)
    return close(proposal, Stage.REJECTED, by, _require_note(note))


@in_turn
def take_back(*, proposal: Proposal, by: Any) -> Proposal:
    """Take back one's own open proposal; a new record becomes a draft again.

    Raises PermissionDenied for somebody else's, and ValidationError if it was decided already.
    """
    proposal = lock_open_proposal(proposal)
    if proposal.author_id != by.pk:
        raise PermissionDenied("Only its author can take a proposal back.")
    _return_to_draft(proposal)
    return close(proposal, Stage.REJECTED, by, "Taken back by its author.")


def _require_note(note: str) -> str:
    if not clean_text(note):
        raise ValidationError("Tell its author why in the note.", code="no_note")
    return clean_text(note)


def _return_to_draft(proposal: Proposal) -> None:
    record = proposal.record
    if record is not None and record.status == RecordStatus.IN_REVIEW:
        set_status(record, RecordStatus.DRAFT)


@in_turn
def mark_checked(*, record: Record, by: Any) -> Record:
    """Mark a public record as checked against its sources today, without a change.

    Raises PermissionDenied, and ValidationError if it is not public or its newest change is the person's own.
    """
    require(by, REVIEW_PROPOSAL)
    renew_status(record)
    if record.status != RecordStatus.PUBLISHED:
        raise ValidationError("Only a public record can be checked again.", code="not_public")
    newest = Proposal.objects.of(record).accepted().order_by("-decided_at").first()
    if newest is not None:
        refuse_same_person(by, newest.writers, "Its newest change is yours, so somebody else has to check it.")
    record.checked_on, record.checked_by = timezone.localdate(), by
    set_history_author(record, by, "checked again, nothing to change").save(update_fields=["checked_on", "checked_by"])
    renew_stamp()
    return record


@in_turn
def delete_draft(*, record: Record, by: Any) -> None:
    """Delete a record that was never public, with its proposals.

    Raises PermissionDenied, and ValidationError if it is or was public or if others refer to it.
    """
    require(by, permission_to("delete", type(record)))
    renew_status(record)
    if record.status in (RecordStatus.PUBLISHED, RecordStatus.WITHDRAWN):
        raise ValidationError("A record that was public can be withdrawn, but not deleted.", code="public")
    try:
        Proposal.objects.of(record).delete()
        forget_distinctions(record)
        set_history_author(record, by, "draft deleted").delete()
    except ProtectedError as error:
        raise ValidationError(
            f"These refer to it: {listed_names(records_of(error.protected_objects))}. Change or delete them first.",
            code="referred_to",
        ) from error
