"""The desk's forms: drafts are saved, changes of public records are proposed, and nothing typed is lost."""

import re
from html import unescape

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labs.actions import review
from labs.choices import Stage
from labs.models import AccessEvent, Lab, Proposal, Source
from labs.models.states import state_of
from tests import factories, people
from tests.admin_forms import add_row, form_data, messages_on

pytestmark = pytest.mark.django_db


def desk_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ada():
    return desk_of(people.researcher())


@pytest.fixture
def bob():
    return desk_of(people.researcher())


def url_of(record, name="change", query="") -> str:
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{name}", args=[record.pk]) + query


def text_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def lab_data(client: Client, **changes) -> dict:
    return form_data(client.get(reverse("admin:labs_lab_add"))) | {"name": "New lab", "key": "new-lab"} | changes


def test_a_new_record_is_saved_as_a_draft(ada):
    response = ada.post(reverse("admin:labs_lab_add"), lab_data(ada, _save="1"))

    assert messages_on(response) == ""
    assert Lab.objects.get(key="new-lab").status == "draft"
    assert not Proposal.objects.filter(edition=None).exists()


def test_a_new_record_is_saved_and_sent_to_review_in_one_step(ada):
    response = ada.post(reverse("admin:labs_lab_add"), lab_data(ada, _submit="1"), follow=True)

    lab = Lab.objects.get(key="new-lab")
    assert lab.status == "in_review"
    assert Proposal.objects.of(lab).get().stage == Stage.IN_REVIEW
    assert "“New lab” waits for a second person" in text_of(response)


def test_a_draft_can_be_saved_to_go_on_with(ada):
    response = ada.post(reverse("admin:labs_lab_add"), lab_data(ada, _continue="1"))

    assert response.url == url_of(Lab.objects.get(key="new-lab"))


def test_an_event_with_three_citations_is_entered_on_one_screen(ada):
    model, source = factories.ai_model(), factories.source()
    data = form_data(ada.get(reverse("admin:labs_accessevent_add"))) | {
        "key": "new-event",
        "lab": model.lab.pk,
        "model": model.pk,
        "activity": "model_evaluation",
        "fine_tuning": "no",
        "summary": "A test.",
        "participations-0-evaluator": factories.evaluator().pk,
        "citations-0-source": source.pk,
        "citations-0-quote": "One.",
        "citations-0-supports": ["evaluators", "activity"],
        "_submit": "1",
    }
    add_row(data, "citations", source=source.pk, quote="Two.", supports=["timing"])
    add_row(data, "citations", source=source.pk, quote="Three.", supports=["access.fine_tuning"])

    response = ada.post(reverse("admin:labs_accessevent_add"), data)

    assert messages_on(response) == ""
    assert AccessEvent.objects.get(key="new-event").citations.count() == 3
    assert AccessEvent.objects.get(key="new-event").history.get().history_user is not None


def test_a_change_of_a_public_record_becomes_a_proposal(ada):
    event = factories.access_event(summary="Old.")
    data = form_data(ada.get(url_of(event))) | {"summary": "New.", "reason": "Read again.", "is_correction": "on"}
    add_row(data, "citations", source=factories.source().pk, quote="More.", supports=["results"])

    response = ada.post(url_of(event), data, follow=True)

    assert messages_on(response) == ""
    assert "waits for a second person" in text_of(response)
    event.refresh_from_db()
    assert (event.summary, event.citations.count()) == ("Old.", 1)
    proposal = Proposal.objects.filter(edition=None).get()
    assert (proposal.reason, proposal.is_correction) == ("Read again.", True)
    assert proposal.after["summary"] == "New."
    assert [each["quote"] for each in proposal.after["citations"]][1] == "More."


def test_a_citation_ticked_for_deletion_is_gone_in_the_proposal_only(ada):
    event = factories.access_event(citations=[{"quote": "One.", "supports": ["timing"]}, {"quote": "Two."}])
    data = form_data(ada.get(url_of(event))) | {"citations-1-DELETE": "on", "reason": "It says nothing of it."}

    ada.post(url_of(event), data)

    assert [each["quote"] for each in Proposal.objects.filter(edition=None).get().after["citations"]] == ["One."]
    assert event.citations.count() == 2


