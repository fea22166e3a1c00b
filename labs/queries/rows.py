"""Rows of tables as model instances that nobody writes to, and how one finds those that it is related to.

A row holds its own columns and no other row. What it is related to it finds among the records that are read at the
moment: so versions share the rows that no change touched, and all rows of a version go with it, without Python's search
for cycles.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from weakref import ref

from django.db import connections, models
from django.db.models import Max
from django.db.models.base import ModelState
from django.db.models.functions import Cast

from labs.models import DataVersion
from labs.models.fields import SAID_ALIKE, SaidAlike, TermsField
from labs.rules.order import people_order

if TYPE_CHECKING:
    from labs.queries.records import Records


class Rows(tuple[Any, ...]):
    """The rows at the other end of a relation, in their usual order. A manager's ``all()`` returns them as they are."""

    __slots__ = ()


_NO_ROWS = Rows()


class Pin(ABC):
    """What everything within one request reads from; ``outer`` is the pin within which this one was set."""

    __slots__ = ("outer",)

    def __init__(self) -> None:
        self.outer = pinned.get()

    @abstractmethod
    def held(self) -> "Records | None":
        """The records, if they were read already."""


pinned: ContextVar[Pin | None] = ContextVar("pinned", default=None)


class Line:
    """Records that follow on each other and share rows: ``versions``, the newest first, of which some are gone."""

    __slots__ = ("versions",)

    def __init__(self) -> None:
        self.versions: tuple[ref[Records], ...] = ()

    def add(self, records: "Records") -> None:
        """Let rows find the newest records too."""
        self.versions = (ref(records), *(each for each in self.versions if each() is not None))


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What the rows of a table in a line share. ``references`` are its foreign keys: each with its column and the model
    that it leads to; ``relations`` the names of the rows that refer to one of its own.
    """

    line: Line
    model: type[models.Model]
    alias: str
    references: Mapping[str, tuple[str, type[models.Model]]]
    relations: set[str] = field(default_factory=set)


class RowState:
    """What Django asks of a row besides its columns: its ``ModelState``, with the rows that it refers to, and what was
    prefetched of those that refer to it.
    """

    __slots__ = ("_pk", "_table")
    adding = False

    def __init__(self, table: Table, pk: int) -> None:
        self._table, self._pk = table, pk

    @property
    def db(self) -> str:
        """The database that the row was read from."""
        return self._table.alias

    @property
    def fields_cache(self) -> "RowState":
        """The rows that this one refers to, by the names of its foreign keys."""
        return self

    def __getitem__(self, name: str) -> Any:
        table = self._table
        if (reference := table.references.get(name)) is not None:
            records, (column, target) = self._records(), reference
            return records.rows[target].get(records.rows[table.model][self._pk].__dict__[column])
        if name not in table.relations:
            raise KeyError(name)
        return self._records().related[table.model][name].get(self._pk, _NO_ROWS)

    def __contains__(self, name: str) -> bool:
        return name in self._table.relations or name in self._table.references

    def keys(self) -> Iterable[str]:
        """The names of the relations, so that ``dict()`` can copy what was prefetched."""
        return self._table.relations

    def __copy__(self) -> ModelState:
        """The state of a copy of the row, which anybody may change."""
        state = ModelState()
        state.adding, state.db = False, self.db
        state.fields_cache = {name: self[name] for name in self._table.references}
        return state

    def _records(self) -> "Records":
        """The records that are read at the moment, or else the newest; of those, such as have this very row.

        Raises RuntimeError where there are none any more.
        """
        line, model, pk = self._table.line, self._table.model, self._pk
        pin = pinned.get()
        while pin is not None:
            records = pin.held()
            if records is not None and records.line is line:
                row = records.rows[model].get(pk)
                if row is not None and row._state is self:
                    return records
            pin = pin.outer
        for each in line.versions:
            if (records := each()) is not None:
                row = records.rows[model].get(pk)
                if row is not None and row._state is self:
                    return records
        raise RuntimeError("Nobody holds the records of this row any more; read them within one_version().")


def related_rows(row: models.Model, relation: str) -> Rows:
    """The same rows as ``row.<relation>.all()`` of a kept row; no manager is made, which thousands of rows notice."""
    return row._prefetched_objects_cache[relation]


def read_all(table: Table, past: DataVersion | None, numbers: dict[int, int]) -> dict[int, models.Model]:
    """All rows of a table by primary key, in their usual order. Of a past version they come from its history.

    Equal ``numbers`` become one object, in whichever table they stand.
    """
    model, alias = table.model, table.alias
    query = _all_query(model, alias) if past is None else _past_query(model, alias, past)
    return in_peoples_order(model, _read(table, query, query.parameters, numbers))


def read_some(table: Table, keys: Iterable[int], numbers: dict[int, int]) -> dict[int, models.Model]:
    """The rows with these primary keys, of those that there are."""
    found: dict[int, models.Model] = {}
    for some in padded(keys):
        found |= _read(table, _some_query(table.model, table.alias, len(some)), some, numbers)
    return found


def padded(keys: Iterable[int]) -> Iterator[Sequence[int]]:
    """The keys in groups of few sizes, for each of which there is a compiled query; the last may come again."""
    wanted = sorted(keys)
    for start in range(0, len(wanted), _AT_ONCE[-1]):
        some = wanted[start : start + _AT_ONCE[-1]]
        count = next(each for each in _AT_ONCE if each >= len(some))
        yield (*some, *(some[-1:] * (count - len(some))))


_AT_ONCE = (1, 10, 100, 500)
"""For so many rows there is one compiled query each; with fewer, the last is asked for again."""


def _read(table: Table, query: "_Query", parameters: Sequence[Any], numbers: dict[int, int]) -> dict[int, models.Model]:
    """Rows as instances that read and show themselves like any other.

    They are made without ``Model.__init__``, which sends signals and looks at each field, and the query is compiled
    once for all versions: these take most of the time of reading. Equal words, dates and numbers are one object.
    """
    model, names, new = table.model, query.names, table.model.__new__
    rows = _values(query, parameters, connections[table.alias], numbers)
    if alike := [place for place, name in enumerate(names) if isinstance(getattr(model, name), SaidAlike)]:
        names, rows = _with_one_for_alike(names, rows, alike)
    is_wide, pk_place = len(names) > _MOST_SHARED, names.index(model._meta.pk.attname)
    found = {}
    for values in rows:
        row = new(model)
        if is_wide:
            row.__dict__ = dict(zip(names, values, strict=True))
        else:
            row.__dict__.update(zip(names, values, strict=True))
        pk = values[pk_place]
        row._state = row._prefetched_objects_cache = RowState(table, pk)
        found[pk] = row
    return found


def _with_one_for_alike(
    names: Sequence[str], rows: Iterable[tuple[Any, ...]], alike: Sequence[int]
) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
    """The same names and rows, but the values at the places ``alike`` in one mapping, the last: one for all rows that
    say the same there.
    """
    own = [place for place in range(len(names)) if place not in alike]
    of_own, of_alike, known = itemgetter(*own), itemgetter(*alike), _Mappings(itemgetter(*alike)(names))
    return (*of_own(names), SAID_ALIKE), ((*of_own(values), known[of_alike(values)]) for values in rows)


class _Mappings(dict[tuple[Any, ...], Mapping[str, Any]]):
    """Values by the names; each mapping is made once."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, values: tuple[Any, ...]) -> Mapping[str, Any]:
        found = self[values] = dict(zip(self._names, values, strict=True))
        return found


