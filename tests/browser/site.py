"""The site as `make demo` serves it, in a process of its own: what a browser gets from it, a reader gets."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120  # seconds until the site must answer; it is waited for, never slept for


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of the site, whose database and static files are in this folder; it ends with the block.

    Raises RuntimeError, with what the site wrote, if it does not start.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "log.txt"
    environment = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "PYTHONPATH")}
    command = [sys.executable, "-m", "evaltracker.demo", "--port", str(port), "--folder", str(folder)]
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT) as server,
    ):
        try:
            _wait_until_it_answers(server, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_until_it_answers(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the site did not start:\n{log.read_text()}")
