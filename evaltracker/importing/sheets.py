"""The rows of sheets: CSV, XLSX and ODS as texts, with what spreadsheet programs change undone or named."""

import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field
from itertools import islice
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils import get_column_letter

from evaltracker.importing.problems import FileProblem, Problem

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


@dataclass(slots=True)
class Line:
    """A row of a sheet that is not empty: its number, its texts, and what is wrong with or odd about a place in it."""

    number: int
    texts: list[str]
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    doubts: list[tuple[int, Problem]] = field(default_factory=list)
    is_hidden: bool = False


@dataclass(slots=True)
class Sheet:
    """A sheet with rows. Its title is empty where the format has no sheets; ``is_ragged``: a row may end early."""

    title: str
    lines: Iterator[Line]
    is_ragged: bool = True


def read_sheets(*, content: bytes, ending: str, unpacked_at_most: int, lines_at_most: int) -> list[Any]:
    """The sheets of a workbook as plain JSON, for a process of its own; ``sheets_of`` makes them sheets again."""
    found = READERS[ending](content, unpacked_at_most, lines_at_most)
    return [[sheet.title, [astuple(line) for line in sheet.lines], sheet.is_ragged] for sheet in found]


def sheets_of(plain: list[Any]) -> list[Sheet]:
    """The sheets that ``read_sheets`` wrote."""
    return [Sheet(title, (_line(*line) for line in lines), is_ragged) for title, lines, is_ragged in plain]


def _line(number: int, texts: list[str], problems: Any, doubts: Any, is_hidden: bool) -> Line:
    found = ([(place, Problem(*each)) for place, each in rows] for rows in (problems, doubts))
    return Line(number, texts, *found, is_hidden)


# --- CSV ---------------------------------------------------------------------------------------------------


def read_csv(data: bytes) -> list[Sheet]:
    """The rows of a CSV file in UTF-8 or UTF-16, parted by commas, semicolons or tabs. Raises FileProblem."""
    text = _decoded(data)
    if "\0" in text:
        raise FileProblem("It holds zero bytes, so it is no text file in UTF-8.")
    above, delimiter = 0, ""
    if match := re.match(r"sep=(.)\r?\n", text):  # Excel's own first line
        text, delimiter, above = text[match.end() :], match[1], 1
    head = "\n".join(text.split("\n", 20)[:20])
    delimiter = delimiter or max(",;\t", key=head.count)
    return [Sheet("", _csv_lines(text, delimiter, above), is_ragged=False)]


def _decoded(data: bytes) -> str:
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return data.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileProblem(
            f"It is not in UTF-8 (byte {error.start + 1}). In a spreadsheet program choose “CSV UTF-8” when saving."
        ) from error


LONGEST_CELL = 131_072
"""What the csv module takes unless a library raises its limit, which is one for the whole process."""


def _csv_lines(text: str, delimiter: str, above: int) -> Iterator[Line]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, values in enumerate(rows, start=1 + above):
            if any(len(value) > LONGEST_CELL for value in values):
                raise FileProblem(
                    f"Line {rows.line_num + above} is not CSV: field larger than {LONGEST_CELL} characters."
                )
            if any(value.strip() for value in values):
                yield Line(number, values)
    except csv.Error as error:
        raise FileProblem(f"Line {rows.line_num + above} is not CSV: {error}.") from error


# --- XLSX --------------------------------------------------------------------------------------------------


def read_xlsx(data: bytes, unpacked_at_most: int, lines_at_most: int) -> list[Sheet]:
    """The sheets that have rows, each with so many at most. A formula is a problem, as its stored result may be stale.

    Raises FileProblem for a file that is no workbook, locked or too large.
    """
    archive = open_archive(data, unpacked_at_most)
    return _guarded(lambda: _xlsx_sheets(data, archive, lines_at_most))


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


