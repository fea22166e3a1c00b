"""People at the desk: roles are given by administrators, names by the people themselves."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labs.models import Record, Signature
from labs.models.base import Part
from tests import factories, people
from tests.admin_forms import form_data, messages_on
from tests.other_databases import step_by_step

pytestmark = pytest.mark.django_db

OURS = [
    model
    for app in ("labs", "commitments", "evaltracker")
    for model in apps.get_app_config(app).get_models()
    if not hasattr(model, "instance_type")  # a history: nobody writes it
]
# What each role may do with what is no record: view, add, change, delete.
OTHERS = {
    "edition": {"Researcher": "v", "Editor": "v", "Administrator": ""},
    "snapshot": {"Researcher": "va", "Editor": "va", "Administrator": ""},
    "proposal": {"Researcher": "v", "Editor": "v", "Administrator": ""},
    "proposalnote": {"Researcher": "", "Editor": "", "Administrator": ""},
    "distinction": {"Researcher": "", "Editor": "", "Administrator": ""},
    "taskmark": {"Researcher": "", "Editor": "", "Administrator": ""},
    "noticechoice": {"Researcher": "", "Editor": "", "Administrator": ""},
    "alias": {"Researcher": "v", "Editor": "v", "Administrator": ""},
    "dataversion": {"Researcher": "", "Editor": "", "Administrator": ""},
    "stamp": {"Researcher": "", "Editor": "", "Administrator": ""},
    "searchtext": {"Researcher": "", "Editor": "", "Administrator": ""},
    "givenpassword": {"Researcher": "", "Editor": "", "Administrator": ""},
    "signature": {"Researcher": "", "Editor": "", "Administrator": "v"},
    "auditentry": {"Researcher": "", "Editor": "", "Administrator": "v"},
    "errorreport": {"Researcher": "vc", "Editor": "vc", "Administrator": ""},
}
groups = import_module("evaltracker.migrations.0002_groups")
statements = import_module("evaltracker.migrations.0003_statements")
names = import_module("evaltracker.migrations.0004_other_names_of_releases")
corrections = import_module("evaltracker.migrations.0006_corrections")
audit = import_module("evaltracker.migrations.0009_audit_log")
SPECIAL = {"review_proposal", "merge_records", "lower_certainty"}
VERBS = {"v": "view", "a": "add", "c": "change", "d": "delete"}


def expected(role: str) -> set[str]:
    found = SPECIAL if role == "Editor" else set()
    for model in OURS:
        name = model._meta.model_name
        if issubclass(model, Record | Part):
            letters = "vacd" if role in ("Researcher", "Editor") else ""
        else:
            letters = OTHERS[name][role]
        found = found | {f"{VERBS[letter]}_{name}" for letter in letters}
    return found | ({"view_user", "add_user", "change_user", "view_group"} if role == "Administrator" else set())


@pytest.mark.parametrize("role", ["Researcher", "Editor", "Administrator"])
def test_each_role_may_do_what_is_decided_for_every_kind_and_no_more(role):
    found = set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))

    assert found == expected(role)


def test_there_are_no_other_roles():
    assert set(Group.objects.values_list("name", flat=True)) == {"Researcher", "Editor", "Administrator"}


@pytest.fixture
def then() -> Any:
    """The models as they were when the migrations ran."""
    return step_by_step().loader.project_state([("evaltracker", "0009_audit_log")]).apps


def given(role: str) -> set[str]:
    return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))


def test_the_migration_makes_the_permissions_that_are_not_there_yet(then):
    """In a fresh database permissions come after all migrations."""
    before = {role: given(role) for role in groups.GROUPS}
    Group.objects.all().delete()
    Permission.objects.all().delete()

    groups.make_groups(then, None)
    statements.allow_statements(then, None)
    names.allow_names(then, None)
    corrections.let_researchers_answer(then, None)
    audit.let_administrators_read(then, None)

    assert {role: given(role) for role in groups.GROUPS} == before


def test_the_migration_takes_a_group_of_that_name_as_it_is_and_gives_it_what_the_role_may(then):
    Group.objects.all().delete()
    group = Group.objects.create(name="Editor")
    group.permissions.set(Permission.objects.filter(codename="delete_user"))
    person = people.person(is_staff=True)
    person.groups.add(group)

    groups.make_groups(then, None)
    statements.allow_statements(then, None)
    names.allow_names(then, None)
    corrections.let_researchers_answer(then, None)
    audit.let_administrators_read(then, None)

    assert "review_proposal" in given("Editor")
    assert "delete_user" not in given("Editor")
    assert person.groups.get() == group


def test_undone_the_migration_leaves_the_groups_that_somebody_is_in(then):
    people.editor()

    groups.remove_groups(then, None)

    assert [group.name for group in Group.objects.all()] == ["Editor"]


def desk_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root", password="a root password")


def url_of(person: User, name="change") -> str:
    return reverse(f"admin:auth_user_{name}", args=[person.pk])


def test_an_administrator_enters_a_person_with_a_role():
    client = desk_of(people.administrator())
    add = reverse("admin:auth_user_add")
    editor = Group.objects.get(name="Editor")
    password = {"usable_password": "true", "password1": "quite a long one", "password2": "quite a long one"}

    response = client.post(add, form_data(client.get(add)) | password | {"username": "new", "groups": [editor.pk]})

    assert messages_on(response) == ""
    person = User.objects.get(username="new")
    assert person.is_staff
    assert not person.is_superuser
    assert list(person.groups.all()) == [editor]
    assert person.check_password("quite a long one")


def test_an_administrator_takes_a_role_away_and_puts_a_person_out_of_action():
    person, client = people.editor(), desk_of(people.administrator())
    data = form_data(client.get(url_of(person)))
    del data["groups"], data["is_active"]

    assert messages_on(client.post(url_of(person), data)) == ""

    person.refresh_from_db()
    assert (list(person.groups.all()), person.is_active) == ([], False)


def test_a_forged_form_makes_nobody_a_superuser_and_gives_no_single_permission():
    administrator, other = people.administrator(), people.researcher()
    client = desk_of(administrator)
    forged = {
        "is_superuser": "on",
        "user_permissions": [Permission.objects.get(codename="review_proposal").pk],
    }

    for person in (administrator, other):
        client.post(url_of(person), form_data(client.get(url_of(person))) | forged)
        person = User.objects.get(pk=person.pk)
        assert not person.is_superuser
        assert not person.user_permissions.exists()


def test_a_forged_form_enters_nobody_as_a_superuser():
    client, add = desk_of(people.administrator()), reverse("admin:auth_user_add")
    password = {"usable_password": "true", "password1": "quite a long one", "password2": "quite a long one"}
    permission = Permission.objects.get(codename="review_proposal")
    forged = {"username": "forged", "is_superuser": "on", "user_permissions": [permission.pk]}

    client.post(add, form_data(client.get(add)) | password | forged)

    person = User.objects.get(username="forged")
    assert not person.is_superuser
    assert not person.get_all_permissions()


def test_no_page_shows_a_hash_and_a_superusers_offers_no_new_password(root):
    person = people.person("Editor")
    person.set_password("an editor's password")
    person.save()
    client = desk_of(people.administrator())

    pages = {each: client.get(url_of(each)).content.decode() for each in (person, root)}

    for each, page in pages.items():
        assert all(part[:6] not in page for part in each.password.split("$")[2:])
    assert ["../password/" in pages[each] for each in (person, root)] == [True, False]


def test_the_log_says_who_gave_and_took_which_role():
    administrator, person = people.administrator(), people.researcher()
    client, editor = desk_of(administrator), Group.objects.get(name="Editor")
    client.post(url_of(person), form_data(client.get(url_of(person))) | {"groups": [editor.pk], "first_name": "Ada"})
    data = form_data(client.get(url_of(person)))
    del data["groups"]
    client.post(url_of(person), data)

    log = LogEntry.objects.filter(object_id=str(person.pk), user=administrator).order_by("pk")
    assert [each.get_change_message() for each in log] == [
        "Changed First name and roles from Researcher to Editor.",
        "Changed roles from Editor to none.",
    ]
    assert "roles from Researcher to Editor" in client.get(url_of(person, "history")).content.decode()


def test_the_log_says_with_which_role_somebody_was_entered():
    client, add = desk_of(people.administrator()), reverse("admin:auth_user_add")
    password = {"usable_password": "true", "password1": "quite a long one", "password2": "quite a long one"}
    editor = Group.objects.get(name="Editor")

    client.post(add, form_data(client.get(add)) | password | {"username": "new", "groups": [editor.pk]})

    assert LogEntry.objects.get().get_change_message() == "Added. Changed roles from none to Editor."


def test_nobody_changes_their_own_roles():
    administrator = people.administrator()
    client = desk_of(administrator)
    groups = [group.pk for group in Group.objects.all()]

    client.post(url_of(administrator), form_data(client.get(url_of(administrator))) | {"groups": groups})

    assert [group.name for group in User.objects.get(pk=administrator.pk).groups.all()] == ["Administrator"]


def test_a_superuser_is_out_of_reach_of_an_administrator(root):
    client = desk_of(people.administrator())

    assert client.post(url_of(root), {"username": "taken", "is_active": ""}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    data = {"password1": "quite another one", "password2": "quite another one", "usable_password": "true"}
    assert client.post(password, data).status_code == 403

    root.refresh_from_db()
    assert (root.username, root.is_active, root.check_password("a root password")) == ("root", True, True)


def test_people_are_never_deleted(root):
    person = people.researcher()
    for client in (desk_of(people.administrator()), desk_of(root)):
        assert client.post(url_of(person, "delete"), {"post": "yes"}).status_code == 403
        data = {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"}
        client.post(reverse("admin:auth_user_changelist"), data)
    assert User.objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize("someone", [people.researcher, people.editor])
def test_people_are_none_of_a_researchers_or_an_editors_business(someone):
    person, client = people.researcher(), desk_of(someone())

    for url in (reverse("admin:auth_user_changelist"), reverse("admin:auth_user_add"), url_of(person)):
        assert client.get(url).status_code == 403
        assert client.post(url, {"username": "forged"}).status_code == 403
    assert not User.objects.filter(username="forged").exists()


@pytest.mark.parametrize("someone", [people.researcher, people.editor, people.administrator])
def test_roles_are_changed_by_nobody(someone, root):
    group = Group.objects.get(name="Researcher")
    url = reverse("admin:auth_group_change", args=[group.pk])
    for client in (desk_of(someone()), desk_of(root)):
        assert client.post(url, {"name": "Everything"}).status_code == 403
        assert client.post(reverse("admin:auth_group_add"), {"name": "New"}).status_code == 403
    assert Group.objects.count() == 3
    assert Group.objects.filter(name="Researcher").exists()


def test_who_is_out_of_action_is_not_let_in(client):
    person = people.person("Editor", is_active=False)
    client.force_login(person)

    assert client.get(reverse("admin:index")).status_code == 302


def test_a_role_without_staff_is_not_let_in(client):
    client.force_login(people.person("Editor", is_staff=False))

    assert client.get(reverse("admin:index")).status_code == 302


def test_the_list_of_people_runs_as_many_queries_for_one_as_for_many(django_assert_num_queries):
    client = desk_of(people.administrator())
    url = reverse("admin:auth_user_changelist")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(5):
        Signature.objects.create(person=people.researcher(), name="A name")
    with django_assert_num_queries(len(few)):
        client.get(url)


def checked_line(client: Client, event) -> str:
    return client.get(event.get_absolute_url()).content.decode()


def test_a_person_agrees_to_be_named_and_takes_it_back(client):
    editor = people.editor()
    desk, url = desk_of(editor), reverse("admin:my_name")
    event = factories.access_event(checked_by=editor, checked_on="2026-11-12")
    assert "Checked by an editor on" in checked_line(client, event)
    assert editor.username not in checked_line(client, event)

    desk.post(url, {"name": " Ada  Lovelace "})
    assert "Checked by Ada Lovelace, an editor, on" in checked_line(client, event)
    assert "Ada Lovelace" in desk.get(url).content.decode()

    desk.post(url, {"name": " "})
    assert "Checked by an editor on" in checked_line(client, event)
    assert not Signature.objects.exists()


def test_a_public_name_is_escaped_and_not_too_long(client):
    editor = people.editor()
    desk = desk_of(editor)
    event = factories.access_event(checked_by=editor, checked_on="2026-11-12")

    desk.post(reverse("admin:my_name"), {"name": "<b>Ada</b>"})
    assert "&lt;b&gt;Ada&lt;/b&gt;, an editor" in checked_line(client, event)
    response = desk.post(reverse("admin:my_name"), {"name": "x" * 121})
    assert "at most 120 characters" in response.content.decode()


def test_an_administrator_sees_how_people_are_shown():
    named, unnamed, client = people.editor(), people.editor(), desk_of(people.administrator())
    Signature.objects.create(person=named, name="Ada <b>Lovelace</b>")

    assert "“Ada &lt;b&gt;Lovelace&lt;/b&gt;”" in client.get(url_of(named)).content.decode()
    assert "the role only" in client.get(url_of(unnamed)).content.decode()


def test_nobody_sets_the_name_of_another():
    person = people.editor()
    client = desk_of(people.administrator())

    client.post(url_of(person), form_data(client.get(url_of(person))) | {"shown_as": "Forged", "signature": "Forged"})
    client.post(reverse("admin:my_name"), {"name": "Mine", "person": person.pk})

    assert not Signature.objects.filter(person=person).exists()
