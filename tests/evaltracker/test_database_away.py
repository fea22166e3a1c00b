"""What a reader gets while the database is away."""

import pytest
from django.db import InterfaceError, OperationalError

from labs.models import Stamp


@pytest.fixture(params=[OperationalError, InterfaceError])
def no_database(monkeypatch, client, request):
    def refuse(*_, **__):
        raise request.param("could not connect")

    monkeypatch.setattr(type(Stamp.objects), "current", refuse)
    monkeypatch.setattr("evaltracker.web.views.reports.receive_report", refuse)
    client.raise_request_exception = False


@pytest.mark.parametrize("path", ["/", "/labs/", "/labs.json", "/labs.csv"])
def test_without_a_database_pages_say_so_and_when_to_come_again(client, no_database, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "30", "no-store")
    assert "again in 30 seconds" in answer.content.decode()
    assert "could not connect" not in answer.content.decode()
    assert "Nothing that you sent" not in answer.content.decode()


def test_without_a_database_a_form_says_that_nothing_was_stored(client, no_database):
    answer = client.post("/report/", {"page": "/", "claim": "a", "wrong": "b", "source": "https://a.example"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Nothing that you sent was stored" in answer.content.decode()


def test_a_fault_of_ours_stays_a_500(client, monkeypatch):
    def fail(*_):
        raise ValueError

    monkeypatch.setattr(type(Stamp.objects), "current", fail)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Retry-After" not in answer
