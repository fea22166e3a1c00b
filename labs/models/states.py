"""The state of a record: its content as plain values, which can be stored, compared and applied again.

Proposals, differences and imports use this format, with the names of the fixtures and exports:

    {"lab": "openai", "released_on": "2023-03-14", …, "citations": [{"source": "gpt-4-system-card", "quote": …}, …]}

Fields go by their names, related records by their keys, lists of terms as lists, days as ``2024-05-24``; lists and
parts go by the names of ``RecordKind.relations``. Keys, derived bounds and the status are not in it.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models

from labs.models import Alias, Record
from labs.models.base import Part
from labs.models.fields import as_stored
from labs.models.registry import kind_of
from labs.rules.text import clean_text

State = dict[str, Any]


class Keys:
    """Finds records by their keys, and remembers those that it found."""

    def __init__(self) -> None:
        self._found: dict[type[Record], dict[str, Record]] = {}
        self._all: set[type[Record]] = set()

    @classmethod
    def of(cls, record: Record) -> "Keys":
        """Those that a record refers to, as does a part of it: read by ``with_state``."""
        keys = cls()
        for row in [record, *(part for relation in kind_of(record).parts for part in getattr(record, relation).all())]:
            for field in fields_of(type(row)):
                if field.is_relation and (related := getattr(row, field.name)) is not None:
                    keys.add(related)
        return keys

    def read_all(self, model: type[Record]) -> None:
        """Read all records of a model at once."""
        self._found[model] = {record.key: record for record in model._default_manager.all()}
        self._all.add(model)

    def add(self, record: Record) -> None:
        """Add a record that was saved later."""
        self._found.setdefault(type(record), {})[record.key] = record

    def get(self, model: type[Record], key: Any) -> Record:
        """The record with this key, or the winner of a merger if the key is an alias.

        Raises ValidationError if there is none.
        """
        found = self._found.setdefault(model, {})
        if key not in found:
            record = None if model in self._all else model._default_manager.filter(key=str(key)).first()
            record = record or merged_into(model, str(key))
            if record is None:
                raise ValidationError(f"There is no {model._meta.verbose_name} “{key}”.", code="no_such_key")
            found[key] = record
        return found[key]


def merged_into(model: type[Record], key: str) -> Record | None:
    """The record that the record with this key was merged into; None without a merger."""
    alias = Alias.objects.filter(content_type=ContentType.objects.get_for_model(model), key=key).first()
    return alias.record if alias else None


def fields_of(model: type[models.Model]) -> list[models.Field]:
    """The fields in a state: those that people enter, without the key of a record and the record of a part."""
    left_out = {"key"} if issubclass(model, Record) else {model.record_field}
    return [
        field
        for field in model._meta.concrete_fields
        if field.editable and not field.primary_key and field.name not in left_out
    ]


def state_of(record: Record, parts: Mapping[str, Iterable[Any]] | None = None) -> State:
    """The state of a record with its lists and parts; ``parts`` replace the stored ones if given."""
    state, kind = _values(record), kind_of(record)
    for relation in kind.relations:
        rows = parts.get(relation, ()) if parts is not None else _stored(record, relation)
        if relation in kind.lists:
            state[relation] = sorted({row.key for row in rows})
        else:
            state[relation] = [_values(row) for row in rows]
    return state


def with_state(records: models.QuerySet) -> models.QuerySet:
    """The same records, read with all that their states are made of: one query for each relation, however many."""
    kind = kind_of(records.model)
    parts = [models.Prefetch(relation, _with_records(part.objects.all())) for relation, part in kind.parts.items()]
    return _with_records(records).prefetch_related(*kind.lists, *parts)


def _stored(record: Record, relation: str) -> Iterable[Any]:
    """The stored rows of a relation, read with the records that they refer to unless they were read before."""
    rows = getattr(record, relation).all()
    return rows if relation in getattr(record, "_prefetched_objects_cache", ()) else _with_records(rows)


def _with_records(rows: models.QuerySet) -> models.QuerySet:
    names = [field.name for field in fields_of(rows.model) if field.is_relation]
    return rows.select_related(*names) if names else rows


def _values(row: models.Model) -> State:
    return {field.name: plain_value(row, field) for field in fields_of(type(row))}


def plain_value(row: models.Model, field: models.Field) -> Any:
    """The value of a field as in a state. Raises ObjectDoesNotExist if a past row refers to a deleted record."""
    if field.is_relation:
        related = getattr(row, field.name, None)  # an unsaved row may still lack it
        return related.key if related else None
    value = as_stored(field, field.to_python(getattr(row, field.attname)))
    return value.isoformat() if isinstance(value, dt.date) else value


def apply_state(record: Record, state: State, keys: Keys | None = None) -> dict[str, list[Any]]:
    """Set the fields of a record from a state, and return its lists and parts; saves nothing.

    A part that is stored already keeps its row. What the state leaves out stays as it is.

    Raises ValidationError for a name that the model does not have and for a key that does not exist.
    """
    keys = keys or Keys()
    kind = kind_of(record)
    _set(record, {name: value for name, value in state.items() if name not in kind.relations}, keys)
    parts: dict[str, list[Any]] = {}
    for relation, model in kind.relations.items():
        if relation not in state:
            parts[relation] = list(_stored(record, relation)) if record.pk else []
        elif relation in kind.lists:
            parts[relation] = [keys.get(model, key) for key in state[relation]]
        else:
            parts[relation] = _parts(record, relation, state[relation], keys)
    return parts


def _parts(record: Record, relation: str, rows: Iterable[State], keys: Keys) -> list[Part]:
    model = kind_of(record).parts[relation]
    stored = {_identity(part): part for part in _stored(record, relation)} if record.pk else {}
    parts = []
    for row in rows:
        part = model()
        setattr(part, model.record_field, record)
        _set(part, row, keys)
        stored_part = stored.get(_identity(part))
        if stored_part is not None:
            _set(stored_part, row, keys)
        parts.append(stored_part or part)
    return parts


def _identity(part: Part) -> tuple[Any, ...]:
    return tuple(clean_text(value) if isinstance(value, str) else value for value in part.natural_key()[1:])


def _set(row: models.Model, values: State, keys: Keys) -> None:
    fields = {field.name: field for field in fields_of(type(row))}
    if unknown := [name for name in values if name not in fields]:
        raise ValidationError(
            f"{row._meta.verbose_name} has no {', '.join(unknown)}. It has: {', '.join(fields)}.", code="no_such_field"
        )
    for name, value in values.items():
        field = fields[name]
        if field.is_relation and value is not None:
            value = keys.get(field.related_model, value)
        setattr(row, name, value if field.is_relation else as_stored(field, field.to_python(value)))


def version_of(record: Record) -> str:
    """A short digest of a record's state, which changes whenever the content of the record does."""
    text = json.dumps(state_of(record), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
