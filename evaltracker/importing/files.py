"""Files of records, one or several, a zip or a workbook, read into one table for each kind."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from openpyxl.utils import get_column_letter

from evaltracker.exporting.kinds import CHANGED_AT, KEY
from evaltracker.importing.kinds import KINDS, FileKind, kind_by_file_name
from evaltracker.importing.tables import RECORD, ROW, Added, Problem, Row, Table, first_of
from evaltracker.importing.values import names_of
from labs.actions import sheets
from labs.actions.apart import read_apart
from labs.actions.sheets import COLUMNS_AT_MOST, MIB, PASTE_VALUES, FileProblem, Line
from labs.models import AIModel
from labs.rules.csv_cells import plain

HEADER_WITHIN = 30  # rows above a table
NAMED_AT_MOST = 20
GUIDE_SHEETS = ("read me", "choices")
"""The sheets of our own templates that hold no records."""
ENDINGS = ("csv", "xlsx", "ods", "json")
SEARCHES = "searches"
"""The name of the JSON file of searches, which belong to releases; and the column of them."""
_OR_LEAVE_OUT = "Or choose to leave out what is not known."
_NAME_IT = f"Name it after one of: {', '.join(kind.name for kind in KINDS)}."


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read at once. At the desk no file is empty, and a workbook is read in a process that can be ended."""

    size: int
    rows: int
    unpacked: int
    is_desk: bool = True


# In a request: to confirm 1,000 rows takes a few seconds.
DESK = Limits(size=10 * MIB, rows=1_000, unpacked=200 * MIB)
SHELL = Limits(size=100 * MIB, rows=10_000, unpacked=1000 * MIB, is_desk=False)


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


