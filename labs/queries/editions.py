"""Editions of the data."""

from labs.models import Edition
from labs.queries.kept import records


def newest_edition() -> Edition | None:
    """The edition that stands beside every figure; None where there is none yet."""
    editions = records().editions
    return editions[0] if editions else None


def first_edition() -> str:
    """The version of the data that the curated records came in with; empty where there is none."""
    editions = records().editions
    return min(editions, key=lambda edition: (edition.complete_to, edition.version)).version if editions else ""
