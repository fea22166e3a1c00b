"""Parts and states in a merger: of two equal rows one stays, and states name the winner."""

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model

from labs.choices import Found
from labs.models import Citation, EvaluatorName, Record, Search
from labs.models.registry import identities_of
from labs.models.states import State


def twin_of(row: Model, field: Field, winner: Record) -> Model | None:
    """The row that would break a unique constraint if ``field`` of this row named the winner; None without one."""
    if field.many_to_many:
        return None
    model = type(row)
    unique = [tuple(constraint.fields) for constraint in model._meta.total_unique_constraints]
    unique += [(each.name,) for each in model._meta.concrete_fields if each.unique and not each.primary_key]
    for names in unique:
        if field.name in names:
            values = {name: getattr(row, name) for name in names} | {field.name: winner}
            twin = model._default_manager.filter(**values).exclude(pk=row.pk).first()
            if twin is not None:
                return twin
    return None


@singledispatch
def take_over(_stays: Model, _goes: Model) -> bool:
    """Add what the row that goes knows to the row that stays; returns whether that changes it. Saves nothing.

    By default nothing is added: of two participations in an event the winner's stays with its certainty, so a merger
    never raises one.
    """
    return False


@take_over.register
def _(stays: Citation, goes: Citation) -> bool:
    supports = _terms(type(stays), [*stays.supports, *goes.supports])
    unfound_because = stays.unfound_because or goes.unfound_because
    is_changed = (supports, unfound_because) != (stays.supports, stays.unfound_because)
    stays.supports, stays.unfound_because = supports, unfound_because
    return is_changed


@take_over.register
def _(stays: EvaluatorName, goes: EvaluatorName) -> bool:
    if stays.used or not goes.used:
        return False
    stays.used, stays.used_earliest, stays.used_latest = goes.used, goes.used_earliest, goes.used_latest
    return True


@take_over.register
def _(stays: Search, goes: Search) -> bool:
    before = (stays.found, stays.where, stays.note)
    if Found.SOMETHING in (stays.found, goes.found):
        stays.found = Found.SOMETHING.value
    for name in ("where", "note"):
        if getattr(goes, name) not in getattr(stays, name):
            setattr(stays, name, f"{getattr(stays, name)}\n{getattr(goes, name)}".strip())
    return (stays.found, stays.where, stays.note) != before


def replace_key(model: type[Model], state: State, of: type[Record], old: str, new: str) -> State:
    """The state with the key ``new`` in place of ``old`` wherever it names a record of the model ``of``.

    ``model`` is the model of the record or part that the state describes.
    """
    result: State = {}
    identities = identities_of(model)
    for name, value in state.items():
        related = _related(model, name)
        if name in identities:
            rows = [(row, replace_key(related, row, of, old, new)) for row in value]
            result[name] = _without_twins(related, identities[name], rows)
        elif related is of and isinstance(value, list):
            result[name] = sorted({new if key == old else key for key in value})
        else:
            result[name] = new if related is of and value == old else value
    return result


def _related(model: type[Model], name: str) -> type[Model] | None:
    try:
        return model._meta.get_field(name).related_model
    except FieldDoesNotExist:  # the state is older than the removal of the field
        return None


def _without_twins(model: type[Model], identity: Sequence[str], rows: Sequence[tuple[State, State]]) -> list[State]:
    """The parts without doubles. ``rows`` are pairs of a part before and after the change of key; of two that became
    equal, the one that did not change stays.
    """
    found: dict[tuple[Any, ...], State] = {}
    for _, renamed in sorted(rows, key=lambda pair: pair[0] != pair[1]):
        key = tuple(renamed.get(name) for name in identity)
        stays = found.setdefault(key, renamed)
        if stays is not renamed and "supports" in renamed:
            found[key] = stays | {"supports": _terms(model, [*stays["supports"], *renamed["supports"]])}
    return list(found.values())


def _terms(model: type[Model], values: Sequence[str]) -> list[str]:
    return model._meta.get_field("supports").to_python(values)
