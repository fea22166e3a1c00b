"""What files of each kind of record hold: the columns, and the rows that the site exports on a day."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from commitments.choices import Reading
from commitments.models import Commitment, Reply
from commitments.queries import commitments_as_of, replies_as_of
from commitments.web.tables import COMMITMENT_COLUMNS, REPLY_COLUMNS
from labs.actions.imports import in_batches
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Record, Source, Statement
from labs.models.registry import RecordKind, kinds_by_rank
from labs.models.states import fields_of, with_state
from labs.queries import (
    evaluators_as_of,
    events_as_of,
    labs_by_key,
    releases_as_of,
    sources_as_of,
    sources_by_key,
    statements_as_of,
)
from labs.rules.access import Window
from labs.rules.csv_cells import plain
from labs.rules.renames import RENAMES
from labs.web.columns import Column, Field, desk_fields, published_fields
from labs.web.parameters import today
from labs.web.tables import (
    ACCESS_EVENT_COLUMNS,
    AI_MODEL_COLUMNS,
    EVALUATOR_COLUMNS,
    LAB_COLUMNS,
    SOURCE_COLUMNS,
    STATEMENT_COLUMNS,
)

KEY, CHANGED_AT, AS_OF = "key", "changed_at", "as_of"
Listed = Callable[[dt.date], Mapping[str, Any]]

RENAMED: Mapping[tuple[type[Record], str], str] = {
    (Evaluator, "note"): "standing_arrangements",
    (AccessEvent, "lowered_because"): "certainty_lowered_because",
    (Reply, "text"): "answer",
}
"""Fields whose public column has another name."""

SIDE_BY_SIDE: Mapping[str, Mapping[str, str]] = {
    "other_names": {"name": "other_names"},
    "former_names": {"name": "former_names", "used": "former_names_used"},
    "participations": {
        "evaluator": "evaluators",
        "lowered_to": "evaluator_lowerings",
        "lowered_because": "evaluator_lowered_because",
    },
}
"""Relations whose parts stand in lists beside one another: the column of each field. The first says how many."""


class Place(NamedTuple):
    """What a column says: a field or a relation of the record; of a relation, a field of its parts (of one reading)."""

    name: str
    part: str = ""
    reading: str = ""


def _places(kind: RecordKind) -> Iterator[tuple[str, Place]]:
    for field in fields_of(kind.model):
        yield RENAMED.get((kind.model, field.name), field.name), Place(field.name)
    for relation, related in kind.relations.items():
        if relation == "requirements":
            for reading in Reading.values():
                parts = (field.name for field in fields_of(related) if field.name != "reading")
                yield from ((f"{reading}_{part}", Place(relation, part, reading)) for part in parts)
        elif relation in SIDE_BY_SIDE:
            yield from ((column, Place(relation, part)) for part, column in SIDE_BY_SIDE[relation].items())
        else:
            yield relation, Place(relation)


@dataclass(frozen=True, eq=False)
class FileKind:
    """A kind of record with the columns of its files.

    ``listed`` gives, for a day, the records that the site exports as known then, by key.
    """

    kind: RecordKind
    columns: Sequence[Field]
    listed: Listed
    public: Sequence[Field] = ()  # of the public file, where some columns have other names, and none holds a list

    @property
    def model(self) -> type[Record]:
        return self.kind.model

    @property
    def name(self) -> str:
        """The name of its files."""
        return self.kind.file_names[0]

    @property
    def label(self) -> str:
        """Its plural, for people."""
        return self.kind.plural

    @cached_property
    def fields(self) -> dict[str, Place]:
        """The columns that an import reads, with what they say, in the order of the export."""
        places, order = dict(_places(self.kind)), [column.name for column in self.columns]
        if missing := places.keys() - set(order):
            raise TypeError(f"the export of {self.name} lacks the columns {sorted(missing)}")
        return {name: places[name] for name in order if name in places}

    @cached_property
    def _column_of(self) -> dict[Place, str]:
        return {place: column for column, place in self.fields.items()}

    def column_of(self, name: str, part: str = "", reading: str = "") -> str:
        """The column of a field, or of a field of a part; the first of the relation, or the name, if it has none."""
        first = next(iter(SIDE_BY_SIDE.get(name, ())), "")
        found = self._column_of
        return found.get(Place(name, part, reading)) or found.get(Place(name, first)) or name

    @cached_property
    def derived(self) -> set[str]:
        """The columns that follow from others, which an import leaves alone."""
        names = {column.name for column in (*self.columns, *self.public)}
        names |= {each.old for each in RENAMES if each.file in self.kind.file_names}
        return names - {KEY, CHANGED_AT, AS_OF, *self.fields, *self.desk_names}

    @cached_property
    def desk_names(self) -> dict[str, str]:
        """The columns that have another name in the public file, each with its name here."""
        return {column.name: column.desk for column in self.public if column.desk}

    def cells(self, row: Any) -> dict[str, str]:
        """The exported cells of a row that an import reads, as plain text."""
        return {column.name: plain(column.cell(row)) for column in self.columns if column.name in self.fields}

    def rows(self, day: dt.date, keys: Sequence[str] | None = None) -> Iterator[Any]:
        """The rows of the public records as known on the day, by key; only those with these keys if given."""
        found = self.listed(day)
        return (found[key] for key in (sorted(found) if keys is None else keys) if key in found)

    def existing(self, keys: Iterable[str]) -> dict[str, Record]:
        """The records with these keys, of any status, with all that their states need."""
        records = self.model._default_manager
        return {each.key: each for some in in_batches(keys) for each in with_state(records.filter(key__in=some))}


def record_of(row: Any) -> Record:
    """The record that a row is about."""
    return row if isinstance(row, Record) else row.record


def _releases(day: dt.date) -> Mapping[str, Any]:
    return {key: release for key, release in releases_as_of(day).items() if release.is_known or day >= today()}


_EXPORTS: Mapping[type[Record], tuple[Sequence[Column], Listed]] = {
    Lab: (LAB_COLUMNS, lambda _: labs_by_key()),
    Evaluator: (EVALUATOR_COLUMNS, evaluators_as_of),
    Source: (SOURCE_COLUMNS, lambda day: sources_as_of(day) if day < today() else sources_by_key()),
    AIModel: (AI_MODEL_COLUMNS, _releases),
    AccessEvent: (ACCESS_EVENT_COLUMNS, events_as_of),
    Commitment: (COMMITMENT_COLUMNS, lambda day: commitments_as_of(day, Window.ALL)),
    Reply: (REPLY_COLUMNS, replies_as_of),
    Statement: (STATEMENT_COLUMNS, statements_as_of),
}


def _file_kind(kind: RecordKind) -> FileKind:
    columns, listed = _EXPORTS[kind.model]
    return FileKind(kind, desk_fields(columns), listed, published_fields(columns))


KINDS = tuple(map(_file_kind, kinds_by_rank()))
"""All kinds, in the order in which they are imported."""


def kind_by_file_name(name: str) -> FileKind | None:
    """The kind that a file name says; ignores the day and the versions of a download, and a browser's “(1)”."""
    stem = re.sub(r"( ?\(\d+\)|-(data|method)-[\w.]+|[-_]\d{4}-\d{2}-\d{2})+$", "", name.casefold().strip())
    return next((kind for kind in KINDS if stem in kind.kind.file_names), None)
