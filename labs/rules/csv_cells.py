"""How values are written to the cells of a spreadsheet, and how they are read back.

None is an empty cell, an enumeration its value (so unknown is the word ``unknown``), a list its members joined by ``;
``. A text that a spreadsheet would run as a formula, or take for a date or a time, gets an apostrophe in front.
"""

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

_MONTHS = """
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    januar jänner februar märz mai juni juli oktober dezember jän mär mrz okt dez
    janvier février mars avril juin juillet août septembre octobre novembre décembre janv fév févr avr juil déc
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre ene abr ago dic
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre gen mag giu lug set ott
    janeiro fevereiro março maio junho julho setembro outubro novembro dezembro fev out
    januari februari maart mei augustus mrt
"""  # English, German, French, Spanish, Italian, Portuguese, Dutch
MONTHS = tuple(_MONTHS.split())
"""The names of the months in the languages of common spreadsheets, and their short forms."""
MONTH_STARTS = frozenset(
    start for name in MONTHS for start in (name[:3], re.sub("[^a-z]", lambda m: m[0].upper(), name[:3]))
)
"""How they begin, with the letters from a to z in lower case and any other in both."""
MONTH = "|".join(re.sub("[^a-z]", lambda letter: f"[{letter[0]}{letter[0].upper()}]", name) for name in MONTHS)
DATE_LIKE = (
    "[0-9]{1,4} ?[-/.] ?[0-9]{1,4}( ?[-/.] ?[0-9]{1,4})?[.]?"  # 1-4, 5/6, 2024-05, 14.2, 3. 5. 2026, 2026.12.1
    f"|([0-9]{{1,4}}(st|nd|rd|th)?[-/., ]*(de )?)?({MONTH})[-/., ]*(de )?"  # 3 May 2024, 3. Mai 2026, Mar-1
    "[0-9]{1,4}(st|nd|rd|th)?([-/., ]+[0-9]{1,4})?"
    f"|[0-9]{{1,4}}(st|nd|rd|th)?[-/., ]*(de )?({MONTH})[.]?"  # 14 March
    "|[0-9]{1,4}年([0-9]{1,2}月([0-9]{1,2}日)?)?|[0-9]{1,2}月([0-9]{1,2}日)?"  # 2026年12月1日
    "|[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]+)?)?( *[ap]m)?"  # 10:30
)
"""The texts that a spreadsheet in a common language takes for a date or a time, without the blanks around them and
whatever their case. What has points is a number to some: 2026.10 would be 2026.1."""
LONGEST_DATE = 40
"""Only a text up to this length is taken for a date."""
_RUNS = re.compile(r"'*[=+\-@\t\r\n]")
_IS_TAKEN_FOR_A_DATE = re.compile(rf"'*\s*(?:{DATE_LIKE})\s*", re.IGNORECASE | re.ASCII)
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_ESCAPED = re.compile(r"\\(.)")


def cell(value: Any) -> str:
    """The value as the text of a cell."""
    if type(value) is str and len(value) <= LONGEST_DATE:
        return _guarded_short(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | dt.date):
        return str(value)
    return guarded(str(value) if isinstance(value, str) else listed(value))


def as_it_is(value: Any) -> str:
    """The value as the text of a cell that no apostrophe guards."""
    return "" if value is None else str(value)


def guarded(text: str) -> str:
    """The text, with an apostrophe in front of what a spreadsheet would run, or take for a date or a time."""
    return _guarded_short(text) if len(text) <= LONGEST_DATE else f"'{text}" if _RUNS.match(text) else text


@lru_cache(maxsize=4096)
def _guarded_short(text: str) -> str:
    """Most cells of a file are words that many have."""
    return f"'{text}" if _RUNS.match(text) or is_taken_for_a_date(text) else text


def is_taken_for_a_date(text: str) -> bool:
    """Whether a spreadsheet takes the text for a date or a time: “1-4”, “5/6”, “14.2”, “May 2024”, “10:30”.

    What we publish as dates is written as it is: days, and the EDTF columns, which are to be read as text. So are
    decimals and data versions (2026.12.1), which stay as they are cited.
    """
    return len(text) <= LONGEST_DATE and _IS_TAKEN_FOR_A_DATE.fullmatch(text) is not None


def plain(text: str) -> str:
    """The text of a cell without what spreadsheets add: guards, surrounding blanks, their kind of line breaks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _GUARDED.match(text) or (text.startswith("'") and is_taken_for_a_date(text)):
        text = text[1:]
    return text.strip()


def listed(items: Iterable[Any]) -> str:
    """The members of a list in one cell. A ``;`` or a backslash within a member gets a backslash in front."""
    return "; ".join(str(item).replace("\\", "\\\\").replace(";", "\\;") for item in items)


def unlisted(text: str) -> list[str]:
    """The members of a list from one cell; none from an empty cell."""
    if not text:
        return []
    parts = text.split(";") if "\\" not in text else re.findall(r"(?:^|;)((?:\\.|[^;\\])*)", text)
    return [_ESCAPED.sub(r"\1", part.strip()) for part in parts]


def line(*fields: str) -> str:
    """Fields in one line, separated by ``

    ``. The last may hold anything: line breaks and backslashes are escaped.
    """
    last = re.sub(r"[\\\n\r]", lambda match: _ESCAPES[match[0]], fields[-1])
    return " | ".join([*fields[:-1], last])


def fields_of_line(text: str, count: int) -> list[str]:
    """The fields of a line that ``line`` wrote. Raises ValueError where there are fewer than ``count``."""
    fields = [field.strip() for field in text.split("|", count - 1)]
    if len(fields) < count:
        raise ValueError(text)
    back = {"n": "\n", "r": "\r"}
    return [*fields[:-1], _ESCAPED.sub(lambda match: back.get(match[1], match[1]), fields[-1])]


def quote_line(source: str, supports: Iterable[str], quote: str) -> str:
    """A citation in one line: the key of the source, the fields that the quote supports, the quote."""
    return line(source, ", ".join(supports), quote)


def search_line(day: dt.date | str, found: str, where: str, note: str) -> str:
    """A search in one line: its day, what it found, its note (in which a ``|`` is written ``\\p``), where we looked."""
    escaped = re.sub(r"[\\\n\r|]", lambda match: (_ESCAPES | {"|": "\\p"})[match[0]], note)
    return line(str(day), found, escaped, where)


def fields_of_search_line(text: str) -> tuple[str, str, str, str]:
    """The day, what was found, where, and the note, as ``search_line`` wrote them; ValueError for another line."""
    day, found, note, where = fields_of_line(text, 4)
    back = {"n": "\n", "r": "\r", "p": "|"}
    return day, found, where, _ESCAPED.sub(lambda match: back.get(match[1], match[1]), note)
