"""CSV: an explicit list of columns per kind of record, streamed row by row."""

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse

from labs.rules.csv_cells import cell, quote_line
from labs.rules.vocabulary import Term

ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Column:
    """One published column: its name in the header and how it is read from a record; ``csv_cells`` writes it."""

    name: str
    value: Callable[[Any], Any]


def attribute(*path: str, name: str = "") -> Column:
    """A column that reads an attribute, or an attribute of an attribute that may be None."""

    def value(record: Any) -> Any:
        for step in path:
            record = getattr(record, step, None) if record is not None else None
        return record

    return Column(name or "_".join(path), value)


def edtf(name: str) -> tuple[Column, Column, Column]:
    """The three columns of an EDTF date: its text, its earliest and its latest possible day."""
    return attribute(name), attribute(f"{name}_earliest"), attribute(f"{name}_latest")


def term(name: str, terms: type[Term], source: str = "") -> tuple[Column, Column]:
    """The two columns of an enumeration: its value and its public label."""
    field = source or name
    return (
        Column(name, lambda record: terms(getattr(record, field)).value),
        Column(f"{name}_label", lambda record: terms(getattr(record, field)).label),
    )


def citations_column(citations: Callable[[Any], Iterable[Any]]) -> Column:
    """The citations of a row, one in each line of the cell, as ``labs.rules.csv_cells.quote_line`` writes them."""

    def value(row: Any) -> str:
        return "\n".join(quote_line(each.source.key, each.supports, each.quote) for each in citations(row))

    return Column("citations", value)


def changed_at(*path: str) -> Column:
    """When the public last saw the record change, to the microsecond in UTC; empty where it never did.

    It tells an import whether somebody changed the record since the file was made.
    """

    def value(row: Any) -> str | None:
        for step in path:
            row = getattr(row, step)
        return row.changed_at and f"{row.changed_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ}"

    return Column("changed_at", value)


class _Line:
    """A file that hands back what is written to it, so that csv.writer can stream."""

    def write(self, text: str) -> str:
        return text


def lines(columns: Sequence[Column], records: Iterable[Any]) -> Iterator[str]:
    """The lines of a CSV file, header first, one record at a time."""
    writer = csv.writer(_Line())
    yield writer.writerow([column.name for column in columns])
    for record in records:
        yield writer.writerow([cell(column.value(record)) for column in columns])


def rows_of(queryset: QuerySet[Model]) -> Iterator[Model]:
    """The rows of a query, a few hundred at a time, from one state of the database.

    PostgreSQL hands rows over as they are read only inside a transaction: outside one it first makes the whole
    result. SQLite needs none, and a transaction of ours would keep writers out while a slow reader downloads.
    """
    with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
        yield from queryset.iterator(chunk_size=ROWS_AT_ONCE)


def csv_response(name: str, day: dt.date, columns: Sequence[Column], records: Iterable[Any]) -> StreamingHttpResponse:
    """A download in UTF-8, named after what it holds and the day that it holds for."""
    return StreamingHttpResponse(
        (line.encode() for line in lines(columns, records)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{day}.csv"'},
    )


def in_batches(rows: Iterable[Any], read: Callable[[list[Any]], Iterable[Any]]) -> Iterator[Any]:
    """What ``read`` makes of the rows, a few hundred at a time, so that its queries are few and memory stays small."""
    rows = iter(rows)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield from read(batch)
