"""Databases beside the test database: a copy of the curated records, and empty ones, each with connections of its own.

``using`` runs a function in a thread in which Django's connection is to such a database. What it writes there is
committed; the test database is not touched.
"""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from tests.records import PostgreSQLTemplate, SQLiteTemplate
from tests.two_at_once import in_thread

_numbers = count(1)


def step_by_step() -> MigrationExecutor:
    """Migrates through the migrations that were squashed, as a database does that has had some of them."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    loader.replace_migrations = False
    loader.build_graph()
    for squashed, migration in loader.replacements.items():
        loader.applied_migrations.pop(squashed, None)
        loader.graph.remove_replacement_node(squashed, migration.replaces)
    return executor


class Databases:
    """Makes databases, and removes them when the test is over."""

    def __init__(self, folder: Path, template: SQLiteTemplate | PostgreSQLTemplate) -> None:
        self.folder, self.template = folder, template
        self.made: list[str] = []

    def empty(self) -> str:
        """A database without a table; returns its name."""
        return self._make(None)

    def with_records(self) -> str:
        """A database with the curated records; returns its name."""
        return self._make(self.template)

    def _make(self, template: SQLiteTemplate | PostgreSQLTemplate | None) -> str:
        number = next(_numbers)
        if isinstance(self.template, SQLiteTemplate):
            name = str(self.folder / f"{number}.sqlite3")
            if template is not None:
                shutil.copyfile(self.template.path, name)
        else:
            name = f"{connection.settings_dict['NAME']}_{number}"
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template.name if template else "template0"}"')
        self.made.append(name)
        return name

    def using(self, name: str, function: Callable[[], Any]) -> Any:
        """What the function returns where Django's connection is to this database; what it raises is raised."""
        shared = connections.settings["default"]
        usual, shared["NAME"] = shared["NAME"], name
        try:
            return in_thread(function)
        finally:
            shared["NAME"] = usual

    def remove(self) -> None:
        """Remove all that were made; those on SQLite go with their folder."""
        if not isinstance(self.template, SQLiteTemplate):
            for name in self.made:
                with connection._nodb_cursor() as cursor:
                    cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def databases(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path, pytestconfig: pytest.Config
) -> Iterator[Databases]:
    """For tests with the mark ``django_db``."""
    folder = pytestconfig.cache.mkdir("test-database")
    made = Databases(tmp_path, SQLiteTemplate(folder) if connection.vendor == "sqlite" else PostgreSQLTemplate())
    with django_db_blocker.unblock():
        yield made
        made.remove()
