"""What the desk did to a record, save by save: who changed which row, when and why. For the desk only."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from labs.models import Record
from labs.models.registry import identities_of, kind_of
from labs.models.states import Keys, fields_of, plain
from labs.queries.change_words import ChangeRow, described, kind_label
from labs.rules.differences import State, difference

TYPES = {"+": "added", "~": "changed", "-": "removed"}


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved state of a record or of a part of it; ``rows`` say what became different."""

    moment: dt.datetime
    person: str  # empty where nobody is known, such as for what came in with the curated records
    what: str  # the kind of row
    done: str  # added, changed or removed
    reason: str
    rows: tuple[ChangeRow, ...]


def past_of(record: Record) -> list[Saved]:
    """All that was saved of a record and of its parts, the newest first; a fixed number of queries for each kind."""
    kinds: list[tuple[type[models.Model], dict[str, Any]]] = [(type(record), {"id": record.pk})]
    for part in kind_of(record).parts.values():
        kinds.append((part, {part.record_field: record.pk}))
    keys = Keys()
    saved = [each for kind, of in kinds for each in _saved(kind, of, keys)]
    return sorted(saved, key=lambda each: each.moment, reverse=True)


def _saved(kind: type[models.Model], of: dict[str, Any], keys: Keys) -> Iterator[Saved]:
    fields = fields_of(kind)
    related = [field.name for field in fields if field.is_relation]
    before: dict[int, State] = {}
    identities = identities_of(kind)
    rows = kind.history.filter(**of).select_related("history_user", *related)
    for row in rows.order_by("history_date", "history_id"):
        state = {field.name: _value(row, field) for field in fields}
        is_gone = row.history_type == "-"
        changes = described(kind, difference(before.get(row.id, {}), {} if is_gone else state, identities), keys)
        before[row.id] = state
        yield Saved(
            moment=row.history_date,
            person=str(row.history_user or ""),
            what=kind_label(kind),
            done=TYPES[row.history_type],
            reason=row.history_change_reason or "",
            rows=tuple(changes),
        )


def _value(row: models.Model, field: models.Field) -> Any:
    try:
        return plain(row, field)
    except ObjectDoesNotExist:  # what it referred to was deleted since
        return f"no longer there (number {getattr(row, field.attname)})"
