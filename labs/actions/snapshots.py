"""Snapshots of sources."""

from collections.abc import Iterable

from labs.models import Citation


def check_quotes(citations: Iterable[Citation]) -> None:
    """Set ``quote_check`` of citations."""
