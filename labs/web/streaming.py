"""CSV files: the published fields of the rows, streamed row by row."""

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse

from labs.queries.editions import data_version
from labs.queries.kept import collector_paused, within_version
from labs.queries.plain_rows import PlainField
from labs.rules.method import METHOD_VERSION
from labs.web.columns import Field, FieldType

ROWS_AT_ONCE = 500
LINE_END = "\r\n"
NUMBERS = (FieldType.INTEGER, FieldType.NUMBER)


class _Lines(list[str]):
    """A file for csv.writer: the lines that it wrote."""

    write = list.append


def lines(fields: Sequence[Field], rows: Iterable[Any]) -> Iterator[str]:
    """The lines of a CSV file: the header, then those of a few hundred rows at a time.

    The names are in quotation marks: programs that look for them to tell what separates columns (Python's csv.Sniffer,
    and so csvkit) else take an apostrophe and a blank in the first rows for it.
    """
    yield header_line(fields)
    rows = iter(rows)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield "".join(lines_of(fields, batch))


def lines_of(fields: Sequence[Field], rows: Sequence[Any]) -> list[str]:
    """The line of each row, written column by column, as that is quicker."""
    with collector_paused():  # rows keep much of what is worked out for them
        written, columns = _Lines(), [_cells(field, rows) for field in fields]
        csv.writer(written).writerows(zip(*columns, strict=True))
    return written


class _Texts(dict[Any, str]):
    """The text of each value of a column, written once: most have few."""

    def __init__(self, write: Callable[[Any], str]) -> None:
        self.write = write

    def __missing__(self, value: Any) -> str:
        text = self[value] = self.write(value)
        return text


def _cells(field: Field, rows: Sequence[Any]) -> list[str]:
    values = list(map(field.value, rows))
    if field.type not in NUMBERS:  # of which two that are equal may be written in two ways
        try:
            return list(map(_Texts(field.text).__getitem__, values))
        except TypeError:  # a list is no key
            pass
    return list(map(field.text, values))


def header_line(fields: Iterable[Field | PlainField]) -> str:
    """The first line of a CSV file."""
    return ",".join([f'"{field.name}"' for field in fields]) + LINE_END


def rows_of(queryset: QuerySet[Model]) -> Iterator[Model]:
    """The rows of a query, a few hundred at a time, from one state of the database.

    PostgreSQL returns rows while it reads them only within a transaction; outside one it first collects the whole
    result. SQLite needs no transaction, and one of ours would block writers while a slow reader downloads.
    """
    with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
        yield from queryset.iterator(chunk_size=ROWS_AT_ONCE)


def csv_response(name: str, day: dt.date, fields: Sequence[Field], rows: Iterable[Any]) -> StreamingHttpResponse:
    """A download in UTF-8, named after its rows, its day, and the versions of the data and of the method."""
    version = data_version()
    data = f"-data-{version}" if version else ""
    return StreamingHttpResponse(
        within_version(text.encode() for text in lines(fields, rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{day}{data}-method-{METHOD_VERSION}.csv"'},
    )


def read_in_batches(rows: Iterable[Any], read: Callable[[list[Any]], Iterable[Any]]) -> Iterator[Any]:
    """What ``read`` returns for the rows. It gets a few hundred at a time: few queries, little memory."""
    rows = iter(rows)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield from read(batch)
