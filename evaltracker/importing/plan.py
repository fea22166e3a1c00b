"""Import tables: what each row does, and its drafts and proposals. What is shown first is the same, rolled back."""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import groupby
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils import timezone

from evaltracker.importing import cells, objects
from evaltracker.importing.fields import DAY, SLUG, is_day
from evaltracker.importing.forms import RowForm, problems_of, problems_of_part, row_form
from evaltracker.importing.kinds import AS_OF, CHANGED_AT, KEY, KINDS, FileKind, record_of
from evaltracker.importing.names import Names
from evaltracker.importing.problems import Problem
from evaltracker.importing.tables import ROW, Added, Alike, Fate, Row, Table, first_of
from labs.actions.cards import event_key_words, free_key
from labs.actions.distinctions import say_distinct
from labs.actions.imports import Change, NewRecord, add_drafts, may_import, propose_changes
from labs.actions.versions import turn
from labs.choices import ProposalKind, RecordStatus, Stage
from labs.models import AccessEvent, AIModel, Alias, Evaluator, Lab, Proposal, Record
from labs.models.lookalikes import Question
from labs.models.states import fields_of, state_of
from labs.queries.change_words import change_rows
from labs.rules.dates import day_label
from labs.rules.differences import difference
from labs.rules.lookalikes import KnownBy
from labs.rules.text import clean_text
from labs.web.parameters import today

NAMED_AT_MOST, ALIKE_AT_MOST = 10, 3
EMPTY = ("", None, [])
OnProgress = Callable[[int], None]
"""Called with the number of rows that are done."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import does, row by row, and whether it was written."""

    tables: list[Table]
    is_written: bool

    @property
    def is_right(self) -> bool:
        """Whether no row is wrong or unanswered."""
        return not any(table.of(Fate.WRONG, Fate.ASKED) for table in self.tables)

    @property
    def work(self) -> int:
        """The number of rows to write."""
        return self.count(Fate.NEW) + self.count(Fate.CHANGED)

    def count(self, fate: Fate) -> int:
        """The number of rows of a fate."""
        return sum(table.counts[fate] for table in self.tables)

    @property
    def digest(self) -> str:
        """A digest of what it does, which a person confirms."""
        what = [(row.key, row.fate, [(each.field, each.old, each.new) for each in row.changes])
                for table in self.tables for row in table.rows]  # fmt: skip
        return hashlib.sha256(json.dumps(what, ensure_ascii=False).encode()).hexdigest()


def import_tables(
    tables: Sequence[Table],
    *,
    by: Any,
    batch: str = "",
    reason: str = "",
    is_correction: bool = False,
    is_trial: bool = False,
    seen: str = "",
    answers: Mapping[tuple[str, str], str] | None = None,
    on_progress: OnProgress = lambda _: None,
) -> Imported:
    """Make drafts and proposals of all rows, or nothing; records in the tables may refer to each other.

    ``answers`` say of rows, by the name of their kind and their key, which record they are about, by its key, or "" if
    they are about another one than any that looks like it.

    Nothing is written in a trial, while a row is wrong or looks like a record and has no answer, where it would do
    something else than was ``seen`` (a digest), and for a change without a ``reason``, which is public with each.

    Tables are imported once: they hold what became of their rows. Raises PermissionDenied.
    """
    with transaction.atomic() if is_trial else turn():  # of two imports, the second sees what the first one wrote
        importer = _Importer(by, batch, {"reason": reason, "is_correction": is_correction}, answers or {}, on_progress)
        done = Imported(importer.run(tables), is_written=True)
        lacks_reason = done.count(Fate.CHANGED) and not clean_text(reason)
        if is_trial or not done.is_right or lacks_reason or (seen and seen != done.digest):
            transaction.set_rollback(True)
            return Imported(done.tables, is_written=False)
        return done


def batch_name(name: str) -> str:
    """The name of what came in with a file, where a person gives none."""
    return f"{name[:80]}, {timezone.localtime():%Y-%m-%d %H:%M:%S}"


