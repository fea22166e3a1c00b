"""Import tables: what each row does, and its drafts and proposals. What is shown first is the same, rolled back."""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import groupby
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.validators import slug_re
from django.db import transaction

from evaltracker.exporting.kinds import AS_OF, CHANGED_AT, KEY, record_of
from evaltracker.importing.forms import RowForm, row_form
from evaltracker.importing.kinds import KINDS, FileKind
from evaltracker.importing.names import Names
from evaltracker.importing.tables import EMPTY, ROW, Added, Alike, Fate, Problem, Row, Table, first_of
from evaltracker.importing.values import cells_of, values_of
from labs.actions.cards import event_key_words, free_key
from labs.actions.distinctions import say_distinct
from labs.actions.imports import Change, NewRecord, add_drafts, may_import, propose_changes, stored_records
from labs.actions.review import guarded_changes
from labs.actions.versions import turn
from labs.choices import ProposalKind, RecordStatus, Stage
from labs.models import AccessEvent, AIModel, Alias, Evaluator, Lab, Proposal, Record
from labs.models.lookalikes import Question
from labs.models.states import fields_of, merged_into, state_of
from labs.queries.change_words import change_rows
from labs.rules.dates import day_label
from labs.rules.differences import difference
from labs.rules.lookalikes import KnownBy
from labs.rules.text import clean_text
from labs.web.parameters import today

