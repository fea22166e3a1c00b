"""A report of error leads to what it is about, to a correction that stays linked, and to an answer."""

import logging

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from evaltracker.actions.reports import answer_report, link_correction
from evaltracker.models import ErrorReport
from evaltracker.worklist import reviews, task_input
from labs.actions.review import accept, propose, reject, send_back
from labs.models import AccessEvent, AIModel, Source
from labs.web.parameters import today
from tests import factories, people
from tests.admin_forms import form_data, messages_on
from tests.evaltracker.desk_pages import desk_of, url_of

pytestmark = pytest.mark.django_db


def report(page="/access/gpt-4-arc-evals/", **changes):
    given = {"page": page, "claim": "15 days", "wrong": "It was 16.", "sender": "x"} | changes
    return ErrorReport.objects.create(**given)


def page_of(report, client, **query):
    return client.get(url_of(report), query).content.decode()


@pytest.fixture
def ada():
    return people.researcher()


@pytest.fixture
def ed():
    return people.editor()


def corrected(report, ada, ed):
    """A correction that is public."""
    event = AccessEvent.objects.get(key="gpt-4-arc-evals")
    proposal = propose(record=event, state={"summary": "New."}, reason="Read.", by=ada)
    link_correction(report=report, proposal=proposal, by=ada)
    return accept(proposal=proposal, by=ed)


# --- where it leads ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "model", "key"),
    [
        ("/access/gpt-4-arc-evals/", AccessEvent, "gpt-4-arc-evals"),
        ("/models/gpt-4/?as_of=2024-05-24#events", AIModel, "gpt-4"),
        ("/sources/gpt-4-system-card/", Source, "gpt-4-system-card"),
    ],
)
def test_a_report_links_to_the_page_the_form_and_the_correction_of_its_record(ada, page, model, key):
    record = model.objects.get(key=key)
    shown = report(page)

    html = page_of(shown, desk_of(ada))

    assert f'href="{page}"' in html
    assert f'href="{url_of(record)}"' in html
    assert f'href="{url_of(record)}?report={shown.pk}"' in html
    assert f'href="{url_of(record, "withdraw")}?report={shown.pk}"' in html


def test_the_report_on_a_release_leads_to_its_events_too(ada):
    event = AccessEvent.objects.filter(model__key="gpt-4", status="published").first()
    assert f'href="{url_of(event)}"' in page_of(report("/models/gpt-4/"), desk_of(ada))


def test_the_sources_that_it_names_are_linked_and_known_ones_lead_to_their_form(ada):
    source = Source.objects.get(key="gpt-4-system-card")
    html = page_of(report(source=f"See {source.url}, and https://example.org/new. <b>"), desk_of(ada))
    assert f'href="{source.url}"' in html
    assert f'href="{url_of(source)}"' in html
    assert 'href="https://example.org/new"' in html


@pytest.mark.parametrize("page", ["/", "/labs/compare/?lab=a", "/nowhere/", "/models/no-such-model/"])
def test_a_page_without_a_record_takes_the_address_of_another(ada, page):
    desk, event = desk_of(ada), AccessEvent.objects.get(key="gpt-4-arc-evals")
    assert "make this a correction" not in page_of(report(page), desk)
    html = page_of(report(page), desk, other="/access/gpt-4-arc-evals/")
    assert f'href="{url_of(event)}?report=' in html
    assert "No record has this page." in page_of(report(page), desk, other="/access/nothing/")


def test_a_draft_has_nothing_public_to_correct(ada):
    draft = factories.lab(status="draft")
    assert "make this a correction" not in page_of(report(f"/labs/{draft.key}/"), desk_of(ada))


# --- a correction stays linked both ways ---------------------------------------------------------------------------


def test_make_this_a_correction_opens_a_proposal_that_is_linked_both_ways(ada, ed):
    event, shown = AccessEvent.objects.get(key="gpt-4-arc-evals"), report()
    desk, url = desk_of(ada), f"{url_of(event)}?report={shown.pk}"
    data = form_data(desk.get(url))
    assert (data["reason"], data["is_correction"]) == ("A reader reported an error.", "on")

    response = desk.post(url, data | {"summary": "It was 16 days.", "_save": "1"})

    assert messages_on(response) == ""
    [proposal] = shown.proposals.all()
    assert (proposal.is_correction, proposal.after["summary"]) == (True, "It was 16 days.")
    assert url_of(proposal) in page_of(shown, desk)
    assert url_of(shown) in desk_of(ed).get(url_of(proposal)).content.decode()


def test_a_withdrawal_can_be_the_correction(ada):
    source, shown = factories.source(), report()
    desk_of(ada).post(f"{url_of(source, 'withdraw')}?report={shown.pk}", {"reason": "It is a copy."})
    assert [proposal.kind for proposal in shown.proposals.all()] == ["withdraw"]


