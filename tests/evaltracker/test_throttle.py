"""Guessed passwords wait; nobody locks an editor out from everywhere; a busy database is no error of ours."""

import re
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import PBKDF2PasswordHasher, identify_hasher
from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaltracker.admin import signing_in
from evaltracker.admin.signing_in import BUSY
from evaltracker.admin.throttle import GUESSES_OF_A_NAME, KNOWN, counted_name
from evaltracker.admin.typed import KEPT
from tests import people
from tests.evaltracker.test_signing_in_again import kept_by, with_password

pytestmark = pytest.mark.django_db

HERE, SAME_CONNECTION, ELSEWHERE = "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"


@pytest.fixture(autouse=True)
def _throttled(settings: Any) -> None:
    settings.AXES_ENABLED = True


@pytest.fixture
def ada() -> User:
    return with_password(people.editor())


def typed(name: str, password: str, address: str = HERE, **more: str) -> HttpResponse:
    return Client().post(
        reverse("admin:login"), {"username": name, "password": password}, REMOTE_ADDR=address, headers=more
    )


def guess(name: str, times: int, address: str = HERE) -> list[int]:
    return [typed(name, f"guess {number}", address).status_code for number in range(times)]


def words(response: HttpResponse) -> str:
    return response.content.decode()


def test_five_wrong_passwords_lock_a_name_for_one_connection_and_say_for_how_long(ada):
    assert guess(ada.username, 6) == [200, 200, 200, 200, 429, 429]

    refused = typed(ada.username, "correct horse", SAME_CONNECTION)

    assert refused.status_code == 429
    assert "You can try again in 15 minutes." in words(refused)
    assert 0 < int(refused["Retry-After"]) <= 15 * 60
    assert refused["Cache-Control"] == "no-store"
    assert 'name="password"' not in words(refused)


def test_the_same_name_elsewhere_and_another_name_here_are_not_locked(ada):
    guess(ada.username, 5)

    assert typed(ada.username, "correct horse", ELSEWHERE).status_code == 302
    assert typed(with_password(people.editor()).username, "correct horse").status_code == 302


