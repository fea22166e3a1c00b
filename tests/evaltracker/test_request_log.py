"""One line of JSON for each request, a name in each line that is written meanwhile, and nothing personal in any."""

import io
import json
import logging
import re
import sys

import pytest
from django.conf import settings as configured
from django.core.exceptions import BadRequest
from django.db import IntegrityError
from django.test import Client
from django.urls import get_resolver

from evaltracker.web import request_log
from evaltracker.web.request_log import JsonLines, OneLine
from tests.test_urls import patterns

PERSONAL = "ada.lovelace@example.org"


@pytest.fixture
def log(settings):
    """What is written, as it is in production: a function that returns the lines since it was last asked."""
    settings.LOG_IS_JSON = True
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    handler.addFilter(OneLine())
    root, ours = logging.getLogger(), logging.getLogger(request_log.__name__)
    level = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)

    def lines() -> list[dict]:
        text = written.getvalue()
        written.seek(0)
        written.truncate()
        assert PERSONAL not in text
        return [json.loads(line) for line in text.splitlines()]

    yield lines
    root.removeHandler(handler)
    ours.setLevel(level)


@pytest.fixture
def asking(client) -> Client:
    client.raise_request_exception = False
    return client


@pytest.mark.django_db
def test_a_request_is_one_line_with_the_pattern_of_its_address(asking, records, log):
    answer = asking.get("/labs/openai/", {"as_of": "2024-05-24"})
    (line,) = log()
    assert line.pop("ms") > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert line.pop("request") == answer["X-Request-ID"]
    assert line == {
        "level": "INFO",
        "logger": "evaltracker.web.request_log",
        "method": "GET",
        "route": "labs/<slug:key>/",
        "status": 200,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "more", "status", "route", "refused"),
    [
        ("/", {}, 200, "/", None),
        (f"/search/?q={PERSONAL}", {}, 200, "search/", None),
        (f"/{PERSONAL}/", {}, 404, "none", None),
        (f"/labs/?as_of={PERSONAL}", {}, 400, "labs/", "BadParameters"),
        (f"/labs.json?{PERSONAL}=1", {}, 400, "labs.json", "BadParameters"),
        ("/", {"headers": {"host": PERSONAL}}, 400, "/", "DisallowedHost"),
        ("/labs/", {"headers": {"host": "evil.example\r\nfake: line"}}, 400, "labs/", "DisallowedHost"),
        (f"/labs/{PERSONAL.partition('@')[0].replace('.', '-')}/", {}, 404, "labs/<slug:key>/", None),
        (f"/admin/login/?next=/{PERSONAL}", {}, 200, "admin/login/", None),
        (f"/admin/labs/lab/{PERSONAL}/change/", {}, 302, "admin/labs/lab/<path:object_id>/change/", None),
    ],
)
def test_what_cannot_be_answered_is_one_line_too(asking, records, log, path, more, status, route, refused):
    answer = asking.get(path, **more)
    lines = log()
    assert [(line["status"], line["route"], line.get("refused")) for line in lines] == [(status, route, refused)]
    assert answer.status_code == status
    assert "at" not in lines[0]


@pytest.mark.django_db
def test_a_form_without_its_token_and_a_wrong_password_are_one_line_without_a_name(records, log):
    browser = Client(enforce_csrf_checks=True)
    browser.post("/admin/login/", {"username": PERSONAL, "password": "guess"})
    assert [(line["method"], line.get("refused")) for line in log()] == [("POST", "csrf")]
    Client().post("/admin/login/", {"username": PERSONAL, "password": "guess"})
    assert [line["route"] for line in log() if "route" in line] == ["admin/login/"]


