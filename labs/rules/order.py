"""The order in which people look for names, the same on every database."""

import re
import unicodedata
from functools import lru_cache

_PIECES = re.compile(r"\d+|[^\W\d_]+")

PeopleOrder = tuple[tuple[tuple[int, int, str], ...], str]


@lru_cache(maxsize=20_000)
def people_order(text: str) -> PeopleOrder:
    """What to sort a name by: “GPT-5.9” before “GPT-5.10”, “ActiveFence” before “ALICE”, “Gemini” before “GPT-5.6”.

    Letter case and accents do not matter, numbers go by their value and before letters, and whatever else stands
    between them, such as a hyphen or a blank, only parts them. Names that differ in nothing else go by their letters.
    """
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(character for character in letters if not unicodedata.combining(character))
    return tuple(map(_piece, _PIECES.findall(plain))), text


def _piece(piece: str) -> tuple[int, int, str]:
    """A number before all letters, by its value. A number too long to be one goes by its length, then its digits."""
    if not piece[0].isdecimal():
        return 2, 0, piece
    digits = piece.lstrip("0")
    return (0, int(digits or 0), "") if len(digits) <= _LONGEST_NUMBER else (1, len(digits), digits)


_LONGEST_NUMBER = 18
