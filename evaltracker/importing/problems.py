"""Problems of a file and of a cell."""

from django.core.exceptions import ValidationError


class FileProblem(Exception):
    """A file that cannot be read as a table of records; the message says why and how to solve it."""


class Problem(ValidationError):
    """A problem of a row: the column, the message, and what is allowed.

    An empty column is the whole row, or the column that is being read.
    """

    message: str

    def __init__(self, column: str, message: str, allowed: str = "") -> None:
        super().__init__(message)
        self.column, self.allowed = column, allowed
