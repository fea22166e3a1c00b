"""What a test run reports about itself, and which skips are errors."""

import gc
import os
import sqlite3
from collections.abc import Generator
from functools import partial
from importlib.metadata import version
from typing import TypeVar

import pytest
from _pytest import runner
from django.db import connection
from hypothesis import HealthCheck, settings

from evaltracker.stack import with_room
from tests.postgres import REQUIRE_ALL, server_programs

pytest_plugins = ["tests.kept", "tests.records", "tests.rendered", "tests.other_databases"]

# How long an example takes says nothing of the rule: one imports a library, another waits for a busy machine.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
"""Without one of these, or the mark ``django_db``, pytest-django lets a test touch no database."""

FIRST = (
    "tests/test_outage.py",
    "tests/test_demo.py",
    "tests/browser/",
    "tests/test_first_release.py",
    "tests/test_migrations.py",
    "tests/evaltracker/test_killed.py",
    "tests/evaltracker/test_backup.py",
    "tests/test_both_databases.py",
    "tests/test_crawl.py",
)
"""What takes many seconds, most of it waiting for a browser, a server or another process."""

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def _database() -> str:
    if connection.vendor == "postgresql":
        return f"PostgreSQL (psycopg2 {version('psycopg2-binary')})"
    return f"SQLite {sqlite3.sqlite_version}"


def pytest_configure() -> None:
    """Run each test where the stack has room (``evaltracker.stack``): many tests call just at the end of a piece."""
    protocol = runner.runtestprotocol
    runner.runtestprotocol = partial(with_room, protocol)


def pytest_report_header() -> str:
    return f"database: {_database()}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = len(terminalreporter.getreports("skipped"))
    what = f"{skipped} skipped, for the reasons above" if skipped else "nothing skipped"
    terminalreporter.write_line(f"ran on {_database()}; {what}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests that are only for the other database, and on PostgreSQL those that ask for none.

    Those that wait come first. All of them begin in one process of several, in which they share a browser and a site,
    while the others compute; the run does not end with one of them.
    """
    here: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        here[_is_for(connection.vendor, item)].append(item)
    if here[False]:
        config.hook.pytest_deselected(items=here[False])
    items[:] = sorted(here[True], key=_turn)


def _turn(item: pytest.Item) -> int:
    return next((turn for turn, name in enumerate(FIRST) if item.nodeid.startswith(name)), len(FIRST))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while tests are collected, then more rarely, and never in modules and tests: else it takes
    a tenth of the run.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 200)
        gc.enable()


def _is_for(vendor: str, item: pytest.Item) -> bool:
    """Whether a test can answer otherwise on this database. What may not touch one answers alike: it runs on SQLite."""
    if marker := item.get_closest_marker("only_on"):
        return vendor in marker.args
    if item.get_closest_marker("answers"):
        return vendor == "sqlite"
    return vendor == "sqlite" or asks_for_database(item)


def asks_for_database(item: pytest.Item) -> bool:
    """Whether a test may touch the database."""
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _fail_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _fail_if_skipped((yield))


def _fail_if_skipped(report: Report) -> Report:
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get(REQUIRE_ALL):
        report.outcome = "failed"
        report.longrepr = f"{REQUIRE_ALL} is set, so this may not be skipped: {report.longrepr}"
    return report


@pytest.fixture
def _template_string_if_invalid_marker() -> None:
    """In place of pytest-django's, with which every test would ask for `monkeypatch`: none has its mark."""


@pytest.fixture
def one_release_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what a score is made of: a lab has one from its first release on, not from its third."""
    monkeypatch.setattr("commitments.rules.scorecards.FEWEST_RELEASES", 1)


@pytest.fixture
def postgres_programs() -> None:
    """For tests that start a cluster of their own."""
    if server_programs() is None:
        pytest.skip("PostgreSQL's server programs are not installed")
