"""A query of the public that takes too long is ended, and the answer says so; so is what a reader may still ask."""

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse

from labs.queries.snapshots import lasting_snapshot, one_snapshot, public_snapshot
from tests.two_at_once import in_thread, real_database

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT count(*) FROM n",
    "postgresql": "SELECT count(*) FROM generate_series(1, {}::bigint)",
}


def count_to(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ENDLESS[connection.vendor].format(number))
        cursor.fetchall()


@pytest.fixture
def impatient(settings, transactional_db):
    settings.PUBLIC_QUERY_SECONDS = 1


def tried(number: int = 10**12) -> str:
    try:
        count_to(number)
    except OperationalError:
        return "ended"
    return "done"


@pytest.mark.django_db(transaction=True)
def test_only_queries_of_the_public_have_a_limit_and_each_its_own(impatient, tmp_path, settings):
    def run():
        found = []
        with public_snapshot():
            found += [tried(1000)]
        with public_snapshot():
            found += [tried()]
        settings.PUBLIC_QUERY_SECONDS, settings.PUBLIC_FILE_SECONDS = 0.001, 60  # what comes next is longer
        with one_snapshot():
            found += [tried(200_000)]
        return [*found, tried(200_000)]

    with real_database(tmp_path):
        assert in_thread(run) == ["done", "ended", "done", "done"]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_outlasts_its_request_has_a_limit_of_its_own(settings, tmp_path):
    settings.PUBLIC_QUERY_SECONDS, settings.PUBLIC_FILE_SECONDS = 1, 60

    def run():
        with public_snapshot():
            lasting = lasting_snapshot()
            outlast = lasting.__enter__()
            outlast()
        inside = connection.in_atomic_block
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SHOW statement_timeout")
                assert cursor.fetchone() == ("1min",)
        lasting.__exit__(None, None, None)
        return inside, connection.in_atomic_block

    with real_database(tmp_path):
        assert in_thread(run) == (True, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/sources/", "/sources.json", "/sources.csv"])
def test_the_answer_says_that_it_takes_too_long(client, impatient, tmp_path, monkeypatch, path):
    def slow(*_, **__):
        count_to(10**12)
        return HttpResponse()

    monkeypatch.setattr("labs.web.lists.requested_day", slow)
    client.raise_request_exception = False
    with real_database(tmp_path):
        answer = in_thread(lambda: client.get(path))
    assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")
    assert "took too long for this address" in answer.content.decode()
