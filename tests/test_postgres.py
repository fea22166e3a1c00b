"""The throwaway cluster, and the driver."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.db import connection

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent


def eventually(condition: Callable[[], bool], *, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def folder_of(url: str) -> Path:
    return Path(urlsplit(url).path[1:]).parent.parent


def server_pid(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def connect(url: str) -> psycopg2.extensions.connection:
    socket_folder, database = urlsplit(url).path[1:].rsplit("/", 1)
    return psycopg2.connect(host=socket_folder, port=5432, user=urlsplit(url).username, dbname=database)


def test_psycopg_3_which_django_would_prefer_is_not_installed():
    assert importlib.util.find_spec("psycopg") is None


@pytest.mark.only_on("postgresql")
def test_the_driver_in_use_is_psycopg2():
    assert connection.Database is psycopg2


@pytest.mark.only_on("postgresql")
def test_the_run_uses_a_unix_socket_in_a_temporary_folder():
    places = ("/tmp", postgres.IN_MEMORY)
    assert connection.settings_dict["HOST"].startswith(tuple(f"{place}/evaltracker-postgres-" for place in places))


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("memory", "free", "place"), [("", 1, ""), ("", -1, "/tmp"), ("none", 1, "/tmp")])
def test_a_run_is_in_memory_where_there_is_room(tmp_path, monkeypatch, memory, free, place):
    monkeypatch.setattr(postgres, "IN_MEMORY", str(tmp_path / memory))
    monkeypatch.setattr(postgres, "ROOM", shutil.disk_usage(tmp_path).free - free * 2**32)
    assert postgres._place() == (place or str(tmp_path))


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("postgres_programs")
def test_a_cluster_answers_on_its_socket_only_and_is_gone_after_the_block():
    with postgres.throwaway_cluster() as url:
        folder = folder_of(url)
        pid = server_pid(folder)
        with contextlib.closing(connect(url)) as database, database.cursor() as cursor:
            cursor.execute("SHOW listen_addresses")
            assert cursor.fetchone() == ("",)
        assert folder.stat().st_mode & 0o077 == 0
        assert (folder / "data").stat().st_uid != 0
    assert not is_running(pid)
    assert not folder.exists()


def start_run(code: str) -> tuple[subprocess.Popen[str], Path]:
    """A run on a cluster that runs `code` after printing the cluster's address."""
    program = f"import os, sys; print('at', os.environ['TEST_DATABASE_URL'], flush=True); {code}"
    run = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres", sys.executable, "-c", program],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    address = next(line for line in run.stdout if line.startswith("at "))
    return run, folder_of(address.split()[1])


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("postgres_programs")
def test_a_cluster_is_gone_after_its_run_was_killed():
    run, folder = start_run("sys.stdin.read()")
    with run:
        pid = server_pid(folder)
        assert is_running(pid)
        run.kill()
    assert eventually(lambda: not is_running(pid) and not folder.exists())


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("postgres_programs")
def test_a_cluster_goes_as_soon_as_it_is_made_when_its_run_was_killed_before():
    folder = Path(tempfile.mkdtemp(prefix="evaltracker-postgres-", dir="/tmp"))
    # As a shell starts what it runs in the background: with the stopping signal ignored, down to the server.
    ignoring = ["sh", "-c", "trap '' QUIT; exec \"$@\"", "sh"]
    supervisor = [sys.executable, "-P", postgres.__file__, "--supervise", str(postgres.server_programs()), str(folder)]
    done = subprocess.run(ignoring + supervisor, stdin=subprocess.DEVNULL, timeout=60, check=False)
    assert done.returncode == 0
    assert not folder.exists()


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("postgres_programs")
def test_a_run_ends_with_its_own_exit_code_and_without_its_cluster():
    run, folder = start_run("sys.exit(3)")
    with run:
        assert run.wait() == 3
    assert eventually(lambda: not folder.exists())


@pytest.fixture
def no_programs(monkeypatch):
    monkeypatch.setattr(postgres, "server_programs", lambda: None)
    monkeypatch.delenv(postgres.REQUIRE_ALL, raising=False)


@pytest.mark.usefixtures("no_programs")
def test_a_run_without_the_server_says_that_it_is_skipped(capsys):
    assert postgres.main(["true"]) == 0
    assert capsys.readouterr().out.startswith("PostgreSQL: skipped: no initdb")


@pytest.mark.usefixtures("no_programs")
def test_a_run_without_the_server_fails_where_all_is_required(monkeypatch, capsys):
    monkeypatch.setenv(postgres.REQUIRE_ALL, "1")
    assert postgres.main(["true"]) == 1
    assert "FAILED" in capsys.readouterr().err
