"""One change of many records, and a change that takes an accepted one back."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from labs.actions import review
from labs.actions.together import change_each, propose_undoing
from labs.choices import RecordStatus
from labs.models import AccessEvent, Proposal
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]
LIST = "/admin/labs/accessevent/"


@pytest.fixture
def ada():
    return people.researcher()


@pytest.fixture
def ed():
    return people.editor()


@pytest.fixture
def desk(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def page(*records):
    return f"{LIST}together/?" + "&".join(f"id={record.pk}" for record in records)


# --- many at once ------------------------------------------------------------------------------------------


def test_public_records_get_proposals_and_drafts_are_saved(ada):
    public, draft = factories.access_event(), factories.access_event(status="draft")

    changed = change_each(records=[public, draft], state={"summary": "Same."}, reason="So.", by=ada, batch="October")

    assert [(each.batch, each.after["summary"]) for each in changed.proposed] == [("October", "Same.")]
    assert changed.saved == [draft]
    assert AccessEvent.objects.get(pk=draft.pk).summary == "Same."
    assert AccessEvent.objects.get(pk=public.pk).summary != "Same."


def test_one_that_refuses_stops_no_other_and_leaves_nothing_behind(ada):
    same, other = factories.access_event(summary="Same."), factories.access_event()

    changed = change_each(records=[same, other], state={"summary": "Same."}, reason="So.", by=ada)

    assert [record for record, _ in changed.refused] == [same]
    assert "Nothing changed" in changed.refused[0][1][0]
    assert [proposal.object_id for proposal in Proposal.objects.all()] == [other.pk]


def test_changing_many_asks_for_the_permission_itself():
    with pytest.raises(PermissionDenied):
        change_each(
            records=[factories.access_event()], state={"summary": "S."}, reason="So.", by=people.administrator()
        )


def test_the_ticked_rows_of_a_list_are_edited_on_one_page(desk):
    events = [factories.access_event(), factories.access_event()]

    response = desk.post(LIST, {"action": "edit_together", "_selected_action": [event.pk for event in events]})
    assert response["Location"] == page(*events)
    typed = {"value-summary": "Same.", "reason": "So.", "batch": "October 2026"}
    response = desk.post(page(*events), typed, follow=True)

    assert [str(message) for message in response.context["messages"]] == ["2 sent to review."]
    assert response.context["batch"].name == "October 2026"
    assert {proposal.after["summary"] for proposal in Proposal.objects.all()} == {"Same."}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": "So.", "batch": "B"}, "Give at least one field a value."),
        ({"value-summary": "S.", "batch": "B"}, "This field is required."),
        ({"value-summary": "S.", "reason": "So."}, "This field is required."),
        ({"value-timing": "never", "reason": "So.", "batch": "B"}, "Select a valid choice."),
    ],
)
def test_what_the_form_cannot_take_is_said_and_nothing_is_proposed(desk, typed, said):
    response = desk.post(page(factories.access_event()), typed)

    assert response.status_code == 200
    assert said in response.content.decode()
    assert not Proposal.objects.exists()


def test_a_value_that_a_record_refuses_is_named(desk):
    response = desk.post(
        page(factories.access_event(key="an-event")),
        {"value-started_on": "last summer", "reason": "So.", "batch": "B"},
        follow=True,
    )

    (message,) = response.context["messages"]
    assert "an-event" in str(message)
    assert not Proposal.objects.exists()


def test_what_only_an_editor_may_change_is_not_offered_to_a_researcher(desk, ed):
    event = factories.access_event()
    theirs = Client()
    theirs.force_login(ed)

    assert "value-lowered_to" not in desk.get(page(event)).context["form"].fields
    assert "value-lowered_to" in theirs.get(page(event)).context["form"].fields


@pytest.mark.parametrize("query", ["", "?id=abc", "?id=999999", "?" + "&".join(f"id={n}" for n in range(1, 202))])
def test_no_rows_or_too_many_are_refused(desk, query):
    assert desk.get(f"{LIST}together/{query}").status_code == 400


def test_who_may_not_change_records_does_not_see_the_page():
    client = Client()
    client.force_login(people.administrator())

    assert client.get(page(factories.access_event())).status_code == 403


# --- undoing -----------------------------------------------------------------------------------------------


def accepted(proposal, ed):
    review.accept(proposal=proposal, by=ed)
    return Proposal.objects.get(pk=proposal.pk)


def test_a_publication_is_undone_by_a_withdrawal_that_a_second_person_accepts(ada, ed):
    event = factories.access_event(status="draft")
    publication = accepted(review.submit(record=event, by=ada), ed)

    undoing = propose_undoing(proposal=publication, reason="It was another model.", by=ada)

    assert (undoing.kind, undoing.stage, undoing.author) == ("withdraw", "in_review", ada)
    review.accept(proposal=undoing, by=ed)
    assert AccessEvent.objects.get(pk=event.pk).status == RecordStatus.WITHDRAWN


def test_a_change_is_undone_and_what_changed_elsewhere_since_stays(ada, ed):
    event = factories.access_event(summary="Old.", timing="before_deployment")
    change = accepted(review.propose(record=event, state={"summary": "New."}, reason="So.", by=ada), ed)
    event.refresh_from_db()
    accepted(review.propose(record=event, state={"timing": "after_deployment"}, reason="So.", by=ada), ed)

    review.accept(proposal=propose_undoing(proposal=change, reason="It was right.", by=ada), by=ed)

    event.refresh_from_db()
    assert (event.summary, event.timing) == ("Old.", "after_deployment")


def test_a_change_in_the_same_place_since_is_not_undone(ada, ed):
    event = factories.access_event(summary="Old.")
    change = accepted(review.propose(record=event, state={"summary": "New."}, reason="So.", by=ada), ed)
    event.refresh_from_db()
    accepted(review.propose(record=event, state={"summary": "Newer."}, reason="So.", by=ada), ed)

    with pytest.raises(ValidationError, match="has changed since then"):
        propose_undoing(proposal=change, reason="So.", by=ada)


def test_a_withdrawal_is_undone_by_a_publication(ada, ed):
    event = factories.access_event()
    withdrawal = accepted(review.propose_withdrawal(record=event, reason="Doubtful.", by=ada), ed)

    again = propose_undoing(proposal=withdrawal, reason="It is settled.", by=ada)
    review.accept(proposal=again, by=people.editor())

    assert AccessEvent.objects.get(pk=event.pk).status == RecordStatus.PUBLISHED


def test_what_was_not_accepted_is_not_undone(ada):
    proposal = review.propose(record=factories.access_event(), state={"summary": "N."}, reason="So.", by=ada)

    with pytest.raises(ValidationError, match="Only what was accepted"):
        propose_undoing(proposal=proposal, reason="So.", by=ada)


def test_undoing_asks_for_the_permission_itself(ada, ed):
    change = review.propose(record=factories.access_event(), state={"summary": "N."}, reason="So.", by=ada)

    with pytest.raises(PermissionDenied):
        propose_undoing(proposal=accepted(change, ed), reason="So.", by=people.administrator())


def test_one_click_on_the_page_of_an_accepted_change_proposes_to_undo_it(desk, ada, ed):
    change = accepted(
        review.propose(record=factories.access_event(), state={"summary": "N."}, reason="So.", by=ada), ed
    )
    url = reverse("admin:labs_proposal_change", args=[change.pk])
    assert "Propose to undo it" in desk.get(url).content.decode()

    assert "Say why" in desk.post(url, {"decision": "undo", "undo_because": " "}).content.decode()
    response = desk.post(url, {"decision": "undo", "undo_because": "It was right."})

    undoing = Proposal.objects.get(stage="in_review")
    assert response["Location"] == reverse("admin:labs_proposal_change", args=[undoing.pk])
    assert undoing.reason == "It was right."
    assert "Propose to undo it" not in desk.get(response["Location"]).content.decode()
