"""A file as rows of text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evaltracker.importing.problems import Problem


@dataclass(slots=True)
class Row:
    """One row: its number as the sheet shows it, and its cells as plain text by the name of their column.

    ``problems`` were found while reading the file, such as a formula.
    """

    number: int
    cells: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """All rows of a file. ``row_word`` is what messages call a row: “row”, or “record” in a JSON file."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row]
    row_word: str = "row"
