"""Which records an address may ask for: those that are public, and those that ever were."""

import re
from typing import Any

from labs.choices import RecordStatus
from labs.models import Record
from labs.models.states import merged_into
from labs.queries.kept import records

_KEY = re.compile(r"[-a-zA-Z0-9_]{1,80}")
_PUBLIC = (RecordStatus.PUBLISHED.value, RecordStatus.WITHDRAWN.value)


def current_key(model: type[Record], key: str) -> str | None:
    """The key under which lists find a record that is or ever was public: its own, or that of the record into which it
    was merged.

    None for what was never public. A draft is that too, and costs the same to look up as what does not exist.
    """
    if key in records()[model].by_key:
        return key
    if not _KEY.fullmatch(key):
        return None
    was_public, winner = ever_public(model, key=key), merged_into(model, key)
    if winner is not None:
        return winner.key
    return key if was_public else None


def ever_public(model: type[Record], **values: Any) -> bool:
    """Whether a record with these values was ever public, whatever became of it."""
    return model.history.filter(status__in=_PUBLIC, **values).exists()
