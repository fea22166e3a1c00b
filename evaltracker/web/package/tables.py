"""All tables of the data package, in the order of the file, and the views of its SQLite file."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from evaltracker.web.package.contents import Package
from evaltracker.web.package.findings import FINDING_TABLES
from evaltracker.web.package.records import RECORD_TABLES
from evaltracker.web.package.words import SAME, with_published_words
from labs.choices import CheckedBy
from labs.models import Edition
from labs.queries import records_complete_to
from labs.queries.kept import records
from labs.rules.method import METHOD_VERSION
from labs.rules.table_schema import Kind, Table, TableField
from labs.rules.vocabulary import Term


def _editions(_: Package) -> list[Edition]:
    return sorted(records().editions, key=lambda edition: edition.version)


EDITIONS = Table(
    "editions",
    "Editions",
    "The editions of the records up to this data version, each with the day to which it is complete.",
    ("edition",),
    (
        TableField("edition", Kind.TEXT, "The name of the edition.", lambda edition: edition.version),
        TableField(
            "edition_complete_to",
            Kind.DAY,
            "Releases up to this day have been entered, but where a lab has a day of its own.",
            lambda edition: edition.complete_to,
        ),
        TableField(
            "edition_note",
            Kind.TEXT,
            "What changed since the edition before.",
            lambda edition: edition.note or None,
            "no note says",
        ),
    ),
    _editions,
)
DATA_VERSIONS = Table(
    "data_versions",
    "The data version",
    "The one data version that this package holds. Every table is of it.",
    ("data_version",),
    (
        TableField("data_version", Kind.VERSION, SAME, str),
        TableField(
            "edition",
            Kind.TEXT,
            "The name of the edition.",
            lambda version: version.edition.version,
            refers="editions",
        ),
        TableField(
            "version_number",
            Kind.COUNT,
            "The number of the version within its edition, from 0.",
            lambda version: version.number,
            least=0,
        ),
        TableField("made_at", Kind.MOMENT, "When it was made, in UTC.", lambda version: version.made_at),
        TableField(
            "version_checked_by",
            Kind.TERM,
            "Who let it through.",
            lambda version: version.checked_by,
            terms=CheckedBy,
        ),
        TableField(
            "version_note",
            Kind.TEXT,
            "What changed, where no accepted proposal says it.",
            lambda version: version.note or None,
            "the public changes say it",
        ),
        TableField(
            "records_complete_to",
            Kind.DAY,
            "The day to which the records of all labs with releases that count are complete; every window ends on it.",
            lambda _: records_complete_to(),
            "it is not known of one of them",
        ),
        TableField(
            "method_version",
            Kind.VERSION,
            SAME,
            lambda _: str(METHOD_VERSION),
        ),
    ),
    lambda package: [package.version],
)


class _Value(NamedTuple):
    table: Table
    field: TableField
    term: Term


def _values(_: Package) -> Iterator[_Value]:
    for table in (*RECORD_TABLES, *FINDING_TABLES, DATA_VERSIONS):
        for field in table.fields:
            yield from (_Value(table, field, term) for term in field.values)


def _part(name: str, description: str, read: Any, empty: str = "", kind: Kind = Kind.KEY) -> TableField:
    return TableField(name, kind, description, read, empty)


TERMS = Table(
    "terms",
    "Values of the enumerations",
    "Every value that a column with fixed values can have, with its words for people.",
    ("table_name", "column_name", "value"),
    (
        _part("table_name", "The table that has the column.", lambda row: row.table.name),
        _part("column_name", "The column.", lambda row: row.field.name),
        _part("value", "The value, as cells have it.", lambda row: row.term.value),
        _part("value_label", "The value in words.", lambda row: row.term.label, kind=Kind.TEXT),
        _part(
            "value_explanation",
            "What the value means.",
            lambda row: row.term.explanation or None,
            "its words say it",
            Kind.TEXT,
        ),
    ),
    lambda package: sorted(_values(package), key=lambda row: (row.table.name, row.field.name, _place(row))),
)


def _place(row: _Value) -> int:
    return row.field.values.index(row.term)


TABLES = tuple(map(with_published_words, (*RECORD_TABLES, *FINDING_TABLES, EDITIONS, DATA_VERSIONS, TERMS)))
TABLES_BY_NAME = {table.name: table for table in TABLES}

VIEWS = {
    "tests": (
        "SELECT access_events.key AS event, labs.name AS lab_name, models.name AS model_name, "
        "evaluators.name AS evaluator_name, access_events.activity, access_events.outcome, "
        "event_findings.timing_by_rule, event_findings.certainty, event_findings.counts, "
        "models.released_on, models.released_on_earliest, models.released_on_latest "
        "FROM access_events JOIN labs ON labs.key = access_events.lab "
        "LEFT JOIN models ON models.key = access_events.model "
        "LEFT JOIN event_evaluators ON event_evaluators.event = access_events.key "
        "LEFT JOIN evaluators ON evaluators.key = event_evaluators.evaluator "
        "LEFT JOIN event_findings ON event_findings.event = access_events.key "
        "ORDER BY access_events.key, event_evaluators.position"
    ),
    "quotes": (
        "SELECT citations.citation, citations.model, citations.evaluator, citations.event, "
        "citations.commitment, citations.quote, sources.title, sources.publisher, sources.url, sources.archived_url, "
        "sources.published_on, sources.read_on "
        "FROM citations JOIN sources ON sources.key = citations.source ORDER BY citations.citation"
    ),
    "unconfirmed_releases": (
        "SELECT models.key AS model, models.name, labs.name AS lab_name, models.released_on, release_findings.evidence "
        "FROM release_findings JOIN models ON models.key = release_findings.model "
        "JOIN labs ON labs.key = models.lab "
        "WHERE release_findings.release_standing = 'counts' AND release_findings.evidence <> 'confirmed' "
        "ORDER BY models.released_on_earliest DESC, models.key"
    ),
}
"""Views of the SQLite file: who tested what; quotes with their sources; counted releases without a confirmed test."""
