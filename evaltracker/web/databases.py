"""Which database answers a request: the primary, or, for what the public reads, a replica that follows it.

With ``DATABASE_REPLICA_URL`` public pages are read from the replica while it follows and is not behind what this
process has shown already; else from the primary; else from the replica as it is, which pages say by their data version.
So the public is served while either is away.

Everything else has the primary alone: whoever is signed in, every form, and for a while whoever sent one. So a page
after a write is never older than the write for the person who wrote. Decision 14.
"""

import logging
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from evaltracker.web.public_answers import READING, is_personal
from labs.models import Version
from labs.queries.kept import newest_number, one_version, version_now

logger = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError)
"""What Django raises where the database cannot be reached or ends a query."""

QUERY_CANCELED = "57014"  # PostgreSQL, appendix A

REPLICA = "replica"
"""Its name in the setting ``DATABASES``."""
OF_THE_PRIMARY = ("/admin/", "/report/")
"""Addresses that belong to a write."""
WROTE = "wrote"
"""The cookie of who sent a form. It says nothing but that; the proxy's cache lets it pass too."""
WROTE_FOR = 300
"""Seconds for which it stays: longer than a replica that is read from can be behind (LAG and wal_receiver_timeout)."""
LAG = 30
"""Seconds by which a replica that has more to replay may be behind, and still be read from."""
PAUSE = 5.0
"""Seconds for which a database that did not answer is left alone, so that not every page waits for it."""
ASKED_EACH = 1.0
"""Seconds after which the replica is asked again whether it follows."""

_FOLLOWS = f"""SELECT EXISTS (SELECT FROM pg_stat_wal_receiver) AND (
    pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn()
    OR clock_timestamp() - pg_last_xact_replay_timestamp() < interval '{LAG} s')"""  # noqa: S608

_primaries = threading.local()
_silent_until: dict[str, float] = {}
_follows_until = 0.0


class ReplicaMiddleware:
    """Chooses the database of each request. It runs before all that reads records."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if REPLICA not in settings.DATABASES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not may_read_replica(request):
            read_from(DEFAULT_DB_ALIAS)
            response = self.get_response(request)
            if request.method not in READING:
                secure = settings.SESSION_COOKIE_SECURE
                response.set_cookie(WROTE, "1", WROTE_FOR, secure=secure, httponly=True, samesite="Lax")
            return response
        chosen, version = choose()
        with one_version(version):
            response = self.get_response(request)
        if getattr(request, "database_is_away", False):  # it went away in the middle; to read twice harms nobody
            request.database_is_away = False
            if not _answers():
                leave_alone(chosen)
            read_from(DEFAULT_DB_ALIAS if chosen == REPLICA else REPLICA)
            response = self.get_response(request)
        return response


def may_read_replica(request: HttpRequest) -> bool:
    """Whether the request only reads, and what anybody may read, and comes from nobody who has just sent something."""
    return (
        request.method in READING
        and not request.path_info.startswith(OF_THE_PRIMARY)
        and not is_personal(request)
        and WROTE not in request.COOKIES
    )


def choose() -> tuple[str, Version | None]:
    """Read from the better of both databases; return which one that is, and the state of its records if it was asked.

    A database that does not answer is not asked again for a while, unless there is no other.
    """
    if REPLICA not in settings.DATABASES:
        return DEFAULT_DB_ALIAS, None
    if _is_asked(REPLICA):
        read_from(REPLICA)
        try:
            if follows() and (version := version_now()).number >= newest_number():
                return REPLICA, version
        except AWAY as error:
            leave_alone(REPLICA, error)
    if _is_asked(DEFAULT_DB_ALIAS):
        read_from(DEFAULT_DB_ALIAS)
        try:
            return DEFAULT_DB_ALIAS, version_now()
        except AWAY as error:
            leave_alone(DEFAULT_DB_ALIAS, error)
    read_from(REPLICA)
    return REPLICA, None


def follows() -> bool:
    """Whether the replica, which is read from, gets what the primary writes. Asked once a second. Raises AWAY."""
    global _follows_until
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql" or time.monotonic() < _follows_until:
        return True
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWS)
        is_following = bool(cursor.fetchone()[0])
    if is_following:
        _follows_until = time.monotonic() + ASKED_EACH
    return is_following


def read_from(alias: str) -> None:
    """Let this thread's queries that name no database go to this one until the next call.

    A router of Django's would leave out the queries that are written in SQL.
    """
    if not hasattr(_primaries, "connection"):
        _primaries.connection = connections[DEFAULT_DB_ALIAS]
    wanted: BaseDatabaseWrapper = _primaries.connection if alias == DEFAULT_DB_ALIAS else connections[alias]
    if connections[DEFAULT_DB_ALIAS] is not wanted:
        # Django looks after those that its handler names when a request begins, so it has not looked after this one.
        wanted.close_if_unusable_or_obsolete()
        connections[DEFAULT_DB_ALIAS] = wanted


def is_away(error: BaseException | None) -> bool:
    """Whether an error says that the database cannot be reached or has ended a query for a reason of its own.

    A query that took too long would take as long elsewhere.
    """
    return isinstance(error, AWAY) and not is_slow(error)


def is_slow(error: BaseException | None) -> bool:
    """Whether an error says that a query was ended as it took longer than the setting PUBLIC_QUERY_SECONDS."""
    if not isinstance(error, OperationalError):
        return False
    return getattr(error.__cause__, "pgcode", None) == QUERY_CANCELED or str(error) == "interrupted"


def leave_alone(alias: str, error: BaseException | None = None) -> None:
    """Ask this database for no public page for a while."""
    if _is_asked(alias):
        name = "replica" if alias == REPLICA else "primary"
        logger.warning("The %s is away, and public pages are read without it: %s", name, error or "a query broke off")
    _silent_until[alias] = time.monotonic() + PAUSE


def _is_asked(alias: str) -> bool:
    return time.monotonic() >= _silent_until.get(alias, 0.0)


def _answers() -> bool:
    connection = connections[DEFAULT_DB_ALIAS]
    return connection.connection is not None and connection.is_usable()
