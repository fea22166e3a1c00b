"""What somebody typed when their session had ended survives signing in, and is not saved by itself."""

import html
import re

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from evaltracker.admin.signing_in import LOST_FILE, NOT_SAVED
from evaltracker.admin.typed import KEPT, TOO_LARGE
from evaltracker.models import ErrorReport
from labs.actions import review
from labs.models import AccessEvent, Lab, Proposal, Signature, Snapshot, Source
from tests import factories, people
from tests.admin_forms import add_row, form_data
from tests.evaltracker.desk_pages import desk_of, url_of
from tests.evaltracker.test_system_card import fields_of, filled_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]


@pytest.fixture
def ada():
    return with_password(people.researcher())


@pytest.fixture
def ed():
    return with_password(people.editor())


def with_password(user):
    """Their own password, as if they had chosen it."""
    User.objects.filter(pk=user.pk).update(password=make_password("correct horse"))
    user.refresh_from_db()
    return user


def kept_by(response):
    """The hidden field of the page for signing in."""
    assert "Sign in and show the form again" in response.content.decode()
    return html.unescape(re.search(rf'name="{KEPT}" value="([^"]*)"', response.content.decode())[1])


def sign_in(client, url, kept, user, password="correct horse", **more):
    typed = {"sign-in-username": user.username, "sign-in-password": password}
    return client.post(url, {KEPT: kept} | typed | more)


def sent_signed_out(url, data, user, client=None):
    """The form after somebody sent it without a session and signed in."""
    client = client or Client()
    asked = client.post(url, data)
    assert asked.status_code == 403
    return sign_in(client, url, kept_by(asked), user)


def rows():
    return {model: model.objects.count() for model in (Lab, AccessEvent, Source, Snapshot, Proposal, Signature)}


def test_a_changed_record_is_shown_again_with_all_that_was_typed_and_saved_only_by_the_person(ada):
    event = factories.access_event(summary="Old.")
    url, cited = url_of(event), factories.source()
    data = form_data(desk_of(ada).get(url)) | {"summary": "Typed <b>at night</b>.\r\nMore.", "reason": "I read it."}
    add_row(data, "citations", source=cited.pk, quote="A new “quote”.", supports=["outcome"])
    before, client = rows(), Client()

    shown = sent_signed_out(url, data | {"_save": "Save"}, ada, client)

    page = shown.content.decode()
    assert NOT_SAVED in html.unescape(page)
    assert "Typed &lt;b&gt;at night&lt;/b&gt;." in page
    assert "A new “quote”." in page
    assert (rows(), AccessEvent.objects.get().summary) == (before, "Old.")
    again = form_data(shown)
    assert again["reason"] == "I read it."
    assert client.post(url, again | {"_save": "Save"}).status_code == 302
    [proposal] = Proposal.objects.filter(edition=None).all()
    assert proposal.after["summary"] == "Typed <b>at night</b>.\nMore."
    assert "A new “quote”." in [each["quote"] for each in proposal.after["citations"]]


def test_a_new_record_is_shown_again(ada):
    url = reverse("admin:labs_lab_add")
    data = form_data(desk_of(ada).get(url)) | {"name": "New lab", "key": "new-lab", "_submit": "1"}
    shown = sent_signed_out(url, data, ada)
    assert form_data(shown)["name"] == "New lab"
    assert not Lab.objects.exists()


def test_what_somebody_else_changed_meanwhile_is_still_told(ada, ed):
    event = factories.access_event(summary="Old.")
    data = form_data(desk_of(ada).get(url_of(event))) | {"summary": "Mine.", "reason": "I read it."}
    review.propose(record=event, state={"summary": "Theirs."}, reason="They read it.", by=ed)
    page = sent_signed_out(url_of(event), data, ada).content.decode()
    assert "somebody else changed this record" in page
    assert "Mine." in page


def test_the_system_card_is_shown_again_with_the_events_that_were_added(ada):
    desk, url = desk_of(ada), reverse("admin:system_card")
    data = filled_in(desk)
    two = fields_of(desk.post(url, data | {"_add_event": "1"}).context["card"])
    before = rows()
    again = fields_of(sent_signed_out(url, two | {"_submit": "1"}, ada).context["card"])
    assert again["events"] == "2"
    assert again["source-0-title"] == "New model system card"
    assert rows() == before


