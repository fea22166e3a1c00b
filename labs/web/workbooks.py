"""Workbooks (XLSX) of our files, in which no program has to guess: all is text but whole numbers and numbers."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 100_000
"""A workbook is made whole before it is sent; who needs more rows takes CSV or JSON Lines."""
LONGEST_TEXT = 32_767
"""What a cell can hold, as Excel has it."""
AS_TEXT = "@"
ROWS_AT_ONCE = 500
LETTERS = tuple(map(get_column_letter, range(1, 1000)))
"""Of the columns; no file of ours has so many."""
END_OF_ROWS = b"</sheetData>"
ESCAPED = {"\r": "&#13;"}
"""Besides &, < and >: readers of XML take the end of a line for a line feed."""
NO_MOMENT = dt.datetime(1980, 1, 1)
"""The earliest that a zip can say."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its header, its rows. A value is a text, a whole number, a number or None.

    ``widths`` are those of its columns, in characters, where somebody will type into them: that stays text too.
    ``rules`` say what cells may hold.
    """

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[int] = ()
    rules: Sequence[DataValidation] = ()


class TooMuch(ValueError):
    """More rows, or a longer text, than a workbook takes."""


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as one workbook, the same bytes at any time. Raises TooMuch where they do not go into one.

    openpyxl writes all of it but the rows: it makes objects of each cell, which takes ten times as long as the rest.
    """
    sheets, book = list(sheets), Workbook(write_only=True)
    for sheet in sheets:
        _begin(book.create_sheet(sheet.name), sheet)
    style = _text_cell(book.worksheets[0], "").style_id
    begun, content = io.BytesIO(), io.BytesIO()
    book.save(begun)  # numbers the sheets
    rows = {each.path.lstrip("/"): sheet.rows for each, sheet in zip(book.worksheets, sheets, strict=True)}
    book.properties.created = book.properties.modified = NO_MOMENT
    with zipfile.ZipFile(begun) as parts, zipfile.ZipFile(content, "w") as whole:
        for name in parts.namelist():
            part = tostring(book.properties.to_tree()) if name == ARC_CORE else parts.read(name)
            entry = zipfile.ZipInfo(name, NO_MOMENT.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            before, end_of_rows, after = part.partition(END_OF_ROWS) if name in rows else (part, b"", b"")
            with whole.open(entry, "w") as file:
                file.write(before)
                for piece in _pieces(rows.get(name, ()), style):
                    file.write(piece.encode())
                file.write(end_of_rows + after)
    return content.getvalue()


def _begin(written: Any, sheet: Sheet) -> None:
    """Give a sheet its first row, which stays in sight; what it says of columns stands before that."""
    written.freeze_panes = "B2"
    for letter, width in zip(LETTERS, sheet.widths, strict=False):
        written.column_dimensions[letter].width = width
        written.column_dimensions[letter].number_format = AS_TEXT
    for rule in sheet.rules:
        written.data_validations.append(rule)
    heads = [_text_cell(written, name) for name in sheet.header]
    for head in heads:
        head.font = Font(bold=True)
    written.append(heads)


def _text_cell(sheet: Any, text: str) -> Any:
    """A cell that shows the text as it is: never a date, a formula or an error, whatever it looks like."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # openpyxl takes a text that begins with = for a formula
    cell.number_format = AS_TEXT
    return cell


def _pieces(rows: Iterable[Sequence[Any]], style: int) -> Iterator[str]:
    """The rows below the header, some at a time, as openpyxl writes them (ECMA-376, part 1, 18.3.1).

    ``style`` is that of texts, by its number in the workbook. Raises TooMuch.
    """

    @lru_cache(maxsize=4096)  # most are words that many rows have
    def text(value: str) -> str:
        if len(value) > LONGEST_TEXT:
            raise TooMuch(f"A cell of a workbook takes {LONGEST_TEXT} characters.")
        blanks = ' xml:space="preserve"' if value != value.strip() else ""
        return f' s="{style}" t="inlineStr"><is><t{blanks}>{escape(value, ESCAPED)}</t></is></c>'

    numbered, starts = enumerate(rows, start=2), [f'<c r="{letter}' for letter in LETTERS]
    while batch := list(islice(numbered, ROWS_AT_ONCE)):
        if batch[-1][0] > MOST_ROWS + 1:
            raise TooMuch(f"A workbook takes {MOST_ROWS} rows.")
        piece = []
        for number, row in batch:
            cells = [
                f'{start}{number}"{text(value) if isinstance(value, str) else _number(value)}'
                for start, value in zip(starts, row, strict=False)
                if value is not None and value != ""
            ]
            piece.append(f'<row r="{number}">{"".join(cells)}</row>')
        yield "".join(piece)


def _number(value: float) -> str:
    return f' t="n"><v>{value}</v></c>'
