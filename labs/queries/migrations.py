"""Which migrations of this code the database has had."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader


def migrations_missing() -> int:
    """How many migrations of this code the database has not had."""
    loader = MigrationLoader(connection)
    return len(set(loader.graph.nodes) - set(loader.applied_migrations))


def migrations_known() -> set[str]:
    """The migrations of this code, and those that they came in place of, as ``app.name``."""
    found = MigrationLoader(None).disk_migrations
    nodes = {*found, *(replaced for each in found.values() for replaced in each.replaces)}
    return {f"{app}.{name}" for app, name in nodes}