def _values(
    query: "_Query", parameters: Sequence[Any], connection: Any, numbers: dict[int, int]
) -> Iterator[tuple[Any, ...]]:
    """The values of each row, read column by column, of some hundred rows at once."""
    number = numbers.setdefault
    known = [(place, _Known(convert, connection)) for place, convert in query.repeated]
    with connection.cursor() as cursor:
        cursor.execute(query.sql, parameters)
        while rows := cursor.fetchmany(500):
            columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
            for place, convert, expression in query.conversions:
                columns[place] = [convert(value, expression, connection) for value in columns[place]]
            for place, values in known:
                columns[place] = map(values.__getitem__, columns[place])
            for place in query.numbers:
                columns[place] = map(number, columns[place], columns[place])
            yield from zip(*columns, strict=True)


class _Known(dict[Any, Any]):
    """The values of a column by what is stored; each is read once."""

    def __init__(self, convert: Callable[[Any, Any], Any], connection: Any) -> None:
        super().__init__()
        self._convert, self._connection = convert, connection

    def __missing__(self, stored: Any) -> Any:
        value = self[stored] = self._convert(stored, self._connection)
        return value


_MOST_SHARED = 27
"""Rows of so many columns share the names of their attributes (CPython: 30 with what Django adds); wider ones are
smaller if each has a dictionary that was made at once.
"""


