"""The rows of sheets: CSV, XLSX and ODS as texts, with what spreadsheet programs change undone or named."""

import csv
import datetime as dt
import io
import json
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils import get_column_letter

MIB = 1024 * 1024
COLUMNS_AT_MOST = 200
ROWS_THERE_ARE = 1_048_576  # in any sheet
PARTS_AT_MOST = 2_000  # files in a workbook or another archive
PASTE_VALUES = "the value itself: copy the column and paste it as values"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # how .xls begins, and an .xlsx behind a password
_NOT_A_WORKBOOK = (
    "It is not a workbook that can be read. Save it as an Excel workbook (.xlsx) once more, or as CSV (UTF-8)."
)
_HIDDEN_ROW = re.compile(rb'<row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="(\d+)"')
_UNSHOWN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


class FileProblem(Exception):
    """A file that cannot be read as a table of records; the message says why and how to solve it."""


class Line(NamedTuple):
    """A row of a sheet that is not empty: its number, its texts, and what is wrong with or odd about a cell.

    Each of these is the letter of its column, and a sentence.
    """

    number: int
    texts: list[str]
    problems: Sequence[Sequence[str]] = ()
    doubts: Sequence[Sequence[str]] = ()
    is_hidden: bool = False


Sheets = list[tuple[str, list[Line]]]
"""The lines of each sheet that has some, after its title, which is empty where the format has no sheets."""


# --- CSV and JSON ------------------------------------------------------------------------------------------

LONGEST_CELL = 131_072
"""What the csv module takes unless a library raises its limit, which is one for the whole process."""


def read_csv(data: bytes, lines_at_most: int) -> Sheets:
    """The rows of a CSV file in UTF-8 or UTF-16, parted by commas, semicolons or tabs, so many at most.

    Raises FileProblem.
    """
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileProblem(
            f"It is not in UTF-8 (byte {error.start + 1}). In a spreadsheet program choose “CSV UTF-8” when saving."
        ) from error
    if "\0" in text:
        raise FileProblem("It holds zero bytes, so it is no text file in UTF-8.")
    above, delimiter = 0, max(",;\t", key="\n".join(text.split("\n", 20)[:20]).count)
    if match := re.match(r"sep=(.)\r?\n", text):  # Excel's own first line
        text, delimiter, above = text[match.end() :], match[1], 1
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[Line] = []
    try:
        for number, values in enumerate(rows, start=1 + above):
            if any(len(value) > LONGEST_CELL for value in values):
                raise csv.Error(f"field larger than {LONGEST_CELL} characters")
            if any(value.strip() for value in values):
                lines.append(Line(number, values))
            if len(lines) == lines_at_most:
                break
    except csv.Error as error:
        raise FileProblem(f"Line {rows.line_num + above} is not CSV: {error}.") from error
    return [("", lines)]


VALUES_OF_A_RECORD = 200
"""So many values a JSON file holds for each record that it may have, on the whole."""


def read_json(content: bytes, records_at_most: int) -> list[dict[str, Any]]:
    """The records of a JSON file, each an object, so many at most. Raises FileProblem."""
    try:
        records = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileProblem(f"It is not in UTF-8 (byte {error.start + 1}).") from error
    except (ValueError, RecursionError) as error:  # not JSON, or numbers too long, or nested too deep
        raise FileProblem(f"It is not JSON: {error}.") from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise FileProblem("It has to be one list of records, each an object in braces.")
    records = records[:records_at_most]
    if next(islice(_values_in(records), records_at_most * VALUES_OF_A_RECORD, None), None) is not None:
        most = records_at_most * VALUES_OF_A_RECORD
        raise FileProblem(f"It holds more than {most:,} values. Split it into several files.")
    return records


