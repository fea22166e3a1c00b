"""Sessions of the desk end after idle hours and after a day's work; log-in leads to pages of this site only."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from evaltracker.admin import sessions
from evaltracker.admin.sessions import BEGAN, SEEN
from tests import people
from tests.admin_forms import form_data
from tests.evaltracker.desk_pages import WRITES
from tests.evaltracker.test_signing_in_again import kept_by, sign_in, with_password

pytestmark = pytest.mark.django_db


class Clock:
    """Minutes after the test began."""

    def __init__(self) -> None:
        self.start, self.minutes = timezone.now().timestamp(), 0

    def __call__(self) -> float:
        return self.start + self.minutes * 60


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(sessions, "moment", clock)
    return clock


@pytest.fixture
def ed() -> User:
    return with_password(people.editor())


def signed_in(person: User, **more: str) -> Client:
    client = Client()
    client.post(reverse("admin:login"), {"username": person.username, "password": "correct horse"} | more)
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("admin:my_name")).status_code == 200


def test_two_hours_without_a_request_end_a_session_and_requests_keep_it(ed, clock):
    client = signed_in(ed)
    for minutes in (100, 200, 319):
        clock.minutes = minutes
        assert is_in(client), minutes
    clock.minutes = 319 + 121
    assert not is_in(client)
    clock.minutes = 319
    assert not is_in(client)  # it was ended, not only refused


def test_twelve_hours_end_it_however_busy_the_person_is(ed, clock):
    client = signed_in(ed)
    for minutes in range(0, 12 * 60 + 1, 60):
        clock.minutes = minutes
        assert is_in(client), minutes
    clock.minutes = 12 * 60 + 2
    assert not is_in(client)


@pytest.mark.parametrize("forged", ["9999999999", "9999999999:1vZ:x", ""])
def test_the_cookie_that_keeps_a_session_cannot_be_forged_or_taken_from_another_one(ed, clock, forged):
    client, other = signed_in(ed), signed_in(with_password(people.editor()))
    clock.minutes = 100
    assert is_in(other)
    clock.minutes = 150
    client.cookies[SEEN] = forged or other.cookies[SEEN].value
    assert not is_in(client)


def test_a_session_from_before_there_was_a_beginning_is_over(ed):
    client = signed_in(ed)
    session = client.session
    del session[BEGAN]
    session.save()
    assert not is_in(client)


def test_typed_work_survives_the_end_of_an_idle_session(ed, clock, empty_database):
    client, url = signed_in(ed), reverse("admin:labs_lab_add")
    clock.minutes = 121
    asked = client.post(url, {"name": "New lab"})
    assert form_data(sign_in(client, url, kept_by(asked), ed))["name"] == "New lab"


def test_ones_new_password_keeps_ones_own_session_and_ends_the_others(ed, clock):
    client, elsewhere = signed_in(ed), signed_in(ed)
    clock.minutes = 110
    assert is_in(client)
    assert is_in(elsewhere)
    own = {"old_password": "correct horse", "new_password1": "mine, and long", "new_password2": "mine, and long"}
    client.post(reverse("admin:password_change"), own)
    clock.minutes = 200
    assert is_in(client)
    assert not is_in(elsewhere)


def test_no_request_of_a_working_person_writes_to_the_database_for_it(ed, clock):
    client = signed_in(ed)
    clock.minutes = 30
    with CaptureQueriesContext(connection) as queries:
        assert is_in(client)
    assert [each["sql"] for each in queries if each["sql"].startswith(WRITES)] == []


def test_cookies_are_for_this_site_over_https_and_not_for_scripts(ed, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = signed_in(ed)
    client.get(reverse("admin:my_name"))
    for name in ("sessionid", "csrftoken", SEEN):
        cookie: Any = client.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax"), name
    assert client.cookies[SEEN]["path"] == "/admin/"


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    " https://evil.example/",
    "/\t/evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_log_in_leads_nowhere_else(ed, target):
    for address in (reverse("admin:login"), f"{reverse('admin:login')}?next=x"):
        response = Client().post(address, {"username": ed.username, "password": "correct horse", "next": target})
        assert response.status_code == 302
        assert response["Location"] == reverse("admin:index")
    asked = Client().get(reverse("admin:login"), {"next": target})
    assert f'action="{target}' not in asked.content.decode()


@pytest.mark.parametrize("target", ["/admin/labs/lab/?q=a", "/admin/me/", "/labs/"])
def test_log_in_leads_to_the_page_of_this_site_that_was_asked_for(ed, target):
    response = Client().post(
        reverse("admin:login"), {"username": ed.username, "password": "correct horse", "next": target}
    )
    assert response["Location"] == target


def test_the_numbers_of_the_settings(settings):
    assert timedelta(seconds=settings.DESK_IDLE_SECONDS) == timedelta(hours=2)
    assert timedelta(seconds=settings.SESSION_COOKIE_AGE) == timedelta(hours=12)
