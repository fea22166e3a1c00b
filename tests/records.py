"""The curated records in the test database.

Every test with the database finds them there; one that needs no records asks for `empty_database`. Migrating and
loading takes seconds, so it is done once, in a template database, which is kept as long as the files that it is made
from stay the same: on SQLite a file in pytest's cache folder, on PostgreSQL a database of the cluster. Each process of
a run (`-n 2`) copies its test database from the template.
"""

import fcntl
import hashlib
import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

import django
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from evaltracker.fixtures import load_records

# The files from which a migrated and loaded database is made. Fixtures are saved raw, so the rules are not among them.
MADE_FROM = (
    "*/migrations/*.py",
    "*/models/*.py",
    "*/choices.py",
    "evaltracker/fixtures.py",
    "evaltracker/management/commands/loaddata.py",
    "labs/actions/histories.py",
    "labs/actions/search_index.py",
    "labs/rules/search_words.py",
    "labs/actions/versions.py",
    "fixtures/*.json",
    "constraints.txt",
)


def content_digest() -> str:
    """A name for the content of the template; it changes with every file from which the template is made."""
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted(path for pattern in MADE_FROM for path in settings.BASE_DIR.glob(pattern)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(settings.BASE_DIR)} {len(content)} ".encode() + content)
    return digest.hexdigest()[:16]


def make_database(name: str) -> None:
    """Make a new database, migrated and loaded; the test database stays as it was."""
    test_settings = connection.settings_dict["TEST"]
    before = connection.settings_dict["NAME"], test_settings["NAME"]
    test_settings["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        load_records()
    finally:
        connection.close()
        connection.settings_dict["NAME"], test_settings["NAME"] = before
        settings.DATABASES["default"]["NAME"] = before[0]


class SQLiteTemplate:
    """The template is a file, the test database is in memory."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{content_digest()}.sqlite3"

    def exists(self) -> bool:
        return self.path.exists()

    def make(self) -> None:
        for older in self.path.parent.glob("*.sqlite3*"):
            older.unlink()
        unfinished = self.path.with_suffix(".unfinished")
        make_database(str(unfinished))
        unfinished.rename(self.path)

    def fill(self) -> None:
        """Fill the test database before Django creates it: there is nothing left to migrate."""
        # A database in memory lives for as long as somebody is connected.
        self.test_database = sqlite3.connect(connection.creation._get_test_db_name(), uri=True)
        self.refill()

    def refill(self) -> None:
        """Fill the test database again after a test that emptied it."""
        with closing(sqlite3.connect(self.path)) as kept:
            kept.backup(self.test_database)


class PostgreSQLTemplate:
    """The template is a database beside the test database."""

    def __init__(self) -> None:
        self.name = f"evaltracker_{content_digest()}"

    def exists(self) -> bool:
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", [self.name])
            return cursor.fetchone() is not None

    def make(self) -> None:
        make_database(f"{self.name}_unfinished")
        self._execute(f'ALTER DATABASE "{self.name}_unfinished" RENAME TO "{self.name}"')

    def fill(self) -> None:
        """Let Django create the test database from the template: there is nothing left to migrate."""
        connection.settings_dict["TEST"]["TEMPLATE"] = self.name

    def refill(self) -> None:
        """Make the test database again after a test that emptied it."""
        test_database = connection.settings_dict["NAME"]
        connection.close()
        self._execute(
            f'DROP DATABASE "{test_database}" WITH (FORCE)',
            f'CREATE DATABASE "{test_database}" TEMPLATE "{self.name}"',
        )

    def _execute(self, *statements: str) -> None:
        with connection._nodb_cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


refill_key = pytest.StashKey[Callable[[], None]]()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, pytestconfig: pytest.Config, django_db_blocker: DjangoDbBlocker
) -> None:
    """Make the template and let the test database copy it; pytest-django asks for this just before."""
    folder = pytestconfig.cache.mkdir("test-database")
    template = SQLiteTemplate(folder) if connection.vendor == "sqlite" else PostgreSQLTemplate()
    # One process of the run makes it, the others wait.
    with (folder / f"{connection.vendor}.lock").open("w") as lock, django_db_blocker.unblock():
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            template.make()
        template.fill()

    def refill() -> None:
        with django_db_blocker.unblock():
            template.refill()

    pytestconfig.stash[refill_key] = refill


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """A test with `transaction=True` empties the database when it ends; the next one finds the records again."""
    yield
    marker = item.get_closest_marker("django_db")
    # After the last test the test database is gone.
    if nextitem and marker and marker.kwargs.get("transaction"):
        item.config.stash[refill_key]()


@pytest.fixture
def records(db: None) -> None:
    """All curated records. They are there for every test; asking for them says that the test needs them."""


@pytest.fixture
def empty_database(db: None) -> None:
    """No labs, events, promises …: only what the test makes. Undone with the test's transaction."""
    remove_records()


def remove_records() -> None:
    """Empty all tables of labs and commitments, in the middle of a test."""
    ours = [
        model
        for app in ("labs", "commitments")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    ]
    tables = [connection.ops.quote_name(model._meta.db_table) for model in ours]
    # In one transaction: foreign keys are checked at its end, so the order does not matter.
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
