"""Rows of a file straight from the database, where every value of them is stored as it is published.

A record known in full needs no rule to be written down: most of its columns are columns of its own table. For such rows
the database makes the whole line, and the process only passes the bytes on; no record is read into it. PostgreSQL sends
them by COPY, SQLite through one cursor. The few values that only Python can tell, such as a date in words, leave the
database between marks, and Python replaces them.

The lines are byte for byte those that are written from the records themselves: ``tests/labs/test_plain_rows.py``
compares the two for all kinds of records.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from labs.models import Record, Source
from labs.models.fields import EDTFField, TermsField
from labs.queries.kept import kept
from labs.rules.csv_cells import MONTH_STARTS
from labs.rules.vocabulary import Term

ROWS_AT_ONCE = 2500
"""How many rows the database is asked for at a time: few queries, little memory, and an early first byte."""

# Control characters, which no stored text holds (labs/rules/text.py).
_OPEN, _CLOSE = "\x03", "\x04"  # round what Python has to write
_AFTER, _LAST = "\x06", "\x07"  # stand for the keys of a batch until they are known
_MARKED = re.compile(rb"\x03([0-9]+):([^\x04]*)\x04")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """How a published value follows from a column of the record's own table, once all of the record is known.

    It is the value itself; with ``labels``, the label of that member; with ``words``, what this says of the stored
    text.
    """

    column: str
    labels: type[Term] | None = None
    words: Callable[[str], Any] | None = None


@dataclass(frozen=True, slots=True)
class PlainField:
    """A value of each line: its name, where it is stored (or what it is on every line), and how it is written."""

    name: str
    stored: Stored | None
    constant: Any
    written: Callable[[Any], str]


class _PostgreSQL:
    """How PostgreSQL says what a line is made of."""

    def joined(self, parts: Sequence[str]) -> str:
        """All in one text; a function takes at most a hundred arguments."""
        groups = [f"concat({', '.join(parts[at : at + 90])})" for at in range(0, len(parts), 90)]
        return groups[0] if len(groups) == 1 else self.joined(groups)

    def contains(self, column: str, text: str) -> str:
        return f"{column} LIKE {_literal(f'%{text}%')}"

    def first(self, column: str) -> str:
        return f"ascii({column})"

    def size(self, column: str) -> str:
        return f"octet_length({column})"

    def as_json(self, column: str) -> str:
        return f"to_json({column})"

    def moment(self, column: str) -> str:
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

    def or_nothing(self, expression: str) -> str:
        """``concat`` leaves out what is null."""
        return expression


class _SQLite:
    """How SQLite says it."""

    def joined(self, parts: Sequence[str]) -> str:
        return " || ".join(parts)

    def contains(self, column: str, text: str) -> str:
        return f"instr({column}, {_literal(text)}) > 0"

    def first(self, column: str) -> str:
        return f"unicode({column})"

    def size(self, column: str) -> str:
        return f"length({column})"

    def as_json(self, column: str) -> str:
        return f"json_quote({column})"

    def moment(self, column: str) -> str:
        """Django stores 2024-07-01 10:00:00, with six more digits if they are not all 0."""
        parts = f"substr({column}, 1, 10) || 'T' || substr({column}, 12, 8)"
        return f"{parts} || '.' || substr(substr({column}, 21) || '000000', 1, 6) || 'Z'"

    def or_nothing(self, expression: str) -> str:
        return f"coalesce({expression}, '')"


def _dialect() -> _PostgreSQL | _SQLite:
    return _PostgreSQL() if connection.vendor == "postgresql" else _SQLite()


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def quoted_for_csv(text: str) -> str:
    """A cell as Python's csv module writes it by default beside others."""
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text


SHORT = 40
"""Only a text up to this length can look like a date (``labs.rules.csv_cells``)."""


