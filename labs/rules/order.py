"""The order in which people look for names, the same on every database."""

import re
import unicodedata
from functools import lru_cache

_PIECES = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+")

_Number = tuple[int, int, str]
PeopleOrder = tuple[tuple[tuple[int, tuple[_Number, ...], str], ...], str]


@lru_cache(maxsize=20_000)
def people_order(text: str) -> PeopleOrder:
    """What to sort a name by: “GPT-5.9” before “GPT-5.10”, “GPT-4 Turbo” before “GPT-4.5”, “Gemini” before “GPT”.

    Letter case and accents do not matter, numbers go by their value and before letters, and a number with points, such
    as 5.10, is one: 5 and all that follows it comes before 5.1. Whatever else stands between them, such as a hyphen or
    a blank, only parts them. Names that differ in nothing else go by their letters.
    """
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(character for character in letters if not unicodedata.combining(character))
    return tuple(map(_piece, _PIECES.findall(plain))), text


def _piece(piece: str) -> tuple[int, tuple[_Number, ...], str]:
    """A number, with its points, before all letters."""
    if not piece[0].isdecimal():
        return 1, (), piece
    return 0, tuple(map(_number, piece.split("."))), ""


def _number(digits: str) -> _Number:
    """A number by its value. One too long to be one goes by its length, then its digits."""
    digits = digits.lstrip("0")
    return (0, int(digits or 0), "") if len(digits) <= _LONGEST_NUMBER else (1, len(digits), digits)


_LONGEST_NUMBER = 18
