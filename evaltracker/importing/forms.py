"""One form for each kind of record: a row of a file as a record with its parts, fully cleaned and not saved."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import construct_instance

from commitments.choices import Reading
from commitments.models import Reply, Requirement
from evaltracker.importing.fields import (
    FILL_IN,
    CellField,
    CitationsField,
    LinesField,
    ListField,
    RecordField,
    RecordsField,
    SearchesField,
    TermField,
    TermsCellField,
    allowed_for,
    cell_field,
)
from evaltracker.importing.names import Names
from evaltracker.importing.problems import CellProblem, Problem
from evaltracker.importing.tables import Added
from labs.choices import LinkLowering
from labs.models import AccessEvent, Evaluator, Participation, Record, Search
from labs.models.base import Citation, Part
from labs.models.errors import FieldError, field_errors
from labs.models.registry import kind_of
from labs.models.states import State, apply_state, fields_of, state_of
from labs.rules.csv_cells import plain
from labs.rules.differences import difference

RENAMED: Mapping[tuple[type[Record], str], str] = {
    (Evaluator, "note"): "standing_arrangements",
    (AccessEvent, "lowered_because"): "certainty_lowered_because",
    (Reply, "text"): "answer",
}
"""Fields whose public column has another name."""

REQUIREMENT_FIELDS = tuple(field.name for field in fields_of(Requirement) if field.name != "reading")
GROUPS: Sequence[tuple[str, ...]] = (
    ("evaluators", "evaluator_lowerings", "evaluator_lowered_because"),
    ("former_names", "former_names_used"),
    *(tuple(f"{reading.value}_{name}" for name in REQUIREMENT_FIELDS) for reading in Reading),
)
"""Columns that say one thing together: where one of them is edited, all of them are read."""

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

_COLUMN_OF_PART = {
    ("participations", ""): "evaluators",
    ("participations", "lowered_to"): "evaluator_lowerings",
    ("participations", "lowered_because"): "evaluator_lowered_because",
    ("former_names", "used"): "former_names_used",
}


def column_of(model: type[Record], name: str) -> str:
    """The column of a field or relation in the site's tables; the name itself if it has none."""
    return RENAMED.get((model, name)) or _COLUMN_OF_PART.get((name, "")) or name


def part_fields(model: type[Record], names: Names) -> dict[str, CellField]:
    """The form fields for the lists and parts of a kind, by column."""
    found: dict[str, CellField] = {}
    for relation, related in kind_of(model).relations.items():
        if issubclass(related, Citation):
            source = related._meta.get_field("source").related_model
            found[relation] = CitationsField(
                source=RecordField(model=source, names=names),
                supports=_terms(related, "supports"),
                required=False,
            )
        elif related is Search:
            found[relation] = SearchesField(found=cell_field(Search._meta.get_field("found"), names), required=False)
        elif related is Participation:
            allowed = allowed_for(Participation._meta.get_field("lowered_to"))
            found["evaluators"] = RecordsField(model=Evaluator, names=names, required=False)
            found["evaluator_lowerings"] = ListField(is_parallel=True, required=False, allowed=allowed)
            found["evaluator_lowered_because"] = ListField(is_parallel=True, required=False)
        elif related is Requirement:
            for reading in Reading:
                for name in REQUIREMENT_FIELDS:
                    field = cell_field(Requirement._meta.get_field(name), names)
                    field.required = False
                    found[f"{reading.value}_{name}"] = field
        elif issubclass(related, Record):
            found[relation] = RecordsField(model=related, names=names, required=False)
        else:
            found[relation] = ListField(required=False)
            if relation == "former_names":
                found["former_names_used"] = ListField(is_parallel=True, required=False)
    return found


def _terms(model: type[models.Model], name: str) -> TermField:
    terms = model._meta.get_field(name).terms
    allowed = f"any of {', '.join(terms.values())}, separated by “,” or “;”"
    return TermsCellField(terms=terms.choices(), required=False, allowed=allowed)


