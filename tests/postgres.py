"""A throwaway PostgreSQL cluster: `python -m tests.postgres pytest …` runs a command with one.

The cluster is in a temporary folder, in memory where there is room, and listens on a unix socket in it, nowhere else. A
supervisor process starts it and holds the reading end of a pipe; the run holds the writing end. When the run is over,
in whatever way it ended (SIGKILL too), the pipe closes, and the supervisor stops the server and removes the folder.
"""

import contextlib
import glob
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg2

REQUIRE_ALL = "EVALTRACKER_REQUIRE_ALL"
IN_MEMORY, ROOM = "/dev/shm", 2 << 30
"""Where a run's cluster is if so many bytes are free: the tests make some hundred databases, each of a thousand files,
which a disk takes several times as long for."""
NOT_FOUND = "no initdb and postgres found together (looked in PATH, /usr/lib/postgresql/*/bin and what pg_config says)"


def server_programs() -> Path | None:
    """The folder with initdb and postgres, or None where the server is not installed."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    folders += sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=_version, reverse=True)
    with contextlib.suppress(OSError):
        asked = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        folders.append(asked.stdout.strip())
    for folder in filter(None, folders):
        if all(os.access(Path(folder, program), os.X_OK) for program in ("initdb", "postgres")):
            return Path(folder)
    return None


def _version(folder: str) -> int:
    name = Path(folder).parent.name
    return int(name) if name.isdigit() else 0


@contextlib.contextmanager
def throwaway_cluster() -> Iterator[str]:
    """A running cluster, removed after the block or with this process; returns the address as a DATABASE_URL."""
    supervisor, url = _start()
    try:
        yield url
    finally:
        assert supervisor.stdin is not None
        supervisor.stdin.close()
        supervisor.wait()


def _place() -> str:
    """The folder in which a run's cluster has its own.

    Memory or /tmp, whatever TMPDIR says: a socket's path may have about a hundred characters, and the server's user,
    when we are root, must be able to get there.
    """
    has_room = os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM
    return IN_MEMORY if has_room else "/tmp"


def _start(place: str = "/tmp") -> tuple[subprocess.Popen[bytes], str]:
    programs = server_programs()
    if programs is None:
        raise FileNotFoundError(NOT_FOUND)
    folder = tempfile.mkdtemp(prefix="evaltracker-postgres-", dir=place)
    # A session of its own: Ctrl-C, or a kill of the run's process group, does not reach it.
    supervisor = subprocess.Popen(
        [sys.executable, "-P", __file__, "--supervise", programs, folder], stdin=subprocess.PIPE, start_new_session=True
    )
    socket_folder, user = f"{folder}/socket", "evaltracker"
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg2.connect(host=socket_folder, port=5432, user=user, dbname="postgres").close()
            return supervisor, f"postgres://{user}@/{socket_folder}/postgres?port=5432"
        except psycopg2.OperationalError:
            if supervisor.poll() is not None or time.monotonic() > deadline:
                supervisor.communicate()  # closes the pipe; its own words are on stderr
                raise RuntimeError("the throwaway PostgreSQL cluster did not start") from None
            time.sleep(0.05)


def _supervise(programs: Path, folder: Path) -> int:
    """Make and run the cluster until standard input closes; 1 if it ends before that."""
    # A run in the background of a shell passes this signal on as ignored, and the server would be deaf to it
    # until it has come up.
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    # The server refuses to run as root.
    owner = {}
    if os.geteuid() == 0:
        user = _server_user()
        owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(folder, user.pw_uid, user.pw_gid)
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
    log_path = folder / "log"
    server = None
    ended_early = True
    try:
        with log_path.open("wb") as log:
            options = {"cwd": folder, "env": environment, "stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
            layout = ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
            subprocess.run(
                [programs / "initdb", "--pgdata=data", "--username=evaltracker", "--auth=trust", *layout],
                check=True,
                **options,
                **owner,
            )
            Path(folder, "socket").mkdir(mode=0o700)
            if owner:
                os.chown(folder / "socket", owner["user"], owner["group"])
            # Nothing here outlives the run, so nothing needs to survive a power cut.
            settings = ["listen_addresses=", f"unix_socket_directories={folder}/socket", "port=5432"]
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "timezone=UTC"]
            # Compiling a query pays where it runs for seconds.
            settings += ["jit=off"]
            server = subprocess.Popen(
                [programs / "postgres", "-D", "data", *(f"--{setting}" for setting in settings)],
                **options,
                **owner,
            )
        while server.poll() is None and ended_early:
            ended_early = not select.select([sys.stdin], [], [], 0.5)[0]
    except subprocess.CalledProcessError:
        pass
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGQUIT)  # at once, without a checkpoint
            server.wait()
        if ended_early:
            sys.stderr.write(log_path.read_text(errors="replace")[-2000:])
        shutil.rmtree(folder, ignore_errors=True)
    return int(ended_early)


def _server_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def main(command: Sequence[str]) -> int:
    """Become `command`, with a cluster's address in TEST_DATABASE_URL; where there is no server, say so."""
    programs = server_programs()
    if programs is None:
        if os.environ.get(REQUIRE_ALL):
            print(f"PostgreSQL: FAILED: {NOT_FOUND}, and {REQUIRE_ALL} is set", file=sys.stderr)
            return 1
        print(f"PostgreSQL: skipped: {NOT_FOUND}")
        return 0
    version = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    print(f"{version.stdout.strip()} from {programs}, on a throwaway cluster", flush=True)
    supervisor, url = _start(_place())
    # The command replaces this process and keeps its end of the pipe, so the cluster ends with the command.
    assert supervisor.stdin is not None
    os.set_inheritable(supervisor.stdin.fileno(), True)
    os.execvpe(command[0], command, {**os.environ, "TEST_DATABASE_URL": url})


if __name__ == "__main__":
    if sys.argv[1] == "--supervise":
        sys.exit(_supervise(Path(sys.argv[2]), Path(sys.argv[3])))
    sys.exit(main(sys.argv[1:]))