def _values_in(value: Any) -> Iterator[Any]:
    """Each list, object and value within a value."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict | list):
            waiting += each.values() if isinstance(each, dict) else each
        yield True


# --- XLSX --------------------------------------------------------------------------------------------------


def read_workbook(content: bytes, ending: str, unpacked_at_most: int, lines_at_most: int) -> Sheets:
    """The sheets that have rows, each with so many at most. A formula is a problem, as its stored result may be stale.

    Raises FileProblem for a file that is no workbook, locked or too large.
    """
    archive = open_archive(content, unpacked_at_most)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on styles and validations that openpyxl does not know
            found = _ods_sheets(archive.read("content.xml")) if ending == "ods" else _xlsx_sheets(content, archive)
            sheets = [(title, list(islice(filter(None, lines), lines_at_most))) for title, lines in found]
            return [(title, lines) for title, lines in sheets if lines]
    except FileProblem:
        raise
    except Exception as error:  # a broken file can raise anything in a library
        raise FileProblem(_NOT_A_WORKBOOK) from error


def open_archive(data: bytes, unpacked_at_most: int, otherwise: str = _NOT_A_WORKBOOK) -> zipfile.ZipFile:
    """A zip archive whose parts are small enough to be read. Raises FileProblem for any other file."""
    if data.startswith(_OLD_OFFICE):
        raise FileProblem("It is protected by a password, or an old .xls. Save it as .xlsx without one, or as CSV.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise FileProblem(otherwise) from error
    parts = archive.infolist()
    if len(parts) > PARTS_AT_MOST:
        raise FileProblem(f"It holds {len(parts):,} files; at most {PARTS_AT_MOST:,} are read.")
    if sum(part.file_size for part in parts) > unpacked_at_most:
        raise FileProblem(f"Unpacked it is larger than {unpacked_at_most // MIB} MiB.")
    if any(part.flag_bits & 1 for part in parts):
        raise FileProblem("It is protected by a password. Save it without one.")
    return archive


Lines = Iterator[Line | None]
Cell = tuple[Any, str]
"""A value and what of a number is shown: a number format, or one of the two words below."""
FORMULA, ERROR = "a formula", "an error"


def _xlsx_sheets(data: bytes, archive: zipfile.ZipFile) -> Iterator[tuple[str, Lines]]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    for sheet in book.worksheets:
        with archive.open(sheet._worksheet_path.lstrip("/")) as part:
            hidden = {int(number) for number in _HIDDEN_ROW.findall(part.read())}
        sheet.reset_dimensions()  # the size in the file may be wrong
        yield sheet.title, (_line(number, map(_xlsx_cell, cells), number in hidden)
                            for number, cells in enumerate(sheet.iter_rows(), start=1)
                            if cells or number > ROWS_THERE_ARE)  # fmt: skip


def _xlsx_cell(cell: Any) -> Cell:
    if cell.value is None:
        return None, ""
    return cell.value, {"f": FORMULA, "e": ERROR}.get(cell.data_type) or str(cell.number_format)


def _line(number: int, cells: Iterable[Cell], is_hidden: bool) -> Line | None:
    """A row of a sheet; None if it is empty. Raises FileProblem for what no table has.

    A program adds the current year where somebody typed a day and a month: such a day is doubtful.
    """
    if number > ROWS_THERE_ARE:
        raise FileProblem(f"It has rows below row {ROWS_THERE_ARE:,}, which no sheet has.")
    texts, problems, doubts = list[str](), list[list[str]](), list[list[str]]()
    for place, (value, shown) in enumerate(cells):
        letter = get_column_letter(place + 1)
        if value is not None and place >= COLUMNS_AT_MOST:
            raise FileProblem(f"Cell {letter}{number} lies beside the table. Empty it.")
        if shown in (FORMULA, ERROR):
            problems.append([letter, f"It holds {shown}{f': {value}' if shown == ERROR else ''}."])
            value = None
        text = "" if value is None else text_of(value, shown)
        if isinstance(value, dt.date) and {"d", "m"} & (parts := set(_shown(shown))) and "y" not in parts:
            doubts.append([letter, f"The cell shows no year, and was read as {text}. Is that the year?"])
        texts.append(text)
    is_filled = problems or any(text.strip() for text in texts)
    return Line(number, texts, problems, doubts, is_hidden) if is_filled else None


def text_of(value: Any, number_format: str = "") -> str:
    """A cell for people to read: a day as 2024-05-24, yes for true, a whole number without a decimal point.

    Programs store a month as its first day and display the month: the text is as displayed.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        shown = _shown(number_format)
        if "y" not in shown or "d" in shown:
            return value.isoformat()
        return f"{value:%Y-%m}" if "m" in shown else f"{value:%Y}"
    if isinstance(value, dt.datetime | dt.time):
        return value.isoformat()
    return str(value)


