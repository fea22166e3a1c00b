"""Write files: the public records of a kind, and blank ones to fill in."""

import io
import json
import os
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from evaltracker.importing import objects
from evaltracker.importing.fields import CellField, RecordField, RecordsField, TermField, TermsCellField, YesNoField
from evaltracker.importing.forms import RowForm, row_form
from evaltracker.importing.kinds import CHANGED_AT, KEY, KINDS, SIDE_BY_SIDE, FileKind
from evaltracker.importing.names import Names
from evaltracker.importing.problems import FileProblem
from labs.models import Evaluator, Lab, Source
from labs.web.parameters import today
from labs.web.streaming import lines

CHARACTERS_AT_MOST = 32_767  # in a cell: programs cut the rest off without a word
CITATIONS = 3  # columns for so many stand in a template
TEMPLATE_ROWS = 1_000  # rows that offer choices
PROMPT_AT_MOST = 255
FORMATS = ("csv", "xlsx", "json")
HELP = {
    KEY: "Lower-case words joined by hyphens, such as gpt-5-metr. It is part of the page’s address and never changes. "
    "Empty: one is made of the name.",
    CHANGED_AT: "As exported, or empty in a new row: it shows whether somebody changed the record since the export.",
    "citations": "One in each line of the cell: key of the source | fields that it supports, separated by “,” | quote. "
    "Or in the columns source_1, supports_1, quote_1, source_2 …",
    "source": "Key or title of the source of a citation.",
    "supports": "The fields that the quote supports, separated by “,” or “;”.",
    "quote": "Word for word as the source has it, at most 40 words.",
    "searches": "One in each line of the cell: day | nothing or something | note, or empty | where we looked.",
    "other_names": "Names, separated by “;”.",
    "former_names": "Names, separated by “;”.",
    "former_names_used": "When each former name was in use, in the same order, separated by “;”.",
    "evaluators": "Keys or names of evaluators, separated by “;”.",
    "evaluator_lowerings": "How each evaluator’s part is lowered, in the same order, separated by “;”, or empty.",
    "evaluator_lowered_because": "Why each is lowered, in the same order, separated by “;”, or empty.",
}
"""What a column that is not a single field may contain."""


def help_of(kind: FileKind) -> Iterator[tuple[str, str]]:
    """Each column that an import reads, with what it may contain."""
    form = row_form(kind, Names())
    return ((column, _help(form, column)) for column in (KEY, *kind.fields, CHANGED_AT))


def _field(form: type[RowForm], column: str) -> CellField | None:
    """What reads the text of a column; None where it holds a list of several fields, or is no field."""
    place = form.file_kind.fields.get(column)
    if place is None or place.name in SIDE_BY_SIDE:
        return None
    field = form.base_fields[place.name]
    return field.fields[place.part] if place.part else field


def _help(form: type[RowForm], column: str) -> str:
    base = column.rpartition("_")[0] if column[-1].isdigit() else column
    if base == "supports":
        supported = form.file_kind.kind.parts["citations"]._meta.get_field("supports").terms
        return f"{HELP[base]} Any of: {', '.join(supported.values())}."
    field = _field(form, column)
    return HELP.get(base) or (field and field.allowed) or "A text, or empty."


# --- public records ----------------------------------------------------------------------------------------


def export(kind: FileKind, ending: str) -> bytes:
    """All public records of a kind as known today. Raises FileProblem for what the format cannot hold."""
    rows = kind.rows(today())
    if ending == "csv":
        return "".join(lines(kind.columns, rows)).encode()
    if ending == "xlsx":
        texts = ([column.cell(row) for column in kind.columns] for row in rows)
        return write_workbook(kind.name, [column.name for column in kind.columns], texts)
    records = [objects.to_object(kind, row) for row in rows]
    return (json.dumps(records, indent=1, ensure_ascii=False) + "\n").encode()


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
    _add_sheet(book, title, header, rows)
    return _saved(book)


