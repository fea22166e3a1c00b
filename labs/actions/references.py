"""What a record refers to and what refers to it: a public record rests on public records only."""

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


def relations_to(kind: type[Record]) -> list[ForeignObjectRel]:
    """Every way in which a row of any app can point to a record of the kind: fields, and plain lists.

    Not the history, which stays as it was. Relations without a name of their own are among them.
    """
    return [
        relation
        for relation in kind._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel)
        and not issubclass(relation.related_model, HistoricalChanges)
        and not relation.related_model._meta.auto_created  # the rows of a list, which is here itself
        and (not relation.many_to_many or relation.through._meta.auto_created)
    ]


def referring_to(record: Record) -> list[Record]:
    """The other records that refer to a record, in a field of theirs or in a part, each once."""
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
    """Those of the records that the public does not see."""
    return [record for record in records if record.status != RecordStatus.PUBLISHED]
