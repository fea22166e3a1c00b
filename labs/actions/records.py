"""Save a record with its parts, all or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.text import capfirst

from labs.actions.snapshots import check_quotes
from labs.models import Citation, Record
from labs.models.base import Part
from labs.models.errors import sentences
from labs.models.registry import kind_of

AnyRecord = TypeVar("AnyRecord", bound=Record)
AnyRow = TypeVar("AnyRow", bound=Model)


@transaction.atomic
def save_record(
    *, record: AnyRecord, parts: Mapping[str, Sequence[Any]], by: Any = None, reason: str = ""
) -> AnyRecord:
    """Save a record with exactly these parts, by the names of ``RecordKind.relations``; delete its other parts.

    Checks the quotes of its citations against the snapshots of their sources. Writes ``by`` and ``reason`` into the
    history of each row that changes. Checks no permission: the actions of review do.

    Raises ValidationError for any problem; then nothing is saved.
    """
    kind = kind_of(record)
    parts = {relation: list(parts.get(relation, ())) for relation in kind.relations}
    record._prefetched_objects_cache = {}  # rows of it may be among these parts, and changed
    record.full_clean()
    record.check_parts(parts)
    if record.pk is None or _is_changed(record, type(record)._default_manager.filter(pk=record.pk).first()):
        set_history_author(record, by, reason).save()
    for relation, rows in parts.items():
        if relation in kind.lists:
            getattr(set_history_author(record, by, reason), relation).set(rows)
        else:
            check_quotes([row for row in rows if isinstance(row, Citation)])
            save_parts(record, relation, rows, by=by, reason=reason)
    return record


def save_parts(record: Record, relation: str, parts: Iterable[Part], *, by: Any = None, reason: str = "") -> None:
    """Save `parts` as all rows of one of the record's relations, such as its citations.

    Call it in a transaction. Raises ValidationError with one sentence per problem, which names the part by its place
    in the list.
    """
    parts = list(parts)
    rows = getattr(record, relation)
    stored = {row.pk: row for row in rows.all()}
    kept = {part.pk for part in parts}
    for row in [row for pk, row in stored.items() if pk not in kept]:
        set_history_author(row, by, reason).delete()
    problems = []
    for place, part in enumerate(parts, start=1):
        setattr(part, rows.field.name, record)
        is_changed = _is_changed(part, stored.get(part.pk))
        try:
            # A stored row keeps its constraints already and refers to rows that exist; checking that again takes most
            # of the time of a save.
            unchanged = () if is_changed else [field.name for field in part._meta.concrete_fields if field.is_relation]
            part.full_clean(exclude=unchanged, validate_unique=is_changed, validate_constraints=is_changed)
        except ValidationError as error:
            name = f"{capfirst(part._meta.verbose_name)} {place}"
            problems += [f"{name}: {sentence}" for sentence in sentences(error, type(part))]
        else:
            if is_changed:
                set_history_author(part, by, reason).save()
    if problems:
        raise ValidationError(problems)


def set_history_author(row: AnyRow, by: Any, reason: str) -> AnyRow:
    """Set who changes a row and why, for its history; returns the row."""
    if by is not None:
        row._history_user = by
    row._change_reason = reason or None
    return row


def records_of(objects: Iterable[Record | Part]) -> list[Record]:
    """These records, and the records of these parts, each once, by kind and key."""
    records = {each.whole if isinstance(each, Part) else each for each in objects}
    return sorted(records, key=lambda record: (record._meta.verbose_name, record.key))


def name_of(record: Record) -> str:
    """Kind and name: “access event gpt-4-metr”."""
    return f"{record._meta.verbose_name} {record}"


def _is_changed(row: Model, stored: Model | None) -> bool:
    """Whether a save would change anything. If not, it would only add a row to the history."""
    if stored is None:
        return True
    return any(getattr(row, field.attname) != getattr(stored, field.attname) for field in row._meta.concrete_fields)
