"""One state of the database for several queries that belong together, and how long a query of a reader may take."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import connection, transaction

_of_request: ContextVar[ExitStack | None] = ContextVar("of_request", default=None)
_STEPS = 20_000  # of SQLite's machine, between two looks at the clock: less than a millisecond


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Let all queries inside see one state of the database, whatever others write meanwhile; nobody waits for it.

    On PostgreSQL it is a transaction of the level "repeatable read". On SQLite it is one that does not ask to write,
    as our others do from their start, so writers go on. Within another transaction, what that one sees is seen.
    """
    if connection.in_atomic_block:
        yield
        return
    with ExitStack() as stack:
        _begin(stack)
        yield


@contextmanager
def public_snapshot() -> Iterator[None]:
    """The snapshot of a public request: each query inside ends with an OperationalError when it takes too long.

    How long that is, is the setting PUBLIC_QUERY_SECONDS.
    """
    if connection.in_atomic_block:
        yield
        return
    with ExitStack() as stack:
        _begin(stack, seconds=settings.PUBLIC_QUERY_SECONDS)
        token = _of_request.set(stack)
        try:
            with _timed_on_sqlite(settings.PUBLIC_QUERY_SECONDS):
                yield
        finally:
            _of_request.reset(token)


def is_public_snapshot() -> bool:
    """Whether all queries of this moment see the state of the database in which a public request began."""
    return _of_request.get() is not None


@contextmanager
def lasting_snapshot() -> Iterator[Callable[[], None]]:
    """As ``one_snapshot``, for an answer that is streamed after its request; within a public request it is that one's.

    Once what is yielded is called, the snapshot of the request ends when this one does. A query may then take as long
    as the setting PUBLIC_FILE_SECONDS says, for PostgreSQL counts how long the reader takes.
    """
    of_request = _of_request.get()
    with ExitStack() as stack:
        if of_request is None:
            stack.enter_context(one_snapshot())

        def outlast() -> None:
            if of_request is None:
                return
            stack.push(of_request.pop_all())
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL statement_timeout = %s", [settings.PUBLIC_FILE_SECONDS * 1000])

        yield outlast


def _begin(stack: ExitStack, seconds: int = 0) -> None:
    if connection.vendor == "postgresql":
        stack.enter_context(transaction.atomic())
        limit = f"; SET LOCAL statement_timeout = {int(seconds * 1000)}" if seconds else ""
        with connection.cursor() as cursor:
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ{limit}")
        return
    connection.ensure_connection()  # which sets its usual mode
    usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:
        stack.enter_context(transaction.atomic())
    finally:
        connection.transaction_mode = usual


@contextmanager
def _timed_on_sqlite(seconds: int) -> Iterator[None]:
    """End a query that runs longer, as SQLite has no setting for it."""
    if connection.vendor != "sqlite":
        yield
        return
    ends = 0.0

    def started(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal ends
        ends = time.monotonic() + seconds
        return execute(*arguments)

    database = connection.connection
    database.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
    try:
        with connection.execute_wrapper(started):
            yield
    finally:
        database.set_progress_handler(None, 0)