def _shown(number_format: str) -> str:
    """The part of a number format that says what of a day is displayed."""
    return _UNSHOWN.sub("", str(number_format)).casefold().partition(";")[0]


# --- ODS ---------------------------------------------------------------------------------------------------

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"


def _ods_sheets(content: bytes) -> Iterator[tuple[str, Lines]]:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise FileProblem(_NOT_A_WORKBOOK)
    root = ElementTree.fromstring(content)  # noqa: S314 - without entities; its size is bounded by the caller
    for each in root.iter():  # blanks, tabs and line breaks are elements of their own
        if each.tag == f"{_TEXT}s":
            each.text = " " * min(int(each.get(f"{_TEXT}c", 1)), 1000)
        elif each.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            each.text = "\t" if each.tag == f"{_TEXT}tab" else "\n"
    dates = {
        style.get(f"{_STYLE}name"): "".join(part.tag.removeprefix(_NUMBER)[0] for part in style)
        for style in root.iter(f"{_NUMBER}date-style")
    }
    formats = {
        style.get(f"{_STYLE}name"): dates.get(style.get(f"{_STYLE}data-style-name"), "")
        for style in root.iter(f"{_STYLE}style")
    }
    for table in root.iter(f"{_TABLE}table"):
        yield table.get(f"{_TABLE}name", ""), _ods_lines(table, formats)


def _ods_lines(table: Any, formats: dict[Any, str]) -> Lines:
    columns = [each for each, _ in _repeated(table.iter(f"{_TABLE}table-column"))]
    number = 1
    for row in table.iter(f"{_TABLE}table-row"):
        cells = (each for each in row if each.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"))
        found = (_ods_cell(each, formats, columns[place:place + 1]) for each, place in _repeated(cells))  # fmt: skip
        line = _line(number, found, row.get(f"{_TABLE}visibility") in ("collapse", "filter"))
        times = int(row.get(f"{_TABLE}number-rows-repeated", 1))
        yield from (line._replace(number=number + more) for more in range(times) if line)
        number += times


def _repeated(elements: Iterable[Any]) -> Iterator[tuple[Any, int]]:
    """The columns, or the cells of a row, each as often as it says, with its place."""
    place = 0
    for each in elements:
        for _ in range(min(int(each.get(f"{_TABLE}number-columns-repeated", 1)), COLUMNS_AT_MOST + 1)):
            yield each, place
            place += 1


def _ods_cell(cell: Any, formats: dict[Any, str], column: Sequence[Any]) -> Cell:
    if cell.get(f"{_TABLE}formula"):
        return "", FORMULA
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind == "date":
        style = cell.get(f"{_TABLE}style-name") or (column[0].get(f"{_TABLE}default-cell-style-name") if column else "")
        return dt.datetime.fromisoformat(cell.get(f"{_OFFICE}date-value")), formats.get(style) or "yyyymmdd"
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true", ""
    if kind in ("float", "percentage", "currency"):
        return float(cell.get(f"{_OFFICE}value", "")), ""
    return "\n".join("".join(each.itertext()) for each in cell.iterfind(f"{_TEXT}p")) or None, ""