def test_labs_of_a_commitment_are_changed_by_proposal(ada):
    commitment, other = factories.commitment(), factories.lab()
    data = form_data(ada.get(url_of(commitment)))
    data |= {"labs": [str(pk) for pk in (*commitment.labs.values_list("pk", flat=True), other.pk)], "reason": "Both."}

    ada.post(url_of(commitment), data)

    assert other.key in Proposal.objects.filter(edition=None).get().after["labs"]
    assert other not in commitment.labs.all()


def test_a_change_of_a_public_record_says_why(ada):
    event = factories.access_event()

    response = ada.post(url_of(event), form_data(ada.get(url_of(event))) | {"summary": "Typed and kept."})

    assert "This field is required" in messages_on(response)
    assert "Typed and kept." in response.content.decode()
    assert not Proposal.objects.filter(edition=None).exists()


def test_what_only_saving_brings_up_is_said_on_the_form_with_all_that_was_typed(ada):
    event = factories.access_event()

    response = ada.post(url_of(event), form_data(ada.get(url_of(event))) | {"reason": "No reason at all."})

    assert response.status_code == 200
    assert "Nothing changed" in messages_on(response)
    assert "No reason at all." in response.content.decode()


def test_a_draft_asks_for_no_reason(ada):
    event = factories.access_event(status="draft")

    assert "reason" not in ada.get(url_of(event)).context["adminform"].form.fields


def proposal_on(event, client=None, **state) -> Proposal:
    return review.propose(record=event, state=state, reason="Read again.", by=people.researcher())


def test_an_open_proposal_is_revised_in_the_same_form(ada):
    kept = {"quote": "Kept.", "supports": ["activity"]}
    event = factories.access_event(citations=[kept, {"quote": "Gone."}], domains=["bio"], summary="Old.")
    state = state_of(event)
    citations = [
        state["citations"][0] | {"supports": ["timing"]},
        {"source": factories.source().key, "quote": "New one.", "supports": ["results"]},
    ]
    proposal = proposal_on(event, summary="Proposed.", domains=["cyber"], citations=citations, is_distinct=True)

    page = ada.get(url_of(event, query=f"?proposal={proposal.pk}"))
    data = form_data(page)
    assert messages_on(page) == ""
    assert data["summary"] == "Proposed."
    assert data["domains"] == ["cyber"]
    assert data["is_distinct"] == "on"
    assert data["reason"] == "Read again."
    assert data["citations-0-supports"] == ["timing"]
    assert data["citations-1-DELETE"] == "on"
    assert data["citations-2-quote"] == "New one."
    response = ada.post(url_of(event, query=f"?proposal={proposal.pk}"), data | {"summary": "Revised."})

    assert messages_on(response) == ""
    revised = Proposal.objects.filter(edition=None).get()
    assert revised.pk == proposal.pk
    assert revised.after == proposal.after | {"summary": "Revised."}
    assert revised.author.username == response.wsgi_request.user.username


def test_a_proposal_on_a_commitment_is_revised_with_its_labs_and_readings(ada):
    commitment, other = factories.commitment(lenient={}), factories.lab()
    proposal = review.propose(
        record=commitment,
        state={"labs": [other.key], "requirements": state_of(commitment)["requirements"][:1]},
        reason="Read again.",
        by=people.researcher(),
    )
    url = url_of(commitment, query=f"?proposal={proposal.pk}")

    data = form_data(ada.get(url))
    response = ada.post(url, data | {"title": "Revised."})

    assert data["labs"] == [other.pk]
    assert messages_on(response) == ""
    assert Proposal.objects.filter(edition=None).get().after == proposal.after | {"title": "Revised."}


