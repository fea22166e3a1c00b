"""The two builds side by side: their code, their databases, and the processes that serve them."""

import contextlib
import json
import os
import re
import secrets
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import environ
import psycopg2

from tests.bench.generate import Row
from tests.postgres import throwaway_cluster

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent


PYTHON = [sys.executable, "-S"]
"""-S: an editable install of this checkout would put its modules into the other build; PYTHONPATH has the packages."""


def progress(line: str) -> None:
    """A line for whoever waits."""
    print(line, file=sys.stderr, flush=True)


class BenchError(Exception):
    """What the caller has to put right, in words."""


@dataclass(frozen=True)
class Build:
    """A checkout with a database of its own."""

    name: str
    folder: Path
    environment: dict[str, str]

    def load(self, rows: Iterable[Row]) -> None:
        """Make the tables if they are not there yet, and write the rows."""
        process = subprocess.Popen(self._command("load.py"), stdin=subprocess.PIPE, text=True, **self._where())
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.writelines(f"{json.dumps(row)}\n" for row in rows)
        if process.wait():
            raise BenchError(f"{self.name}: the records could not be loaded")

    @contextlib.contextmanager
    def worker(self, limit: float) -> Iterator["Worker"]:
        """A process of this build that has served nothing yet and keeps no whole answers, so that each is made.

        No request takes more than ``limit`` seconds of CPU.
        """
        where = self._where()
        process = subprocess.Popen(
            self._command("serve.py", str(limit)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **(where | {"env": where["env"] | {"PAGE_CACHE_MB": "0", "LONG_ANSWERS_MB": "0"}}),
        )
        try:
            yield Worker(self.name, process)
        finally:
            process.kill()
            process.communicate()

    def _command(self, program: str, *arguments: str) -> list[str]:
        # -P: the folder of the program is not searched, the checkout is.
        return [*PYTHON, "-P", str(FOLDER / program), *arguments]

    def _where(self) -> dict[str, Any]:
        return {"cwd": self.folder, "env": self.environment}


@dataclass(frozen=True)
class Worker:
    """A process that answers requests, as serve.py describes."""

    name: str
    process: "subprocess.Popen[str]"

    def ask(self, do: str, **more: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps({"do": do, **more}), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise BenchError(f"{self.name}: the process ended at {do} {more.get('path', '')}")
        return json.loads(line)


@contextlib.contextmanager
def two_builds(base: str, is_postgres: bool) -> Iterator[tuple[Build, Build]]:
    """The commit ``base`` and this checkout as it stands, each with an empty database; both gone afterwards."""
    with _builds(base, is_postgres) as (old, new):
        yield old, new


@contextlib.contextmanager
def this_build(is_postgres: bool) -> Iterator[Build]:
    """This checkout as it stands, with an empty database that is gone afterwards."""
    with _builds(None, is_postgres) as (new,):
        yield new


@contextlib.contextmanager
def _builds(base: str | None, is_postgres: bool) -> Iterator[list[Build]]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="evaltracker-bench-")))
        codes = {"this": ROOT}
        if base is not None:
            codes = {"base": folder / "base", "this": ROOT}
            clone(base, codes["base"])
            install_lacking(codes["base"], folder / "packages")
        cluster = stack.enter_context(throwaway_cluster()) if is_postgres else ""
        secret = secrets.token_urlsafe(50)
        builds = []
        for name, code in codes.items():
            url = _new_database(cluster, name) if cluster else f"sqlite:///{folder / name}.sqlite3"
            builds.append(Build(name, code, _environment(code, url, secret, folder)))
        yield builds


def clone(commit: str, folder: Path) -> None:
    """A clone of this repository at the commit."""
    for command in (
        ["git", "clone", "--quiet", "--shared", "--no-checkout", str(ROOT), str(folder)],
        ["git", "-C", str(folder), "checkout", "--quiet", "--detach", commit, "--"],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BenchError(f"There is no commit {commit} to compare with: {done.stderr.strip()}")


def install_lacking(code: Path, folder: Path) -> None:
    """Install into the folder what this checkout once needed and needs no more, in the versions that it pinned.

    Raises BenchError where that fails.
    """
    lacking = lacking_packages(code)
    if not lacking:
        return
    progress(f"base: installing {', '.join(lacking)} …")
    pins = code / "constraints.txt"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(folder)]
    pip += ["--constraint", str(pins)] if pins.exists() else []
    done = subprocess.run([*pip, *lacking], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"The other commit needs packages that could not be installed: {done.stderr.strip()}")


def lacking_packages(code: Path) -> list[str]:
    """What a checkout requires of packages that are not installed here, as its pyproject.toml says it."""
    required = tomllib.loads((code / "pyproject.toml").read_text())["project"]["dependencies"]
    installed = {each.name.lower().replace("_", "-") for each in distributions()}
    return [each for each in required if re.match(r"[\w.-]+", each)[0].lower().replace("_", "-") not in installed]


def _new_database(cluster: str, name: str) -> str:
    at = environ.Env.db_url_config(cluster)
    address = {"host": at["HOST"], "port": at["PORT"], "user": at["USER"], "dbname": at["NAME"]}
    with contextlib.closing(psycopg2.connect(**address)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE bench_{name}")
    return cluster.replace("/postgres?", f"/bench_{name}?")


def _environment(code: Path, database: str, secret: str, folder: Path) -> dict[str, str]:
    """Nothing of a developer's .env or environment gets in.

    The folder of static files is empty: what lies in it is read at the start, and looked through for garbage later.
    """
    static = folder / f"static-{code.name}"
    static.mkdir(exist_ok=True)
    return {
        "PATH": os.environ.get("PATH", ""),
        # Last what only the other commit needs: what both need is the same for both.
        "PYTHONPATH": os.pathsep.join([str(code), sysconfig.get_path("purelib"), str(folder / "packages")]),
        "PYTHONHASHSEED": "0",
        "DJANGO_SETTINGS_MODULE": "evaltracker.settings",
        "ENV_FILE": "",
        "SECRET_KEY": secret,
        "DEBUG": "true",  # plain http and static files without collectstatic; serve.py sets settings.DEBUG to False
        "ALLOWED_HOSTS": "testserver",
        "DATABASE_URL": database,
        "STATIC_ROOT": str(static),
        "KEPT_FIGURES_DIR": str(folder / f"figures-{code.name}"),
    }
