"""Within tests, every write to a record makes a new data version.

Elsewhere only actions change public records, and they raise the data version. Tests also write rows themselves, and
roll them back, so each write to a table of records counts as a version here.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from django.db import connection

from labs.models import Version
from labs.queries import kept

WRITES = ("INSERT", "UPDATE", "DELETE", "ROLLBACK TO")
TABLES = ("labs_", "commitments_")
_numbers = count(1)


@pytest.fixture(autouse=True)
def kept_follows_writes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make every write of this test a new data version."""
    written = ""
    version_now = kept.version_now

    def notice(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        nonlocal written
        if sql.startswith(WRITES) and (sql.startswith("ROLLBACK") or any(table in sql for table in TABLES)):
            written = f" and write {next(_numbers)}"
        return execute(sql, *arguments)

    def with_writes() -> Version:
        version = version_now()
        return version._replace(stamp=version.stamp + written)

    monkeypatch.setattr(kept, "version_now", with_writes)
    with connection.execute_wrapper(notice):
        yield
