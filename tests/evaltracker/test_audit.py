"""The audit log: who signed in and who changed what anybody may do, added to and read, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from evaltracker.actions.audit import FAILURES_TOLD
from evaltracker.models import AuditEntry
from tests import people
from tests.admin_forms import form_data
from tests.evaltracker.desk_pages import desk_of, root, url_of
from tests.evaltracker.test_signing_in_again import with_password

pytestmark = pytest.mark.django_db

Told = list[tuple[str, str | None, str | None, str]]


@pytest.fixture
def ada() -> User:
    return with_password(people.editor())


def told_by(does: Callable[[], Any]) -> Told:
    """What the log tells of what somebody does: the kind, by whom, whom, in which words."""
    last = AuditEntry.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    does()
    new = AuditEntry.objects.filter(pk__gt=last).order_by("pk")
    return list(new.values_list("kind", "by__username", "whom__username", "words"))


def sign_in(name: str, password: str) -> Client:
    client = Client()
    client.post(reverse("admin:login"), {"username": name, "password": password})
    return client


def test_log_ins_log_outs_and_failures_are_told_without_what_was_typed(ada):
    name = ada.username
    client = Client()
    assert told_by(lambda: client.post(reverse("admin:login"), {"username": name, "password": "correct horse"})) == [
        ("signed_in", name, name, "")
    ]
    assert told_by(lambda: client.post(reverse("admin:logout"))) == [("signed_out", name, name, "")]
    assert told_by(lambda: client.post(reverse("admin:logout"))) == []
    assert told_by(lambda: sign_in(name, "a wrong password")) == [("failed", None, name, "")]
    assert told_by(lambda: sign_in("my password by mistake", "x")) == [("failed", None, None, "a name that nobody has")]
    assert told_by(lambda: sign_in("a\0b", "x")) == []


def test_a_lock_is_told_and_whoever_guesses_cannot_fill_the_log(ada, settings):
    settings.AXES_ENABLED = True
    told = told_by(lambda: [sign_in(ada.username, "guess") for _ in range(6)])
    assert told[:5] == [("failed", None, ada.username, "")] * 4 + [told[4]]
    assert ("locked", None, ada.username, "") in told
    settings.AXES_ENABLED = False
    told = told_by(lambda: [sign_in(f"nobody {number}", "guess") for number in range(FAILURES_TOLD + 3)])
    assert len(told) == FAILURES_TOLD


def test_an_administrator_enters_a_person_and_changes_roles_and_activity():
    boss, client = people.administrator(), Client()
    client.force_login(boss)
    add, editor = reverse("admin:auth_user_add"), Group.objects.get(name="Editor")
    password = {"usable_password": "true", "password1": "quite a long one", "password2": "quite a long one"}
    entry = form_data(client.get(add)) | password | {"username": "new", "groups": [editor.pk]}
    assert told_by(lambda: client.post(add, entry)) == [
        ("entered", boss.username, "new", ""),
        ("roles", boss.username, "new", "gained Editor"),
    ]
    person = User.objects.get(username="new")
    data = form_data(client.get(url_of(person)))
    del data["groups"], data["is_active"]
    assert told_by(lambda: client.post(url_of(person), data)) == [
        ("active", boss.username, "new", "no"),
        ("roles", boss.username, "new", "lost Editor"),
    ]


def test_a_password_is_told_with_whose_it_is(ada, monkeypatch):
    boss = people.administrator()
    two = {"usable_password": "true", "password1": "quite a long one", "password2": "quite a long one"}
    url = reverse("admin:auth_user_password_change", args=[ada.pk])
    assert told_by(lambda: desk_of(boss).post(url, two))[1:] == [
        ("password", boss.username, ada.username, "by somebody else")
    ]
    monkeypatch.setattr("getpass.getpass", lambda prompt: "another long one")
    told = told_by(lambda: call_command("changepassword", ada.username, verbosity=0))
    assert told == [("password", None, ada.username, "on the server")]


def test_ones_own_new_password_is_told_as_ones_own(ada):
    client, new = sign_in(ada.username, "correct horse"), "their own long one"
    own = {"old_password": "correct horse", "new_password1": new, "new_password2": new}
    told = told_by(lambda: client.post(reverse("admin:password_change"), own))
    assert told == [("password", ada.username, ada.username, "their own")]


def test_what_a_shell_or_a_command_changes_is_told_too(ada):
    name, editor = ada.username, Group.objects.get(name="Editor")
    review = Permission.objects.get(codename="review_proposal")

    def super_user() -> None:
        ada.is_superuser, ada.is_staff = True, False
        ada.save()

    assert told_by(super_user) == [("staff", None, name, "no"), ("superuser", None, name, "yes")]
    assert told_by(lambda: ada.user_permissions.add(review)) == [("permissions", None, name, "gained review_proposal")]
    assert told_by(lambda: ada.user_permissions.clear()) == [("permissions", None, name, "lost review_proposal")]
    assert told_by(lambda: editor.user_set.remove(ada)) == [("roles", None, name, "lost Editor")]
    assert told_by(lambda: editor.permissions.remove(review)) == [
        ("permissions", None, None, "the role Editor lost review_proposal")
    ]
    assert told_by(lambda: User.objects.create_superuser("another")) == [("entered", None, "another", "a superuser")]
    assert told_by(lambda: ada.save()) == []


def test_what_is_rolled_back_is_not_told(ada):
    def fails() -> None:
        with transaction.atomic():
            ada.is_active = False
            ada.save()
            transaction.set_rollback(True)

    assert told_by(fails) == []


@pytest.mark.parametrize("someone", [people.researcher, people.editor, people.person])
def test_the_log_is_none_of_a_researchers_or_an_editors_business(someone):
    entry = AuditEntry.objects.create(kind="signed_in")
    client = desk_of(someone())
    for url in (reverse("admin:evaltracker_auditentry_changelist"), url_of(entry), url_of(entry, "history")):
        assert client.get(url).status_code == 403
    assert "audit log" not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("someone", [people.administrator, root])
def test_administrators_read_the_log_and_nobody_changes_it(someone):
    entry = AuditEntry.objects.create(kind="password", whom=people.editor(), words="on the server")
    client, listed = desk_of(someone()), reverse("admin:evaltracker_auditentry_changelist")
    page = client.get(listed).content.decode()
    assert "on the server" in page
    assert client.get(listed, {"q": entry.whom.username, "kind__exact": "password"}).status_code == 200
    assert "_save" not in client.get(url_of(entry)).content.decode()
    for url in (url_of(entry), url_of(entry, "delete"), reverse("admin:evaltracker_auditentry_add")):
        assert client.post(url, {"words": "forged", "post": "yes"}).status_code == 403
    client.post(listed, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert AuditEntry.objects.get(pk=entry.pk).words == "on the server"


def test_the_list_runs_as_many_queries_for_one_as_for_many(django_assert_max_num_queries):
    client, listed = desk_of(people.administrator()), reverse("admin:evaltracker_auditentry_changelist")
    for _ in range(20):
        AuditEntry.objects.create(kind="roles", by=people.administrator(), whom=people.editor())
    with django_assert_max_num_queries(12):
        client.get(listed)


def test_an_entry_is_added_and_neither_changed_nor_deleted():
    entry = AuditEntry.objects.create(kind="signed_in")
    ways = (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(words="forged"),
        lambda: AuditEntry.objects.bulk_update([entry], ["words"]),
        lambda: AuditEntry.objects.update_or_create(pk=entry.pk, defaults={"words": "forged"}),
    )
    for way in ways:
        with pytest.raises(TypeError, match="only added to"), transaction.atomic():
            way()


SQL = {
    "sqlite": ["INSERT OR REPLACE INTO {0} (id, at, kind, words) SELECT id, at, kind, 'forged' FROM {0}"],
    "postgresql": [
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {0}",
        "INSERT INTO {0} (id, at, kind, words) SELECT id, at, kind, 'forged' FROM {0} "
        "ON CONFLICT (id) DO UPDATE SET words = 'forged'",
    ],
}


def test_the_database_itself_refuses():
    entry = AuditEntry.objects.create(kind="signed_in")
    for sql in ("UPDATE {0} SET words = 'forged'", "DELETE FROM {0}", *SQL[connection.vendor]):
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.format(AuditEntry._meta.db_table))
    assert AuditEntry.objects.get(pk=entry.pk).words == ""
    AuditEntry.objects.create(kind="signed_in")  # and it is added to