@pytest.mark.django_db
@pytest.mark.parametrize("error", [IntegrityError(f"Key (email)=({PERSONAL}) exists."), ValueError(PERSONAL)])
def test_an_error_of_ours_says_its_kind_and_place_alone(asking, records, log, monkeypatch, error):
    def broken(*_, **__):
        raise error

    monkeypatch.setattr("labs.web.lists.requested_day", broken)
    answer = asking.get("/access/", {"q": PERSONAL})
    told, line = log()
    assert (told["level"], told["message"], told["error"]) == ("ERROR", "Internal Server Error", type(error).__name__)
    assert told["request"] == line["request"] == answer["X-Request-ID"]
    assert any(place.startswith("labs/web/lists.py:") for place in told["at"])
    assert re.fullmatch(r"tests/evaltracker/test_request_log\.py:\d+ broken", told["at"][-1])
    assert (line["level"], line["status"], line["route"]) == ("WARNING", 500, "access/")


@pytest.mark.django_db
def test_a_kept_answer_has_its_pattern_and_a_name_of_its_own(settings, records, log):
    settings.PAGE_CACHE_BYTES = 8 * 1024 * 1024
    reader = Client()
    names = [reader.get("/labs/openai/")["X-Request-ID"] for _ in range(2)]
    lines = log()
    assert [line["route"] for line in lines] == ["labs/<slug:key>/"] * 2
    assert [line["request"] for line in lines] == names
    assert names[0] != names[1]


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_what_watches_the_site_is_no_news(client, log, settings, path):
    settings.METRICS_TOKEN = "token"
    client.get("/healthz")
    assert log() == []


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("0af7651916cd43dd8448eb211c80319c", True),
        ("edge-1.b_2-9f", True),
        ("short", False),
        ("a" * 65, False),
        ("", False),
        ('evil"} {"level": "x', False),
        ("two lines\nhere", False),
        ("-starts-with-a-dash", False),
        ("naïve-name", False),
    ],
)
@pytest.mark.parametrize("is_trusted", [True, False])
def test_a_name_is_taken_from_a_trusted_proxy_if_it_is_well_formed(client, settings, given, is_taken, is_trusted):
    settings.TRUST_X_REQUEST_ID = is_trusted
    answer = client.get("/healthz", HTTP_X_REQUEST_ID=given)
    assert (answer["X-Request-ID"] == given) is (is_taken and is_trusted)
    if not (is_taken and is_trusted):
        assert re.fullmatch("[0-9a-f]{32}", answer["X-Request-ID"])


def test_an_odd_method_is_one_word(client, log, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    client.generic(PERSONAL.upper(), "/healthz")
    assert log() == []
    assert request_log.METHODS[0] == "GET"
    assert request_log.current_trace() is None


def record(name: str, message: object, *filled: object, **more) -> dict:
    made = logging.getLogger(name).makeRecord(name, logging.ERROR, "", 0, message, filled, **{"exc_info": None, **more})
    return json.loads(JsonLines().format(made))


def test_lines_of_others_keep_their_own_words_alone():
    assert record("gunicorn.error", "Error handling request %s", PERSONAL)["message"] == "Error handling request"
    assert (
        record("gunicorn.error", "Invalid request from ip=192.0.2.7: bad")["message"] == "Invalid request from ip=… bad"
    )
    assert record("django.security.csrf", "Forbidden (%s): %s", PERSONAL, "/x")["message"] == "Forbidden"
    assert record("somebody", ValueError(PERSONAL))["message"] == "ValueError"
    assert record("labs.actions", "%d of %d", 3, 4)["message"] == "3 of 4"
    assert "\n" not in json.dumps(record("labs.actions", "two\nlines"))


def test_at_a_terminal_a_bad_request_has_one_line_without_a_traceback(settings):
    settings.LOG_IS_JSON = False
    try:
        raise BadRequest("So.")
    except BadRequest:
        made = logging.getLogger("django.request").makeRecord(
            "django.request", logging.WARNING, "", 0, "Bad Request", (), sys.exc_info()
        )
    assert OneLine().filter(made)
    assert made.exc_info is None


@pytest.mark.django_db
def test_the_pattern_of_every_page_is_one_of_the_sites():
    known = set(patterns(get_resolver()))
    assert request_log._route("/labs/openai/") in known
    assert request_log._route(f"/{configured.STATIC_URL.strip('/')}/css/site.css") == "static"
    assert request_log._route("/nothing/here/") == "none"
