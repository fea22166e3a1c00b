"""Files of records, one or several, a zip or a workbook, read into one table for each kind."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from openpyxl.utils import get_column_letter

from evaltracker.importing import objects, sheets
from evaltracker.importing.kinds import AS_OF, CHANGED_AT, KEY, KINDS, FileKind, kind_by_file_name
from evaltracker.importing.objects import SEARCHES
from evaltracker.importing.problems import FileProblem, Problem
from evaltracker.importing.sheets import COLUMNS_AT_MOST, MIB, Line, Sheet
from evaltracker.importing.tables import Added, Row, Table
from labs.actions.apart import read_apart
from labs.models import AIModel
from labs.rules.csv_cells import plain

HEADER_WITHIN = 30  # rows above a table
NAMED_AT_MOST = 20
GUIDE_SHEETS = ("read me", "choices")
"""The sheets of our own templates that hold no records."""
ENDINGS = ("csv", "xlsx", "ods", "json")
_OR_LEAVE_OUT = "Or choose to leave out what is not known."
_CITATION = re.compile(r"(source|quote|supports)_(\d)")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read at once."""

    size: int
    rows: int
    unpacked: int
    is_empty_allowed: bool  # an exported folder may have a kind without records
    is_apart: bool = True  # whether a workbook is read in a process of its own, which ends when it takes too long


# In a request: to confirm 1,000 rows takes a few seconds.
DESK = Limits(size=10 * MIB, rows=1_000, unpacked=200 * MIB, is_empty_allowed=False)
SHELL = Limits(size=100 * MIB, rows=10_000, unpacked=1000 * MIB, is_empty_allowed=True, is_apart=False)


@dataclass(slots=True)
class Files:
    """What was read: a table for each kind, and what was left out of the whole."""

    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_files(
    files: Sequence[tuple[str, bytes]],
    kind: FileKind | None = None,
    limits: Limits = DESK,
    *,
    is_unknown_left_out: bool = False,
) -> Files:
    """Read files with their names, and those in a zip. ``kind`` is what a single table holds, whatever its name.

    What is not known (a file, a sheet, a column, a field) is refused, or left out and noted if
    ``is_unknown_left_out``. Raises FileProblem, which names the file if there are several.
    """
    return _Reader(kind, limits, is_unknown_left_out).read(list(files))


def files_at(path: Path) -> list[tuple[str, bytes]]:
    """The file at a path, or all tables in a folder, with their names. Raises FileProblem."""
    if not path.exists():
        raise FileProblem(f"There is no {path}.")
    try:
        if not path.is_dir():
            return [(path.name, path.read_bytes())]
        found = [each for each in sorted(path.iterdir()) if each.is_file() and _ending(each.name) in ENDINGS]
        if not found:
            raise FileProblem(f"There is no .{', .'.join(ENDINGS[:-1])} or .{ENDINGS[-1]} file in {path}.")
        return [(each.name, each.read_bytes()) for each in found]
    except OSError as error:
        raise FileProblem(f"{error.filename} cannot be read: {error.strerror}.") from error


def _ending(name: str) -> str:
    return name.rpartition(".")[2].casefold()


