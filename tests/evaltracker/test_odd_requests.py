"""What no browser would send, and ways round the second person that somebody might try."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labs.actions import review
from labs.actions.snapshots import add_snapshot
from labs.models import AccessEvent, Edition, Proposal, Source
from labs.models.states import apply_state, state_of
from tests import factories, people
from tests.admin_forms import form_data, messages_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return people.researcher()


@pytest.fixture
def ed():
    return people.editor()


def desk_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def proposed(by, **state) -> Proposal:
    record = factories.access_event(summary="Old.")
    return review.propose(record=record, state=state or {"summary": "New."}, reason="Read again.", by=by)


def test_a_host_that_is_not_ours_is_refused_with_a_page(client, records):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("value", ["abc", "9" * 23, "\0", "²"])
@pytest.mark.parametrize("form", ["aimodel", "source", "accessevent"])
def test_a_number_of_a_record_that_cannot_be_is_no_error_of_ours(ada, form, value):
    desk, url = desk_of(ada), reverse(f"admin:labs_{form}_add")

    assert desk.get(url, {"lab": value}).status_code in (200, 400)
    response = desk.post(url, form_data(desk.get(url)) | {"lab": value, "citations-0-source": value})
    assert response.status_code == 200
    assert messages_on(response)


@pytest.mark.parametrize("name", ["source-0-chosen", "release-chosen", "release-lab", "event-0-evaluators"])
@pytest.mark.parametrize("button", ["_add_event", "_save"])
def test_the_system_card_survives_numbers_that_cannot_be(ada, name, button):
    for value in ("abc", "9" * 23):
        assert desk_of(ada).post("/admin/system-card/", {name: value, "events": "1", button: "1"}).status_code == 200


def test_a_record_is_not_saved_as_another_one(ada):
    source = factories.source()
    url = reverse("admin:labs_source_change", args=[source.pk])
    desk = desk_of(ada)

    assert desk.post(url, form_data(desk.get(url)) | {"_saveasnew": "1", "title": ""}).status_code == 400


@pytest.mark.parametrize("chosen", ["abc", "1\0", "-1"])
def test_an_action_on_what_is_no_record_is_refused(ada, chosen):
    data = {"action": "delete_selected", "_selected_action": [chosen], "post": "yes"}

    assert desk_of(ada).post(reverse("admin:labs_lab_changelist"), data).status_code == 400


@pytest.mark.parametrize("query", ["key__regex=(", "status__exact=%00", "q=%00", "asked_on__year=" + "9" * 20])
@pytest.mark.parametrize("kind", ["labs_lab", "commitments_reply", "labs_accessevent"])
def test_an_address_that_a_database_would_choke_on_is_no_error_of_ours(ada, kind, query):
    assert desk_of(ada).get(f"{reverse(f'admin:{kind}_changelist')}?{query}").status_code in (200, 302, 400)


def test_a_note_without_the_character_that_cannot_be_stored_is_kept(ada, ed):
    proposal, desk = proposed(ada), desk_of(ed)
    url = reverse("admin:labs_proposal_change", args=[proposal.pk])

    desk.post(url, {"decision": "send_back", "seen": desk.get(url).context["seen"], "note": "Cite\0 it."})

    proposal.refresh_from_db()
    assert (proposal.stage, proposal.note) == ("sent_back", "Cite it.")


def test_who_wrote_into_a_proposal_does_not_accept_it_though_another_sent_it_again(ada, ed):
    proposal = proposed(ed, summary="The editor's own words.")
    event = proposal.record
    url = f"{reverse('admin:labs_accessevent_change', args=[event.pk])}?proposal={proposal.pk}"
    desk = desk_of(ada)
    assert desk.post(url, form_data(desk.get(url))).status_code == 302
    proposal.refresh_from_db()
    assert proposal.author == ada

    with pytest.raises(ValidationError, match="somebody else has to check it"):
        review.accept(proposal=proposal, by=ed)
    screen = desk_of(ed).get(reverse("admin:labs_proposal_change", args=[proposal.pk]))
    assert screen.context["buttons"] == []
    review.accept(proposal=proposal, by=people.editor())


def test_nobody_marks_their_own_newest_change_as_checked(ada, ed):
    proposal = proposed(ed)
    review.accept(proposal=proposal, by=people.editor())

    with pytest.raises(ValidationError, match="newest change is yours"):
        review.mark_checked(record=AccessEvent.objects.get(pk=proposal.object_id), by=ed)


def test_a_withdrawn_page_says_what_was_public_and_not_what_somebody_types_since(client, ada, ed):
    source = factories.source(title="As it was public")
    review.accept(proposal=review.propose_withdrawal(record=source, reason="It was wrong.", by=ada), by=ed)
    source = Source.objects.get(pk=source.pk)
    source.title = "Written by one person alone"
    review.save_draft(record=source, parts=apply_state(source, {}), by=ada)

    response = client.get(source.get_absolute_url())

    assert response.status_code == 410
    assert "As it was public" in response.content.decode()
    assert "Written by one person alone" not in response.content.decode()


def test_a_withdrawn_event_does_not_lend_its_page_to_a_draft(client, ada, ed):
    event = factories.access_event()
    review.accept(proposal=review.propose_withdrawal(record=event, reason="It was wrong.", by=ada), by=ed)
    event = AccessEvent.objects.get(pk=event.pk)
    state = state_of(event)
    state["participations"] = [{"evaluator": factories.evaluator(name="A draft", status="draft").key}]
    review.save_draft(record=event, parts=apply_state(event, state), by=ada)

    assert "A draft" not in client.get(event.get_absolute_url()).content.decode()


def test_a_quote_gone_from_its_snapshot_is_settled_without_another_change(client, ada, ed):
    event = factories.access_event()
    add_snapshot(source=event.citations.get().source, text="Other words.", taken_on=timezone.localdate(), by=None)

    proposal = review.propose(record=event, state={}, reason="The card was revised.", by=ada)
    with pytest.raises(ValidationError, match="say why they stay"):
        review.accept(proposal=proposal, by=ed)
    review.accept(proposal=proposal, by=ed, unfound_because="It stood in the card of that day.")

    assert event.citations.get().unfound_because == "It stood in the card of that day."
    assert "an editor gave the reason" in client.get("/changes/").content.decode()


def test_an_edition_cannot_be_complete_to_a_day_that_has_yet_to_come():
    with pytest.raises(ValidationError, match="in the future"):
        Edition(version="2099.01", complete_to="2098-12-31").full_clean()
