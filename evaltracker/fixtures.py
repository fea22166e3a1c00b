"""The curated records in fixtures/: their files in the order of loading, and whether they are loaded."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.management import call_command

from labs.models.base import Part, Record, RecordManager
from labs.models.registry import kinds_by_rank

# Each file also contains the parts of its records. Files may refer to earlier files. The last one holds what each
# edition after the first changed.
FIXTURES = ("editions", *(name for kind in kinds_by_rank() for name in kind.fixtures), "changes")


def has_records() -> bool:
    """Whether the database has any row of labs or commitments, curated or entered."""
    models = [*apps.get_app_config("labs").get_models(), *apps.get_app_config("commitments").get_models()]
    return any(model._default_manager.exists() for model in models)


def load_records() -> None:
    """Load every fixture, all or none.

    Raises:
        django.core.management.CommandError: a file is missing.
    """
    call_command("loaddata", *FIXTURES, verbosity=0)


@contextmanager
def each_record_read_once() -> Iterator[None]:
    """Within this block, a record that a natural key names is read once, however many rows refer to it.

    Only for loading fixtures, which never changes the key of a record: `loaddata` alone reads a record again for each
    row that refers to it, and once more to learn the natural key of that row.
    """
    by_key: dict[tuple[str, type[Record], str], Record] = {}
    by_id: dict[tuple[type[Record], Any], Record] = {}
    find, natural_key = RecordManager.get_by_natural_key, Part.natural_key

    def find_once(manager: RecordManager, key: str) -> Record:
        name = (manager.db, manager.model, key)
        if name not in by_key:
            record = by_key[name] = find(manager, key)
            by_id[manager.model, record.pk] = record
        return by_key[name]

    def natural_key_without_query(part: Part) -> tuple[Any, ...]:
        for field in part._meta.concrete_fields:
            if field.is_relation and (record := by_id.get((field.related_model, getattr(part, field.attname)))):
                field.set_cached_value(part, record)
        return natural_key(part)

    RecordManager.get_by_natural_key, Part.natural_key = find_once, natural_key_without_query
    try:
        yield
    finally:
        RecordManager.get_by_natural_key, Part.natural_key = find, natural_key
