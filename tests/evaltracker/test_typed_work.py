"""What somebody typed is not lost, not stored twice, and holds nothing that a format cannot."""

import html
import io

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from evaltracker.admin.signing_in import EXPIRED
from evaltracker.models import ErrorReport
from labs.actions import review
from labs.actions.signatures import set_public_name
from labs.models import AccessEvent, Edition, Lab, Proposal, Signature
from tests import factories, people
from tests.admin_forms import form_data
from tests.evaltracker.desk_pages import desk_of, root, url_of
from tests.evaltracker.test_system_card import URL as CARD
from tests.evaltracker.test_system_card import fields_of, filled_in, text_of

pytestmark = pytest.mark.django_db

SITE = "http://testserver"


# --- a form that was open while the person signed in again in another window ----------------------------------------


@pytest.fixture
def ada():
    return people.researcher()


def from_an_older_window(user, url, data, origin=SITE):
    """The answer to a form that was opened before the person signed in again, which made a new token."""
    client = Client(enforce_csrf_checks=True)
    client.get("/admin/login/")
    old = client.cookies["csrftoken"].value
    client.force_login(user)
    client.cookies["csrftoken"] = "n" * 32
    return client, client.post(url, data | {"csrfmiddlewaretoken": old}, headers={"Origin": origin} if origin else {})


def test_a_changed_record_is_shown_again(ada):
    event = factories.access_event(summary="Old.")
    data = form_data(desk_of(ada).get(url_of(event))) | {"summary": "Typed.", "reason": "I read it.", "_save": "1"}

    _, shown = from_an_older_window(ada, url_of(event), data)

    assert EXPIRED in html.unescape(shown.content.decode())
    assert (form_data(shown)["summary"], form_data(shown)["reason"]) == ("Typed.", "I read it.")
    assert not Proposal.objects.filter(edition=None).exists()


def test_a_release_being_entered_is_shown_again_with_all_its_sources(ada):
    desk = desk_of(ada)
    data = filled_in(desk, _add_source="1")
    del data["_submit"]
    two = fields_of(desk.post(CARD, data).context["card"]) | {"source-1-title": "A second", "_submit": "1"}

    _, shown = from_an_older_window(ada, CARD, two)

    again = fields_of(shown.context["card"])
    assert (again["source-0-title"], again["source-1-title"]) == ("New model system card", "A second")


def test_a_withdrawal_and_a_note_of_review_are_shown_again(ada):
    event, ed = factories.access_event(), people.editor()
    assert (
        "A copy.</textarea>"
        in from_an_older_window(ada, url_of(event, "withdraw"), {"reason": "A copy."})[1].content.decode()
    )
    proposal = review.propose(record=event, state={"summary": "New."}, reason="I read it.", by=ada)
    data = {"note": "Which page?", "decision": "send_back", "seen": "x"}
    assert "Which page?</textarea>" in from_an_older_window(ed, url_of(proposal), data)[1].content.decode()
    proposal.refresh_from_db()
    assert proposal.stage == "in_review"


def test_the_decisions_about_a_batch_are_shown_again(ada):
    ed, proposals = people.editor(), []
    for summary in ("One.", "Two."):
        proposals.append(
            review.propose(
                record=factories.access_event(), state={"summary": summary}, reason="Read.", by=ada, batch="May"
            )
        )
    url = reverse("admin:labs_proposal_together") + "?batch=May"
    data = {f"note-{each.pk}": f"Which page of {each.pk}?" for each in proposals} | {
        "note": "All of you.",
        "decision": "chosen",
    }
    data |= {f"decision-{each.pk}": "send_back" for each in proposals}

    page = from_an_older_window(ed, url, data)[1].content.decode()

    for words in ("All of you.", *(f"Which page of {each.pk}?" for each in proposals), 'value="send_back" selected'):
        assert words in page
    assert {each.stage for each in Proposal.objects.filter(batch="May")} == {"in_review"}


def test_the_answer_to_a_report_of_error_is_shown_again(ada):
    report = ErrorReport.objects.create(page="/", claim="A claim.", wrong="It is wrong.", sender="x")
    _, shown = from_an_older_window(ada, url_of(report), {"state": "declined", "note": "The card says so."})
    assert "The card says so.</textarea>" in shown.content.decode()
    report.refresh_from_db()
    assert report.state == "open"


@pytest.mark.parametrize("origin", ["", "null", "https://evil.example", "http://testserver.evil.example"])
def test_another_site_cannot_fill_in_a_form(ada, origin):
    url = reverse("admin:labs_lab_add")
    _, refused = from_an_older_window(ada, url, {"name": "Forged"}, origin)
    assert refused.status_code == 403
    assert "Forged" not in refused.content.decode()


