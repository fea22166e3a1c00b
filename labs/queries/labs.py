"""Labs."""

from collections.abc import Mapping

from labs.models import Lab
from labs.queries.kept import records


def labs_by_key() -> Mapping[str, Lab]:
    """All published labs by key, ordered by name. A lab needs no source, so it is visible on every day."""
    return records()[Lab].by_key
