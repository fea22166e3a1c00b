"""How a database writes the values of a line: in SQL, for each of the two databases and each form of a file."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from labs.rules.csv_cells import LONGEST_DATE, MONTH_STARTS

_MOST_ARGUMENTS = 90
"""PostgreSQL's functions take at most a hundred, SQLite's 127."""


class Fixed(str):
    """A part of each line that is the same on all; the other parts are expressions in SQL."""

    __slots__ = ()


class PostgreSQL:
    """How PostgreSQL says what a line is made of."""

    def joined(self, parts: Sequence[str]) -> str:
        """All in one text, in which what is null is nothing."""
        written = [literal(part) if isinstance(part, Fixed) else part for part in parts]
        while len(written) > 1:
            groups = [written[at : at + _MOST_ARGUMENTS] for at in range(0, len(written), _MOST_ARGUMENTS)]
            written = [f"concat({', '.join(group)})" for group in groups]
        return written[0]

    def first(self, column: str) -> str:
        return f"ascii({column})"

    def size(self, column: str) -> str:
        return f"octet_length({column})"

    def contains(self, column: str, mark: str) -> str:
        return f"{column} LIKE {literal(f'%{mark}%')}"

    def as_json(self, column: str) -> str:
        return f"to_json({column})"

    def moment(self, column: str) -> str:
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


class SQLite:
    """How SQLite says it."""

    def joined(self, parts: Sequence[str]) -> str:
        """All in one text, in which what is null is nothing. Each part is copied once; ``||`` would copy all anew."""
        groups = [parts[at : at + _MOST_ARGUMENTS] for at in range(0, len(parts), _MOST_ARGUMENTS)]
        return " || ".join(map(self._printed, groups))

    def _printed(self, parts: Sequence[str]) -> str:
        text = "".join([part.replace("%", "%%") if isinstance(part, Fixed) else "%s" for part in parts])
        return f"printf({', '.join([literal(text), *(part for part in parts if not isinstance(part, Fixed))])})"

    def first(self, column: str) -> str:
        return f"unicode({column})"

    def size(self, column: str) -> str:
        return f"length({column})"

    def contains(self, column: str, mark: str) -> str:
        """Faster than ``instr``, which looks at each place by itself."""
        return f"{column} GLOB {literal(f'*{mark}*')}"

    def as_json(self, column: str) -> str:
        return f"json_quote({column})"

    def moment(self, column: str) -> str:
        """Django stores 2024-07-01 10:00:00, with six more digits if they are not all 0."""
        parts = f"substr({column}, 1, 10) || 'T' || substr({column}, 12, 8)"
        return f"{parts} || '.' || substr(substr({column}, 21) || '000000', 1, 6) || 'Z'"


def dialect() -> PostgreSQL | SQLite:
    """Of the database that is asked."""
    return PostgreSQL() if connection.vendor == "postgresql" else SQLite()


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


class CsvForm:
    """Lines as Python's csv module writes them by default, of cells as ``labs.rules.csv_cells`` writes them.

    What the methods return is SQL; what is null is an empty cell.
    """

    opening, between, closing, end = "", ",", "", "\r\n"
    is_named = False  # whether each line has the names of its values
    is_joined = True  # whether a line is one text; else each cell is by itself
    copied_as = ""  # the options of the COPY that writes such lines

    def __init__(self) -> None:
        self.dialect = dialect()

    def in_file(self, written: str) -> str:
        """A cell beside others."""
        return '"' + written.replace('"', '""') + '"' if any(mark in written for mark in ',"\r\n') else written

    def text(self, column: str, marked: str) -> str:
        """A text. ``marked`` lets Python write it, which guards what a program may run or take for a date."""
        return f"CASE WHEN {column} = '' THEN NULL WHEN {self._may_mislead(column)} THEN {marked} {self._else(column)}"

    def exact(self, column: str) -> str:
        """A text that nothing is done to but what the format asks for."""
        return f"CASE {self._else(column)}"

    def number(self, column: str) -> str:
        """A whole number, which may be missing."""
        return column

    def simple(self, expression: str) -> str:
        """A text with nothing in it to quote or to guard, which may be missing."""
        return expression

    def _may_mislead(self, column: str) -> str:
        """Whether a text that is not empty starts with a sign, or is short and starts with a digit or a month."""
        first, is_short = self.dialect.first(column), f"{self.dialect.size(column)} <= {LONGEST_DATE}"
        months = ", ".join(literal(start) for start in sorted(MONTH_STARTS))
        is_no_letter = f"{first} < 97 AND {first} NOT BETWEEN 65 AND 90"
        return (
            f"({is_no_letter} AND ({first} NOT BETWEEN 48 AND 57 OR {is_short})) "
            f"OR ({is_short} AND lower(substr({column}, 1, 3)) IN ({months}))"
        )

    def _else(self, column: str) -> str:
        """The rest of a CASE: the text, in quotation marks if it needs them."""
        is_special = " OR ".join(self.dialect.contains(column, mark) for mark in ',"\r\n')
        return f"WHEN {is_special} THEN '\"' || replace({column}, '\"', '\"\"') || '\"' ELSE {column} END"


class CopiedCsvForm(CsvForm):
    """The same, of cells by themselves: PostgreSQL's COPY puts them in quotation marks where that is needed.

    It does so by the same rule, but writes an empty text as ``""``: so that is null here too.
    """

    is_joined = False
    copied_as = "FORMAT csv"

    def exact(self, column: str) -> str:
        return f"nullif({column}, '')"

    def _else(self, column: str) -> str:
        return f"ELSE {column} END"


class JsonForm:
    """Lines as Python's json module writes objects by default, with every letter as it is; what is empty is null.

    None has a control character, so a COPY that quotes only for such ones writes a line as it is.
    """

    opening, between, closing, end = "{", ", ", "}", "\n"
    is_named = is_joined = True
    copied_as = "FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02'"

    def __init__(self) -> None:
        self.dialect = dialect()

    def in_file(self, written: str) -> str:
        """A value, which is JSON already."""
        return written

    def exact(self, column: str) -> str:
        """A text; nothing has to be guarded in JSON."""
        return f"CASE WHEN {column} = '' THEN 'null' ELSE CAST({self.dialect.as_json(column)} AS text) END"

    def text(self, column: str, marked: str) -> str:  # noqa: ARG002
        return self.exact(column)

    def number(self, column: str) -> str:
        """A whole number, which may be missing."""
        return f"coalesce(CAST({column} AS text), 'null')"

    def simple(self, expression: str) -> str:
        """A text with nothing in it to quote, which may be missing."""
        return f"coalesce('\"' || {expression} || '\"', 'null')"


def csv_form() -> CsvForm:
    """How the database writes CSV."""
    return CopiedCsvForm() if connection.vendor == "postgresql" else CsvForm()


def as_json(value: Any) -> str:
    """A value in JSON, with every letter as it is."""
    return json.dumps(value, ensure_ascii=False)
