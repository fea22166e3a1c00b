"""A connection stays open between requests, and holds nothing back meanwhile."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from evaltracker.apps import SEARCHES

ROOT = Path(__file__).resolve().parents[2]
SERVED = """
import gc, io, json, sqlite3, sys, threading
from contextlib import closing
from evaltracker.wsgi import application
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created
opened = []
connection_created.connect(lambda **_: opened.append(threading.get_ident()), weak=False)

def ask(path, pieces=None):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "wsgi.input": io.BytesIO()}
    environ |= {"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1"}
    said = []
    answer = application(environ, lambda status, headers: said.append(status))
    taken = iter(answer)
    body = b"".join(taken) if pieces is None else b"".join(next(taken) for _ in range(pieces))
    answer.close()
    return said[0], body

def other():
    # Another process's connection: writes at once, and moves all that was written into the file.
    with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=0, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        writer.execute("UPDATE labs_stamp SET number = number + 1")
        writer.execute("COMMIT")
        return writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

found = {"is_loaded": {"evaltracker.urls", "evaltracker.web.views.home", "edtf.parser.grammar"} <= sys.modules.keys()}
found |= {"is_spared": gc.get_freeze_count() > 0, "searches": gc.get_threshold()}
found |= {"statuses": [ask("/access.csv")[0] for _ in range(3)]}
found["opened_by_one_thread"] = len(opened)
found["is_open"] = connection.connection is not None
found["busy_after_a_request"] = other()
found["status_after_the_write"] = ask("/access.csv")[0]
ask("/access.csv", pieces=1)
found["busy_after_a_reader_left"] = other()
threads = [threading.Thread(target=lambda: [ask("/access.csv") for _ in range(3)]) for _ in range(3)]
for each in threads: each.start()
for each in threads: each.join()
found["opened_by_four_threads"] = len(opened)
found["busy_after_threads"] = other()
print(json.dumps(found))
"""


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_sqlite_keeps_a_connection_for_each_thread_and_no_lock_between_requests(records, tmp_path):
    file = tmp_path / "db.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(file)) as copy:
        connection.connection.backup(copy)
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": f"sqlite:///{file}"}
    done = subprocess.run(
        [sys.executable, "-c", SERVED],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "is_loaded": True,
        "is_spared": True,
        "searches": list(SEARCHES),
        "statuses": ["200 OK"] * 3,
        "opened_by_one_thread": 1,
        "is_open": True,
        "busy_after_a_request": 0,
        "status_after_the_write": "200 OK",
        "busy_after_a_reader_left": 0,
        "opened_by_four_threads": 4,
        "busy_after_threads": 0,
    }
