"""A public record that gets another name stays known by its old one."""

from typing import Any

from labs.models import Record
from labs.models.registry import kind_of


def keep_old_name(record: Record, parts: dict[str, list[Any]], old: str) -> None:
    """Add the old name to the other names in ``parts``, and take the new name out of them; saves nothing.

    Does nothing for a kind without other names, and where only letter case changes: a search finds both.
    """
    kind = kind_of(record)
    if not kind.other_names or record.name.casefold() == old.casefold():
        return
    names = [each for each in parts[kind.other_names] if each.name.casefold() != record.name.casefold()]
    if all(each.name.casefold() != old.casefold() for each in names):
        model = kind.parts[kind.other_names]
        names.append(model(**{model.record_field: record, "name": old}))
    parts[kind.other_names] = names
