"""What a record refers to and what refers to it: a public record rests on public records only."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Model

from labs.actions.records import records_of
from labs.choices import Status
from labs.models import Record
from labs.models.base import Part


def referred_by(record: Record, parts: Mapping[str, Sequence[Any]]) -> list[Record]:
    """The other records that a record with these parts refers to, each once."""
    found = list(_related(record))
    for relation, rows in parts.items():
        found += rows if relation in record.lists() else [each for row in rows for each in _related(row)]
    return records_of(each for each in found if each != record)


def referring_to(record: Record) -> list[Record]:
    """The other records that refer to a record, in a field of theirs or in a part, each once."""
    found: list[Record | Part] = []
    for relation in record._meta.related_objects:
        kind = relation.related_model
        if relation.many_to_many and relation.through._meta.auto_created:
            found += getattr(record, relation.get_accessor_name()).all()
        elif issubclass(kind, Record | Part) and not kind._meta.auto_created:
            found += kind._default_manager.filter(**{relation.field.name: record})
    return [each for each in records_of(found) if each != record]


def _related(row: Model) -> Iterator[Record]:
    for field in row._meta.concrete_fields:
        if field.is_relation and issubclass(field.related_model, Record) and getattr(row, field.attname) is not None:
            yield getattr(row, field.name)


def not_public(records: Sequence[Record]) -> list[Record]:
    """Those of the records that the public does not see."""
    return [record for record in records if record.status != Status.PUBLISHED]
