"""EDTF dates (ISO 8601-2): parsed, bounded and put into words, never more precise than the source.

Methodology, section 1. Uses the standard library and edtf only; no clock.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

EXAMPLES = "2023-03-14, 2024-05, 2023, 2023-40 (first half of 2023), 2024-02?, 2025~, 2023-01/2023-06"
"""Example dates for help texts and messages; people can copy them."""

_SEASONS = {
    "21": "spring {}",
    "22": "summer {}",
    "23": "autumn {}",
    "24": "winter {}",
    "33": "first quarter of {}",
    "34": "second quarter of {}",
    "35": "third quarter of {}",
    "36": "fourth quarter of {}",
    "37": "first four months of {}",
    "38": "middle four months of {}",
    "39": "last four months of {}",
    "40": "first half of {}",
    "41": "second half of {}",
}
_PLAIN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([?~%]?)")
_DECADE = re.compile(r"(\d{3})X")
_WINTER = re.compile(r"(\d{4})-24")
_DOUBT = {"": "{}", "?": "{} (uncertain)", "~": "about {}", "%": "about {} (uncertain)"}
_OPEN_ENDS = {"", ".."}
YEARS = range(1950, 2101)
"""The years in which a date can lie."""

_YEAR = "(19[5-9][0-9]|20[0-9][0-9]|2100)"
_WITHIN_YEAR = "(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_POINT = f"({_YEAR}{_WITHIN_YEAR}[?~%]?|{_YEAR}-({'|'.join(_SEASONS)})|(19[5-9]|20[0-9])X)"
PATTERN = rf"({_POINT}(/({_POINT}|\.\.)?)?|(\.\.)?/{_POINT})"
"""What every date that we take looks like, for programs without a reader of EDTF: a regular expression of XML Schema.

