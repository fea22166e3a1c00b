"""The curated records in the test database, loaded once for the whole run.

A test that uses the database finds them there and leaves them as they were, because its transaction is rolled
back. One that needs an empty ledger asks for `empty_database`.
"""

import pytest
from django.apps import apps
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from evaltracker.fixtures import has_records, load_records


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database, with the curated records in it (this overrides and asks for pytest-django's own)."""
    with django_db_blocker.unblock():
        if not has_records():  # a database kept by --reuse-db has them already
            load_records()


@pytest.fixture
def records(db: None) -> None:
    """All curated records.

    They are there for every test; asking for them says that a test needs them, and brings them back after a
    test with `transaction=True`, which empties the database when it ends.
    """
    if not has_records():
        load_records()


@pytest.fixture
def empty_database(db: None) -> None:
    """No labs, events, promises …: nothing but what the test makes. Undone with the test's transaction."""
    ours = [
        model
        for app in ("labs", "commitments")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    ]
    tables = [connection.ops.quote_name(model._meta.db_table) for model in ours]
    # In one transaction, whose end is when foreign keys are checked, so that the order does not matter.
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
