"""Rows of a file straight from the database, where every value of them is stored as it is published.

A record known in full needs no rule to be written down: most of its columns are columns of its own table. For such rows
the database makes the whole line, and the process only passes the bytes on; no record is read into it. PostgreSQL sends
them by one COPY, SQLite through one cursor. The few values that only Python can tell, such as a date in words, leave
the database between marks, and Python replaces them.

The lines are byte for byte those that are written from the records themselves: ``tests/labs/test_plain_rows.py``
compares the two for all kinds of records.
"""

import contextlib
import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from queue import Empty, Queue
from threading import Thread
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from labs.models import Record, Source, Stamp
from labs.models.fields import EDTFField, TermsField
from labs.models.registry import has_uncited, kind_of
from labs.queries.kept import kept
from labs.rules.csv_cells import MONTH_STARTS
from labs.rules.vocabulary import Term

ROWS_AT_ONCE = 1000
"""How many rows are taken from the database and passed on at a time: little memory, and an early first byte."""

# Control characters, which no stored text holds (labs/rules/text.py).
_OPEN, _CLOSE = "\x03", "\x04"  # round what Python has to write
_OPEN_BYTE, _CLOSE_BYTE = _OPEN.encode(), _CLOSE.encode()


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


def are_known_in_full(model: type[Record], day: dt.date) -> bool:
    """Whether all sources were public by the day, so that no record hides anything (methodology, section 2).

    Nor may one be left out as it has no citation, which the newest change looked for (``labs.actions.versions``).
    """
    is_undated = Q(published_on_latest__isnull=True) | Q(published_on_latest__gt=day)
    if Source.objects.filter(is_undated, read_on__gt=day).exists():
        return False
    kind = kind_of(model)
    if not kind.is_listed_if_cited:
        return True
    uncited = Stamp.objects.values_list("uncited", flat=True).first()
    return not _has_uncited(model) if uncited is None else kind.slug not in uncited


@kept(most=20)
def _has_uncited(model: type[Record]) -> bool:
    """For a database in which no change was made since it can keep the answer."""
    return has_uncited(model)


class _Known(dict[bytes, bytes]):
    """What was written for each marked text, which few rows are the first to have."""

    def __init__(self, replaced: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self.replaced = replaced

    def __missing__(self, marked: bytes) -> bytes:
        written = self[marked] = self.replaced(marked)
        return written


class PlainLines:
    """The lines of the records of a query, in the order of their keys."""

    def __init__(self, records: QuerySet[Any], fields: Sequence[PlainField], form: CsvForm | JsonForm) -> None:
        self.records, self.fields, self.form = records.order_by(), fields, form
        self.model, self.dialect = records.model, _dialect()
        self._known = _Known(self._replaced)

    def chunks(self) -> Iterator[bytes]:
        """The bytes of the lines, a thousand rows at a time. Let them be read within ``lasting_snapshot``."""
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
        """The bytes with what Python writes in place of what stands between marks; no other text has such a mark."""
        parts = chunk.replace(_CLOSE_BYTE, _OPEN_BYTE).split(_OPEN_BYTE)
        if len(parts) == 1:
            return chunk
        if len(self._known) > ROWS_AT_ONCE:
            self._known.clear()
        parts[1::2] = [self._known[part] for part in parts[1::2]]
        return b"".join(parts)

    def _replaced(self, marked: bytes) -> bytes:
        place, _, text = marked.partition(b":")
        return self._written(self.fields[int(place)], text.decode()).encode()

    def _written(self, field: PlainField, text: str) -> str:
        stored = field.stored
        assert stored is not None
        return field.written(stored.words(text) if stored.words else text)

    # --- from the database

    def _sql(self, records: QuerySet[Any], end: str = "") -> tuple[str, tuple[Any, ...]]:
        line = f"{self.line} || {_literal(end)}" if end else self.line
        # Its parts are names of columns and literals that are quoted here.
        of_line = RawSQL(line.replace("%", "%%"), ())  # noqa: S611
        rows = records.annotate(line_of_file=of_line).values_list("line_of_file")
        return rows.query.sql_with_params()

    def _fetched(self) -> Iterator[bytes]:
        sql, parameters = self._sql(self.records.order_by("key"), end=self.form.end)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield self._finished("".join([line for (line,) in rows]).encode())

    def _copied(self) -> Iterator[bytes]:
        """By one COPY, which another thread takes from the server while what it took before goes to the reader.

        It goes along the index that Django makes beside a key that is unique, whose order is that of the bytes: the
        first lines are there at once, and the server keeps none of them.
        """
        sql, parameters = self._sql(self.records, end=self.form.end)
        # Whoever cancels the COPY spoils no transaction around it.
        with transaction.atomic(), connection.cursor() as cursor:
            # What the compiler would save costs many times as much.
            cursor.execute("SET LOCAL jit = off; SET LOCAL enable_sort = off")
            # Made here: the other thread has no Django.
            select = cursor.mogrify(f"{sql} ORDER BY {self._column('key')} USING ~<~", parameters).decode()
            copied = _Copied(cursor.cursor, f"COPY ({select}) TO STDOUT (FORMAT binary)")
            try:
                for chunk in copied:
                    yield self._finished(chunk)
            finally:
                copied.stop()
            cursor.execute("SET LOCAL enable_sort TO DEFAULT")


class _Copied:
    """What a COPY in the binary format writes, some rows at a time, taken from the server by a thread of its own.

    At most three chunks are held: when the reader is slow, the thread waits, and the server with it. The format has no
    quotes and no escapes, so a line is what it is: after a header, 6 bytes stand before the text of each row, and 2 at
    the end.
    """

    def __init__(self, cursor: Any, statement: str) -> None:
        self.cursor = cursor
        self.pieces: list[bytes] = []
        self.chunks: Queue[bytes | None] = Queue(maxsize=1)
        self.is_stopped, self.is_first = False, True
        self.error: BaseException | None = None
        # A process that ends does not wait for a reader.
        self.thread = Thread(target=self._copy, args=(statement,), daemon=True)
        self.thread.start()

    def __iter__(self) -> Iterator[bytes]:
        while (chunk := self.chunks.get()) is not None:
            yield chunk
        self.thread.join()
        if self.error is not None:
            raise self.error

    def stop(self) -> None:
        """Wait until the connection is free again; a COPY whose rest nobody wants is cancelled."""
        self.is_stopped = True
        if self.thread.is_alive():
            with contextlib.suppress(connection.Database.Error):  # there is none any more
                self.cursor.connection.cancel()
        while self.thread.is_alive():
            with contextlib.suppress(Empty):
                self.chunks.get(timeout=0.01)

    # --- in the thread

    def _copy(self, statement: str) -> None:
        try:
            self.cursor.copy_expert(statement, self)
            self._hand_over()
        except BaseException as error:  # raised again where the chunks are read
            self.error = error
        self.chunks.put(None)

    def write(self, piece: bytes) -> None:
        """Called for each row."""
        self.pieces.append(piece)
        if len(self.pieces) >= ROWS_AT_ONCE:
            self._hand_over()

    def _hand_over(self) -> None:
        pieces, self.pieces = self.pieces, []
        if self.is_first:
            assert pieces[0].startswith(_SIGNATURE), "the server sends another format than it documents"
            pieces[0], self.is_first = pieces[0][_HEADER:], False
        lines = b"".join([piece[6:] for piece in pieces])
        if lines and not self.is_stopped:
            self.chunks.put(lines)


_SIGNATURE, _HEADER = b"PGCOPY\n\xff\r\n\x00", 19
"""How each answer begins, by the documentation of COPY, and how long that is."""
