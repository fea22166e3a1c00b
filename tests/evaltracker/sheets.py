"""Files of records for tests."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evaltracker.exporting import records
from evaltracker.importing.files import DESK, Limits, read_files
from evaltracker.importing.kinds import KINDS, FileKind
from evaltracker.importing.plan import Imported, import_tables
from evaltracker.importing.tables import Fate, Table
from labs.models import Record
from tests import factories

Rows = Sequence[Mapping[str, Any]]


def kind_of(model: type[Record]) -> FileKind:
    return next(kind for kind in KINDS if kind.model is model)


def as_csv(rows: Rows) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def saved(book: Any) -> bytes:
    """The content of a workbook."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """A zip with these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def event_rows(count: int, **changes: str) -> list[dict[str, str]]:
    """Rows of new events, right as they are."""
    model, evaluator, source = factories.ai_model(), factories.evaluator(), factories.source()
    row = {
        "lab": model.lab.key,
        "model": model.key,
        "evaluators": evaluator.key,
        "activity": "model_evaluation",
        "outcome": "granted",
        "timing": "before_deployment",
        "started_on": "2024-05",
        "access_days": "7",
        "domains": "cyber; bio",
        "fine_tuning": "no",
        "results": "",
        "summary": "Outsiders tested the model.",
        "is_distinct": "yes",
    }
    return [
        {"key": f"new-{number}", **row, "citations": f"{source.key} | evaluators, access.fine_tuning | Quote {number}."}
        | changes
        for number in range(count)
    ]


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def exported(model: type[Record], *keys: str) -> list[dict[str, str]]:
    """The rows of the site's export as a person finds them in a sheet, only of these keys if some are given."""
    rows = rows_of(records.export(kind_of(model), "csv"))
    return [row for row in rows if not keys or row["key"] in keys]


def tables_of(files: Mapping[type[Record], Rows]) -> list[Table]:
    """CSV files with these rows, read."""
    return [table for model, rows in files.items() for table in read(f"{kind_of(model).name}.csv", as_csv(rows))]


def read(name: str, data: bytes, kind: FileKind | None = None, limits: Limits = DESK, **options: Any) -> list[Table]:
    """The tables of one file."""
    return read_files([(name, data)], kind, limits, **options).tables


def plan_of(by: Any, files: Mapping[type[Record], Rows]) -> list[Table]:
    """What CSV files with these rows would do."""
    return import_tables(tables_of(files), by=by, is_trial=True).tables


def plan_json(by: Any, model: type[Record], records: Iterable[Mapping[str, Any]]) -> Table:
    """What a JSON file with these records would do."""
    tables = read(f"{kind_of(model).name}.json", json.dumps(list(records)).encode())
    return import_tables(tables, by=by, is_trial=True).tables[0]


def imported(by: Any, files: Mapping[type[Record], Rows], **why: Any) -> Imported:
    """Import CSV files with these rows."""
    return import_tables(tables_of(files), by=by, **{"reason": "As the card says.", "batch": "test"} | why)


def problems(*plans: Table) -> list[tuple[int, str, str]]:
    """Row, column and sentence of all that is wrong."""
    return [
        (planned.number, problem.column, problem.message)
        for each in plans
        for planned in each.of(Fate.WRONG)
        for problem in planned.problems
    ]


def fates(*plans: Table) -> dict[str, int]:
    """How many rows there are of each fate that occurs."""
    found: dict[str, int] = {}
    for each in plans:
        for fate, count in each.counts.items():
            if count:
                found[Fate(fate).value] = found.get(fate.value, 0) + count
    return found
