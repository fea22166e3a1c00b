"""Undo a merger: what it moved goes back to the record that it removed, as far as nobody moved it on since."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from labs.actions.merger_logs import LoggedRow, MergerLog, row_from, values_of
from labs.actions.merging import MovedReference, problems_of
from labs.actions.records import name_of
from labs.actions.snapshots import check_quotes
from labs.choices import ProposalKind, RecordStatus, Stage
from labs.models import Alias, Proposal, Record, Source
from labs.models.base import Part
from labs.models.errors import sentences
from labs.models.registry import citation_models, kind_of
from labs.models.states import merged_into

NOT_KEPT = (
    "What this merger moved was not kept, because it came with an edition of the records or is older than that. Enter "
    "“{}” as a new record, and correct what refers to it."
)


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of a merger that is undone."""

    record: Record  # the one that stands alone again
    winner: Record  # the one that it had been merged into
    back: tuple[MovedReference, ...]  # what went back
    left: tuple[str, ...]  # what did not, and why, in sentences


def merger_undone_by(proposal: Proposal) -> Proposal:
    """The merger that a proposal asks to undo."""
    return Proposal.objects.get(pk=proposal.after["merger"])


@transaction.atomic
def undo_merger(*, merger: Proposal, by: Any, reason: str) -> Undone:
    """Restore the record that an accepted merger removed, with its key, and move back what the merger moved.

    What was moved on, removed or added since stays as it is. Checks no permission: ``propose_undoing`` and ``accept``
    do.

    Raises ValidationError with a sentence that says why it can no longer be undone; then nothing is changed.
    """
    winner = _winner_of(merger)
    try:
        with transaction.atomic():
            return _Undoing(merger, winner, by, reason).run()
    except IntegrityError as error:  # a constraint that no check covers
        raise ValidationError(f"The database refuses the result: {error}", code="integrity") from error


def _winner_of(merger: Proposal) -> Record:
    """The locked record that the other one was merged into. Raises ValidationError if the merger cannot be undone."""
    name, model = merger.record_name, merger.content_type.model_class()
    if merger.kind != ProposalKind.MERGE or merger.stage != Stage.ACCEPTED:
        raise ValidationError("Only a merger that was accepted can be undone.", code="no_merger")
    if _undoings(merger).filter(stage=Stage.ACCEPTED.value).exists():
        raise ValidationError("This merger is undone already.", code="undone")
    if not merger.moved:
        raise ValidationError(NOT_KEPT.format(name), code="not_kept")
    key = merger.after["into"]
    winner = model._default_manager.select_for_update().filter(key=key).first()
    leads_to = merged_into(model, merger.record_key)
    if winner is None or leads_to is None or leads_to.pk != winner.pk:
        where = f"“{leads_to}”" if leads_to else "another record"
        raise ValidationError(
            f"“{key}”, into which “{name}” was merged, was itself merged into {where} since: undo that merger first.",
            code="merged_on",
        )
    if winner.status != RecordStatus.PUBLISHED:
        raise ValidationError(
            f"“{winner}” is {RecordStatus(winner.status).label}: publish it again first.", code="not_public"
        )
    return winner


def _undoings(merger: Proposal) -> Any:
    same_kind = Proposal.objects.filter(kind=ProposalKind.UNMERGE.value, content_type=merger.content_type)
    return same_kind.filter(after__merger=merger.pk)


def is_being_undone(merger: Proposal) -> bool:
    """Whether a proposal to undo it waits."""
    return _undoings(merger).open().exists()


