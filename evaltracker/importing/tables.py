"""A file as rows of text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evaltracker.importing.problems import Problem


@dataclass(slots=True)
class Row:
    """One row: its number as the sheet shows it, and its cells as plain text by the name of their column.

    ``problems`` is what reading the file already brought up, such as a formula.
    """

    number: int
    cells: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """All rows of a file. In ``records`` a row is called by its place in the list, as in a JSON file."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row]
    row_word: str = "row"
