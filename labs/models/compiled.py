"""Queries that are asked for each request or each stamp, which Django compiles once for each process.

To compile such a query takes it many times as long as the database takes to answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, models


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
