"""Plan an import: what each row of the files would do, fully checked. Writes nothing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug

from evaltracker.importing.checks import Checks
from evaltracker.importing.columns import AS_OF, COLUMNS, KEY
from evaltracker.importing.compare import Comparison
from evaltracker.importing.kinds import KINDS, FileKind, record_of
from evaltracker.importing.planned import Fate, Plan, Planned
from evaltracker.importing.problems import FileProblem, Problem
from evaltracker.importing.reading import DAY, Lookup, read_day
from evaltracker.importing.tables import Table
from labs.choices import RecordStatus
from labs.models import Alias, Proposal, Record
from labs.models.registry import kind_of
from labs.models.states import fields_of
from labs.web.parameters import today

OnProgress = Callable[[int], None]
"""Called with the number of rows that are done."""


def plan_files(
    files: Sequence[tuple[FileKind, Table]], by: Any, on_progress: OnProgress = lambda _: None
) -> list[Plan]:
    """Plan the import of these files, at most one of each kind, by this person.

    Records in the files may refer to each other. Raises FileProblem for columns that the kind does not have.
    """
    files = sorted(files, key=lambda pair: KINDS.index(pair[0]))
    for kind, table in files:
        check_header(kind, table)
    return _Planner(by, on_progress).plans(files)


def check_header(kind: FileKind, table: Table) -> None:
    """Raise FileProblem for columns that the kind does not have, and for a file without keys."""
    columns = COLUMNS[kind]
    names = columns.names
    if KEY not in table.columns:
        if "score_low" in table.columns:
            raise FileProblem(
                "This is the table of scorecards, whose figures follow from the records. The labs themselves are "
                "exported and imported here with the columns " + ", ".join(names) + "."
            )
        raise FileProblem(f"It has no column “{KEY}”. The first row has to name the columns: {', '.join(names)}.")
    if unknown := [name for name in table.columns if name not in names]:
        unknown_names = ", ".join(f"“{name}”" for name in unknown)
        raise FileProblem(f"{kind.label.capitalize()} have no column {unknown_names}. Allowed: {', '.join(names)}.")


class _Planner:
    def __init__(self, by: Any, on_progress: OnProgress) -> None:
        self.by, self._on_progress, self._done = by, on_progress, 0
        self._lookup, self._checks, self._new_count = Lookup(), Checks(), 0

    def plans(self, files: Sequence[tuple[FileKind, Table]]) -> list[Plan]:
        plans = [Plan(kind, table, list(self._rows_with_keys(table))) for kind, table in files]
        for each in plans:
            self._find_records(each)
        for each in plans:
            self._read(each)
        for each in plans:
            self._check(each)
        return plans

    # --- the record of each row ----------------------------------------------------------------------------

    def _rows_with_keys(self, table: Table) -> Iterator[Planned]:
        """The rows with their keys; refuses keys that are invalid or repeated."""
        first: dict[str, int] = {}
        for row in table.rows:
            key = row.cells.get(KEY, "")
            planned = Planned(row, key)
            planned.refuse(*row.problems)
            if not key:
                planned.refuse(Problem(KEY, "Each row needs a key.", "lower-case words joined by hyphens"))
            elif key in first:
                planned.refuse(
                    Problem(KEY, f"{table.row_word.capitalize()} {first[key]} already uses “{key}”.", "each key once")
                )
            else:
                planned.refuse(*_bad_key(key))
            first.setdefault(key, row.number)
            yield planned

    def _find_records(self, plan_files: Plan) -> None:
        """Give each row its record: the stored one, or a new one, to which other rows can refer."""
        model = plan_files.kind.model
        existing = plan_files.kind.existing(planned.key for planned in plan_files.rows if planned.key)
        left_behind = _left_behind(model, [planned.key for planned in plan_files.rows if planned.key not in existing])
        for planned in plan_files.rows:
            if planned.key in left_behind:
                planned.refuse(
                    Problem(KEY, f"“{planned.key}” was merged into another record.", f"{left_behind[planned.key]}")
                )
            if planned.problems:
                continue
            planned.record = existing.get(planned.key)
            if planned.record is None:
                planned.fate, planned.record = Fate.NEW, self._empty(model, planned.key)

    def _empty(self, model: type[Record], key: str) -> Record:
        """A new record. Its negative primary key identifies it until the database gives it one."""
        self._new_count += 1
        record = model(key=key, pk=-self._new_count)
        record._prefetched_objects_cache = {relation: [] for relation in kind_of(model).relations}  # saves queries
        self._lookup.add(record)
        return record

    # --- the content of each row ---------------------------------------------------------------------------

    def _read(self, plan_files: Plan) -> None:
        day = _day_of(plan_files)
        public = [each for each in plan_files.rows if each.record and each.record.status == RecordStatus.PUBLISHED]
        public = [each for each in public if each.fate is not Fate.NEW]
        by_key = {planned.key: planned for planned in public}
        for row in plan_files.kind.rows(day, list(by_key)):
            by_key[record_of(row).key].shown = plan_files.columns.cells(row)
        comparison = Comparison(plan_files.columns, plan_files.table.columns, self._lookup, _open_proposals(public))
        for planned in plan_files.rows:
            if planned.record is not None and not planned.problems:
                if planned.shown is None and planned.key in by_key and day < today():
                    planned.refuse(Problem(AS_OF, f"No source that was public by {day} mentions this record.", "empty"))
                else:
                    comparison.judge(planned)
            self._count()

    def _check(self, plan_files: Plan) -> None:
        for planned in plan_files.rows:
            if planned.fate in (Fate.NEW, Fate.CHANGED):
                planned.refuse(*self._guarded(planned, plan_files))
                planned.refuse(*self._checks.problems(plan_files.kind, planned.record, planned.parts))
            self._count()

    def _guarded(self, planned: Planned, plan_files: Plan) -> Iterator[Problem]:
        record = planned.record
        for field in fields_of(type(record)):
            permission = record.guarded.get(field.name)
            old = planned.before.get(field.name, field.get_default())
            if permission and planned.after[field.name] != old and not self.by.has_perm(permission):
                yield Problem(
                    plan_files.columns.column_of(field.name), "Only an editor may change this.", str(old) or "empty"
                )

    def _count(self) -> None:
        self._done += 1
        self._on_progress(self._done)


def _bad_key(key: str) -> Iterator[Problem]:
    try:
        validate_slug(key)
    except ValidationError:
        yield Problem(KEY, f"“{key}” is not a key.", "lower-case words joined by hyphens")


def _left_behind(model: type[Record], keys: Sequence[str]) -> dict[str, Any]:
    """For each key of a merged record, the key of the winner."""
    aliases = Alias.objects.filter(content_type=ContentType.objects.get_for_model(model))
    winner_pks = dict(aliases.values_list("key", "object_id")) if keys else {}
    winners = (
        dict(model._default_manager.filter(pk__in=winner_pks.values()).values_list("pk", "key")) if winner_pks else {}
    )
    return {key: winners.get(winner_pks[key], "") for key in keys if key in winner_pks}


def _day_of(plan_files: Plan) -> dt.date:
    """The day of the export in a file; refuses rows with a wrong day."""
    day = ""
    for planned in plan_files.rows:
        text = planned.row.cells.get(AS_OF, "")
        if not text:
            continue
        try:
            read_day(text)
        except ValueError:
            planned.refuse(Problem(AS_OF, f"“{text}” is not a day.", DAY))
            continue
        day = day or text
        if text != day:
            planned.refuse(Problem(AS_OF, f"The day is {text}, but rows above have {day}.", day))
        elif dt.date.fromisoformat(text) > today():
            planned.refuse(Problem(AS_OF, f"{text} lies in the future.", f"up to {today()}"))
    return min(dt.date.fromisoformat(day), today()) if day else today()


def _open_proposals(rows: Sequence[Planned]) -> dict[int, list[Proposal]]:
    """The undecided proposals on public records, by primary key of the record."""
    found: dict[int, list[Proposal]] = defaultdict(list)
    if rows:
        content_type = ContentType.objects.get_for_model(rows[0].record)
        numbers = {planned.record.pk for planned in rows}
        for proposal in Proposal.objects.open().filter(content_type=content_type).select_related("author"):
            if proposal.object_id in numbers:
                found[proposal.object_id].append(proposal)
    return found
