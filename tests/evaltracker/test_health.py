"""What tells whether the site is alive and ready."""

import json
import logging

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from evaltracker.web import health
from evaltracker.web.code_version import source_version
from labs.models import DataVersion
from labs.rules.method import METHOD_VERSION


@pytest.fixture
def away(monkeypatch):
    """A database that cannot be reached; its words are not for everybody."""

    def refuse():
        raise OperationalError("password authentication failed for user evaltracker at 10.0.0.7")

    monkeypatch.setattr(connection, "ensure_connection", refuse)


def test_alive_asks_no_database_and_takes_any_host(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get("/healthz", headers={"host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, b"alive\n", "no-store")


def test_alive_while_the_database_is_away(client, away):
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_ready_names_what_pages_are_made_of(client, settings, django_assert_max_num_queries):
    settings.SECURE_SSL_REDIRECT = True
    with django_assert_max_num_queries(3):
        answer = client.get("/readyz", headers={"host": "10.1.2.3:8000"})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer.json() == {
        "ready": True,
        "missing": [],
        "data_version": DataVersion.objects.latest().name,
        "method_version": METHOD_VERSION,
        "code_version": source_version(),
    }


@pytest.mark.django_db
def test_ready_without_any_record(client, empty_database):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["data_version"]) == (200, None)


@pytest.mark.django_db
@pytest.mark.parametrize("app", ["labs", "commitments", "evaltracker", "auth"])
def test_a_migration_that_is_not_applied_is_not_ready(client, app):
    rows = MigrationRecorder(connection).migration_qs.filter(app=app)
    rows.get(pk=rows.order_by("-name").first().pk).delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["missing"] == ["Migrations that are not applied: 1."]
    assert answer.json()["ready"] is False


def test_a_database_that_is_away_is_not_ready_and_nothing_of_it_is_told(client, away, caplog):
    answer = client.get("/readyz")
    assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")
    assert answer.json()["missing"] == ["The database cannot be reached."]
    assert "10.0.0.7" not in answer.content.decode()
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR], "it would be told at each question"


def test_a_database_that_goes_away_meanwhile_is_not_ready(client, monkeypatch):
    def gone():
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(connection, "ensure_connection", lambda: None)
    monkeypatch.setattr(health, "migrations_missing", gone)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["The database does not answer."])


def test_no_setting_is_in_the_name_of_the_code(settings):
    source_version.cache_clear()
    before = source_version()
    settings.SITE_URL, settings.CACHES = "https://other.example", {"pages": {"LOCATION": "redis://:secret@host/0"}}
    source_version.cache_clear()
    assert source_version() == before


@pytest.mark.parametrize("path", health.WATCHED)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_both_are_read_only(client, path, method):
    answer = client.generic(method, path)
    assert (answer.status_code, answer["Allow"], answer["Cache-Control"]) == (405, "GET, HEAD", "no-store")


@pytest.mark.django_db
def test_only_these_two_addresses_are_taken(client, records):
    assert client.get("/healthz/").status_code == 404
    assert client.get("/readyz.json").status_code == 404
    assert json.loads(client.get("/data/openapi.json").content)["paths"].keys().isdisjoint(health.WATCHED)
