"""Files of a million access events: how fast this build, another commit and the database itself write them.

A file is asked for over HTTP from one worker of gunicorn, as a reader would. The records are the shipped ones, and
copies of their access events under new keys, written by the database itself. Each plain file and each run of the
database's own program is repeated in turn, and the median counts.
"""

import contextlib
import http.client
import os
import re
import resource
import shutil
import socket
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import environ
import psycopg2

from labs.choices import ACCESS_ANSWERS, Activity, Answer, EventLowering, Mode, Outcome, Results
from labs.rules.vocabulary import Term
from tests.bench.builds import PYTHON, ROOT, BenchError, Build, progress, two_builds
from tests.bench.generate import shipped_rows
from tests.bench.report import table
from tests.postgres import server_programs

PLAIN = (
    *("activity", "outcome", "mode", "started", "ended", "days", "domains", "profile", "mitigations_argued"),
    *("results", "free_to_publish", "is_distinct", "summary", "lowered_to", "changed_at"),
)
"""The columns of the list of access events that are columns of their table in the database."""

STORED = (
    *("key", "activity", "outcome", "mode", "started_on", "started_on_earliest", "started_on_latest", "ended_on"),
    *("ended_on_earliest", "ended_on_latest", "access_days", "domains", "no_safety_filters", "helpful_only"),
    *("fine_tuning", "weights", "raw_reasoning", "internal_information", "final_version", "lab_support"),
    *("mitigations_argued", "results", "free_to_publish", "is_distinct", "summary", "lowered_to", "changed_at"),
)
"""The same in the database."""

TERMS: dict[str, type[Term]] = {
    "activity": Activity,
    "outcome": Outcome,
    "mode": Mode,
    "results": Results,
    "lowered_to": EventLowering,
    **dict.fromkeys((*ACCESS_ANSWERS, "mitigations_argued", "free_to_publish"), Answer),
}

OWN, OWN_BY_KEY, OWN_LABELS = "the same columns as stored", "the same by their keys", "the same with labels"
OWN_JSON = "the same as JSON"
EVENTS, CITATIONS, PARTS = "labs_accessevent", "labs_accesseventcitation", "labs_participation"
ALL_CSV, OTHER_CSV = "/access.csv", "/access.csv?sort=lab"
UP = "/robots.txt"
OTHER_PAGE = "/access.csv?lab=openai"
"""Asked for before: a worker that runs has answered something."""
NOTHING_KEPT = "CSV of all columns, nothing kept of any version"
PREPARED = "CSV of all columns, first that a reader of a prepared machine gets"
_PLAIN_QUERY = urlencode([("sort", "key"), *(("columns", each) for each in PLAIN)])
VALUES_CSV, VALUES_JSONL = f"/access.csv?{_PLAIN_QUERY}&labels=no", f"/access.jsonl?{_PLAIN_QUERY}&labels=no"
PLAIN_CSV = f"/access.csv?{_PLAIN_QUERY}"
"""The same columns with the labels of their terms and dates."""


@dataclass(frozen=True)
class Measured:
    """One file: rows, seconds until all of it was read, and until its first byte; how much the worker grew.

    ``cpu`` are the seconds of CPU of whoever wrote it, the server of the database with it: on a machine with other work
    they tell more than the time does.
    """

    name: str
    rows: int
    seconds: float
    first: float | None = None
    size: int = 0
    growth: float | None = None  # MB
    cpu: float = 0.0

    @property
    def speed(self) -> float:
        """Rows for each second of CPU: the clock's seconds are those of the machine's other work too."""
        return self.rows / max(self.cpu, 0.01)  # a tick of the clock that counts CPU