def _add_sheet(book: Any, title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Any:
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


def _saved(book: Any) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # raised within openpyxl
        book.save(file)
    return file.getvalue()


def write_all(
    folder: Path, ending: str, kinds: Sequence[FileKind], *, is_overwrite: bool
) -> Iterator[tuple[Path, int]]:
    """Write the public records of these kinds into a folder, one file each; yields each file and its size in bytes.

    A file is written completely or not at all. Raises FileProblem if the folder is not empty, unless
    ``is_overwrite``.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not is_overwrite:
            raise FileProblem(f"{folder} is not empty. Name a new folder, or allow it with --overwrite.")
        for kind in kinds:
            path = folder / f"{kind.name}.{ending}"
            data = export(kind, ending)
            _write(path, data)
            yield path, len(data)
    except OSError as error:
        raise FileProblem(f"{error.filename or folder}: {error.strerror}.") from error


def _write(path: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


# --- blank files -------------------------------------------------------------------------------------------


def template_columns(kind: FileKind) -> list[str]:
    """The columns that a person can fill, with citations in columns of their own."""
    found = [KEY]
    for column in kind.fields:
        if column == "citations":
            found += [
                f"{name}_{number}" for number in range(1, CITATIONS + 1) for name in ("source", "supports", "quote")
            ]
        else:
            found.append(column)
    return found


def blank_csv(kind: FileKind) -> bytes:
    """A CSV file with nothing but its header."""
    return (",".join(template_columns(kind)) + "\r\n").encode("utf-8-sig")


def blank_workbook(kinds: Sequence[FileKind] = KINDS) -> bytes:
    """A workbook with a blank sheet for each kind, which offers the choices of a column and says what it may hold."""
    book = openpyxl.Workbook(write_only=True)
    guide = _add_sheet(book, "Read me", ["sheet", "column", "what it may contain"], _guide(kinds))
    guide.column_dimensions["C"].width = 100
    lists: dict[tuple[str, ...], str] = {}  # each a column of the last sheet
    for kind in kinds:
        columns, form = template_columns(kind), row_form(kind, Names())
        sheet = _add_sheet(book, kind.name, columns, [])
        for place, column in enumerate(columns, start=1):
            values = tuple(_choices(Source if column.startswith("source_") else _field(form, column)))
            rule = DataValidation(type="list" if values else None, allow_blank=True, showErrorMessage=False,
                                  showInputMessage=True, promptTitle=column[:32])  # fmt: skip
            if values:
                listed = lists.setdefault(values, get_column_letter(len(lists) + 1))
                rule.formula1 = f"Choices!${listed}$2:${listed}${len(values) + 1}"
            rule.prompt = _help(form, column)[:PROMPT_AT_MOST]
            letter = get_column_letter(place)
            rule.add(f"{letter}2:{letter}{TEMPLATE_ROWS + 1}")
            sheet.data_validations.append(rule)
            sheet.column_dimensions[letter].number_format = "@"  # so that no program turns a month into a day
    header = [f"list {number}" for number in range(1, len(lists) + 1)]
    _add_sheet(book, "Choices", header, zip_longest(*lists, fillvalue=""))
    return _saved(book)


def _guide(kinds: Sequence[FileKind]) -> Iterator[list[str]]:
    for kind in kinds:
        form = row_form(kind, Names())
        yield from ([kind.name, column, _help(form, column)] for column in template_columns(kind))


def _choices(of: Any) -> Iterator[str]:
    """What a column offers. It may still hold something else: the import says what is wrong."""
    if isinstance(of, type) or (isinstance(of, RecordField) and not isinstance(of, RecordsField)):
        model = of if isinstance(of, type) else of.model
        name = "name" if model in (Lab, Evaluator) else "key"  # the names of other kinds may be shared
        yield from model._default_manager.published().order_by(name).values_list(name, flat=True)
    elif isinstance(of, TermField) and not isinstance(of, TermsCellField):
        yield from (value for value, _ in of.terms)
    elif isinstance(of, YesNoField):
        yield from ("yes", "no")
