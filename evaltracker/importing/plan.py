"""Import tables: what each row does, and its drafts and proposals. What is shown first is the same, rolled back."""

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils import timezone

from evaltracker.importing.fields import DAY
from evaltracker.importing.forms import GROUPS, RowForm, problems_of, problems_of_part, row_form
from evaltracker.importing.kinds import AS_OF, CHANGED_AT, KEY, KINDS, FileKind, record_of
from evaltracker.importing.names import Names
from evaltracker.importing.problems import FileProblem, Problem
from evaltracker.importing.tables import ROW, Added, Row, Table
from labs.actions.distinctions import say_distinct
from labs.actions.imports import Change, NewRecord, add_drafts, may_import, propose_changes
from labs.actions.versions import turn
from labs.choices import ProposalKind, RecordStatus, Stage
from labs.models import AccessEvent, Alias, Proposal, Record
from labs.models.lookalikes import Question
from labs.models.registry import kind_of
from labs.models.states import State, fields_of, state_of
from labs.queries.change_words import ChangeRow, change_rows
from labs.rules.dates import day_label
from labs.rules.differences import difference
from labs.rules.text import clean_text
from labs.rules.vocabulary import Term
from labs.web.parameters import today

NAMED_AT_MOST, ALIKE_AT_MOST = 10, 3
OnProgress = Callable[[int], None]
"""Called with the number of rows that are done."""


class Fate(Term):
    """What happens to a row."""

    WRONG = "wrong", "wrong", "Something in it has to be repaired first."
    ASKED = "asked", "to be answered", "Looks like a record that is there: say whether it is that one."
    NEW = "new", "new", "Becomes a draft that waits for a second person."
    CHANGED = "changed", "changed", "Becomes a proposal that waits for a second person."
    UNCHANGED = "unchanged", "unchanged", "Says what the site says."
    WAITING = "waiting", "there already", "Says what a draft or an open proposal says already."


@dataclass(frozen=True, slots=True)
class Alike:
    """A record that looks like the new one of a row: in what, and what differs from it."""

    record: Record
    words: str
    differences: list[ChangeRow]
    is_stored: bool