@pytest.mark.parametrize("query", ["?proposal=999999", "?proposal=x", "?proposal=", "?proposal=-1", "?proposal=²"])
def test_a_proposal_that_there_is_not_cannot_be_revised(ada, query):
    event = factories.access_event()

    assert ada.get(url_of(event, query=query)).status_code == 404
    assert ada.post(url_of(event, query=query), {}).status_code == 404


def test_a_proposal_that_refers_to_a_deleted_record_leads_to_its_review(ada):
    event, source = factories.access_event(), factories.source(status="draft")
    proposal = proposal_on(event, citations=[{"source": source.key, "quote": "New.", "supports": ["timing"]}])
    source.delete()

    response = ada.get(url_of(event, query=f"?proposal={proposal.pk}"), follow=True)

    assert response.redirect_chain[-1][0] == url_of(proposal)
    assert f"There is no source “{source.key}”." in text_of(response)


def test_the_add_form_ignores_a_proposal_in_its_address(ada):
    assert ada.get(reverse("admin:labs_lab_add"), {"proposal": "1"}).status_code == 200


def test_a_proposal_on_another_record_cannot_be_revised_here(ada):
    proposal = proposal_on(factories.access_event(), summary="New.")

    assert ada.get(url_of(factories.access_event(), query=f"?proposal={proposal.pk}")).status_code == 404


def test_the_second_of_two_who_edit_a_draft_is_told_and_sees_both_versions(ada, bob):
    event = factories.access_event(status="draft", summary="Old.", access_days=1)
    adas, bobs = form_data(ada.get(url_of(event))), form_data(bob.get(url_of(event)))
    ada.post(url_of(event), adas | {"summary": "Ada's words."})

    response = bob.post(url_of(event), bobs | {"summary": "Bob's words.", "access_days": "7"})

    assert "somebody else changed this record" in messages_on(response)
    text = text_of(response)
    assert "Summary Ada's words. Bob's words." in text
    assert "Days of access 1 7" in text
    assert AccessEvent.objects.get(pk=event.pk).summary == "Ada's words."
    again = bob.post(url_of(event), form_data(response))
    assert messages_on(again) == ""
    event.refresh_from_db()
    assert (event.summary, event.access_days) == ("Bob's words.", 7)


def test_a_citation_that_the_other_added_is_among_both_versions(ada, bob):
    event = factories.access_event(status="draft")
    adas, bobs = form_data(ada.get(url_of(event))), form_data(bob.get(url_of(event)))
    add_row(adas, "citations", source=factories.source().pk, quote="Ada's quote.", supports=["timing"])
    ada.post(url_of(event), adas)

    response = bob.post(url_of(event), bobs | {"summary": "Bob's words."})

    assert "“Ada's quote.”" in text_of(response)
    assert event.citations.count() == 2


def test_the_second_of_two_who_change_a_public_record_is_told_of_the_proposal(ada, bob):
    event = factories.access_event(summary="Old.")
    adas, bobs = form_data(ada.get(url_of(event))), form_data(bob.get(url_of(event)))
    ada.post(url_of(event), adas | {"summary": "Ada's words.", "reason": "Ada's reason."})

    response = bob.post(url_of(event), bobs | {"summary": "Bob's words.", "reason": "Bob's reason."})

    assert "proposed a change of it" in messages_on(response)
    assert "Ada's reason." in text_of(response)
    assert "Summary Ada's words. Bob's words." in text_of(response)
    assert Proposal.objects.filter(edition=None).count() == 1
    bob.post(url_of(event), form_data(response))
    assert {proposal.after["summary"] for proposal in Proposal.objects.filter(edition=None).all()} == {
        "Ada's words.",
        "Bob's words.",
    }


def test_a_form_without_its_version_is_not_saved_over_what_is_there(ada):
    event = factories.access_event(status="draft", summary="Old.")
    data = form_data(ada.get(url_of(event))) | {"summary": "New."}
    del data["version"]

    assert "somebody else changed" in messages_on(ada.post(url_of(event), data))
    assert AccessEvent.objects.get(pk=event.pk).summary == "Old."


