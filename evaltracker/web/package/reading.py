"""Read a data package back: is it whole and undamaged, and what records does it hold?"""

import csv
import hashlib
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from commitments.models import Commitment, Reply
from evaltracker.web.package import records as tables
from evaltracker.web.package.tables import DATA_VERSIONS, EDITIONS, TABLES
from labs.actions.loading import PublicRecord, PublicVersion
from labs.choices import YesNo
from labs.models import AccessEvent, AIModel, Edition, Evaluator, Lab, Record, Source, Statement
from labs.models.registry import kind_of
from labs.rules.data_package import csv_path, type_name
from labs.rules.table_schema import Table, value_of

MOST_BYTES = 1 << 30
"""A package that unpacks to more than this is none of ours."""

RECORDS: Mapping[type[Record], Table] = {
    Lab: tables.LABS,
    Evaluator: tables.EVALUATORS,
    AIModel: tables.MODELS,
    Source: tables.SOURCES,
    AccessEvent: tables.ACCESS_EVENTS,
    Statement: tables.STATEMENTS,
    Commitment: tables.COMMITMENTS,
    Reply: tables.REPLIES,
}
PARTS = (
    (Lab, "other_names", tables.LAB_NAMES, "lab"),
    (Evaluator, "former_names", tables.EVALUATOR_NAMES, "evaluator"),
    (AIModel, "other_names", tables.MODEL_NAMES, "model"),
    (AIModel, "searches", tables.SEARCHES, "model"),
    (AccessEvent, "participations", tables.EVENT_EVALUATORS, "event"),
    (Commitment, "requirements", tables.REQUIREMENTS, "commitment"),
)
"""The parts that have a table of their own: the kind, the relation, the table, the column that names the record."""
LISTS = (
    (AccessEvent, tables.EVENT_DOMAINS, "event", "domain"),
    (Statement, tables.STATEMENT_EVENTS, "statement_key", "event"),
    (Commitment, tables.COMMITMENT_LABS, "commitment", "lab"),
)
"""The lists of keys and of terms: the kind, the table, the column that names the record, the column of the member."""

Row = dict[str, Any]


class PackageProblem(Exception):
    """Why a file cannot be loaded, as a sentence."""


