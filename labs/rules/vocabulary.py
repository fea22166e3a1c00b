"""The base of every enumeration: value, public label and one-line explanation in one place.

Uses the standard library only, so rules and Django models can share the members.
"""

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A string whose value is stored; it also has a ``label`` and an ``explanation``.

    Pages show the label, exports write the value, and the methodology page prints the explanation.
    """

    label: str
    explanation: str

    def __new__(cls, value: str, label: str, explanation: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.explanation = explanation
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """(value, label) pairs in the order of definition, as Django's ``choices`` wants them."""
        return [(member.value, member.label) for member in cls]

    @classmethod
    def values(cls) -> list[str]:
        """The stored values in the order of definition."""
        return [member.value for member in cls]
