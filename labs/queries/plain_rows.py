"""Rows of a file straight from the database, where every value of them is stored as it is published.

A record known in full needs no rule to be written down: most of its columns are columns of its own table. For such rows
the database writes the values (``labs.queries.plain_sql``), and the process only passes the bytes on; no record is read
into it. PostgreSQL sends them by one COPY, SQLite through one cursor. The few values that only Python can tell, such as
a date in words, leave the database between marks, and Python replaces them.

The lines are byte for byte those that are written from the records themselves: ``tests/labs/test_plain_rows.py``
compares the two for all kinds of records.
"""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from queue import Empty, Queue
from threading import Thread
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q

from labs.choices import RecordStatus
from labs.models import Record, Source, Stamp
from labs.models.fields import EDTFField, TermsField
from labs.models.registry import has_uncited, kind_of
from labs.queries.kept import kept
from labs.queries.plain_sql import CsvForm, Fixed, JsonForm, as_json, dialect, literal
from labs.rules.vocabulary import Term

ROWS_AT_ONCE = 1000
"""How many rows are taken from the database and passed on at a time: little memory, and an early first byte."""

# Control characters, which no stored text holds (labs/rules/text.py).
_OPEN, _CLOSE = "\x03", "\x04"  # round what Python has to write
_OPEN_BYTE, _CLOSE_BYTE = _OPEN.encode(), _CLOSE.encode()
_QUOTED = b'"' + _OPEN_BYTE


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
    """A value of each line: its name, where it is stored (or what it is on every line), and how it is written.

    In CSV ``written`` gives the text of the cell, in JSON the value as JSON has it.
    """

    name: str
    stored: Stored | None
    constant: Any
    written: Callable[[Any], str]


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
    """The lines of all published records of a kind, in the order of their keys."""

    def __init__(self, model: type[Record], fields: Sequence[PlainField], form: CsvForm | JsonForm) -> None:
        self.model, self.fields, self.form = model, fields, form
        self.dialect = dialect()
        self._known = _Known(self._replaced)

    def chunks(self) -> Iterator[bytes]:
        """The bytes of the lines, a thousand rows at a time. Let them be read within ``lasting_snapshot``."""
        yield from self._copied() if connection.vendor == "postgresql" else self._fetched()

    # --- in SQL

    @cached_property
    def line(self) -> str:
        """The line as one expression."""
        parts = [part for place in self._groups for part in (self._before(place), *self._values(place))]
        return self.dialect.joined([*parts, Fixed(self.form.closing)])

    @cached_property
    def cells(self) -> str:
        """The cells of the line, each an expression, for a COPY that joins them."""
        return ", ".join([self._cell(part) for place in self._groups for part in self._values(place)])

    def _cell(self, part: str) -> str:
        """A part as an expression; a cell without anything in it is null."""
        if not isinstance(part, Fixed):
            return part
        return literal(part) if part else "NULL"

    @cached_property
    def _groups(self) -> dict[int, list[PlainField]]:
        """The fields in groups, by the place of the first: neighbours that one choice gives, or one mark, go together.

        That are the value and the label of a term, where the line is one text, and words that tell of one column.
        """
        groups: dict[int, list[PlainField]] = {}
        group: list[PlainField] = []
        for place, field in enumerate(self.fields):
            if not (group and self._go_together(group[0].stored, field.stored)):
                group = groups[place] = []
            group.append(field)
        return groups

    def _go_together(self, first: Stored | None, next_: Stored | None) -> bool:
        if first is None or next_ is None or first.column != next_.column:
            return False
        return self.form.is_joined if self._is_term(first) else bool(first.words and next_.words)

    def _before(self, place: int) -> Fixed:
        """What stands before a value."""
        text = self.form.between if place else self.form.opening
        return Fixed(f"{text}{as_json(self.fields[place].name)}: " if self.form.is_named else text)

    def _column(self, name: str) -> str:
        return connection.ops.quote_name(self.model._meta.get_field(name).column)

    def _is_term(self, stored: Stored) -> bool:
        return bool(self.model._meta.get_field(stored.column).choices)

    def _values(self, place: int) -> list[str]:
        """The values of a group, with what stands between them."""
        field, *others = self._groups[place]
        stored = field.stored
        if stored is None:
            return [Fixed(self.form.in_file(field.written(field.constant)))]
        if self._is_term(stored):
            return self._chosen(place, stored)
        column = self._column(stored.column)
        if stored.words is None:
            return [self._value(place, column)]
        marked = self._marked(place, column)
        if others and not self.form.is_joined:
            return [marked]  # several cells
        nothing = self._cell(Fixed(self._told(place, "")))
        return [f"CASE WHEN {column} = '' THEN {nothing} ELSE {marked} END"]

    def _chosen(self, place: int, stored: Stored) -> list[str]:
        """For each member of the enumeration its values: the database chooses, unless it writes what it stores."""
        column, of_model = self._column(stored.column), self.model._meta.get_field(stored.column)
        texts = {value: self._told(place, value) for value, _ in of_model.choices}
        for mark in ("", '"'):
            if all(text == f"{mark}{value}{mark}" for value, text in texts.items()):
                return [Fixed(mark), column, Fixed(mark)] if mark else [column]
        # The usual answer first: the database looks at one after the other.
        usual_first = sorted(texts.items(), key=lambda choice: choice[0] != of_model.default)
        cases = " ".join(f"WHEN {literal(value)} THEN {literal(text)}" for value, text in usual_first)
        return [f"CASE {column} {cases} END"]

    def _value(self, place: int, column: str) -> str:
        field = self.fields[place]
        assert field.stored is not None
        of_model = self.model._meta.get_field(field.stored.column)
        match of_model:
            case models.BooleanField():
                yes, no = (literal(field.written(each)) for each in (True, False))
                return f"CASE WHEN {column} THEN {yes} ELSE {no} END"
            case models.DateTimeField():
                return self.form.simple(self.dialect.moment(column))
            case models.DateField():
                return self.form.simple(column)
            case models.IntegerField():
                return self.form.number(column)
            case EDTFField():
                return self.form.exact(column)
            case TermsField():
                raise TypeError(f"{of_model.name} holds several values; say in which words they are published.")
            case models.CharField() | models.TextField():
                return self.form.text(column, self._marked(place, column))
        raise TypeError(f"{type(of_model).__name__} cannot be written by the database.")

    def _marked(self, place: int, column: str) -> str:
        return f"{literal(f'{_OPEN}{place}:')} || {column} || {literal(_CLOSE)}"

    # --- what Python writes

    def _finished(self, chunk: bytes) -> bytes:
        """The bytes with what Python writes in place of what stands between marks; no other text has such a mark."""
        if _OPEN_BYTE not in chunk:
            return chunk
        if _QUOTED in chunk:  # by a COPY: let the quotation marks stand within the others
            chunk = chunk.replace(_QUOTED, _QUOTED[::-1]).replace(_CLOSE_BYTE + b'"', b'"' + _CLOSE_BYTE)
        parts = chunk.replace(_CLOSE_BYTE, _OPEN_BYTE).split(_OPEN_BYTE)
        if len(self._known) > ROWS_AT_ONCE:
            self._known.clear()
        parts[1::2] = [self._known[part] for part in parts[1::2]]
        return b"".join(parts)

    def _replaced(self, marked: bytes) -> bytes:
        if marked.startswith(b'"'):
            marked = marked[1:-1].replace(b'""', b'"')
        place, _, text = marked.partition(b":")
        return self._told(int(place), text.decode()).encode()

    def _told(self, place: int, text: str) -> str:
        """What a group says of the text in its column."""
        told = ""
        for at, field in enumerate(self._groups[place], place):
            assert field.stored is not None
            stored, value = field.stored, text
            if stored.labels:
                value = stored.labels(text).label
            elif stored.words:
                value = stored.words(text)
            told += (self._before(at) if at > place else "") + self.form.in_file(field.written(value))
        return told

    # --- from the database

    def _select(self, columns: str, order: str) -> str:
        """The published records (``RecordQuerySet.published``) by their keys, along the index of the key.

        The sign keeps SQLite from the index of the state: it would sort all of the file before the first line. To
        PostgreSQL, the setting below says so.
        """
        state, key = self._column("status"), self._column("key")
        table = connection.ops.quote_name(self.model._meta.db_table)
        sign = "" if connection.vendor == "postgresql" else "+"
        is_published = f"{sign}{state} = {literal(RecordStatus.PUBLISHED.value)}"
        return f"SELECT {columns} FROM {table} WHERE {is_published} ORDER BY {table}.{key}{order}"  # noqa: S608

    def _fetched(self) -> Iterator[bytes]:
        with connection.cursor() as cursor:
            cursor.execute(self._select(f"{self.line} || {literal(self.form.end)}", ""))
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield self._finished("".join([line for (line,) in rows]).encode())

    def _copied(self) -> Iterator[bytes]:
        """By one COPY, which another thread takes from the server while what it took before goes to the reader.

        It goes along the index that Django makes beside a key that is unique, whose order is that of the bytes: the
        first lines are there at once, and the server keeps none of them.
        """
        select = self._select(self.line if self.form.is_joined else self.cells, " USING ~<~")
        # Whoever cancels the COPY spoils no transaction around it.
        with transaction.atomic(), connection.cursor() as cursor:
            # What the compiler would save costs many times as much, and what several processes read has to be merged.
            cursor.execute(
                "SET LOCAL jit = off; SET LOCAL enable_sort = off; SET LOCAL max_parallel_workers_per_gather = 0"
            )
            copied = _Copied(cursor.cursor, f"COPY ({select}) TO STDOUT ({self.form.copied_as})", self.form.end)
            try:
                for chunk in copied:
                    yield self._finished(chunk)
            finally:
                copied.stop()
            cursor.execute("SET LOCAL enable_sort TO DEFAULT; SET LOCAL max_parallel_workers_per_gather TO DEFAULT")


class _Copied:
    """What a COPY writes, some rows at a time, taken from the server by a thread of its own.

    At most three chunks are held: when the reader is slow, the thread waits, and the server with it. Each piece that
    comes is a row and a line feed, in place of which stands the ``end`` of a line.
    """

    def __init__(self, cursor: Any, statement: str, end: str) -> None:
        self.cursor, self.end = cursor, end.encode()
        self.pieces: list[bytes] = []
        self.chunks: Queue[bytes | None] = Queue(maxsize=1)
        self.is_stopped = False
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
        if pieces and not self.is_stopped:
            self.chunks.put(self.end.join([piece[:-1] for piece in pieces]) + self.end)
