"""Compare a row with its record."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError

from evaltracker.importing.columns import CHANGED_AT, KEY, Columns
from evaltracker.importing.groups import Group, GroupInput
from evaltracker.importing.planned import CellChange, Fate, Planned
from evaltracker.importing.problems import CellProblem, Problem
from evaltracker.importing.reading import Lookup, reader
from labs.choices import ProposalKind, RecordStatus, Stage
from labs.models import Proposal
from labs.models.errors import field_errors
from labs.models.registry import kind_of
from labs.models.states import State, apply_state, state_of
from labs.rules.dates import day_label
from labs.rules.differences import Difference, PartChange, difference


class Comparison:
    """Compares the rows of one file, which has these columns, with the stored records."""

    def __init__(
        self,
        columns: Columns,
        names: Sequence[str],
        lookup: Lookup,
        proposals: Mapping[int, list[Proposal]],
    ) -> None:
        self._columns, self._lookup, self._proposals = columns, lookup, proposals
        self._written = [name for name in names if name in columns.fields or name in columns.groups]
        self._derived = [name for name in names if name in columns.derived]

    def _difference(self, before: State, after: State) -> Difference:
        return difference(before, after, kind_of(self._columns.kind.model).identities)

    def judge(self, planned: Planned) -> None:
        """Decide the fate of a row, and apply its cells to its record."""
        if planned.fate is Fate.NEW:
            self._judge_new(planned)
        elif planned.record.status == RecordStatus.PUBLISHED:
            self._judge_public(planned)
        elif planned.record.status == RecordStatus.WITHDRAWN:
            reason = planned.record.withdrawn_because
            planned.refuse(Problem(KEY, f"It was withdrawn: {reason} Submit it again on its own page.", "another key"))
        else:
            self._judge_draft(planned)

    # --- new rows and drafts -------------------------------------------------------------------------------

    def _judge_new(self, planned: Planned) -> None:
        filled = [name for name in self._written if planned.row.cells.get(name)]
        problems = self._apply_cells(planned, {}, filled, is_new=True)
        problems += self._wrong_derived(planned)
        if planned.row.cells.get(CHANGED_AT):
            problems.append(Problem(CHANGED_AT, "There is no record with this key, so it has no last change.", "empty"))
        planned.changes = [CellChange(name, "", planned.row.cells[name]) for name in filled]
        planned.refuse(*problems)

    def _judge_draft(self, planned: Planned) -> None:
        planned.before = state_of(planned.record)
        given = [name for name in self._written if name in planned.row.cells]
        problems = self._apply_cells(planned, planned.before, given, is_new=True)
        if not problems and (found := self._difference(planned.before, planned.after)):
            names = ", ".join(self._columns.column_of(name) for name in _names(found))
            state = RecordStatus(planned.record.status).label
            problems = [Problem(KEY, f"A record with this key is {state} and differs in: {names}.", "edit it")]
        planned.fate = Fate.WAITING
        planned.note = f"The record is {RecordStatus(planned.record.status).label}, with the same content."
        planned.refuse(*(problems or self._wrong_derived(planned)))

    # --- public records ------------------------------------------------------------------------------------

    def _judge_public(self, planned: Planned) -> None:
        cells, shown = planned.row.cells, planned.shown
        given = [name for name in self._written if name in cells]
        differing = [name for name in given if shown is None or cells[name] != shown[name]]
        planned.before, planned.name = state_of(planned.record), str(planned.record)
        problems = self._apply_cells(planned, planned.before, differing, is_new=False)
        found = self._difference(planned.before, planned.after) if planned.after else Difference((), ())
        if problems or found:
            if outdated := self._outdated(planned):
                return planned.refuse(outdated)
        elif self._outdated(planned):
            return None  # nothing that people write differs; derived columns may be of another day
        planned.refuse(*problems, *self._wrong_derived(planned))
        if found and not planned.problems:
            self._propose(planned, found, differing)
        return None

    def _propose(self, planned: Planned, found: Difference, differing: Sequence[str]) -> None:
        columns, changed = self._columns, set(_names(found))
        planned.fate = Fate.CHANGED
        for name in differing:
            field = columns.fields.get(name)
            if (field.name if field else columns.groups[name].relation) in changed:
                old = planned.shown[name] if planned.shown else ""
                planned.changes.append(CellChange(name, old, planned.row.cells[name]))
        for proposal in self._proposals.get(planned.record.pk, ()):
            if proposal.kind == ProposalKind.CHANGE and not self._difference(proposal.after, planned.after):
                planned.fate, planned.note = Fate.WAITING, f"The same change is {Stage(proposal.stage).label}."
                return
        for proposal in self._proposals.get(planned.record.pk, ()):
            what = f"A {ProposalKind(proposal.kind).label} of it is {Stage(proposal.stage).label}: “{proposal.reason}”"
            planned.refuse(Problem("", f"{what} Decide that first, or revise it.", "leave the row out until then"))

    def _outdated(self, planned: Planned) -> Problem | None:
        """The problem if the public record changed, or may have changed, after the file was made."""
        changed = planned.record.changed_at
        if CHANGED_AT in planned.row.cells:
            now = f"{changed:%Y-%m-%dT%H:%M:%S.%fZ}" if changed else ""
            if planned.row.cells[CHANGED_AT] == now:
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

    # --- cells ---------------------------------------------------------------------------------------------

    def _apply_cells(self, planned: Planned, before: State, names: Sequence[str], *, is_new: bool) -> list[Problem]:
        """Apply these cells to the record. Returns the problems of cells; with any, nothing is applied."""
        state, problems = self._state(planned, before, names, is_new)
        if not problems:
            try:
                planned.parts = apply_state(planned.record, state, self._lookup)
            except ValidationError as error:
                return [Problem(self._columns.column_of(each.field), each.sentence) for each in field_errors(error)]
            planned.after = state_of(planned.record, planned.parts)
        return problems

    def _state(
        self, planned: Planned, before: State, names: Sequence[str], is_new: bool
    ) -> tuple[State, list[Problem]]:
        state, problems, done = dict(before), [], set()
        for name in names:
            group = self._columns.groups.get(name)
            if group in done:
                continue
            try:
                if group is None:
                    field, text = self._columns.fields[name], planned.row.cells[name]
                    if text or before.get(field.name) != field.get_default():  # an empty cell means the default
                        state[field.name] = reader(field)(text, self._lookup, is_new)
                else:
                    done.add(group)
                    state[group.relation] = group.read(self._group_input(planned, before, group, is_new))
            except CellProblem as problem:
                problems.append(Problem(problem.column or name, problem.message, problem.allowed))
        return state, problems

    def _group_input(self, planned: Planned, before: State, group: Group, is_new: bool) -> GroupInput:
        cells = {name: text for name, text in planned.row.cells.items() if name in group.columns}
        if is_new and not before:  # an empty cell of a new row says nothing
            cells = {name: text for name, text in cells.items() if text}
        cells.setdefault(group.columns[0], (planned.shown or {}).get(group.columns[0], ""))
        return GroupInput(cells, before.get(group.relation, []), planned.shown, self._lookup, is_new)

    def _wrong_derived(self, planned: Planned) -> list[Problem]:
        """Derived cells that are neither as exported nor as they follow from the row."""
        given = (name for name in self._derived if name in planned.row.cells)
        return [problem for name in given if (problem := self._derived_problem(planned, name))]

    def _derived_problem(self, planned: Planned, name: str) -> Problem | None:
        text, derived = planned.row.cells.get(name, ""), self._columns.derived[name]
        if text == (planned.shown[name] if planned.shown else ""):
            return None
        follows = derived.of(planned.after, self._lookup) if derived.of and planned.after else None
        if text == follows:
            return None
        expected = follows if follows is not None else planned.shown[name] if planned.shown else ""
        return Problem(name, f"This column follows from others. {derived.instead}", expected or "empty")


def _names(found: Difference) -> list[str]:
    names = (each.relation if isinstance(each, PartChange) else each.field for each in found)
    return list(dict.fromkeys(names))
