"""Counts for Prometheus: who may read them, and that they are right, over several processes too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from evaltracker.web import counts, metrics
from labs.actions import review
from labs.models import DataVersion, Proposal
from labs.queries.kept import version_now
from tests import factories, people

ROOT = Path(__file__).resolve().parents[2]
TOKEN = {"authorization": "Bearer a-long-token"}


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = "a-long-token"


def read(client: Client) -> dict[tuple, float]:
    answer = client.get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"].startswith("text/plain")
    return {
        (each.name, *each.labels.values()): each.value
        for family in text_string_to_metric_families(answer.content.decode())
        for each in family.samples
    }


@pytest.mark.django_db
def test_requests_are_counted_by_pattern_and_answers_by_where_they_came_from(records, settings, token):
    settings.PAGE_CACHE_BYTES = 8 * 1024 * 1024
    reader = Client()
    before = read(reader)
    first = reader.get("/labs/openai/")
    reader.get("/labs/openai/")
    reader.get("/labs/openai/", headers={"if-none-match": first["ETag"]})
    reader.get("/labs/anthropic/")
    reader.get("/labs/nobody-knows/")
    reader.get("/nothing/at/all/")
    after = read(reader)

    def grew(*name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    route = "labs/<slug:key>/"
    assert grew("evaltracker_requests_total", "GET", route, "2xx") == 3
    assert grew("evaltracker_requests_total", "GET", route, "3xx") == 1
    assert grew("evaltracker_requests_total", "GET", route, "4xx") == 1
    assert grew("evaltracker_requests_total", "GET", "none", "4xx") == 1
    assert grew("evaltracker_request_seconds_count", route) == 5
    assert [grew("evaltracker_public_answers_total", how) for how in ("kept", "not modified", "made")] == [1, 1, 4]
    assert not any("openai" in str(name) or "nobody-knows" in str(name) for name in after)


@pytest.mark.django_db
def test_the_state_of_the_record_is_told(client, records, token):
    review.submit(record=factories.lab(status="draft"), by=people.researcher())
    found = read(client)
    waiting = Proposal.objects.filter(stage="in_review").count()
    assert waiting
    assert found["evaltracker_proposals_in_review",] == waiting
    assert found["evaltracker_stamp",] == version_now().number
    assert found["evaltracker_database_up",] == 1
    assert any(DataVersion.objects.latest().name in name for name in found if name[0] == "evaltracker_info")


def test_while_the_database_is_away_the_counts_say_so(client, token, monkeypatch):
    def refuse():
        raise OperationalError

    monkeypatch.setattr(metrics, "newest_version", refuse)
    found = read(client)
    assert found["evaltracker_database_up",] == 0
    assert ("evaltracker_stamp",) not in found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("has_token", "on_loopback", "asked", "status"),
    [
        (False, False, {}, 404),
        (False, False, {"headers": TOKEN}, 404),
        (True, False, {"headers": TOKEN}, 200),
        (True, False, {}, 404),
        (True, False, {"headers": {"authorization": "Bearer "}}, 404),
        (True, False, {"headers": {"authorization": "Bearer a-long-token2"}}, 404),
        (True, False, {"headers": {"authorization": "Bearer ünïcode"}}, 404),
        (False, False, {"headers": {"authorization": "Bearer "}}, 404),
        (False, True, {}, 200),
        (False, True, {"REMOTE_ADDR": "::1"}, 200),
        (False, True, {"REMOTE_ADDR": "192.0.2.7"}, 404),
        (False, True, {"REMOTE_ADDR": ""}, 404),
        (False, True, {"headers": {"x-forwarded-for": "192.0.2.7"}}, 404),
        (False, True, {"headers": {"x-real-ip": "192.0.2.7"}}, 404),
        (True, True, {"REMOTE_ADDR": "192.0.2.7", "headers": TOKEN}, 200),
    ],
)
def test_who_may_read_them(client, settings, has_token, on_loopback, asked, status):
    settings.METRICS_TOKEN = "a-long-token" if has_token else ""
    settings.METRICS_ON_LOOPBACK = on_loopback
    answer = client.get("/metrics", **asked)
    assert answer.status_code == status
    assert (b"evaltracker_requests" in answer.content) is (status == 200)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["POST", "HEAD", "DELETE"])
def test_they_are_only_read(client, token, method):
    assert client.generic(method, "/metrics", headers=TOKEN).status_code in (404, 405)


def test_nothing_is_counted_where_nobody_may_ask(client, settings):
    settings.METRICS_TOKEN, settings.METRICS_ON_LOOPBACK = "", False
    labels = ("GET", "healthz", "2xx")
    before = counts.REQUESTS.labels(*labels)._value.get()
    client.get("/healthz")
    assert counts.REQUESTS.labels(*labels)._value.get() == before


WORKER = """
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
from evaltracker.web.counts import count
from evaltracker.web.metrics import CollectorRegistry, MultiProcessCollector, generate_latest
count("GET", "labs/", 200, 0.01, "kept")
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""


def test_several_processes_are_counted_together(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "ENV_FILE": "",
        "SECRET_KEY": "only-for-this-test",
        "METRICS_TOKEN": "token",
        "DJANGO_SETTINGS_MODULE": "evaltracker.settings",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
    }
    said = [
        subprocess.run(
            [sys.executable, "-c", WORKER], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        for _ in range(2)
    ]
    line = 'evaltracker_requests_total{method="GET",route="labs/",status="2xx"}'
    assert [f"{line} {number}" in each.stdout for number, each in zip(("1.0", "2.0"), said, strict=True)] == [
        True,
        True,
    ]
