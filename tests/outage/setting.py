"""The files of deploy/ with other ports and folders, and the programs that they are for."""

import contextlib
import http.client
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from tests.postgres import server_programs

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
HOST = "evaltracker.example"
PORTS = ("primary", "replica", "redis", "8001", "8002", "nginx", "nginx on plain http")
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log; {user}
events {{ worker_connections 256; }}
http {{
    access_log off; types {{ text/html html; }} keepalive_requests 1000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {more}
    include {folder}/site.conf;
}}
"""
SHORT = 1
"""Seconds, in place of the minute of caches and the half-minute of a replica (``tests.outage.wsgi``)."""
TLS = """    listen 443 ssl;
    server_name evaltracker.example;
    ssl_certificate /etc/ssl/evaltracker/fullchain.pem;
    ssl_certificate_key /etc/ssl/evaltracker/key.pem;
"""


def missing_programs() -> list[str]:
    """What Debian's packages would have to bring."""
    missing = [name for name in ("nginx", "redis-server", "openssl") if shutil.which(name) is None]
    return missing + ([] if server_programs() else ["postgresql"])


def adapted(name: str, replaced: Mapping[str, str]) -> str:
    """A file of deploy/ with other ports and folders. Each of them must be in it."""
    text = (DEPLOY / name).read_text()
    for old, new in replaced.items():
        assert old in text, f"{name} does not say {old!r} any more"
        text = text.replace(old, new)
    return text


def write_nginx(
    folder: Path, port: int, upstreams: tuple[int, int], *, plain_port: int | None = None, more: str = ""
) -> Path:
    """nginx as documented, with other ports and folders, and certificates that are in its folder.

    Without ``plain_port``, from which it leads to https, it has none, and speaks plain http itself.
    """
    replaced = (
        {
            TLS: f"    listen 127.0.0.1:{port};\n    server_name _;\n",
            "    listen 80;\n    server_name evaltracker.example;": f"    listen unix:{folder}/unused.sock;",
            "X-Forwarded-Proto $scheme": "X-Forwarded-Proto https",
        }
        if plain_port is None
        else {
            "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "listen 80;": f"listen 127.0.0.1:{plain_port};",
            "/etc/ssl/evaltracker/": f"{folder}/",
        }
    )
    replaced |= {
        "/var/cache/nginx/evaltracker": f"{folder}/cache",
        "127.0.0.1:8001": f"127.0.0.1:{upstreams[0]}",
        "127.0.0.1:8002": f"127.0.0.1:{upstreams[1]}",
    }
    return _write_nginx(folder, adapted("nginx/evaltracker.conf", replaced), more)


def _write_nginx(folder: Path, site: str, more: str = "") -> Path:
    (folder / "site.conf").write_text(site)
    path = folder / "nginx.conf"
    path.write_text(NGINX.format(folder=folder, user="user root;" if os.geteuid() == 0 else "", more=more))
    return path


@contextlib.contextmanager
def nginx_with(folder: Path, site: str, port: int) -> Iterator[None]:
    """nginx with this text for a site, which listens on a port."""
    started = subprocess.Popen(["nginx", "-c", str(_write_nginx(folder, site))])
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            time.sleep(0.02)
        yield
    finally:
        started.terminate()
        started.wait()


