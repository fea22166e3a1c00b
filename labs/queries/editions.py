"""Editions of the data."""

from labs.models import Edition
from labs.queries.kept import kept


@kept(most=1)
def editions() -> tuple[Edition, ...]:
    """All editions, the newest first."""
    return tuple(Edition.objects.all())


def newest_edition() -> Edition | None:
    """The edition that every figure names; None where there is none yet."""
    return next(iter(editions()), None)


def first_edition() -> str:
    """The version of the edition with which the curated records came; empty where there is none."""
    oldest = min(editions(), key=lambda edition: (edition.complete_to, edition.version), default=None)
    return oldest.version if oldest else ""