@pytest.mark.parametrize("number", ["", "x", "999999", "9" * 30])
def test_an_address_that_names_no_report_is_no_error(ada, number):
    event = AccessEvent.objects.get(key="gpt-4-arc-evals")
    url = f"{url_of(event)}?report={number}"
    data = form_data(desk_of(ada).get(url))
    assert not data.get("reason")
    assert desk_of(ada).post(url, data | {"summary": "New.", "reason": "Read.", "_save": "1"}).status_code == 302
    assert not ErrorReport.proposals.through.objects.exists()


# --- “corrected” needs a correction --------------------------------------------------------------------------------


def test_corrected_needs_a_correction_that_is_public(ada, ed):
    shown = report()
    desk, answer = desk_of(ada), {"state": "corrected", "note": "Done.", "_save": "1"}
    assert "Nothing was corrected yet" in desk.post(url_of(shown), answer).content.decode()
    event = AccessEvent.objects.get(key="gpt-4-arc-evals")
    proposal = propose(record=event, state={"summary": "New."}, reason="Read.", by=ada)
    link_correction(report=shown, proposal=proposal, by=ada)
    assert "still waits for a second person" in desk.post(url_of(shown), answer).content.decode()
    send_back(proposal=proposal, by=ed, note="Which page?")
    assert "still waits for a second person" in desk.post(url_of(shown), answer).content.decode()
    reject(proposal=proposal, by=ed, note="No.")
    assert "Nothing was corrected yet" in desk.post(url_of(shown), answer).content.decode()
    shown.refresh_from_db()
    assert shown.state == "open"
    corrected(shown, ada, ed)
    assert desk.post(url_of(shown), answer).status_code == 302
    shown.refresh_from_db()
    assert (shown.state, shown.note) == ("corrected", "Done.")


def test_declining_needs_a_note_and_no_correction(ada):
    desk, shown = desk_of(ada), report()
    assert "why nothing was changed" in desk.post(url_of(shown), {"state": "declined", "note": ""}).content.decode()
    assert desk.post(url_of(shown), {"state": "declined", "note": "The card says 15."}).status_code == 302


def test_the_action_asks_itself(ada):
    shown = report()
    shown.state = "corrected"
    with pytest.raises(ValidationError, match="Nothing was corrected yet"):
        answer_report(report=shown, by=ada)
    with pytest.raises(PermissionDenied):
        answer_report(report=shown, by=people.administrator())
    with pytest.raises(PermissionDenied):
        link_correction(report=shown, proposal=factories.proposal(), by=people.administrator())


def test_the_worklist_says_how_far_the_correction_is(ada, ed):
    def details():
        return [item.detail for item in reviews.reports(task_input(ada, today()))]

    shown = report()
    assert details() == ["It was 16."]
    corrected(shown, ada, ed)
    assert details() == ["Its correction is public: answer it. It was 16."]


# --- the reader is told --------------------------------------------------------------------------------------------


def test_a_reader_who_left_an_address_is_told_once_what_became_of_it(ada, ed, django_capture_on_commit_callbacks):
    shown = report(contact="reader@example.org")
    corrected(shown, ada, ed)
    desk = desk_of(ada)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            desk.post(url_of(shown), {"state": "corrected", "note": "It says 16 now."})

    [letter] = mail.outbox
    assert letter.to == ["reader@example.org"]
    for words in ("It was 16.", "the record was corrected", "It says 16 now.", "/changes/", shown.page):
        assert words in letter.body
    shown.refresh_from_db()
    assert shown.told_at is not None


@pytest.mark.parametrize(("contact", "state"), [("", "declined"), ("reader@example.org", "open")])
def test_nobody_is_told_without_an_address_or_a_decision(ada, contact, state, django_capture_on_commit_callbacks):
    shown = report(contact=contact)
    with django_capture_on_commit_callbacks(execute=True):
        desk_of(ada).post(url_of(shown), {"state": state, "note": "We look into it."})
    assert mail.outbox == []
    shown.refresh_from_db()
    assert (shown.told_at, shown.note) == (None, "We look into it.")


def test_without_a_mail_server_the_log_says_so(ada, settings, caplog, django_capture_on_commit_callbacks):
    settings.EMAIL_BACKEND = "evaltracker.logs.NoMail"
    shown = report(contact="reader@example.org")
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        desk_of(ada).post(url_of(shown), {"state": "declined", "note": "The card says 15."})
    assert "a letter to 1 was not sent" in caplog.text
    assert "reader@example.org" not in caplog.text
    assert "The card says 15." not in caplog.text


def test_a_mail_server_that_fails_takes_no_answer_away(ada, settings, caplog, django_capture_on_commit_callbacks):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    shown = report(contact="reader@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        assert desk_of(ada).post(url_of(shown), {"state": "declined", "note": "No."}).status_code == 302
    assert "could not be told" in caplog.text
    shown.refresh_from_db()
    assert shown.state == "declined"
