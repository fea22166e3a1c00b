"""What a search and a reader are told of a name that is kept beside the name of today."""

from collections.abc import Iterable

from labs.rules.search_words import folded_words


def how_called(name: str, *, has_ended: bool, quotes: Iterable[str]) -> str:
    """How a record goes or went by another name, in words that stand before it.

    “formerly” needs the record to say so: the end of its use, or one of the ``quotes`` that support former names and
    has the name in it. Of any other name it is not known whether it is still in use.
    """
    kept = _letters(name)
    is_former = has_ended or any(kept in _letters(quote) for quote in quotes)
    return "formerly" if is_former else "also or formerly"


def _letters(text: str) -> str:
    return folded_words(text).replace(" ", "")
