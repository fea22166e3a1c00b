"""The descriptions of the data package in each format, all from the same tables (``labs.rules.table_schema``).

Data Package 2.0 with Table Schema (datapackage.org/standard), CSV on the Web (W3C, tabular metadata), SQL as SQLite has
it, the metadata of Datasette, and a dictionary as rows.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labs.rules.table_schema import Kind, Table, TableField, references

CSV_FOLDER = "tables"
UNKNOWN = (
    "“unknown” is a value: no source that we read says either way. It is never no, and never an empty cell. An empty "
    "cell means what the description of its column says."
)
EDTF_WORDS = (
    "A date as precise as its source, in EDTF (ISO 8601-2): 2024, 2024-05~, 2023-40 for the first half of 2023. Read "
    "it as text; the columns that end in _earliest and _latest are days."
)
GUARD_WORDS = (
    "In CSV, a text that a spreadsheet would run as a formula, or take for a date, has an apostrophe in front: one "
    "that begins with = + - @ or a tab, or is like 1-4, 14.2 or 2026.12. Take it away to have the text itself; SQLite "
    "and Parquet have it without. Dates, decimals and data versions never have one: read dates and versions as text."
)

_TYPES: Mapping[Kind, str] = {
    Kind.DAY: "date",
    Kind.MOMENT: "datetime",
    Kind.COUNT: "integer",
    Kind.NUMBER: "number",
}
_CSVW_TYPES: Mapping[Kind, str] = {
    Kind.DAY: "date",
    Kind.MOMENT: "dateTime",
    Kind.COUNT: "integer",
    Kind.NUMBER: "decimal",
    Kind.ADDRESS: "anyURI",
}
_SQL_TYPES: Mapping[Kind, str] = {Kind.COUNT: "INTEGER", Kind.NUMBER: "REAL"}


@dataclass(frozen=True, slots=True)
class About:
    """What a package is, for the heads of all its descriptions."""

    name: str  # evaltracker-2026.11.0
    title: str
    description: str
    homepage: str
    version: str
    created: str  # the moment of the data version
    method_version: str
    as_of: str  # the day of the derived tables
    selection: str  # what a filtered package holds, in the words of its address; "" where it is whole
    licence_name: str
    licence_title: str
    licence_address: str
    citation: str

    @property
    def is_whole(self) -> bool:
        return not self.selection


def csv_path(table: str) -> str:
    """Where the CSV of a table is within the package."""
    return f"{CSV_FOLDER}/{table}.csv"


def type_name(field: TableField) -> str:
    """The type of a column in Table Schema."""
    return _TYPES.get(field.kind, "string")


def data_package(about: About, tables: Sequence[Table], bodies: Mapping[str, bytes]) -> dict[str, Any]:
    """The descriptor ``datapackage.json``; ``bodies`` are the CSV files by the names of their tables."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": about.name,
        "title": about.title,
        "description": f"{about.description}\n\n{UNKNOWN}\n\n{GUARD_WORDS}",
        "homepage": about.homepage,
        "version": about.version,
        "created": about.created,
        "licenses": [{"name": about.licence_name, "path": about.licence_address, "title": about.licence_title}],
        "contributors": [{"title": "EvalTracker", "path": about.homepage, "roles": ["publisher"]}],
        "data_version": about.version,
        "method_version": about.method_version,
        "as_of": about.as_of,
        "selection": about.selection or "whole",
        "citation": about.citation,
        "resources": [_resource(table, tables, bodies[table.name]) for table in tables],
    }


def _resource(table: Table, tables: Sequence[Table], body: bytes) -> dict[str, Any]:
    return {
        "name": table.name,
        "type": "table",
        "path": csv_path(table.name),
        "title": table.title,
        "description": table.description,
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(body),
        "hash": f"sha256:{hashlib.sha256(body).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": table_schema(table, tables),
    }


def table_schema(table: Table, tables: Sequence[Table]) -> dict[str, Any]:
    """A table as Table Schema has it."""
    foreign_keys = [
        {
            "fields": list(each.columns),
            # Of a table that refers to itself the standard wants no name.
            "reference": {**({} if each.table == table.name else {"resource": each.table}), "fields": list(each.key)},
        }
        for each in references(table, tables)
    ]
    return {
        "fields": [_schema_field(table, field) for field in table.fields],
        "missingValues": [""],
        "primaryKey": list(table.key),
        **({"foreignKeys": foreign_keys} if foreign_keys else {}),
    }


def _schema_field(table: Table, field: TableField) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if field.is_required:
        constraints["required"] = True
    if table.key == (field.name,):
        constraints["unique"] = True
    if field.values:
        constraints["enum"] = [term.value for term in field.values]
    if field.pattern:
        constraints["pattern"] = field.pattern
    if field.least is not None:
        constraints["minimum"] = field.least
    if field.most is not None:
        constraints["maximum"] = field.most
    described: dict[str, Any] = {
        "name": field.name,
        "type": type_name(field),
        "title": title_of(field),
        "description": words_of(field),
    }
    if constraints:
        described["constraints"] = constraints
    if field.values:
        described["categories"] = [{"value": term.value, "label": term.label} for term in field.values]
    return described


def title_of(field: TableField) -> str:
    """The name of a column for people."""
    return field.name.replace("_", " ").capitalize()


