"""Two people who save at the same moment, each in a thread with a connection of its own.

For tests with ``transaction=True``. On SQLite the threads share a file, made from the test database in memory.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

FIRST_WAITS = 1.0  # second; only how long the first one leaves to the second, nothing is expected of it


@contextmanager
def real_database(folder: Path) -> Iterator[None]:
    """Let threads that begin inside work on a database to which many can connect."""
    if connection.vendor != "sqlite":
        yield
        return
    shared = connections.settings["default"]
    name, path = shared["NAME"], folder / "shared.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as file:
        connection.connection.backup(file)
    shared["NAME"] = str(path)
    try:
        yield
    finally:
        shared["NAME"] = name


def in_thread(function: Callable[[], Any]) -> Any:
    """What the function returns in a thread of its own; what it raises is raised here."""
    return at_once(function)[0]


def at_once(*functions: Callable[[], Any]) -> list[Any]:
    """What the functions return, or the exception that each raises.

    The first stops before its first write to a record or a proposal, until the others have ended or a moment has
    passed: what it checked may no longer hold then.
    """
    there, gone, results = threading.Event(), threading.Event(), [None] * len(functions)

    def stop(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        writes = sql.startswith(("INSERT", "UPDATE", "DELETE")) and "labs_stamp" not in sql
        if writes and ("labs_" in sql or "commitments_" in sql) and not there.is_set():
            there.set()
            gone.wait(FIRST_WAITS)
        return execute(sql, *arguments)

    def run(place: int) -> None:
        try:
            if place == 0:
                with connection.execute_wrapper(stop):
                    results[0] = functions[0]()
                return
            there.wait(20)
            results[place] = functions[place]()
        except Exception as error:
            results[place] = error
        finally:
            (there if place == 0 else gone).set()
            connection.close()

    if len(functions) == 1:
        gone.set()  # it has nobody to wait for
    threads = [threading.Thread(target=run, args=[place]) for place in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(functions) == 1 and isinstance(results[0], Exception):
        raise results[0]
    return results
