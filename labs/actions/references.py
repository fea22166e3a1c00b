"""What a record refers to, and what refers to it. A public record may refer to public records only."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import ForeignObjectRel, Model
from simple_history.models import HistoricalChanges

from labs.actions.records import records_of
from labs.choices import RecordStatus
from labs.models import Record
from labs.models.base import Part
from labs.models.registry import kind_of


def referred_by(record: Record, parts: Mapping[str, Sequence[Any]]) -> list[Record]:
    """The other records that a record with these parts refers to, each once."""
    found, kind = list(_related(record)), kind_of(record)
    for relation, rows in parts.items():
        found += rows if relation in kind.lists else [each for row in rows for each in _related(row)]
    return records_of(each for each in found if each != record)


def relations_to(model: type[Record]) -> list[ForeignObjectRel]:
    """Every relation by which a row of any app can point to a record of the model: fields, and plain lists.

    Includes relations without a related name, and leaves out the history, which never changes.
    """
    return [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel)
        and not issubclass(relation.related_model, HistoricalChanges)
        and not relation.related_model._meta.auto_created  # the join table of a list, which is included itself
        and (not relation.many_to_many or relation.through._meta.auto_created)
    ]


def referring_to(record: Record) -> list[Record]:
    """The other records that refer to a record, in a field or in a part, each once."""
    found: list[Record | Part] = []
    for relation in relations_to(type(record)):
        if issubclass(relation.related_model, Record | Part):
            found += relation.related_model._default_manager.filter(**{relation.field.name: record})
    return [each for each in records_of(found) if each != record]


def _related(row: Model) -> Iterator[Record]:
    for field in row._meta.concrete_fields:
        if field.is_relation and issubclass(field.related_model, Record) and getattr(row, field.attname) is not None:
            yield getattr(row, field.name)


def not_public(records: Sequence[Record]) -> list[Record]:
    """The records that are not public."""
    return [record for record in records if record.status != RecordStatus.PUBLISHED]
