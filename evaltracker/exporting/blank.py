"""Blank files to fill in, and what each column may contain."""

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

from openpyxl.worksheet.datavalidation import DataValidation

from evaltracker.exporting.kinds import CHANGED_AT, KEY
from evaltracker.exporting.records import desk_sheet
from evaltracker.importing.fields import CellField
from evaltracker.importing.forms import RowForm, row_form
from evaltracker.importing.kinds import KINDS, SIDE_BY_SIDE, FileKind
from evaltracker.importing.names import Names
from labs.models import Evaluator, Lab
from labs.web.workbooks import LETTERS, Sheet, workbook

CITATIONS = 3  # columns for so many stand in a template
TEMPLATE_ROWS = 1_000  # rows that offer choices
PROMPT_AT_MOST = 255
HELP = {
    KEY: "Lower-case words joined by hyphens, such as gpt-5-metr. It is part of the page’s address and never changes. "
    "Empty: one is made of the name.",
    CHANGED_AT: "As exported, or empty in a new row: it shows whether somebody changed the record since the export.",
    "citations": "One in each line of the cell: key of the source | fields that it supports, separated by “,” | quote. "
    "Or in the columns source_1, supports_1, quote_1, source_2 …",
    "source": "Key or title of the source of a citation.",
    "supports": "The fields that the quote supports: ",
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
    place = form.file_kind.places.get(column)
    if place is None or place.name in SIDE_BY_SIDE:
        return None
    field = form.base_fields[place.name]
    return field.fields[place.part] if place.part else field


def _help(form: type[RowForm], column: str) -> str:
    base, field = column.rstrip("123456789").removesuffix("_"), _field(form, column)
    if base == "supports":
        return f"{HELP[base]}{field.allowed}."
    return HELP.get(base) or (field and field.allowed) or "A text, or empty."


def template_columns(kind: FileKind) -> list[str]:
    """The columns that a person can fill, with citations in columns of their own."""
    numbered = [f"{name}_{number}" for number in range(1, CITATIONS + 1) for name in ("source", "supports", "quote")]
    found = [numbered if column == "citations" else [column] for column in kind.fields]
    return [KEY, *chain.from_iterable(found)]


def blank_csv(kind: FileKind) -> bytes:
    """A CSV file with nothing but its header."""
    return (",".join(template_columns(kind)) + "\r\n").encode("utf-8-sig")


def blank_workbook(kinds: Sequence[FileKind] = KINDS) -> bytes:
    """A workbook with a blank sheet for each kind, which offers the choices of a column and says what it may hold."""
    sheets: list[Sheet] = []
    lists: dict[tuple[str, ...], str] = {}  # each a column of the last sheet
    for kind in kinds:
        columns, form, rules = template_columns(kind), row_form(kind, Names()), []
        for letter, column in zip(LETTERS, columns, strict=False):
            values = tuple(_choices(_field(form, column)))
            rule = DataValidation(type="list" if values else None, allow_blank=True, showErrorMessage=False,
                                  showInputMessage=True, promptTitle=column[:32])  # fmt: skip
            if values:
                listed = lists.setdefault(values, LETTERS[len(lists)])
                rule.formula1 = f"Choices!${listed}$2:${listed}${len(values) + 1}"
            rule.prompt = _help(form, column)[:PROMPT_AT_MOST]
            rule.add(f"{letter}2:{letter}{TEMPLATE_ROWS + 1}")
            rules.append(rule)
        sheets.append(desk_sheet(kind.name, columns, rules=rules))
    guide = Sheet("Read me", ["sheet", "column", "what it may contain"], _guide(kinds), [16, 30, 100])
    header = [f"list {number}" for number in range(1, len(lists) + 1)]
    return workbook([guide, *sheets, desk_sheet("Choices", header, zip_longest(*lists, fillvalue=""))])


def _guide(kinds: Sequence[FileKind]) -> Iterator[list[str]]:
    for kind in kinds:
        form = row_form(kind, Names())
        yield from ([kind.name, column, _help(form, column)] for column in template_columns(kind))


def _choices(field: CellField | None) -> Sequence[str]:
    """What a column offers. It may still hold something else: the import says what is wrong."""
    choices = field.choices if field else ()
    if not isinstance(choices, type):
        return choices
    name = "name" if choices in (Lab, Evaluator) else "key"  # the names of other kinds may be shared
    return choices._default_manager.published().order_by(name).values_list(name, flat=True)
