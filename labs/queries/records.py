"""Every record with its parts, read from the database at once and wired to each other.

The rows are model instances that nobody writes to: relations between them are set, so the usual ``event.lab`` and
``event.citations.all()`` answer from memory. A page that needs a record finds it here and runs no query.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar, cast

from django.contrib.auth import get_user_model
from django.db import connections, models
from django.db.models import Max
from django.db.models.base import ModelState

from labs.choices import RecordStatus
from labs.models import DataVersion, Edition, Record
from labs.models.fields import TermsField
from labs.models.registry import list_name, list_pairs, listed_relations, tables_with_history
from labs.rules.order import people_order

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

    @cached_property
    def all_by_key(self) -> Mapping[str, _Record]:
        """All records, of any status, by key."""
        return {record.key: record for record in self.all}


class Records:
    """All records as they stood when this was made; ``records[Lab]`` are the labs. Nobody changes them.

    With a ``past`` data version, as they stood when it was the newest. ``version`` is the data version that they are
    of; None where no edition gives it a name. ``editions`` are those of then, the newest first.
    """

    def __init__(self, past: DataVersion | None = None) -> None:
        self.version = past or newest_version()
        rows = {model: _read(model, past) for model in tables_with_history()}
        self.editions = tuple(cast(dict[int, Edition], rows.pop(Edition)).values())
        _wire_references(rows)
        _wire_relations(rows)
        _wire_lists(rows, past)
        _wire_people(rows)
        self._of_kind = {model: RecordsOfKind(found.values()) for model, found in rows.items() if _is_record(model)}

    def __getitem__(self, model: type[_Record]) -> RecordsOfKind[_Record]:
        return self._of_kind[model]


def newest_version() -> DataVersion | None:
    """The newest data version, without the marks that it is read by; None where no edition gives one a name."""
    return DataVersion.objects.select_related("edition").defer("marks", "lists").first()


def _is_record(model: type[models.Model]) -> bool:
    return issubclass(model, Record)


_RowsByModel = Mapping[type[models.Model], Mapping[int, models.Model]]


def _read(model: type[models.Model], past: DataVersion | None) -> dict[int, models.Model]:
    """All rows of a model by primary key, as instances that read and show themselves like any other.

    Of a past version they come from the history of the model.

    They are made without ``Model.__init__``, which sends signals and looks at each field, and the query is compiled
    once for all versions: these take most of the time of reading. Equal values of an enumeration are one object.
    """
    alias = model._default_manager.db
    connection = connections[alias]
    query = _query(model, alias) if past is None else _past_query(model, alias, past)
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
    return _in_peoples_order(model, found)


def _in_peoples_order(model: type[models.Model], rows: dict[int, models.Model]) -> dict[int, models.Model]:
    """The same rows; where names or titles order them, as people look for those: databases do that each in its way."""
    if not _NAMES & set(model._meta.ordering):
        return rows
    ordered = list(rows.values())
    for name in reversed(model._meta.ordering):
        plain = name.removeprefix("-")
        as_key = people_order if plain in _NAMES else _as_it_is
        dated = [row for row in ordered if getattr(row, plain) is not None]
        undated = [row for row in ordered if getattr(row, plain) is None]
        dated.sort(key=lambda row, plain=plain, as_key=as_key: as_key(getattr(row, plain)), reverse=name != plain)
        ordered = [*dated, *undated]
    return {row.pk: row for row in ordered}


_NAMES = {"name", "title"}


def _as_it_is(value: Any) -> Any:
    return value


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
    return _compiled(model._default_manager.using(alias).order_by(*_order(model)), fields, alias)


def _past_query(model: type[models.Model], alias: str, version: DataVersion) -> _Query:
    """The query for all rows of a model as they were at the end of the transaction that made the version.

    Of each row that is the newest in its history up to the version's mark, unless it says that the row is gone.
    """
    saves = model.history.model._base_manager.using(alias).filter(pk__lte=version.marks.get(model._meta.label_lower, 0))
    newest = saves.order_by().values("id").annotate(newest=Max("history_id")).values("newest")
    rows = saves.filter(pk__in=newest).exclude(history_type="-").order_by(*_order(model))
    return _compiled(rows, model._meta.concrete_fields, alias)


def _order(model: type[models.Model]) -> list[str]:
    """The usual order of the rows, exact, in names that their history has too."""
    names = []
    for name in model._meta.ordering:
        sign, plain = ("-", name[1:]) if name.startswith("-") else ("", name)
        field = model._meta.pk if plain == "pk" else model._meta.get_field(plain)
        names.append(f"{sign}{field.attname}")
    return [*names, model._meta.pk.attname]


def _compiled(rows: models.QuerySet[Any], fields: Sequence[models.Field], alias: str) -> _Query:
    names = tuple(field.attname for field in fields)
    compiler = rows.values_list(*names).query.get_compiler(alias)
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


def _wire_lists(rows: _RowsByModel, past: DataVersion | None) -> None:
    """Give every row its lists of others (the labs that made a commitment), and the others theirs."""
    for field in listed_relations():
        owners, others = rows[field.model], rows[field.related_model]
        pairs = list_pairs(field) if past is None else past.lists.get(list_name(field), [])
        known = [(owner, other) for owner, other in pairs if owner in owners and other in others]
        listed: dict[int, list[models.Model]] = defaultdict(list)
        listing: dict[int, list[models.Model]] = defaultdict(list)
        places = {pk: place for place, pk in enumerate(others)}
        for owner, other in sorted(known, key=lambda pair: places[pair[1]]):
            listed[owner].append(others[other])
            listing[other].append(owners[owner])
        _keep(owners.values(), field.name, listed)
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
