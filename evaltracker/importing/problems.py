"""Problems of a file, a cell and a row."""

from dataclasses import dataclass


class FileProblem(Exception):
    """A file that cannot be read as a table of records; the message says why and how to solve it."""


class CellProblem(ValueError):
    """A cell that cannot be read. ``column`` names it if it is another one than the column being read."""

    def __init__(self, message: str, allowed: str = "", column: str = "") -> None:
        super().__init__(message)
        self.message, self.allowed, self.column = message, allowed, column


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of a row: the column (empty: the whole row), the message, and what is allowed."""

    column: str
    message: str
    allowed: str = ""
