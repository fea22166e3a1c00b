"""Small objects that work out many values when they are asked for."""

from collections.abc import Sequence
from dataclasses import fields
from functools import cached_property
from typing import Any, TypeVar

_Class = TypeVar("_Class", bound=type)


def key_sharing(cls: _Class) -> _Class:
    """Let all instances of a dataclass share the names of their fields and cached properties (PEP 412).

    CPython lets instances share the names that the first few of them had, up to 30. Where many are made before a value
    of one is worked out, each else gets a dictionary of its own with the next value, two to three times as large.

    Raises TypeError for more names than can be shared.
    """
    cached = [name for each in cls.__mro__ for name, what in vars(each).items() if isinstance(what, cached_property)]
    return share_names(cls, [*(each.name for each in fields(cls)), *cached])


def share_names(cls: _Class, names: Sequence[str]) -> _Class:
    """Let all instances of a class that have just these names share them; for a class of which there is none yet.

    Raises TypeError for more names than can be shared.
    """
    if len(names) > _MOST:
        raise TypeError(f"{cls.__name__} has {len(names)} names; {_MOST} can be shared.")
    first: dict[str, Any] = object.__new__(cls).__dict__
    for name in names:  # one by one: update() would make it a dictionary of its own
        first[name] = None
    return cls


_MOST = 29
