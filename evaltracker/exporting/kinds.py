"""The records that the site exports of each kind: the columns of its files, and the rows as known on a day."""

import datetime as dt
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from commitments.models import Commitment, Reply
from commitments.queries import commitments_as_of, replies_as_of
from commitments.web.tables import COMMITMENT_COLUMNS, REPLY_COLUMNS
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Record, Source, Statement
from labs.models.registry import RecordKind
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


@dataclass(frozen=True, eq=False)
class ExportKind:
    """A kind of record with its files."""

    kind: RecordKind

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
    def columns(self) -> Sequence[Field]:
        """The columns of the desk's spreadsheets."""
        return desk_fields(_EXPORTS[self.model][0])

    @cached_property
    def public(self) -> Sequence[Field]:
        """Those of the public file, where some have other names, and none holds a list."""
        return published_fields(_EXPORTS[self.model][0])

    @cached_property
    def desk_names(self) -> dict[str, str]:
        """The columns that have another name in the public file, each with its name here."""
        return {column.name: column.desk for column in self.public if column.desk}

    def cells(self, row: Any, names: Container[str]) -> dict[str, str]:
        """The cells of a row in the columns of these names, as plain text."""
        return {column.name: plain(column.cell(row)) for column in self.columns if column.name in names}

    def rows(self, day: dt.date, keys: Sequence[str] | None = None) -> Iterator[Any]:
        """The rows of the public records as known on the day, by key; only those with these keys if given."""
        found = _EXPORTS[self.model][1](day)
        return (found[key] for key in (sorted(found) if keys is None else keys) if key in found)


def record_of(row: Any) -> Record:
    """The record that a row is about."""
    return row if isinstance(row, Record) else row.record