def order_columns(model: type[models.Model]) -> set[str]:
    """The attributes that the usual order of a model's rows follows."""
    return {name.removeprefix("-") for name in _order(model)}


def keys_in_order(model: type[models.Model], alias: str) -> list[int]:
    """The primary keys of all rows, in the order of the database."""
    query = _keys_query(model, alias)
    with connections[alias].cursor() as cursor:
        cursor.execute(query.sql, query.parameters)
        return [pk for (pk,) in cursor.fetchall()]


def in_peoples_order(model: type[models.Model], rows: dict[int, models.Model]) -> dict[int, models.Model]:
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
    """A query for rows of a model, and how Django reads its columns; places count from 0.

    ``repeated`` are the columns whose values come again and again, so that each value is read once, ``numbers`` those
    of primary and foreign keys.
    """

    sql: str
    parameters: tuple[Any, ...]
    names: tuple[str, ...]
    conversions: tuple[tuple[int, Callable[..., Any], Any], ...]
    repeated: tuple[tuple[int, Callable[[Any, Any], Any]], ...]
    numbers: tuple[int, ...]


@cache
def _all_query(model: type[models.Model], alias: str) -> _Query:
    rows = model._default_manager.using(alias).order_by(*_order(model))
    return _compiled(rows, model._meta.concrete_fields, alias)


@cache
def _some_query(model: type[models.Model], alias: str, count: int) -> _Query:
    rows = model._default_manager.using(alias).filter(pk__in=range(1, count + 1)).order_by()
    return _compiled(rows, model._meta.concrete_fields, alias)


@cache
def _keys_query(model: type[models.Model], alias: str) -> _Query:
    rows = model._default_manager.using(alias).order_by(*_order(model))
    return _compiled(rows, [model._meta.pk], alias)


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
        column = model._meta.pk if plain == "pk" else model._meta.get_field(plain)
        names.append(f"{sign}{column.attname}")
    return [*names, model._meta.pk.attname]


def _compiled(rows: models.QuerySet[Any], fields: Sequence[models.Field], alias: str) -> _Query:
    names = tuple(each.attname for each in fields)
    compiler = rows.values_list(*names).query.get_compiler(alias)
    compiler.as_sql()
    converters = compiler.get_converters([column for column, *_ in compiler.select])
    sql, parameters = rows.values_list(*_read_as(fields, alias)).query.get_compiler(alias).as_sql()
    repeated = [place for place, each in enumerate(fields) if _is_repeated(each)]
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
        numbers=tuple(place for place, each in enumerate(fields) if each.is_relation or each.primary_key),
    )


def _read_as(fields: Sequence[models.Field], alias: str) -> Iterable[Any]:
    """The columns of a query. SQLite's driver would read each date of each row; a text is read here, and once."""
    is_sqlite = connections[alias].vendor == "sqlite"
    for each in fields:
        as_text = is_sqlite and isinstance(each, models.DateField)
        yield Cast(each.attname, models.TextField()) if as_text else each.attname


def _is_repeated(column: models.Field) -> bool:
    """Whether rows say the same in it again and again: words, dates, names of publishers."""
    is_short = isinstance(column, models.CharField) and not column.unique and column.max_length <= _SHORT
    return bool(column.choices) or is_short or isinstance(column, TermsField | models.DateField)


_SHORT = 200


def _reader(column: models.Field, converts: Sequence[Callable[..., Any]], expression: Any) -> Callable[[Any, Any], Any]:
    """How a stored value of a column becomes that of an attribute, on a connection."""

    def read(value: Any, connection: Any) -> Any:
        for convert in converts:
            value = convert(value, expression, connection)
        return tuple(value) if isinstance(column, TermsField) else value

    return read