class Database:
    """The driver's connection to the database of a build."""

    def __init__(self, build: Build) -> None:
        self.address = build.environment["DATABASE_URL"]
        self.is_postgres = self.address.startswith("postgres")
        self.at = environ.Env.db_url_config(self.address)

    @contextlib.contextmanager
    def cursor(self) -> Iterator[Any]:
        if self.is_postgres:
            at = {"host": self.at["HOST"], "port": self.at["PORT"], "user": self.at["USER"], "dbname": self.at["NAME"]}
            connection = psycopg2.connect(**at)
            connection.autocommit = True
        else:
            import sqlite3

            connection = sqlite3.connect(self.at["NAME"], isolation_level=None)
            # What the constraints of text ask for.
            connection.create_function("REGEXP", 2, lambda pattern, text: re.search(pattern, text) is not None)
        with contextlib.closing(connection), contextlib.closing(connection.cursor()) as cursor:
            yield cursor

    def multiply(self, count: int, *, with_all_parts: bool) -> int:
        """Copy the access events until there are ``count`` or a few more, each with one of its citations or with all.

        Returns how many there are.
        """
        with self.cursor() as cursor:
            cursor.execute(f"SELECT count(*), max(id) FROM {EVENTS}")
            have, last = cursor.fetchone()
            shift, copies = last + 1, max(0, -(-(count - have) // have))
            cursor.execute("SET session_replication_role = replica" if self.is_postgres else "PRAGMA synchronous = OFF")
            cursor.execute("BEGIN")
            first = "" if with_all_parts else f"WHERE t.id IN (SELECT min(id) FROM {CITATIONS} GROUP BY record_id)"
            self._copy(cursor, EVENTS, copies, {"id": f"t.id + n * {shift}", "key": f"t.key || '-{shift}-' || n"})
            self._copy(cursor, CITATIONS, copies, {"record_id": f"t.record_id + n * {shift}"}, first)
            if with_all_parts:
                self._copy(cursor, PARTS, copies, {"event_id": f"t.event_id + n * {shift}"})
            cursor.execute("COMMIT")
            if self.is_postgres:
                cursor.execute(f"VACUUM ANALYZE {EVENTS}")
                cursor.execute(f"VACUUM ANALYZE {CITATIONS}")
                cursor.execute(f"VACUUM ANALYZE {PARTS}")
            cursor.execute(f"SELECT count(*) FROM {EVENTS}")
            return cursor.fetchone()[0]

    def _copy(self, cursor: Any, name: str, copies: int, changed: dict[str, str], where: str = "") -> None:
        cursor.execute(f"SELECT * FROM {name} LIMIT 0")
        columns = [column[0] for column in cursor.description]
        cursor.execute(f"SELECT max(id) FROM {name}")
        changed = {"id": f"t.id + n * {cursor.fetchone()[0] + 1}"} | changed
        names = ", ".join(f'"{column}"' for column in columns)
        values = ", ".join(changed.get(column, f't."{column}"') for column in columns)
        numbers = f"numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {copies})"
        if copies:
            cursor.execute(
                f"WITH RECURSIVE {numbers} INSERT INTO {name} ({names}) SELECT {values} FROM numbers, {name} t {where}"
            )

    def published(self) -> int:
        """How many access events a file of all of them has."""
        with self.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {EVENTS} WHERE status = 'published'")
            return cursor.fetchone()[0]

    def own_file(
        self, name: str, columns: Sequence[str], folder: Path, order: str = "", *, is_json: bool = False
    ) -> Measured:
        """The program of the database writes these columns as CSV, or as objects of JSON, into a file.

        The rows come as they lie, or in an ``order``.
        """
        select = f"SELECT {', '.join(columns)} FROM {EVENTS} WHERE status = 'published' {order}"
        if self.is_postgres:
            programs = server_programs()
            psql = str(programs / "psql") if programs and (programs / "psql").exists() else "psql"
            at = ["-h", self.at["HOST"], "-p", str(self.at["PORT"]), "-U", self.at["USER"], "-d", self.at["NAME"]]
            copy = f"COPY (SELECT row_to_json(t) FROM ({select}) t) TO STDOUT" if is_json else ""
            command = [psql, *at, "-c", copy or f"COPY ({select}) TO STDOUT (FORMAT csv, HEADER)"]
        else:
            command = ["sqlite3", *(["-json"] if is_json else ["-csv", "-header"]), self.at["NAME"], select]
        file = folder / "own"
        start, cpu = time.perf_counter(), self.cpu() + _cpu_of_programs()
        with file.open("wb") as output:
            subprocess.run(command, stdout=output, check=True)
        seconds, size = time.perf_counter() - start, file.stat().st_size
        time.sleep(0.2)  # the server has ended what it began for the program
        cpu = self.cpu() + _cpu_of_programs() - cpu
        file.unlink()
        program = "psql" if self.is_postgres else "sqlite3"
        return Measured(f"{program}: {name}", self.published(), seconds, size=size, cpu=cpu)

    def cpu(self) -> float:
        """Seconds of CPU that the server has taken, with all that it started; none on SQLite, which has no server."""
        if not self.is_postgres:
            return 0.0
        started = (Path(self.at["HOST"]).parent / "data" / "postmaster.pid").read_text().split()[0]
        while True:
            children = Path(f"/proc/{started}/task/{started}/children").read_text().split()
            with contextlib.suppress(FileNotFoundError):  # one has ended, and counts as the server's now
                return sum(_cpu_of(int(process)) for process in (started, *children))


def with_labels() -> list[str]:
    """The columns of the database with the label of each term beside it, as our files have them, in SQL."""
    columns = []
    for name in STORED:
        columns.append(name)
        if terms := TERMS.get(name):
            labels = {each.value: each.label.replace("'", "''") for each in terms}
            cases = " ".join(f"WHEN '{value}' THEN '{label}'" for value, label in labels.items())
            columns.append(f"CASE {name} {cases} END AS {name}_label")
    return columns


def environment_of(build: Build) -> dict[str, str]:
    """The environment of the build as deployed."""
    environment = build.environment | {"DEBUG": "false", "HTTPS": "false", "LOG_LEVEL": "ERROR"}
    environment["SITE_URL"] = "http://testserver"
    return environment | {"LONG_ANSWERS_DIR": str(Path(build.environment["STATIC_ROOT"]).with_name("long-answers"))}


def prepared(database: Database, build: Build) -> Measured:
    """What it takes to make all long files of now before readers come; the rows are those of one of them."""
    start, cpu = time.perf_counter(), database.cpu() + _cpu_of_programs()
    command = [*PYTHON, "manage.py", "prepare"]
    done = subprocess.run(
        command, cwd=build.folder, env=environment_of(build), check=True, stdout=subprocess.PIPE, text=True
    )
    seconds, cpu = time.perf_counter() - start, database.cpu() + _cpu_of_programs() - cpu
    sizes = [int(size.replace(",", "")) for size in re.findall(r" s, ([\d,]+) bytes", done.stdout)]
    name = f"this: manage.py prepare, {len(sizes)} files, CSV of all columns among them"
    return Measured(name, database.published(), seconds, size=sum(sizes), cpu=cpu)


@contextlib.contextmanager
def served(build: Build, ready: str = "/admin/login/") -> Iterator[tuple[int, int]]:
    """One worker of gunicorn for the build, as deployed: its port and the number of its process.

    ``ready`` is an address that answers once it has come up.
    """
    environment = environment_of(build)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        command = [*PYTHON, "-m", "gunicorn", "--bind", f"fd://{listening.fileno()}", "--threads", "2"]
        process = subprocess.Popen(
            [*command, "--timeout", "600", "--log-level", "critical", "evaltracker.wsgi"],
            cwd=build.folder,
            env=environment,
            pass_fds=[listening.fileno()],
        )
        try:
            port = listening.getsockname()[1]
            fetch(port, ready)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            yield port, int(children.read_text().split()[0])
        finally:
            process.terminate()
            process.wait(60)


def fetch(port: int, path: str, name: str = "", encoding: str = "identity", worker: int = 0, rows: int = 0) -> Measured:
    """Ask for a file, of so many rows, and read all of it."""
    before = _memory(worker) if worker else 0.0
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=600)) as connection:
        start = time.perf_counter()
        connection.request("GET", path, headers={"Host": "testserver", "Accept-Encoding": encoding})
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise BenchError(f"{path} answers {answer.status}")
        first, size = None, 0
        while piece := answer.read1(1 << 20):
            first = first or time.perf_counter() - start
            size += len(piece)
        seconds = time.perf_counter() - start
    growth = _memory(worker, "VmHWM") - before if worker else None
    return Measured(name, rows, seconds, first, size, growth)


