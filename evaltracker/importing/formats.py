"""Files of records: CSV, XLSX and JSON, read into tables of text and written as the site exports them."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.utils import get_column_letter

from evaltracker.importing import curated, workbooks
from evaltracker.importing.kinds import FileKind
from evaltracker.importing.problems import FileProblem, Problem
from evaltracker.importing.tables import Row, Table
from evaltracker.importing.workbooks import COLUMNS_AT_MOST, MIB, Values
from labs.rules.csv_cells import cell, plain
from labs.web.parameters import today
from labs.web.streaming import lines


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read."""

    size: int
    rows: int
    unpacked: int
    is_empty_allowed: bool  # an exported folder may have a kind without records


# In a request: to confirm 5,000 rows takes about half of gunicorn's timeout of 30 seconds.
DESK = Limits(size=10 * MIB, rows=5_000, unpacked=200 * MIB, is_empty_allowed=False)
SHELL = Limits(size=500 * MIB, rows=1_000_000, unpacked=2000 * MIB, is_empty_allowed=True)


def read(name: str, data: bytes, kind: FileKind, limits: Limits = DESK) -> Table:
    """The rows of a file. The ending of its name says the format.

    Raises FileProblem, whose message says how to solve it.
    """
    ending = name.rpartition(".")[2].casefold()
    reader = {"csv": read_csv, "xlsx": read_xlsx, "json": read_json}.get(ending)
    if reader is None:
        raise FileProblem("It has to be a .csv, an .xlsx or a .json file; its name says which.")
    if len(data) > limits.size:
        raise FileProblem(f"It is larger than {limits.size // MIB} MiB. Split it into several files.")
    if not data.strip():
        raise FileProblem("It is empty.")
    table = reader(name, data, kind, limits)
    if not table.rows and not limits.is_empty_allowed:
        raise FileProblem("It has no rows below its header." if ending != "json" else "Its list is empty.")
    return table


# --- CSV ---------------------------------------------------------------------------------------------------


def read_csv(name: str, data: bytes, _kind: FileKind, limits: Limits) -> Table:
    """The rows of a CSV file in UTF-8, separated by commas, semicolons or tabs like the header."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileProblem(
            f"It is not in UTF-8 (byte {error.start + 1}). In a spreadsheet program choose “CSV UTF-8” when saving."
        ) from error
    if "\0" in text:
        raise FileProblem("It holds zero bytes, so it is no text file in UTF-8.")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        numbered = ((number, values, []) for number, values in enumerate(rows, start=1))
        return _table(name, numbered, limits, is_ragged=False)
    except csv.Error as error:
        raise FileProblem(f"Line {rows.line_num} is not CSV: {error}.") from error


def _table(name: str, rows: Iterator[Values], limits: Limits, *, is_ragged: bool) -> Table:
    """The rows as a table. ``is_ragged``: a row may end with its last filled cell, as in a sheet."""
    columns: tuple[str, ...] = ()
    found: list[Row] = []
    for number, values, problems in rows:
        if not any(value.strip() for value in values) and not problems:
            continue
        if not columns:
            columns = _header(values)
            continue
        if len(found) == limits.rows:
            raise FileProblem(f"It has more than {limits.rows:,} rows. Split it into several files.")
        if is_ragged:
            values = [*values, *[""] * (len(columns) - len(values))]
        found.append(_row(number, columns, values, problems))
    if not columns:
        raise FileProblem("It is empty: the first row has to name the columns.")
    return Table(name, columns, found)


def _header(values: Sequence[str]) -> tuple[str, ...]:
    names = [value.strip().casefold() for value in values]
    while names and not names[-1]:
        names.pop()
    if len(names) > COLUMNS_AT_MOST:
        raise FileProblem(f"It has more than {COLUMNS_AT_MOST} columns.")
    if "" in names:
        raise FileProblem(f"Column {get_column_letter(names.index('') + 1)} has no name in the first row.")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise FileProblem(f"These columns are repeated: {', '.join(twice)}.")
    return tuple(names)


def _row(number: int, columns: Sequence[str], values: Sequence[str], problems: list[tuple[int, Problem]]) -> Row:
    found = [
        Problem(columns[place] if place < len(columns) else get_column_letter(place + 1), each.message, each.allowed)
        for place, each in problems
    ]
    if any(value.strip() for value in values[len(columns) :]):
        found.append(Problem("", f"It has {len(values)} cells, and the header has {len(columns)}.", "as many"))
    if len(values) < len(columns):
        found.append(Problem("", f"It has only {len(values)} of {len(columns)} cells.", "as many as the header"))
    texts = [plain(value) for value in values[: len(columns)]] + [""] * (len(columns) - len(values))
    return Row(number, dict(zip(columns, texts, strict=True)), found)


def write_csv(kind: FileKind, rows: Iterable[Any]) -> Iterator[bytes]:
    """A CSV file in UTF-8, in pieces."""
    return (line.encode() for line in lines(kind.columns, rows))


# --- XLSX --------------------------------------------------------------------------------------------------


def read_xlsx(name: str, data: bytes, _kind: FileKind, limits: Limits) -> Table:
    """The rows of the sheet of a workbook that has any."""
    return _table(name, workbooks.read_rows(data, limits.unpacked), limits, is_ragged=True)


def write_xlsx(kind: FileKind, rows: Iterable[Any]) -> bytes:
    """A workbook of one sheet. Raises FileProblem for what no workbook can hold."""
    texts = ([cell(column.value(row)) for column in kind.columns] for row in rows)
    return workbooks.write_workbook(kind.name, [column.name for column in kind.columns], texts)


# --- JSON --------------------------------------------------------------------------------------------------


def read_json(name: str, data: bytes, kind: FileKind, limits: Limits) -> Table:
    """The records of a file in the format of the curated data: one list of objects."""
    try:
        records = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileProblem(f"It is not in UTF-8 (byte {error.start + 1}).") from error
    except (ValueError, RecursionError) as error:  # not JSON, or numbers too long, or nested too deep
        raise FileProblem(f"It is not JSON: {error}.") from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise FileProblem("It has to be one list of records, each an object in braces.")
    if len(records) > limits.rows:
        raise FileProblem(f"It has more than {limits.rows:,} records. Split it into several files.")
    return curated.to_table(name, kind, records)


def write_json(kind: FileKind, rows: Iterable[Any]) -> bytes:
    """The records in the format of the curated data."""
    records = [curated.to_object(kind, row) for row in rows]
    return (json.dumps(records, indent=1, ensure_ascii=False) + "\n").encode()


FORMATS: dict[str, Callable[[FileKind, Iterable[Any]], bytes]] = {
    "csv": lambda kind, rows: b"".join(write_csv(kind, rows)),
    "xlsx": write_xlsx,
    "json": write_json,
}
"""What writes the records of a kind, by the ending of the file."""


def export(kind: FileKind, ending: str) -> bytes:
    """All public records of a kind as known today. Raises FileProblem for what the format cannot hold."""
    return FORMATS[ending](kind, kind.rows(today()))