class _Reader:
    def __init__(self, kind: FileKind | None, limits: Limits, is_unknown_left_out: bool) -> None:
        self._kind, self._limits, self._is_left_out = kind, limits, is_unknown_left_out
        self._found, self._searches = Files(), list[tuple[str, list[Any]]]()

    def read(self, files: list[tuple[str, bytes]]) -> Files:
        if sum(len(data) for _, data in files) > self._limits.size:
            raise FileProblem(f"It is larger than {self._limits.size // MIB} MiB. Split it into several files.")
        opened = [each for name, data in files for each in self._unzipped(name, data)]
        is_alone = len(opened) == 1
        is_named = not (is_alone and opened == files)
        for name, data in opened:
            try:
                self._read(name, data, is_alone)
            except FileProblem as problem:
                raise FileProblem(f"{name}: {problem}") if is_named else problem from problem
        self._add_searches()
        if not self._found.tables:
            raise FileProblem("There is no table of records in it.")
        if sum(len(table.rows) for table in self._found.tables) > self._limits.rows:
            word = self._found.tables[0].row_word
            raise FileProblem(f"It has more than {self._limits.rows:,} {word}s. Split it into several files.")
        return self._found

    def _unzipped(self, name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
        if _ending(name) != "zip":
            yield name, data
            return
        archive = sheets.open_archive(data, self._limits.unpacked, "It is not a zip that can be read.")
        for part in archive.infolist():
            path = PurePosixPath(part.filename.replace("\\", "/"))
            if part.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts:
                continue
            if _ending(path.name) not in ENDINGS:
                self._found.notes.append(f"Left out, for it is no table: {path.name}.")
                continue
            try:
                yield path.name, archive.read(part)  # nothing is written under the name in the archive
            except Exception as error:
                raise FileProblem(f"{name} is not a zip that can be read.") from error

    def _sheets(self, ending: str, data: bytes) -> list[Sheet]:
        if ending == "csv":
            return sheets.read_csv(data)
        unpacked, rows = self._limits.unpacked, self._limits.rows + HEADER_WITHIN
        if not self._limits.is_apart or not settings.READ_FILES_APART:
            return sheets.READERS[ending](data, unpacked, rows)
        at_most = {"unpacked_at_most": unpacked, "lines_at_most": rows}
        return sheets.sheets_of(
            read_apart("evaltracker.importing.sheets:read_sheets", FileProblem, data, ending=ending, **at_most)
        )

    def _read(self, name: str, data: bytes, is_alone: bool) -> None:
        ending = _ending(name)
        if ending not in ENDINGS:
            self._refuse_or_leave_out(
                "It has to be a .csv, an .xlsx, an .ods or a .json file, or a zip of such files; its name says which.",
                f"Left out, for it is no table: {name}.",
            )
            return
        if not data.strip():
            raise FileProblem("It is empty.")
        stem = name.rpartition(".")[0]
        if ending == "json":
            self._read_json(name, stem, data, is_alone)
            return
        found = self._sheets(ending, data)
        found = [sheet for sheet in found if sheet.title.strip().casefold() not in GUIDE_SHEETS]
        if not found:
            raise FileProblem("It is empty: a row has to name the columns.")
        for sheet in found:
            kind = self._kind_of_sheet(sheet, stem, is_alone and len(found) == 1)
            if kind is None and len(found) == 1:
                self._no_kind(name)
                continue
            if kind is None:
                self._refuse_or_leave_out(
                    f"The title of the sheet “{sheet.title}” does not tell what it holds. {_NAME_IT}",
                    f"Left out: the sheet “{sheet.title}” of {name}.",
                )
                continue
            title = f"{name}, sheet “{sheet.title}”" if len(found) > 1 else name
            try:
                table = _table(title, kind, sheet, self._is_left_out)
            except FileProblem as problem:
                raise FileProblem(f"Sheet “{sheet.title}”: {problem}") if len(found) > 1 else problem from problem
            if table.rows or len(found) == 1:  # a blank sheet of a workbook says nothing
                self._add(table, self._limits.is_empty_allowed)

    def _kind_of_sheet(self, sheet: Sheet, stem: str, is_alone: bool) -> FileKind | None:
        """What a sheet holds: what the caller says of the only table, else by its title, else by the file's name."""
        if is_alone:
            return self._kind or kind_by_file_name(stem) or kind_by_file_name(sheet.title)
        return kind_by_file_name(sheet.title) or (kind_by_file_name(stem) if not sheet.title else None)

    def _read_json(self, name: str, stem: str, data: bytes, is_alone: bool) -> None:
        kind = (self._kind if is_alone else None) or kind_by_file_name(stem)
        if kind is None and stem.casefold() == SEARCHES:
            self._searches.append((name, objects.read_json(data)))
        elif kind is None:
            self._no_kind(name)
        else:
            table = objects.to_table(name, kind, objects.read_json(data), self._is_left_out)
            self._add(table, self._limits.is_empty_allowed or not is_alone)

    def _no_kind(self, name: str) -> None:
        self._refuse_or_leave_out(
            f"the name does not tell what it holds. {_NAME_IT}", f"Left out, for its name tells no kind: {name}."
        )

    def _refuse_or_leave_out(self, problem: str, note: str) -> None:
        if not self._is_left_out:
            raise FileProblem(f"{problem} {_OR_LEAVE_OUT}")
        self._found.notes.append(note)

    def _add(self, table: Table, is_empty_allowed: bool) -> None:
        if not table.rows and not is_empty_allowed:
            raise FileProblem("It has no rows below its header." if table.row_word == "row" else "Its list is empty.")
        if other := next((each for each in self._found.tables if each.kind is table.kind), None):
            raise FileProblem(f"{other.name} and {table.name} both hold {table.kind.label}: leave one of them out.")
        self._found.tables.append(table)

    def _add_searches(self) -> None:
        for name, searches in self._searches:
            models = next((table for table in self._found.tables if table.kind.model is AIModel), None)
            if models is None:
                kind = next(kind for kind in KINDS if kind.model is AIModel)
                models = objects.to_table(name, kind, [], False)
                self._found.tables.append(models)
            objects.with_searches(models, searches, name)


_NAME_IT = f"Name it after one of: {', '.join(kind.name for kind in KINDS)}."


# --- a sheet as a table ------------------------------------------------------------------------------------


def _table(name: str, kind: FileKind, sheet: Sheet, is_left_out: bool) -> Table:
    """The rows of a sheet below the row that names its columns."""
    lines = list(sheet.lines)
    if not lines:
        raise FileProblem("It is empty: a row has to name the columns.")
    start = _header_place(kind, lines)
    columns = [_column(kind, text) for text in lines[start].texts]
    while columns and not columns[-1]:
        columns.pop()
    table = Table(name, kind, [])
    if start:
        table.notes.append(f"The table begins in row {lines[start].number}; what stands above it is left out.")
    _check_header(table, columns, lines[start].number, is_left_out)
    for line in lines[start + 1 :]:
        table.rows.append(_row(kind, columns, line, sheet.is_ragged))
    if hidden := [str(line.number) for line in lines[start + 1 :] if line.is_hidden]:
        more = f" and {len(hidden) - NAMED_AT_MOST} more" if len(hidden) > NAMED_AT_MOST else ""
        table.notes.append(f"These rows are hidden, and are read too: {', '.join(hidden[:NAMED_AT_MOST])}{more}.")
    return table


def _column(kind: FileKind, text: str) -> str:
    name = re.sub(r"[\s-]+", "_", text.strip().casefold())
    return kind.desk_names.get(name, name)


def _known(kind: FileKind, column: str) -> bool:
    is_citation = "citations" in kind.fields and _CITATION.fullmatch(column)
    return column in (KEY, CHANGED_AT, AS_OF) or column in kind.fields or column in kind.derived or bool(is_citation)


def _header_place(kind: FileKind, lines: Sequence[Line]) -> int:
    """The first row that names at least two columns, or nothing else; else the first row."""
    for place, line in enumerate(lines[:HEADER_WITHIN]):
        texts = [_column(kind, text) for text in line.texts if text.strip()]
        known = sum(_known(kind, text) for text in texts)
        if known >= 2 or known == len(texts) > 0:
            return place
    return 0


def _check_header(table: Table, columns: Sequence[str], number: int, is_left_out: bool) -> None:
    """Refuse a header without a key, with repeated or unknown columns; note what is left out."""
    kind, names = table.kind, [KEY, *table.kind.fields, CHANGED_AT]
    allowed = ", ".join(names)
    if len(columns) > COLUMNS_AT_MOST:
        raise FileProblem(f"It has more than {COLUMNS_AT_MOST} columns.")
    if twice := sorted({name for name in columns if name and columns.count(name) > 1}):
        raise FileProblem(f"These columns are repeated: {', '.join(twice)}.")
    if KEY not in columns:
        if "score_low" in columns:
            raise FileProblem(
                "This is the table of scorecards, whose figures follow from the records. The labs themselves are "
                f"exported and imported here with the columns {allowed}."
            )
        raise FileProblem(f"It has no column “{KEY}”. Row {number} has to name the columns: {allowed}.")
    unknown = [name for name in columns if name and not _known(kind, name)]
    if unknown and not is_left_out:
        listed = ", ".join(f"“{name}”" for name in unknown)
        raise FileProblem(f"{kind.label.capitalize()} have no column {listed}. Allowed: {allowed}. {_OR_LEAVE_OUT}")
    if unknown:
        table.notes.append(f"Left out, for there are no such columns: {', '.join(unknown)}.")
    if derived := [name for name in columns if name in kind.derived]:
        table.notes.append(f"Not read, for the site derives them: {', '.join(derived)}.")


def _row(kind: FileKind, columns: Sequence[str], line: Line, is_ragged: bool) -> Row:
    texts = line.texts
    row = Row(line.number, {})
    for given, found in ((line.problems, row.problems), (line.doubts, row.doubts)):
        for place, each in given:
            column = columns[place] if place < len(columns) and columns[place] else get_column_letter(place + 1)
            found.append(Problem(column, each.message, each.allowed))
    if any(text.strip() for text in texts[len(columns) :]):
        row.problems.append(Problem("", f"It has {len(texts)} cells, and the header has {len(columns)}.", "as many"))
    if len(texts) < len(columns) and not is_ragged:
        words = f"It has only {len(texts)} of {len(columns)} cells."
        row.problems.append(Problem("", words, "as many as the header"))
    citations: dict[str, dict[str, str]] = {}
    for place, column in enumerate(columns):
        text = plain(texts[place]) if place < len(texts) else ""
        if not column and text:
            raise FileProblem(f"Column {get_column_letter(place + 1)} has no name, but row {line.number} fills it.")
        if column in (KEY, CHANGED_AT, AS_OF):
            row.values[column] = text
        elif column in kind.fields:
            row.values[kind.fields[column]] = text
        elif (match := _CITATION.fullmatch(column)) and "citations" in kind.fields:
            citations.setdefault(match[2], {"source": "", "quote": "", "supports": ""})[match[1]] = text
    filled = [each for _, each in sorted(citations.items()) if any(each.values())]
    if filled and row.values.get("citations"):
        row.problems.append(
            Problem("citations", "It has citations here and in columns of their own.", "one of the two")
        )
    elif filled:
        row.values["citations"] = Added(filled)
    return row