def _cpu_of(process: int) -> float:
    """Seconds of CPU of a process, and of those that it started and that have ended."""
    times = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:15]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


def _cpu_of_programs() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory(process: int, what: str = "VmRSS") -> float:
    """MB that a process holds, or held at most."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


def measure(base: str, *, count: int, fewer: int, rounds: int, is_postgres: bool) -> str:
    """The table of the figures: of ``count`` access events, and of ``fewer`` where each record has to be read."""
    found: dict[str, list[Measured]] = defaultdict(list)

    def add(measured: Measured) -> None:
        progress(f"{measured.name}: {measured.rows} rows in {measured.seconds:.2f} s, {measured.cpu:.2f} s of CPU")
        found[measured.name].append(measured)

    with two_builds(base, is_postgres) as (old, new):
        for build in (old, new):
            progress(f"{build.name}: the shipped records and {fewer} events …")
            build.load(shipped_rows(ROOT / "fixtures" if build is new else build.folder / "fixtures"))
        with served(new, UP) as (port, _):
            fetch(port, VALUES_CSV)
            small = fetch(port, VALUES_CSV)
        new_version(new)  # now, while there is little for the index of the search
        for build in (old, new):
            Database(build).multiply(fewer, with_all_parts=True)

        def fetched(of: Database, port: int, worker: int, path: str, name: str, encoding: str = "identity") -> Measured:
            rows = of.published()
            before = of.cpu() + _cpu_of(worker)
            measured = fetch(port, path, name, encoding, worker, rows)
            return replace(measured, cpu=of.cpu() + _cpu_of(worker) - before)

        with served(old, OTHER_PAGE) as (port, worker):
            add(fetched(Database(old), port, worker, ALL_CSV, f"{base}: CSV"))
        database = Database(new)
        with served(new, UP) as (port, worker):
            fetch(port, OTHER_PAGE)
            new_version(new)
            add(fetched(database, port, worker, ALL_CSV, f"this: {NOTHING_KEPT}"))
        shutil.rmtree(environment_of(new)["LONG_ANSWERS_DIR"])
        add(prepared(database, new))
        with served(new, UP) as (port, worker):
            add(fetched(database, port, worker, ALL_CSV, f"this: {PREPARED}"))
            fetch(port, OTHER_PAGE)
            for name, path, change in (
                ("CSV of all columns, first after one event changed", ALL_CSV, True),
                ("CSV of all columns, again", ALL_CSV, False),
                ("CSV of all columns in another order, first", OTHER_CSV, False),
            ):
                if change:
                    new_version(new, of_an_event=True)
                add(fetched(database, port, worker, path, f"this: {name}"))
        progress(f"this: {count} events …")
        database.multiply(count, with_all_parts=False)
        rows = database.published()
        change = new_version(new)
        with served(new, UP) as (port, worker):
            add(fetched(database, port, worker, VALUES_CSV, "this: CSV of plain columns, first of its version"))
        for _ in range(rounds):
            add(database.own_file(OWN, STORED, old.folder))
            for name, path, encoding in (
                ("CSV of plain columns", VALUES_CSV, "identity"),
                ("CSV of plain columns in gzip", VALUES_CSV, "gzip"),
                ("JSON Lines of plain columns", VALUES_JSONL, "identity"),
                ("CSV of plain columns with labels", PLAIN_CSV, "identity"),
            ):
                with served(new, UP) as (port, worker):
                    fetch(port, path)
                    add(fetched(database, port, worker, path, f"this: {name}", encoding))
            add(database.own_file(OWN_BY_KEY, STORED, old.folder, "ORDER BY key"))
            add(database.own_file(OWN_LABELS, with_labels(), old.folder))
            add(database.own_file(OWN_JSON, STORED, old.folder, is_json=True))
    medians = [_median(runs) for runs in found.values()]
    return f"{report(medians, small)} A change, beside {rows:,} events, takes {change:.2f} s."


def _median(runs: Sequence[Measured]) -> Measured:
    """The median of several runs of one file, and the most memory of any."""
    firsts, growths = [each.first or 0 for each in runs], [each.growth or 0 for each in runs]
    return replace(
        runs[0],
        seconds=median(each.seconds for each in runs),
        cpu=median(each.cpu for each in runs),
        first=None if runs[0].first is None else median(firsts),
        growth=None if runs[0].growth is None else max(growths),
    )


def new_version(build: Build, *, of_an_event: bool = False) -> float:
    """Make a new version, as any accepted change does: of one event that is saved again, or else of what was written
    past the actions. The seconds it takes.
    """
    timed = (
        "import django, time; django.setup()\n"
        "from labs.actions.versions import renew_stamp\n"
        "from labs.models import AccessEvent\n"
        "event = AccessEvent.objects.published().order_by('key')[100]\n"
        "event.summary = 'As it was read again.'\n"
        f"start = time.perf_counter(); {'event.save(); ' if of_an_event else ''}renew_stamp(is_told={of_an_event})\n"
        "print(time.perf_counter() - start)"
    )
    command = [*PYTHON, "-c", timed]
    done = subprocess.run(command, cwd=build.folder, env=build.environment, check=True, stdout=subprocess.PIPE)
    return float(done.stdout)


def report(found: list[Measured], small: Measured) -> str:
    """The figures as a Markdown table. The base comes first; the peer is the database's own program, which writes the
    same kind of file with the rows as they lie.
    """
    base = found[0].speed
    own = {each.name.partition(": ")[2]: each.speed for each in found if each.name.startswith(("psql", "sqlite3"))}
    heads = ["file", "rows", "MB", "s", "CPU, s", "rows a CPU second", "× base", "× the database's own"]
    heads += ["first byte, ms", "MB more"]

    def peer(name: str) -> str:
        return OWN_LABELS if name.endswith("labels") else OWN_JSON if "JSON" in name else OWN

    rows = [
        [
            each.name,
            f"{each.rows:,}",
            f"{each.size / 1e6:.0f}",
            f"{each.seconds:.2f}",
            f"{each.cpu:.2f}",
            f"{each.speed:,.0f}",
            f"{each.speed / base:.1f}",
            f"{each.speed / own[peer(each.name)]:.2f}",
            "–" if each.first is None else f"{each.first * 1000:.0f}",
            "–" if each.growth is None else f"{max(0.0, each.growth):.0f}",
        ]
        for each in found
    ]
    shipped = f"First byte of the file of the shipped events alone: {(small.first or 0) * 1000:.0f} ms."
    return f"{table(heads, rows)}\n\n{shipped}"