def test_a_pasted_snapshot_is_shown_again_and_a_file_has_to_be_chosen_again(ada):
    source = factories.source()
    url = reverse("admin:labs_source_snapshot", args=[source.pk])
    page = sent_signed_out(url, {"text": "Long text.", "taken_on": "2026-03-01"}, ada).content.decode()
    assert "Long text." in page
    assert LOST_FILE not in page
    file = SimpleUploadedFile("card.txt", b"The card.")
    client = Client()
    asked = client.post(url, {"file": file, "taken_on": "2026-03-01"})
    assert LOST_FILE in asked.content.decode()
    page = sign_in(client, url, kept_by(asked), ada).content.decode()
    assert LOST_FILE in page
    assert "2026-03-01" in page
    assert not Snapshot.objects.exists()


def test_a_withdrawal_a_decision_and_a_public_name_are_shown_again(ada, ed):
    event = factories.access_event()
    page = sent_signed_out(url_of(event, "withdraw"), {"reason": "It was a copy."}, ada).content.decode()
    assert "It was a copy.</textarea>" in page
    proposal = review.propose(record=event, state={"summary": "New."}, reason="I read it.", by=ada)
    data = {"note": "Which page?", "decision": "send_back", "seen": "x"}
    assert "Which page?</textarea>" in sent_signed_out(url_of(proposal), data, ed).content.decode()
    assert 'value="Ed Itor"' in sent_signed_out(reverse("admin:my_name"), {"name": "Ed Itor"}, ed).content.decode()
    proposal.refresh_from_db()
    assert (proposal.stage, proposal.note, Signature.objects.count()) == ("in_review", "", 0)


def test_a_merger_is_shown_again(ed):
    loser, winner = factories.evaluator(), factories.evaluator()
    data = {"winner": winner.pk, "reason": "They are one.", "_propose": "1"}
    assert "They are one.</textarea>" in sent_signed_out(url_of(loser, "merge"), data, ed).content.decode()
    assert not Proposal.objects.filter(edition=None).exists()


def test_the_reason_for_an_import_is_shown_again_with_its_preview(ada):
    lab = factories.lab(name="Old name")
    url, desk = reverse("admin:labs_lab_import"), desk_of(ada)
    file = SimpleUploadedFile("labs.csv", f"key,name\n{lab.key},New name\n".encode())
    preview = desk.post(url, {"file": file}).context["preview"]
    data = {"token": preview.token, "seen": preview.seen, "reason": "It was renamed."}
    shown = sent_signed_out(url, data, ada)
    assert "It was renamed.</textarea>" in shown.content.decode()
    assert not Proposal.objects.filter(edition=None).exists()
    assert shown.context["preview"].seen == preview.seen


def test_the_files_of_an_import_need_not_be_chosen_again(ada):
    url, before = reverse("admin:import"), rows()
    labs = "key,name\nacme,Acme\n".encode("utf-16")
    files = [SimpleUploadedFile("labs.csv", labs), SimpleUploadedFile("x.csv", b"a")]
    client = Client()
    asked = client.post(url, {"file": files, "leave_out": "on"})
    assert LOST_FILE not in asked.content.decode()
    shown = sign_in(client, url, kept_by(asked), ada)
    page = html.unescape(shown.content.decode())
    assert NOT_SAVED in page
    assert LOST_FILE not in page
    preview = shown.context["preview"]
    assert (rows(), [row.key for table in preview.done.tables for row in table.rows]) == (before, ["acme"])
    assert "Left out, for its name tells no kind: x.csv." in page
    data = {"token": preview.token, "seen": preview.seen, "leave_out": "on"}
    assert client.post(url, data).status_code == 302
    assert Proposal.objects.filter(edition=None).get().record_key == "acme"


def test_the_files_of_an_import_that_have_no_room_on_the_page_have_to_be_chosen_again(ada, settings):
    settings.DESK_BODY_BYTES = 100_000
    url, client = reverse("admin:labs_lab_import"), Client()
    file = SimpleUploadedFile("labs.csv", b"key,name\n" + b"acme,Acme\n" * 4_000)
    asked = client.post(url, {"file": file, "leave_out": "on"})
    assert LOST_FILE in html.unescape(asked.content.decode())
    assert TOO_LARGE not in html.unescape(asked.content.decode())
    shown = sign_in(client, url, kept_by(asked), ada)
    assert LOST_FILE in html.unescape(shown.content.decode())
    assert shown.context["preview"] is None


