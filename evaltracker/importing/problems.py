"""What can be wrong with a file, and with a cell of it."""

from dataclasses import dataclass


class FileProblem(Exception):
    """A file that cannot be read as a table of records; the text says why and what helps."""


class CellProblem(ValueError):
    """A cell that cannot be read. ``column`` says which, where it is not the one that was asked for."""

    def __init__(self, message: str, allowed: str = "", column: str = "") -> None:
        super().__init__(message)
        self.message, self.allowed, self.column = message, allowed, column


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, where, and what is allowed there; without a column it is the row as a whole."""

    column: str
    message: str
    allowed: str = ""