def test_many_who_guess_at_a_name_keep_its_person_out_nowhere_where_they_work(ada):
    usual = Client()
    assert sign_in(usual, ada).status_code == 302
    assert usual.get(reverse("admin:index")).status_code == 200
    networks = [f"2001:db8:2:{number}::1" for number in range(GUESSES_OF_A_NAME // 5)]
    digest = counted_name(HttpRequest(), {"username": ada.username})
    AccessAttempt.objects.bulk_create(
        AccessAttempt(username=digest, ip_address=each, failures_since_start=5, attempt_time=timezone.now())
        for each in networks[1:]
    )
    assert guess(ada.username, 5, networks[0]) == [200, 200, 200, 200, 429]

    refused = typed(ada.username, "correct horse", ELSEWHERE)

    assert refused.status_code == 429
    assert "Somebody tries many passwords for this name" in words(refused)
    assert "15 minutes" in words(refused)
    assert AccessAttempt.objects.count() == len(networks)  # what was not looked at makes nobody wait longer
    assert typed(with_password(people.editor()).username, "correct horse", ELSEWHERE).status_code == 302
    usual.post(reverse("admin:logout"))
    assert sign_in(usual, with_password(people.researcher())).status_code == 302
    usual.post(reverse("admin:logout"))
    assert sign_in(usual, ada).status_code == 302

    forged = Client()
    forged.cookies[KNOWN] = f"{digest}:forged"
    assert sign_in(forged, ada).status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert typed(ada.username, "correct horse", ELSEWHERE).status_code == 302


def sign_in(client: Client, person: User, address: str = "2001:db8:3::1") -> HttpResponse:
    data = {"username": person.username, "password": "correct horse"}
    return client.post(reverse("admin:login"), data, REMOTE_ADDR=address)


def test_a_browser_is_known_after_all_steps_and_its_cookie_says_nothing(ada, settings):
    settings.SECOND_FACTOR = True
    client = Client()
    sign_in(client, ada)
    assert "Set up a second factor" in words(client.get(reverse("admin:index")))
    assert KNOWN not in client.cookies
    settings.SECOND_FACTOR = False
    client.get(reverse("admin:index"))
    cookie = client.cookies[KNOWN]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/admin/", True, "Lax")
    assert ada.username not in cookie.value
    assert KNOWN not in client.get(reverse("admin:index")).cookies


def test_trying_meanwhile_makes_nobody_wait_longer_and_then_it_is_over(ada):
    guess(ada.username, 5)
    AccessAttempt.objects.update(attempt_time=AccessAttempt.objects.get().attempt_time - timedelta(minutes=14))
    refused = typed(ada.username, "correct horse")
    assert "You can try again in a minute." in words(refused)

    AccessAttempt.objects.update(attempt_time=AccessAttempt.objects.get().attempt_time - timedelta(minutes=1))

    assert typed(ada.username, "correct horse").status_code == 302


def test_a_right_password_forgets_the_wrong_ones_before_it(ada):
    guess(ada.username, 4)
    assert typed(ada.username, "correct horse").status_code == 302
    assert not AccessAttempt.objects.exists()
    assert guess(ada.username, 4) == [200] * 4


def test_behind_a_proxy_that_we_trust_its_word_on_the_address_counts_and_else_nobodys(ada, settings):
    settings.TRUST_X_FORWARDED_FOR = True
    for number in range(5):
        # What stands before the proxy's own word is the visitor's invention.
        typed(ada.username, "guess", "10.0.0.1", **{"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"})
    assert typed(ada.username, "correct horse", "10.0.0.1", **{"X-Forwarded-For": "198.51.100.7"}).status_code == 429
    assert typed(ada.username, "correct horse", "10.0.0.1", **{"X-Forwarded-For": "198.51.100.8"}).status_code == 302

    settings.TRUST_X_FORWARDED_FOR = False
    forged = {"X-Forwarded-For": "198.51.100.7"}
    assert typed(ada.username, "correct horse", "10.0.0.1", **forged).status_code == 302


def test_an_address_that_a_proxy_did_not_fill_in_is_counted_as_one(ada, settings):
    settings.TRUST_X_FORWARDED_FOR = True
    assert [typed(ada.username, "guess").status_code for _ in range(6)][4:] == [429, 429]


def test_nothing_of_what_was_typed_is_kept_and_names_that_nobody_has_are_counted_too(ada):
    agent = {"User-Agent": "A browser", "Accept": "text/html"}
    typed("my secret password", "other secret", **agent)
    client = Client()
    asked = client.post(reverse("admin:labs_lab_add"), {"name": "Secret lab"})
    client.post(
        reverse("admin:labs_lab_add"),
        {KEPT: kept_by(asked), "sign-in-username": ada.username, "sign-in-password": "other secret"},
        headers=agent,
    )

    rows = AccessAttempt.objects.values()
    assert len(rows) == 2
    kept = str([list(row.values()) for row in rows])
    for secret in ("secret", "browser", "text/html", "admin", ada.username):
        assert secret not in kept
    assert "AccessAttempt" not in words(client.get(reverse("admin:index")))


def test_typed_work_stays_on_the_page_of_somebody_who_has_to_wait(ada):
    url, client = reverse("admin:labs_lab_add"), Client()
    page = client.post(url, {"name": "New lab"})
    for _ in range(6):
        page = client.post(
            url, {KEPT: kept_by(page), "sign-in-username": ada.username, "sign-in-password": "wrong"}, REMOTE_ADDR=HERE
        )
    assert page.status_code == 429
    assert "You can try again in 15 minutes." in words(page)
    assert "New lab" in kept_by(page)
    assert page["Retry-After"]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """What the next log-ins raise, one after the other."""
    errors: list[Exception] = []

    def login(request: HttpRequest, user: User) -> None:
        real(request, user)  # a part of it may have been done already
        if errors:
            raise errors.pop(0)

    real = signing_in.login
    monkeypatch.setattr(signing_in, "login", login)
    monkeypatch.setattr("django.contrib.auth.views.auth_login", login)
    return errors


def test_a_busy_database_is_said_and_nobody_is_half_signed_in(ada, failing):
    failing.append(OperationalError("database is locked"))
    client = Client(raise_request_exception=False)

    response = client.post(reverse("admin:login"), {"username": ada.username, "password": "correct horse"})

    assert response.status_code == 503
    assert BUSY in words(response)
    assert response["Retry-After"] == "60"
    assert client.get(reverse("admin:index")).status_code == 302
    again = client.post(reverse("admin:login"), {"username": ada.username, "password": "correct horse"})
    assert again.status_code == 302


def test_two_log_ins_that_meet_are_tried_once_more(ada, failing):
    failing.append(IntegrityError("UNIQUE constraint failed"))
    assert typed(ada.username, "correct horse").status_code == 302
    failing += [IntegrityError("UNIQUE constraint failed")] * 2
    assert typed(ada.username, "correct horse").status_code == 503


def test_typed_work_stays_where_the_database_is_busy(ada, failing):
    url, client = reverse("admin:labs_lab_add"), Client(raise_request_exception=False)
    page = client.post(url, {"name": "New lab"})
    failing.append(OperationalError("database is locked"))
    sign_in = {"sign-in-username": ada.username, "sign-in-password": "correct horse"}

    busy = client.post(url, {KEPT: kept_by(page)} | sign_in)

    assert busy.status_code == 503
    assert BUSY in words(busy)
    assert client.get(url).status_code == 302
    assert "New lab" in words(client.post(url, {KEPT: kept_by(busy)} | sign_in))


def test_another_fault_of_the_database_is_not_called_busy(ada, failing):
    failing.append(OperationalError("server closed the connection"))
    client = Client(raise_request_exception=False)
    response = client.post(reverse("admin:login"), {"username": ada.username, "password": "correct horse"})
    assert response.status_code == 503
    assert BUSY not in words(response)


def test_new_passwords_are_argon2_and_an_older_hash_is_renewed_by_its_person(ada, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    ada.password = PBKDF2PasswordHasher().encode("correct horse", "salt", iterations=1000)
    ada.save()

    assert typed(ada.username, "correct horse").status_code == 302

    ada.refresh_from_db()
    assert identify_hasher(ada.password).algorithm == "argon2"
    assert re.match(r"argon2\$argon2id\$", ada.password)
    assert typed(ada.username, "correct horse").status_code == 302
