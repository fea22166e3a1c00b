"""The order in which people look for names, the same on every database."""

import re
import unicodedata
from functools import lru_cache

_PIECES = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+")

PeopleOrder = tuple[str, str]


def people_order(text: str) -> PeopleOrder:
    """What to sort a name by: “GPT-5.9” before “GPT-5.10”, “GPT-4 Turbo” before “GPT-4.5”, “Gemini” before “GPT”.

    Letter case and accents do not matter, numbers go by their value and before letters, and a number with points, such
    as 5.10, is one: 5 and all that follows it comes before 5.1. Whatever else stands between them, such as a hyphen or
    a blank, only parts them. Names that differ in nothing else go by their letters.
    """
    return _folded(text), text


@lru_cache(maxsize=8_000)
def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    if not letters.isascii():
        letters = "".join(character for character in letters if not unicodedata.combining(character))
    return "".join(map(_piece, _PIECES.findall(letters)))


# All in one text takes a tenth of the memory of pieces. These signs come before all letters and digits: the end of a
# piece, what begins a number, what begins a word. The sign before the digits of a number says how many follow.
_END, _A_NUMBER, _A_WORD = "\x01", "\x02", "\x03"


def _piece(piece: str) -> str:
    """A number, with its points, before all letters."""
    if not piece[0].isdecimal():
        return f"{_A_WORD}{piece}{_END}"
    return f"{_A_NUMBER}{''.join(map(_number, piece.split('.')))}{_END}"


def _number(digits: str) -> str:
    """A number by its value, which is how many digits it has, then these."""
    digits = digits.lstrip("0")
    if len(digits) <= _LONGEST_NUMBER:
        digits = str(int(digits)) if digits else ""
    return f"{chr(len(digits) + ord(_A_WORD))}{digits}"


_LONGEST_NUMBER = 18
