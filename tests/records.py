"""The curated records in the test database.

Every test with the database finds them there; one that needs no records asks for `empty_database`. Migrating and
loading takes seconds, so it is done once, in a template database, which is kept as long as the files that it is made
from stay the same: on SQLite a file in pytest's cache folder, on PostgreSQL a database of the cluster. Each process of
a run (`-n 2`) copies its test database from the template; with the first test that asks for no records, it makes a
second one beside it, without them.
"""

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import django
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

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
    "requirements-dev.txt",
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
    from evaltracker.fixtures import load_records  # which needs Django to be set up, here or by pytest-django

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
        """Fill the test database again after a test that committed."""
        self._copy_to(self.test_database)

    def connect_to_second(self) -> None:
        """Connect to a new database like the test database."""
        connection.settings_dict["NAME"] = ":memory:"
        connection.connect()
        self._copy_to(connection.connection)

    def _copy_to(self, database: sqlite3.Connection) -> None:
        with closing(sqlite3.connect(self.path)) as kept:
            kept.backup(database)


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
        """Make the test database again after a test that committed."""
        test_database = connection.settings_dict["NAME"]
        connection.close()
        self._execute(
            f'DROP DATABASE "{test_database}" WITH (FORCE)',
            f'CREATE DATABASE "{test_database}" TEMPLATE "{self.name}"',
        )

    def connect_to_second(self) -> None:
        """Connect to a new database like the test database."""
        name = f"{connection.settings_dict['NAME']}_second"
        self._execute(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{self.name}"')
        connection.settings_dict["NAME"] = name
        connection.connect()

    def _execute(self, *statements: str) -> None:
        with connection._nodb_cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def made_template(folder: Path) -> SQLiteTemplate | PostgreSQLTemplate:
    """The template, which is made if there is none; one process of a run makes it, the others wait."""
    template = SQLiteTemplate(folder) if connection.vendor == "sqlite" else PostgreSQLTemplate()
    with (folder / f"{connection.vendor}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            template.make()
    return template


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Let a process of its own make the template while those of the tests still read the tests."""
    folder = config.cache.mkdir("test-database")
    making = subprocess.Popen([sys.executable, "-m", "tests.records", str(folder)], stderr=subprocess.DEVNULL)
    config.add_cleanup(making.wait)  # what goes wrong, the process says that needs the template


template_key = pytest.StashKey[SQLiteTemplate | PostgreSQLTemplate]()
blocker_key = pytest.StashKey[DjangoDbBlocker]()
without_records_key = pytest.StashKey[Any]()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, pytestconfig: pytest.Config, django_db_blocker: DjangoDbBlocker
) -> None:
    """Make the template and let the test database copy it; pytest-django asks for this just before."""
    with django_db_blocker.unblock():
        template = made_template(pytestconfig.cache.mkdir("test-database"))
        template.fill()
    pytestconfig.stash[template_key] = template
    pytestconfig.stash[blocker_key] = django_db_blocker


def _commits(item: pytest.Item) -> bool:
    """Whether what a test writes outlives it."""
    marker = item.get_closest_marker("django_db")
    asks = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(asks or (marker and marker.kwargs.get("transaction")))


@pytest.fixture(scope="session", autouse=True)
def nothing_is_flushed() -> Iterator[None]:
    """Django would empty all tables after a test that commits; they are filled again at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: None)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """After a test that commits, the next one finds the records as they were."""
    yield
    # After the last test the test database is gone.
    if nextitem and _commits(item):
        with item.config.stash[blocker_key].unblock():
            item.config.stash[template_key].refill()


# A test that asks for no records talks to the second database. Django's connection stays the same object: the one that
# it has to the server, or to the file, is exchanged while nothing is under way, before and after the test.

_to_the_records: Any = None


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    """Exchange the connection just before pytest-django opens the test's transaction."""
    global _to_the_records
    if fixturedef.argname != "_django_db_helper" or "empty_database" not in request.fixturenames:
        return
    if _commits(request.node):
        return
    with request.config.stash[blocker_key].unblock():
        connection.ensure_connection()
        _to_the_records, connection.connection = connection.connection, _without_records(request.config)
    # Run after the fixture's own end, and before the end of the session drops the test database.
    fixturedef.addfinalizer(_back_to_the_records)


def _without_records(config: pytest.Config) -> Any:
    """The connection to the second database, which the first test that asks for it makes."""
    if without_records_key not in config.stash:
        test_database, was = connection.settings_dict["NAME"], connection.connection
        try:
            config.stash[template_key].connect_to_second()
            remove_records()
            config.stash[without_records_key] = connection.connection
        finally:
            connection.settings_dict["NAME"], connection.connection = test_database, was
    return config.stash[without_records_key]


def _back_to_the_records() -> None:
    global _to_the_records
    if _to_the_records is not None:
        connection.connection, _to_the_records = _to_the_records, None


@pytest.fixture
def records(db: None) -> None:
    """All curated records. They are there for every test; asking for them says that the test needs them."""


@pytest.fixture
def empty_database(db: None) -> None:
    """No labs, events, promises …: only what the test makes."""
    if _to_the_records is None:  # where what the test writes outlives it
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


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    made_template(Path(sys.argv[1]))
