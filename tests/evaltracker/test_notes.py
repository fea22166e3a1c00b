"""The thread of a proposal: notes, answers, and what changed since it was sent back."""

import html

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from labs.actions import review
from labs.models import AccessEvent, ProposalNote
from labs.models.states import apply_state
from tests import factories, people
from tests.evaltracker.pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]
OLD = "METR tested the model before deployment for autonomous replication."
NEW = "METR tested the model before internal deployment for autonomous replication."


@pytest.fixture
def ada():
    return people.researcher()


@pytest.fixture
def ed():
    return people.editor()


@pytest.fixture
def desk(client, ed):
    client.force_login(ed)
    return client


def change(ada, old=OLD, new=NEW):
    return review.propose(record=factories.access_event(summary=old), state={"summary": new}, reason="So.", by=ada)


def url_of(proposal):
    return reverse("admin:labs_proposal_change", args=[proposal.pk])


def words(response):
    assert response.status_code == 200, response.status_code
    return html.unescape(words_of(response.content.decode()))


def test_the_author_answers_a_note_and_both_read_the_thread(client, ada, ed):
    proposal = change(ada)
    review.send_back(proposal=proposal, by=ed, note="Which day?")
    client.force_login(ada)

    response = client.post(url_of(proposal), {"decision": "comment", "comment": "The third <b>day</b>."}, follow=True)

    found = words(response)
    assert found.index("Which day?") < found.index("The third <b>day</b>.")
    assert "The third &lt;b&gt;day&lt;/b&gt;." in response.content.decode()
    assert [(note.author, note.kind) for note in proposal.notes.all()] == [(ed, "sent_back"), (ada, "comment")]
    proposal.refresh_from_db()
    assert proposal.stage == "sent_back"


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_note_is_not_written(desk, ada, text):
    proposal = change(ada)

    response = desk.post(url_of(proposal), {"decision": "comment", "comment": text})

    assert "Write what you want to say in the note." in words(response)
    assert not ProposalNote.objects.exists()


def test_who_does_not_work_on_records_writes_no_note(client, ada):
    proposal = change(ada)
    with pytest.raises(PermissionDenied):
        review.comment(proposal=proposal, by=people.administrator(), text="Mine.")
    client.force_login(people.administrator())
    assert client.post(url_of(proposal), {"decision": "comment", "comment": "Mine."}).status_code == 403
    with pytest.raises(ValidationError):
        review.comment(proposal=proposal, by=ada, text="")
    assert not ProposalNote.objects.exists()


@pytest.mark.parametrize("decide", [review.accept, review.reject])
def test_a_note_with_a_decision_is_in_the_thread(ada, ed, decide):
    proposal = change(ada)

    decide(proposal=proposal, by=ed, note="Well.")

    (note,) = proposal.notes.all()
    assert (note.text, note.author) == ("Well.", ed)
    assert review.accept is not decide or note.kind == "accepted"


def test_an_acceptance_without_a_note_leaves_the_thread_empty(ada, ed):
    proposal = change(ada)

    review.accept(proposal=proposal, by=ed)

    assert not proposal.notes.exists()


def test_the_words_that_change_are_marked(desk, ada):
    source = desk.get(url_of(change(ada))).content.decode()

    assert "METR tested the model before <ins>internal </ins>deployment" in source
    assert "<del>" not in source


def test_short_values_and_texts_with_little_in_common_are_shown_as_they_are(desk, ada):
    source = desk.get(url_of(change(ada, new="Nobody from outside was let in at any time at all."))).content.decode()

    assert OLD in source
    assert "<ins>" not in source


def test_what_changed_since_it_was_sent_back_is_told(desk, ada, ed):
    proposal = change(ada)
    review.send_back(proposal=proposal, by=ed, note="Say how.")
    assert "since it was sent back" not in words(desk.get(url_of(proposal)))

    review.revise(proposal=proposal, state={"summary": NEW + " By API."}, reason="So.", by=ada)

    response = desk.get(url_of(proposal))
    assert "What changed since it was sent back" in words(response)
    assert [(row.label, row.old, row.new) for row in response.context["reviewed"].since_note] == [
        ("Summary", NEW, NEW + " By API.")
    ]


def test_a_draft_that_was_sent_back_says_what_its_author_changed(desk, ada, ed):
    event = factories.access_event(status="draft", summary=OLD)
    proposal = review.submit(record=event, by=ada)
    review.send_back(proposal=proposal, by=ed, note="Say how.")
    event = AccessEvent.objects.get(pk=event.pk)
    event.summary = NEW
    review.save_draft(record=event, parts=apply_state(event, {}), by=ada)
    review.submit(record=event, by=ada)

    (row,) = desk.get(url_of(proposal)).context["reviewed"].since_note

    assert (row.old, row.new) == (OLD, NEW)


def test_what_comes_back_unchanged_says_so(desk, ada, ed):
    event = factories.access_event(status="draft")
    proposal = review.submit(record=event, by=ada)
    review.send_back(proposal=proposal, by=ed, note="Why?")
    review.submit(record=AccessEvent.objects.get(pk=event.pk), by=ada)

    assert "Nothing changed since it was sent back." in words(desk.get(url_of(proposal)))