def words_of(field: TableField) -> str:
    """What a column means, with what its empty cells and ``unknown`` do."""
    words = field.meaning
    if field.kind is Kind.EDTF:
        words = f"{words} {EDTF_WORDS}"
    unknown = next((term for term in field.values if term.value == "unknown"), None)
    if unknown is not None and unknown.explanation:
        words = f"{words} unknown: {unknown.explanation}"
    return words


def csv_on_the_web(about: About, tables: Sequence[Table]) -> dict[str, Any]:
    """The metadata of a group of tables (CSV on the Web), for ``csv-metadata.json``."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": about.title,
        "dc:description": f"{about.description} {UNKNOWN} {GUARD_WORDS}",
        "dc:license": {"@id": about.licence_address},
        "dc:bibliographicCitation": about.citation,
        "schema:version": about.version,
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
        "tables": [_csvw_table(table, tables) for table in tables],
    }


def _csvw_table(table: Table, tables: Sequence[Table]) -> dict[str, Any]:
    foreign_keys = [
        {
            "columnReference": list(each.columns),
            "reference": {"resource": csv_path(each.table), "columnReference": list(each.key)},
        }
        for each in references(table, tables)
    ]
    return {
        "url": csv_path(table.name),
        "dc:title": table.title,
        "dc:description": table.description,
        "tableSchema": {
            "columns": [_csvw_column(field) for field in table.fields],
            "primaryKey": list(table.key),
            **({"foreignKeys": foreign_keys} if foreign_keys else {}),
        },
    }


def _csvw_column(field: TableField) -> dict[str, Any]:
    datatype: dict[str, Any] = {"base": _CSVW_TYPES.get(field.kind, "string")}
    pattern = "|".join(term.value.replace(".", r"\.") for term in field.values) or field.pattern
    if pattern:
        datatype["format"] = f"({pattern})" if field.values else pattern
    if field.least is not None:
        datatype["minimum"] = field.least
    if field.most is not None:
        datatype["maximum"] = field.most
    return {
        "name": field.name,
        "titles": field.name,
        "dc:description": words_of(field),
        "datatype": datatype,
        "required": field.is_required,
        "null": "",
    }


def sqlite_statements(tables: Sequence[Table], views: Mapping[str, str]) -> list[str]:
    """The statements that make the tables and the views of the SQLite file."""
    return [
        *(_create_table(table, tables) for table in tables),
        *(f"CREATE VIEW {_quoted(name)} AS {query}" for name, query in views.items()),
    ]


def _create_table(table: Table, tables: Sequence[Table]) -> str:
    lines = [_sql_column(field) for field in table.fields]
    lines.append(f"PRIMARY KEY ({_quoted(*table.key)})")
    lines += [
        f"FOREIGN KEY ({_quoted(*each.columns)}) REFERENCES {_quoted(each.table)} ({_quoted(*each.key)})"
        for each in references(table, tables)
    ]
    columns = ",\n  ".join(lines)
    return f"CREATE TABLE {_quoted(table.name)} (\n  {columns}\n)"


def _sql_column(field: TableField) -> str:
    words = [_quoted(field.name), _SQL_TYPES.get(field.kind, "TEXT")]
    if field.is_required:
        words.append("NOT NULL")
    if field.values:
        allowed = ", ".join("'" + term.value.replace("'", "''") + "'" for term in field.values)
        words.append(f"CHECK ({_quoted(field.name)} IN ({allowed}))")
    return " ".join(words)


def _quoted(*names: str) -> str:
    return ", ".join(f'"{name}"' for name in names)


def datasette_metadata(about: About, tables: Iterable[Table], database: str) -> dict[str, Any]:
    """The metadata with which Datasette shows titles and descriptions; ``database`` is the name of the file.

    Facets are named for enumerations only. Datasette would offer EDTF columns as dates by itself: start it with
    ``--setting suggest_facets off``.
    """
    described = {
        table.name: {
            "title": table.title,
            "description": table.description,
            "columns": {field.name: words_of(field) for field in table.fields},
            "facets": [field.name for field in table.fields if field.values and field.name not in table.key][:4],
            "sort": table.key[0],
        }
        for table in tables
    }
    head = {
        "title": about.title,
        "description": f"{about.description} {UNKNOWN}",
        "license": about.licence_title,
        "license_url": about.licence_address,
        "source": "EvalTracker",
        "source_url": about.homepage,
    }
    return {**head, "databases": {database: {**head, "tables": described}}}


DICTIONARY_HEADER = (
    "table",
    "column",
    "type",
    "is_key",
    "refers_to",
    "description",
    "empty_means",
    "values",
    "pattern",
    "least",
    "most",
)


def dictionary_rows(tables: Iterable[Table]) -> Iterable[tuple[str, ...]]:
    """A row for each column of each table, below ``DICTIONARY_HEADER``. ``values`` says where the values are listed."""
    for table in tables:
        for field in table.fields:
            yield (
                table.name,
                field.name,
                field.kind.value,
                "yes" if field.name in table.key else "no",
                field.refers,
                field.description,
                field.empty or "never empty",
                "in the table terms" if field.values else "",
                field.pattern,
                "" if field.least is None else str(field.least),
                "" if field.most is None else str(field.most),
            )
