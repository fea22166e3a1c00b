"""`make demo`, as a process of its own on a folder of its own."""

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from evaltracker.demo import _prepare_account

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.only_on("sqlite")


def command(port: object, folder: Path) -> list[str]:
    return [sys.executable, "-m", "evaltracker.demo", "--port", str(port), "--folder", str(folder)]


@contextmanager
def demo(folder: Path) -> Iterator[tuple[str, str]]:
    """The running demo: its address and what it printed before it served."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen(
        command(port, folder),
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},  # what is printed comes at once, though not to a terminal
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        printed = ""
        try:
            # runserver says "Quit the server" just before it listens.
            for line in process.stdout:
                printed += line
                if "Quit the server" in line:
                    break
            else:
                pytest.fail(printed)
            yield f"http://127.0.0.1:{port}", printed
        finally:
            process.terminate()


def get(url: str) -> tuple[int, str]:
    deadline = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except urllib.error.URLError:
            # It may not listen yet.
            if time.monotonic() > deadline:
                raise


def query(folder: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        rows = database.execute(sql).fetchall()
        database.commit()
        return rows


def password(printed: str) -> str:
    return re.search(r"user admin, password (\S+)", printed)[1]


def test_the_demo_serves_the_records_and_keeps_what_was_changed(tmp_path):
    folder = tmp_path / "demo folder"
    with demo(folder) as (address, printed):
        assert "Loading the curated records" in printed
        status, page = get(f"{address}/admin/login/")
        assert status == 200
        for stylesheet in re.findall(r'href="(/static/[^"]+\.css)"', page):
            assert get(address + stylesheet)[0] == 200
        status, page = get(f"{address}/no-such-page/")
        assert status == 404
        assert "Traceback" not in page
        first_password = password(printed)
    query(folder, "UPDATE labs_lab SET name = 'Changed by hand' WHERE id = (SELECT min(id) FROM labs_lab)")
    labs = query(folder, "SELECT * FROM labs_lab")
    with demo(folder) as (_, printed):
        assert "are kept" in printed
        assert password(printed) == first_password
    assert query(folder, "SELECT * FROM labs_lab") == labs
    accounts = query(folder, "SELECT username, is_superuser FROM auth_user ORDER BY username")
    assert accounts == [("admin", 1), ("editor", 0), ("researcher", 0)]
    roles = query(
        folder,
        "SELECT username, name FROM auth_user_groups JOIN auth_user ON auth_user.id = user_id "
        "JOIN auth_group ON auth_group.id = group_id ORDER BY username",
    )
    assert roles == [("editor", "Editor"), ("researcher", "Researcher")]
    assert len({first_password, *(re.findall(r"password (\S+)", printed))}) == 3


def said_of_the_account(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    _prepare_account("admin", "", folder / "admin-password")
    return capsys.readouterr().out


def test_a_password_stays_until_someone_gives_another_or_removes_its_file(db, tmp_path, capsys):
    first = said_of_the_account(tmp_path, capsys)
    first_password = password(first)
    assert said_of_the_account(tmp_path, capsys) == first

    # The stored hash is no longer that of the password in the file.
    User.objects.filter(username="admin").update(password="")
    said = said_of_the_account(tmp_path, capsys)
    assert "with the password that you gave it" in said
    assert first_password not in said
    assert said_of_the_account(tmp_path, capsys) == said

    (tmp_path / "admin-password").unlink()
    assert password(said_of_the_account(tmp_path, capsys)) != first_password
    assert User.objects.get(username="admin").check_password((tmp_path / "admin-password").read_text())


def test_a_port_in_use_gets_one_line(tmp_path):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(
            command(taken.getsockname()[1], tmp_path / "demo"), cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert re.fullmatch(r"make demo: port \d+ cannot be used .*\n", done.stderr)
    assert done.stdout == ""
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", ""])
def test_a_port_that_is_none_gets_one_line(tmp_path, port):
    done = subprocess.run(
        [*command(8000, tmp_path / "demo")[:3], f"--port={port}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert re.fullmatch(r"make demo: PORT=.* is not a port: .*\n", done.stderr)
