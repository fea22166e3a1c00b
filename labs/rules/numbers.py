"""Numbers as addresses and forms write them."""

LONGEST = 18
"""A number of so many digits fits the primary key of every database."""


def as_number(text: str, digits: int = LONGEST) -> int | None:
    """The whole number that a text writes in plain digits, at most so many; None where it writes none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None
