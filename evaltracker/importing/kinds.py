"""What files of each kind of record hold: the columns, and the rows that the site exports on a day."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from commitments.models import Commitment, Reply
from commitments.queries import commitments_as_of, commitments_listed, promises, replies_as_of, replies_listed
from commitments.web.tables import COMMITMENT_COLUMNS, REPLY_COLUMNS
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Record, Source
from labs.models.registry import RecordKind, kinds_by_rank
from labs.models.states import fields_of
from labs.queries import (
    evaluators_as_of,
    evaluators_listed,
    event_as_of,
    events_listed,
    releases_as_of,
    releases_listed,
    sources_listed,
)
from labs.queries.labs import labs_listed
from labs.web.columns import Column, Field, published_fields
from labs.web.parameters import today
from labs.web.streaming import ROWS_AT_ONCE, rows_of
from labs.web.tables import (
    ACCESS_EVENT_COLUMNS,
    AI_MODEL_COLUMNS,
    AI_MODEL_READ,
    CITATIONS_READ,
    EVALUATOR_COLUMNS,
    LAB_COLUMNS,
    SOURCE_COLUMNS,
)

Listed = Callable[[dt.date], tuple[QuerySet, Callable[[list[Any]], Iterable[Any]]]]


@dataclass(frozen=True, eq=False)
class FileKind:
    """A kind of record with the columns of its files.

    ``listed`` gives, for a day, the records that the site exports and what makes rows of some of them.
    """

    kind: RecordKind
    columns: Sequence[Field]
    listed: Listed

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

    def rows(self, day: dt.date, keys: Sequence[str] | None = None) -> Iterator[Any]:
        """The rows of the public records as known on the day, by key; only those with these keys if given."""
        records, rows_as_of = self.listed(day)
        records = records.order_by("key")
        if keys is None:
            batches = in_batches(rows_of(records))
        else:
            batches = (list(records.filter(key__in=some)) for some in in_batches(keys))
        for batch in batches:
            yield from rows_as_of(batch)

    def existing(self, keys: Iterable[str]) -> dict[str, Record]:
        """The records with these keys, of any status, with all that their states need."""
        fields = [field.name for field in fields_of(self.model) if field.is_relation]
        parts = [*self.kind.relations]
        for relation, part in self.kind.parts.items():
            parts += [f"{relation}__{field.name}" for field in fields_of(part) if field.is_relation]
        records = self.model._default_manager.select_related(*fields).prefetch_related(*parts)
        return {record.key: record for some in in_batches(keys) for record in records.filter(key__in=some)}


def record_of(row: Any) -> Record:
    """The record that a row is about."""
    return row if isinstance(row, Record) else row.record


def in_batches(items: Iterable[Any], size: int = ROWS_AT_ONCE) -> Iterator[list[Any]]:
    """The items in lists of a few hundred."""
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch


def _labs(_day: dt.date) -> tuple[QuerySet, Any]:
    return labs_listed().published(), list


def _evaluators(day: dt.date) -> tuple[QuerySet, Any]:
    records = evaluators_listed(day).published().prefetch_related(*CITATIONS_READ)
    return records, lambda some: evaluators_as_of(some, day)


def _sources(day: dt.date) -> tuple[QuerySet, Any]:
    return sources_listed(day, day < today()).published(), list


def _models(day: dt.date) -> tuple[QuerySet, Any]:
    records = releases_listed(day, day < today()).published().prefetch_related(*AI_MODEL_READ)
    return records, lambda some: releases_as_of(some, day)


def _events(day: dt.date) -> tuple[QuerySet, Any]:
    records = events_listed(day, is_past=False).published()
    return records, lambda some: [event for record in some if (event := event_as_of(record, day))]


def _commitments(day: dt.date) -> tuple[QuerySet, Any]:
    ledger = promises(day)
    return commitments_listed(ledger).published(), lambda some: commitments_as_of(some, ledger)


def _replies(day: dt.date) -> tuple[QuerySet, Any]:
    return replies_listed(day), lambda some: replies_as_of(some, day)


_EXPORTS: Mapping[type[Record], tuple[Sequence[Column], Listed]] = {
    Lab: (LAB_COLUMNS, _labs),
    Evaluator: (EVALUATOR_COLUMNS, _evaluators),
    Source: (SOURCE_COLUMNS, _sources),
    AIModel: (AI_MODEL_COLUMNS, _models),
    AccessEvent: (ACCESS_EVENT_COLUMNS, _events),
    Commitment: (COMMITMENT_COLUMNS, _commitments),
    Reply: (REPLY_COLUMNS, _replies),
}


def _file_kind(kind: RecordKind) -> FileKind:
    columns, listed = _EXPORTS[kind.model]
    return FileKind(kind, published_fields(columns), listed)


KINDS = tuple(map(_file_kind, kinds_by_rank()))
"""All kinds, in the order in which they are imported."""


def kind_by_file_name(name: str) -> FileKind | None:
    """The kind that a file name says; ignores the day of a download and a browser's “(1)” at its end."""
    stem = re.sub(r"( ?\(\d+\)|[-_]\d{4}-\d{2}-\d{2})+$", "", name.casefold().strip())
    return next((kind for kind in KINDS if stem in kind.kind.file_names), None)