@dataclass(slots=True, eq=False)
class Planned:
    """One row and its fate. ``record`` and ``parts`` are as they would be saved."""

    row: Row
    key: str
    fate: Fate = Fate.UNCHANGED
    problems: list[Problem] = field(default_factory=list)
    note: str = ""
    name: str = ""
    record: Record | None = None
    parts: dict[str, list[Any]] = field(default_factory=dict)
    before: State = field(default_factory=dict)
    after: State = field(default_factory=dict)
    shown: Mapping[str, str] | None = None  # the exported cells, as text
    changes: list[ChangeRow] = field(default_factory=list)
    lowers: bool = False  # says what only an editor may say
    answer: str | None = None  # which record it is, by key; "" if it is another one than those that look like it
    alike: list["Alike"] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Its number in the file."""
        return self.row.number

    def refuse(self, *problems: Problem) -> None:
        """Add problems; with any, the row is wrong."""
        self.problems += problems
        if problems:
            self.fate = Fate.WRONG


@dataclass(slots=True)
class Plan:
    """All rows of one table."""

    table: Table
    rows: list[Planned]

    @property
    def kind(self) -> FileKind:
        return self.table.kind

    def of(self, *fates: Fate) -> list[Planned]:
        """The rows of these fates, in the order of the file."""
        return [planned for planned in self.rows if planned.fate in fates]

    @property
    def wrong(self) -> list[Planned]:
        return self.of(Fate.WRONG)

    @property
    def counts(self) -> dict[Fate, int]:
        """The number of rows of each fate."""
        found = Counter(planned.fate for planned in self.rows)
        return {fate: found[fate] for fate in Fate}

    @property
    def is_right(self) -> bool:
        """Whether no row is wrong or unanswered."""
        return not self.of(Fate.WRONG, Fate.ASKED)

    @property
    def notes(self) -> list[str]:
        """What was left out of the file, and what its reviewer has to decide."""
        lowered = [row.key for row in self.of(Fate.NEW, Fate.CHANGED) if row.lowers]
        more = f" and {len(lowered) - NAMED_AT_MOST} more" if len(lowered) > NAMED_AT_MOST else ""
        words = f"The certainty is lowered, on which an editor decides: {', '.join(lowered[:NAMED_AT_MOST])}{more}."
        return [*self.table.notes, *([words] if lowered else [])]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import does, row by row, and whether it was written."""

    plans: list[Plan]
    is_written: bool

    @property
    def is_right(self) -> bool:
        """Whether no row is wrong or unanswered."""
        return all(plan.is_right for plan in self.plans)

    @property
    def work(self) -> int:
        """The number of rows to write."""
        return sum(map(self.count, (Fate.NEW, Fate.CHANGED)))

    def count(self, fate: Fate) -> int:
        """The number of rows of a fate."""
        return sum(plan.counts[fate] for plan in self.plans)

    @property
    def digest(self) -> str:
        """A digest of what it does, which a person confirms."""
        what = [(row.key, row.fate, [(each.field, each.old, each.new) for each in row.changes])
                for plan in self.plans for row in plan.rows]  # fmt: skip
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

    Raises PermissionDenied, and FileProblem for two tables of one kind.
    """
    with transaction.atomic() if is_trial else turn():  # of two imports, the second sees what the first one wrote
        plans = _Importer(by, batch, reason, is_correction, answers or {}, on_progress).run(tables)
        done = Imported(plans, is_written=True)
        lacks_reason = done.count(Fate.CHANGED) and not clean_text(reason)
        if is_trial or not done.is_right or lacks_reason or (seen and seen != done.digest):
            transaction.set_rollback(True)
            return Imported(plans, is_written=False)
        return done


def batch_name(name: str) -> str:
    """The name of what came in with a file, where a person gives none."""
    return f"{name[:80]}, {timezone.localtime():%Y-%m-%d %H:%M:%S}"


def of_the_same_kind(tables: Sequence[Table]) -> None:
    """Raise FileProblem where two tables hold the same kind."""
    for kind, some in groupby(sorted(tables, key=lambda each: KINDS.index(each.kind)), lambda each: each.kind):
        names = [table.name for table in some]
        if len(names) > 1:
            raise FileProblem(f"{' and '.join(names)} both hold {kind.label}: leave one of them out.")


class _Importer:
    def __init__(
        self,
        by: Any,
        batch: str,
        reason: str,
        is_correction: bool,
        answers: Mapping[tuple[str, str], str],
        on_progress: OnProgress,
    ) -> None:
        self._answers = answers
        self._by, self._batch, self._on_progress, self._done = by, batch, on_progress, 0
        self._why = {"reason": reason, "is_correction": is_correction}
        self._names, self._forms = Names(), {}
        self._wrong: set[int] = set()  # the records of wrong rows, which others may refer to
        self._seen: set[int] = set()  # the records of rows that were judged before
        self._events: dict[tuple[Any, ...], Planned] = {}

    def run(self, tables: Sequence[Table]) -> list[Plan]:
        of_the_same_kind(tables)
        for table in tables:
            may_import(self._by, table.kind.model)
        tables = sorted(tables, key=lambda each: KINDS.index(each.kind))
        self._names.given = {table.kind.model for table in tables}
        plans = [Plan(table, list(_with_keys(table))) for table in tables]
        for plan in plans:
            self._find_records(plan)
        for _, some in groupby(plans, lambda plan: plan.kind.kind.rank):
            self._import(list(some))
        return plans

    def _find_records(self, plan: Plan) -> None:
        """Give each row its record: the stored one, or a new one, to which other rows can refer."""
        model = plan.kind.model
        for planned in plan.rows:
            planned.answer = self._answers.get((plan.kind.name, planned.key))
        keys = [planned.answer or planned.key for planned in plan.rows if not planned.problems]
        existing = plan.kind.existing(keys)
        merged = _left_behind(model, [key for key in keys if key not in existing])
        taken: dict[str, int] = {}
        for planned in plan.rows:
            key = planned.answer or planned.key
            if key in merged:
                planned.refuse(Problem(KEY, f"“{key}” was merged into another record.", merged[key]))
            if not planned.problems and (other := taken.get(key)):
                planned.refuse(Problem(KEY, f"Row {other} is about “{key}” too.", "each record once"))
            if planned.problems:
                continue
            taken[key] = planned.number
            planned.record = existing.get(key)
            if planned.record is None:
                planned.fate, planned.record = Fate.NEW, model(key=planned.key)
                planned.record._prefetched_objects_cache = {name: [] for name in kind_of(model).relations}
                self._names.add_row(planned.record, planned.row.values)
            elif planned.answer:
                self._names.is_called(planned.record, planned.key)

    def _import(self, plans: list[Plan]) -> None:
        """Import the tables of one rank: clean every row, then write the right ones, drafts before proposals."""
        ordered = [planned for plan in plans for planned in _self_references_first(plan, self._names)]
        model_of = {id(planned): plan.kind for plan in plans for planned in plan.rows}
        public = {plan.kind: [each for each in plan.rows if each.record and each.fate is not Fate.NEW
                              and each.record.status == RecordStatus.PUBLISHED] for plan in plans}  # fmt: skip
        open_proposals = {kind: _open_proposals(rows) for kind, rows in public.items()}
        for plan in plans:
            self._show(plan, public[plan.kind])
        for planned in ordered:
            if planned.record is not None and not planned.problems:
                kind = model_of[id(planned)]
                self._judge(kind, planned, open_proposals[kind].get(planned.record.pk, ()))
            if planned.fate in (Fate.WRONG, Fate.ASKED) and planned.record is not None:
                self._wrong.add(id(planned.record))
            self._done += 1
            self._on_progress(self._done)
        self._write(ordered)

    def _show(self, plan: Plan, public: Sequence[Planned]) -> None:
        """Give the rows of an export the cells that the site exported on its day."""
        day = _day_of(plan)
        if plan.table.row_word != ROW or not public:
            return
        by_key = {planned.key: planned for planned in public}
        for row in plan.kind.rows(day, list(by_key)):
            by_key[record_of(row).key].shown = plan.kind.cells(row)
        for planned in public:
            if planned.shown is None and day < today():
                planned.refuse(Problem(AS_OF, f"No source that was public by {day} mentions this record.", "empty"))

    def _judge(self, kind: FileKind, planned: Planned, proposals: Sequence[Proposal]) -> None:
        """Decide the fate of a row, and clean its record."""
        if planned.fate is Fate.NEW:
            self._judge_new(kind, planned)
        elif planned.record.status == RecordStatus.PUBLISHED:
            self._judge_public(kind, planned, proposals)
        elif planned.record.status == RecordStatus.WITHDRAWN:
            reason = planned.record.withdrawn_because
            planned.refuse(Problem(KEY, f"It was withdrawn: {reason} Submit it again on its own page.", "another key"))
        else:
            self._judge_draft(kind, planned)

    # --- new rows and drafts -------------------------------------------------------------------------------

    def _judge_new(self, kind: FileKind, planned: Planned) -> None:
        values = {name: value for name, value in _content(planned).items() if value not in ("", None)}
        if values and all(isinstance(value, Added) for value in values.values()):
            where = f"The files hold no {kind.label} ({kind.name})."
            planned.refuse(Problem(KEY, f"There is no {kind.kind.label} “{planned.key}”. {where}", "the key of one"))
            return
        if planned.row.values.get(CHANGED_AT):
            planned.refuse(Problem(CHANGED_AT, "There is no record with this key, so it has no last change.", "empty"))
        self._clean(kind, planned, values, None)
        if not planned.problems and planned.after:
            planned.changes = change_rows(kind.model, {}, planned.after, self._names)
            planned.alike = list(self._alike(kind.model, planned)) if planned.answer is None else []
            planned.fate = Fate.ASKED if planned.alike else Fate.NEW

    def _alike(self, model: type[Record], planned: Planned) -> Iterator[Alike]:
        """The records that look like a new one; of the rows of these files, only those before it."""
        for each in self._names.alike(planned.record, planned.after)[:ALIKE_AT_MOST]:
            record = self._names.get(model, each.key)
            is_stored = record.pk is not None
            if is_stored or id(record) in self._seen:
                state = state_of(record) if is_stored else {}
                yield Alike(record, each.words, change_rows(model, state, planned.after, self._names), is_stored)
        self._seen.add(id(planned.record))

    def _judge_draft(self, kind: FileKind, planned: Planned) -> None:
        planned.before, model = state_of(planned.record), kind.model
        defaults = _defaults(model)
        given = _content(planned).items()
        values = {name: defaults.get(name, value) if value in ("", None) else value for name, value in given}
        state = RecordStatus(planned.record.status).label
        if self._clean(kind, planned, values, planned.before):
            differing = [each.label for each in change_rows(model, planned.before, planned.after, self._names)]
            if differing:
                names = ", ".join(dict.fromkeys(differing))
                planned.refuse(Problem(KEY, f"A record with this key is {state} and differs in: {names}.", "edit it"))
                return
            planned.fate, planned.note = Fate.WAITING, f"The record is {state}, with the same content."

    # --- public records ------------------------------------------------------------------------------------

    def _judge_public(self, kind: FileKind, planned: Planned, proposals: Sequence[Proposal]) -> None:
        values, shown = _content(planned), planned.shown
        if planned.answer:  # a new row says nothing where it is empty
            values = {name: value for name, value in values.items() if value not in ("", None)}
        elif shown is not None:
            edited = {name for name, value in values.items() if value != shown.get(name)}
            edited |= {name for group in GROUPS if edited & set(group) for name in group}
            values = {name: value for name, value in values.items() if name in edited}
        if not values:
            return
        planned.before, planned.name = state_of(planned.record), str(planned.record)
        for name, default in _defaults(kind.model).items():
            if values.get(name, default) in ("", None) and planned.before[name] == default:
                del values[name]  # an empty cell says no more than the record does
        identities = kind.kind.identities
        is_clean = self._clean(kind, planned, values, planned.before)
        found = is_clean and difference(planned.before, planned.after, identities)
        if is_clean and not found:
            return
        is_added = all(isinstance(value, Added) for value in values.values())
        if not is_added and not planned.answer and (outdated := _outdated(planned)):
            planned.problems = []
            planned.refuse(outdated)
        if planned.problems:
            return
        planned.changes = change_rows(kind.model, planned.before, planned.after, self._names)
        planned.fate = Fate.CHANGED
        for proposal in proposals:
            if proposal.kind == ProposalKind.CHANGE and not difference(proposal.after, planned.after, identities):
                planned.fate, planned.note = Fate.WAITING, f"The same change is {Stage(proposal.stage).label}."
                return
        for proposal in proposals:
            what = f"A {ProposalKind(proposal.kind).label} of it is {Stage(proposal.stage).label}: “{proposal.reason}”"
            planned.refuse(Problem("", f"{what} Decide that first, or revise it.", "leave the row out until then"))

    # --- one row -------------------------------------------------------------------------------------------

    def _clean(self, kind: FileKind, planned: Planned, values: dict[str, Any], before: State | None) -> bool:
        """Clean a row into its record and its parts. Returns whether the content is now in ``after``."""
        model = kind.model
        if model not in self._forms:
            self._forms[model] = row_form(model, self._names)
        is_added = bool(planned.answer)
        form: RowForm = self._forms[model](values, planned.record, before, planned.shown, is_added=is_added)
        form.wrong = self._wrong
        planned.refuse(*form.problems)
        planned.parts = form.parts
        if planned.problems or not form.is_done:
            return False
        planned.after = form.after
        planned.lowers = any(
            planned.after[name] != (before or {}).get(name, model._meta.get_field(name).get_default())
            and not self._by.has_perm(permission)
            for name, permission in model.guarded.items()
        )
        if isinstance(planned.record, AccessEvent) and before is None:
            self._refuse_twins(planned)
        return not planned.problems

    def _refuse_twins(self, planned: Planned) -> None:
        """Refuse an event that looks like an earlier one of these files; its model compares it with stored ones."""
        event, parts = planned.record, planned.parts["participations"]
        evaluators = frozenset(part.evaluator.key for part in parts)
        look = (event.lab.key, event.model and event.model.key, event.activity, event.timing, evaluators)
        other = self._events.setdefault(look, planned)
        if other is not planned and not event.is_distinct:
            sentence = f"It looks like “{other.key}”: same lab, release, evaluators, activity and timing."
            planned.refuse(
                Problem("is_distinct", sentence, "yes, if it is another event; otherwise add to that record")
            )

    # --- writing -------------------------------------------------------------------------------------------

    def _write(self, ordered: Sequence[Planned]) -> None:
        new = [(planned, NewRecord(planned.record, planned.parts))
               for planned in ordered if planned.fate is Fate.NEW and planned.after]  # fmt: skip
        add_drafts([each for _, each in new], by=self._by, batch=self._batch)
        for planned, each in new:
            for relation, place, error in each.refused:
                if not relation:
                    planned.refuse(*problems_of(type(planned.record), error))
                    self._wrong.add(id(planned.record))
                else:
                    part = each.parts[relation][place - 1]
                    planned.refuse(*problems_of_part(relation, place, part, error))
            if planned.answer is not None and not planned.problems:
                self._say_distinct(planned)
        changes = [
            Change(planned.record, planned.name, planned.before, planned.after)
            for planned in ordered
            if planned.fate is Fate.CHANGED
        ]
        if clean_text(self._why["reason"]):  # without one, nothing will be written
            propose_changes(changes, by=self._by, batch=self._batch, **self._why)

    def _say_distinct(self, planned: Planned) -> None:
        """Keep the answer that a draft is another record than those it looks like, so that no reviewer is asked."""
        alike = self._names.alike(planned.record, planned.after)
        questions = [
            Question(record, each.likenesses, None)
            for each in alike
            if (record := self._names.get(type(planned.record), each.key)).pk
        ]
        say_distinct(record=planned.record, questions=questions, by=self._by)


def _content(planned: Planned) -> dict[str, Any]:
    """The values of a row that say something of the record."""
    return {name: value for name, value in planned.row.values.items() if name not in (KEY, CHANGED_AT, AS_OF)}


def _defaults(model: type[Record]) -> dict[str, Any]:
    """The values that fields have where nothing is said."""
    return {field.name: field.get_default() for field in fields_of(model) if field.has_default()}


def _with_keys(table: Table) -> Iterator[Planned]:
    """The rows with their keys; refuses keys that are invalid or repeated."""
    first: dict[str, int] = {}
    for row in table.rows:
        key = row.values.get(KEY)
        planned = Planned(row, key if isinstance(key, str) else "")
        planned.refuse(*row.problems)
        if not planned.key:
            planned.refuse(Problem(KEY, "Each row needs a key.", "lower-case words joined by hyphens"))
        elif planned.key in first:
            word = table.row_word.capitalize()
            planned.refuse(Problem(KEY, f"{word} {first[planned.key]} already uses “{key}”.", "each key once"))
        else:
            try:
                validate_slug(planned.key)
            except ValidationError:
                planned.refuse(Problem(KEY, f"“{key}” is not a key.", "lower-case words joined by hyphens"))
        first.setdefault(planned.key, row.number)
        yield planned


def _self_references_first(plan: Plan, names: Names) -> list[Planned]:
    """The rows so that each comes after those of the same file that it refers to; refuses those in a circle."""
    model = plan.kind.model
    field = next((each.name for each in fields_of(model) if each.is_relation and each.related_model is model), "")
    by_key = {planned.key: planned for planned in plan.rows if planned.fate is Fate.NEW}
    done: dict[int, Planned] = {}
    for start in plan.rows:
        chain, planned = [], start
        while planned is not None and id(planned) not in done:
            if planned in chain:
                circle = " → ".join(f"“{each.key}”" for each in [*chain[chain.index(planned) :], planned])
                for each in chain[chain.index(planned) :]:
                    each.refuse(Problem(field, f"These refer to one another in a circle: {circle}. Remove one link."))
                break
            chain.append(planned)
            text = planned.row.values.get(field) if field else None
            keys = names.keys_of(model, text) if text and isinstance(text, str) and by_key else []
            planned = by_key.get(keys[0]) if len(keys) == 1 else None
        for each in reversed(chain):
            done[id(each)] = each
    return list(done.values())


def _left_behind(model: type[Record], keys: Sequence[str]) -> dict[str, str]:
    """For each key of a merged record, the key of the winner."""
    aliases = Alias.objects.filter(content_type=ContentType.objects.get_for_model(model)).values_list(
        "key", "object_id"
    )
    winners = {key: number for key, number in aliases if key in set(keys)} if keys else {}
    names = dict(model._default_manager.filter(pk__in=winners.values()).values_list("pk", "key")) if winners else {}
    return {key: names.get(number, "") for key, number in winners.items()}


def _day_of(plan: Plan) -> dt.date:
    """The day of the export in a file; refuses rows with a wrong day."""
    day = ""
    for planned in plan.rows:
        text = planned.row.values.get(AS_OF)
        if not text:
            continue
        try:
            is_day = dt.date.fromisoformat(text).isoformat() == text
        except (TypeError, ValueError):
            is_day = False
        if not is_day:
            planned.refuse(Problem(AS_OF, f"“{text}” is not a day.", DAY))
            continue
        day = day or text
        if text != day:
            planned.refuse(Problem(AS_OF, f"The day is {text}, but rows above have {day}.", day))
        elif dt.date.fromisoformat(text) > today():
            planned.refuse(Problem(AS_OF, f"{text} lies in the future.", f"up to {today()}"))
    return min(dt.date.fromisoformat(day), today()) if day else today()


def _outdated(planned: Planned) -> Problem | None:
    """The problem if the public record changed, or may have changed, after the file was made."""
    changed = planned.record.changed_at
    if CHANGED_AT in planned.row.values:
        now = f"{changed:%Y-%m-%dT%H:%M:%S.%fZ}" if changed else ""
        if (planned.row.values[CHANGED_AT] or "") == now:
            return None
        sentence = (
            f"The record was changed on {day_label(changed)} since this file was made; export it again."
            if changed
            else "The record never changed in public."
        )
        return Problem(CHANGED_AT, sentence, now or "empty")
    if changed is None:
        return None
    sentence = f"The record was changed on {day_label(changed)}, and the file does not say when it was made."
    return Problem(CHANGED_AT, sentence, "the column changed_at as the site exports it")


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