@dataclass(slots=True)
class _Importer:
    _by: Any
    _batch: str
    _why: Mapping[str, Any]
    _answers: Mapping[tuple[str, str], str]
    _on_progress: OnProgress
    _names: Names = field(default_factory=Names)
    _forms: dict[type[Record], type[RowForm]] = field(default_factory=dict)
    _wrong: set[int] = field(default_factory=set)  # the records of wrong rows, which others may refer to
    _seen: set[int] = field(default_factory=set)  # the records of rows that were judged before
    _events: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    _done: int = 0

    def run(self, tables: Sequence[Table]) -> list[Table]:
        for table in tables:
            may_import(self._by, table.kind.model)
        tables = sorted(tables, key=lambda each: KINDS.index(each.kind))
        self._names.given = {table.kind.model for table in tables}
        for table in tables:
            self._forms[table.kind.model] = row_form(table.kind, self._names)
            self._find_records(table)
        for _, some in groupby(tables, lambda table: table.kind.kind.rank):
            self._import(list(some))
        for table in tables:
            if lowered := [row.key for row in table.of(Fate.NEW, Fate.CHANGED) if row.lowers]:
                words = f"The certainty is lowered, on which an editor decides: {first_of(lowered, NAMED_AT_MOST)}."
                table.notes.append(words)
        return tables

    def _find_records(self, table: Table) -> None:
        """Give each row its record: the stored one, or a new one, to which other rows can refer."""
        kind, reader = table.kind, cells if table.row_word == ROW else objects
        for row in table.rows:
            row.values = reader.values_of(kind, row.cells)
            key = row.cells.get(KEY)
            row.key = key if isinstance(key, str) else ""
        given = {row.key for row in table.rows}
        for row in table.rows:
            if row.cells.get(KEY) in ("", None) and not row.problems:
                row.key = self._proposed_key(kind, row.values, given)
                row.is_key_proposed = True
                given.add(row.key)
            row.answer = self._answers.get((kind.name, row.key))
            row.refuse(*() if row.problems else _problems_of_key(row.key))
        rows = [row for row in table.rows if not row.problems]
        existing, merged = kind.existing(row.answer or row.key for row in rows), _merged(kind.model)
        taken: dict[str, int] = {}
        for row in rows:
            key = row.answer or row.key
            if key in merged and key not in existing:
                row.refuse(Problem(KEY, f"“{key}” was merged into another record.", merged[key]))
            elif key in taken:
                words = f"{table.row_word.capitalize()} {taken[key]} already uses “{key}”."
                row.refuse(Problem(KEY, words, "each record once"))
            elif key in existing:
                row.record = existing[key]
                if row.answer:
                    self._names.is_called(row.record, row.key)
            else:
                row.fate, row.record = Fate.NEW, kind.model(key=row.key)
                row.record._prefetched_objects_cache = {name: [] for name in kind.kind.relations}
                self._names.add_row(row.record, row.values)
            taken.setdefault(key, row.number)

    def _proposed_key(self, kind: FileKind, values: Mapping[str, Any], taken: Container[str]) -> str:
        """The key that the desk would give a new record; "" where nothing tells what it is called."""
        if kind.model is AccessEvent:
            of = self._known(AIModel, values["model"]) if values.get("model") else self._known(Lab, values.get("lab"))
            parts = values.get("participations") or ()
            tested = [self._known(Evaluator, part["evaluator"]) for part in parts if isinstance(part, dict)]
            words = event_key_words(of.key, tested) if of and all(tested) else ""
        else:
            called = (name for name, sort in kind.kind.known_by.items() if sort in (KnownBy.NAME, KnownBy.TEXT))
            words = next((text for name in called if isinstance(text := values.get(name), str)), "")
        return free_key(kind.model, words, taken) if words else ""

    def _known(self, model: type[Record], text: Any) -> Any:
        """The record that a text names; None if there is none."""
        try:
            return self._names.find(model, text) if isinstance(text, str) and text else None
        except Problem:
            return None

    def _import(self, tables: list[Table]) -> None:
        """Import the tables of one rank: clean every row, then write the right ones, drafts before proposals."""
        ordered = [(table.kind, row) for table in tables for row in _self_references_first(table, self._names)]
        proposals = {id(row): some for table in tables for row, some in self._look_at_public(table)}
        for kind, row in ordered:
            if row.record is not None and not row.problems:
                self._judge(kind, row, proposals.get(id(row), ()))
            if row.fate in (Fate.WRONG, Fate.ASKED) and row.record is not None:
                self._wrong.add(id(row.record))
            self._done += 1
            self._on_progress(self._done)
        self._write([row for _, row in ordered])

    def _look_at_public(self, table: Table) -> Iterator[tuple[Row, list[Proposal]]]:
        """Give the rows of an export what the site exported on its day; yields the open proposals of each."""
        kind, day = table.kind, _day_of(table)
        public = {row.record.pk: row for row in table.rows if row.record and row.record.pk
                  and row.record.status == RecordStatus.PUBLISHED}  # fmt: skip
        if not public:
            return
        if table.row_word == ROW:
            by_key = {row.record.key: row for row in public.values()}
            for exported in kind.rows(day, list(by_key)):
                row, found = by_key[record_of(exported).key], kind.cells(exported)
                row.shown = cells.values_of(kind, {name: text for name, text in found.items() if name in row.cells})
            for row in public.values():
                if row.shown is None and day < today():
                    row.refuse(Problem(AS_OF, f"No source that was public by {day} mentions this record.", "empty"))
        open_proposals: dict[int, list[Proposal]] = defaultdict(list)
        content_type = ContentType.objects.get_for_model(kind.model)
        for proposal in Proposal.objects.open().filter(content_type=content_type).select_related("author"):
            open_proposals[proposal.object_id].append(proposal)
        yield from ((row, open_proposals[pk]) for pk, row in public.items() if pk in open_proposals)

    def _judge(self, kind: FileKind, row: Row, proposals: Sequence[Proposal]) -> None:
        """Decide the fate of a row, and clean its record."""
        if row.fate is Fate.NEW:
            self._judge_new(kind, row)
        elif row.record.status == RecordStatus.PUBLISHED:
            self._judge_public(kind, row, proposals)
        elif row.record.status == RecordStatus.WITHDRAWN:
            reason = row.record.withdrawn_because
            row.refuse(Problem(KEY, f"It was withdrawn: {reason} Submit it again on its own page.", "another key"))
        else:
            self._judge_draft(kind, row)

    # --- new rows and drafts -------------------------------------------------------------------------------

    def _judge_new(self, kind: FileKind, row: Row) -> None:
        values = {name: value for name, value in row.values.items() if value not in EMPTY}
        if values and all(isinstance(value, Added) for value in values.values()):
            where = f"The files hold no {kind.label} ({kind.name})."
            row.refuse(Problem(KEY, f"There is no {kind.kind.label} “{row.key}”. {where}", "the key of one"))
            return
        if row.cells.get(CHANGED_AT):
            row.refuse(Problem(CHANGED_AT, "There is no record with this key, so it has no last change.", "empty"))
        if self._clean(kind, row, values):
            row.changes = self._changes(kind, row)
            row.alike = list(self._alike(kind, row)) if row.answer is None else []
            row.fate = Fate.ASKED if row.alike else Fate.NEW

    def _alike(self, kind: FileKind, row: Row) -> Iterator[Alike]:
        """The records that look like a new one; of the rows of these files, only those before it."""
        for each in self._names.alike(row.record, row.after)[:ALIKE_AT_MOST]:
            record = self._names.get(kind.model, each.key)
            if (is_stored := record.pk is not None) or id(record) in self._seen:
                state = state_of(record) if is_stored else {}
                yield Alike(record, each.words, change_rows(kind.model, state, row.after, self._names), is_stored)
        self._seen.add(id(row.record))

    def _changes(self, kind: FileKind, row: Row) -> list[Any]:
        return change_rows(kind.model, row.before, row.after, self._names)

    def _judge_draft(self, kind: FileKind, row: Row) -> None:
        row.before, defaults = state_of(row.record), _defaults(kind)
        values = {name: defaults.get(name, value) if value in EMPTY else value for name, value in row.values.items()}
        state = RecordStatus(row.record.status).label
        if self._clean(kind, row, values):
            if names := dict.fromkeys(each.label for each in self._changes(kind, row)):
                sentence = f"A record with this key is {state} and differs in: {', '.join(names)}."
                row.refuse(Problem(KEY, sentence, "edit it"))
            else:
                row.fate, row.note = Fate.WAITING, f"The record is {state}, with the same content."

    # --- public records ------------------------------------------------------------------------------------

    def _judge_public(self, kind: FileKind, row: Row, proposals: Sequence[Proposal]) -> None:
        shown, values = row.shown or {}, row.values
        if row.answer:  # a new row says nothing where it is empty
            values = {name: value for name, value in values.items() if value not in EMPTY}
        else:  # what was not edited says nothing
            values = {name: value for name, value in values.items() if name not in shown or value != shown[name]}
        if not values:
            return
        row.before, row.name = state_of(row.record), str(row.record)
        for name, default in _defaults(kind).items():
            if name in values and values[name] in ("", None) and row.before[name] == default:
                del values[name]  # an empty cell says no more than the record does
        identities = kind.kind.identities
        is_clean = self._clean(kind, row, values)
        if is_clean and not difference(row.before, row.after, identities):
            return
        is_added = all(isinstance(value, Added) for value in values.values())
        if not is_added and not row.answer and (outdated := _outdated(row)):
            row.problems = [outdated]
            row.fate = Fate.WRONG
        if row.problems:
            return
        row.changes, row.fate = self._changes(kind, row), Fate.CHANGED
        for each in proposals:
            if each.kind == ProposalKind.CHANGE and not difference(each.after, row.after, identities):
                row.fate, row.note = Fate.WAITING, f"The same change is {Stage(each.stage).label}."
                return
        for each in proposals:
            what = f"A {ProposalKind(each.kind).label} of it is {Stage(each.stage).label}: “{each.reason}”"
            row.refuse(Problem("", f"{what} Decide that first, or revise it.", "leave the row out until then"))

    # --- one row -------------------------------------------------------------------------------------------

    def _clean(self, kind: FileKind, row: Row, values: dict[str, Any]) -> bool:
        """Clean a row into its record and its parts. Returns whether the content is now in ``after``."""
        form = self._forms[kind.model](row, values, is_added=bool(row.answer), wrong=self._wrong)
        row.refuse(*form.problems)
        row.parts = form.parts
        if row.problems or not form.is_done:
            return False
        row.after = form.after
        row.lowers = any(
            row.after[name] != row.before.get(name, kind.model._meta.get_field(name).get_default())
            and not self._by.has_perm(permission)
            for name, permission in kind.model.guarded.items()
        )
        if isinstance(row.record, AccessEvent) and not row.before:
            self._refuse_twins(row)
        return not row.problems

    def _refuse_twins(self, row: Row) -> None:
        """Refuse an event that looks like an earlier one of these files; its model compares it with stored ones."""
        event, evaluators = row.record, frozenset(part.evaluator.key for part in row.parts["participations"])
        look = (event.lab.key, event.model and event.model.key, event.activity, event.timing, evaluators)
        other = self._events.setdefault(look, row)
        if other is not row and not event.is_distinct:
            sentence = f"It looks like “{other.key}”: same lab, release, evaluators, activity and timing."
            row.refuse(Problem("is_distinct", sentence, "yes, if it is another event; otherwise add to that record"))

    # --- writing -------------------------------------------------------------------------------------------

    def _write(self, ordered: Sequence[Row]) -> None:
        new = [(row, NewRecord(row.record, row.parts)) for row in ordered if row.fate is Fate.NEW and row.after]
        add_drafts([each for _, each in new], by=self._by, batch=self._batch)
        for row, each in new:
            form = self._forms[type(row.record)]
            for relation, place, error in each.refused:
                if relation:
                    row.refuse(*problems_of_part(form.file_kind, relation, each.parts[relation][place - 1], error))
                else:
                    row.refuse(*problems_of(form, error))
                    self._wrong.add(id(row.record))
            if row.answer is not None and not row.problems:
                self._say_distinct(row)
        changes = [Change(row.record, row.name, row.before, row.after) for row in ordered if row.fate is Fate.CHANGED]
        if clean_text(self._why["reason"]):  # without one, nothing will be written
            propose_changes(changes, by=self._by, batch=self._batch, **self._why)

    def _say_distinct(self, row: Row) -> None:
        """Keep the answer that a draft is another record than those it looks like, so that no reviewer is asked."""
        alike = [(each, self._names.get(type(row.record), each.key))
                 for each in self._names.alike(row.record, row.after)]  # fmt: skip
        questions = [Question(record, each.likenesses, None) for each, record in alike if record.pk]
        say_distinct(record=row.record, questions=questions, by=self._by)


