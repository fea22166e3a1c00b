"""Queries that are asked for each request, stamp or saved row, which Django compiles once for each process.

To compile such a query takes it many times as long as the database takes to answer.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, connections, models, transaction
from django.db.models.functions import Coalesce
from django.db.models.sql import Query

_Model = TypeVar("_Model", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query of a queryset's ``values_list``, and how Django reads its columns; places count from 0."""

    alias: str
    sql: str
    parameters: tuple[Any, ...]
    conversions: tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]

    def rows(self, *last: Any) -> list[Sequence[Any]]:
        """What the database answers now, with ``last`` for the last of the parameters that it was compiled with."""
        connection = connections[self.alias]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, (*self.parameters[: len(self.parameters) - len(last)], *last))
            found = cursor.fetchall()
        if not self.conversions:
            return found
        return [self._converted(list(row), connection) for row in found]

    def _converted(self, row: list[Any], connection: Any) -> Sequence[Any]:
        for place, converts, expression in self.conversions:
            for convert in converts:
                row[place] = convert(row[place], expression, connection)
        return row


def compiled(values: models.QuerySet[Any, Any]) -> Compiled:
    """The query of a ``values_list``, as it stands now."""
    compiler = values.query.get_compiler(values.db)
    sql, parameters = compiler.as_sql()
    converters = compiler.get_converters([column for column, *_ in compiler.select])
    return Compiled(
        values.db,
        sql,
        tuple(parameters),
        tuple((place, tuple(converts), expression) for place, (converts, expression) in converters.items()),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """The columns of one model in a row: those of the rows themselves (``path`` is ""), or of a related row."""

    path: str
    model: type[models.Model]
    names: Sequence[str]
    start: int


@dataclass(frozen=True, slots=True)
class CompiledRows(Generic[_Model]):
    """A query for rows with what they are related to, as ``select_related`` reads them."""

    query: Compiled
    parts: Sequence[_Part]

    def instances(self, *last: Any) -> list[_Model]:
        """The rows as they are now; ``last`` as in ``Compiled.rows``."""
        return [self._instance(values) for values in self.query.rows(*last)]

    def _instance(self, values: Sequence[Any]) -> Any:
        found: dict[str, Any] = {}
        for part in self.parts:
            columns = values[part.start : part.start + len(part.names)]
            is_there = columns[part.names.index(part.model._meta.pk.attname)] is not None
            row = part.model.from_db(self.query.alias, part.names, columns) if is_there else None
            found[part.path] = row
            owner, _, name = part.path.rpartition("__")
            if name and found[owner] is not None:
                found[owner]._state.fields_cache[name] = row
        return found[""]


def compiled_rows(
    rows: models.QuerySet[_Model, Any], *related: str, without: Collection[str] = ()
) -> CompiledRows[_Model]:
    """The query for these rows, with the ``related`` ones, each after what leads to it, ``without`` some columns."""
    names: list[str] = []
    parts = []
    for path in ("", *related):
        model: Any = rows.model
        for each in filter(None, path.split("__")):
            model = model._meta.get_field(each).related_model
        own = [each.attname for each in model._meta.concrete_fields if each.attname not in without]
        parts.append(_Part(path, model, own, len(names)))
        names += [f"{path}__{name}" if path else name for name in own]
    return CompiledRows(compiled(rows.values_list(*names)), parts)


class _ValueOf(models.Expression):
    """The value that a field of a row has. Its parameter is the field, in place of which each row puts its value."""

    def as_sql(self, *_: Any, **__: Any) -> tuple[str, list[Any]]:
        return "%s", [self.field]


@dataclass(frozen=True, slots=True)
class CompiledChecks:
    """Whether a row keeps some of its model's check constraints, as Django's ``Q.check`` asks; compiled once."""

    alias: str
    sql: str
    parameters: tuple[Any, ...]

    def hold_for(self, row: models.Model) -> bool:
        """Whether all hold. As in Django's, what the database cannot say is left to the constraint itself."""
        connection = connections[self.alias]
        values = [
            each.get_db_prep_value(getattr(row, each.attname), connection) if isinstance(each, models.Field) else each
            for each in self.parameters
        ]
        safely = transaction.atomic(self.alias) if connection.in_atomic_block else nullcontext()
        try:
            with safely, connection.cursor() as cursor:
                cursor.execute(self.sql, values)
                return cursor.fetchone() is not None
        except DatabaseError:
            return True


@lru_cache(maxsize=1024)  # a form or a field with a mistake leaves out some of a model's checks
def compiled_checks(model: type[models.Model], names: frozenset[str], alias: str) -> CompiledChecks:
    """The query for the check constraints of a model that have these names."""
    checks = [each for each in model._meta.constraints if isinstance(each, models.CheckConstraint)]
    asked = models.Q(*(each.condition for each in checks if each.name in names))
    query = Query(None)
    for name in asked.referenced_base_fields:
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        query.add_annotation(_ValueOf(field), name, select=False)
    query.add_annotation(models.Value(1), "_check")
    query.add_q(models.Q(Coalesce(asked, True, output_field=models.BooleanField())))
    sql, parameters = query.get_compiler(using=alias).as_sql()
    return CompiledChecks(alias, sql, tuple(parameters))
