"""What columns mean that public lists have too: one name, one meaning in all files."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from commitments.web.tables import COMMITMENT_COLUMNS, REPLY_COLUMNS, VERDICT_COLUMNS
from evaltracker.web.chart_tables import TIMELINE_COLUMNS
from evaltracker.web.tables import HEADLINE_COLUMNS, SCORECARD_COLUMNS
from labs.rules.table_schema import Table
from labs.web.columns import Field, Relation, published_fields, published_relations
from labs.web.tables import (
    ACCESS_EVENT_COLUMNS,
    AI_MODEL_COLUMNS,
    EVALUATOR_COLUMNS,
    LAB_COLUMNS,
    SOURCE_COLUMNS,
    STATEMENT_COLUMNS,
)

SAME = ""
"""The description of a column that means what the column of its name in the public lists means."""

_COLUMNS = (
    *(ACCESS_EVENT_COLUMNS, AI_MODEL_COLUMNS, EVALUATOR_COLUMNS, SOURCE_COLUMNS, LAB_COLUMNS, STATEMENT_COLUMNS),
    *(COMMITMENT_COLUMNS, VERDICT_COLUMNS, REPLY_COLUMNS, SCORECARD_COLUMNS, HEADLINE_COLUMNS, TIMELINE_COLUMNS),
)
# What an empty cell means stands by itself in the package.
_EMPTY = re.compile(r"; empty[: ][^.]*| Empty [^.]*\.")


@cache
def published() -> dict[str, Field]:
    """The columns of the public lists, and of the relations that JSON has, by name."""
    found: dict[str, Field] = {}
    for field in _published():
        found.setdefault(field.name, field)
    return found


def _published() -> Iterator[Field]:
    for columns in _COLUMNS:
        yield from published_fields(columns)
    for columns in _COLUMNS:
        for relation in published_relations(columns):
            yield from _of_relation(relation)


def _of_relation(relation: Relation) -> Iterator[Field]:
    yield from relation.fields
    for each in relation.relations:
        yield from _of_relation(each)


def with_published_words(table: Table) -> Table:
    """The table with the words of the public lists for each column that leaves them to these."""
    fields = tuple(
        field if field.description else replace(field, description=_EMPTY.sub("", published()[field.name].description))
        for field in table.fields
    )
    return replace(table, fields=fields)
