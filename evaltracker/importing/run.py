"""Write a plan: new records as drafts in review, changes as proposals. Nothing becomes public.

Does for thousands of records what ``labs.actions.review`` does for one: checks permissions, writes rows in batches with
their history, and leaves the last check to the database.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from evaltracker.importing.kinds import FileKind, in_batches
from evaltracker.importing.planned import Fate, Plan, Planned, rows_to_write
from evaltracker.importing.problems import Problem
from labs.actions.permissions import permission_to, require
from labs.actions.records import save_record, set_history_author
from labs.actions.snapshots import check_quotes
from labs.choices import ProposalKind, RecordStatus, Stage
from labs.models import Citation, Proposal, Record
from labs.models.errors import field_errors
from labs.models.proposals import FIRST_PUBLICATION
from labs.models.registry import kind_of, kinds_by_rank
from labs.rules.text import clean_text

ROWS_AT_ONCE = 500


class RowsRefused(Exception):
    """The database refused rows that passed all checks; their chunk is not written."""

    def __init__(self, rows: Sequence[Planned]) -> None:
        self.rows = rows
        super().__init__("; ".join(f"{row.key}: {each.message}" for row in rows for each in row.problems))


@dataclass(slots=True)
class Written:
    """How many rows were written."""

    new: int = 0
    changed: int = 0

    def __add__(self, other: "Written") -> "Written":
        return Written(self.new + other.new, self.changed + other.changed)


def may_import(by: Any, kind: FileKind) -> None:
    """Raise PermissionDenied unless the person may add and change records of a kind."""
    require(by, permission_to("change", kind.model))
    require(by, permission_to("add", kind.model))


def write_plans(
    plans: Sequence[Plan],
    *,
    by: Any,
    reason: str,
    batch: str,
    is_correction: bool = False,
    on_progress: Callable[[Written], None] = lambda _: None,
) -> Written:
    """Write the plans in chunks, each all or nothing; calls ``on_progress`` after each chunk.

    In a transaction of the caller, everything is all or nothing. ``reason`` is public with each change.

    Raises PermissionDenied, ValueError if a row is wrong, and RowsRefused with the wrong rows of a chunk.
    """
    for plan in plans:
        may_import(by, plan.kind)
        if not plan.is_right:
            raise ValueError("nothing is written while a row is wrong")
    writer = _Writer(plans, by, batch)
    written = Written()
    for plan in plans:
        for rows in in_batches(plan.of(Fate.CHANGED), ROWS_AT_ONCE):
            with transaction.atomic():
                writer.propose(rows, reason, is_correction)
            written += Written(changed=len(rows))
            on_progress(written)
        for rows in in_batches(plan.of(Fate.NEW), ROWS_AT_ONCE):
            written += Written(new=writer.add(rows))
            on_progress(written)
    assert written.new + written.changed == rows_to_write(plans)
    return written


class _Writer:
    def __init__(self, plans: Sequence[Plan], by: Any, batch: str) -> None:
        self.by, self.batch = by, batch
        self._unsaved = {id(row.record): row for plan in plans for row in plan.of(Fate.NEW)}

    # --- changes -------------------------------------------------------------------------------------------

    def propose(self, rows: Sequence[Planned], reason: str, is_correction: bool) -> None:
        """One proposal for each changed row."""
        Proposal.objects.bulk_create(
            self._proposal(
                row,
                ProposalKind.CHANGE,
                before=row.before,
                after=row.after,
                reason=clean_text(reason),
                is_correction=is_correction,
            )
            for row in rows
        )

    def _proposal(self, row: Planned, kind: ProposalKind, **values: Any) -> Proposal:
        record = row.record
        return Proposal(
            content_type=ContentType.objects.get_for_model(record),
            object_id=record.pk,
            record_key=record.key,
            record_name=(row.name or str(record))[:300],
            kind=kind.value,
            stage=Stage.IN_REVIEW.value,
            batch=self.batch,
            author=self.by,
            sent_at=timezone.now(),
            **values,
        )

    # --- new records ---------------------------------------------------------------------------------------

    def add(self, rows: Sequence[Planned]) -> int:
        """Write new rows with the new rows that they refer to, all or none; returns the number of written rows."""
        chunk = self._with_needed(rows)
        try:
            with transaction.atomic():
                self._insert(chunk)
        except IntegrityError:
            self._refuse_wrong_rows(chunk)
            raise
        for row in chunk:
            del self._unsaved[id(row.record)]
        return len(chunk)

    def _with_needed(self, rows: Sequence[Planned]) -> list[Planned]:
        """The unwritten rows, and all new rows that they or their parts refer to, in the order of kinds."""
        chunk: dict[int, Planned] = {}
        waiting = [row.record for row in rows]
        while waiting:
            record = waiting.pop()
            row = self._unsaved.get(id(record))
            if row is None or id(record) in chunk:
                continue
            chunk[id(record)] = row
            waiting += [each for part in _rows_of(row) for each in _related(part)]
            waiting += [each for name in kind_of(record).lists for each in row.parts[name]]
        order = kinds_by_rank()
        return sorted(chunk.values(), key=lambda row: (order.index(kind_of(row.record)), row.number))

    def _insert(self, chunk: Sequence[Planned]) -> None:
        _reset_to_unsaved(chunk)
        for row in chunk:
            row.record.status = RecordStatus.IN_REVIEW.value
        for records in _in_insert_order([row.record for row in chunk]):
            self._create(records)
        parts = [part for row in chunk for part in _rows_of(row)[1:]]
        check_quotes([part for part in parts if isinstance(part, Citation)])
        for model in dict.fromkeys(map(type, parts)):
            self._create([part for part in parts if type(part) is model])
        for row in chunk:
            for name in kind_of(row.record).lists:
                getattr(set_history_author(row.record, self.by, ""), name).set(row.parts[name])
        proposals = (self._proposal(row, ProposalKind.PUBLISH, reason=FIRST_PUBLICATION) for row in chunk)
        Proposal.objects.bulk_create(proposals)

    def _create(self, rows: Sequence[models.Model]) -> None:
        """Insert rows of one model with their history."""
        for row in rows:
            _refresh_references(row)
        bulk_create_with_history(rows, type(rows[0]), batch_size=ROWS_AT_ONCE, default_user=self.by)

    def _refuse_wrong_rows(self, chunk: Sequence[Planned]) -> None:
        """Raise RowsRefused with the rows that cannot be saved, tried one by one; writes nothing."""
        with transaction.atomic():
            _reset_to_unsaved(chunk)
            for row in chunk:
                self._try(row)
            transaction.set_rollback(True)
        if wrong := [row for row in chunk if row.fate is Fate.WRONG]:
            raise RowsRefused(wrong)

    def _try(self, row: Planned) -> None:
        try:
            with transaction.atomic():
                for each in _rows_of(row):
                    _refresh_references(each)
                save_record(record=row.record, parts=row.parts)
        except ValidationError as error:
            row.refuse(*(Problem(each.field, each.sentence) for each in field_errors(error)))


def _reset_to_unsaved(chunk: Sequence[Planned]) -> None:
    """Remove the primary keys that rows got for the checks or in a transaction that was rolled back."""
    for row in chunk:
        row.record._prefetched_objects_cache = {}
        for each in _rows_of(row):
            each.pk, each._state.adding = None, True


def _rows_of(row: Planned) -> list[models.Model]:
    """The record and its parts."""
    return [row.record, *(part for name in kind_of(row.record).parts for part in row.parts.get(name, ()))]


def _refresh_references(row: models.Model) -> None:
    """Update the foreign keys of a row to the primary keys that related rows have now."""
    for field in _references(type(row)):
        if getattr(row, field.attname) is not None:
            setattr(row, field.name, getattr(row, field.name))


def _references(model: type[models.Model]) -> list[models.Field]:
    return [
        field for field in model._meta.concrete_fields if field.is_relation and issubclass(field.related_model, Record)
    ]


def _related(row: models.Model) -> Iterator[Record]:
    """The records that a row refers to and that are loaded; new ones always are."""
    for field in _references(type(row)):
        if field.is_cached(row) and (record := field.get_cached_value(row)) is not None:
            yield record


def _in_insert_order(records: Iterable[Record]) -> Iterator[list[Record]]:
    """The records by model, in lists; each record comes after those that it refers to."""
    by_kind: dict[type[Record], list[Record]] = {}
    for record in records:
        by_kind.setdefault(type(record), []).append(record)
    for left in by_kind.values():
        while left:
            names = {id(record) for record in left}
            ready = [each for each in left if not any(id(other) in names for other in _related(each))]
            if not ready:  # a circle, which the models refuse
                raise IntegrityError("these refer to one another in a circle")
            yield ready
            done = {id(record) for record in ready}
            left = [record for record in left if id(record) not in done]