class CsvForm:
    """Lines as Python's csv module writes them by default, of cells as ``labs.rules.csv_cells`` writes them.

    What the methods return is SQL that is never null.
    """

    opening, between, closing, end = "", ",", "", "\r\n"
    is_named = False  # whether each line has the names of its values

    def __init__(self) -> None:
        self.dialect = _dialect()

    def text(self, column: str, marked: str) -> str:
        """A text. ``marked`` lets Python write it, which guards what a program may run or take for a date.

        Such a text starts with a sign, or it is short and starts with a number or the name of a month.
        """
        first = self.dialect.first(column)
        has_sign = f"{first} < 48 OR {first} BETWEEN 58 AND 64 OR {first} BETWEEN 91 AND 96"
        months = ", ".join(_literal(start) for start in sorted(MONTH_STARTS))
        is_dated = f"{first} BETWEEN 48 AND 57 OR lower(substr({column}, 1, 3)) IN ({months})"
        is_short = f"{self.dialect.size(column)} <= {SHORT}"
        return (
            f"CASE WHEN {column} = '' THEN '' WHEN {has_sign} OR ({is_short} AND ({is_dated})) THEN {marked} "
            f"WHEN {self._is_special(column)} THEN {self._quoted(column)} ELSE {column} END"
        )

    def exact(self, column: str) -> str:
        """A text that nothing is done to but what the format asks for."""
        return f"CASE WHEN {self._is_special(column)} THEN {self._quoted(column)} ELSE {column} END"

    def number(self, column: str) -> str:
        """A whole number, which may be missing."""
        return self.dialect.or_nothing(column)

    def simple(self, expression: str) -> str:
        """A text with nothing in it to quote or to guard, which may be missing."""
        return self.dialect.or_nothing(expression)

    def _is_special(self, column: str) -> str:
        return " OR ".join(self.dialect.contains(column, mark) for mark in ',"\r\n')

    def _quoted(self, column: str) -> str:
        return f"'\"' || replace({column}, '\"', '\"\"') || '\"'"


class JsonForm:
    """Lines as Python's json module writes objects by default, with every letter as it is; what is empty is null."""

    opening, between, closing, end = "{", ", ", "}", "\n"
    is_named = True

    def __init__(self) -> None:
        self.dialect = _dialect()

    def exact(self, column: str) -> str:
        """A text; nothing has to be guarded in JSON."""
        return f"CASE WHEN {column} = '' THEN 'null' ELSE CAST({self.dialect.as_json(column)} AS text) END"

    def number(self, column: str) -> str:
        """A whole number, which may be missing."""
        return f"coalesce(CAST({column} AS text), 'null')"

    def simple(self, expression: str) -> str:
        """A text with nothing in it to quote, which may be missing."""
        return f"coalesce('\"' || {expression} || '\"', 'null')"


def as_json(value: Any) -> str:
    """A value in JSON, with every letter as it is."""
    return json.dumps(value, ensure_ascii=False)


@kept(most=20)
def are_known_in_full(model: type[Record], day: dt.date, *, needs_citation: bool) -> bool:
    """Whether all sources were public by the day, so that no record hides anything (methodology, section 2).

    With ``needs_citation`` each published record of the model has a citation too, else it would not be listed.
    """
    is_undated = Q(published_on_latest__isnull=True) | Q(published_on_latest__gt=day)
    if Source.objects.filter(is_undated, read_on__gt=day).exists():
        return False
    if not needs_citation:
        return True
    citations = model._meta.get_field("citations").related_model.objects.filter(record=OuterRef("pk"))
    return not model.objects.published().exclude(Exists(citations)).exists()