class _Undoing:
    """One undoing, step by step."""

    def __init__(self, merger: Proposal, winner: Record, by: Any, reason: str) -> None:
        self.merger, self.winner, self.by = merger, winner, by
        self.model = type(winner)
        self.log = MergerLog.from_json(merger.moved)
        self.why = f"The merger of {merger.record_name} into {winner.key} was undone: {reason}"
        self.back: list[MovedReference] = []
        self.left: list[str] = []
        self.changed: dict[tuple[type[Record], Any], Record] = {(self.model, winner.pk): winner}

    def run(self) -> Undone:
        earlier: dict[tuple[type[Record], Any], list[str]] = {}
        for logged in self.log.rows:
            for record in self._records_of(logged):
                earlier.setdefault((type(record), record.pk), problems_of(record))
        earlier[self.model, self.winner.pk] = problems_of(self.winner)
        self.record = self._restore()
        for logged in reversed(self.log.rows):
            getattr(self, f"_{logged.how}")(logged)
        self._restore_proposals()
        self._check_quotes()
        self._save_all()
        self._refuse_new_problems(earlier)
        return Undone(self.record, self.winner, tuple(reversed(self.back)), tuple(reversed(self.left)))

    def _records_of(self, logged: LoggedRow) -> list[Record]:
        """The stored record that a logged row is or belongs to."""
        row: Any = logged.model_class._default_manager.filter(pk=logged.pk).first()
        if row is None and logged.values:
            row = row_from(logged.model_class, logged.values)
        if isinstance(row, Part):
            field = row._meta.get_field(row.record_field)
            row = field.related_model._default_manager.filter(pk=getattr(row, field.attname)).first()
        return [row] if isinstance(row, Record) else []

    def _restore(self) -> Record:
        """The removed record, saved under its own number, and its key free for it."""
        aliases = Alias.objects.filter(content_type=self.merger.content_type)
        aliases.filter(key=self.merger.record_key, object_id=self.winner.pk).delete()
        record = row_from(self.model, self.log.loser)
        record.changed_at = timezone.now()
        self._check_references(record)
        if name := self._own_name_row():
            self._set_history(name, self.winner).delete()
        try:
            record.full_clean()
        except ValidationError as error:
            found = " ".join(sentences(error, self.model))
            raise ValidationError(f"“{record}” cannot stand alone again: {found}", code="invalid") from error
        self._set_history(record, record).save(force_insert=True)
        aliases.filter(key__in=self.log.aliases, object_id=self.winner.pk).update(object_id=record.pk)
        return record

    def _check_references(self, record: Record) -> None:
        for field in record._meta.concrete_fields:
            pk = getattr(record, field.attname)
            if not field.is_relation or pk is None or not issubclass(field.related_model, Record):
                continue
            if not field.related_model._default_manager.filter(pk=pk).exists():
                raise ValidationError(
                    f"The {field.verbose_name} of “{record}” was merged or removed since: undo that first.", code="gone"
                )

    def _own_name_row(self) -> Any:
        """The other name that the merger gave to the winner, if it is still there."""
        kind = kind_of(self.model)
        if not kind.other_names or self.log.name is None:
            return None
        return getattr(self.winner, kind.other_names).filter(pk=self.log.name, name=self.log.loser["name"]).first()

    # --- rows ------------------------------------------------------------------------------------------------------

    def _moved(self, logged: LoggedRow) -> None:
        row = self._row(logged)
        if row is None:
            return
        field = row._meta.get_field(logged.field)
        if getattr(row, field.attname) != self.winner.pk:
            self._leave(logged, "was moved on since")
            return
        setattr(row, logged.field, self.record)
        record = self._change(self._whole(row))
        if row is not record:
            self._set_history(row, record).save()
        self._went_back(logged, record, row)

    def _joined(self, logged: LoggedRow) -> None:
        row = row_from(logged.model_class, logged.values)
        field = row._meta.get_field(logged.field)
        setattr(row, field.attname, self.record.pk)
        if self._refers_to_nothing(row):
            self._leave(logged, "belongs to a record that is gone")
            return
        twin = logged.model_class._default_manager.filter(pk=logged.twin).first()
        if logged.twin_after and twin is not None and values_of(twin) == values_of(self._with(logged.twin_after, twin)):
            self._set_history(self._with(logged.twin_before, twin), self._change(self._whole(twin))).save()
        record = self._change(self._whole(row))
        self._set_history(row, record).save(force_insert=True)
        self._went_back(logged, record, row)

    def _listed(self, logged: LoggedRow) -> None:
        row = self._row(logged)
        if row is None:
            return
        listed = getattr(self._set_history(row, row), logged.field)
        if not listed.filter(pk=self.winner.pk).exists():
            self._leave(logged, "no longer lists it")
            return
        self._change(row)
        if not logged.was_listed:
            listed.remove(self.winner)
        listed.add(self.record)
        self._went_back(logged, row, row)

    def _row(self, logged: LoggedRow) -> Any:
        """The logged row as stored; None, and left, where it is gone."""
        model = logged.model_class
        if issubclass(model, Record):
            row = self.changed.get((model, logged.pk)) or model._default_manager.filter(pk=logged.pk).first()
        else:
            row = model._default_manager.filter(pk=logged.pk).first()
        if row is None:
            self._leave(logged, "was removed since")
        return row

    def _with(self, values: dict[str, Any], row: Any) -> Any:
        return row_from(type(row), values_of(row) | values)

    def _refers_to_nothing(self, row: Any) -> bool:
        return any(
            field.is_relation
            and getattr(row, field.attname) is not None
            and not field.related_model._default_manager.filter(pk=getattr(row, field.attname)).exists()
            for field in row._meta.concrete_fields
        )

    def _whole(self, row: Any) -> Record:
        """The record that a row is or belongs to."""
        if isinstance(row, Record):
            return row
        return row.whole if isinstance(row, Part) else self.record

    def _change(self, record: Record) -> Record:
        """Remember that the record changed; returns the one instance of it."""
        if record.pk == self.record.pk and type(record) is self.model:
            return self.record
        return self.changed.setdefault((type(record), record.pk), record)

    def _went_back(self, logged: LoggedRow, record: Record, row: Any) -> None:
        words = "" if row is record else logged.words
        self.back.append(MovedReference(record, logged.relation, words, logged.how == "joined"))

    def _leave(self, logged: LoggedRow, why: str) -> None:
        self.left.append(f"{logged.relation[:1].upper()}{logged.relation[1:]} “{logged.words}” {why}, and stays so.")

    # --- the rest --------------------------------------------------------------------------------------------------

    def _restore_proposals(self) -> None:
        """Put the record back into open proposals that the merger rewrote and nobody has changed since."""
        for rewritten in self.log.proposals:
            proposal = Proposal.objects.open().filter(pk=rewritten["pk"]).first()
            if proposal is not None and [proposal.before, proposal.after] == list(rewritten["new"]):
                proposal.before, proposal.after = rewritten["old"]
                proposal.save(update_fields=["before", "after"])

    def _check_quotes(self) -> None:
        """Check the quotes of two sources again, each against its own newest snapshot."""
        for model in citation_models() if self.model is Source else ():
            for source in (self.winner, self.record):
                citations = list(model.objects.filter(source=source).select_related("record"))
                earlier = [citation.quote_check for citation in citations]
                check_quotes(citations)
                for citation, check in zip(citations, earlier, strict=True):
                    if citation.quote_check != check:
                        row = self._set_history(citation, citation.record)
                        row.save(update_fields=["quote_check", "unfound_because"])

    def _save_all(self) -> None:
        for record in self.changed.values():
            if record.status == RecordStatus.PUBLISHED:
                record.changed_at = timezone.now()
            self._set_history(record, record).save()

    def _refuse_new_problems(self, earlier: dict[tuple[type[Record], Any], list[str]]) -> None:
        problems = []
        for record in (self.record, *self.changed.values()):
            known = earlier.get((type(record), record.pk), [])
            problems += [f"{name_of(record)}: {each}" for each in problems_of(record) if each not in known]
        if problems:
            raise ValidationError(list(dict.fromkeys(problems)), code="invalid")

    def _set_history(self, row: Any, record: Record) -> Any:
        """Set who undid it and why, for the history; that of a record that is not public names nobody."""
        row._history_user = self.by if record.status == RecordStatus.PUBLISHED else None
        row._change_reason = self.why
        return row
