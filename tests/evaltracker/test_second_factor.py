"""The second factor: set up at the first log-in, asked for at each, and reset by another administrator."""

import html
import re
from base64 import b32decode
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from evaltracker.admin.steps import STEP
from evaltracker.admin.typed import KEPT
from evaltracker.models import AuditEntry
from labs.models import GivenPassword, Lab
from tests import people
from tests.admin_forms import form_data
from tests.evaltracker.desk_pages import desk_of, root, url_of
from tests.evaltracker.test_at_once import taking_no_writes
from tests.evaltracker.test_signing_in_again import kept_by, with_password

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]

INDEX = "/admin/"


@pytest.fixture(autouse=True)
def _on(settings: Any) -> None:
    settings.SECOND_FACTOR = True


@pytest.fixture
def ed() -> User:
    return with_password(people.editor())


def words(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


def signed_in(person: User) -> Client:
    client = Client()
    client.post(reverse("admin:login"), {"username": person.username, "password": "correct horse"})
    return client


def code_of(key: bytes, ahead: int = 0) -> str:
    totp = TOTP(key)
    totp.time = timezone.now().timestamp() + ahead * 30
    return f"{totp.token():06d}"


def key_on(page: HttpResponse) -> bytes:
    return b32decode(re.search(r"Key: <code>([A-Z2-7 ]+)</code>", page.content.decode())[1].replace(" ", ""))


def enrolled(person: User, url: str = INDEX, **more: str) -> tuple[Client, list[str]]:
    client = signed_in(person)
    key = key_on(client.get(url))
    done = client.post(url, {STEP: "enrol", "step-code": code_of(key)} | more)
    return client, re.findall(r"<li><code>([a-z2-7]{8})</code></li>", done.content.decode())


def ahead(person: User, steps: int = 1) -> str:
    """A code that was not used yet: the one of the next half-minute."""
    return code_of(TOTPDevice.objects.get(user=person).bin_key, steps)


def kept_on(page: HttpResponse) -> str:
    return html.unescape(re.search(rf'name="{KEPT}" value="([^"]*)"', page.content.decode())[1])


def test_an_editor_sets_a_device_up_before_the_desk_opens_and_gets_codes_to_write_down(ed):
    client = signed_in(ed)
    page = client.get(reverse("admin:labs_lab_changelist"))
    assert "Set up a second factor" in words(page)
    assert "<svg" in words(page)
    assert not re.search(r"style=|<script[^>]*>[^<]", words(page).split("<main")[-1].split("factor-picture")[-1])
    assert key_on(client.get(INDEX)) == key_on(page)
    wrong = client.post(INDEX, {STEP: "enrol", "step-code": "no code"})
    assert "This code is not right" in words(wrong)
    assert not TOTPDevice.objects.exists()

    client, codes = enrolled(ed)

    assert len(set(codes)) == 10
    assert client.get(INDEX).status_code == 200
    assert "Set up" not in words(client.get(INDEX))
    assert AuditEntry.objects.filter(kind="factor_enrolled", by=ed, whom=ed).count() == 1
    for page in (client.get(INDEX), desk_of(root()).get(url_of(ed))):
        assert not any(code in words(page) for code in codes)


def test_a_log_in_asks_for_a_code_and_takes_each_only_once(ed):
    enrolled(ed)
    client, again = signed_in(ed), signed_in(ed)
    assert "Your second factor" in words(client.get(INDEX))
    code = ahead(ed)
    assert client.post(INDEX, {STEP: "code", "step-code": f" {code[:3]} {code[3:]} "})["Location"] == INDEX
    assert client.get(reverse("admin:labs_lab_changelist")).status_code == 200
    assert "not right, or was used" in words(again.post(INDEX, {STEP: "code", "step-code": code}))
    assert "Your second factor" in words(again.get(reverse("admin:labs_lab_changelist")))


def test_a_code_that_the_database_cannot_note_says_so_on_the_page(ed):
    enrolled(ed)
    client, code = signed_in(ed), ahead(ed)
    with taking_no_writes():
        refused = client.post(INDEX, {STEP: "code", "step-code": code})
    assert refused.status_code == 403
    assert "The database could not store it" in words(refused)
    assert client.post(INDEX, {STEP: "code", "step-code": code})["Location"] == INDEX  # it was not used up


def test_a_code_that_was_written_down_opens_the_desk_once(ed):
    _, codes = enrolled(ed)
    client = signed_in(ed)
    assert client.post(INDEX, {STEP: "code", "step-code": codes[3].upper()}).status_code == 302
    assert client.get(reverse("admin:labs_lab_changelist")).status_code == 200
    other = signed_in(ed)
    assert "not right" in words(other.post(INDEX, {STEP: "code", "step-code": codes[3]}))
    assert StaticToken.objects.count() == 9


def test_wrong_codes_wait_longer_and_longer_and_are_told(ed):
    enrolled(ed)
    client = signed_in(ed)
    assert "not right" in words(client.post(INDEX, {STEP: "code", "step-code": "000000"}))
    TOTPDevice.objects.update(
        throttling_failure_count=6, throttling_failure_timestamp=timezone.now() - timedelta(seconds=5)
    )
    page = words(client.post(INDEX, {STEP: "code", "step-code": ahead(ed)}))
    assert "It takes another one from" in page
    assert "Your second factor" in words(client.get(INDEX))
    told = AuditEntry.objects.filter(kind="failed", whom=ed)
    assert [each.words for each in told] == ["the second factor"]


def test_without_the_code_no_address_shows_or_saves_anything(ed):
    enrolled(ed)
    client = signed_in(ed)
    for name in ("labs_lab_changelist", "labs_lab_add", "my_name", "password_change", "jsi18n", "notices"):
        url = reverse(f"admin:{name}")
        assert "Your second factor" in words(client.get(url)), name
        assert "Your second factor" in words(client.post(url, {"name": "Forged", "key": "forged", "_save": "1"}))
    forged = {STEP: "enrol", "step-code": "123456"}
    assert "Your second factor" in words(client.post(INDEX, forged))
    assert not Lab.objects.exists()


def test_typed_work_survives_the_password_the_new_password_and_the_code(ed):
    url = reverse("admin:labs_lab_add")
    enrolled(ed)
    GivenPassword.objects.create(person=ed, given_by=people.administrator())
    client = Client()
    asked = client.post(url, {"name": "New lab"})
    sign_in = {"sign-in-username": ed.username, "sign-in-password": "correct horse"}
    page = client.post(url, {KEPT: kept_by(asked)} | sign_in)
    assert "Your second factor" in words(page)
    page = client.post(url, {KEPT: kept_on(page), STEP: "code", "step-code": "1"})
    page = client.post(url, {KEPT: kept_on(page), STEP: "code", "step-code": StaticToken.objects.first().token})
    assert "Choose a password of your own" in words(page)
    new = {"step-new_password1": "only mine, and long", "step-new_password2": "only mine, and long"}
    page = client.post(url, {KEPT: kept_on(page), STEP: "password"} | new)
    assert form_data(page)["name"] == "New lab"
    assert not Lab.objects.exists()


def test_typed_work_survives_setting_a_device_up(ed):
    url, client = reverse("admin:labs_lab_add"), signed_in(ed)
    page = client.post(url, {"name": "New lab"})
    done = client.post(url, {KEPT: kept_on(page), STEP: "enrol", "step-code": code_of(key_on(page))})
    assert "Write these codes down" in words(done)
    assert form_data(client.post(url, {KEPT: kept_on(done)}))["name"] == "New lab"


def test_researchers_need_none_and_editors_only_where_it_is_on(ed, settings):
    assert signed_in(with_password(people.researcher())).get(INDEX).status_code == 200
    assert "Set up" in words(signed_in(with_password(people.administrator())).get(INDEX))
    settings.SECOND_FACTOR = False
    assert "Set up" not in words(signed_in(ed).get(INDEX))


def test_another_administrator_resets_a_lost_device_and_all_are_told(ed):
    boss = people.administrator()
    old, _ = enrolled(ed)
    boss_desk, _ = enrolled(with_password(boss))
    url = reverse("admin:reset_factor", args=[ed.pk])
    assert "lost the device" in words(boss_desk.get(url))
    assert TOTPDevice.objects.filter(user=ed).exists()

    assert boss_desk.post(url, {"reset": "yes"}).status_code == 302

    assert not TOTPDevice.objects.filter(user=ed).exists()
    assert AuditEntry.objects.filter(kind="factor_reset", by=boss, whom=ed).count() == 1
    assert GivenPassword.objects.get().given_by == boss
    assert "/admin/login/" in old.get(INDEX)["Location"]
    assert "Choose a password of your own" in words(signed_in(ed).get(INDEX))


def test_nobody_resets_their_own_and_only_superusers_that_of_a_superuser(ed):
    boss, top = with_password(people.administrator()), root()
    for someone, whom in ((boss, boss), (boss, top), (ed, people.editor())):
        client, _ = enrolled(someone)
        assert client.post(reverse("admin:reset_factor", args=[whom.pk]), {"reset": "yes"}).status_code == 403
        TOTPDevice.objects.all().delete()
    assert not AuditEntry.objects.filter(kind="factor_reset").exists()


def test_on_the_server_a_command_resets_it(ed):
    enrolled(ed)
    call_command("reset_second_factor", ed.username, verbosity=0)
    assert AuditEntry.objects.get(kind="factor_reset").words == "on the server"
    assert not TOTPDevice.objects.exists()
    with pytest.raises(CommandError, match="nobody with the user name"):
        call_command("reset_second_factor", "somebody")


def test_no_page_of_the_desk_shows_the_secret_keys(ed, settings):
    enrolled(ed)
    settings.SECOND_FACTOR = False
    client = desk_of(root())
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert client.get("/admin/otp_static/staticdevice/").status_code == 404


OWN = "/admin/me/second-factor/"


def own(client: Client, do: str, password: str = "correct horse", **fields: str) -> HttpResponse:
    """What the person's own page answers to one of its forms."""
    data = {"password": password} | fields
    return client.post(OWN, {"do": do} | {f"{do}-{name}": value for name, value in data.items()})


def nobody_waits() -> None:
    """After a wrong code the desk takes none for a second."""
    StaticDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)


