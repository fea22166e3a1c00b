"""Files of records, one or several, a zip or a workbook, read into one table for each kind."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from django.conf import settings
from openpyxl.utils import get_column_letter

from evaltracker.importing import objects, sheets
from evaltracker.importing.cells import CITATION
from evaltracker.importing.kinds import AS_OF, CHANGED_AT, KEY, KINDS, FileKind, kind_by_file_name
from evaltracker.importing.objects import SEARCHES
from evaltracker.importing.problems import FileProblem, Problem
from evaltracker.importing.sheets import COLUMNS_AT_MOST, MIB, PASTE_VALUES, Line, Sheets
from evaltracker.importing.tables import Row, Table, first_of
from labs.actions.apart import read_apart
from labs.models import AIModel
from labs.rules.csv_cells import plain

HEADER_WITHIN = 30  # rows above a table
NAMED_AT_MOST = 20
GUIDE_SHEETS = ("read me", "choices")
"""The sheets of our own templates that hold no records."""
ENDINGS = ("csv", "xlsx", "ods", "json")
_OR_LEAVE_OUT = "Or choose to leave out what is not known."
_NAME_IT = f"Name it after one of: {', '.join(kind.name for kind in KINDS)}."


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


class _Piece(NamedTuple):
    """What may be a table: the lines of a sheet, or the objects of a JSON file, with the name of its file."""

    file: str
    title: str  # of the sheet
    content: list[Any]
    is_alone: bool = True  # in its file

    @property
    def name(self) -> str:
        return self.file if self.is_alone else f"{self.file}, sheet “{self.title}”"

    @property
    def stem(self) -> str:
        return self.file.rpartition(".")[0]

    @property
    def kind(self) -> FileKind | None:
        """What it holds, as the name of its file or the title of its sheet tells."""
        return (kind_by_file_name(self.stem) if self.is_alone else None) or kind_by_file_name(self.title)


class _Reader:
    def __init__(self, kind: FileKind | None, limits: Limits, is_unknown_left_out: bool) -> None:
        self._kind, self._limits, self._is_left_out = kind, limits, is_unknown_left_out
        self._found, self._searches = Files(), list[tuple[str, list[Any]]]()

    def read(self, files: list[tuple[str, bytes]]) -> Files:
        if sum(len(data) for _, data in files) > self._limits.size:
            raise FileProblem(f"It is larger than {self._limits.size // MIB} MiB. Split it into several files.")
        opened = [each for name, data in files for each in self._unzipped(name, data)]
        is_alone = len(opened) == 1
        for name, data in opened:
            try:
                for piece in self._pieces(name, data):
                    self._add(piece, is_alone)
            except FileProblem as problem:
                raise problem if is_alone and opened == files else FileProblem(f"{name}: {problem}") from problem
        for name, searches in self._searches:
            objects.with_searches(self._models(name), searches, name)
        if not (tables := self._found.tables):
            raise FileProblem("There is no table of records in it.")
        if sum(len(table.rows) for table in tables) > self._limits.rows:
            word = tables[0].row_word
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

    def _pieces(self, name: str, data: bytes) -> list[_Piece]:
        ending = _ending(name)
        if ending not in ENDINGS:
            words = "It has to be a .csv, an .xlsx, an .ods or a .json file, or a zip of such files, as its name says."
            self._leave_out(words, f"Left out, for it is no table: {name}.")
            return []
        if not data.strip():
            raise FileProblem("It is empty.")
        if ending == "json":
            return [_Piece(name, "", objects.read_json(data))]
        # One more than are taken, below the deepest header: a longer table is refused, and not cut.
        most = self._limits.rows + HEADER_WITHIN + 1
        found = sheets.read_csv(data, most) if ending == "csv" else self._sheets(ending, data, most)
        found = [each for each in found if each[0].strip().casefold() not in GUIDE_SHEETS]
        if not found or not found[0][1]:
            raise FileProblem("It is empty: a row has to name the columns.")
        return [_Piece(name, title, [Line(*line) for line in lines], len(found) == 1) for title, lines in found]

    def _sheets(self, ending: str, data: bytes, lines_at_most: int) -> Sheets:
        given = {"ending": ending, "unpacked_at_most": self._limits.unpacked, "lines_at_most": lines_at_most}
        if not self._limits.is_apart or not settings.READ_FILES_APART:
            return sheets.read_workbook(data, **given)
        return read_apart("evaltracker.importing.sheets:read_workbook", FileProblem, data, **given)

    def _add(self, piece: _Piece, is_only_file: bool) -> None:
        """Add the table of a piece. Raises FileProblem, for an unknown one only unless these are left out."""
        kind = (self._kind if is_only_file and piece.is_alone else None) or piece.kind
        is_json = _ending(piece.file) == "json"
        if kind is None and is_json and piece.stem.casefold() == SEARCHES:
            self._searches.append((piece.file, piece.content))
        elif kind is None and piece.is_alone:
            words = f"the name does not tell what it holds. {_NAME_IT}"
            self._leave_out(words, f"Left out, for its name tells no kind: {piece.file}.")
        elif kind is None:
            words = f"The title of the sheet “{piece.title}” does not tell what it holds. {_NAME_IT}"
            self._leave_out(words, f"Left out: the sheet “{piece.title}” of {piece.file}.")
        else:
            make = objects.to_table if is_json else table_of
            try:
                table = make(piece.name, kind, piece.content, self._is_left_out)
            except FileProblem as problem:
                raise problem if piece.is_alone else FileProblem(f"Sheet “{piece.title}”: {problem}") from problem
            is_empty_allowed = self._limits.is_empty_allowed or (is_json and not is_only_file) or not piece.is_alone
            if not table.rows and not is_empty_allowed:
                raise FileProblem("Its list is empty." if is_json else "It has no rows below its header.")
            if other := next((each for each in self._found.tables if each.kind is kind), None):
                raise FileProblem(f"{other.name} and {table.name} both hold {kind.label}: leave one of them out.")
            if table.rows or piece.is_alone:  # a blank sheet of a workbook says nothing
                self._found.tables.append(table)

    def _leave_out(self, problem: str, note: str) -> None:
        """Leave out what is not known, and note it; raises FileProblem unless that was chosen."""
        if not self._is_left_out:
            raise FileProblem(f"{problem} {_OR_LEAVE_OUT}")
        self._found.notes.append(note)

    def _models(self, name: str) -> Table:
        """The table of the releases, to which searches belong; a new one if no file holds them."""
        models = next((table for table in self._found.tables if table.kind.model is AIModel), None)
        if models is None:
            models = Table(name, next(kind for kind in KINDS if kind.model is AIModel), [], objects.RECORD)
            self._found.tables.append(models)
        return models


# --- a sheet as a table ------------------------------------------------------------------------------------


def table_of(name: str, kind: FileKind, lines: Sequence[Line], is_left_out: bool) -> Table:
    """The rows of a sheet below the row that names its columns. Raises FileProblem."""
    start = _header_place(kind, lines)
    header, lines = lines[start], lines[start + 1 :]
    columns = [_column(kind, text) for text in header.texts]
    while columns and not columns[-1]:
        columns.pop()
    table = Table(name, kind, [])
    if start:
        table.notes.append(f"The table begins in row {header.number}; what stands above it is left out.")
    _check_header(table, columns, header.number, is_left_out)
    table.rows += [_row(kind, columns, line, is_whole=_ending(name) == "csv") for line in lines]
    if hidden := [str(line.number) for line in lines if line.is_hidden]:
        table.notes.append(f"These rows are hidden, and are read too: {first_of(hidden, NAMED_AT_MOST)}.")
    return table


def _column(kind: FileKind, text: str) -> str:
    name = re.sub(r"[\s-]+", "_", text.strip().casefold())
    return kind.desk_names.get(name, name)


def _is_read(kind: FileKind, column: str) -> bool:
    is_citation = "citations" in kind.fields and CITATION.fullmatch(column)
    return column in (KEY, CHANGED_AT, AS_OF) or column in kind.fields or bool(is_citation)


def _header_place(kind: FileKind, lines: Sequence[Line]) -> int:
    """The first row that names at least two columns, or nothing else; else the first row."""
    for place, line in enumerate(lines[:HEADER_WITHIN]):
        names = [_column(kind, text) for text in line.texts if text.strip()]
        known = sum(_is_read(kind, name) or name in kind.derived for name in names)
        if known >= 2 or known == len(names) > 0:
            return place
    return 0


def _check_header(table: Table, columns: Sequence[str], number: int, is_left_out: bool) -> None:
    """Refuse a header without a key, with repeated or unknown columns; note what is left out."""
    kind, allowed = table.kind, ", ".join([KEY, *table.kind.fields, CHANGED_AT])
    if len(columns) > COLUMNS_AT_MOST:
        raise FileProblem(f"It has more than {COLUMNS_AT_MOST} columns.")
    if twice := sorted({name for name in columns if name and columns.count(name) > 1}):
        raise FileProblem(f"These columns are repeated: {', '.join(twice)}.")
    if KEY not in columns and "score_low" in columns:
        raise FileProblem(
            "This is the table of scorecards, whose figures follow from the records. The labs themselves are "
            f"exported and imported here with the columns {allowed}."
        )
    if KEY not in columns:
        raise FileProblem(f"It has no column “{KEY}”. Row {number} has to name the columns: {allowed}.")
    derived = [name for name in columns if name in kind.derived]
    unknown = [name for name in columns if name and name not in derived and not _is_read(kind, name)]
    if unknown and not is_left_out:
        words = f"{kind.label.capitalize()} have no column {', '.join(f'“{name}”' for name in unknown)}."
        raise FileProblem(f"{words} Allowed: {allowed}. {_OR_LEAVE_OUT}")
    if unknown:
        table.notes.append(f"Left out, for there are no such columns: {', '.join(unknown)}.")
    if derived:
        table.notes.append(f"Not read, for the site derives them: {', '.join(derived)}.")


def _row(kind: FileKind, columns: Sequence[str], line: Line, *, is_whole: bool) -> Row:
    texts, row = line.texts, Row(line.number, {})
    names = {get_column_letter(place): name for place, name in enumerate(columns, start=1)}
    row.refuse(*(Problem(names.get(letter) or letter, words, PASTE_VALUES) for letter, words in line.problems))
    row.doubts += (Problem(names.get(letter) or letter, words) for letter, words in line.doubts)
    if any(text.strip() for text in texts[len(columns) :]):
        row.refuse(Problem("", f"It has {len(texts)} cells, and the header has {len(columns)}.", "as many"))
    if len(texts) < len(columns) and is_whole:  # a row of a workbook may end early
        row.refuse(Problem("", f"It has only {len(texts)} of {len(columns)} cells.", "as many as the header"))
    for place, column in enumerate(columns):
        text = plain(texts[place]) if place < len(texts) else ""
        if not column and text:
            raise FileProblem(f"Column {get_column_letter(place + 1)} has no name, but row {line.number} fills it.")
        if _is_read(kind, column):
            row.cells[column] = text
    return row
