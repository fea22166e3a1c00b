"""A CSV file of records made from the file of an earlier state, or from that of all records: only the lines of records
that something touched since are made again.

It is for rows that say nothing but their record, its parts and what these refer to, such as access events.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from labs.models.marks import Marks
from labs.queries.kept import past_version, records, store
from labs.web.columns import Field
from labs.web.streaming import LINE_END, ROWS_AT_ONCE, header_line, lines_of

EARLIER = "earlier_file"
"""The attribute of a request that gives the file that its address had in an earlier state or, given a query, the one
that its path has with that; None where there is none.
"""
MADE_OF = "lines_made_of"
"""The attribute of an answer from which a later one can be made: its ``State``."""
END = LINE_END.encode()


@dataclass(frozen=True, slots=True)
class State:
    """The state of the records that a file is of: its stamp, and up to where the histories went."""

    stamp: str
    marks: Marks


@dataclass(frozen=True, slots=True)
class EarlierFile:
    """A file that the same code made on the same day. Where it is damaged it ends too early."""

    state: State
    pieces: Iterable[bytes]
    close: Callable[[], None]


def state_now() -> State | None:
    """The state of the records that this request reads; None at an older data version."""
    if past_version() is not None:
        return None
    found = records()
    stamp = store().version.stamp
    # Within a transaction of somebody else records may be newer than their version: nothing is known of since then.
    return State(stamp, found.marks if found.stamp == stamp else {})


def carried_lines(request: HttpRequest, fields: Sequence[Field], rows: Iterable[Any], of_all: str) -> Iterator[bytes]:
    """The lines of the CSV file of these rows: the header, then those of a few hundred rows at a time.

    ``of_all`` is the query of the file of all rows with the same columns.
    """
    return _written(fields, iter(rows), _known_lines(request, of_all))


def _known_lines(request: HttpRequest, of_all: str) -> "_KnownLines":
    find: Callable[..., EarlierFile | None] = getattr(request, EARLIER, lambda *_: None)
    earlier = find() or find(of_all)
    if earlier is None:
        return _KnownLines((), {}, lambda: None)
    touched = records().touched_since(earlier.state.stamp, earlier.state.marks)
    return _KnownLines(earlier.pieces if touched is not None else (), touched or {}, earlier.close)


def _written(fields: Sequence[Field], rows: Iterator[Any], known: "_KnownLines") -> Iterator[bytes]:
    with closing(known):
        yield header_line(fields).encode()
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            lines = [known.of(row) for row in batch]
            lacking = [row for row, line in zip(batch, lines, strict=True) if line is None]
            made = map(str.encode, lines_of(fields, lacking) if lacking else ())
            yield b"".join([next(made) if line is None else line for line in lines])


class _KnownLines:
    """The lines of an earlier file that hold still. They come in the order of the rows, but for what was touched; those
    of a file in another order wait in memory for theirs.
    """

    def __init__(
        self, pieces: Iterable[bytes], touched: Mapping[type[Model], Collection[int]], close: Callable[[], None]
    ) -> None:
        self.close = close
        self._lines, self._touched = lines_in(pieces), touched
        self._passed: dict[bytes, bytes] = {}

    def of(self, row: Any) -> bytes | None:
        """The line of a row; None where it has to be made."""
        if row.record.pk in self._touched.get(type(row.record), ()):
            return None
        key = row.key.encode()
        if key in self._passed:
            return self._passed.pop(key)
        for found, line in self._lines:
            if found == key:
                return line
            self._passed[found] = line
        return None


def lines_in(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Each line of a CSV file, with its key, which is its first cell; the header is one of them."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(END)
        begun = b""
        for part in whole:
            line = begun + part + END
            if line.count(b'"') % 2:  # the end of a line within a cell
                begun = line
                continue
            begun = b""
            yield line.partition(b",")[0], line
        rest = begun + rest
