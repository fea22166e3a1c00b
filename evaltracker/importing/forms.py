"""One form for each kind of record: a row of a file as a record with its parts, fully cleaned and not saved."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from evaltracker.importing.fields import FILL_IN, CellField, PartsField, RecordsField, cell_field
from evaltracker.importing.kinds import FileKind
from evaltracker.importing.names import Names
from evaltracker.importing.problems import Problem
from evaltracker.importing.tables import Added, PartRow, Row
from labs.models import Record
from labs.models.base import Part
from labs.models.errors import FieldError, field_errors
from labs.models.states import State, apply_state, fields_of, state_of
from labs.rules.csv_cells import unlisted
from labs.rules.differences import difference
from labs.rules.text import clean_text

_COLUMN_OF_CODE = {
    "no_citation": "citations",
    "unsupported_answer": "citations",
    "fulfilled_without_citation": "citations",
    "no_evaluator": "evaluators",
    "no_labs": "labs",
    "law_with_labs": "labs",
    "testable_and_not": "not_testable_because",
    "no_requirement": "not_testable_because",
    "lenient_alone": "strict_activities",
    "lookalike": "is_distinct",
}
"""The column to correct for each error code of ``Record.check_parts``."""


def row_form(kind: FileKind, names: Names) -> type["RowForm"]:
    """The form class of a kind of record, for one import."""
    fields: dict[str, CellField] = {field.name: cell_field(field, names) for field in fields_of(kind.model)}
    for relation, related in kind.kind.relations.items():
        if issubclass(related, Record):
            allowed = f"keys or names of {related._meta.verbose_name_plural}, separated by “;”, or empty"
            fields[relation] = RecordsField(model=related, names=names, required=False, allowed=allowed)
        else:
            column_of = partial(column_of_part, kind, relation)
            fields[relation] = PartsField(model=related, names=names, required=False, column_of=column_of)
    return type(f"{kind.model.__name__}RowForm", (RowForm,), {"file_kind": kind, "names": names, **fields})


class RowForm(forms.Form):
    """A row, cleaned into its record and ``parts``; ``problems`` has all that is wrong, by column.

    A row of a stored record names only what it changes (``row.before`` is its state), the row of a new one all that is
    filled. ``row.shown`` is what the site exported, if the row comes from an export: parts that were not among it stay.
    If ``is_added`` all parts stay, and those of the row come to them.

    Uniqueness and constraints of a new row are left to the database, which checks them for a whole chunk at once.
    """

    file_kind: FileKind
    names: Names

    def __init__(self, row: Row, values: Mapping[str, Any], *, is_added: bool, wrong: set[int]) -> None:
        self.broken = [value for value in values.values() if isinstance(value, Problem)]
        given = {name: value for name, value in values.items() if not isinstance(value, Problem)}
        super().__init__(data=given, use_required_attribute=False)
        self.row, self.is_added, self.wrong = row, is_added, wrong  # wrong: the records of wrong rows
        self.parts: dict[str, list[Any]] = {}
        self.is_new = row.record.pk is None
        self.is_done = False  # whether the record and its parts are as the row says
        self.found: list[Problem] = []
        if not self.is_new:
            self.fields = {name: field for name, field in self.fields.items() if name in given}
        self.names.touched = []

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong with the row."""
        problems = (
            Problem(
                getattr(error, "column", "") or self.file_kind.column_of(name),
                error.messages[0],
                getattr(error, "allowed", "") or self.fields[name].allowed,
            )
            for name, errors in self.errors.as_data().items()
            for error in errors
        )
        return [*self.broken, *problems, *self.found]

    def clean(self) -> dict[str, Any]:
        for field in fields_of(self.file_kind.model):  # an emptied cell of what cannot be empty
            is_given = field.name in self.data and field.name in self.cleaned_data
            if is_given and self.cleaned_data[field.name] is None and not field.null:
                self.add_error(field.name, FILL_IN)
        return self.cleaned_data

    def _post_clean(self) -> None:
        """Clean the record, then its parts, then both together.

        Nothing of this if a cell could not be read, or if the row refers to one that is wrong itself.
        """
        if self._errors or self.broken or any(id(each) in self.wrong for each in self.names.touched):
            return
        record, kind = self.row.record, self.file_kind.kind
        state = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        state |= {name: self._whole(name, state[name]) for name in kind.relations if name in state}
        self.parts = apply_state(record, state, self.names)
        for relation in state.keys() & kind.parts:
            for part, given in zip(self.parts[relation], state[relation], strict=True):
                part.place = getattr(given, "place", "")
        if not self.is_new and not difference(self.row.before, self.after, kind.identities):
            self.is_done = True  # it says nothing new, and what is stored was checked
            return
        if self.is_new:
            relations = {field.name for field in fields_of(self.file_kind.model) if field.is_relation}  # found already
            self._try(lambda: record.full_clean(relations, validate_unique=False, validate_constraints=False))
        else:
            self._try(record.full_clean)
        self.found += [] if self.found else self._problems_of_parts()
        if not self.found:
            self._try(lambda: record.check_parts(self.parts))
        self.is_done = not self.found

    def _whole(self, relation: str, given: list[Any]) -> list[Any]:
        """What the record has of a relation: what is stored and stays, then what the row says."""
        is_list = relation in self.file_kind.kind.lists
        identity = () if is_list else self.file_kind.kind.parts[relation].identity

        def same(part: Any) -> Any:
            return part if is_list else tuple(clean_text(str(part.get(name) or "")) for name in identity)

        stored = {same(part): part for part in self.row.before.get(relation, ())}
        said = {same(part): part for part in given}
        if self.is_added or isinstance(self.data[relation], Added):
            kept = [key for key in stored if key not in said]
        elif self.row.shown is not None:
            shown = self.row.shown.get(relation) or ()
            shown = set(unlisted(shown) if isinstance(shown, str) else map(same, shown))
            kept = [key for key in stored if key not in said and key not in shown]
        else:
            kept = []
        if is_list:
            return sorted({*kept, *given})
        merged = [_merged(stored.get(same(part)), part) for part in given]
        if relation == "requirements":
            asked = len(self.fields[relation].fields)
            merged = [each for each, part in zip(merged, given, strict=True)
                      if any(map(_is_filled, (part[name] for name in part if name != "reading")))
                      or (same(part) in stored and len(part) < asked)]  # fmt: skip
        return [*(stored[key] for key in kept), *merged]

    def _try(self, check: Any) -> None:
        try:
            check()
        except ValidationError as error:
            self.found += problems_of(type(self), error)

    def _problems_of_parts(self) -> Iterator[Problem]:
        for relation in self.file_kind.kind.parts:
            times = Counter(part.natural_key()[1:] for part in self.parts[relation])
            if twice := [", ".join(map(str, values)) for values, count in times.items() if count > 1]:
                yield Problem(self.file_kind.column_of(relation), f"It is listed twice: {'; '.join(twice)}.")
            for part in self.parts[relation]:
                references = {field.name for field in part._meta.concrete_fields if field.is_relation}  # found already
                try:
                    part.clean_fields(exclude=references)
                    part.clean()
                    if not self.is_new:
                        part.validate_constraints()
                except ValidationError as error:
                    yield from problems_of_part(self.file_kind, relation, part, error)

    @property
    def after(self) -> State:
        """The state of the record as it would be saved."""
        return state_of(self.row.record, self.parts)