It lets through a few texts that ``span`` refuses, such as 2023-02-30.
"""


@dataclass(frozen=True, slots=True)
class Span:
    """The earliest and the latest possible day of a date. None where that end is open, or where there is no date."""

    earliest: dt.date | None = None
    latest: dt.date | None = None

    @property
    def is_dated(self) -> bool:
        """Whether there is any date at all."""
        return self.earliest is not None or self.latest is not None


NO_DATE = Span()


@lru_cache(maxsize=4096)
def span_between(earliest: dt.date | None, latest: dt.date | None) -> Span:
    """The span with these bounds; one value for the many dates that are the same or not disclosed."""
    return Span(earliest, latest) if earliest or latest else NO_DATE


@lru_cache(maxsize=4096)
def span(text: str) -> Span:
    """The earliest and latest possible day of an EDTF text, by strict bounds; an empty text has neither.

    ``~`` and ``?`` tell the reader about doubt and do not move the bounds (methodology, section 1). Allowed are a day,
    month, year, decade (``202X``), season, quarter or half, and an interval of these with at most one open end
    (``../2025-02-14``), in the years 1950 to 2100.

    Raises ValueError with a sentence that shows good texts.
    """
    if not text:
        return NO_DATE
    ends = text.split("/")
    if len(ends) == 1:
        return _point(text)
    if len(ends) != 2 or _OPEN_ENDS.issuperset(ends):
        raise _refusal(text)
    earliest = None if ends[0] in _OPEN_ENDS else _point(ends[0], of=text).earliest
    latest = None if ends[1] in _OPEN_ENDS else _point(ends[1], of=text).latest
    if earliest and latest and earliest > latest:
        raise ValueError(f"“{text}” ends before it begins. Put the earlier date first, as in 2023-01/2023-06.")
    return Span(earliest, latest)


@lru_cache(maxsize=4096)
def label(text: str) -> str:
    """The date in words: “14 March 2023”, “May 2024”, “first half of 2023”, “about 2025”; "" for an empty text.

    Raises ValueError as ``span`` does.
    """
    span(text)
    if not text:
        return ""
    if "/" not in text:
        return _point_label(text)
    start, end = text.split("/")
    if start in _OPEN_ENDS:
        return f"until {_point_label(end)}"
    if end in _OPEN_ENDS:
        return f"from {_point_label(start)}"
    return f"{_point_label(start)} to {_point_label(end)}"


def dated(text: str) -> str:
    """The date in words that no spreadsheet takes for a date: “on 14 March 2023”, “in May 2024”; "" for an empty text.

    Raises ValueError as ``span`` does.
    """
    words, match = label(text), _PLAIN.fullmatch(text)
    if match is None or match[4] or text[5:] in _SEASONS:
        return f"in {words}" if _DECADE.fullmatch(text) else words
    return f"{'on' if match[3] else 'in'} {words}"


def day_label(day: dt.date) -> str:
    """A day in words: “14 March 2023”."""
    return f"{day.day} {day:%B %Y}"


def days_in_words(first: dt.date | None, last: dt.date | None) -> str:
    """The days from one to another, each as far as it is given: “2025–2026”, “from 24 May 2024”; "" for neither."""
    if first and last and (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first <= last:
        return f"{first.year}" if first.year == last.year else f"{first.year}–{last.year}"
    named = [f"{word} {day_label(day)}" for word, day in (("from", first), ("up to", last)) if day]
    return " ".join(named)


def _point(text: str, of: str = "") -> Span:
    season = text[5:] in _SEASONS and len(text) == 7
    if not (season or _DECADE.fullmatch(text) or _PLAIN.fullmatch(text)):
        raise _refusal(of or text)
    try:
        found = _calendar_span(text) or _winter_span(text) or _library_span(text)
    except ValueError as error:
        raise _refusal(of or text) from error
    if any(day is None or day.year not in YEARS for day in (found.earliest, found.latest)):
        raise ValueError(f"“{of or text}” lies outside the years {YEARS[0]} to {YEARS[-1]}. Good dates: {EXAMPLES}.")
    return found


def _calendar_span(text: str) -> Span | None:
    """The bounds of a year, month or day of the calendar; None for any other text.

    Nearly all dates are one of these, and the library takes milliseconds for each.
    """
    match = _PLAIN.fullmatch(text)
    if match is None or not text.isascii():
        return None
    year, month, day = (int(number) if number else None for number in match.groups()[:3])
    assert year is not None
    first_month, last_month = (1, 12) if month is None else (month, month)
    try:
        first_day, last_day = (1, calendar.monthrange(year, last_month)[1]) if day is None else (day, day)
        return Span(dt.date(year, first_month, first_day), dt.date(year, last_month, last_day))
    except ValueError:
        return None


def _winter_span(text: str) -> Span | None:
    """The bounds of a winter; None for any other text.

    By the name of one year people call the winter that ends in it and the one that begins in it. The library has
    December alone.
    """
    match = _WINTER.fullmatch(text)
    if match is None or not text.isascii():
        return None
    year = int(match[1])
    return Span(dt.date(year - 1, 12, 1), dt.date(year + 1, 3, 1) - dt.timedelta(days=1))


def _library_span(text: str) -> Span:
    """The bounds of a date of one part, as edtf has them. Raises ValueError for what it cannot read."""
    # Imported here, for that takes long and few dates need it.
    from edtf.parser.edtf_exceptions import EDTFParseException
    from edtf.parser.grammar import edtfParser, parse_edtf

    try:
        parsed = parse_edtf(text)
    except EDTFParseException as error:
        raise ValueError(f"edtf cannot read {text}") from error
    finally:
        # What it remembers of this text holds exceptions, these the frames of all callers, and these all records.
        edtfParser.reset_cache()
    return Span(dt.date(*parsed.lower_strict()[:3]), dt.date(*parsed.upper_strict()[:3]))


def _point_label(text: str) -> str:
    if decade := _DECADE.fullmatch(text):
        return f"the {decade[1]}0s"
    if len(text) == 7 and text[5:] in _SEASONS:
        return _SEASONS[text[5:]].format(text[:4])
    match = _PLAIN.fullmatch(text)
    assert match is not None, "span() lets only these forms through"
    year, month, day, doubt = match.groups()
    if day:
        words = day_label(dt.date(int(year), int(month), int(day)))
    elif month:
        words = f"{dt.date(int(year), int(month), 1):%B %Y}"
    else:
        words = year
    return _DOUBT[doubt].format(words)


def _refusal(text: str) -> ValueError:
    return ValueError(f"“{text}” is not a date in EDTF. Good dates: {EXAMPLES}.")