def _defaults(kind: FileKind) -> dict[str, Any]:
    """The values that fields have where nothing is said."""
    return {each.name: each.get_default() for each in fields_of(kind.model) if each.has_default()}


def _problems_of_key(key: str) -> Iterator[Problem]:
    try:
        validate_slug(key)
    except ValidationError:
        yield Problem(
            KEY, f"“{key}” is not a key." if key else "Each row needs a key, and what it says gives none.", SLUG
        )


def _self_references_first(table: Table, names: Names) -> list[Row]:
    """The rows so that each comes after those of the same file that it refers to; refuses those in a circle."""
    model = table.kind.model
    name = next((each.name for each in fields_of(model) if each.is_relation and each.related_model is model), "")
    by_key = {row.key: row for row in table.rows if row.fate is Fate.NEW}
    before: dict[Row, list[Row]] = {row: [] for row in table.rows}
    for row in table.rows if name and by_key else ():
        text = row.values.get(name)
        keys = names.keys_of(model, text) if text and isinstance(text, str) else []
        before[row] = [by_key[key] for key in keys if key in by_key and len(keys) == 1]
    while True:
        try:
            return list(TopologicalSorter(before).static_order())
        except CycleError as error:
            circle = error.args[1][::-1]  # each refers to the next
            words = " → ".join(f"“{row.key}”" for row in circle)
            for row in circle[:-1]:
                row.refuse(Problem(name, f"These refer to one another in a circle: {words}. Remove one link."))
                before[row] = []


