"""What differs between two states of a record (labs/models/states.py), and whether two changes are compatible."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labs.rules.text import clean_text

State = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of the record: its value before and after; None on the side where the record did not exist."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class PartChange:
    """One part of the record, such as a citation. ``old`` is None where it was added, ``new`` where it was removed."""

    relation: str
    old: State | None
    new: State | None

    @property
    def changes(self) -> list[FieldChange]:
        """The fields of the part that changed; none where the part was added or removed."""
        if self.old is None or self.new is None:
            return []
        return [
            FieldChange(name, self.old.get(name), value)
            for name, value in self.new.items()
            if not is_same(self.old.get(name), value)
        ]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changed."""

    fields: tuple[FieldChange, ...]
    parts: tuple[PartChange, ...]

    def __bool__(self) -> bool:
        return bool(self.fields or self.parts)

    def __iter__(self) -> Iterator[FieldChange | PartChange]:
        return iter((*self.fields, *self.parts))


Identities = Mapping[str, tuple[str, ...]]
"""For each relation with parts: the fields that identify a part. All other fields are compared as a whole."""


def difference(before: State, after: State, identities: Identities) -> Difference:
    """What leads from one state to another: changed fields, then added, changed and removed parts.

    An empty state means that the record does not exist. The order of parts makes no difference, nor what ``is_same``
    passes over.
    """
    fields, parts = [], []
    for name in [*after, *(name for name in before if name not in after)]:
        old, new = before.get(name), after.get(name)
        if name in identities:
            parts += _part_changes(name, identities[name], old or [], new or [])
        elif not is_same(old, new):
            fields.append(FieldChange(name, old, new))
    return Difference(tuple(fields), tuple(parts))


def is_same(old: Any, new: Any) -> bool:
    """Whether two values of a state say the same.

    Line ends, blanks at the end of a line and the order of a list make no difference, and what is empty is nothing.
    """
    return bool(old == new or _meaning(old) == _meaning(new))


def _meaning(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value) or None
    if isinstance(value, Mapping):
        found = {name: meaning for name, each in value.items() if (meaning := _meaning(each)) is not None}
        return found or None
    if isinstance(value, list | tuple):
        return sorted((_meaning(each) for each in value), key=repr) or None
    return value


def _identity(names: Sequence[str], part: State) -> tuple[Any, ...]:
    return tuple(_meaning(part.get(name)) for name in names)


def _part_changes(
    relation: str, identity: Sequence[str], old: Sequence[State], new: Sequence[State]
) -> list[PartChange]:
    before = {_identity(identity, part): part for part in old}
    after = {_identity(identity, part): part for part in new}
    changed = [
        PartChange(relation, before.get(key), part) for key, part in after.items() if not is_same(before.get(key), part)
    ]
    removed = [PartChange(relation, part, None) for key, part in before.items() if key not in after]
    return changed + removed


@dataclass(frozen=True, slots=True)
class Rebased:
    """A proposal applied to the current state: the state to store, and what both sides changed in different ways."""

    state: dict[str, Any]
    conflicts: tuple[FieldChange | PartChange, ...]  # as now → as proposed


def rebase(before: State, after: State, current: State, identities: Identities) -> Rebased:
    """Apply the change from ``before`` to ``after`` to ``current``.

    Where ``current`` differs from ``before`` in the same field or part, and not in the same way, that is a conflict:
    the state gets the proposed value, and ``conflicts`` names both.
    """
    state = {name: list(value) if name in identities else value for name, value in current.items()}
    conflicts: list[FieldChange | PartChange] = []
    changes = difference(before, after, identities)
    for change in changes.fields:
        now = current.get(change.field)
        if not (is_same(now, change.old) or is_same(now, change.new)):
            conflicts.append(FieldChange(change.field, now, change.new))
        state[change.field] = change.new
    for part in changes.parts:
        rows = state.setdefault(part.relation, [])
        names = identities[part.relation]
        key = _identity(names, part.new or part.old or {})
        now = next((row for row in rows if _identity(names, row) == key), None)
        if not (is_same(now, part.old) or is_same(now, part.new)):
            conflicts.append(PartChange(part.relation, now, part.new))
        state[part.relation] = _replaced(rows, now, part.new)
    return Rebased(state, tuple(conflicts))


def _replaced(rows: list[State], old: State | None, new: State | None) -> list[State]:
    if old is None:
        return [*rows, new] if new is not None else rows
    replaced = [new if row is old else row for row in rows]
    return [row for row in replaced if row is not None]
