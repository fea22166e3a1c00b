"""Check whether rows could be saved: all rules of a save, without queries for each row."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from evaltracker.importing.columns import COLUMNS, Columns
from evaltracker.importing.constraints import TakenValues, broken_checks
from evaltracker.importing.groups import Group, Lines
from evaltracker.importing.kinds import FileKind
from evaltracker.importing.problems import Problem
from evaltracker.importing.reading import allowed_for
from labs.models import AccessEvent, Participation, Record
from labs.models.base import Part
from labs.models.errors import FieldError, field_errors
from labs.models.registry import kind_of

Parts = Mapping[str, Sequence[Any]]

_COLUMN_OF_CODE = {
    "no_citation": "citations",
    "unsupported_answer": "citations",
    "fulfilled_without_citation": "citations",
    "no_evaluator": "evaluators",
    "no_labs": "labs",
    "law_with_labs": "labs",
    "testable_and_not": "not_testable_because",
    "no_requirement": "not_testable_because",
    "lenient_alone": "strict_activities",
}
"""The column to correct for each error code of ``Record.check_parts``."""

NAMED_AT_MOST = 10
_FILL_IN = "This has to be filled in."


class Checks:
    """Checks rows one after another, and remembers them for the rules across rows."""

    def __init__(self) -> None:
        self._taken: dict[type[Record], TakenValues] = {}
        self._lookalikes: Lookalikes | None = None

    def problems(self, kind: FileKind, record: Record, parts: Parts) -> list[Problem]:
        """All problems with saving a record with these parts."""
        columns = COLUMNS[kind]
        found = [*_of_record(columns, record), *_of_parts(columns, record, parts)]
        if not found:  # these checks need valid fields
            found += _of_whole(columns, record, parts)
        found += self._of_others(kind, record, parts)
        return found

    def _of_others(self, kind: FileKind, record: Record, parts: Parts) -> Iterator[Problem]:
        model = kind.model
        if model not in self._taken:
            self._taken[model] = TakenValues(model)
        for sentence, fields in self._taken[model].claim(record):
            yield Problem(_names(COLUMNS[kind], fields), sentence)
        if isinstance(record, AccessEvent):
            self._lookalikes = self._lookalikes or Lookalikes()
            if problem := self._lookalikes.problem(record, parts["participations"]):
                yield problem


def _of_record(columns: Columns, record: Record) -> Iterator[Problem]:
    try:
        record.clean_fields(exclude=_relations(type(record)))
    except ValidationError as error:
        for each in field_errors(error):
            allowed = allowed_for(record._meta.get_field(each.field))
            yield Problem(columns.column_of(each.field), _sentence(each), allowed)
    for field in record._meta.concrete_fields:
        if field.is_relation and not field.null and getattr(record, field.attname) is None:
            name = field.related_model._meta.verbose_name
            yield Problem(columns.column_of(field.name), _FILL_IN, f"the key of a record of the kind {name}")


def _of_whole(columns: Columns, record: Record, parts: Parts) -> Iterator[Problem]:
    try:
        _clean(record)
    except ValidationError as error:
        for each in field_errors(error):
            yield Problem(columns.column_of(each.field), each.sentence)
    for sentence, fields in broken_checks(record):
        yield Problem(_names(columns, fields), sentence)
    try:
        _check_parts(record, parts)
    except ValidationError as error:
        for each in field_errors(error):
            yield Problem(_COLUMN_OF_CODE.get(each.code, ""), each.sentence)


def _sentence(error: FieldError) -> str:
    return _FILL_IN if error.code in ("null", "blank") else error.sentence


def _clean(record: Record) -> None:
    """Like ``record.clean``, without its queries for a new record.

    Nothing refers to a new record yet, and its key was checked with those of all rows.
    """
    number, adding = record.pk, record._state.adding
    record.pk, record._state.adding = number if not adding else None, False
    try:
        record.clean()
    finally:
        record.pk, record._state.adding = number, adding


def _check_parts(record: Record, parts: Parts) -> None:
    """Like ``record.check_parts``, without its search for lookalikes: ``Lookalikes`` also has the new events."""
    if not isinstance(record, AccessEvent):
        record.check_parts(parts)
        return
    is_distinct, record.is_distinct = record.is_distinct, True
    try:
        record.check_parts(parts)
    finally:
        record.is_distinct = is_distinct


def _of_parts(columns: Columns, record: Record, parts: Parts) -> Iterator[Problem]:
    groups = {group.relation: group for group in columns.groups.values()}
    for relation, rows in parts.items():
        if relation in kind_of(record).lists:
            continue
        group = groups[relation]
        times = Counter(row.natural_key()[1:] for row in rows)
        for twice in (values for values, count in times.items() if count > 1):
            yield Problem(group.columns[0], f"It is listed twice: {', '.join(map(str, twice))}.")
        for place, row in enumerate(rows, start=1):
            yield from _of_part(group, row, f"Line {place}: " if isinstance(group, Lines) else "")


def _of_part(group: Group, row: Part, prefix: str) -> Iterator[Problem]:
    found: list[FieldError] = []
    for check in (lambda: row.clean_fields(exclude=_relations(type(row))), row.clean):
        try:
            check()
        except ValidationError as error:
            found += field_errors(error)
    for each in found:
        field = row._meta.get_field(each.field) if each.field else None
        label = f"{field.verbose_name}: " if prefix and field else ""
        allowed = allowed_for(field) if field else ""
        yield Problem(group.column_of(row, each.field), f"{prefix}{label}{_sentence(each)}", allowed)
    if not found:
        for sentence, fields in broken_checks(row):
            own = sorted(fields - {row.record_field})
            yield Problem(group.column_of(row, own[0] if own else ""), f"{prefix}{sentence}")


def _relations(model: type[models.Model]) -> set[str]:
    """Fields that refer to other rows. They were looked up already, and Django would query each of them again."""
    return {field.name for field in model._meta.concrete_fields if field.is_relation}


def _names(columns: Columns, fields: Any) -> str:
    """The columns of some fields; a bound counts as the date that it is derived from."""
    names = dict.fromkeys(columns.column_of(name.removesuffix("_earliest").removesuffix("_latest")) for name in fields)
    order = [*columns.names]
    return ", ".join(sorted(names, key=lambda name: order.index(name) if name in order else -1))


class Lookalikes:
    """Finds access events that look alike: same lab, release, evaluators, activity and timing."""

    def __init__(self) -> None:
        evaluators: dict[int, set[str]] = defaultdict(set)
        for event, key in Participation.objects.values_list("event_id", "evaluator__key").iterator():
            evaluators[event].add(key)
        self._keys: dict[tuple[Any, ...], dict[str, None]] = defaultdict(dict)
        names = ("lab__key", "model__key", "activity", "timing")
        for number, key, *look in AccessEvent.objects.values_list("pk", "key", *names).iterator():
            self._keys[(*look, frozenset(evaluators[number]))][key] = None

    def problem(self, event: AccessEvent, participations: Sequence[Participation]) -> Problem | None:
        """The problem if an event looks like another and is not marked as distinct; remembers the event."""
        evaluators = frozenset(part.evaluator.key for part in participations)
        model = event.model.key if event.model_id else None
        lab = event.lab.key if event.lab_id else None
        alike = self._keys[lab, model, event.activity, event.timing, evaluators]
        is_alone = not alike.keys() - {event.key} if len(alike) < 2 else False
        alike[event.key] = None
        if is_alone or event.is_distinct or not evaluators:
            return None
        others = islice((key for key in alike if key != event.key), NAMED_AT_MOST)
        names = ", ".join(f"“{key}”" for key in others)
        sentence = f"It looks like {names}: same lab, release, evaluators, activity and timing."
        return Problem("is_distinct", sentence, "yes, if it is another event; otherwise add to that record")