def test_a_deletion_and_a_visitor_are_refused_as_usual(ada):
    lab = Lab(key="draft", name="Draft", country="US")
    review.save_draft(record=lab, parts={"other_names": []}, by=ada)
    assert from_an_older_window(ada, url_of(lab, "delete"), {"post": "yes"})[1].status_code == 403
    assert Lab.objects.filter(key="draft").exists()
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.post("/report/", {"claim": "x"}, headers={"Origin": SITE}).status_code == 403
    assert visitor.post(CARD, {"x": "y"}, headers={"Origin": SITE}).status_code == 403


# --- sent twice is stored once -------------------------------------------------------------------------------------


def test_a_card_sent_twice_is_saved_once_even_if_only_its_event_is_new(ada):
    desk, source, model = desk_of(ada), factories.source(), factories.ai_model()
    data = filled_in(desk) | {"source-0-chosen": source.pk, "release-chosen": model.pk, "event-0-is_distinct": "on"}
    data["once"] = "one"
    assert desk.post(CARD, data).status_code == 302

    again = desk.post(CARD, data, follow=True)

    assert "saved already, and is not saved twice" in text_of(again)
    assert AccessEvent.objects.filter(summary="Two outsiders tested it.").count() == 1
    assert desk.post(CARD, data | {"once": "two"}).status_code == 302
    assert AccessEvent.objects.filter(summary="Two outsiders tested it.").count() == 2


def test_a_card_that_was_refused_can_be_sent_again(ada):
    desk = desk_of(ada)
    data = filled_in(desk) | {"once": "one"}
    assert desk.post(CARD, data | {"release-name": ""}).status_code == 200
    assert desk.post(CARD, data).status_code == 302


def test_a_change_sent_twice_is_proposed_once(ada):
    event, desk = factories.access_event(), desk_of(ada)
    data = form_data(desk.get(url_of(event))) | {"summary": "New.", "reason": "I read it.", "_save": "1"}
    for _ in range(2):
        desk.post(url_of(event), data)
    assert Proposal.objects.of(event).count() == 1


def test_a_withdrawal_sent_twice_is_proposed_once_and_again_after_a_decision(ada):
    source, ed = factories.source(), people.editor()
    desk = desk_of(ada)
    for _ in range(2):
        desk.post(url_of(source, "withdraw"), {"reason": "A copy."})
    [proposal] = Proposal.objects.of(source)
    with pytest.raises(ValidationError, match="waits for review already"):
        review.propose_withdrawal(record=source, reason="Another.", by=ed)
    review.reject(proposal=proposal, by=ed, note="It is none.")
    review.propose_withdrawal(record=source, reason="It is one.", by=ada)


def test_drafts_sent_twice_wait_once(ada):
    desk = desk_of(ada)
    data = filled_in(desk, _save="1")
    del data["_submit"]
    desk.post(CARD, data)
    [group] = desk.get(reverse("admin:own_drafts")).context["groups"]
    for _ in range(2):
        desk.post(reverse("admin:own_drafts"), {"group": group["name"]})
    assert Proposal.objects.filter(stage="in_review").count() == 3


# --- control characters --------------------------------------------------------------------------------------------

BAD = "a\x07b\x0b\x1fc"


def test_no_control_character_reaches_a_workbook_from_the_card(ada):
    desk = desk_of(ada)
    data = filled_in(desk) | {"release-name": f"New{BAD}", "event-0-summary": BAD, "source-0-title": BAD}
    data |= {"event-0-quotes-0-quote": BAD, "release-quotes-0-quote": BAD}
    assert desk.post(CARD, data).status_code == 302
    event = AccessEvent.objects.latest("pk")
    for text in (event.summary, event.model.name, *(each.quote for each in event.citations.all())):
        assert not set(text) & set("\x07\x0b\x1f")
    page = desk.get(reverse("admin:labs_accessevent_export") + "?format=xlsx")
    openpyxl.load_workbook(io.BytesIO(b"".join(page.streaming_content) if page.streaming else page.content))


def test_no_control_character_stays_in_a_name_a_reason_a_note_or_an_edition(ada):
    ed = people.editor()
    event = factories.access_event()
    proposal = review.propose(record=event, state={"summary": "New."}, reason=BAD, by=ada)
    review.send_back(proposal=proposal, by=ed, note=BAD)
    desk_of(ada).post(reverse("admin:my_name"), {"name": BAD})
    desk_of(root()).post(
        reverse("admin:labs_edition_add"), {"version": "2026.13", "complete_to": "2026-08-31", "note": BAD}
    )
    proposal.refresh_from_db()
    texts = [
        proposal.reason,
        proposal.note,
        Signature.objects.get(person=ada).name,
        Edition.objects.get(version="2026.13").note,
    ]
    assert all(texts)
    assert not set("".join(texts)) & set("\x07\x0b\x1f")


def test_an_action_cleans_a_public_name_too(ada):
    set_public_name(person=User.objects.get(pk=ada.pk), name="Ada Love")
    assert Signature.objects.get(person=ada).name == "Ada Love"
