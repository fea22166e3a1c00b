"""XLSX: read a workbook as rows of text, undoing what spreadsheet programs change, and write one."""

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from evaltracker.importing.problems import FileProblem, Problem

MIB = 1024 * 1024
COLUMNS_AT_MOST = 200
CHARACTERS_AT_MOST = 32_767  # in a cell: programs cut the rest off without a word
ROWS_THERE_ARE = 1_048_576  # in any sheet
PASTE_VALUES = "the value itself: copy the column and paste it as values"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # how .xls begins, and an .xlsx behind a password
_NOT_XLSX = "It is not a workbook that can be read. Save it as an Excel workbook (.xlsx) once more, or as CSV (UTF-8)."

Values = tuple[int, Sequence[str], list[tuple[int, Problem]]]
"""A row: its number, its texts, and the problems of cells by their place."""


def read_rows(data: bytes, unpacked_at_most: int) -> Iterator[Values]:
    """The rows of the only sheet with rows. A formula is a problem, as its stored result may be stale.

    Raises FileProblem for a file that is no workbook, locked or too large, and for several sheets with rows.
    """
    _check_archive(data, unpacked_at_most)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on styles and validations that openpyxl does not know
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
            try:
                filled = [sheet for sheet in book.worksheets if any(True for _ in _rows(sheet))]
                if len(filled) > 1:
                    names = ", ".join(f"“{sheet.title}”" for sheet in filled)
                    raise FileProblem(f"Several of its sheets have rows: {names}. Keep the one to import.")
                for sheet in filled:
                    yield from _rows(sheet)
            finally:
                book.close()
    except FileProblem:
        raise
    except Exception as error:  # a broken file can raise anything in the library
        raise FileProblem(_NOT_XLSX) from error


def _check_archive(data: bytes, unpacked_at_most: int) -> None:
    if data.startswith(_OLD_OFFICE):
        raise FileProblem("It is protected by a password, or an old .xls. Save it as .xlsx without one, or as CSV.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise FileProblem(_NOT_XLSX) from error
    if sum(part.file_size for part in parts) > unpacked_at_most:
        raise FileProblem(f"Unpacked it is larger than {unpacked_at_most // MIB} MiB.")
    if any(part.flag_bits & 1 for part in parts):
        raise FileProblem("It is protected by a password. Save it without one.")


def _rows(sheet: Any) -> Iterator[Values]:
    """The rows that are not empty."""
    sheet.reset_dimensions()  # the size in the file may be wrong
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > ROWS_THERE_ARE:
            raise FileProblem(f"It has rows below row {ROWS_THERE_ARE:,}, which no sheet has.")
        values, problems = [], []
        for place, each in enumerate(cells):
            if each.value is None:
                values.append("")
                continue
            if place >= COLUMNS_AT_MOST:
                raise FileProblem(f"Cell {get_column_letter(place + 1)}{number} lies beside the table. Empty it.")
            if each.data_type == "f":
                problems.append((place, Problem("", "It holds a formula.", PASTE_VALUES)))
            elif each.data_type == "e":
                problems.append((place, Problem("", f"It holds an error: {each.value}.", PASTE_VALUES)))
            values.append("" if each.data_type in ("f", "e") else text_of(each.value, each.number_format))
        while values and not values[-1]:
            values.pop()
        if values or problems:
            yield number, values, problems


def text_of(value: Any, number_format: str = "") -> str:
    """A cell for people to read: a day as 2024-05-24, yes for true, a whole number without a decimal point.

    Programs store a month as its first day and display the month: the text is as displayed.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return _as_shown(value.date(), number_format)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _as_shown(day: dt.date, number_format: str) -> str:
    shown = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", str(number_format)).casefold().partition(";")[0]
    if "y" not in shown or "d" in shown:
        return day.isoformat()
    return f"{day:%Y-%m}" if "m" in shown else f"{day:%Y}"


def write_workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook with one sheet, in which every cell is and stays text.

    Raises FileProblem for a text that no workbook can store.
    """
    rows = [[ILLEGAL_CHARACTERS_RE.sub("", text) for text in row] for row in rows]  # stored before they were cleaned
    for row in rows:  # before writing, as openpyxl would leave half a book
        for name, text in zip(header, row, strict=True):
            if len(text) > CHARACTERS_AT_MOST:
                raise FileProblem(
                    f"{name} of “{row[0]}” cannot be stored in a workbook: it is too long. Export it as CSV or JSON."
                )
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    for place, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = max(len(name) + 2, 12)
    for row in [header, *rows]:
        sheet.append([_text_cell(sheet, text) for text in row])
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # raised within openpyxl
        book.save(file)
    return file.getvalue()


def _text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text or None)
    cell.number_format = "@"
    if text:
        cell.data_type = "s"  # also what begins like a formula
    return cell
