"""What a kept page costs through gunicorn and behind nginx, and what a list costs that is not kept; beside its peers.

All figures are CPU time of the process that answers, so other work on the machine moves them little.
"""

import contextlib
import http.client
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from tests.bench.builds import ROOT, BenchError, Build, progress, two_builds
from tests.bench.generate import shipped_rows
from tests.bench.report import table
from tests.bench.stream import served
from tests.outage.setting import free_ports, write_nginx

PAGES = ("/", "/labs/openai/", "/access/")
PEER = "/access/"
"""Our table with facets, beside that of Datasette."""
FACETS = "_size=50&_facet=outcome&_facet=activity&_facet=timing&_facet=lab_id"
TURNS, IN_A_TURN = 60, 100
CODINGS = {"identity": "identity", "br": "br, gzip"}


@dataclass(frozen=True)
class Cost:
    """What one answer costs: CPU of the server in milliseconds, and the bytes that are sent."""

    name: str
    cpu: float
    size: int


def cpu_of(process: int) -> float:
    """Seconds of CPU that a process has used, to the nanosecond (Linux: clock_getcpuclockid)."""
    return time.clock_gettime((~process << 3) | 2)


@contextlib.contextmanager
def asking(name: str, port: int, path: str, coding: str) -> Iterator[Callable[[], int]]:
    """Asks for an address over one connection, which stays open; returns how many bytes came."""
    headers = {"Host": "testserver", "Accept-Encoding": CODINGS.get(coding, coding)}
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        connection.sock = socket.socket()
        # As on a reader's line. With the 65,483 bytes of loopback, the end of a page of 70 kB waits 40 ms for the
        # reader's delayed acknowledgement, if its first byte is not at the start of a page of memory.
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1448)
        connection.sock.settimeout(120)
        connection.sock.connect(("127.0.0.1", port))

        def ask() -> int:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != http.client.OK:
                raise BenchError(f"{name}: {path} answers {answer.status}")
            return len(body)

        yield ask


def cost(name: str, port: int, process: int, path: str, *, seconds: float = 2.0, coding: str = "identity") -> Cost:
    """Ask for an address until the server has used so much CPU (at most 60 s)."""
    count, size, until = 0, 0, time.monotonic() + 60
    with asking(name, port, path, coding) as ask:
        for _ in range(3):
            size = ask()
        before = cpu_of(process)
        while (used := cpu_of(process) - before) < seconds and time.monotonic() < until:
            for _ in range(20):
                ask()
            count += 20
    return Cost(name, used / count * 1000, size)


def costs_in_turn(process: int, coding: str, *asked: tuple[str, int, str]) -> list[Cost]:
    """What addresses of one process cost, each by its name, port and path: the median of many short turns (A B A B), so
    that other work on the machine meets all of them alike.
    """
    with contextlib.ExitStack() as stack:
        asks = [stack.enter_context(asking(name, port, path, coding)) for name, port, path in asked]
        sizes = [max(ask() for _ in range(3)) for ask in asks]
        used: list[list[float]] = [[] for _ in asks]
        for _ in range(TURNS):
            for ask, times in zip(asks, used, strict=True):
                before = cpu_of(process)
                for _ in range(IN_A_TURN):
                    ask()
                times.append((cpu_of(process) - before) / IN_A_TURN * 1000)
    return [Cost(name, median(times), size) for (name, *_), times, size in zip(asked, used, sizes, strict=True)]


def as_deployed(build: Build, folder: Path) -> Build:
    """The build with the settings of a deployment, but on plain http."""
    environment = build.environment | {"DEBUG": "false", "HTTPS": "false", "STATIC_ROOT": str(folder / build.name)}
    command = [sys.executable, "-S", "-m", "django", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=build.folder, env=environment, check=True)
    return replace(build, environment=environment)