def _merged(stored: State | None, part: PartRow) -> PartRow:
    """A part as the row says it: over what is stored of it, or else what is filled, as the rest has its defaults."""
    if stored is None:
        return PartRow({name: value for name, value in part.items() if _is_filled(value)}, part.place)
    return PartRow({**stored, **part}, part.place)


def _is_filled(value: Any) -> bool:
    return value not in (None, "", [])


# --- which column is wrong ---------------------------------------------------------------------------------


def problems_of(form: type[RowForm], error: ValidationError) -> list[Problem]:
    """What a ValidationError says of a record, by the column to correct."""
    found = []
    for each in field_errors(error):
        fields = [each.field] if each.field else _fields_of(form.file_kind.model, each)
        column = "" if each.field else _COLUMN_OF_CODE.get(each.code, "")
        column = column or ", ".join(sorted(map(form.file_kind.column_of, fields)))
        field = form.base_fields.get(each.field)
        found.append(Problem(column, _sentence(each), field.allowed if field else ""))
    return found


def problems_of_part(kind: FileKind, relation: str, part: Part, error: ValidationError) -> list[Problem]:
    """What a ValidationError says of a part, by the column to correct."""
    found = []
    for each in field_errors(error):
        name = each.field or next(iter(_fields_of(type(part), each)), "")
        said = PartRow({"reading": getattr(part, "reading", "")}, getattr(part, "place", ""))
        column, before = column_of_part(kind, relation, name, said)
        label = f"{part._meta.get_field(name).verbose_name}: " if before and name else ""
        found.append(Problem(column, f"{before}{label}{_sentence(each)}"))
    return found


def column_of_part(kind: FileKind, relation: str, name: str, part: PartRow) -> tuple[str, str]:
    """The column of a field of a part, and its line if the part stands in a line of a cell."""
    if relation == "citations" and part.place.isdigit():
        return f"{name or 'quote'}_{part.place}", ""
    column = kind.column_of(relation, name, part.get("reading", ""))
    return column, f"{part.place}: " if column == relation and part.place else ""


def _sentence(error: FieldError) -> str:
    return FILL_IN if error.code in ("null", "blank") else error.sentence


def _fields_of(model: type[Any], error: FieldError) -> list[str]:
    """The fields of the constraint that an error is about; a bound counts as the date that it is derived from."""
    for constraint in model._meta.constraints:
        if str(constraint.get_violation_error_message()) == error.sentence:
            fields = getattr(constraint, "fields", ()) or sorted(constraint.condition.referenced_base_fields)
            own = (name.removesuffix("_earliest").removesuffix("_latest") for name in fields)
            return sorted({name for name in own if name != getattr(model, "record_field", "")})
    return []
