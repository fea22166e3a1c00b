"""A database of the first release with the records that it shipped migrates to the newest, on both databases.

It takes the migrations one by one, and ends like a new database, which takes those that they were squashed into.

databases/first_release_records.json.gz holds every row that commit d2fcc21 writes where its `migrate` and then its
`evaltracker.fixtures.load_records()` fill an empty database on SQLite: by table the columns, their types, and the rows.
(The moments of histories are those of that loading.) The tables are made here by the migrations that came in place of
its own; test_migrations.py has its tables as it made them.
"""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

from labs.models import DataVersion
from labs.models.registry import record_kinds
from labs.models.versions import LOADED
from labs.queries.consistency import broken_records
from tests.other_databases import step_by_step

pytestmark = pytest.mark.django_db

SHIPPED = Path(__file__).parent / "databases" / "first_release_records.json.gz"
FIRST = [("labs", "0001_initial"), ("commitments", "0001_initial"), ("evaltracker", "0002_groups")]
# What the migrations write on purpose into a table of that release: no row is altered, and none goes.
# The first data version is made of histories, so a commitment gets a line of history where its newest line is not what
# it says: 5 had no line, and 6 one from before the commitment that supersedes them was loaded.
ADDED = {"commitments_pastcommitment": 11}

IN_POSTGRESQL = {
    "columns": """SELECT table_name, column_name, data_type, character_maximum_length::text, is_nullable,
        coalesce(column_default, ''), is_identity, coalesce(generation_expression, '')
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


@pytest.fixture(scope="module")
def shipped() -> dict[str, dict]:
    """Each table with its columns, their types and its rows."""
    return json.loads(gzip.decompress(SHIPPED.read_bytes()))


def value(kind: str, found: object) -> object:
    return bool(found) if kind == "bool" and found is not None else found


def insert(tables: dict[str, dict]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for name, table in tables.items():
            columns = ", ".join(f'"{column}"' for column in table["columns"])
            places = ", ".join(["%s"] * len(table["columns"]))
            rows = [[value(*pair) for pair in zip(table["types"], row, strict=True)] for row in table["rows"]]
            cursor.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({places})', rows)
        filled = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in tables]
        for sql in connection.ops.sequence_reset_sql(no_style(), filled):
            cursor.execute(sql)


def rows(tables: dict[str, dict]) -> dict[str, dict[object, dict[str, str]]]:
    """What the same columns of the same tables hold by primary key, whichever way the database writes it."""
    found = {}
    with connection.cursor() as cursor:
        for name, table in tables.items():
            key = connection.introspection.get_primary_key_column(cursor, name)
            columns = ", ".join(f'"{column}"' for column in table["columns"])
            cursor.execute(f'SELECT "{key}", {columns} FROM "{name}"')
            found[name] = {
                row[0]: dict(zip(table["columns"], map(str, row[1:]), strict=True)) for row in cursor.fetchall()
            }
    return found


def definitions() -> dict[str, object]:
    """What the database defines: columns, constraints, indexes, triggers, functions, and what the roles may do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT type, tbl_name, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            # The columns and constraints of a table stand in the order in which they came to it.
            made = {each[:3]: sorted(re.split(r", (?=[\"C])|[()]", each[3])) for each in cursor.fetchall()}
        else:
            made = {}
            for what, sql in IN_POSTGRESQL.items():
                cursor.execute(sql)
                made[what] = sorted(cursor.fetchall())
    roles = Group.objects.values_list("name", "permissions__content_type__model", "permissions__codename")
    return {**made, "roles": sorted(roles)}


def test_the_shipped_records_of_the_first_release_migrate_and_none_changes(databases, shipped):
    name = databases.empty()

    def begin() -> dict[str, dict]:
        step_by_step().migrate(FIRST)
        insert(shipped)
        return rows(shipped)

    def migrate() -> dict[str, dict]:
        call_command("migrate", verbosity=0)
        return rows(shipped)

    before = databases.using(name, begin)
    assert {table: len(found) for table, found in before.items()} == {t: len(v["rows"]) for t, v in shipped.items()}
    after = databases.using(name, migrate)
    assert {table: {key: after[table].get(key) for key in found} for table, found in before.items()} == before
    added = {table: [row for key, row in found.items() if key not in before[table]] for table, found in after.items()}
    assert {table: len(new) for table, new in added.items() if new} == ADDED
    assert {row["history_change_reason"] for row in added["commitments_pastcommitment"]} == {LOADED}

    def public() -> dict[str, int]:
        return {kind.model._meta.db_table: kind.model.objects.published().count() for kind in record_kinds()}

    assert {table: count for table, count in databases.using(name, public).items() if table in shipped} == {
        kind.model._meta.db_table: len(shipped[kind.model._meta.db_table]["rows"])
        for kind in record_kinds()
        if kind.model._meta.db_table in shipped
    }
    assert databases.using(name, DataVersion.objects.exists)
    assert databases.using(name, lambda: broken_records(is_thorough=False)) == []
    assert databases.using(name, definitions) == definitions()
