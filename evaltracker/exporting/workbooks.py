"""Workbooks in which every cell is and stays text, so that no program turns a month into a day."""

import io
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from labs.actions.sheets import FileProblem

CHARACTERS_AT_MOST = 32_767  # in a cell: programs cut the rest off without a word


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
    add_sheet(book, title, header, rows)
    return saved(book)


def add_sheet(book: Any, title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Any:
    """Add a sheet to a workbook, which openpyxl writes row by row; returns it."""
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    for place, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = max(len(name) + 2, 12)
    for row in [header, *rows]:
        sheet.append([_text_cell(sheet, text) for text in row])
    return sheet


def _text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    found = WriteOnlyCell(sheet, value=text or None)
    found.number_format = "@"
    if text:
        found.data_type = "s"  # also what begins like a formula
    return found


def saved(book: Any) -> bytes:
    """The content of a workbook."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # raised within openpyxl
        book.save(file)
    return file.getvalue()
