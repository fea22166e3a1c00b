"""What files of each kind of record hold: the columns, and the rows that the site exports on a day."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Prefetch

from commitments.models import Commitment, Reply
from commitments.queries import CommitmentAsOf, commitments_as_of, replies_as_of
from commitments.web.tables import COMMITMENT_COLUMNS, REPLY_COLUMNS
from evaltracker.importing.forms import column_of, writable
from labs.actions.imports import in_batches
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Record, Source, Statement
from labs.models.registry import RecordKind, kinds_by_rank
from labs.models.states import fields_of
from labs.queries import (
    ReleaseAsOf,
    SourceAsOf,
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
    def fields(self) -> dict[str, str]:
        """The columns that an import writes, each with its field of the form, in the order of the export."""
        by_column = {column_of(self.model, name): name for name in writable(self.model)}
        order = [column.name for column in self.columns]
        if missing := by_column.keys() - set(order):
            raise TypeError(f"the export of {self.name} lacks the columns {sorted(missing)}")
        return {name: by_column[name] for name in order if name in by_column}

    @cached_property
    def derived(self) -> set[str]:
        """The columns that follow from others, which an import leaves alone."""
        names = {column.name for column in (*self.columns, *self.public)} | set(self._old_names)
        return names - {KEY, CHANGED_AT, AS_OF, *self.fields, *self.desk_names}

    @property
    def _old_names(self) -> Iterator[str]:
        return (each.old for each in RENAMES if each.file in self.kind.file_names)

    @cached_property
    def desk_names(self) -> dict[str, str]:
        """The columns that have another name in the public file, each with its name here."""
        return {column.name: column.desk for column in self.public if column.desk}

    def cells(self, row: Any) -> dict[str, str]:
        """The exported cells of a row by the field of the form, as plain text."""
        return {
            self.fields[column.name]: plain(column.cell(row)) for column in self.columns if column.name in self.fields
        }

    def rows(self, day: dt.date, keys: Sequence[str] | None = None) -> Iterator[Any]:
        """The rows of the public records as known on the day, by key; only those with these keys if given."""
        found = self.listed(day)
        return (found[key] for key in (sorted(found) if keys is None else keys) if key in found)

    def existing(self, keys: Iterable[str]) -> dict[str, Record]:
        """The records with these keys, of any status, with all that their states need."""
        fields = [field.name for field in fields_of(self.model) if field.is_relation]
        parts: list[str | Prefetch] = [*self.kind.lists]
        for relation, part in self.kind.parts.items():
            # Joined: a prefetch of its own for what parts refer to breaks SQLite's limits at a thousand sources.
            joined = [field.name for field in fields_of(part) if field.is_relation]
            parts.append(Prefetch(relation, part._default_manager.select_related(*joined)))
        records = self.model._default_manager.select_related(*fields).prefetch_related(*parts)
        return {record.key: record for some in in_batches(keys) for record in records.filter(key__in=some)}


def record_of(row: Any) -> Record:
    """The record that a row is about."""
    return row if isinstance(row, Record) else row.record


def _labs(_day: dt.date) -> Mapping[str, Lab]:
    return labs_by_key()


def _sources(day: dt.date) -> Mapping[str, SourceAsOf]:
    return sources_as_of(day) if day < today() else sources_by_key()


def _releases(day: dt.date) -> Mapping[str, ReleaseAsOf]:
    return {key: release for key, release in releases_as_of(day).items() if release.is_known or day >= today()}


def _commitments(day: dt.date) -> Mapping[str, CommitmentAsOf]:
    return commitments_as_of(day, Window.ALL)


_EXPORTS: Mapping[type[Record], tuple[Sequence[Column], Listed]] = {
    Lab: (LAB_COLUMNS, _labs),
    Evaluator: (EVALUATOR_COLUMNS, evaluators_as_of),
    Source: (SOURCE_COLUMNS, _sources),
    AIModel: (AI_MODEL_COLUMNS, _releases),
    AccessEvent: (ACCESS_EVENT_COLUMNS, events_as_of),
    Commitment: (COMMITMENT_COLUMNS, _commitments),
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
