"""Lists of a page that may be long: the first rows stand on it, and it says how many more there are, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

_Row = TypeVar("_Row")

MOST_ROWS = 60
"""So many rows of one list stand on a page; the longest list of the shipped records has 34."""
MOST_LINES = 200
"""The same of a table of which each row is a line; that of the shipped records has 171."""


@dataclass(frozen=True, slots=True)
class Limited(Generic[_Row]):
    """The first rows of a list; ``total`` are all of them, ``url`` is a page with all, "" where none has."""

    shown: Sequence[_Row]
    total: int
    url: str = ""

    def __bool__(self) -> bool:
        return bool(self.total)

    @property
    def more(self) -> int:
        """How many do not stand on the page."""
        return self.total - len(self.shown)


def limited(rows: Sequence[_Row], url: str = "", most: int = MOST_ROWS) -> Limited[_Row]:
    """The first rows, at most so many."""
    return Limited(rows[:most], len(rows), url)