def test_a_report_of_error_and_a_person_are_shown_again(ada, ed):
    report = ErrorReport.objects.create(page="/", claim="A claim.", wrong="It is wrong.", sender="x")
    shown = sent_signed_out(url_of(report), {"state": "declined", "note": "It is right."}, ed)
    assert "It is right.</textarea>" in shown.content.decode()
    report.refresh_from_db()
    assert (report.state, report.note) == ("open", "")
    boss = with_password(people.administrator())
    shown = sent_signed_out(url_of(ada), {"username": ada.username, "first_name": "Ada", "is_active": "on"}, boss)
    assert form_data(shown)["first_name"] == "Ada"
    ada.refresh_from_db()
    assert ada.first_name == ""


def test_a_wrong_password_keeps_everything_and_no_password_is_kept(ada):
    url, client = reverse("admin:labs_lab_add"), Client()
    asked = client.post(url, {"name": "New lab", "password1": "secret-one", "old_password": "secret-two"})
    assert "secret" not in asked.content.decode()
    refused = sign_in(client, url, kept_by(asked), ada, "wrong")
    assert "correct" in refused.content.decode()
    assert "wrong" not in kept_by(refused)
    assert "no-store" in refused["Cache-Control"]
    assert form_data(sign_in(client, url, kept_by(refused), ada))["name"] == "New lab"


def test_a_deletion_is_not_carried_out_by_signing_in(ada):
    lab = Lab(key="draft", name="Draft", country="US")
    review.save_draft(record=lab, parts={"other_names": []}, by=ada)
    url = url_of(lab, "delete")
    assert "/admin/login/?next=" in Client().post(url, {"post": "yes"})["Location"]
    assert "/admin/login/?next=" in sign_in(Client(), url, '{"fields": [["post", "yes"]]}', ada)["Location"]
    assert Lab.objects.filter(key="draft").exists()


def test_only_who_may_see_the_page_sees_what_was_kept_on_it(ada):
    url, client = reverse("admin:auth_user_add"), Client()
    asked = client.post(url, {"username": "somebody"})
    assert sign_in(client, url, kept_by(asked), ada).status_code == 403
    assert not User.objects.filter(username="somebody").exists()


@pytest.mark.parametrize(
    "kept",
    [
        *("", "no JSON", "[]", '{"fields": [["a"]]}', '{"fields": [["a", 1]]}', "[" * 99_999),
        *(f'{{"fields": [], "files": [{file}]}}' for file in ('["file", "a", "?"]', '[1, 2, "aaaa"]', '["file", "a"]')),
    ],
)
def test_what_is_not_from_the_page_is_refused(ada, kept):
    assert sign_in(Client(), reverse("admin:labs_lab_add"), kept, ada).status_code == 400


def test_what_is_too_large_to_come_back_is_said(ada, settings):
    settings.DESK_BODY_BYTES = 100_000
    asked = Client().post(reverse("admin:labs_lab_add"), {"name": "x" * 50_000})
    assert TOO_LARGE in asked.content.decode()
    assert "x" * 50 not in kept_by(asked)


def test_another_site_can_neither_fill_in_a_form_nor_sign_anybody_in(ada):
    url, client = reverse("admin:labs_lab_add"), Client(enforce_csrf_checks=True)
    assert client.post(url, {"name": "Forged"}).status_code == 403
    assert sign_in(client, url, '{"fields": [["name", "Forged"]]}', ada).status_code == 403


def test_a_real_browsers_token_is_taken_on_both_ways(ada):
    url, client = reverse("admin:labs_lab_add"), Client(enforce_csrf_checks=True)
    client.get("/admin/login/")
    token = client.cookies["csrftoken"].value
    asked = client.post(url, {"name": "Mine", "csrfmiddlewaretoken": token})
    assert token not in kept_by(asked)
    shown = sign_in(client, url, kept_by(asked), ada, csrfmiddlewaretoken=token)
    assert form_data(shown)["name"] == "Mine"


def test_a_page_that_is_only_read_still_leads_to_the_usual_sign_in():
    assert "/admin/login/?next=" in Client().get(reverse("admin:labs_lab_add"))["Location"]
