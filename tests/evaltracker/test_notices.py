"""What a person is told: by the bell on every page of the desk, and by e-mail."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaltracker.actions import worklist
from evaltracker.actions.notices import choice_of, choose
from evaltracker.models import NoticeChoice
from evaltracker.notices import bell, notices_of
from labs.actions import review
from labs.admin.addresses import change_url
from labs.models import Proposal
from labs.web.parameters import today
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]
URL = "/admin/for-you/"
ALL = {"waiting": True, "sent_back": True, "reply_due": True, "noted": True, "by_mail": True}


@pytest.fixture
def ada():
    return people.person("Researcher", email="ada@example.org")


@pytest.fixture
def ed():
    return people.person("Editor", email="ed@example.org")


def change(by, **fields):
    return review.propose(record=factories.access_event(), state=fields or {"summary": "N."}, reason="So.", by=by)


def counts(person):
    """How many there are of each kind; the bell says how many of all."""
    found = {notice.kind: notice.count for notice in notices_of(person, choice_of(person), today())}
    assert bell(person, today()) == sum(found.values())
    return found


def shown(person):
    client = Client()
    client.force_login(person)
    found = re.search(r"For you: (\d+)", client.get("/admin/").content.decode())
    return int(found[1]) if found else None


def test_an_editor_is_told_what_they_may_decide_about(ada, ed):
    change(ada)
    change(ed)

    assert counts(ed)["waiting"] == 1
    assert "waiting" not in counts(ada)
    assert shown(ed) == 1


def test_who_wrote_a_part_of_it_is_not_asked_to_review_it(ada, ed):
    proposal = change(ed)
    review.revise(proposal=proposal, state={"summary": "Other."}, reason="So.", by=ada)
    other = people.editor()

    assert proposal.__class__.objects.get(pk=proposal.pk).author == ada
    assert counts(ed)["waiting"] == 0
    assert counts(other)["waiting"] == 1


@pytest.mark.parametrize(
    ("writers", "is_told"),
    [([], True), ([7], False), ([17, 70], True), ([7, 70], False), ([1, 7, 70], False), ([1, 7], False)],
)
def test_the_writers_are_told_apart_by_their_whole_number(ada, ed, writers, is_told):
    proposal = change(ada)
    Proposal.objects.filter(pk=proposal.pk).update(writers=writers, author=None)
    ed.pk = 7

    assert Proposal.objects.not_made_by(ed.pk).exists() is is_told


def test_an_author_is_told_what_was_sent_back(ada, ed):
    review.send_back(proposal=change(ada), by=ed, note="Why?")

    assert counts(ada) == {"sent_back": 1, "reply_due": 0, "noted": 0}
    assert counts(ed) == {"waiting": 0, "sent_back": 0, "reply_due": 0, "noted": 0}


def test_a_reply_is_due_once_its_day_has_passed(ada):
    factories.reply(asked_on=today() - dt.timedelta(days=20), answer_by=today())
    assert counts(ada)["reply_due"] == 0

    factories.reply(asked_on=today() - dt.timedelta(days=20), answer_by=today() - dt.timedelta(days=1))
    assert counts(ada)["reply_due"] == 1


def test_who_follows_a_proposal_is_told_of_notes_until_they_answer(ada, ed):
    proposal, batched = change(ada), review.propose(
        record=factories.access_event(), state={"summary": "N."}, reason="So.", by=ada, batch="May & June"
    )  # fmt: skip
    given, other = people.editor(), people.editor()
    worklist.assign(task="review", items=[(change_url(proposal), "")], to=given, by=ed)
    batch = f"{reverse('admin:labs_proposal_batch')}?name=May+%26+June"
    worklist.assign(task="review", items=[(batch, "")], to=given, by=ed)

    review.comment(proposal=proposal, by=ed, text="Which page?")
    assert [counts(each)["noted"] for each in (ada, ed, given, other)] == [1, 0, 1, 0]
    review.comment(proposal=batched, by=ed, text="And this?")
    assert [counts(each)["noted"] for each in (ada, given)] == [2, 2]

    review.comment(proposal=proposal, by=ada, text="Page 4.")
    assert [counts(each)["noted"] for each in (ada, ed, given)] == [1, 1, 2]
    review.reject(proposal=proposal, by=ed, note="It is not there.")
    assert [counts(each)["noted"] for each in (ada, ed, given)] == [1, 0, 1], "what is decided waits for nobody"


def test_each_person_chooses(ada, ed):
    change(ada)
    client = Client()
    client.force_login(ed)
    assert shown(ed) == 1

    client.post(URL, {"sent_back": "on"})

    choice = NoticeChoice.objects.get(person=ed)
    assert (choice.waiting, choice.sent_back, choice.reply_due, choice.by_mail) == (False, True, False, False)
    assert shown(ed) == 0
    assert "Waiting for your review" not in client.get(URL).content.decode()
    assert counts(people.editor())["waiting"] == 1


def test_who_does_not_work_on_records_is_told_nothing():
    other = people.administrator()
    client = Client()
    client.force_login(other)

    assert bell(other, today()) is None
    assert shown(other) is None
    assert client.get(URL).status_code == 403
    with pytest.raises(PermissionDenied):
        choose(person=other, **ALL)
    assert Client().get(reverse("admin:login")).status_code == 200


def test_the_page_leads_to_each(ada, ed):
    proposal = change(ada)
    client = Client()
    client.force_login(ed)

    assert reverse("admin:labs_proposal_change", args=[proposal.pk]) in client.get(URL).content.decode()


# --- e-mail ------------------------------------------------------------------------------------------------


def send():
    mail.outbox.clear()
    call_command("send_notices", verbosity=0)
    return {message.to[0]: message for message in mail.outbox}


def test_one_mail_says_all_that_is_new_and_nothing_twice(ada, ed):
    proposals = [change(ada) for _ in range(12)]

    message = send()["ed@example.org"]

    assert message.subject == "EvalTracker, waiting for your review: 12"
    assert message.body.count("\n- ") == 11
    assert "- and 2 more" in message.body
    assert f"{'/admin/worklist/review/'}" in message.body
    assert send() == {}
    change(ada)
    assert send()["ed@example.org"].subject == "EvalTracker, waiting for your review: 1"
    assert len(proposals) == 12


def test_what_was_sent_back_again_is_new_again(ada, ed):
    proposal = change(ada)
    review.send_back(proposal=proposal, by=ed, note="Why?")
    assert "sent back to you: 1" in send()["ada@example.org"].subject
    review.revise(proposal=proposal, state={"summary": "Other."}, reason="So.", by=ada)
    send()
    assert send() == {}

    review.send_back(proposal=proposal, by=ed, note="Still?")

    assert "sent back to you: 1" in send()["ada@example.org"].subject


def test_a_note_is_mailed_once_to_those_who_follow(ada, ed):
    proposal, other = change(ada), people.person("Editor", email="other@example.org")
    send()
    review.comment(proposal=proposal, by=ed, text="Which page?")

    found = send()
    assert set(found) == {"ada@example.org"}
    assert found["ada@example.org"].subject == "EvalTracker, new notes on what you follow: 1"
    assert send() == {}
    choose(person=ada, **ALL | {"noted": False})
    review.comment(proposal=proposal, by=other, text="And why?")
    assert set(send()) == {"ed@example.org"}, "who wrote a note follows too"


def test_who_has_no_address_or_does_not_want_it_gets_no_mail(ada):
    change(ada)
    people.editor()
    quiet = people.person("Editor", email="quiet@example.org")
    choose(person=quiet, **ALL | {"by_mail": False})
    gone = people.person("Editor", email="gone@example.org", is_active=False)

    assert send() == {}
    assert gone.email


def test_a_mail_that_fails_is_tried_again_and_stops_no_other(ada, ed, monkeypatch):
    other = people.person("Editor", email="other@example.org")
    change(ada)
    sent = []

    def send_mail(subject, text, sender, to):
        if to == ["ed@example.org"]:
            raise OSError("no route")
        sent.append(to[0])

    with monkeypatch.context() as patch:
        patch.setattr("evaltracker.management.commands.send_notices.send_mail", send_mail)
        with pytest.raises(CommandError, match="no route"):
            call_command("send_notices", verbosity=0)

    assert sent == [other.email]
    assert set(send()) == {"ed@example.org"}
    assert NoticeChoice.objects.get(person=ed).mailed_at <= timezone.now()