class PlainLines:
    """The lines of the records of a query, in the order of their keys."""

    def __init__(self, records: QuerySet[Any], fields: Sequence[PlainField], form: CsvForm | JsonForm) -> None:
        self.records, self.fields, self.form = records.order_by(), fields, form
        self.model, self.dialect = records.model, _dialect()
        self._known: dict[bytes, bytes] = {}

    def chunks(self) -> Iterator[bytes]:
        """The bytes of the lines, some thousand rows at a time. Let them be read within ``one_snapshot``."""
        yield from self._copied() if connection.vendor == "postgresql" else self._fetched()

    # --- the line in SQL

    @cached_property
    def line(self) -> str:
        """The line as an expression, without its end."""
        parts: list[str] = []
        written = ""  # before the next value
        place = 0
        while place < len(self.fields):
            field = self.fields[place]
            written += self._before(place)
            if field.stored is None:
                written += field.written(field.constant)
                place += 1
            elif self._is_term(field.stored):
                # The value and the label of a term, and what stands between them, are one choice.
                alike = [field]
                for other in self.fields[place + 1 :]:
                    if other.stored is None or other.stored.column != field.stored.column:
                        break
                    alike.append(other)
                parts.append(self._chosen(written, alike, place))
                written = ""
                place += len(alike)
            else:
                parts += [_literal(written), self._value(field, field.stored)] if written else []
                parts += [] if written else [self._value(field, field.stored)]
                written = ""
                place += 1
        written += self.form.closing
        return self.dialect.joined([*parts, _literal(written)] if written else parts)

    def _before(self, place: int) -> str:
        """What stands before a value."""
        text = self.form.between if place else self.form.opening
        return f"{text}{as_json(self.fields[place].name)}: " if self.form.is_named else text

    def _column(self, name: str) -> str:
        table, column = self.model._meta.db_table, self.model._meta.get_field(name).column
        return f"{connection.ops.quote_name(table)}.{connection.ops.quote_name(column)}"

    def _is_term(self, stored: Stored) -> bool:
        return bool(self.model._meta.get_field(stored.column).choices)

    def _chosen(self, written: str, fields: Sequence[PlainField], place: int) -> str:
        """For each member of the enumeration, what was ``written`` before and its values."""
        stored = fields[0].stored
        assert stored is not None
        cases = []
        of_model = self.model._meta.get_field(stored.column)
        # The usual answer first: the database looks at one after the other.
        for value, _ in sorted(of_model.choices, key=lambda choice: choice[0] != of_model.default):
            text = written
            for at, field in enumerate(fields):
                assert field.stored is not None
                labels = field.stored.labels
                text += self._before(place + at) if at else ""
                text += field.written(labels(value).label if labels else value)
            cases.append(f"WHEN {_literal(value)} THEN {_literal(text)}")
        return f"CASE {self._column(stored.column)} {' '.join(cases)} END"

    def _value(self, field: PlainField, stored: Stored) -> str:
        column, of_model = self._column(stored.column), self.model._meta.get_field(stored.column)
        if stored.words is not None:
            empty = _literal(field.written(stored.words("")))
            return f"CASE WHEN {column} = '' THEN {empty} ELSE {self._marked(field, column)} END"
        match of_model:
            case models.BooleanField():
                return (
                    f"CASE WHEN {column} THEN {_literal(field.written(True))} ELSE {_literal(field.written(False))} END"
                )
            case models.DateTimeField():
                return self.form.simple(self.dialect.moment(column))
            case models.DateField():
                return self.form.simple(column)
            case models.IntegerField():
                return self.form.number(column)
            case EDTFField():
                return self.form.exact(column)
            case TermsField():
                raise TypeError(f"{stored.column} holds several values; say in which words they are published.")
            case models.CharField() | models.TextField():
                if isinstance(self.form, JsonForm):
                    return self.form.exact(column)
                return self.form.text(column, self._marked(field, column))
        raise TypeError(f"{type(of_model).__name__} cannot be written by the database.")

    def _marked(self, field: PlainField, column: str) -> str:
        return f"{_literal(f'{_OPEN}{self.fields.index(field)}:')} || {column} || {_literal(_CLOSE)}"

    # --- what Python writes

    def _finished(self, chunk: bytes) -> bytes:
        return _MARKED.sub(self._replaced, chunk) if _OPEN.encode() in chunk else chunk

    def _replaced(self, match: re.Match[bytes]) -> bytes:
        found = match[0]
        if found not in self._known:
            if len(self._known) > ROWS_AT_ONCE:
                self._known.clear()
            self._known[found] = self._written(self.fields[int(match[1])], match[2].decode()).encode()
        return self._known[found]

    def _written(self, field: PlainField, text: str) -> str:
        stored = field.stored
        assert stored is not None
        return field.written(stored.words(text) if stored.words else text)

    # --- from the database

    def _sql(self, records: QuerySet[Any], end: str = "") -> tuple[str, tuple[Any, ...]]:
        line = f"{self.line} || {_literal(end)}" if end else self.line
        rows = records.annotate(line_of_file=RawSQL(line.replace("%", "%%"), ())).values_list("line_of_file")
        return rows.query.sql_with_params()

    def _fetched(self) -> Iterator[bytes]:
        sql, parameters = self._sql(self.records.order_by("key"), end=self.form.end)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield self._finished("".join([line for (line,) in rows]).encode())

    def _copied(self) -> Iterator[bytes]:
        """By COPY, each batch while the one before is on its way to the reader.

        It goes along the index that Django makes beside a key that is unique, whose order is that of the bytes.
        """
        key, table = self._column("key"), connection.ops.quote_name(self.model._meta.db_table)
        beyond, up_to = f"{key} ~>~ %s", f"{key} ~<=~ %s"
        order, place = f"ORDER BY {key} USING ~<~", f"OFFSET {ROWS_AT_ONCE - 1} LIMIT 1"
        # One statement each with and without a first and a last key, made here: the other thread has no Django.
        bounds, rows = {}, {}
        for is_first in (True, False):
            where = "" if is_first else f"WHERE {beyond}"
            bounds[is_first] = f"SELECT {key} FROM {table} {where} {order} {place}"
            for is_last in (True, False):
                limits = {beyond: _AFTER} if not is_first else {}
                limits |= {up_to: _LAST} if not is_last else {}
                asked = self.records.extra(where=list(limits), params=list(limits.values()))
                sql, parameters = self._sql(asked, end=self.form.end)
                rows[is_first, is_last] = (f"{sql} {order}", parameters)

        def batch(cursor: Any, after: str | None) -> tuple[bytes, str | None]:
            """The lines after a key, and the last key that was looked at; None where there are no more."""
            cursor.execute(bounds[after is None], () if after is None else (after,))
            last = next(iter(cursor.fetchone() or ()), None)
            sql, parameters = rows[after is None, last is None]
            limits = {_AFTER: after, _LAST: last}
            select = cursor.mogrify(sql, [limits.get(each, each) for each in parameters]).decode()
            copied = _Rows()
            cursor.copy_expert(f"COPY ({select}) TO STDOUT (FORMAT binary)", copied)
            return copied.text(), last

        with connection.cursor() as cursor, ThreadPoolExecutor(1) as ahead:
            # Each statement is short: what the compiler would save costs many times as much.
            cursor.execute("SET LOCAL jit = off")
            chunk, last = batch(cursor.cursor, None)
            while last is not None:
                following = ahead.submit(batch, cursor.cursor, last)
                yield self._finished(chunk)
                chunk, last = following.result()
            yield self._finished(chunk)


class _Rows:
    """A file for COPY in its binary format: it writes a header, 6 bytes before the text of each row, and 2 at the end.

    The format has no quotes and no escapes, so a line is what it is.
    """

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.write = self.pieces.append

    def text(self) -> bytes:
        """What was written, without what the format adds."""
        pieces = self.pieces
        assert pieces[0].startswith(_SIGNATURE), "the server sends another format than it documents"
        pieces[0] = pieces[0][_HEADER:]
        return b"".join([piece[6:] for piece in pieces])


_SIGNATURE, _HEADER = b"PGCOPY\n\xff\r\n\x00", 19
"""How each answer begins, by the documentation of COPY, and how long that is."""
