"""What a merger did, as plain JSON in its proposal, so that it can be undone (labs/actions/unmerging.py)."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Model

Values = dict[str, Any]


@dataclass(slots=True)
class LoggedRow:
    """A row that pointed to the loser: moved; joined with an equal row, its twin, and deleted; or, where it has a list
    of records, with the loser replaced in it.
    """

    how: str  # moved, joined or listed
    model: str  # labs.accesseventcitation
    pk: Any
    field: str
    relation: str  # in words
    words: str
    values: Values = field(default_factory=dict)  # of a joined row, before it was deleted
    twin: Any = None
    twin_before: Values = field(default_factory=dict)  # only if it took something over
    twin_after: Values = field(default_factory=dict)
    was_listed: bool = False  # the winner was in the list already

    @property
    def model_class(self) -> type[Model]:
        return apps.get_model(self.model)


@dataclass(slots=True)
class MergerLog:
    """All that a merger did."""

    loser: Values = field(default_factory=dict)
    rows: list[LoggedRow] = field(default_factory=list)
    name: Any = None  # the primary key of the other name that was added to the winner
    aliases: list[str] = field(default_factory=list)  # that led to the loser before
    proposals: list[Values] = field(default_factory=list)  # open ones: pk, and before and after of each side

    def as_json(self) -> Values:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Values) -> "MergerLog":
        rows = [LoggedRow(**row) for row in value["rows"]]
        return cls(value["loser"], rows, value["name"], value["aliases"], value["proposals"])


def values_of(row: Model) -> Values:
    """Every column of a row."""
    return {field.attname: field.value_from_object(row) for field in row._meta.concrete_fields}


def row_from(model: type[Model], values: Values) -> Model:
    """The row with these columns, unsaved. A column that came later has its default."""
    known = {field.attname: field for field in model._meta.concrete_fields}
    return model(**{name: known[name].to_python(value) for name, value in values.items() if name in known})