def codes_on(page: HttpResponse) -> list[str]:
    return re.findall(r"<li><code>([a-z2-7]{8})</code></li>", page.content.decode())


def told_of(person: User) -> list[tuple[str, str]]:
    kinds = AuditEntry.objects.filter(whom=person, by=person, kind__startswith="factor").order_by("pk")
    return list(kinds.values_list("kind", "words"))


def test_a_researcher_sets_one_up_of_their_own_will_and_takes_it_away(
    mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    ada = with_password(people.researcher())
    User.objects.filter(pk=ada.pk).update(email="ada@example.org")
    client = signed_in(ada)
    code = code_of(key_on(client.get(OWN)))
    assert "This is not your password" in words(own(client, "set_up", "wrong", new_code=code))
    assert "This code is not right" in words(own(client, "set_up", new_code="no code"))
    assert not TOTPDevice.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        codes = codes_on(own(client, "set_up", new_code=code))

    assert len(set(codes)) == 10
    assert client.get(OWN).status_code == 200  # this session showed it
    assert "Your second factor" in words(signed_in(ada).get(INDEX))
    assert "This code is not right" in words(own(client, "remove", code="no code"))
    nobody_waits()
    with django_capture_on_commit_callbacks(execute=True):
        assert own(client, "remove", code=codes[0])["Location"] == OWN
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert signed_in(ada).get(reverse("admin:my_name")).status_code == 200
    assert told_of(ada) == [("factor_enrolled", ""), ("factor_removed", "")]
    assert [each.to for each in mailoutbox] == [["ada@example.org"]] * 2
    assert "it was removed" in mailoutbox[1].body


def test_an_editor_renews_the_codes_and_replaces_the_device_but_keeps_one(ed: User) -> None:
    client, old = enrolled(ed)
    other = signed_in(ed)
    other.post(INDEX, {STEP: "code", "step-code": old[0]})
    page = client.get(OWN)
    assert "Remove it" not in words(page)
    assert not codes_on(page)
    own(client, "remove", code=old[1])
    assert TOTPDevice.objects.filter(user=ed).exists()

    new = codes_on(own(client, "renew", code=old[2]))
    assert len(set(new) - set(old)) == 10
    assert "This code is not right" in words(own(client, "renew", code=old[3]))
    nobody_waits()

    key = key_on(client.get(OWN))
    assert "This code is not right" in words(own(client, "replace", new_code="123", code=new[0]))
    assert "This is not your password" in words(own(client, "replace", "x", new_code=code_of(key), code=new[0]))
    assert "This code is not right" in words(own(client, "replace", new_code=code_of(key), code="zzzzzzzz"))
    assert StaticToken.objects.count() == 10  # nothing was used up
    nobody_waits()
    assert len(codes_on(own(client, "replace", new_code=code_of(key), code=new[0]))) == 10

    assert TOTPDevice.objects.get(user=ed).bin_key == key
    assert key_on(client.get(OWN)) != key
    assert "Your second factor" in words(other.get(reverse("admin:my_name")))
    assert client.get(reverse("admin:my_name")).context["title"] == "Your name in public"
    assert told_of(ed) == [
        ("factor_enrolled", ""), ("factor_codes", ""), ("factor_enrolled", "in place of another one"),
    ]  # fmt: skip


def test_where_it_is_off_the_page_says_so_and_changes_nothing(ed: User, settings: Any) -> None:
    settings.SECOND_FACTOR = False
    client = signed_in(ed)
    assert "asks for a password alone" in words(client.get(OWN))
    assert "asks for a password alone" in words(own(client, "set_up", new_code="123456"))
    assert not TOTPDevice.objects.exists()


def test_guessing_the_password_there_waits_as_at_the_log_in(ed: User, settings: Any) -> None:
    client, _ = enrolled(ed)
    settings.AXES_ENABLED = True
    assert [own(client, "renew", "guess", code="1").status_code for _ in range(6)] == [200, 200, 200, 200, 429, 429]
