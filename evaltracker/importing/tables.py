"""A file, or a sheet of one, as rows."""

from dataclasses import dataclass, field
from typing import Any

from evaltracker.importing.problems import Problem

ROW, RECORD = "row", "record"


class Added(list):
    """Parts that come to those of a record, which stay; any other list takes their place."""


@dataclass(slots=True)
class Row:
    """One row: its number as the sheet shows it, and its values by the field of the form: texts, or values of JSON.

    ``problems`` were found while reading the file, such as a formula; ``doubts`` are to be looked at.
    """

    number: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """All rows of one kind in a file. ``row_word`` is what messages call a row: “row”, or “record” in a JSON file.

    ``notes`` say what was left out, and what to look at.
    """

    name: str
    kind: Any  # FileKind
    rows: list[Row]
    row_word: str = ROW
    notes: list[str] = field(default_factory=list)
