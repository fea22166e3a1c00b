"""Pages that show no record read none, also right after a change: they ask for what they say of the site alone."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from labs.actions.versions import raise_data_version
from labs.models import Edition, GivenPassword, Stamp
from labs.queries import kept
from labs.queries.editions import data_version, newest_edition
from tests import factories, people

pytestmark = pytest.mark.django_db

VERSION, EDITIONS, RELEASES = "labs_dataversion", "labs_edition", "labs_aimodel"
OF_AN_ERROR = [RELEASES, EDITIONS]
"""The day to which the records are complete."""
OF_A_PAGE = [*OF_AN_ERROR, VERSION]
OF_VERSIONS = [VERSION, VERSION, "labs_proposal"]
"""How many there are, those of the page, and what changed with them."""


@pytest.fixture(autouse=True)
def changed(empty_database: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Something was public, and was looked at, and has changed since."""
    monkeypatch.setattr(kept, "version_now", Stamp.objects.current)
    kept.forget()
    Edition.objects.create(version="2026.12", complete_to=dt.date(2026, 8, 31))
    factories.access_event()
    raise_data_version()
    assert Client().get("/access/").status_code == 200
    raise_data_version("Something else.")
    yield
    kept.forget()


def tables_asked(ask: Callable[[], Any]) -> list[str]:
    """The first table of each query for records and versions, but those for the stamp."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    found = [re.search(r'FROM "(\w+)"', each["sql"]) for each in captured]
    tables = [each[1] for each in found if each is not None]
    return sorted(
        each for each in tables if each.startswith(("labs_", "commitments_")) and each != Stamp._meta.db_table
    )


@pytest.mark.parametrize(
    ("address", "status", "asked"),
    [
        ("/nowhere/", 404, OF_AN_ERROR),
        ("/report/?colour=red", 400, OF_AN_ERROR),
        ("/models/?as_of=tomorrow", 400, OF_AN_ERROR),
        ("/report/", 200, OF_A_PAGE),
        ("/report/received/", 200, OF_A_PAGE),
        ("/data/check/", 200, OF_A_PAGE),
        ("/data/dictionary/", 200, OF_A_PAGE),
        ("/data/package/", 200, OF_A_PAGE),
        ("/data/versions/", 200, [*OF_A_PAGE, *OF_VERSIONS]),
    ],
)
def test_a_page_without_a_record_asks_for_its_day_and_version_alone(client, address, status, asked):
    answers = []
    tables = tables_asked(lambda: answers.append(client.get(address)))

    assert answers[0].status_code == status
    assert b'complete to <time datetime="2026-08-31">' in answers[0].content
    assert tables == sorted(asked)
    assert not kept.store().is_read
    if status == 200:
        assert b"2026.12.1</code>" in answers[0].content


def test_neither_does_what_is_not_open_to_a_person_at_the_desk(client):
    client.force_login(people.researcher())
    answers = []
    tables = tables_asked(lambda: answers.append(client.get("/admin/auth/user/add/")))

    assert answers[0].status_code == 403
    assert [each for each in tables if each != GivenPassword._meta.db_table] == sorted(OF_AN_ERROR)
    assert not kept.store().is_read


def test_what_is_read_alone_is_read_once_and_of_the_state_that_others_read(monkeypatch):
    """An edition with its data version comes while the first thing is read."""
    read, is_there = Edition.objects.all, False

    def come() -> None:
        nonlocal is_there
        if not is_there:
            is_there = True
            Edition.objects.create(version="2027.1", complete_to=dt.date(2026, 9, 30))
            raise_data_version()

    def write_first(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        result = execute(sql, *arguments)
        if sql.startswith("SELECT") and 'FROM "labs_dataversion"' in sql and not is_there:
            come()
        return result

    with kept.one_version():
        older = kept.store()
        with connection.execute_wrapper(write_first):
            assert data_version() == "2027.1.0"
        assert str(newest_edition()) == "2027.1"
        assert kept.store() is not older  # which others may read within their snapshot
        assert tables_asked(lambda: (data_version(), newest_edition())) == []
        assert kept.records().version == read().first().data_versions.get()
