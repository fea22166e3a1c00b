"""Which database answers, while both are there and while one is away."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse

from evaltracker.web import databases
from labs.models.versions import NO_VERSION

ROOT = Path(__file__).resolve().parents[2]
SEEN = NO_VERSION._replace(number=3)


@pytest.fixture
def away(monkeypatch, settings):
    """Names of databases that do not answer; which ones were read from, in their order."""
    names, read = set(), []

    def answer():
        if read[-1] in names:
            raise OperationalError("could not connect")
        return SEEN

    monkeypatch.setitem(settings.DATABASES, "replica", {})
    monkeypatch.setattr(databases, "read_from", read.append)
    monkeypatch.setattr(databases, "follows", lambda: bool(answer()))
    monkeypatch.setattr(databases, "version_now", answer)
    monkeypatch.setattr(databases, "_silent_until", {})
    monkeypatch.setattr(databases, "newest_number", lambda: 0)
    return names, read


@pytest.mark.parametrize(
    ("gone", "seen", "chosen"),
    [
        (set(), 3, ("replica", SEEN)),
        (set(), 4, ("default", SEEN)),
        ({"replica"}, 3, ("default", SEEN)),
        ({"default"}, 3, ("replica", SEEN)),
        ({"default"}, 4, ("replica", None)),
        ({"default", "replica"}, 3, ("replica", None)),
    ],
    ids=["both", "replica behind", "replica away", "primary away", "primary away and replica behind", "both away"],
)
def test_the_public_reads_from_the_replica_and_from_what_is_left(away, monkeypatch, gone, seen, chosen):
    names, read = away
    names |= gone
    monkeypatch.setattr(databases, "newest_number", lambda: seen)
    assert databases.choose() == chosen
    assert read[-1] == chosen[0]


def test_a_replica_that_follows_no_primary_is_not_read_from(away, monkeypatch):
    monkeypatch.setattr(databases, "follows", lambda: False)
    assert databases.choose() == ("default", SEEN)


def test_a_database_that_did_not_answer_is_left_alone_for_a_while(away, monkeypatch):
    names, read = away
    names.add("replica")
    assert [databases.choose()[0], databases.choose()[0]] == ["default", "default"]
    assert read.count("replica") == 1
    names.clear()
    later = time.monotonic() + databases.PAUSE + 1
    monkeypatch.setattr(databases.time, "monotonic", lambda: later)
    assert databases.choose()[0] == "replica"


@pytest.mark.parametrize(
    ("method", "path", "headers", "expected"),
    [
        ("get", "/labs/", {}, True),
        ("head", "/labs.csv", {}, True),
        ("post", "/report/", {}, False),
        ("get", "/report/received/", {}, False),
        ("get", "/admin/", {}, False),
        ("get", "/labs/", {"HTTP_COOKIE": "sessionid=x"}, False),
        ("get", "/labs/", {"HTTP_COOKIE": "wrote=1"}, False),
        ("get", "/labs/", {"HTTP_COOKIE": "csrftoken=x"}, True),
        ("get", "/labs/", {"HTTP_AUTHORIZATION": "Basic eDp5"}, False),
    ],
)
def test_only_what_anybody_may_read_comes_from_the_replica(rf, method, path, headers, expected):
    assert databases.may_read_replica(getattr(rf, method)(path, **headers)) is expected


@pytest.fixture
def choosing(away):
    """The middleware around a view."""
    return databases.ReplicaMiddleware


@pytest.mark.parametrize("is_there", [True, False])
def test_a_page_that_broke_off_is_read_from_the_other(rf, away, choosing, monkeypatch, is_there):
    """And the first is asked for the next page, if only its query was ended."""
    _, read = away
    monkeypatch.setattr(databases, "_answers", lambda: is_there)

    def view(request):
        request.database_is_away = read[-1] == "replica"
        return HttpResponse(read[-1])

    assert choosing(view)(rf.get("/labs/")).content == b"default"
    assert databases.choose()[0] == ("replica" if is_there else "default")


def test_who_sent_a_form_reads_from_the_primary_until_the_replica_has_it(rf, choosing):
    middleware = choosing(lambda _: HttpResponse())
    assert not middleware(rf.get("/labs/")).cookies
    cookie = middleware(rf.post("/admin/logout/")).cookies["wrote"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (300, True, "Lax")


@pytest.mark.parametrize(("code", "expected"), [("57014", False), ("57P01", True), (None, True)])
def test_a_query_that_took_too_long_does_not_make_a_database_away(code, expected):
    cause = OSError()
    cause.pgcode = code
    error = OperationalError()
    error.__cause__ = cause
    assert databases.is_away(error) is expected
    assert not databases.is_away(ValueError())


@pytest.mark.only_on("postgresql")
def test_a_postgresql_that_receives_nothing_follows_nobody(db, monkeypatch):
    monkeypatch.setattr(databases, "_follows_until", 0.0)
    assert databases.follows() is False


SERVED = """
import io, json, os, sqlite3
from contextlib import closing
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
from django.conf import settings
from evaltracker.web import databases
primary, replica = (settings.DATABASES[each]["NAME"] for each in ("default", "replica"))

def do(file, sql):
    with closing(sqlite3.connect(file)) as writer:
        writer.execute(sql)
        writer.commit()

def ask(cookie="", path="/labs.csv"):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "wsgi.input": io.BytesIO()}
    environ |= {"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_COOKIE": cookie}
    said = []
    answer = application(environ, lambda status, headers: said.append(status[:3]))
    body = b"".join(answer)
    answer.close()
    from_ = [name for name in ("of-primary", "of-replica") if name.encode() in body]
    return [*said, *from_]

for file, name in ((primary, "of-primary"), (replica, "of-replica")):
    do(file, f"UPDATE labs_lab SET name = '{name}' WHERE id = (SELECT min(id) FROM labs_lab)")
found = [ask()]
do(primary, "UPDATE labs_stamp SET number = number + 1, stamp = '00000000000000000000000000000001'")
found.append(ask("wrote=1"))
found.append(ask())  # what this process has shown is newer than the replica
do(replica, "UPDATE labs_stamp SET number = number + 1, stamp = '00000000000000000000000000000002'")
found.append(ask())
do(replica, "ALTER TABLE labs_stamp RENAME TO away")
found.append(ask())
do(replica, "ALTER TABLE away RENAME TO labs_stamp")
do(primary, "ALTER TABLE labs_stamp RENAME TO away")
found.append(ask())  # the replica is left alone, but there is no other
found.append(ask("sessionid=x"))
found.append(ask(path="/readyz"))
do(replica, "ALTER TABLE labs_dataversion RENAME TO gone")
found.append(ask(path="/readyz"))
print(json.dumps(found))
"""


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_two_databases_served(records, tmp_path):
    files = [tmp_path / "primary.sqlite3", tmp_path / "replica.sqlite3"]
    connection.ensure_connection()
    for file in files:
        with closing(sqlite3.connect(file)) as copy:
            connection.connection.backup(copy)
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE_URL": f"sqlite:///{files[0]}",
        "TEST_DATABASE_REPLICA_URL": f"sqlite:///{files[1]}",
    }
    done = subprocess.run(
        [sys.executable, "-c", SERVED],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [
        ["200", "of-replica"],
        ["200", "of-primary"],
        ["200", "of-primary"],
        ["200", "of-replica"],
        ["200", "of-primary"],
        ["200", "of-replica"],
        ["503"],
        ["200"],
        ["503"],
    ]
