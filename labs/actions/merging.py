"""Two records that turn out to be one: all that refers to the loser moves to the winner."""

from typing import Any

from labs.models import Record


def merge(*, loser: Record, winner: Record, by: Any, reason: str) -> None:
    """Move all that refers to the loser to the winner."""
    raise NotImplementedError
