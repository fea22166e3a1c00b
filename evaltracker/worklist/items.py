"""What a list of things to do is made of."""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from evaltracker.models import TaskMark


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: a title, what there is to do, and the page of the desk where somebody does it.

    ``labs`` are the keys of the labs that it concerns, for the filter. ``about`` tells apart items of one task that
    have the same address. ``group`` is a heading above it and its like.
    """

    title: str
    detail: str
    url: str
    labs: tuple[str, ...] = ()
    about: str = ""
    group: str = ""

    @property
    def subject(self) -> str:
        """Its name within its task, which stays the same from day to day."""
        return f"{self.url} {self.about}".strip()[:300]

    @property
    def said(self) -> str:
        """A digest of what it says; another one once there is something else to do."""
        return hashlib.sha256(f"{self.title}\n{self.detail}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Task:
    """A list of things to do of one sort. ``read`` returns all items, the most urgent first.

    A standing list is one that nobody has to empty: it is read only on its own page.
    """

    key: str  # in the address
    title: str
    explanation: str
    read: Callable[["TaskInput"], list[Item]]
    is_standing: bool = False


@dataclass(frozen=True, slots=True)
class TaskInput:
    """What every task reads: the person who asks, and the day."""

    person: Any
    day: dt.date


@dataclass(frozen=True, slots=True)
class Marked:
    """An item with what people agreed on about it."""

    item: Item
    mark: TaskMark | None = None

    def is_hidden(self, day: dt.date) -> bool:
        """Whether it is put off, or looked at with nothing to do, and still says what it said then."""
        if self.mark is None:
            return False
        is_asleep = self.mark.snoozed_until is not None and self.mark.snoozed_until > day
        return is_asleep or (self.mark.is_settled and self.mark.said == self.item.said)


@dataclass(slots=True)
class TaskList:
    """A task with its items: those that are open, and those that are put off or need nothing."""

    task: Task
    open: list[Marked] = field(default_factory=list)
    hidden: list[Marked] = field(default_factory=list)

    def of(self, person: Any) -> list[Marked]:
        """The open items that are this person's."""
        return [each for each in self.open if each.mark and each.mark.assigned_to_id == person.pk]
