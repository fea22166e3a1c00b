"""The index of what the records of one kind are known by, and what a state makes a record known by.

What looks alike: labs/rules/lookalikes.py. What a kind is known by: ``RecordKind.known_by``.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType

from labs.models.base import Record
from labs.models.proposals import Alias
from labs.models.registry import RecordKind, kind_of
from labs.rules.lookalikes import Known, KnownBy, Lookalikes


def lookalikes_among(model: type[Record]) -> Lookalikes:
    """The index of all records of a model, whatever their status, with the keys and names of what was merged into them.

    It is read in one query for the records, one for each relation that holds names, and one for the merged ones.
    """
    kind = kind_of(model)
    values: defaultdict[str, list[tuple[KnownBy, str]]] = defaultdict(list)
    of_record = [path for path in kind.known_by if path.partition("__")[0] not in kind.parts]
    for key, *found in model._default_manager.order_by("pk").values_list("key", *of_record):
        values[key] += [(kind.known_by[path], value) for path, value in zip(of_record, found, strict=True)]
    for path in kind.known_by:
        if path not in of_record:
            relation, _, field = path.partition("__")
            part = kind.parts[relation]
            for key, value in part.objects.values_list(f"{part.record_field}__key", field):
                values[key].append((kind.known_by[path], value))
    for key, names in _merged(kind):
        values[key] += [(KnownBy.NAME, name) for name in names]
    return Lookalikes(Known.of(key, found) for key, found in values.items())


def _merged(kind: RecordKind) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The key of each record that another one was merged into, with what that one was called."""
    content_type = ContentType.objects.get_for_model(kind.model)
    merged = Alias.objects.filter(content_type=content_type) if kind.is_mergeable else Alias.objects.none()
    rows = list(merged.values_list("object_id", "key", "name"))
    keys = (
        dict(kind.model._default_manager.filter(pk__in={row[0] for row in rows}).values_list("pk", "key"))
        if rows
        else {}
    )
    for pk, key, name in rows:
        if pk in keys:
            yield keys[pk], ((key, name) if kind.other_names else (key,))


def known_by_state(model: type[Record], key: str, state: Mapping[str, Any]) -> Known:
    """What a record in this state (labs/models/states.py) would be known by."""
    return Known.of(key, _values(kind_of(model), state))


def _values(kind: RecordKind, state: Mapping[str, Any]) -> Iterator[tuple[KnownBy, str]]:
    for path, sort in kind.known_by.items():
        name, _, field = path.partition("__")
        if name in kind.parts:
            for row in state.get(name) or ():
                yield sort, row.get(field) or ""
        else:  # a field, or the key of a related record, which stands in the state under the name of the field
            yield sort, state.get(name) or ""