@contextlib.contextmanager
def listening(command: list[str], port: int, path: str = "/") -> Iterator[int]:
    """A program that serves on a port, once it answers: the number of its process."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 60
            while True:
                try:
                    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
                        connection.request("GET", path, headers={"Host": "testserver"})
                        connection.getresponse().read()
                    break
                except OSError as error:
                    if process.poll() is not None or time.monotonic() > until:
                        raise BenchError(f"{command[0]} does not answer") from error
                    time.sleep(0.1)
            yield process.pid
        finally:
            process.terminate()
            process.wait(30)


def of_datasette(build: Build) -> Cost:
    """Datasette's page of the same access events, from the database of the build."""
    file = Path(build.environment["DATABASE_URL"].removeprefix("sqlite:///"))
    port, path = free_ports(1)[0], f"/{file.stem}/labs_accessevent?{FACETS}"
    command = [sys.executable, "-m", "datasette", "serve", str(file), "-p", str(port)]
    with listening(command, port) as process:
        return cost("Datasette, the table with four facets", port, process, path)


OWN_FILES = """server {{
        listen 127.0.0.1:{port}; server_tokens off; sendfile on; tcp_nopush on;
        location /alone/ {{ alias {folder}/alone/; }}
    }}"""


def of_nginx(upstream: int, folder: Path) -> list[tuple[Cost, Cost]]:
    """A page in nginx's cache, as documented, and a file of its own with the same bytes; once plain, once in brotli."""
    folder.joinpath("alone").mkdir()
    folder.joinpath("cache").mkdir()
    port, own = free_ports(2)
    alone = OWN_FILES.format(folder=folder, port=own)
    settings = write_nginx(folder, port, (upstream, upstream), more=alone)
    found = []
    with listening(["nginx", "-c", str(settings)], port) as master:
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        worker = next(int(each) for each in children if "worker" in Path(f"/proc/{each}/cmdline").read_text())
        for coding in CODINGS:
            name = f"`{PEER}` in nginx’s cache, {coding}"
            with asking(name, port, PEER, coding) as ask:
                folder.joinpath("alone", f"{coding}.html").write_bytes(b"x" * ask())
            alone = ("nginx’s own file of this size", own, f"/alone/{coding}.html")
            one, other = costs_in_turn(worker, coding, alone, (name, port, PEER))
            found.append((one, other))
    return found


def measure(base: str) -> str:
    """The table of the figures, with a goal for each ratio."""
    rows: list[list[str]] = []

    def add(one: Cost, other: Cost, goal: str, ratio: float) -> None:
        progress(f"{one.name}: {one.cpu:.3f} ms; {other.name}: {other.cpu:.3f} ms")
        named = [
            f"{each.name}: {each.cpu:.{2 if each.cpu > 1 else 3}f} ms, {each.size / 1000:.0f} kB"
            for each in (other, one)
        ]
        rows.append([*named, f"{ratio:.2f}", goal])

    with two_builds(base, False) as (old, new):
        folder = Path(new.environment["STATIC_ROOT"])
        builds = []
        for build in (old, new):
            build.load(shipped_rows(build.folder / "fixtures" if build is old else ROOT / "fixtures"))
            builds.append(as_deployed(build, folder))
        with served(builds[0]) as (port, worker):
            before = {path: cost(f"{base}, `{path}`", port, worker, path) for path in PAGES}
        with served(builds[1]) as (port, worker):
            kept = {path: cost(f"kept `{path}`", port, worker, path) for path in PAGES}
            packed = cost(f"kept `{PEER}` in brotli", port, worker, PEER, coding="br")
            for path in PAGES:
                add(kept[path], before[path], "20", before[path].cpu / kept[path].cpu)
            datasette = of_datasette(builds[1])
            for ours in (kept[PEER], packed):
                add(ours, datasette, "10", datasette.cpu / ours.cpu)
            if shutil.which("nginx"):
                for own, cached in of_nginx(port, folder):
                    add(cached, own, "0.8", own.cpu / cached.cpu)
            else:
                progress("nginx is not installed (Debian: nginx-light), so its cache is left out")
    return table(["peer", "ours", "ratio", "goal, at least"], rows)
