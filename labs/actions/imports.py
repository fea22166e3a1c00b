"""Drafts and proposals by the thousand: what ``labs.actions.review`` does for one record, in batches of rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from simple_history.utils import bulk_create_with_history

from labs.actions.permissions import permission_to, require
from labs.actions.proposals import new_proposal
from labs.actions.records import set_history_author
from labs.actions.snapshots import check_quotes
from labs.choices import ProposalKind, RecordStatus
from labs.models import Citation, Proposal, Record
from labs.models.base import Part
from labs.models.proposals import FIRST_PUBLICATION
from labs.models.registry import kind_of
from labs.models.states import State, with_state
from labs.rules.text import clean_text

ROWS_AT_ONCE = 500


@dataclass(slots=True, eq=False)
class NewRecord:
    """A new record with its lists and parts, cleaned and not saved. ``refused`` has what the database refused.

    Each is (relation, part, error); relation and part are "" and None where the record itself was refused.
    """

    record: Record
    parts: dict[str, list[Any]]
    refused: list[tuple[str, Part | None, ValidationError]] = field(default_factory=list)

    @property
    def rows(self) -> Iterator[tuple[str, Part]]:
        """Its parts, each after its relation."""
        return ((relation, part) for relation in kind_of(self.record).parts for part in self.parts.get(relation, ()))


@dataclass(frozen=True, slots=True)
class Change:
    """What a row asks to change of a public record: its state before and after."""

    record: Record
    name: str
    before: State
    after: State


def may_import(by: Any, model: type[Record]) -> None:
    """Raise PermissionDenied unless the person may add and change records of a kind."""
    require(by, permission_to("change", model))
    require(by, permission_to("add", model))


def stored_records(model: type[Record], keys: Sequence[str]) -> dict[str, Record]:
    """The records with these keys, of any status, with all that their states need."""
    records = model._default_manager
    return {each.key: each for some in in_batches(keys) for each in with_state(records.filter(key__in=some))}


def add_drafts(rows: Sequence[NewRecord], *, by: Any, batch: str) -> None:
    """Save new records as drafts in review. They may refer to one another; a record comes after those it refers to.

    What the database refuses is in ``refused`` of its row, for the caller to roll back. Call it in a transaction.
    Raises PermissionDenied.
    """
    for model in {type(row.record) for row in rows}:
        may_import(by, model)
    for row in rows:
        row.record.status = RecordStatus.IN_REVIEW.value
    for run in _runs(rows):
        for some in in_batches(run):
            _insert([row.record for row in some], by, [(row, "") for row in some])
    saved = [row for row in rows if row.record.pk]
    for some in in_batches(saved):
        _insert_parts(some, by)
    for some in in_batches([row for row in saved if not row.refused]):
        Proposal.objects.bulk_create(
            new_proposal(row.record, ProposalKind.PUBLISH, by, batch=batch, reason=FIRST_PUBLICATION) for row in some
        )


def propose_changes(changes: Sequence[Change], *, by: Any, batch: str, reason: str, is_correction: bool) -> None:
    """One proposal for each change; each was tried. ``reason`` is public with all. Raises PermissionDenied."""
    for model in {type(change.record) for change in changes}:
        may_import(by, model)
    for some in in_batches(changes):
        Proposal.objects.bulk_create(
            new_proposal(
                each.record,
                ProposalKind.CHANGE,
                by,
                batch=batch,
                name=each.name,
                before=each.before,
                after=each.after,
                reason=clean_text(reason),
                is_correction=is_correction,
            )
            for each in some
        )


def _runs(rows: Sequence[NewRecord]) -> Iterator[list[NewRecord]]:
    """The rows in runs of one kind, in which none refers to another of the same run."""
    run: list[NewRecord] = []
    records: set[int] = set()
    for row in rows:
        is_other = run and type(run[0].record) is not type(row.record)
        if is_other or any(id(each) in records for each in _references(row.record)):
            yield run
            run, records = [], set()
        run.append(row)
        records.add(id(row.record))
    if run:
        yield run


def _references(row: models.Model) -> Iterator[Any]:
    """The records that a row refers to and that are loaded; new ones always are."""
    for each in row._meta.concrete_fields:
        is_record = each.is_relation and issubclass(each.related_model, Record) and each.is_cached(row)
        if is_record and (record := each.get_cached_value(row)) is not None:
            yield record


def _insert_parts(rows: Sequence[NewRecord], by: Any) -> None:
    found = [(row, relation, part) for row in rows for relation, part in row.rows]
    check_quotes([part for *_, part in found if isinstance(part, Citation)])
    for model in dict.fromkeys(type(part) for *_, part in found):
        some = [each for each in found if type(each[-1]) is model]
        _insert([each[-1] for each in some], by, [each[:-1] for each in some])
    for row in rows:
        row.record._prefetched_objects_cache = {}
        for name in kind_of(row.record).lists:
            getattr(set_history_author(row.record, by, ""), name).set(row.parts[name])


def _insert(rows: Sequence[Any], by: Any, whose: Sequence[tuple[NewRecord, str]]) -> None:
    """Insert rows of one model with their history; one by one, to learn which are wrong, if that fails.

    A row that refers to a refused one is left out.
    """
    rows, whose = _without_dangling(rows, whose)
    if not rows:
        return
    try:
        with transaction.atomic():
            bulk_create_with_history([_referring(row) for row in rows], type(rows[0]), len(rows), default_user=by)
    except IntegrityError:
        for row, (owner, relation) in zip(rows, whose, strict=True):
            row.pk, row._state.adding = None, True
            try:
                with transaction.atomic():
                    _referring(row).full_clean()
                    set_history_author(row, by, "").save()
            except ValidationError as error:
                owner.refused.append((relation, row if relation else None, error))


def _without_dangling(rows: Sequence[Any], whose: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    both = [(row, owner) for row, owner in zip(rows, whose, strict=True) if all(each.pk for each in _references(row))]
    return [row for row, _ in both], [owner for _, owner in both]


def _referring(row: models.Model) -> models.Model:
    """The row, whose foreign keys are those that the records it refers to have now."""
    for each in row._meta.concrete_fields:
        if each.is_relation and each.is_cached(row):
            setattr(row, each.name, each.get_cached_value(row))
    return row


def in_batches(items: Iterable[Any], size: int = ROWS_AT_ONCE) -> Iterator[list[Any]]:
    """The items in lists of a few hundred."""
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch
