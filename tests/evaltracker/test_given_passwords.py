"""Whoever sets a password could act as its person: that is marked, told, ended by the person, and no second person."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaltracker.actions.passwords import give
from evaltracker.admin.steps import STEP
from evaltracker.admin.typed import KEPT
from labs.actions import review
from labs.actions.given_passwords import choose_password, standing_behind
from labs.models import GivenPassword, Lab, Proposal
from tests import factories, people
from tests.admin_forms import form_data
from tests.evaltracker.desk_pages import desk_of, url_of
from tests.evaltracker.test_signing_in_again import kept_by, with_password

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]

NEW = {"step-new_password1": "only mine, and long", "step-new_password2": "only mine, and long", STEP: "password"}


@pytest.fixture
def boss() -> User:
    """An administrator who is an editor too."""
    return people.person("Administrator", "Editor")


@pytest.fixture
def ed() -> User:
    return with_password(people.person("Editor", email="ed@example.org"))


def words(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


def set_by(boss: User, person: User, password: str = "a given one, long") -> None:
    url = reverse("admin:auth_user_password_change", args=[person.pk])
    typed = {"password1": password, "password2": password, "usable_password": "true"}
    assert desk_of(boss).post(url, typed).status_code == 302


def signed_in(person: User, password: str = "a given one, long") -> Client:
    client = Client()
    client.post(reverse("admin:login"), {"username": person.username, "password": password})
    return client


def test_whoever_gets_a_password_chooses_another_one_before_anything_else(boss, ed):
    set_by(boss, ed)
    client = signed_in(ed)
    for name in ("index", "labs_lab_changelist", "labs_lab_add", "password_change", "my_name"):
        page = client.get(reverse(f"admin:{name}"))
        assert "Choose a password of your own" in words(page), name
        assert boss.username in words(page)
        assert page["Cache-Control"] == "no-store"
    same = {STEP: "password", "step-new_password1": "a given one, long", "step-new_password2": "a given one, long"}
    url = reverse("admin:labs_lab_changelist")
    assert "the password that you were given" in words(client.post(url, same))
    assert "too short" in words(client.post(url, NEW | {"step-new_password1": "x", "step-new_password2": "x"}))
    assert client.post(url, NEW)["Location"] == url
    assert client.get(url).status_code == 200
    assert "Choose a password" not in words(signed_in(ed, "only mine, and long").get(url))


def test_without_it_no_form_saves_and_what_was_typed_is_there_afterwards(boss, ed):
    url = reverse("admin:labs_lab_add")
    data = form_data(desk_of(people.editor()).get(url)) | {"name": "New lab", "key": "new-lab", "_submit": "1"}
    set_by(boss, ed)
    client = signed_in(ed)
    page = client.post(url, data)
    assert page.status_code == 403
    kept = html.unescape(re.search(rf'name="{KEPT}" value="([^"]*)"', page.content.decode())[1])
    shown = client.post(url, NEW | {KEPT: kept})
    assert form_data(shown)["name"] == "New lab"
    assert not Lab.objects.exists()


def test_typed_work_survives_signing_in_and_the_new_password(boss, ed):
    url, client = reverse("admin:labs_lab_add"), Client()
    set_by(boss, ed)
    asked = client.post(url, {"name": "New lab"})
    typed = {"sign-in-username": ed.username, "sign-in-password": "a given one, long"}
    step = client.post(url, {KEPT: kept_by(asked)} | typed)
    assert "Choose a password of your own" in words(step)
    kept = html.unescape(re.search(rf'name="{KEPT}" value="([^"]*)"', step.content.decode())[1])
    refused = client.post(url, {KEPT: kept, STEP: "password"})
    assert "New lab" in html.unescape(re.search(rf'name="{KEPT}" value="([^"]*)"', refused.content.decode())[1])
    assert "only mine" not in words(client.post(url, {KEPT: kept} | NEW | {"step-new_password2": "other"}))
    assert form_data(client.post(url, {KEPT: kept} | NEW))["name"] == "New lab"


def test_the_way_out_stays_open(boss, ed):
    set_by(boss, ed)
    client = signed_in(ed)
    client.post(reverse("admin:logout"))
    assert "/admin/login/" in client.get(reverse("admin:index"))["Location"]


def test_nothing_kept_from_elsewhere_is_read(boss, ed):
    set_by(boss, ed)
    assert signed_in(ed).post(reverse("admin:labs_lab_add"), NEW | {KEPT: "no JSON"}).status_code == 400


@pytest.mark.parametrize("way", ["form", "entered", "command", "shell", "second factor"])
def test_every_way_to_set_a_password_for_somebody_else_is_marked(boss, ed, monkeypatch, way):
    by, person = boss, ed
    match way:
        case "form":
            set_by(boss, ed)
        case "entered":
            add, client = reverse("admin:auth_user_add"), desk_of(boss)
            password = {"usable_password": "true", "password1": "quite a long one", "password2": "quite a long one"}
            client.post(add, form_data(client.get(add)) | password | {"username": "new"})
            person = User.objects.get(username="new")
        case "command":
            by = None
            monkeypatch.setattr("getpass.getpass", lambda prompt: "another long one")
            call_command("changepassword", ed.username, verbosity=0)
        case "shell":
            by = None
            ed.set_password("another long one")
            ed.save()
        case "second factor":
            give(person=ed, by=boss, what="second factor")
    (given,) = GivenPassword.objects.all()
    assert (given.person, given.given_by, given.counts_until) == (person, by, None)


def test_ones_own_password_is_not_marked_and_ends_the_mark(boss, ed):
    client = signed_in(ed, "correct horse")
    own = {"old_password": "correct horse", "new_password1": "mine and long", "new_password2": "mine and long"}
    client.post(reverse("admin:password_change"), own)
    assert not GivenPassword.objects.exists()
    User.objects.create_superuser("root", password="their own, typed")
    assert not GivenPassword.objects.exists()


def test_the_person_is_told_by_mail(boss, ed, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        set_by(boss, ed)
    (letter,) = mail.outbox
    assert letter.to == ["ed@example.org"]
    assert f"{boss.username} set another password for you" in letter.body
    assert "a given one" not in letter.body


def proposed(by: User) -> Proposal:
    return review.submit(record=factories.lab(status="draft"), by=by)


@pytest.mark.parametrize("is_chosen", [False, True])
def test_whose_password_the_writer_set_is_no_second_person(boss, ed, is_chosen):
    proposal = proposed(boss)
    give(person=ed, by=boss)
    if is_chosen:  # by the person, or by whoever knew the given one
        choose_password(person=ed)
    with pytest.raises(ValidationError, match="a third person") as refused:
        review.accept(proposal=proposal, by=ed)
    assert refused.value.code == "given_password"
    review.accept(proposal=proposal, by=people.editor())


def test_a_third_person_may_and_what_others_wrote_may_be_accepted(boss, ed):
    give(person=ed, by=boss)
    review.accept(proposal=proposed(people.researcher()), by=ed)
    review.accept(proposal=proposed(ed), by=people.editor())
    give(person=boss, by=None)
    review.accept(proposal=proposed(people.researcher()), by=boss)


def test_one_behind_the_other_counts_too(boss, ed):
    third = people.editor()
    give(person=third, by=ed)
    give(person=ed, by=boss)
    give(person=boss, by=third)
    assert standing_behind(third) == {third.pk, ed.pk, boss.pk}
    with pytest.raises(ValidationError, match="a third person"):
        review.accept(proposal=proposed(boss), by=third)


def test_a_public_record_is_not_checked_again_by_them_either(boss, ed):
    proposal = proposed(boss)
    review.accept(proposal=proposal, by=people.editor())
    give(person=ed, by=boss)
    with pytest.raises(ValidationError, match="a third person"):
        review.mark_checked(record=proposal.record, by=ed)


def test_the_mark_ends_14_days_after_the_person_chose(boss, ed):
    give(person=ed, by=boss)
    GivenPassword.objects.update(given_at=timezone.now() - timedelta(days=60))
    assert boss.pk in standing_behind(ed)
    choose_password(person=ed)
    GivenPassword.objects.update(counts_until=timezone.now() + timedelta(minutes=1))
    assert boss.pk in standing_behind(ed)
    GivenPassword.objects.update(counts_until=timezone.now())
    assert standing_behind(ed) == {ed.pk}


def test_what_is_accepted_meanwhile_is_marked_for_all_and_told_to_the_person(boss, ed, client):
    before = proposed(people.researcher())
    review.accept(proposal=before, by=ed)
    give(person=ed, by=boss)
    choose_password(person=ed)
    proposal = proposed(people.researcher())
    review.accept(proposal=proposal, by=ed)

    desk, task = desk_of(people.editor()), reverse("admin:worklist_task", args=["given-passwords"])
    page = words(desk.get(task))
    assert url_of(proposal) in page
    assert url_of(before) not in page
    assert "had been set by" in words(desk.get(url_of(proposal)))
    assert boss.username in words(desk.get(url_of(proposal)))
    assert "had been set by" not in words(desk.get(url_of(before)))
    told = words(desk_of(ed).get(reverse("admin:notices")))
    assert "Accepted in your name" in told
    assert url_of(proposal) in told
    assert "Accepted in your name" not in words(desk.get(reverse("admin:notices")))
    public = words(client.get(proposal.record.get_absolute_url())) + words(client.get("/changes/"))
    assert boss.username not in public


def test_a_rejection_is_no_acceptance_and_is_not_marked(boss, ed):
    give(person=ed, by=boss)
    proposal = proposed(people.researcher())
    review.reject(proposal=proposal, by=ed, note="No.")
    page = words(desk_of(people.editor()).get(reverse("admin:worklist_task", args=["given-passwords"])))
    assert url_of(proposal) not in page


def test_the_review_page_says_it_before_anybody_tries(boss, ed):
    proposal = proposed(boss)
    give(person=ed, by=boss)
    choose_password(person=ed)
    page: Any = words(desk_of(ed).get(url_of(proposal)))
    assert "so a third person has to check it" in page
    assert 'value="accept"' not in page