def read_package(body: bytes) -> PublicVersion:
    """What a package holds of records. Raises PackageProblem where it is damaged, filtered, or none of ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return _read(archive)
    except zipfile.BadZipFile as error:
        raise PackageProblem(f"It is no zip file, or a damaged one ({error}).") from None
    except (OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise PackageProblem(f"It cannot be unpacked ({error}).") from None


def _read(archive: zipfile.ZipFile) -> PublicVersion:
    if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
        raise PackageProblem("It is too large to be a data package of ours.")
    descriptor = _descriptor(archive)
    _refuse_part(descriptor)
    resources = {each["name"]: each for each in descriptor["resources"]}
    missing = [table.name for table in TABLES if table.name not in resources]
    if missing:
        raise PackageProblem(f"These tables are missing in datapackage.json: {', '.join(missing)}.")
    bodies = {name: _file(archive, resource) for name, resource in resources.items()}
    rows = {
        table.name: _rows(table, resources[table.name], bodies[table.name])
        for table in (*tables.RECORD_TABLES, EDITIONS, DATA_VERSIONS)
    }
    return _version(rows)


def _descriptor(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        found = json.loads(archive.read("datapackage.json"))
    except KeyError:
        raise PackageProblem("datapackage.json is missing, so this is no data package.") from None
    except (ValueError, RecursionError):
        raise PackageProblem("datapackage.json is damaged.") from None
    resources = found.get("resources") if isinstance(found, dict) else None
    is_ours = isinstance(resources, list) and all(
        isinstance(each, dict) and {"name", "path", "hash", "schema"} <= each.keys() for each in resources
    )
    if not is_ours or not str(found.get("name", "")).startswith("evaltracker-"):
        raise PackageProblem("datapackage.json is no description of EvalTracker's data.")
    return dict(found)


def _refuse_part(descriptor: Mapping[str, Any]) -> None:
    selection = str(descriptor.get("selection"))
    if selection != "whole":
        raise PackageProblem(
            f"It holds only a part of the records ({selection}). Load the whole package: the file without a filter and "
            "without a day."
        )


def _file(archive: zipfile.ZipFile, resource: Mapping[str, Any]) -> bytes:
    path = str(resource["path"])
    try:
        body = archive.read(path)
    except KeyError:
        raise PackageProblem(f"{path} is missing.") from None
    except zipfile.BadZipFile:
        raise PackageProblem(f"{path} is damaged.") from None
    if resource["hash"] != f"sha256:{hashlib.sha256(body).hexdigest()}":
        raise PackageProblem(f"{path} is damaged: its content is not the one that datapackage.json names.")
    return body


def _rows(table: Table, resource: Mapping[str, Any], body: bytes) -> list[Row]:
    _check_columns(table, resource)
    try:
        lines = list(csv.reader(io.StringIO(body.decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise PackageProblem(f"{csv_path(table.name)} cannot be read ({error}).") from None
    if not lines or lines[0] != table.names:
        raise PackageProblem(f"The columns of {csv_path(table.name)} are not those that datapackage.json names.")
    return [_row(table, number, cells) for number, cells in enumerate(lines[1:], start=2)]


def _check_columns(table: Table, resource: Mapping[str, Any]) -> None:
    described = [(each.get("name"), each.get("type")) for each in resource["schema"].get("fields", [])]
    ours = [(field.name, type_name(field)) for field in table.fields]
    if described != ours:
        other = sorted({str(name) for name, _ in set(described) ^ set(ours)}) or ["their order"]
        raise PackageProblem(
            f"The table {table.name} was made by another version of the program: it differs in {', '.join(other)}."
        )


def _row(table: Table, number: int, cells: list[str]) -> Row:
    if len(cells) != len(table.fields):
        raise PackageProblem(f"{csv_path(table.name)}, row {number}, has {len(cells)} cells.")
    values = {}
    for field, text in zip(table.fields, cells, strict=True):
        try:
            values[field.name] = value_of(field, text)
        except (ValueError, ArithmeticError) as error:
            raise PackageProblem(f"{csv_path(table.name)}, row {number}, {field.name}: {error}.") from None
    return values


def _version(rows: Mapping[str, list[Row]]) -> PublicVersion:
    if len(rows["data_versions"]) != 1:
        raise PackageProblem("A package is of one data version.")
    version = rows["data_versions"][0]
    states = _states(rows)
    return PublicVersion(
        edition=version["edition"],
        number=version["version_number"],
        made_at=version["made_at"],
        checked_by=version["version_checked_by"],
        note=version["version_note"] or "",
        editions=[
            Edition(version=each["edition"], complete_to=each["edition_complete_to"], note=each["edition_note"] or "")
            for each in rows["editions"]
        ],
        records={
            model: [
                PublicRecord(each["key"], states[model][each["key"]], each["changed_at"]) for each in rows[table.name]
            ]
            for model, table in RECORDS.items()
        },
    )


def _states(rows: Mapping[str, list[Row]]) -> dict[type[Record], dict[str, dict[str, Any]]]:
    """The state of each record by kind and key, with its lists and parts."""
    states = {
        model: {row["key"]: _fields(table, row, model) for row in rows[table.name]} for model, table in RECORDS.items()
    }
    for model, found in states.items():
        for state in found.values():
            state |= {relation: [] for relation in kind_of(model).relations}
    for model, relation, table, owner in PARTS:
        part_model = kind_of(model).parts[relation]
        members = _members(rows["requirement_activities"]) if table is tables.REQUIREMENTS else {}
        for row in sorted(rows[table.name], key=lambda row: row.get("position") or 0):
            part = _fields(table, row, part_model)
            if members:
                part["activities"] = members.get((row["commitment"], row["reading"]), [])
            _state(states, model, row[owner], table)[relation].append(part)
    for model, table, owner, member in LISTS:
        attribute = next(each.attribute for each in table.fields if isinstance(each, tables.Stored))
        for row in rows[table.name]:
            _state(states, model, row[owner], table).setdefault(attribute, []).append(row[member])
    supports = defaultdict(list)
    for row in rows["citation_supports"]:
        supports[row["citation"]].append(row["supported_field"])
    for row in sorted(rows["citations"], key=lambda row: row["position"]):
        about = [(model, row[name]) for model, (name, _) in tables.CITED.items() if row[name]]
        if len(about) != 1:
            raise PackageProblem(f"The citation {row['citation']} is of {len(about)} records.")
        citation = {"source": row["source"], "quote": row["quote"], "supports": supports[row["citation"]]}
        _state(states, *about[0], tables.CITATIONS)["citations"].append(citation)
    return states


def _members(rows: Iterable[Row]) -> dict[tuple[str, str], list[str]]:
    members = defaultdict(list)
    for row in rows:
        members[row["commitment"], row["reading"]].append(row["required_activity"])
    return members


def _state(states: Any, model: type[Record], key: str, table: Table) -> dict[str, Any]:
    if key not in states[model]:
        raise PackageProblem(f"{csv_path(table.name)} refers to {model._meta.verbose_name} {key}, which is missing.")
    found: dict[str, Any] = states[model][key]
    return found


def _fields(table: Table, row: Row, model: type[models.Model]) -> dict[str, Any]:
    """The fields of a record or a part, as a state has them."""
    values = {}
    for field in table.fields:
        if isinstance(field, tables.Stored) and field.attribute not in ("", "changed_at"):
            values[field.attribute] = _as_stored(model._meta.get_field(field.attribute), row[field.name])
    return values


def _as_stored(field: models.Field, value: Any) -> Any:
    if isinstance(field, models.BooleanField):
        return value == YesNo.YES.value
    return "" if value is None and not field.null else value