def ending_of(name: str) -> str:
    """What a file is, as its name says."""
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
        for name, data in opened:
            try:
                self._read(name, data, is_alone)
            except FileProblem as problem:
                raise problem if is_alone and opened == files else FileProblem(f"{name}: {problem}") from problem
        for name, searches in self._searches:
            self._add_searches(name, searches)
        if not (tables := self._found.tables):
            raise FileProblem("There is no table of records in it.")
        if sum(len(table.rows) for table in tables) > self._limits.rows:
            word = tables[0].row_word
            raise FileProblem(f"It has more than {self._limits.rows:,} {word}s. Split it into several files.")
        return self._found

    def _unzipped(self, name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
        if ending_of(name) != "zip":
            yield name, data
            return
        archive = sheets.open_archive(data, self._limits.unpacked, "It is not a zip that can be read.")
        for part in archive.infolist():
            path = PurePosixPath(part.filename.replace("\\", "/"))
            if part.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts:
                continue
            if ending_of(path.name) not in ENDINGS:
                self._found.notes.append(f"Left out, for it is no table: {path.name}.")
                continue
            try:
                yield path.name, archive.read(part)  # nothing is written under the name in the archive
            except Exception as error:
                raise FileProblem(f"{name} is not a zip that can be read.") from error

    def _read(self, name: str, data: bytes, is_only_file: bool) -> None:
        """Add the tables of a file. Raises FileProblem, for what is not known unless that is left out."""
        if (ending := ending_of(name)) not in ENDINGS:
            words = "It has to be a .csv, an .xlsx, an .ods or a .json file, or a zip of such files, as its name says."
            return self._leave_out(words, f"Left out, for it is no table: {name}.")
        found = self._sheets(ending, data)
        for title, content in found:
            is_alone = len(found) == 1
            try:
                self._add(name, title, content, is_alone, is_only_file)
            except FileProblem as problem:
                raise problem if is_alone else FileProblem(f"Sheet “{title}”: {problem}") from problem

    def _sheets(self, ending: str, data: bytes) -> list[tuple[str, list[Any]]]:
        """The lines of each sheet, or the records of a JSON file, after the title of the sheet."""
        if not data.strip():
            raise FileProblem("It is empty.")
        is_apart = self._limits.is_desk and settings.READ_FILES_APART
        if ending == "json":
            most = self._limits.rows + 1
            if is_apart and len(data) > MIB:  # a shorter one is read sooner than another process starts
                return [("", read_apart("labs.actions.sheets:read_json", FileProblem, data, records_at_most=most))]
            return [("", sheets.read_json(data, most))]
        # One more than are taken, below the deepest header: a longer table is refused, and not cut.
        most = self._limits.rows + HEADER_WITHIN + 1
        given = {"ending": ending, "unpacked_at_most": self._limits.unpacked, "lines_at_most": most}
        if ending == "csv":
            found = sheets.read_csv(data, most)
        elif is_apart:
            found = read_apart("labs.actions.sheets:read_workbook", FileProblem, data, **given)
        else:
            found = sheets.read_workbook(data, **given)
        found = [(title, [Line(*line) for line in lines]) for title, lines in found
                 if title.strip().casefold() not in GUIDE_SHEETS]  # fmt: skip
        if not any(lines for _, lines in found):
            raise FileProblem("It is empty: a row has to name the columns.")
        return found

    def _add(self, name: str, title: str, content: list[Any], is_alone: bool, is_only_file: bool) -> None:
        """Add the lines of a sheet, or the records of a JSON file. Its name or its title tells what it holds."""
        stem, is_json = name.rpartition(".")[0], ending_of(name) == "json"
        kind = (kind_by_file_name(stem) if is_alone else None) or kind_by_file_name(title)
        kind = self._kind if self._kind and is_alone and is_only_file else kind
        place, what = (name, "name") if is_alone else (f"{name}, sheet “{title}”", "title")
        if kind is None and is_json and stem.casefold() == SEARCHES:
            self._searches.append((name, content))
        elif kind is None:
            words = f"The {what} does not tell what it holds. {_NAME_IT}"
            self._leave_out(words, f"Left out, for its {what} tells no kind: {place}.")
        else:
            table = Table(place, kind, [], RECORD if is_json else ROW)
            (self._fill_from_json if is_json else self._fill)(table, content)
            if other := next((each for each in self._found.tables if each.kind is kind), None):
                raise FileProblem(f"{other.name} and {table.name} both hold {kind.label}: leave one of them out.")
            if not table.rows and is_alone and self._limits.is_desk and (is_only_file or not is_json):
                raise FileProblem("Its list is empty." if is_json else "It has no rows below its header.")
            if table.rows or is_alone:  # a blank sheet of a workbook says nothing
                self._found.tables.append(table)

    def _leave_out(self, problem: str, note: str) -> None:
        """Leave out what is not known, and note it; raises FileProblem unless that was chosen."""
        if not self._is_left_out:
            raise FileProblem(f"{problem} {_OR_LEAVE_OUT}")
        self._found.notes.append(note)

    # --- JSON ----------------------------------------------------------------------------------------------

    def _fill_from_json(self, table: Table, records: list[Mapping[str, Any]]) -> None:
        """Add the records of a list in the format of the curated data."""
        known = names_of(table.kind)
        self._check_names(table, dict.fromkeys(name for record in records for name in record), known)
        for number, record in enumerate(records, start=1):
            table.rows.append(Row(number, {name: value for name, value in record.items() if name in known}))

    def _add_searches(self, name: str, searches: list[Mapping[str, Any]]) -> None:
        """Add the searches of a file of their own to the releases that they name, whether or not a file holds these."""
        models = next((table for table in self._found.tables if table.kind.model is AIModel), None)
        if models is None:
            models = Table(name, next(kind for kind in KINDS if kind.model is AIModel), [], RECORD)
            self._found.tables.append(models)
        by_key = {row.cells.get(KEY): row for row in models.rows if isinstance(row.cells.get(KEY), str)}
        for number, search in enumerate(searches, start=1):
            key = key if isinstance(key := search.get("model"), str) else ""  # which no row may have
            if key not in by_key:
                by_key[key] = Row(number, {KEY: key})
                models.rows.append(by_key[key])
            given = by_key[key].cells[SEARCHES] = by_key[key].cells.get(SEARCHES) or Added()
            if isinstance(given, list):
                given.append({each: value for each, value in search.items() if each != "model"})
            else:
                by_key[key].refuse(Problem(SEARCHES, f"It has searches here and in {name}.", "one of the two"))
        models.notes.append(f"With {len(searches):,} searches of {name}.")

    # --- a sheet -------------------------------------------------------------------------------------------

    def _fill(self, table: Table, lines: Sequence[Line]) -> None:
        """Add the rows of a sheet below the row that names its columns."""
        start = _header_place(table.kind, lines)
        header, lines = lines[start], lines[start + 1 :]
        columns = [_column(table.kind, text) for text in header.texts]
        while columns and not columns[-1]:
            columns.pop()
        if start:
            table.notes.append(f"The table begins in row {header.number}; what stands above it is left out.")
        self._check_header(table, columns, header.number)
        table.rows += [_row(table.kind, columns, line, is_whole=ending_of(table.name) == "csv") for line in lines]
        if hidden := [str(line.number) for line in lines if line.is_hidden]:
            table.notes.append(f"These rows are hidden, and are read too: {first_of(hidden, NAMED_AT_MOST)}.")

    def _check_header(self, table: Table, columns: Sequence[str], number: int) -> None:
        """Refuse a header without a key, or with repeated or unknown columns."""
        known = [KEY, *table.kind.fields, CHANGED_AT]
        if len(columns) > COLUMNS_AT_MOST:
            raise FileProblem(f"It has more than {COLUMNS_AT_MOST} columns.")
        if twice := sorted({name for name in columns if name and columns.count(name) > 1}):
            raise FileProblem(f"These columns are repeated: {', '.join(twice)}.")
        if KEY not in columns:
            words = f"It has no column “{KEY}”."
            if "score_low" in columns:
                words = (
                    "This is the table of scorecards, whose figures follow from the records. Labs are another table."
                )
            raise FileProblem(f"{words} Row {number} has to name the columns: {', '.join(known)}.")
        self._check_names(table, [name for name in columns if name and not table.kind.is_read(name)], known)

    def _check_names(self, table: Table, names: Iterable[str], known: Sequence[str]) -> None:
        """Note columns or fields that are not read. Raises FileProblem for unknown ones, unless these are left out."""
        kind, what = table.kind, "column" if table.row_word == ROW else "field"
        names = [name for name in names if name not in known]
        unknown = ", ".join(f"“{name}”" for name in names if name not in kind.derived)
        if unknown and not self._is_left_out:
            words = f"{kind.label.capitalize()} have no {what} {unknown}."
            raise FileProblem(f"{words} Allowed: {', '.join(known)}. {_OR_LEAVE_OUT}")
        if unknown:
            table.notes.append(f"Left out, for there are no such {what}s: {unknown}.")
        if derived := [name for name in names if name in kind.derived]:
            table.notes.append(f"Not read, for the site derives them: {', '.join(derived)}.")


def _column(kind: FileKind, text: str) -> str:
    name = re.sub(r"[\s-]+", "_", text.strip().casefold())
    return kind.desk_names.get(name, name)


def _header_place(kind: FileKind, lines: Sequence[Line]) -> int:
    """The first row that names at least two columns, or nothing else; else the first row."""
    for place, line in enumerate(lines[:HEADER_WITHIN]):
        names = [_column(kind, text) for text in line.texts if text.strip()]
        known = sum(kind.is_read(name) or name in kind.derived for name in names)
        if known >= 2 or known == len(names) > 0:
            return place
    return 0


def _row(kind: FileKind, columns: Sequence[str], line: Line, *, is_whole: bool) -> Row:
    texts, row = line.texts, Row(line.number, {})
    names = {get_column_letter(place): name for place, name in enumerate(columns, start=1)}
    row.refuse(*(Problem(names.get(letter) or letter, words, PASTE_VALUES) for letter, words in line.problems))
    row.doubts += (Problem(names.get(letter) or letter, words) for letter, words in line.doubts)
    is_short = len(texts) < len(columns) and is_whole  # a row of a workbook may end early
    if is_short or any(text.strip() for text in texts[len(columns) :]):
        row.refuse(Problem("", f"It has {len(texts)} cells, and the header has {len(columns)}.", "as many"))
    for place, column in enumerate(columns):
        text = plain(texts[place]) if place < len(texts) else ""
        if not column and text:
            raise FileProblem(f"Column {get_column_letter(place + 1)} has no name, but row {line.number} fills it.")
        if kind.is_read(column):
            row.cells[column] = text
    return row
