"""What two records have alike when they become one: of two equal rows one stays, and states name the one that stays."""

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model

from labs.models import Citation, EvaluatorName, Record, Search
from labs.models.registry import identities_of
from labs.models.states import State


def twin_of(row: Model, field: Field, winner: Record) -> Model | None:
    """The row that could not stand beside this one if its ``field`` named the winner; None where there is none."""
    if field.many_to_many:
        return None
    kind = type(row)
    unique = [tuple(constraint.fields) for constraint in kind._meta.total_unique_constraints]
    unique += [(each.name,) for each in kind._meta.concrete_fields if each.unique and not each.primary_key]
    for names in unique:
        if field.name in names:
            values = {name: getattr(row, name) for name in names} | {field.name: winner}
            twin = kind._default_manager.filter(**values).exclude(pk=row.pk).first()
            if twin is not None:
                return twin
    return None


@singledispatch
def join(_stays: Model, _goes: Model) -> bool:
    """Take over what the row that goes adds to the one that stays; whether that changes it. Nothing is saved.

    Mostly nothing: of two participations in an event the winner's stays, with its certainty, so that a merger raises
    none.
    """
    return False


@join.register
def _(stays: Citation, goes: Citation) -> bool:
    supports = _terms(type(stays), [*stays.supports, *goes.supports])
    unfound_because = stays.unfound_because or goes.unfound_because
    is_changed = (supports, unfound_because) != (stays.supports, stays.unfound_because)
    stays.supports, stays.unfound_because = supports, unfound_because
    return is_changed


@join.register
def _(stays: EvaluatorName, goes: EvaluatorName) -> bool:
    if stays.used or not goes.used:
        return False
    stays.used, stays.used_earliest, stays.used_latest = goes.used, goes.used_earliest, goes.used_latest
    return True


@join.register
def _(stays: Search, goes: Search) -> bool:
    if goes.where in stays.where:
        return False
    stays.where = f"{stays.where}\n{goes.where}"
    return True


def renamed(kind: type[Model], state: State, of: type[Record], old: str, new: str) -> State:
    """A state of a record, or of a part, that names the record ``new`` where it named ``old``; ``of`` is their kind."""
    result: State = {}
    identities = identities_of(kind)
    for name, value in state.items():
        related = _related(kind, name)
        if name in identities:
            rows = [(row, renamed(related, row, of, old, new)) for row in value]
            result[name] = _joined(related, identities[name], rows)
        elif related is of and isinstance(value, list):
            result[name] = sorted({new if key == old else key for key in value})
        else:
            result[name] = new if related is of and value == old else value
    return result


def _related(kind: type[Model], name: str) -> type[Model] | None:
    try:
        return kind._meta.get_field(name).related_model
    except FieldDoesNotExist:  # a state from before the field went
        return None


def _joined(kind: type[Model], identity: Sequence[str], rows: Sequence[tuple[State, State]]) -> list[State]:
    """Parts as (before, after the change of name); of two that are alike now, the one that did not change stays."""
    found: dict[tuple[Any, ...], State] = {}
    for _, named in sorted(rows, key=lambda pair: pair[0] != pair[1]):
        key = tuple(named.get(name) for name in identity)
        stays = found.setdefault(key, named)
        if stays is not named and "supports" in named:
            found[key] = stays | {"supports": _terms(kind, [*stays["supports"], *named["supports"]])}
    return list(found.values())


def _terms(kind: type[Model], values: Sequence[str]) -> list[str]:
    return kind._meta.get_field("supports").to_python(values)
