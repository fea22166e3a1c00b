"""What a list of things to do is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: what it is about, what about it, and the page of the desk that settles it.

    ``labs`` are the keys of the labs that it concerns, for the filter.
    """

    title: str
    detail: str
    url: str
    labs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A list of things to do of one sort. ``read`` gives all items, the most pressing first."""

    key: str  # in the address
    title: str
    explanation: str
    read: Callable[["Desk"], list[Item]]


@dataclass(frozen=True)
class Desk:
    """Who asks, on which day, and what all tasks read at most once."""

    person: Any
    day: Any
    ledger: Any
