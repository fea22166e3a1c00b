"""One state of the database for several queries that belong together."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import connection, transaction


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
        if connection.vendor == "postgresql":
            stack.enter_context(transaction.atomic())
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        else:
            connection.ensure_connection()  # which sets its usual mode
            usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
            try:
                stack.enter_context(transaction.atomic())
            finally:
                connection.transaction_mode = usual
        yield