def _merged(model: type[Record]) -> dict[str, str]:
    """For each key that a merger left behind, the key of the winner."""
    aliases = Alias.objects.filter(content_type=ContentType.objects.get_for_model(model)).prefetch_related("record")
    return {alias.key: alias.record.key if alias.record else "" for alias in aliases}


def _day_of(table: Table) -> dt.date:
    """The day of the export in a file; refuses rows with a wrong day."""
    day = ""
    for row in table.rows:
        if not (text := row.cells.get(AS_OF)):
            continue
        if not is_day(text):
            row.refuse(Problem(AS_OF, f"“{text}” is not a day.", DAY))
        elif text != (day := day or text):
            row.refuse(Problem(AS_OF, f"The day is {text}, but rows above have {day}.", day))
        elif dt.date.fromisoformat(text) > today():
            row.refuse(Problem(AS_OF, f"{text} lies in the future.", f"up to {today()}"))
    return min(dt.date.fromisoformat(day), today()) if day else today()


def _outdated(row: Row) -> Problem | None:
    """The problem if the public record changed, or may have changed, after the file was made."""
    changed = row.record.changed_at
    now = f"{changed:%Y-%m-%dT%H:%M:%S.%fZ}" if changed else ""
    if (row.cells.get(CHANGED_AT) or "") == now:
        return None
    if changed is None:
        return Problem(CHANGED_AT, "The record never changed in public.", "empty")
    if CHANGED_AT in row.cells:
        words, allowed = "since this file was made; export it again.", now
    else:
        words, allowed = "and the file does not say when it was made.", "the column changed_at as the site exports it"
    comma = "" if CHANGED_AT in row.cells else ","
    return Problem(CHANGED_AT, f"The record was changed on {day_label(changed)}{comma} {words}", allowed)
