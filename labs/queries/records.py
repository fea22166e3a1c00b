"""Every record with its parts, read from the database at once and wired to each other.

The rows are model instances that nobody writes to: relations between them are set, so the usual ``event.lab`` and
``event.citations.all()`` answer from memory. A page that needs a record finds it here and runs no query.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connections, models
from django.db.models.base import ModelState

from labs.choices import RecordStatus
from labs.models import Record
from labs.models.base import Part
from labs.models.fields import TermsField

_Record = TypeVar("_Record", bound=Record)


class Rows(tuple[Any, ...]):
    """The rows at the other end of a relation, in their usual order. A manager's ``all()`` returns them as they are."""

    __slots__ = ()


_NO_ROWS = Rows()


def related_rows(row: models.Model, relation: str) -> Rows:
    """The same rows as ``row.<relation>.all()`` of a kept row; no manager is made, which thousands of rows notice."""
    return row._prefetched_objects_cache[relation]


class RecordsOfKind(Generic[_Record]):
    """The records of one kind in their usual order: ``all`` of them, and the ``published``, which pages show."""

    def __init__(self, rows: Iterable[_Record]) -> None:
        self.all: tuple[_Record, ...] = tuple(rows)
        self.published = tuple(row for row in self.all if row.status == RecordStatus.PUBLISHED)

    @cached_property
    def by_pk(self) -> Mapping[int, _Record]:
        """All records, of any status, by primary key."""
        return {record.pk: record for record in self.all}

    @cached_property
    def by_key(self) -> Mapping[str, _Record]:
        """The public records by key."""
        return {record.key: record for record in self.published}


class Records:
    """All records as they stood when this was made; ``records[Lab]`` are the labs. Nobody changes them."""

    def __init__(self) -> None:
        rows = {model: _read(model) for model in _models()}
        _wire_references(rows)
        _wire_relations(rows)
        _wire_lists(rows)
        _wire_people(rows)
        self._of_kind = {model: RecordsOfKind(found.values()) for model, found in rows.items() if _is_record(model)}

    def __getitem__(self, model: type[_Record]) -> RecordsOfKind[_Record]:
        return self._of_kind[model]


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, Record | Part)]


def _is_record(model: type[models.Model]) -> bool:
    return issubclass(model, Record)


_RowsByModel = Mapping[type[models.Model], Mapping[int, models.Model]]


def _read(model: type[models.Model]) -> dict[int, models.Model]:
    """All rows of a model by primary key, as instances that read and show themselves like any other.

    They are made without ``Model.__init__``, which sends signals and looks at each field, and the query is compiled
    once for all versions: these take most of the time of reading. Equal values of an enumeration are one object.
    """
    alias = model._default_manager.db
    connection, query = connections[alias], _query(model, alias)
    shared: dict[Any, Any] = {}
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(query.sql, query.parameters)
        for stored in cursor.fetchall():
            values = list(stored)
            for place, convert, expression in query.conversions:
                values[place] = convert(values[place], expression, connection)
            for place in query.terms:
                values[place] = shared.setdefault(values[place], values[place])
            for place in query.lists:
                terms = tuple(values[place])
                values[place] = shared.setdefault(terms, terms)
            row = model.__new__(model)
            row.__dict__.update(zip(query.names, values, strict=True))
            row._state = ModelState()
            row._state.adding, row._state.db = False, alias
            found[row.pk] = row
    return found


@dataclass(frozen=True, slots=True)
class _Query:
    """The query for all rows of a model, and how Django reads its columns; places count from 0."""

    sql: str
    parameters: tuple[Any, ...]
    names: tuple[str, ...]
    conversions: tuple[tuple[int, Callable[..., Any], Any], ...]
    terms: tuple[int, ...]
    lists: tuple[int, ...]


@cache
def _query(model: type[models.Model], alias: str) -> _Query:
    fields = model._meta.concrete_fields
    names = tuple(field.attname for field in fields)
    compiler = model._default_manager.using(alias).values_list(*names).query.get_compiler(alias)
    sql, parameters = compiler.as_sql()
    converters = compiler.get_converters([column for column, *_ in compiler.select])
    return _Query(
        sql=sql,
        parameters=tuple(parameters),
        names=names,
        conversions=tuple(
            (place, convert, expression) for place, (converts, expression) in converters.items() for convert in converts
        ),
        terms=tuple(place for place, field in enumerate(fields) if field.choices),
        lists=tuple(place for place, field in enumerate(fields) if isinstance(field, TermsField)),
    )


def _wire_references(rows: _RowsByModel) -> None:
    """Set every foreign key to a row that was read too."""
    for model, found in rows.items():
        for field in model._meta.concrete_fields:
            targets = rows.get(field.related_model) if field.is_relation else None
            if targets is None:
                continue
            name, attname = field.name, field.attname
            for row in found.values():
                pk = getattr(row, attname)
                # A null is set as well: asking for it then needs no look at the fields.
                row._state.fields_cache[name] = targets.get(pk)


def _wire_relations(rows: _RowsByModel) -> None:
    """Give every row the rows that refer to it, under the relation's name, in their usual order."""
    for model, found in rows.items():
        for relation in model._meta.related_objects:
            if relation.many_to_many or relation.related_model not in rows:
                continue
            referring: dict[int, list[models.Model]] = defaultdict(list)
            attname = relation.field.attname
            for row in rows[relation.related_model].values():
                referring[getattr(row, attname)].append(row)
            _keep(found.values(), relation.get_accessor_name(), referring)


def _wire_lists(rows: _RowsByModel) -> None:
    """Give every row its lists of others (the labs that made a commitment), and the others theirs."""
    for model, found in rows.items():
        for field in model._meta.many_to_many:
            if field.related_model not in rows or not field.remote_field.through._meta.auto_created:
                continue
            through = field.remote_field.through
            pairs = through._default_manager.order_by("pk").values_list(
                f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
            )
            others, owners = rows[field.related_model], found
            listed: dict[int, list[models.Model]] = defaultdict(list)
            listing: dict[int, list[models.Model]] = defaultdict(list)
            places = {pk: place for place, pk in enumerate(others)}
            for owner, other in sorted(pairs, key=lambda pair: places[pair[1]]):
                listed[owner].append(others[other])
                listing[other].append(owners[owner])
            _keep(found.values(), field.name, listed)
            _keep(others.values(), field.remote_field.get_accessor_name(), listing)


def _keep(rows: Iterable[models.Model], name: str, related: Mapping[int, Sequence[models.Model]]) -> None:
    for row in rows:
        cache = row.__dict__.setdefault("_prefetched_objects_cache", {})
        found = related.get(row.pk)
        cache[name] = Rows(found) if found else _NO_ROWS


def _wire_people(rows: _RowsByModel) -> None:
    """Set who last checked a record, with the name that the person agreed to, if any."""
    checked = [row for model, found in rows.items() if _is_record(model) for row in found.values()]
    people = (
        get_user_model()
        ._default_manager.select_related("signature")
        .in_bulk({row.checked_by_id for row in checked if row.checked_by_id})
    )
    for row in checked:
        row._state.fields_cache["checked_by"] = people.get(row.checked_by_id)
