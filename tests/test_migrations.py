"""A database of the first release migrates to the newest, and the migrations say what the models say.

databases/first_release.sql is such a database on SQLite, with a few rows that factories.py made.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from pytest_django import DjangoDbBlocker

from commitments.models import Commitment
from labs.models import AccessEvent
from tests.other_databases import step_by_step

DUMP = Path(__file__).parent / "databases" / "first_release.sql"
# These grow with every model.
OF_DJANGO = {"django_migrations", "django_content_type", "auth_permission", "auth_group_permissions"}

OF_RECORDS = ("0001_initial", "0002_desk", "0003_publish_what_was_public")
OURS = {"labs", "commitments", "evaltracker"}
FIRST_RELEASE = [
    *((app, name) for app in ("labs", "commitments") for name in OF_RECORDS),
    ("evaltracker", "0001_initial"),
    ("evaltracker", "0002_groups"),
]


@pytest.fixture
def first_release(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[str]:
    """A database as the first release left it; gives its alias. (A test with ``db`` may use "default" only.)"""
    alias = "first_release"
    connections.databases[alias] = connections["default"].settings_dict | {"NAME": str(tmp_path / "db.sqlite3")}
    with django_db_blocker.unblock():
        with connections[alias].constraint_checks_disabled():  # a row comes before the table that it refers to
            connections[alias].connection.executescript(DUMP.read_text())
        yield alias
        connections[alias].close()
    del connections[alias], connections.databases[alias]


def rows(alias: str, of: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    """The rows of these columns, by table."""
    with connections[alias].cursor() as cursor:
        found = {}
        for table, names in of.items():
            listed = ", ".join(f'"{name}"' for name in names)
            found[table] = cursor.execute(f'SELECT {listed} FROM "{table}" ORDER BY 1, 2').fetchall()
        return found


def tables(alias: str) -> dict[str, list[str]]:
    """The columns of each table, in their order."""
    with connections[alias].cursor() as cursor:
        introspection = connections[alias].introspection
        names = [table for table in introspection.table_names(cursor) if table not in OF_DJANGO]
        return {table: [each.name for each in introspection.get_table_description(cursor, table)] for table in names}


def columns(alias: str) -> dict[str, set[str]]:
    with connections[alias].cursor() as cursor:
        return {
            table: {
                f"{each.name} {each.type_code} {each.null_ok}"
                for each in connections[alias].introspection.get_table_description(cursor, table)
            }
            for table in connections[alias].introspection.table_names(cursor)
        }


def constraints(alias: str) -> dict[str, set[str]]:
    with connections[alias].cursor() as cursor:
        return {
            table: set(connections[alias].introspection.get_constraints(cursor, table))
            for table in connections[alias].introspection.table_names(cursor)
        }


@pytest.mark.only_on("sqlite")
def test_a_database_of_the_first_release_migrates_keeps_its_rows_and_is_like_a_new_one(first_release):
    had = tables(first_release)
    before = rows(first_release, had)
    assert before["labs_accessevent"]

    call_command("migrate", database=first_release, verbosity=0)

    assert rows(first_release, had) == before
    assert AccessEvent.objects.using(first_release).published().get().key == "test-event-1"
    assert Commitment.objects.using(first_release).get().requirements.count() == 2
    assert columns(first_release) == columns("default")
    assert constraints(first_release) == constraints("default")


def rest() -> list[tuple[str, str]]:
    """What `migrate` would do."""
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    return [(each.app_label, each.name) for each, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def test_what_a_database_has_had_since_the_first_release_is_not_done_again(db):
    """Whichever of the migrations, which are squashed for a new database, it has had."""
    recorder = MigrationRecorder(connection)
    graph = step_by_step().loader.graph
    steps = dict.fromkeys(step for leaf in graph.leaf_nodes() for step in graph.forwards_plan(leaf) if step[0] in OURS)
    recorder.migration_qs.filter(app__in=OURS).delete()
    for step in FIRST_RELEASE:
        recorder.record_applied(*step)
    left = [step for step in steps if step not in FIRST_RELEASE]
    assert len(left) > 30

    while left:
        assert set(rest()) == set(left)
        recorder.record_applied(*left.pop(0))
    assert rest() == []


def test_there_is_a_migration_for_every_change_of_the_models(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_migrations_that_were_squashed_say_what_the_models_say(db):
    loader = step_by_step().loader
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(loader.graph)
    assert changes == {}
