"""Files of records for tests."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evaltracker.importing import formats
from evaltracker.importing.kinds import KINDS, FileKind
from evaltracker.importing.plan import plan_files
from evaltracker.importing.planned import Fate, Plan
from evaltracker.importing.run import Written, write_plans
from labs.models import Record

Rows = Sequence[Mapping[str, Any]]


def kind_of(model: type[Record]) -> FileKind:
    return next(kind for kind in KINDS if kind.model is model)


def as_csv(rows: Rows) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def exported(model: type[Record], *keys: str) -> list[dict[str, str]]:
    """The rows of the site's export as a person finds them in a sheet, only of these keys if some are given."""
    rows = rows_of(formats.export(kind_of(model), "csv"))
    return [row for row in rows if not keys or row["key"] in keys]


def plan_of(by: Any, files: Mapping[type[Record], Rows]) -> list[Plan]:
    """The plans of CSV files with these rows."""
    tables = []
    for model, rows in files.items():
        kind = kind_of(model)
        tables.append((kind, formats.read(f"{kind.name}.csv", as_csv(rows), kind)))
    return plan_files(tables, by)


def plan_json(by: Any, model: type[Record], records: Iterable[Mapping[str, Any]]) -> Plan:
    """The plan of a JSON file with these records."""
    kind = kind_of(model)
    data = json.dumps(list(records)).encode()
    return plan_files([(kind, formats.read(f"{kind.name}.json", data, kind))], by)[0]


def imported(by: Any, files: Mapping[type[Record], Rows], **why: Any) -> Written:
    """Import CSV files with these rows."""
    return write_plans(plan_of(by, files), by=by, **{"reason": "As the card says.", "batch": "test"} | why)


def problems(*plans: Plan) -> list[tuple[int, str, str]]:
    """Row, column and sentence of all that is wrong."""
    return [
        (planned.number, problem.column, problem.message)
        for each in plans
        for planned in each.wrong
        for problem in planned.problems
    ]


def fates(*plans: Plan) -> dict[str, int]:
    """How many rows there are of each fate that occurs."""
    found: dict[str, int] = {}
    for each in plans:
        for fate, count in each.counts.items():
            if count:
                found[Fate(fate).value] = found.get(fate.value, 0) + count
    return found
