"""One form for each kind of record: a row of a file as a record with its parts, fully cleaned and not saved."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from evaltracker.importing.fields import FILL_IN, CellField, cell_field
from evaltracker.importing.kinds import SIDE_BY_SIDE, FileKind
from evaltracker.importing.names import Names
from evaltracker.importing.tables import EMPTY, Added, PartRow, Problem, Row
from labs.models import Record
from labs.models.base import Part
from labs.models.errors import field_errors, fields_of_constraint
from labs.models.states import State, apply_state, fields_of, state_of
from labs.rules.csv_cells import unlisted
from labs.rules.differences import difference
from labs.rules.text import clean_text

_COLUMN_OF_CODE = {
    **dict.fromkeys(("no_citation", "unsupported_answer", "fulfilled_without_citation"), "citations"),
    "no_evaluator": "evaluators",
    **dict.fromkeys(("no_labs", "law_with_labs"), "labs"),
    **dict.fromkeys(("testable_and_not", "no_requirement"), "not_testable_because"),
    "lenient_alone": "strict_activities",
    "lookalike": "is_distinct",
}
"""The column to correct for each error code of ``Record.check_parts``."""


class PartsField(CellField):
    """The parts of a record of one relation, such as its citations, each read by the fields of its model."""

    def __init__(self, kind: FileKind, relation: str, names: Names) -> None:
        super().__init__(allowed="", required=False)
        self.relation, self.column = relation, kind.column_of[relation]
        self.fields = {field.name: cell_field(field, names) for field in fields_of(kind.kind.parts[relation])}
        for field in self.fields.values():
            field.required = field.required and isinstance(field.choices, type)  # the model says the rest

    def to_python(self, value: list[PartRow]) -> list[PartRow]:
        parts, problems = list[PartRow](), list[ValidationError]()
        for said in value or ():
            part = PartRow({}, said.columns, said.line)
            for name, given in said.items():
                try:
                    part[name] = self.fields[name].clean(given)
                except ValidationError as error:
                    allowed = getattr(error, "allowed", "") or self.fields[name].allowed
                    problems.append(self.problem(said, [name], error.messages[0], allowed))
            if self.relation in SIDE_BY_SIDE or part not in parts:  # a line that stands there twice says no more
                parts.append(part)
        if problems:
            raise ValidationError(problems)
        return parts

    def problem(self, said: PartRow | None, names: Sequence[str], sentence: str, allowed: str = "") -> Problem:
        """What is wrong with these fields of a part, by their columns."""
        if said is None:  # it is stored
            return Problem(self.column, sentence, allowed)
        columns = sorted({said.columns[name] for name in names if name in said.columns}) or [*said.columns.values()][:1]
        before = f"{': '.join(filter(None, [said.line, ', '.join(names)]))}: " if said.line else ""
        return Problem(", ".join(columns), f"{before}{sentence}", allowed)


def row_form(kind: FileKind, names: Names) -> type["RowForm"]:
    """The form class of a kind of record, for one import."""
    fields: dict[str, CellField] = {field.name: cell_field(field, names) for field in fields_of(kind.model)}
    fields |= {relation: cell_field(kind.model._meta.get_field(relation), names) for relation in kind.kind.lists}
    fields |= {relation: PartsField(kind, relation, names) for relation in kind.kind.parts}
    return type(f"{kind.model.__name__}RowForm", (RowForm,), {"file_kind": kind, "names": names, **fields})


class RowForm(forms.Form):
    """A row, cleaned into its record and ``row.parts``; ``problems`` has all that is wrong, by column.

    A row of a stored record names only what it changes (``row.before`` is its state), the row of a new one all that is
    filled. ``row.shown`` is what the site exported, if the row comes from an export: parts that were not among it stay.
    If the row has an answer all parts stay, and those of the row come to them.
    """

    file_kind: FileKind
    names: Names

    def __init__(self, row: Row, values: Mapping[str, Any]) -> None:
        self.problems = [value for value in values.values() if isinstance(value, Problem)]
        given = {name: value for name, value in values.items() if not isinstance(value, Problem)}
        super().__init__(data=given, use_required_attribute=False)
        self.row = row
        if row.record.pk is not None:
            self.fields = {name: field for name, field in self.fields.items() if name in given}
        self.names.met_wrong = False

    def add_error(self, field: str | None, error: ValidationError) -> None:
        for each in error.error_list:
            column = getattr(each, "column", "") or self.file_kind.column_of[field]
            allowed = getattr(each, "allowed", "") or self.fields[field].allowed
            self.problems.append(Problem(column, each.messages[0], allowed))

    def _post_clean(self) -> None:
        """Clean the record, then its parts, then both together; then the row has its state ``after``.

        Nothing of this if a cell could not be read, or if the row refers to one that is wrong itself.
        """
        if self.problems or self.names.met_wrong:
            return
        row, record, kind = self.row, self.row.record, self.file_kind.kind
        state = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        state |= {name: self._whole(name, state[name]) for name in kind.relations if name in state}
        row.parts = apply_state(record, state, self.names)
        for relation in state.keys() & kind.parts:
            for part, said in zip(row.parts[relation], state[relation], strict=True):
                part.said = said if isinstance(said, PartRow) else None
        after = state_of(record, row.parts)
        if record.pk is None or difference(row.before, after, kind.identities):  # what is stored was checked
            self._check(record)
            after = state_of(record, row.parts)
        if not self.problems:
            row.after = after

    def _check(self, record: Record) -> None:
        """Uniqueness and constraints of a new row are left to the database, which checks a whole chunk at once."""
        is_stored, found = record.pk is not None, _references(type(record))
        with self._collected():
            checks = {"validate_unique": is_stored, "validate_constraints": is_stored}
            record.full_clean(None if is_stored else found, **checks)
        for relation in self.file_kind.kind.parts if not self.problems else ():
            times = Counter(part.natural_key()[1:] for part in self.row.parts[relation])
            if twice := [", ".join(map(str, values)) for values, count in times.items() if count > 1]:
                column = self.file_kind.column_of[relation]
                self.problems.append(Problem(column, f"It is listed twice: {'; '.join(twice)}."))
            for part in self.row.parts[relation]:
                with self._collected(relation, part):
                    part.clean_fields(exclude=_references(type(part)))
                    part.clean()
                    if is_stored:
                        part.validate_constraints()
        if not self.problems:
            with self._collected():
                record.check_parts(self.row.parts)

    @contextmanager
    def _collected(self, relation: str = "", part: Part | None = None) -> Iterator[None]:
        try:
            yield
        except ValidationError as error:
            self.problems += self.problems_of(error, relation, part)

    @classmethod
    def problems_of(cls, error: ValidationError, relation: str = "", part: Part | None = None) -> Iterator[Problem]:
        """What an error says of the record, or of a part of it, by the column to correct."""
        for each in field_errors(error):
            names = (
                [each.field] if each.field else fields_of_constraint(type(part) if part else cls.file_kind.model, each)
            )
            sentence = FILL_IN if each.code in ("null", "blank") else each.sentence
            if part is not None:
                yield cls.base_fields[relation].problem(getattr(part, "said", None), names, sentence)
                continue
            columns = sorted(cls.file_kind.column_of.get(name, name) for name in names)
            column = "" if each.field else _COLUMN_OF_CODE.get(each.code, "")
            field = cls.base_fields.get(each.field)
            yield Problem(column or ", ".join(columns), sentence, field.allowed if field else "")

    def _whole(self, relation: str, given: list[Any]) -> list[Any]:
        """What the record has of a relation: what is stored and stays, then what the row says."""
        is_list, row = relation in self.file_kind.kind.lists, self.row
        identity = () if is_list else self.file_kind.kind.parts[relation].identity

        def same(part: Any) -> Any:
            return part if is_list else tuple(clean_text(str(part.get(name) or "")) for name in identity)

        stored = {same(part): part for part in row.before.get(relation, ())}
        left = set(stored)  # what the row no longer says
        if row.answer or isinstance(self.data[relation], Added):
            left = set()
        elif row.shown is not None:
            shown = row.shown.get(relation) or ()
            left = set(unlisted(shown) if isinstance(shown, str) else map(same, shown))
        kept = [part for key, part in stored.items() if key not in left and key not in set(map(same, given))]
        if is_list:
            return sorted({*kept, *given})
        said = [_over(stored.get(same(part)), part) for part in given]
        if relation == "requirements":  # one whose cells are all empty is none
            said = [part for part in said if any(part[name] not in EMPTY for name in part if name != "reading")]
        return [*kept, *said]


def _over(stored: State | None, part: PartRow) -> PartRow:
    """A part as the row says it: over what is stored of it, or else what is filled, as the rest has its defaults."""
    said = {**stored, **part} if stored else {name: value for name, value in part.items() if value not in EMPTY}
    return PartRow(said, part.columns, part.line)


def _references(model: type[Any]) -> set[str]:
    """The fields that refer to records, which were found."""
    return {field.name for field in model._meta.concrete_fields if field.is_relation}
