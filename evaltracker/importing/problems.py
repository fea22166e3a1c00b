"""Problems of a file, a cell and a row."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError


class FileProblem(Exception):
    """A file that cannot be read as a table of records; the message says why and how to solve it."""


class CellProblem(ValidationError):
    """A cell that cannot be read: what is wrong, what is allowed, and its column if it is not the one being read."""

    def __init__(self, message: str, allowed: str = "", column: str = "") -> None:
        super().__init__(message)
        self.allowed, self.column = allowed, column


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of a row: the column (empty: the whole row), the message, and what is allowed."""

    column: str
    message: str
    allowed: str = ""
