"""Two people: one proposes, a second one lets through."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labs.actions import review, save_record, snapshots
from labs.actions.proposals import writers_of
from labs.choices import RecordStatus, Stage
from labs.models import AccessEvent, AccessEventCitation, AIModel, AIModelCitation, Lab, Participation, Proposal
from labs.models.states import apply_state, state_of
from tests import factories, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return people.researcher()


@pytest.fixture
def ed():
    return people.editor()


def draft(ada, **changes) -> AccessEvent:
    """An event that Ada entered."""
    model = factories.ai_model()
    event = AccessEvent(key="new-event", lab=model.lab, model=model, summary="A test.", **changes)
    parts = {
        "participations": [Participation(evaluator=factories.evaluator())],
        "citations": [AccessEventCitation(source=factories.source(), quote="A quote.", supports=["activity"])],
    }
    return review.save_draft(record=event, parts=parts, by=ada)


def proposed(ada, record=None, **fields) -> Proposal:
    """A change of a public event that Ada proposed."""
    record = record or factories.access_event()
    return review.propose(record=record, state=fields or {"summary": "Better."}, reason="We read it again.", by=ada)


def refusal(action, **arguments) -> str:
    with pytest.raises(ValidationError) as refused:
        action(**arguments)
    return " ".join(refused.value.messages)


def test_a_new_record_is_a_draft_that_the_public_does_not_see(ada):
    event = draft(ada)

    assert event.status == RecordStatus.DRAFT
    assert not AccessEvent.objects.published().filter(pk=event.pk).exists()
    assert event.history.get().history_user == ada


def test_a_draft_goes_through_review_to_the_public(ada, ed):
    event = draft(ada)

    proposal = review.submit(record=event, by=ada)
    assert AccessEvent.objects.get(pk=event.pk).status == RecordStatus.IN_REVIEW
    review.accept(proposal=proposal, by=ed)

    event.refresh_from_db()
    assert event.status == RecordStatus.PUBLISHED
    assert (event.checked_by, event.checked_on) == (ed, timezone.localdate())
    assert event.changed_at is not None
    proposal.refresh_from_db()
    assert (proposal.stage, proposal.decided_by, proposal.before) == (Stage.ACCEPTED, ed, {})
    assert proposal.after == state_of(event)


def test_its_author_cannot_publish_a_record(ada):
    both = people.editor()
    proposal = review.submit(record=draft(both), by=both)

    assert "somebody else has to check it" in refusal(review.accept, proposal=proposal, by=both)
    assert AccessEvent.objects.get(key="new-event").status == "in_review"


def test_who_edited_a_draft_last_cannot_publish_it_though_another_sent_it_in(ada, ed):
    event = draft(ada)
    event.summary = "An editor's words."
    review.save_draft(record=event, parts=apply_state(event, {}), by=ed)

    proposal = review.submit(record=event, by=ada)

    assert "somebody else has to check it" in refusal(review.accept, proposal=proposal, by=ed)


def test_who_edited_only_a_part_last_cannot_publish_it(ada, ed):
    event = draft(ada)
    state = state_of(event)
    state["citations"][0]["supports"] = ["evaluators"]
    review.save_draft(record=event, parts=apply_state(event, state), by=ed)

    proposal = review.submit(record=event, by=ada)

    assert writers_of(event) == {ada.pk, ed.pk}
    assert "somebody else has to check it" in refusal(review.accept, proposal=proposal, by=ed)


def test_who_edits_a_record_in_review_becomes_its_author(ada, ed):
    event = draft(ada)
    proposal = review.submit(record=event, by=ada)
    event = AccessEvent.objects.get(pk=event.pk)
    event.summary = "An editor's words."
    review.save_draft(record=event, parts=apply_state(event, {}), by=ed)

    proposal.refresh_from_db()
    assert proposal.author == ed
    assert "somebody else" in refusal(review.accept, proposal=proposal, by=ed)
    other = people.editor()
    review.accept(proposal=proposal, by=other)
    assert AccessEvent.objects.get(pk=event.pk).checked_by == other


def test_a_superuser_is_no_exception(django_user_model):
    root = django_user_model.objects.create_superuser("root")
    proposal = review.submit(record=draft(root), by=root)

    assert "somebody else" in refusal(review.accept, proposal=proposal, by=root)


def test_a_change_of_a_public_record_waits_and_is_then_public(ada, ed):
    event = factories.access_event(summary="Old.")

    proposal = proposed(ada, event, summary="New.")
    assert AccessEvent.objects.get(pk=event.pk).summary == "Old."
    review.accept(proposal=proposal, by=ed)

    event.refresh_from_db()
    assert event.summary == "New."
    assert event.checked_by == ed
    proposal.refresh_from_db()
    assert (proposal.before["summary"], proposal.after["summary"]) == ("Old.", "New.")
    past = event.history.first()
    assert (past.history_user, past.history_change_reason) == (ed, "We read it again.")


def test_a_change_of_citations_waits_too(ada, ed):
    event = factories.access_event(citations=[{"quote": "One.", "supports": ["timing"]}])
    state = state_of(event)
    state["citations"].append({"source": factories.source().key, "quote": "Two.", "supports": ["results"]})

    proposal = proposed(ada, event, citations=state["citations"])
    assert event.citations.count() == 1
    review.accept(proposal=proposal, by=ed)

    assert [each.quote for each in event.citations.all()] == ["One.", "Two."]


def test_a_change_needs_a_reason(ada):
    event = factories.access_event()

    sentence = refusal(review.propose, record=event, state={"summary": "New."}, reason="  ", by=ada)

    assert "blank" in sentence or "Say why" in sentence
    assert not Proposal.objects.filter(edition=None).exists()


def test_nothing_to_change_is_nothing_to_review(ada):
    event = factories.access_event()

    assert "Nothing changed" in refusal(review.propose, record=event, state=state_of(event), reason="Because.", by=ada)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"citations": []}, "Cite at least one source"),
        ({"started_on": "May"}, "is not a date in EDTF"),
        ({"no_safety_filters": "no"}, "No quote supports the answer"),
        ({"lab": "nowhere"}, "There is no lab"),
    ],
)
def test_a_change_that_could_not_be_saved_is_refused_at_once(ada, state, sentence):
    event = factories.access_event()
    before = state_of(event)

    assert sentence in refusal(review.propose, record=event, state=state, reason="Because.", by=ada)
    assert not Proposal.objects.filter(edition=None).exists()
    assert state_of(AccessEvent.objects.get(pk=event.pk)) == before


def test_trying_a_change_out_leaves_no_trace(ada):
    event = factories.access_event()
    past = event.history.count()

    proposed(ada, event, summary="New.")

    assert event.history.count() == past


def test_a_change_is_put_upon_what_was_accepted_meanwhile(ada, ed):
    event = factories.access_event(summary="Old.")
    first, second = proposed(ada, event, summary="New."), proposed(ada, event, access_days=5)

    review.accept(proposal=first, by=ed)
    review.accept(proposal=second, by=ed)

    event.refresh_from_db()
    assert (event.summary, event.access_days) == ("New.", 5)
    second.refresh_from_db()
    assert second.before["summary"] == "New."


def test_two_changes_of_one_field_are_not_both_accepted(ada, ed):
    event = factories.access_event(summary="Old.")
    first, second = proposed(ada, event, summary="New."), proposed(ada, event, summary="Other.")
    review.accept(proposal=first, by=ed)

    assert "has changed since this was proposed" in refusal(review.accept, proposal=second, by=ed)

    event.refresh_from_db()
    assert event.summary == "New."
    second.refresh_from_db()
    assert second.stage == Stage.IN_REVIEW


def test_a_change_that_was_sent_back_is_revised_and_accepted(ada, ed):
    proposal = proposed(ada, summary="New.")

    review.send_back(proposal=proposal, by=ed, note="Cite it.")
    proposal.refresh_from_db()
    assert (proposal.stage, proposal.note) == (Stage.SENT_BACK, "Cite it.")
    assert "was sent back" in refusal(review.accept, proposal=proposal, by=ed)
    review.revise(proposal=proposal, state={"summary": "Newer."}, reason="Better.", by=ada)
    review.accept(proposal=proposal, by=ed)

    assert proposal.record.summary == "Newer."


def test_who_revises_a_change_is_its_author(ada, ed):
    proposal = proposed(ada, summary="New.")

    review.revise(proposal=proposal, state={"summary": "Newer."}, reason="Better.", by=ed)

    assert "somebody else" in refusal(review.accept, proposal=proposal, by=ed)


def test_a_record_that_was_sent_back_is_a_draft_again_and_can_be_sent_in_once_more(ada, ed):
    event = draft(ada)
    proposal = review.submit(record=event, by=ada)

    review.send_back(proposal=proposal, by=ed, note="Which release?")
    assert AccessEvent.objects.get(pk=event.pk).status == RecordStatus.DRAFT
    again = review.submit(record=AccessEvent.objects.get(pk=event.pk), by=ada)

    assert again.pk == proposal.pk
    assert again.stage == Stage.IN_REVIEW


def test_what_is_rejected_stays_as_it_was(ada, ed):
    proposal = proposed(ada, summary="New.")

    review.reject(proposal=proposal, by=ed, note="The source does not say so.")

    assert proposal.record.summary != "New."
    proposal.refresh_from_db()
    assert (proposal.stage, proposal.decided_by) == (Stage.REJECTED, ed)
    assert "rejected already" in refusal(review.accept, proposal=proposal, by=people.editor())


def test_an_author_takes_a_proposal_back_while_nobody_has_decided_it(ada, ed):
    event = draft(ada)
    proposal = review.submit(record=event, by=ada)

    with pytest.raises(PermissionDenied):
        review.take_back(proposal=proposal, by=ed)
    review.take_back(proposal=proposal, by=ada)

    proposal.refresh_from_db()
    assert (proposal.stage, proposal.decided_by, proposal.note) == ("rejected", ada, "Taken back by its author.")
    assert AccessEvent.objects.get(pk=event.pk).status == RecordStatus.DRAFT
    assert "rejected already" in refusal(review.take_back, proposal=proposal, by=ada)


@pytest.mark.parametrize("decide", [review.send_back, review.reject])
def test_a_decision_against_a_proposal_says_why(ada, ed, decide):
    assert "Tell its author" in refusal(decide, proposal=proposed(ada), by=ed, note=" ")


@pytest.mark.parametrize("decide", [review.accept, review.send_back, review.reject])
def test_what_was_decided_is_not_decided_again(ada, ed, decide):
    proposal = proposed(ada)
    review.accept(proposal=proposal, by=ed)

    arguments = {} if decide is review.accept else {"note": "No."}
    assert "accepted already" in refusal(decide, proposal=proposal, by=people.editor(), **arguments)


def test_a_record_that_refers_to_a_draft_is_not_published(ada, ed):
    event = draft(ada)
    AIModel.objects.filter(pk=event.model_id).update(status="draft")
    proposal = review.submit(record=AccessEvent.objects.get(pk=event.pk), by=ada)

    assert f"not public: AI model {event.model}" in refusal(review.accept, proposal=proposal, by=ed)
    assert AccessEvent.objects.get(pk=event.pk).status == RecordStatus.IN_REVIEW


def test_a_record_whose_citation_is_of_a_draft_source_is_not_published(ada, ed):
    event = draft(ada)
    source = event.citations.get().source
    type(source).objects.filter(pk=source.pk).update(status="in_review")
    proposal = review.submit(record=AccessEvent.objects.get(pk=event.pk), by=ada)

    assert "not public: source" in refusal(review.accept, proposal=proposal, by=ed)


def test_a_public_record_is_withdrawn_with_a_reason(ada, ed):
    event = factories.access_event()

    proposal = review.propose_withdrawal(record=event, reason="It was another model.", by=ada)
    assert AccessEvent.objects.get(pk=event.pk).status == RecordStatus.PUBLISHED
    review.accept(proposal=proposal, by=ed)

    event.refresh_from_db()
    assert (event.status, event.withdrawn_because) == (RecordStatus.WITHDRAWN, "It was another model.")
    proposal.refresh_from_db()
    assert proposal.after == {}
    assert proposal.before["lab"] == event.lab.key


def test_a_record_that_public_records_refer_to_is_not_withdrawn(ada):
    event = factories.access_event()

    sentence = refusal(review.propose_withdrawal, record=event.model, reason="Wrong.", by=ada)

    assert f"These public records refer to it: access event {event}" in sentence


def test_a_withdrawn_record_comes_back_through_review(ada, ed):
    event = factories.access_event()
    review.accept(proposal=review.propose_withdrawal(record=event, reason="Wrong.", by=ada), by=ed)
    event.refresh_from_db()

    event.summary = "Right."
    review.save_draft(record=event, parts=apply_state(event, {}), by=ada)
    review.accept(proposal=review.submit(record=event, by=ada, reason="It was right."), by=ed)

    event.refresh_from_db()
    assert (event.status, event.summary, event.withdrawn_because) == ("published", "Right.", "")


@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_a_change_is_proposed_of_a_public_record_only(ada, status):
    event = factories.access_event(status=status, withdrawn_because="Wrong." if status == "withdrawn" else "")

    assert "It is not public" in refusal(
        review.propose, record=event, state={"summary": "New."}, reason="Because.", by=ada
    )


def test_a_public_record_is_not_saved_as_a_draft(ada):
    event = factories.access_event(summary="Old.")
    event.summary = "New."

    assert "propose the change" in refusal(review.save_draft, record=event, parts=apply_state(event, {}), by=ada)
    assert AccessEvent.objects.get(pk=event.pk).summary == "Old."


@pytest.mark.parametrize("status", ["published", "in_review"])
def test_what_is_public_or_in_review_is_not_sent_in_again(ada, status):
    assert "already" in refusal(review.submit, record=factories.access_event(status=status), by=ada)


def test_a_record_is_checked_again_without_a_change(ada, ed):
    event = factories.access_event()

    review.mark_checked(record=event, by=ed)

    event.refresh_from_db()
    assert (event.checked_by, event.checked_on) == (ed, timezone.localdate())
    assert event.changed_at is None
    assert "Only a public record" in refusal(review.mark_checked, record=factories.access_event(status="draft"), by=ed)


def test_a_draft_is_deleted_with_its_proposal(ada, ed):
    event = draft(ada)
    review.submit(record=event, by=ada)

    review.delete_draft(record=AccessEvent.objects.get(pk=event.pk), by=ada)

    assert not AccessEvent.objects.filter(key="new-event").exists()
    assert not Proposal.objects.filter(edition=None).exists()


@pytest.mark.parametrize("status", ["published", "withdrawn"])
def test_what_was_public_is_not_deleted(ada, status):
    event = factories.access_event(status=status, withdrawn_because="Wrong." if status == "withdrawn" else "")

    assert "but not deleted" in refusal(review.delete_draft, record=event, by=ada)


def test_a_draft_that_others_refer_to_is_not_deleted(ada):
    event = draft(ada)
    Lab.objects.filter(pk=event.lab_id).update(status="draft")

    sentence = refusal(review.delete_draft, record=Lab.objects.get(pk=event.lab_id), by=ada)

    assert "These refer to it: " in sentence
    assert f"access event {event}" in sentence


DECISIONS = {
    "accept": lambda by, ada: review.accept(proposal=proposed(ada), by=by),
    "send back": lambda by, ada: review.send_back(proposal=proposed(ada), by=by, note="No."),
    "reject": lambda by, ada: review.reject(proposal=proposed(ada), by=by, note="No."),
    "mark checked": lambda by, ada: review.mark_checked(record=factories.access_event(), by=by),
}


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_a_researcher_decides_nothing(ada, decide):
    with pytest.raises(PermissionDenied):
        decide(people.researcher(), ada)


EDITS = {
    "save a draft": lambda by, ada: draft(by),
    "submit": lambda by, ada: review.submit(record=draft(ada), by=by),
    "propose": lambda by, ada: proposed(by),
    "revise": lambda by, ada: review.revise(proposal=proposed(ada), state={"summary": "N."}, reason="B.", by=by),
    "withdraw": lambda by, ada: review.propose_withdrawal(record=factories.access_event(), reason="B.", by=by),
    "delete": lambda by, ada: review.delete_draft(record=draft(ada), by=by),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_somebody_without_a_role_edits_nothing(ada, django_user_model, edit):
    nobody = django_user_model.objects.create_user("nobody", is_staff=True)

    with pytest.raises(PermissionDenied):
        edit(nobody, ada)


def test_only_an_editor_lowers_certainty(ada, ed):
    event = factories.access_event()
    lowered = {"lowered_to": "disputed", "lowered_because": "The lab denies it."}

    with pytest.raises(PermissionDenied, match="Only an editor"):
        proposed(ada, event, **lowered)
    with pytest.raises(PermissionDenied):
        draft(ada, **lowered)
    review.accept(proposal=proposed(ed, event, **lowered), by=people.editor())

    assert AccessEvent.objects.get(pk=event.pk).lowered_to == "disputed"


def test_a_researcher_edits_other_things_of_an_event_whose_certainty_is_lowered(ada, ed):
    event = factories.access_event(lowered_to="disputed", lowered_because="The lab denies it.")

    review.accept(proposal=proposed(ada, event, summary="New."), by=ed)

    assert AccessEvent.objects.get(pk=event.pk).lowered_to == "disputed"


def unfound(record: AccessEvent) -> None:
    """Say that the snapshot of its source lacks the only quote of a record."""
    citation = record.citations.get()
    snapshots.add_snapshot(source=citation.source, text="Something else.", taken_on=timezone.localdate(), by=None)


def test_a_quote_that_its_snapshot_lacks_is_not_published_without_an_editors_reason(ada, ed):
    event = draft(ada)
    unfound(event)
    proposal = review.submit(record=AccessEvent.objects.get(pk=event.pk), by=ada)

    assert "Not found in the snapshot of their source: “A quote.”" in refusal(review.accept, proposal=proposal, by=ed)
    review.accept(proposal=proposal, by=ed, unfound_because="It stands in a picture.")

    assert event.citations.get().unfound_because == "It stands in a picture."
    assert AccessEvent.objects.get(pk=event.pk).status == RecordStatus.PUBLISHED


def test_a_doubtful_quote_is_not_published_without_an_editors_word(ada, ed):
    event = draft(ada)
    event.citations.update(quote="METR … it")
    source = event.citations.get().source
    snapshots.add_snapshot(source=source, text="METR tested it.", taken_on=timezone.localdate(), by=None)
    proposal = review.submit(record=AccessEvent.objects.get(pk=event.pk), by=ada)

    refused = refusal(review.accept, proposal=proposal, by=ed)
    assert "Perhaps not said in the snapshot of their source: “METR … it”" in refused
    assert "Not found" not in refused
    review.accept(proposal=proposal, by=ed, unfound_because="It leaves out one word.")

    citation = event.citations.get()
    assert (citation.quote_check, citation.unfound_because) == ("doubtful", "It leaves out one word.")


def test_a_reason_for_an_unfound_quote_is_given_once(ada, ed):
    event = draft(ada)
    unfound(event)
    proposal = review.submit(record=AccessEvent.objects.get(pk=event.pk), by=ada)
    review.accept(proposal=proposal, by=ed, unfound_because="It stands in a picture.")

    review.accept(proposal=proposed(ada, AccessEvent.objects.get(pk=event.pk), access_days=3), by=ed)

    assert event.citations.get().unfound_because == "It stands in a picture."


def test_saving_what_is_the_same_adds_nothing_to_the_history():
    model = factories.ai_model()
    before = model.history.count(), AIModelCitation.history.count()

    save_record(record=model, parts=apply_state(model, {}))

    assert (model.history.count(), AIModelCitation.history.count()) == before


def test_a_change_of_a_record_with_many_citations_asks_as_few_queries_as_one_with_few(ada, ed):
    def asked(citations: int) -> int:
        event = factories.access_event(citations=[factories.source() for _ in range(citations)])
        with CaptureQueriesContext(connection) as queries:
            review.accept(proposal=proposed(ada, event, summary="Another summary."), by=ed)
        return len(queries)

    asked(1)  # compiles what is compiled once
    assert asked(9) == asked(2)