def _guarded(read: Callable[[], list[Sheet]]) -> list[Sheet]:
    """What a function reads of a workbook. A broken file can raise anything in a library."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on styles and validations that openpyxl does not know
            return read()
    except FileProblem:
        raise
    except Exception as error:
        raise FileProblem(_NOT_A_WORKBOOK) from error


def _xlsx_sheets(data: bytes, archive: zipfile.ZipFile, lines_at_most: int) -> list[Sheet]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    try:
        found = []
        for sheet in book.worksheets:
            with archive.open(sheet._worksheet_path.lstrip("/")) as part:
                hidden = {int(number) for number in _HIDDEN_ROW.findall(part.read())}
            if lines := list(islice(_xlsx_lines(sheet, hidden), lines_at_most)):
                found.append(Sheet(sheet.title, iter(lines)))
        return found
    finally:
        book.close()


def _xlsx_lines(sheet: Any, hidden: set[int]) -> Iterator[Line]:
    sheet.reset_dimensions()  # the size in the file may be wrong
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > ROWS_THERE_ARE:
            raise FileProblem(f"It has rows below row {ROWS_THERE_ARE:,}, which no sheet has.")
        line = Line(number, [], is_hidden=number in hidden)
        for place, each in enumerate(cells):
            if each.value is None:
                line.texts.append("")
                continue
            _check_place(place, number)
            if each.data_type == "f":
                line.problems.append((place, Problem("", "It holds a formula.", PASTE_VALUES)))
            elif each.data_type == "e":
                line.problems.append((place, Problem("", f"It holds an error: {each.value}.", PASTE_VALUES)))
            text = "" if each.data_type in ("f", "e") else text_of(each.value, each.number_format)
            if doubt := _doubt(each.value, each.number_format):
                line.doubts.append((place, Problem("", doubt)))
            line.texts.append(text)
        if any(text.strip() for text in line.texts) or line.problems:
            yield line


def _check_place(place: int, number: int) -> None:
    if place >= COLUMNS_AT_MOST:
        raise FileProblem(f"Cell {get_column_letter(place + 1)}{number} lies beside the table. Empty it.")


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


def _doubt(value: Any, number_format: str) -> str:
    """What is doubtful about a day: a program adds the current year where somebody typed a day and a month."""
    shown = _shown(number_format)
    if not isinstance(value, dt.date) or "y" in shown or not {"d", "m"} & set(shown):
        return ""
    return f"The cell shows no year, and was read as {text_of(value)}. Is that the year?"


# --- ODS ---------------------------------------------------------------------------------------------------

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"


def read_ods(data: bytes, unpacked_at_most: int, lines_at_most: int) -> list[Sheet]:
    """The sheets of an OpenDocument spreadsheet that have rows, as ``read_xlsx``."""
    archive = open_archive(data, unpacked_at_most)
    return _guarded(lambda: _ods_sheets(archive.read("content.xml"), lines_at_most))


def _ods_sheets(content: bytes, lines_at_most: int) -> list[Sheet]:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise FileProblem(_NOT_A_WORKBOOK)
    root = ElementTree.fromstring(content)  # noqa: S314 - without entities; its size is bounded by the caller
    dates = {
        style.get(f"{_STYLE}name"): "".join(part.tag.removeprefix(_NUMBER)[0] for part in style)
        for style in root.iter(f"{_NUMBER}date-style")
    }
    formats = {
        style.get(f"{_STYLE}name"): dates.get(style.get(f"{_STYLE}data-style-name"), "")
        for style in root.iter(f"{_STYLE}style")
    }
    found = []
    for table in root.iter(f"{_TABLE}table"):
        if lines := list(islice(_ods_lines(table, formats), lines_at_most)):
            found.append(Sheet(table.get(f"{_TABLE}name", ""), iter(lines)))
    return found


def _ods_lines(table: Any, formats: dict[Any, str]) -> Iterator[Line]:
    number = 0
    columns = [each.get(f"{_TABLE}default-cell-style-name") for each in table.iter(f"{_TABLE}table-column")
               for _ in range(min(int(each.get(f"{_TABLE}number-columns-repeated", 1)), COLUMNS_AT_MOST))]  # fmt: skip
    for row in table.iter(f"{_TABLE}table-row"):
        times = int(row.get(f"{_TABLE}number-rows-repeated", 1))
        line = Line(number + 1, [], is_hidden=row.get(f"{_TABLE}visibility") in ("collapse", "filter"))
        for each in row:
            if each.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                continue
            text, problem, doubt = _ods_cell(each, formats, columns, len(line.texts))
            repeated = int(each.get(f"{_TABLE}number-columns-repeated", 1))
            if not text and not problem:
                line.texts += [""] * min(repeated, COLUMNS_AT_MOST + 1)
                continue
            _check_place(len(line.texts) + repeated - 1, line.number)
            if problem:
                line.problems.append((len(line.texts), problem))
            if doubt:
                line.doubts.append((len(line.texts), Problem("", doubt)))
            line.texts += [text] * repeated
        if any(text.strip() for text in line.texts) or line.problems:
            for repeat in range(times):
                if number + repeat >= ROWS_THERE_ARE:
                    raise FileProblem(f"It has rows below row {ROWS_THERE_ARE:,}, which no sheet has.")
                yield Line(number + 1 + repeat, line.texts, line.problems, line.doubts, line.is_hidden)
        number += times


def _ods_cell(cell: Any, formats: dict[Any, str], columns: list[Any], place: int) -> tuple[str, Problem | None, str]:
    """The text of a cell, the problem with it, and what is doubtful about it."""
    if cell.get(f"{_TABLE}formula"):
        return "", Problem("", "It holds a formula.", PASTE_VALUES), ""
    kind, value = cell.get(f"{_OFFICE}value-type", ""), cell.get(f"{_OFFICE}value", "")
    if kind == "date":
        style = cell.get(f"{_TABLE}style-name") or (columns[place] if place < len(columns) else None)
        number_format = formats.get(style) or "yyyymmdd"
        day = dt.datetime.fromisoformat(cell.get(f"{_OFFICE}date-value"))
        return text_of(day, number_format), None, _doubt(day, number_format)
    if kind == "boolean":
        return text_of(cell.get(f"{_OFFICE}boolean-value") == "true"), None, ""
    if kind in ("float", "percentage", "currency"):
        return text_of(float(value)), None, ""
    paragraphs = cell.iterfind(f"{_TEXT}p")
    return "\n".join("".join(_ods_text(each)) for each in paragraphs), None, ""


def _ods_text(node: Any) -> Iterator[str]:
    """The text of a paragraph; several blanks, tabs and line breaks are elements of their own."""
    yield node.text or ""
    for each in node:
        if each.tag == f"{_TEXT}s":
            yield " " * min(int(each.get(f"{_TEXT}c", 1)), 1000)
        elif each.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            yield "\t" if each.tag == f"{_TEXT}tab" else "\n"
        else:
            yield from _ods_text(each)
        yield each.tail or ""


READERS = {"xlsx": read_xlsx, "ods": read_ods}
"""What reads a workbook with this ending."""
