"""Workbooks (XLSX) of our files, in which no program has to guess: all is text but whole numbers and numbers."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 100_000
"""A workbook is made whole before it is sent; who needs more rows takes CSV or JSON Lines."""
LONGEST_TEXT = 32_767
"""What a cell can hold, as Excel has it."""
AS_TEXT = "@"
NO_MOMENT = dt.datetime(1980, 1, 1)
"""The earliest that a zip can say."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its header, its rows. A value is a text, a whole number, a number or None."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]


class TooMuch(ValueError):
    """More rows, or a longer text, than a workbook takes."""


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as one workbook. Raises TooMuch where they do not go into one."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        written = book.create_sheet(sheet.name)
        written.freeze_panes = "B2"
        try:
            _fill(written, sheet)
        except TooMuch:
            written.close()  # openpyxl writes rows to a temporary file while it gets them
            raise
    content = io.BytesIO()
    book.save(content)
    return _without_its_moment(book, content)


def _without_its_moment(book: Workbook, content: io.BytesIO) -> bytes:
    """The workbook with no trace of when it was written, so that the same rows are the same bytes at any time."""
    book.properties.created = book.properties.modified = NO_MOMENT
    fixed = io.BytesIO()
    with zipfile.ZipFile(content) as written, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as again:
        for name in written.namelist():
            data = tostring(book.properties.to_tree()) if name == ARC_CORE else written.read(name)
            entry = zipfile.ZipInfo(name, NO_MOMENT.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            again.writestr(entry, data)
    return fixed.getvalue()


def _fill(written: Any, sheet: Sheet) -> None:
    written.append([_cell(written, name, is_head=True) for name in sheet.header])
    for at, row in enumerate(sheet.rows):
        if at == MOST_ROWS:
            raise TooMuch(f"A workbook takes {MOST_ROWS} rows.")
        written.append([_cell(written, value) for value in row])


def _cell(sheet: Any, value: Any, is_head: bool = False) -> Any:
    """A cell that shows the value as it is: never a date, a formula or an error, whatever its text looks like."""
    if value is None or value == "":
        return None
    if isinstance(value, int | float):
        return value
    if len(value) > LONGEST_TEXT:
        raise TooMuch(f"A cell of a workbook takes {LONGEST_TEXT} characters.")
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"  # openpyxl takes a text that begins with = for a formula
    cell.number_format = AS_TEXT
    if is_head:
        cell.font = Font(bold=True)
    return cell
