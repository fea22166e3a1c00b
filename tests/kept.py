"""Within tests, every write to a record makes a new data version.

Elsewhere only actions change public records, and they raise the data version. Tests also write rows themselves, and
roll them back, so each write to a table of records counts as a version here.

What was read and weighed of a database in which nothing is written is kept from test to test: each would read the
curated records again else, for the test before it wrote something.
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
NOT_SHARED = {"monkeypatch", "settings", "transactional_db", "live_server"}
_numbers = count(1)
_unwritten: dict[bool, kept.Store | None] = {}
"""What is kept of the curated records, and of the database without records."""


@pytest.fixture(autouse=True)
def kept_follows_writes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Make every write of this test a new data version."""
    written = ""
    may_share = _may_share(request)
    has_records = "empty_database" not in request.fixturenames
    kept._newest = _unwritten.get(has_records) if may_share else None
    version_now = kept.version_now

    def notice(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        nonlocal written
        if sql.startswith(WRITES) and (sql.startswith("ROLLBACK") or any(table in sql for table in TABLES)):
            written = f" and write {next(_numbers)}"
        return execute(sql, *arguments)

    def with_writes() -> Version:
        version = version_now()
        return version._replace(stamp=version.stamp + written)

    with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(notice):
        patch.setattr(kept, "version_now", with_writes)
        yield
    if may_share and not written:
        _unwritten[has_records] = kept._newest


def _may_share(request: pytest.FixtureRequest) -> bool:
    """Whether a test computes from the curated records what any other would.

    Not where it replaces functions or settings, nor where others than its own connection write.
    """
    marker = request.node.get_closest_marker("django_db")
    has_own_transaction = marker is not None and not marker.kwargs.get("transaction")
    return has_own_transaction and not NOT_SHARED & set(request.fixturenames)
