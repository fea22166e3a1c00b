"""Which exported column is written to which field, and what derived columns follow from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from commitments.choices import Reading
from commitments.models import Commitment, Reply, Requirement
from evaltracker.importing.groups import (
    REQUIREMENT_FIELDS,
    Citations,
    Group,
    Names,
    Others,
    Participations,
    Requirements,
    Searches,
)
from evaltracker.importing.kinds import KINDS, FileKind
from evaltracker.importing.reading import Lookup
from labs.models import (
    AccessEvent,
    AIModel,
    AIModelName,
    Evaluator,
    EvaluatorName,
    Lab,
    LabName,
    Participation,
    Record,
    Search,
    Source,
    Statement,
)
from labs.models.fields import EDTFField, TermsField
from labs.models.registry import kind_of
from labs.models.states import State, fields_of
from labs.rules import dates
from labs.rules.csv_cells import cell, plain

KEY, CHANGED_AT, AS_OF = "key", "changed_at", "as_of"
RENAMED: Mapping[tuple[type[Record], str], str] = {
    (Evaluator, "note"): "standing_arrangements",
    (AccessEvent, "lowered_because"): "certainty_lowered_because",
    (Reply, "text"): "answer",
}
"""Fields whose public column has another name."""

_REQUIREMENT_COLUMNS = tuple(f"{reading.value}_{name}" for reading in Reading for name in REQUIREMENT_FIELDS)


def _citations(model: type[Record]) -> Citations:
    return Citations("citations", ("citations",), kind_of(model).parts["citations"])


GROUPS: Mapping[type[Record], tuple[Group, ...]] = {
    Lab: (Names("other_names", ("other_names",), LabName),),
    Evaluator: (
        Names("former_names", ("former_names", "former_names_used"), EvaluatorName),
        _citations(Evaluator),
    ),
    AIModel: (
        Names("other_names", ("other_names",), AIModelName),
        Searches("searches", ("searches",), Search),
        _citations(AIModel),
    ),
    AccessEvent: (
        Participations(
            "participations", ("evaluators", "evaluator_lowerings", "evaluator_lowered_because"), Participation
        ),
        _citations(AccessEvent),
    ),
    Statement: (Others("related_events", ("related_events",), AccessEvent),),
    Commitment: (
        Others("labs", ("labs",), Lab),
        Requirements("requirements", _REQUIREMENT_COLUMNS, Requirement),
        _citations(Commitment),
    ),
}

_OTHER_RECORDS = "It follows from other records."
_FOLLOWS: Mapping[type[Record], Mapping[str, str]] = {
    AccessEvent: {
        "certainty": "Change lowered_to or the citations.",
        "certainty_label": "Change lowered_to or the citations.",
        "evaluator_certainties": "Change evaluator_lowerings or the citations.",
        "timing_by_rule": "Change timing or the citations.",
        "timing_by_rule_label": "Change timing or the citations.",
        "released_on": "Change it in the file of the models.",
        "released_on_earliest": "Change it in the file of the models.",
        "released_on_latest": "Change it in the file of the models.",
        "sources": "Change the citations.",
        "depth_low": "Change the answers of the access profile.",
        "depth_high": "Change the answers of the access profile.",
    },
    Commitment: {
        "sources": "Change the citations.",
        "testable": "Change the requirement or not_testable_because.",
        "in_force": "Change effective_on or ended_on.",
        "in_force_from": "Change effective_on or ended_on.",
        "in_force_until": "Change effective_on or ended_on.",
        "deadline": "Change due_on or fulfilled_on.",
        "deadline_days": "Change due_on or fulfilled_on.",
        "lab_certainties": "Change the citations.",
    },
    Source: dict.fromkeys(("owner", "owner_label"), "Change lab, evaluator or kind."),
    Reply: dict.fromkeys(("standing", "standing_label"), "Change the days or the answer."),
}
"""What to change instead of a derived column, where its name does not say so."""


@dataclass(frozen=True)
class Derived:
    """A derived column, which nobody may write: what to change instead, and its value for a state if computable."""

    instead: str
    of: Callable[[State, Lookup], str] | None = None


@dataclass
class Columns:
    """The columns of a kind."""

    kind: FileKind
    fields: dict[str, models.Field] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    derived: dict[str, Derived] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """All columns, in the order of the export."""
        return [column.name for column in self.kind.columns]

    def cells(self, row: Any) -> dict[str, str]:
        """The exported cells of a row, as plain text."""
        return {column.name: plain(cell(column.value(row))) for column in self.kind.columns}

    def column_of(self, name: str) -> str:
        """The column of a field or relation; the name itself if it has none."""
        model = self.kind.model
        relations = {group.relation: group.columns[0] for group in self.groups.values()}
        return RENAMED.get((model, name)) or relations.get(name) or name


def _columns(kind: FileKind) -> Columns:
    columns, model = Columns(kind), kind.model
    for each in fields_of(model):
        columns.fields[RENAMED.get((model, each.name), each.name)] = each
    for group in GROUPS.get(model, ()):
        columns.groups |= dict.fromkeys(group.columns, group)
    written = {KEY, CHANGED_AT, AS_OF, *columns.fields, *columns.groups}
    for name in columns.names:
        if name not in written:
            columns.derived[name] = _derived(columns, name)
    if missing := written - {AS_OF} - set(columns.names):
        raise TypeError(f"the export of {kind.name} lacks the columns {sorted(missing)}")
    return columns


def _derived(columns: Columns, name: str) -> Derived:
    base, _, end = name.rpartition("_")
    instead = _FOLLOWS.get(columns.kind.model, {}).get(name)
    if instead is not None:
        return Derived(instead)
    for suffix in ("", "s"):  # domain_labels, evaluator_names
        column = base + suffix
        if end == "label" + suffix and column in columns.fields:
            return Derived(f"Change {column}.", _label(columns.fields[column]))
        if end == "name" + suffix and column in {**columns.fields, **columns.groups}:
            written = columns.fields.get(column)
            return Derived(f"Change {column}.", _name(written) if written else None)
    if end in ("earliest", "latest") and isinstance(columns.fields.get(base), EDTFField):
        return Derived(f"Change {base}.", _bound(base, end))
    if base in columns.derived:
        return columns.derived[base]
    return Derived(_OTHER_RECORDS)


def _label(of: models.Field) -> Callable[[State, Lookup], str]:
    labels = dict(of.terms.choices() if isinstance(of, TermsField) else of.choices)

    def label(state: State, _lookup: Lookup) -> str:
        value = state[of.name]
        return plain(cell([labels[each] for each in value] if isinstance(value, list) else labels[value]))

    return label


def _name(of: models.Field) -> Callable[[State, Lookup], str]:
    def name(state: State, lookup: Lookup) -> str:
        key = state[of.name]
        return plain(cell(lookup.get(of.related_model, key).name)) if key else ""

    return name


def _bound(of: str, end: str) -> Callable[[State, Lookup], str]:
    def bound(state: State, _lookup: Lookup) -> str:
        try:
            return cell(getattr(dates.span(state[of]), end))
        except ValueError:  # the date itself is reported as wrong
            return ""

    return bound


COLUMNS: Mapping[FileKind, Columns] = {kind: _columns(kind) for kind in KINDS}