class RowForm(forms.ModelForm):
    """A row, cleaned into ``instance`` and ``parts``; ``problems`` has all that is wrong, by column.

    A row of a stored record names only the columns that it changes (``before`` is the state of the record), the row of
    a new one all that are filled. ``shown`` are the cells that the site exported, if the row comes from an export:
    parts that were not among them stay. If ``is_added`` all parts stay, and those of the row come to them.

    Uniqueness and constraints of a new row are left to the database, which checks them for a whole chunk at once.
    """

    names: Names
    wrong: frozenset[int] | set[int] = frozenset()  # the records of wrong rows

    def __init__(
        self,
        values: Mapping[str, Any],
        record: Record,
        before: State | None = None,
        shown: Mapping[str, str] | None = None,
        *,
        is_added: bool = False,
    ) -> None:
        super().__init__(data=dict(values), instance=record, use_required_attribute=False)
        self.parts: dict[str, list[Any]] = {}
        self._before, self._shown, self._is_new = before or {}, shown, before is None
        self._is_added = is_added
        self._found: list[Problem] = []
        self.is_done = False  # whether the record and its parts are as the row says
        if not self._is_new:
            self.fields = {name: field for name, field in self.fields.items() if name in values}
        self.names.touched = []

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong with the row."""
        problems = [
            Problem(getattr(error, "column", "") or name, error.messages[0], self._allowed(name, error))
            for name, errors in self.errors.as_data().items()
            for error in errors
        ]
        return [Problem(column_of(self._meta.model, each.column), each.message, each.allowed)
                for each in (*problems, *self._found)]  # fmt: skip

    def _allowed(self, name: str, error: ValidationError) -> str:
        return getattr(error, "allowed", "") or self.fields[name].allowed

    # --- the parts as in a state ---------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned, self.relations = self.cleaned_data, {}
        if self._errors:
            return cleaned
        for relation, related in kind_of(self._meta.model).relations.items():
            try:
                rows = self._rows(relation, related, cleaned)
            except CellProblem as problem:
                self.add_error(problem.column, problem)
            else:
                if rows is not None and (self._is_added or isinstance(self.data.get(relation), Added)):
                    rows = self._with_stored(relation, rows)
                if rows is not None:
                    self.relations[relation] = rows
        return cleaned

    def _rows(self, relation: str, related: type[models.Model], cleaned: Mapping[str, Any]) -> list[Any] | None:
        """What the row says of a relation; None if it says nothing of it."""
        if related is Requirement:
            stored = {part["reading"]: part for part in self._before.get(relation, [])}
            found = [self._reading(reading.value, stored.get(reading.value)) for reading in Reading]
            return [each for each in found if each]
        if related is Participation:
            return self._participations() if "evaluators" in cleaned else None
        if relation not in cleaned:
            return None
        if isinstance(self.fields[relation], LinesField):
            return self._lines(relation)
        if issubclass(related, Record):
            return sorted(set(cleaned[relation]))
        if relation == "former_names":
            stored = {part["name"]: part["used"] for part in self._before.get(relation, [])}
            used = self._beside("former_names_used", cleaned[relation], stored, "")
            return [{"name": name, "used": when} for name, when in zip(cleaned[relation], used, strict=True)]
        return [{"name": name} for name in cleaned[relation]]

    def _participations(self) -> list[State]:
        keys = self.cleaned_data["evaluators"]
        stored = {part["evaluator"]: part for part in self._before.get("participations", [])}
        default, column = LinkLowering.AS_EVENT.value, "evaluator_lowerings"
        lowered = self._beside(column, keys, {key: part["lowered_to"] for key, part in stored.items()}, default)
        field = TermField(terms=LinkLowering.choices(), allowed=", ".join(LinkLowering.values()))
        try:
            lowered = [field.to_python(text) or default for text in lowered]
        except CellProblem as problem:
            raise CellProblem(problem.messages[0], problem.allowed, column) from problem
        column = "evaluator_lowered_because"
        because = self._beside(column, keys, {key: part["lowered_because"] for key, part in stored.items()}, "")
        return [
            {"evaluator": key, "lowered_to": value, "lowered_because": reason}
            for key, value, reason in zip(keys, lowered, because, strict=True)
        ]

    def _beside(self, column: str, owners: Sequence[str], stored: Mapping[str, str], default: str) -> list[str]:
        """The members of a list that goes with another list of these owners; as stored where it is not given."""
        if column not in self.data:
            return [stored.get(owner, default) for owner in owners]
        values = self.cleaned_data[column]
        if values and len(values) != len(owners):
            allowed = f"one for each of: {'; '.join(owners)}" if owners else "empty, where there are none"
            raise CellProblem(f"It has {len(values)} entries for {len(owners)}.", allowed, column)
        return values or [default] * len(owners)

    def _lines(self, relation: str) -> list[State]:
        field, rows, stored = self.fields[relation], self.cleaned_data[relation], self._before.get(relation, [])
        if self._shown is None:
            return rows
        shown = {each.strip() for each in self._shown[relation].split("\n")}
        kept = [part for part in stored if plain(field.line(part)) not in shown]
        return [*kept, *(part for part in rows if part not in kept)]

    def _with_stored(self, relation: str, rows: list[Any]) -> list[Any]:
        """The stored lists or parts with those of the row, which take the place of the same ones."""
        stored, kind = self._before.get(relation, []), kind_of(self._meta.model)
        if relation in kind.lists:
            return sorted({*stored, *rows})
        identity = kind.parts[relation].identity
        new = [[part[name] for name in identity] for part in rows]
        return [*(part for part in stored if [part[name] for name in identity] not in new), *rows]

    def _reading(self, reading: str, stored: State | None) -> State | None:
        cells = {name: self.cleaned_data.get(f"{reading}_{name}") for name in REQUIREMENT_FIELDS
                 if f"{reading}_{name}" in self.data}  # fmt: skip
        if not cells:
            return stored
        filled = {name: value for name, value in cells.items() if value not in (None, "", [])}
        if not filled and (stored is None or len(cells) == len(REQUIREMENT_FIELDS)):
            return None
        part: State = {**stored} if stored else {"reading": reading}
        for name, value in (cells if stored else filled).items():
            part[name] = value.key if isinstance(value, Record) else value
        return part

    # --- the whole record ----------------------------------------------------------------------------------

    def _post_clean(self) -> None:
        """Clean the record, then its parts, then both together.

        Nothing of this if a cell could not be read, or if the row refers to one that is wrong itself.
        """
        if self._errors or any(id(each) in self.wrong for each in self.names.touched):
            return
        record, model = self.instance, self._meta.model
        construct_instance(self, record, self._meta.fields)
        self.parts = apply_state(record, self.relations, self.names)
        if not self._is_new and not difference(self._before, self.after, kind_of(model).identities):
            self.is_done = True  # it says nothing new, and what is stored was checked
            return
        if self._is_new:
            relations = {field.name for field in fields_of(model) if field.is_relation}  # found already
            self._try(lambda: record.full_clean(relations, validate_unique=False, validate_constraints=False))
        else:
            self._try(record.full_clean)
        self._found += [] if self._found else self._problems_of_parts()
        if not self._found:
            self._try(lambda: record.check_parts(self.parts))
        self.is_done = not self._found

    def _try(self, check: Any) -> None:
        try:
            check()
        except ValidationError as error:
            self._found += problems_of(self._meta.model, error)

    def _problems_of_parts(self) -> Iterator[Problem]:
        for relation in kind_of(self.instance).parts:
            times = Counter(part.natural_key()[1:] for part in self.parts[relation])
            if twice := [", ".join(map(str, values)) for values, count in times.items() if count > 1]:
                yield Problem(column_of(self._meta.model, relation), f"It is listed twice: {'; '.join(twice)}.")
            for place, part in enumerate(self.parts[relation], start=1):
                try:
                    clean_part(part, is_whole=not self._is_new)
                except ValidationError as error:
                    yield from problems_of_part(relation, place, part, error)

    @property
    def after(self) -> State:
        """The state of the record as it would be saved."""
        return state_of(self.instance, self.parts)


def clean_part(part: Part, *, is_whole: bool) -> None:
    """Clean a part; its constraints too if ``is_whole``. Its references were found already."""
    relations = {field.name for field in part._meta.concrete_fields if field.is_relation}
    part.clean_fields(exclude=relations)
    part.clean()
    if is_whole:
        part.validate_constraints()


def problems_of(model: type[Record], error: ValidationError) -> list[Problem]:
    """What a ValidationError says of a record, by the column to correct."""
    return [
        Problem(
            column_of(model, each.field) if each.field else _COLUMN_OF_CODE.get(each.code) or _columns(model, each),
            _sentence(each),
            allowed_for(model._meta.get_field(each.field)) if each.field else "",
        )
        for each in field_errors(error)
    ]


def problems_of_part(relation: str, place: int, part: Part, error: ValidationError) -> list[Problem]:
    """What a ValidationError says of a part, by the column to correct."""
    found = []
    for each in field_errors(error):
        name = each.field or _columns(type(part), each).split(", ")[0]
        if isinstance(part, Requirement):
            column, prefix = f"{part.reading}_{name}", ""
        elif isinstance(part, Citation | Search):
            label = f"{part._meta.get_field(name).verbose_name}: " if name else ""
            column, prefix = relation, f"Line {place}: {label}"
        else:
            column, prefix = (
                _COLUMN_OF_PART.get((relation, name)) or _COLUMN_OF_PART.get((relation, "")) or relation,
                "",
            )
        found.append(Problem(column, f"{prefix}{_sentence(each)}"))
    return found


def _sentence(error: FieldError) -> str:
    return FILL_IN if error.code in ("null", "blank") else error.sentence


def _columns(model: type[models.Model], error: FieldError) -> str:
    """The columns of the constraint that an error is about; a bound counts as the date that it is derived from."""
    for constraint in model._meta.constraints:
        if str(constraint.get_violation_error_message()) != error.sentence:
            continue
        fields = getattr(constraint, "fields", ()) or sorted(constraint.condition.referenced_base_fields)
        own = [name for name in fields if name != getattr(model, "record_field", "")]
        names = (name.removesuffix("_earliest").removesuffix("_latest") for name in own)
        columns = [column_of(model, name) if issubclass(model, Record) else name for name in names]
        return ", ".join(sorted(set(columns)))
    return ""


def row_form(model: type[Record], names: Names) -> type[RowForm]:
    """The form class of a kind of record, for one import."""
    fields = [field.name for field in fields_of(model)]
    meta = type("Meta", (), {"model": model, "fields": fields,
                             "formfield_callback": lambda field, **_: cell_field(field, names)})  # fmt: skip
    body = {"Meta": meta, "names": names, "__module__": __name__, **part_fields(model, names)}
    return type(f"{model.__name__}RowForm", (RowForm,), body)


def writable(model: type[Record]) -> list[str]:
    """The fields that a row of this kind may fill, in the order of the form."""
    return list(row_form(model, Names()).base_fields)