def first_commands() -> list[str]:
    """What is run once on a new primary."""
    text = (DEPLOY / "postgresql" / "first-start.sql").read_text()
    whole = " ".join(line for line in text.splitlines() if not line.startswith("--"))
    return [command.strip() for command in whole.split(";") if command.strip()]


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@dataclass(frozen=True, slots=True)
class Answer:
    """What nginx answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def version(self) -> tuple[int, ...]:
        """The data version that it names."""
        return tuple(map(int, self.headers["Data-Version"].split(".")))


class Setting:
    """All parts, by name; each can be killed and started again. ``close`` ends what is left.

    As deployed, caches have an answer for a minute, and may show it for one more; else for ``SHORT`` seconds.
    """

    def __init__(self, folder: Path, *, as_deployed: bool = False, workers: int = 2) -> None:
        self.as_deployed, self.workers = as_deployed, workers
        programs = server_programs()
        assert programs is not None
        # Not every program need be in PATH beside the server.
        self.folder, self.programs = folder, (programs / "postgres").resolve().parent
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.owner = _owner()
        self.environment = self._environment()
        self._write()

    def _environment(self) -> dict[str, str]:
        ports = self.ports
        text = adapted(
            "evaltracker.env",
            {
                "SECRET_KEY=": f"SECRET_KEY={secrets.token_urlsafe(50)}",
                "127.0.0.1:5432": f"127.0.0.1:{ports['primary']}",
                "127.0.0.1:5433": f"127.0.0.1:{ports['replica']}",
                "127.0.0.1:6379": f"127.0.0.1:{ports['redis']}",
                "/srv/evaltracker/staticfiles": f"{self.folder}/static",
                "/var/lib/evaltracker/": f"{self.folder}/",
            },
        )
        lines = [line for line in text.splitlines() if "=" in line and not line.startswith("#")]
        named = dict(line.split("=", 1) for line in lines)
        return {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "evaltracker.settings", "ENV_FILE": "", **named}

    def _write(self) -> None:
        self.folder.chmod(0o755)
        for name in ("cache", "postgres"):
            (self.folder / name).mkdir()
        if self.owner:
            os.chown(self.folder / "postgres", self.owner["user"], self.owner["group"])
        plain, upstreams = self.ports["nginx on plain http"], (self.ports["8001"], self.ports["8002"])
        write_nginx(self.folder, self.ports["nginx"], upstreams, plain_port=plain)
        self.tls = _certified(self.folder)
        redis = {"port 6379": f"port {self.ports['redis']}"}
        (self.folder / "redis.conf").write_text(adapted("redis.conf", redis) + f"dir {self.folder}\n")
        shutil.copy(DEPLOY / "postgresql" / "start-replica.sh", self.folder / "postgres")
        for name, port in (("primary", 5432), ("replica", 5433)):
            text = adapted(f"postgresql/{name}.conf", {f"port = {port}": f"port = {self.ports[name]}"})
            path = self.folder / "postgres" / f"{name}.conf"
            # Processes end here, not the machine: what was written to files stays without waiting for the disk.
            path.write_text(f"{text}unix_socket_directories = ''\nfsync = off\n")
            path.chmod(0o644)

    def start_all(self, source: Mapping[str, Any] | None = None) -> None:
        """Make both databases with the curated records, and start everything.

        The records are loaded, which takes long, or copied from the database of a test run, as psycopg2 names it.
        """
        self._postgres(
            "initdb",
            "--pgdata=primary",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        self.start("primary")
        self._sql(*first_commands())
        if source is not None:
            self._copy(source)
        load = (ROOT / "tests" / "outage" / "fill.py").read_text()
        first = {**self.environment, "DATABASE_REPLICA_URL": ""}
        filled = subprocess.run([sys.executable, "-c", load], cwd=ROOT, env=first, check=True, stdout=subprocess.PIPE)
        self.filled = json.loads(filled.stdout)
        self.filled_at = time.monotonic()
        self.start("replica", "redis", "8001", "8002")
        self.start("nginx")

    def _copy(self, source: Mapping[str, Any]) -> None:
        """Fill the primary with another cluster's database."""
        file = self.folder / "copy"
        usual = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE"}
        there = {variable: str(source[name]) for name, variable in names.items()}
        here = ["--host=127.0.0.1", f"--port={self.ports['primary']}", "--username=evaltracker", "--dbname=evaltracker"]
        dump, restore = str(self.programs / "pg_dump"), str(self.programs / "pg_restore")
        subprocess.run([dump, "--format=custom", "--compress=0", f"--file={file}"], env=usual | there, check=True)
        options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        subprocess.run([restore, *options, *here, str(file)], env=usual, check=True)

    def start(self, *names: str) -> None:
        """Start parts, and wait until they answer."""
        for name in names:
            self._start(name)
        for name in names:
            self._wait(name)

    def _start(self, name: str) -> None:
        options: dict[str, object] = {"cwd": self.folder}
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
        if name == "primary":
            config = f"config_file={self.folder}/postgres/primary.conf"
            command = [str(self.programs / "postgres"), "-D", str(self.folder / "postgres" / "primary"), "-c", config]
            options = {"cwd": self.folder / "postgres", **self.owner}
        elif name == "replica":
            command = [str(self.folder / "postgres" / "start-replica.sh")]
            environment |= {
                "PATH": f"{self.programs}:{os.environ['PATH']}",
                "PGDATA": str(self.folder / "postgres" / "replica"),
                "CONFIG": f"{self.folder}/postgres/replica.conf",
                "PRIMARY": f"postgres://replicator@127.0.0.1:{self.ports['primary']}/postgres",
            }
            options = {"cwd": self.folder / "postgres", **self.owner}
        elif name == "redis":
            command = ["redis-server", str(self.folder / "redis.conf")]
        elif name == "nginx":
            command = ["nginx", "-c", str(self.folder / "nginx.conf")]
        else:
            site = "evaltracker.wsgi" if self.as_deployed else "tests.outage.wsgi"
            command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", site]
            bind = f"127.0.0.1:{self.ports[name]}"
            environment = {**self.environment, "GUNICORN_BIND": bind, "GUNICORN_WORKERS": str(self.workers)}
            options = {"cwd": ROOT}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True, **options
            )

    def kill(self, name: str) -> None:
        """End a part at once, as a power cut would."""
        process = self.running.pop(name)
        if name in ("primary", "replica"):
            process.send_signal(signal.SIGQUIT)  # its own way to end at once, with what shares its memory
        else:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for name in reversed(list(self.running)):
            self.kill(name)

    def ask(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None, source: str = "127.0.0.1"
    ) -> Answer:
        """Ask nginx over TLS. Raises OSError and http.client.HTTPException where it does not answer."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.ports["nginx"], timeout=60, source_address=(source, 0)
        )
        with contextlib.closing(connection):
            connection.connect()
            connection.sock = self.tls.wrap_socket(connection.sock, server_hostname=HOST)
            connection.request(method, path, body or None, {"Host": HOST, **(headers or {})})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def sql(self, database: str, query: str) -> list[tuple[object, ...]]:
        """What one of both databases says."""
        address = {"host": "127.0.0.1", "port": self.ports[database], "user": "postgres", "dbname": "evaltracker"}
        with contextlib.closing(psycopg2.connect(**address)) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def _sql(self, *commands: str) -> None:
        address = {"host": "127.0.0.1", "port": self.ports["primary"], "user": "postgres", "dbname": "postgres"}
        with contextlib.closing(psycopg2.connect(**address)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            for command in commands:
                cursor.execute(command)

    def _postgres(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=self.folder / "postgres",
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            check=True,
            capture_output=True,
            **self.owner,
        )

    def _wait(self, name: str) -> None:
        until = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError, psycopg2.OperationalError):
                self._ask(name)
                return
            if self.running[name].poll() is not None or time.monotonic() > until:
                log = (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{name} does not answer: {log}")
            time.sleep(0.05)

    def _ask(self, name: str) -> None:
        if name in ("primary", "replica"):
            address = {"host": "127.0.0.1", "port": self.ports[name], "user": "postgres", "dbname": "postgres"}
            psycopg2.connect(**address).close()
        elif name == "redis":
            socket.create_connection(("127.0.0.1", self.ports[name]), timeout=5).close()
        elif name == "nginx":
            self.ask("GET", "/healthz")
        else:
            urllib.request.urlopen(f"http://127.0.0.1:{self.ports[name]}/healthz", timeout=10).close()


def _owner() -> dict[str, int | list[int]]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _certified(folder: Path) -> ssl.SSLContext:
    """A key and a certificate of the name of the site, in the folder, and what believes them."""
    key, certificate = folder / "key.pem", folder / "fullchain.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]
    named = ["-days", "2", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    subprocess.run([*made, *named, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return ssl.create_default_context(cafile=certificate)


@contextlib.contextmanager
def started(
    folder: Path, *, as_deployed: bool = False, workers: int = 2, source: Mapping[str, Any] | None = None
) -> Iterator[Setting]:
    setting = Setting(folder, as_deployed=as_deployed, workers=workers)
    try:
        setting.start_all(source)
        yield setting
    finally:
        setting.close()
