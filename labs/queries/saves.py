"""The saves of a record: who changed which row, when and why. Only the desk shows them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from labs.models import Record
from labs.models.registry import identities_of, kind_of
from labs.models.states import Keys, fields_of, plain_value
from labs.models.versions import LOADED
from labs.queries.change_words import ChangeRow, describe_changes, model_label
from labs.rules.differences import State, difference

TYPES = {"+": "added", "~": "changed", "-": "removed"}


@dataclass(frozen=True, slots=True)
class Save:
    """One saved state of a record, or of a part of it; ``rows`` say what changed."""

    moment: dt.datetime
    person: str  # empty if unknown, as for the curated records
    what: str  # the kind of row
    done: str  # added, changed or removed
    reason: str
    rows: tuple[ChangeRow, ...]


def saves_of(record: Record) -> list[Save]:
    """All saves of a record and its parts, the newest first; a fixed number of queries for each model.

    That a row was loaded at first is none: nobody at the desk saved it.
    """
    histories: list[tuple[type[models.Model], dict[str, Any]]] = [(type(record), {"id": record.pk})]
    for part in kind_of(record).parts.values():
        histories.append((part, {part.record_field: record.pk}))
    keys = Keys()
    saved = [each for model, of in histories for each in _saves_of_rows(model, of, keys)]
    return sorted(saved, key=lambda each: each.moment, reverse=True)


def _saves_of_rows(model: type[models.Model], of: dict[str, Any], keys: Keys) -> Iterator[Save]:
    fields = fields_of(model)
    related = [field.name for field in fields if field.is_relation]
    before: dict[int, State] = {}
    identities = identities_of(model)
    rows = model.history.filter(**of).select_related("history_user", *related)
    for row in rows.order_by("history_date", "history_id"):
        state = {field.name: _value(row, field) for field in fields}
        is_gone = row.history_type == "-"
        changes = describe_changes(
            model, difference(before.get(row.id, {}), {} if is_gone else state, identities), keys
        )
        before[row.id] = state
        if row.history_type == "+" and row.history_change_reason == LOADED:
            continue
        yield Save(
            moment=row.history_date,
            person=str(row.history_user or ""),
            what=model_label(model),
            done=TYPES[row.history_type],
            reason=row.history_change_reason or "",
            rows=tuple(changes),
        )


def _value(row: models.Model, field: models.Field) -> Any:
    try:
        return plain_value(row, field)
    except ObjectDoesNotExist:  # the record that it referred to was deleted later
        return f"no longer there (number {getattr(row, field.attname)})"
