"""Every record with its parts, read from the database at once and wired to each other.

The rows are model instances that nobody writes to: relations between them are set, so the usual ``event.lab`` and
``event.citations.all()`` answer from memory. A page that needs a record finds it here and runs no query.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar, cast
from weakref import ref

from django.contrib.auth import get_user_model
from django.db import connections, models
from django.db.models import Max

from labs.choices import RecordStatus
from labs.models import DataVersion, Edition, Record
from labs.models.fields import TermsField
from labs.models.registry import list_name, list_pairs, listed_relations, tables_with_history
from labs.rules.order import people_order

_Record = TypeVar("_Record", bound=Record)


class _State:
    """What Django's ``ModelState`` says of a row, in less memory: all rows are in the database."""

    __slots__ = ("adding", "db", "fields_cache")

    def __init__(self, db: str) -> None:
        self.adding, self.db = False, db
        self.fields_cache: dict[str, models.Model | None] = {}


class Rows(tuple[Any, ...]):
    """The rows at the other end of a relation, in their usual order. A manager's ``all()`` returns them as they are."""

    __slots__ = ()


_NO_ROWS = Rows()


class _RelatedOfModel(dict[str, dict[int, Rows]]):
    """The rows at the other end of each relation of a model, by the primary key of the row that they belong to."""


class _Related:
    """The relations of one row, as Django asks for what was prefetched.

    They are found through the ``Records``, which the row does not hold: rows that held each other would stay in memory
    after their version, until the collector of cycles comes past.
    """

    __slots__ = ("_of_model", "_pk")

    def __init__(self, of_model: "ref[_RelatedOfModel]", pk: int) -> None:
        self._of_model, self._pk = of_model, pk

    def __getitem__(self, relation: str) -> Rows:
        return self._relations()[relation].get(self._pk, _NO_ROWS)

    def __contains__(self, relation: str) -> bool:
        return relation in self._relations()

    def keys(self) -> Iterable[str]:
        """The names of the relations, so that ``dict()`` can copy them."""
        return self._relations().keys()

    def _relations(self) -> _RelatedOfModel:
        of_model = self._of_model()
        if of_model is None:
            raise RuntimeError("Nobody holds the records of this row any more; read them within one_version().")
        return of_model


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
        self._related = {model: _RelatedOfModel() for model in rows}
        _wire_references(rows)
        _wire_relations(rows, self._related)
        _wire_lists(rows, past, self._related)
        _wire_people(rows)
        _relate(rows, self._related)
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
    once for all versions: these take most of the time of reading. Equal words and dates are one object.
    """
    alias = model._default_manager.db
    connection = connections[alias]
    query = _query(model, alias) if past is None else _past_query(model, alias, past)
    is_wide = len(query.names) > _MOST_SHARED
    shared: dict[Any, Any] = {}
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(query.sql, query.parameters)
        for stored in cursor.fetchall():
            values = list(stored)
            for place, convert, expression in query.conversions:
                values[place] = convert(values[place], expression, connection)
            for place, convert in query.repeated:
                try:
                    values[place] = shared[place, values[place]]
                except KeyError:
                    key = place, values[place]
                    values[place] = shared[key] = convert(values[place], connection)
            row = model.__new__(model)
            if is_wide:
                row.__dict__ = dict(zip(query.names, values, strict=True))
            else:
                row.__dict__.update(zip(query.names, values, strict=True))
            row._state = _State(alias)
            found[row.pk] = row
    return _in_peoples_order(model, found)


_MOST_SHARED = 27
"""Rows of so many columns share the names of their attributes (CPython: 30 with what Django adds); wider ones are
smaller if each has a dictionary that was made at once.
"""


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
    """The query for all rows of a model, and how Django reads its columns; places count from 0.

    ``repeated`` are the columns whose values come again and again, so that each value is read once.
    """

    sql: str
    parameters: tuple[Any, ...]
    names: tuple[str, ...]
    conversions: tuple[tuple[int, Callable[..., Any], Any], ...]
    repeated: tuple[tuple[int, Callable[[Any, Any], Any]], ...]


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
    repeated = [place for place, field in enumerate(fields) if field.choices or isinstance(field, _REPEATED)]
    return _Query(
        sql=sql,
        parameters=tuple(parameters),
        names=names,
        conversions=tuple(
            (place, convert, expression)
            for place, (converts, expression) in converters.items()
            for convert in converts
            if place not in repeated
        ),
        repeated=tuple((place, _reader(fields[place], *converters.get(place, ([], None)))) for place in repeated),
    )


_REPEATED = (TermsField, models.DateField)


def _reader(field: models.Field, converts: Sequence[Callable[..., Any]], expression: Any) -> Callable[[Any, Any], Any]:
    """How a stored value of a column becomes that of an attribute, on a connection."""

    def read(value: Any, connection: Any) -> Any:
        for convert in converts:
            value = convert(value, expression, connection)
        return tuple(value) if isinstance(field, TermsField) else value

    return read


def _wire_references(rows: _RowsByModel) -> None:
    """Set every foreign key to a row that was read too."""
    for model, found in rows.items():
        for field in model._meta.concrete_fields:
            targets = rows.get(field.related_model) if field.is_relation else None
            if targets is None:
                continue
            name, attname = field.name, field.attname
            for row in found.values():
                target = targets.get(row.__dict__[attname])
                # A null is set as well: asking for it then needs no look at the fields.
                row._state.fields_cache[name] = target
                if target is not None:
                    row.__dict__[attname] = target.pk  # one number for both


def _wire_relations(rows: _RowsByModel, related: Mapping[type[models.Model], _RelatedOfModel]) -> None:
    """Give every row the rows that refer to it, under the relation's name, in their usual order."""
    for model in rows:
        for relation in model._meta.related_objects:
            if relation.many_to_many or relation.related_model not in rows:
                continue
            referring: dict[int, list[models.Model]] = defaultdict(list)
            attname = relation.field.attname
            for row in rows[relation.related_model].values():
                referring[row.__dict__[attname]].append(row)
            related[model][relation.get_accessor_name()] = _as_rows(referring)


def _wire_lists(
    rows: _RowsByModel, past: DataVersion | None, related: Mapping[type[models.Model], _RelatedOfModel]
) -> None:
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
        related[field.model][field.name] = _as_rows(listed)
        related[field.related_model][field.remote_field.get_accessor_name()] = _as_rows(listing)


def _as_rows(found: Mapping[int, Sequence[models.Model]]) -> dict[int, Rows]:
    return {pk: Rows(each) for pk, each in found.items()}


def _relate(rows: _RowsByModel, related: Mapping[type[models.Model], _RelatedOfModel]) -> None:
    """Let every row that has relations find them."""
    for model, found in rows.items():
        if related[model]:
            of_model = ref(related[model])
            for pk, row in found.items():
                row._prefetched_objects_cache = _Related(of_model, pk)


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