def test_certainty_is_read_only_for_a_researcher_and_a_forged_post_does_not_change_it(ada):
    event = factories.access_event(status="draft")
    data = form_data(ada.get(url_of(event)))
    assert "lowered_to" not in data

    response = ada.post(url_of(event), data | {"lowered_to": "disputed", "lowered_because": "I say so."})

    assert messages_on(response) == ""
    assert AccessEvent.objects.get(pk=event.pk).lowered_to == "as_cited"


def test_an_editor_lowers_certainty_by_proposal():
    event, client = factories.access_event(), desk_of(people.editor())
    data = form_data(client.get(url_of(event)))

    client.post(
        url_of(event), data | {"lowered_to": "disputed", "lowered_because": "The lab denies it.", "reason": "Denied."}
    )

    assert Proposal.objects.filter(edition=None).get().after["lowered_to"] == "disputed"


@pytest.mark.parametrize("status", ["published", "draft"])
def test_who_may_only_look_changes_nothing(status, django_user_model):
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(apps.get_model("auth.Permission").objects.filter(codename__startswith="view_"))
    event, client = factories.access_event(status=status, summary="Old."), desk_of(viewer)

    assert client.get(url_of(event)).status_code == 200
    assert client.post(url_of(event), {"summary": "New."}).status_code == 403
    assert client.get(url_of(event, query="?proposal=1")).status_code == 404
    assert AccessEvent.objects.get(pk=event.pk).summary == "Old."


def test_the_status_stands_on_the_form_and_in_the_list(ada):
    event = factories.access_event(status="in_review")

    assert "In review Waiting for a second person" in text_of(ada.get(url_of(event)))
    listed = ada.get(reverse("admin:labs_accessevent_changelist"), {"status__exact": "in_review"}).context["cl"]
    assert list(listed.result_list) == [event]


def test_a_draft_has_no_link_to_a_public_page(ada):
    assert not ada.get(url_of(factories.access_event(status="draft"))).context["has_absolute_url"]
    assert ada.get(url_of(factories.access_event())).context["has_absolute_url"]


def test_what_was_typed_is_escaped_among_the_versions(ada, bob):
    source = factories.source(status="draft", title="Old")
    data = form_data(bob.get(url_of(source)))
    Source.objects.filter(pk=source.pk).update(title="<script>1</script>")

    response = bob.post(url_of(source), data | {"title": "<img src=x>"})

    assert "<img src=x>" not in response.content.decode()
    assert "<script>1</script>" not in response.content.decode()
    assert "&lt;img src=x&gt;" in response.content.decode()


def test_the_desk_sees_every_save_with_who_and_why(ada):
    event = factories.access_event(status="draft", summary="Old.", citations=[{"quote": "Kept."}, {"quote": "Gone."}])
    data = form_data(ada.get(url_of(event))) | {"summary": "New.", "citations-1-DELETE": "on"}
    ada.post(url_of(event), data)

    text = text_of(ada.get(url_of(event, "history")))

    person = event.history.first().history_user.username
    assert f"{person} What changed Field Before After Summary Old. New." in text
    assert "Citation removed" in text
    assert "Access event added" in text


def test_the_history_of_a_curated_record_says_that_there_is_none(ada, records):
    event = AccessEvent.objects.get(key="gpt-4-arc-evals")

    assert "Nobody has saved this record at the desk" in text_of(ada.get(url_of(event, "history")))


def test_the_history_at_the_desk_runs_as_many_queries_for_one_save_as_for_many(ada):
    event = factories.access_event(status="draft")
    ada.get(url_of(event, "history"))
    with CaptureQueriesContext(connection) as one:
        ada.get(url_of(event, "history"))
    for number in range(5):
        factories.citation(event, source=event.citations.first().source, quote=f"Quote {number}.")
    with CaptureQueriesContext(connection) as more:
        ada.get(url_of(event, "history"))

    assert len(more) == len(one)


def test_the_history_is_the_desks_own(client, django_user_model):
    event = factories.access_event()
    client.force_login(people.person())

    assert client.get(url_of(event, "history")).status_code == 403
