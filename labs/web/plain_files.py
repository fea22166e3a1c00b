"""Files of a list whose values are all stored as they are published: the database writes their lines.

Which values are, follows from the declarations of ``tables.py``: a field that has the name and the type of a column of
the record's own table is that column, and so is its label. What has another name, or is made of a stored text, is in
the table's ``stored``.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from labs.models.fields import EDTFField, TermsField
from labs.queries.kept import store
from labs.queries.plain_rows import PlainField, PlainLines, Stored, are_known_in_full
from labs.queries.plain_sql import JsonForm, as_json, csv_form
from labs.queries.snapshots import lasting_snapshot
from labs.rules import dates
from labs.web.columns import AS_OF, Field, FieldType, RecordTable, Relation, published_fields
from labs.web.formats import plain_row
from labs.web.parameters import today
from labs.web.streaming import header_line

WRITTEN_BY_DATABASE = "written_by_database"
"""The attribute of an answer that the database writes: to make it anew costs little more than to send it."""

_TYPES = {
    FieldType.STRING: (models.CharField, models.TextField, models.BooleanField),
    FieldType.INTEGER: (models.IntegerField,),
    FieldType.DATE: (models.DateField,),
    FieldType.DATETIME: (models.DateTimeField,),
    FieldType.EDTF: (EDTFField,),
}


def plain_file(
    table: type[RecordTable],
    fields: Sequence[Field],
    relations: Sequence[Relation],
    day: dt.date,
    *,
    is_json: bool,
) -> Iterator[bytes] | None:
    """The bytes of a file of all rows of a list as known today, in the order of their keys: JSON Lines, or CSV.

    None where not all of these fields are stored, where something is yet to become public, or at an older data version:
    then the file is written from the records, to the same bytes. From this call to the last byte the database shows one
    state; whoever does not want the rest closes the iterator.
    """
    plain = plain_fields(table, fields, relations, day, is_json=is_json)
    if plain is None or day != today() or store().past is not None:
        return None
    chunks = _within_snapshot(table, plain, day, is_json)
    return chunks if next(chunks) else None


def _within_snapshot(
    table: type[RecordTable], fields: Sequence[PlainField], day: dt.date, is_json: bool
) -> Iterator[bytes]:
    """First whether the rows can be written so, as a byte or none; then the chunks."""
    with lasting_snapshot() as outlast:
        model = table.Meta.model
        if not are_known_in_full(model, day):
            yield b""
            return
        outlast()
        yield b"!"
        if not is_json:
            yield header_line(fields).encode()
        yield from PlainLines(model, fields, JsonForm() if is_json else csv_form()).chunks()


def plain_fields(
    table: type[RecordTable], fields: Sequence[Field], relations: Sequence[Relation], day: dt.date, *, is_json: bool
) -> list[PlainField] | None:
    """How the database writes these fields and, in JSON, relations; None where it cannot."""
    found: list[PlainField] = []
    by_name = {field.name: field for field in published_fields(table.declared)}
    for field in fields:
        alike = replace(field, value=_as_it_is)
        written = _json_writer(alike) if is_json else _csv_writer(alike)
        if field in AS_OF.fields:
            found.append(PlainField(field.name, None, day, written))
        elif stored := stored_in(table, by_name, field):
            found.append(PlainField(field.name, stored, None, written))
        else:
            return None
    for relation in relations if is_json else ():
        if relation.name not in table.stored:
            return None
        found.append(PlainField(relation.name, table.stored[relation.name], None, _relation_writer(relation)))
    # A line of one empty cell is written in quotes, which the database does not know; a key is never empty.
    return found if is_json or len(found) > 1 or found[0].name == "key" else None


def stored_in(table: type[RecordTable], by_name: dict[str, Field], field: Field) -> Stored | None:
    """Where a field is stored; None where it is not a column of the record's table, or a label of one."""
    if field.name in table.stored:
        return table.stored[field.name]
    try:
        of_model = table.Meta.model._meta.get_field(field.name)
    except FieldDoesNotExist:
        return _label_in(table, by_name, field)
    if not isinstance(of_model, _TYPES.get(field.type, ())) or isinstance(of_model, TermsField):
        return None
    is_same_type = isinstance(of_model, EDTFField) == (field.type is FieldType.EDTF)
    is_same_choice = isinstance(of_model, models.BooleanField) or of_model.choices == (
        field.terms.choices() if field.terms else None
    )
    return Stored(column=field.name) if is_same_type and is_same_choice else None


def _label_in(table: type[RecordTable], by_name: dict[str, Field], field: Field) -> Stored | None:
    labelled = by_name.get(field.name.removesuffix("_label"))
    if labelled is None or labelled is field:
        return None
    stored = stored_in(table, by_name, labelled)
    if stored is None:
        return None
    if labelled.type is FieldType.EDTF:
        return replace(stored, words=dates.dated)
    return replace(stored, labels=labelled.terms) if labelled.terms else None


def _as_it_is(value: Any) -> Any:
    return value


def _csv_writer(field: Field) -> Callable[[Any], str]:
    return field.cell


def _json_writer(field: Field) -> Callable[[Any], str]:
    return lambda value: as_json(field.plain(value))


def _relation_writer(relation: Relation) -> Callable[[Any], str]:
    return lambda rows: as_json([plain_row(row, relation.fields, relation.relations) for row in rows])