NAMED_AT_MOST, ALIKE_AT_MOST = 10, 3


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import does, row by row, and whether it was written."""

    tables: list[Table]
    is_written: bool

    def count(self, *fates: Fate) -> int:
        """The number of rows of these fates."""
        return sum(len(table.of(*fates)) for table in self.tables)

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
    on_progress: Callable[[int], None] = lambda _: None,
) -> Imported:
    """Make drafts and proposals of all rows, or nothing; records in the tables may refer to each other.

    ``answers`` say of rows, by the name of their kind and their key, which record they are about, by its key, or "" if
    they are about another one than any that looks like it.

    Nothing is written in a trial, while a row is wrong or looks like a record and has no answer, where it would do
    something else than was ``seen`` (a digest), and for a change without a ``reason``, which is public with each.

    ``on_progress`` is called with the number of rows that are done. Tables are imported once: they hold what became of
    their rows. Raises PermissionDenied.
    """
    with transaction.atomic() if is_trial else turn():  # of two imports, the second sees what the first one wrote
        importer = _Importer(by, batch, {"reason": reason, "is_correction": is_correction}, answers or {}, on_progress)
        done = Imported(importer.run(tables), is_written=True)
        lacks_reason = done.count(Fate.CHANGED) and not clean_text(reason)
        if is_trial or done.count(Fate.WRONG, Fate.ASKED) or lacks_reason or (seen and seen != done.digest):
            transaction.set_rollback(True)
            return Imported(done.tables, is_written=False)
        return done


@dataclass(slots=True)
class _Importer:
    _by: Any
    _batch: str
    _why: Mapping[str, Any]
    _answers: Mapping[tuple[str, str], str]
    _on_progress: Callable[[int], None]
    _names: Names = field(default_factory=Names)
    _forms: dict[type[Record], type[RowForm]] = field(default_factory=dict)
    _open: dict[tuple[int, int], list[Proposal]] = field(default_factory=lambda: defaultdict(list))
    _seen: set[int] = field(default_factory=set)  # the records of rows that were judged before
    _events: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    _done: int = 0

    def run(self, tables: Sequence[Table]) -> list[Table]:
        for table in tables:
            may_import(self._by, table.kind.model)
        tables = sorted(tables, key=lambda each: KINDS.index(each.kind))
        self._names.given = {table.kind.model for table in tables}
        for proposal in Proposal.objects.open().exclude(kind=ProposalKind.PUBLISH.value):
            self._open[proposal.content_type_id, proposal.object_id].append(proposal)
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
        kind = table.kind
        for row in table.rows:
            row.values = values_of(kind, row.cells if table.row_word == ROW else cells_of(kind, row.cells))
            row.key = key if isinstance(key := row.cells.get(KEY), str) else ""
        given = {row.key for row in table.rows}
        for row in table.rows:
            if row.cells.get(KEY) in ("", None) and not row.problems:
                row.key, row.is_key_proposed = self._proposed_key(kind, row.values, given), True
                given.add(row.key)
            row.answer = self._answers.get((kind.name, row.key))
            if not row.problems and not slug_re.match(row.key):
                words = f"“{row.key}” is not a key." if row.key else "It needs a key, and what it says gives none."
                row.refuse(Problem(KEY, words, "lower-case words joined by hyphens"))
        rows = [row for row in table.rows if not row.problems]
        existing = stored_records(kind.model, [row.answer or row.key for row in rows])
        content_type = ContentType.objects.get_for_model(kind.model)
        merged = set(Alias.objects.filter(content_type=content_type).values_list("key", flat=True))
        taken: dict[str, int] = {}
        for row in rows:
            key = row.answer or row.key
            if key in merged and key not in existing:
                winner = merged_into(kind.model, key)
                row.refuse(Problem(KEY, f"“{key}” was merged into “{winner}”.", winner.key if winner else ""))
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
            parts = values.get("participations")
            tested = [self._known(Evaluator, part["evaluator"]) for part in parts] if isinstance(parts, list) else []
            words = event_key_words(of.key, tested) if of and all(tested) else ""
        else:
            called = (name for name, sort in kind.kind.known_by.items() if sort in (KnownBy.NAME, KnownBy.TEXT))
            words = next((text for name in called if isinstance(text := values.get(name), str)), "")
        return free_key(kind.model, words, taken) if words else ""

    def _known(self, model: type[Record], text: Any) -> Any:
        """The record that a text names; None if there is none."""
        with suppress(Problem):
            return self._names.find(model, text) if isinstance(text, str) and text else None

    def _import(self, tables: list[Table]) -> None:
        """Import the tables of one rank: clean every row, then write the right ones, drafts before proposals."""
        ordered = [(table.kind, row) for table in tables for row in self._in_order(table)]
        for table in tables:
            _look_at_public(table)
        for kind, row in ordered:
            if row.record is not None and not row.problems:
                self._judge(kind, row)
            if row.fate in (Fate.WRONG, Fate.ASKED) and row.record is not None:
                self._names.wrong.add(id(row.record))
            self._done += 1
            self._on_progress(self._done)
        self._write([row for _, row in ordered])

    def _in_order(self, table: Table) -> list[Row]:
        """The rows so that each comes after those of the same file that it refers to; refuses those in a circle."""
        model = table.kind.model
        name = next((each.name for each in fields_of(model) if each.is_relation and each.related_model is model), "")
        new = {id(row.record): row for row in table.rows if row.fate is Fate.NEW}
        before: dict[Row, list[Row]] = {row: [] for row in table.rows}
        for row in table.rows if name else ():
            if other := new.get(id(self._known(model, row.values.get(name)))):
                before[row] = [other]
        while True:
            try:
                return list(TopologicalSorter(before).static_order())
            except CycleError as error:
                circle = error.args[1][::-1]  # each refers to the next
                words = " → ".join(f"“{row.key}”" for row in circle)
                for row in circle[:-1]:
                    row.refuse(Problem(name, f"These refer to one another in a circle: {words}. Remove one link."))
                    before[row] = []

    # --- the fate of a row ---------------------------------------------------------------------------------

    def _judge(self, kind: FileKind, row: Row) -> None:
        if row.fate is Fate.NEW:
            self._judge_new(kind, row)
        elif row.record.status == RecordStatus.PUBLISHED:
            self._judge_public(kind, row)
        elif row.record.status == RecordStatus.WITHDRAWN:
            reason = row.record.withdrawn_because
            row.refuse(Problem(KEY, f"It was withdrawn: {reason} Submit it again on its own page.", "another key"))
        else:
            self._judge_draft(kind, row)

    def _judge_new(self, kind: FileKind, row: Row) -> None:
        values = {name: value for name, value in row.values.items() if value not in EMPTY}
        if all(isinstance(value, Added) for name, value in row.cells.items() if name != KEY) and len(row.cells) > 1:
            where = f"The files hold no {kind.label} ({kind.name})."
            row.refuse(Problem(KEY, f"There is no {kind.kind.label} “{row.key}”. {where}", "the key of one"))
            return
        if row.cells.get(CHANGED_AT):
            row.refuse(Problem(CHANGED_AT, "There is no record with this key, so it has no last change.", "empty"))
        if self._clean(kind, row, values):
            row.alike = list(self._alike(kind, row)) if row.answer is None else []
            row.fate = Fate.ASKED if row.alike else Fate.NEW

    def _alike(self, kind: FileKind, row: Row) -> Iterator[Alike]:
        """The records that look like a new one; of the rows of these files, only those before it."""
        for each, record in self._names.alike(row.record, row.after)[:ALIKE_AT_MOST]:
            if (is_stored := record.pk is not None) or id(record) in self._seen:
                state = state_of(record) if is_stored else {}
                yield Alike(record, each.words, change_rows(kind.model, state, row.after, self._names), is_stored)
        self._seen.add(id(row.record))

    def _judge_draft(self, kind: FileKind, row: Row) -> None:
        row.before = state_of(row.record)
        values = {name: None if value in EMPTY else value for name, value in row.values.items()}
        state = RecordStatus(row.record.status).label
        if self._clean(kind, row, values):
            row.fate, row.note = Fate.WAITING, f"The record is {state}, with the same content."
            if names := dict.fromkeys(each.label for each in row.changes):
                words = f"A record with this key is {state} and differs in: {', '.join(names)}."
                row.refuse(Problem(KEY, words, "edit it"))

    def _judge_public(self, kind: FileKind, row: Row) -> None:
        shown, fields = row.shown or {}, self._forms[kind.model].base_fields
        values = {
            name: value
            for name, value in row.values.items()
            # What was not edited says nothing, nor does an empty cell of a new row, or where the record says no more.
            if not (value in EMPTY if row.answer else name in shown and value == shown[name])
            and not (value in ("", None) and getattr(row.record, name) == fields[name].default)
        }
        if not values:
            return
        row.before, row.name = state_of(row.record), str(row.record)
        if self._clean(kind, row, values) and not row.changes:
            return
        is_added = all(isinstance(value, Added) for value in values.values())
        if not is_added and not row.answer and (outdated := _outdated(row)):
            row.problems, row.fate = [outdated], Fate.WRONG
        if row.problems:
            return
        row.fate, identities = Fate.CHANGED, kind.kind.identities
        for each in self._open[ContentType.objects.get_for_model(kind.model).pk, row.record.pk]:
            if each.kind == ProposalKind.CHANGE and not difference(each.after, row.after, identities):
                row.problems, row.fate, row.note = [], Fate.WAITING, f"The same change is {Stage(each.stage).label}."
                return
            what = f"A {ProposalKind(each.kind).label} of it is {Stage(each.stage).label}: “{each.reason}”"
            row.refuse(Problem("", f"{what} Decide that first, or revise it.", "leave the row out until then"))

    def _clean(self, kind: FileKind, row: Row, values: dict[str, Any]) -> bool:
        """Clean a row into its record and its parts. Returns whether what it says is right, and in ``after``."""
        form = self._forms[kind.model](row, values)
        form.full_clean()
        row.refuse(*form.problems)
        if row.problems or not row.after:
            return False
        row.changes = change_rows(kind.model, row.before, row.after, self._names)
        row.lowers = bool(guarded_changes(kind.model, row.before, row.after, self._by))
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
            for relation, part, error in each.refused:
                row.refuse(*form.problems_of(error, relation, part))
                if part is None:
                    self._names.wrong.add(id(row.record))
            if row.answer is not None and not row.problems:  # so that no reviewer is asked again
                alike = self._names.alike(row.record, row.after)
                questions = [Question(record, alike.likenesses, None) for alike, record in alike if record.pk]
                say_distinct(record=row.record, questions=questions, by=self._by)
        changes = [Change(row.record, row.name, row.before, row.after) for row in ordered if row.fate is Fate.CHANGED]
        if clean_text(self._why["reason"]):  # without one, nothing will be written
            propose_changes(changes, by=self._by, batch=self._batch, **self._why)


def _look_at_public(table: Table) -> None:
    """Give the rows of an export what the site exported on its day."""
    kind, day = table.kind, _day_of(table)
    public = {row.record.key: row for row in table.rows if row.record and row.record.pk
              and row.record.status == RecordStatus.PUBLISHED}  # fmt: skip
    if table.row_word != ROW or not public:
        return
    for exported in kind.rows(day, list(public)):
        row = public[record_of(exported).key]
        row.shown = values_of(kind, kind.cells(exported, row.cells.keys() & kind.fields.keys()))
    for row in public.values():
        if row.shown is None and day < today():
            row.refuse(Problem(AS_OF, f"No source that was public by {day} mentions this record.", "empty"))


def _day_of(table: Table) -> dt.date:
    """The day of the export in a file; refuses rows with a wrong day."""
    day: dt.date | None = None
    for row in table.rows:
        if not (text := row.cells.get(AS_OF)):
            continue
        try:
            said = dt.date.fromisoformat(text)
        except ValueError:
            said = dt.date.max
        if said > today():
            row.refuse(Problem(AS_OF, f"“{text}” is not a day, or lies in the future.", f"a day up to {today()}"))
        elif said != (day := day or said):
            row.refuse(Problem(AS_OF, f"The day is {text}, but rows above have {day}.", str(day)))
    return day or today()


def _outdated(row: Row) -> Problem | None:
    """The problem if the public record changed, or may have changed, after the file was made."""
    changed = row.record.changed_at
    now = f"{changed:%Y-%m-%dT%H:%M:%S.%fZ}" if changed else ""
    if (row.cells.get(CHANGED_AT) or "") == now:
        return None
    if changed is None:
        return Problem(CHANGED_AT, "The record never changed in public.", "empty")
    is_said = CHANGED_AT in row.cells
    since = " since this file was made; export it again" if is_said else ", and the file does not say when it was made"
    return Problem(CHANGED_AT, f"The record was changed on {day_label(changed)}{since}.", now)
