"""A django-import-export resource for each kind of record; an import makes drafts and proposals."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from import_export.resources import Resource
from import_export.results import Result, RowResult
from tablib import Dataset

from evaltracker.importing.columns import COLUMNS
from evaltracker.importing.kinds import FileKind
from evaltracker.importing.plan import plan_files
from evaltracker.importing.planned import Fate, Plan, Planned
from evaltracker.importing.run import Written, write_plans
from evaltracker.importing.tables import Row, Table
from labs.rules.csv_cells import cell, plain
from labs.web.parameters import today

_TYPES = {
    Fate.NEW: RowResult.IMPORT_TYPE_NEW,
    Fate.CHANGED: RowResult.IMPORT_TYPE_UPDATE,
    Fate.UNCHANGED: RowResult.IMPORT_TYPE_SKIP,
    Fate.WAITING: RowResult.IMPORT_TYPE_SKIP,
    Fate.WRONG: RowResult.IMPORT_TYPE_INVALID,
}


class RecordResult(Result):
    """What an import would do or did, in the library's terms; ``plan`` has the cells."""

    def __init__(self, planned: Plan) -> None:
        super().__init__()
        self.plan = planned
        self.diff_headers = list(planned.table.columns)
        self.total_rows = len(planned.rows)
        for row in planned.rows:
            result = _row_result(row)
            self.append_row_result(result)
            self.increment_row_result_total(result)
            if row.fate is Fate.WRONG:
                self.append_invalid_row(row.number, row.row.cells, result.validation_error)


def _row_result(planned: Planned) -> RowResult:
    result = RowResult()
    result.number, result.import_type = planned.number, _TYPES[planned.fate]
    result.object_repr = planned.name or planned.key
    result.diff = [(change.column, change.old, change.new) for change in planned.changes]
    if planned.problems:
        problems: dict[str, list[str]] = {}
        for each in planned.problems:
            problems.setdefault(each.column or NON_FIELD_ERRORS, []).append(each.message)
        result.validation_error = ValidationError(problems)
    return result


class RecordResource(Resource):
    """A kind of record with its exported columns. Replaces saving: rows become drafts and proposals."""

    def __init__(self, kind: FileKind, by: Any = None) -> None:
        super().__init__()
        self.kind, self.by = kind, by

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        return COLUMNS[self.kind].names

    def export(self, queryset: Any = None, **kwargs: Any) -> Dataset:
        """The public records as known today."""
        data = Dataset(headers=self.get_export_headers(), title=self.kind.name)
        for row in self.kind.rows(today()):
            data.append([cell(column.value(row)) for column in self.kind.columns])
        return data

    def check(self, table: Table) -> RecordResult:
        """What a file would do. Raises FileProblem for columns that the kind does not have."""
        return RecordResult(plan_files([(self.kind, table)], self.by)[0])

    def write(self, result: RecordResult, **why: Any) -> Written:
        """Make drafts and proposals of it, all or none; ``why`` and the errors are those of ``run``."""
        with transaction.atomic():
            return write_plans([result.plan], by=self.by, **why)

    def import_data(  # type: ignore[override]
        self, dataset: Dataset, dry_run: bool = False, *, reason: str = "", batch: str = "", **kwargs: Any
    ) -> RecordResult:
        """Check a dataset and, unless a row is wrong or it is a dry run, make drafts and proposals of it."""
        names = tuple(dataset.headers or ())
        rows = [
            Row(number, dict(zip(names, (plain(cell(each)) for each in values), strict=True)))
            for number, values in enumerate(dataset, start=2)
        ]
        result = self.check(Table(dataset.title or self.kind.name, names, rows))
        if not dry_run and not result.has_validation_errors():
            self.write(result, reason=reason, batch=batch)
        return result
