"""What a list of things to do is made of."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commitments.rules.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: a title, what there is to do, and the page of the desk where somebody does it.

    ``labs`` are the keys of the labs that it concerns, for the filter.
    """

    title: str
    detail: str
    url: str
    labs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A list of things to do of one sort. ``read`` returns all items, the most urgent first."""

    key: str  # in the address
    title: str
    explanation: str
    read: Callable[["TaskInput"], list[Item]]


@dataclass(frozen=True, slots=True)
class TaskInput:
    """What every task reads: the person who asks, the day, and the ledger of that day."""

    person: Any
    day: dt.date
    ledger: Ledger
