"""Copy a whole database into a file and back, and say exactly what each of its tables holds."""

import hashlib
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.db import DatabaseError, connection, transaction

LEFT_OUT = ("django_session",)
"""Tables whose rows are not copied: a restored session would sign in somebody who has signed out since."""
AS_POSTGRESQL_NAMES_THEM = {
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "host": "PGHOST",
    "port": "PGPORT",
    "service": "PGSERVICE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


@dataclass(frozen=True, slots=True)
class Content:
    """What a table holds: how many rows, and a SHA-256 over its columns and all of its rows."""

    rows: int
    sha256: str


Contents = dict[str, Content]


@dataclass(frozen=True, slots=True)
class Copy:
    """What is in a copy: each table, the newest data version, and the migrations that it has had, as ``app.name``."""

    tables: Contents
    data_version: str | None
    migrations: list[str]


NEWEST_VERSION = """
    SELECT edition.version, made.number FROM labs_dataversion AS made
    JOIN labs_edition AS edition ON edition.id = made.edition_id ORDER BY made.id DESC LIMIT 1
"""
MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY app, name"


def is_empty() -> bool:
    """Whether the database has no table at all."""
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def dump(path: Path) -> Copy:
    """Copy the database into a new file, as it is at one moment, and say what is in the copy. Nobody has to wait.

    Raises CommandError where it cannot be done.
    """
    try:
        return _dump_sqlite(path) if connection.vendor == "sqlite" else _dump_postgresql(path)
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise CommandError(f"The database could not be copied: {error}") from None


def load(path: Path) -> None:
    """Fill an empty database from such a file: all of it or nothing.

    Raises CommandError where it cannot be done.
    """
    if connection.vendor == "sqlite":
        _load_sqlite(path)
    else:
        _run("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", path, load=True)


def contents() -> Contents:
    """What the database holds now."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(_sqlite_file())) as found:
            return _contents_of_sqlite(found)
    with _one_postgresql_snapshot():
        return _contents_of_postgresql()


def _copy(ask: Callable[[str], list[tuple[Any, ...]]], tables: Contents) -> Copy:
    migrations = [f"{app}.{name}" for app, name in ask(MIGRATIONS)]
    newest = ask(NEWEST_VERSION)
    return Copy(tables, f"{newest[0][0]}.{newest[0][1]}" if newest else None, migrations)


# --- SQLite ------------------------------------------------------------------------------------------------------


def _dump_sqlite(path: Path) -> Copy:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])  # one reading transaction: in WAL mode writers go on
    with closing(sqlite3.connect(path)) as copy:
        copy.execute("PRAGMA secure_delete = ON")  # what is left out is overwritten, too
        for table in LEFT_OUT:
            copy.execute(f'DELETE FROM "{table}"')
        copy.commit()
        return _copy(lambda sql: copy.execute(sql).fetchall(), _contents_of_sqlite(copy))


def _load_sqlite(path: Path) -> None:
    connection.close()
    with closing(sqlite3.connect(path)) as copy, closing(sqlite3.connect(_sqlite_file())) as target:
        target.execute("PRAGMA journal_mode = DELETE")
        copy.backup(target)  # one transaction


def _sqlite_file() -> str:
    return str(connection.settings_dict["NAME"])


def _contents_of_sqlite(database: sqlite3.Connection) -> Contents:
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%' ORDER BY name"
    )
    found = {}
    for (table,) in names.fetchall():
        columns = database.execute(f'PRAGMA table_info("{table}")').fetchall()
        order = ", ".join(f'"{each[1]}"' for each in columns if each[5]) or ", ".join(
            f'"{each[1]}"' for each in columns
        )
        digest, count = hashlib.sha256(repr([each[1:3] for each in columns]).encode()), 0
        for row in database.execute(f'SELECT * FROM "{table}" ORDER BY {order}'):
            digest.update(f"{row!r}\n".encode())
            count += 1
        found[table] = Content(count, digest.hexdigest())
    return found


# --- PostgreSQL --------------------------------------------------------------------------------------------------


def _dump_postgresql(path: Path) -> Copy:
    left_out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
    with _one_postgresql_snapshot():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
        how = ["--format=custom", "--no-owner", "--no-privileges", f"--file={path}"]
        _run("pg_dump", *how, f"--snapshot={snapshot}", *left_out)
        return _copy(_rows, _contents_of_postgresql())


@contextmanager
def _one_postgresql_snapshot() -> Iterator[None]:
    """One state of the database, in which values are written in one way, whatever the server's settings."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL datestyle = 'ISO, YMD'")
        cursor.execute("SET LOCAL timezone = 'UTC'")
        cursor.execute("SET LOCAL bytea_output = 'hex'")
        cursor.execute("SET LOCAL extra_float_digits = 1")
        yield


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


class _Digest:
    """A file that PostgreSQL writes rows into: one line each."""

    def __init__(self, head: str) -> None:
        self.digest, self.rows = hashlib.sha256(head.encode()), 0

    def write(self, data: bytes) -> None:
        self.digest.update(data)
        self.rows += data.count(b"\n")  # a line break in a text is written as \n


def _contents_of_postgresql() -> Contents:
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            described = connection.introspection.get_table_description(cursor, table)
            columns = sorted((each.name, each.type_code) for each in described)
            key = connection.introspection.get_primary_key_columns(cursor, table) or [name for name, _ in columns]
            listed = ", ".join(f'"{name}"' for name, _ in columns)
            order = ", ".join(f'"{name}"::text COLLATE "C"' for name in key)
            rows = _Digest(repr(columns))
            chosen = "WHERE false" if table in LEFT_OUT else ""
            cursor.copy_expert(f'COPY (SELECT {listed} FROM "{table}" {chosen} ORDER BY {order}) TO STDOUT', rows)
            found[table] = Content(rows.rows, rows.digest.hexdigest())
    return found


def _run(name: str, *arguments: Any, load: bool = False) -> None:
    """Run a client program of PostgreSQL on the database. Passwords go through the environment, where nobody looks."""
    parameters = connection.get_connection_params()
    environment = {
        variable: str(parameters[given])
        for given, variable in AS_POSTGRESQL_NAMES_THEM.items()
        if parameters.get(given) not in (None, "")
    }
    if load:
        arguments = (f"--dbname={environment.get('PGDATABASE', '')}", *arguments)
    done = subprocess.run(
        [_program(name), *map(str, arguments)],
        env={"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", ""), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"{name} failed: {done.stderr.strip()[-2000:]}")


def _program(name: str) -> str:
    """The newest one that is installed: it reads what older servers write, and not the other way round."""
    folders = sorted(glob("/usr/lib/postgresql/*/bin"), key=_version, reverse=True)
    for folder in [*folders, *os.environ.get("PATH", "").split(os.pathsep)]:
        if folder and os.access(path := Path(folder, name), os.X_OK):
            return str(path)
    raise CommandError(f"{name} is not there: install PostgreSQL's client programs (on Debian: postgresql-client).")


def _version(folder: str) -> int:
    name = Path(folder).parent.name
    return int(name) if name.isdigit() else 0
