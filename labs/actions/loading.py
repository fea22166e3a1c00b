"""Load public records that come with a data version of their own into a database without any."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from labs.actions.histories import complete_histories
from labs.actions.imports import in_batches
from labs.actions.versions import lock_versions, restore_data_version
from labs.choices import RecordStatus
from labs.models import DataVersion, Edition, Record
from labs.models.errors import sentences
from labs.models.registry import kind_of, kinds_by_rank
from labs.models.states import Keys, State, apply_state


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """A record as it is public: its state with its lists and parts, and when the public last saw it change."""

    key: str
    state: State
    changed_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class PublicVersion:
    """Everything that is public of one data version: its name and day, the editions up to it, and its records."""

    edition: str
    number: int
    made_at: dt.datetime
    checked_by: str
    note: str
    editions: Sequence[Edition]
    records: Mapping[type[Record], Sequence[PublicRecord]] = field(default_factory=dict)


@transaction.atomic
def load_public_version(loaded: PublicVersion) -> DataVersion:
    """Save the records as public ones, the editions, and the data version under its name; all or nothing.

    The histories say that the records were loaded, and name nobody. Raises ValidationError where a record is not valid
    or refers to one that is not there, and where there is a data version already.
    """
    lock_versions()
    if DataVersion.objects.exists():
        raise ValidationError("There is a data version already.", code="not_empty")
    for edition in loaded.editions:
        _check(edition, str(edition))
        edition.save()
    newest = next((each for each in loaded.editions if each.version == loaded.edition), None)
    if newest is None:
        raise ValidationError(f"The edition {loaded.edition} of the data version is missing.", code="no_edition")
    keys, saved = Keys(), list[tuple[Any, PublicRecord]]()
    for kind in kinds_by_rank():
        for wave in _waves(kind.model, loaded.records.get(kind.model, ())):
            records = [_record(kind.model, each, keys) for each in wave]
            _insert(records)
            for record in records:
                keys.add(record)
            saved += zip(records, wave, strict=True)
    _save_parts(saved, keys)
    complete_histories()
    return restore_data_version(
        edition=newest,
        number=loaded.number,
        made_at=loaded.made_at,
        checked_by=loaded.checked_by,
        note=loaded.note,
    )


def _record(model: type[Record], loaded: PublicRecord, keys: Keys) -> Record:
    relations = kind_of(model).relations
    record = model(key=loaded.key, status=RecordStatus.PUBLISHED.value, changed_at=loaded.changed_at)
    try:
        apply_state(record, {name: value for name, value in loaded.state.items() if name not in relations}, keys)
    except ValidationError as error:
        raise _named(error, model, loaded.key) from None
    _check(record, loaded.key)
    return record


def _waves(model: type[Record], records: Sequence[PublicRecord]) -> Iterator[list[PublicRecord]]:
    """The records of a kind, each after those of its own kind that it refers to."""
    own = [each.name for each in model._meta.concrete_fields if each.is_relation and each.related_model is model]
    waiting, there = list(records), set[str]()
    while waiting:
        wave = [each for each in waiting if all(each.state.get(name) in (None, *there) for name in own)]
        if not wave:
            names = ", ".join(each.key for each in waiting[:3])
            raise ValidationError(
                f"These refer to records that are missing, or to one another: {names}.", code="circle"
            )
        yield wave
        there |= {each.key for each in wave}
        waiting = [each for each in waiting if each.key not in there]


def _save_parts(saved: Sequence[tuple[Any, PublicRecord]], keys: Keys) -> None:
    new: dict[type[models.Model], list[Any]] = {}
    for record, loaded in saved:
        kind = kind_of(record)
        try:
            parts = apply_state(
                record, {name: value for name, value in loaded.state.items() if name in kind.relations}, keys
            )
            record.check_parts(parts)
        except ValidationError as error:
            raise _named(error, type(record), record.key) from None
        for relation, rows in parts.items():
            if relation in kind.lists:
                new.setdefault(_pairs(record, relation), []).extend(_pair(record, relation, row) for row in rows)
                continue
            for part in rows:
                _check(part, record.key)
                new.setdefault(type(part), []).append(part)
    for rows in new.values():
        _insert(rows)


def _pairs(record: Record, relation: str) -> type[models.Model]:
    return record._meta.get_field(relation).remote_field.through


def _pair(record: Record, relation: str, other: Record) -> models.Model:
    listed = record._meta.get_field(relation)
    return _pairs(record, relation)(
        **{f"{listed.m2m_field_name()}_id": record.pk, f"{listed.m2m_reverse_field_name()}_id": other.pk}
    )


def _check(row: Any, key: str) -> None:
    """Raise ValidationError where the row is not valid by itself; the database checks it against the others."""
    related = [each.name for each in row._meta.concrete_fields if each.is_relation]
    try:
        row.clean_fields(exclude=related)
        row.clean()
    except ValidationError as error:
        raise _named(error, type(row), key) from None


def _named(error: ValidationError, model: type[models.Model], key: str) -> ValidationError:
    return ValidationError([f"{model._meta.verbose_name} {key}: {each}" for each in sentences(error, model)])


def _insert(rows: Iterable[Any]) -> None:
    for some in in_batches(rows):
        model = type(some[0])
        try:
            with transaction.atomic():
                model._default_manager.bulk_create(some)
        except IntegrityError as error:
            name = model._meta.verbose_name_plural
            raise ValidationError(f"The database refuses some {name}: {error}", code="refused") from error
