"""The review screen: a second person sees what changes and what it does, and decides."""

import html
import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from labs.actions import review, save_record, snapshots
from labs.choices import QuoteCheck, RecordStatus, Stage
from labs.models import AccessEvent, AccessEventCitation, Evaluator, EvaluatorCitation, Participation, Proposal, Source
from labs.models.states import apply_state, state_of
from tests import factories, people
from tests.evaltracker.pages import words_of

# The figures of a proposal are weighed on all records, so a page about one is quick where there are few.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]
QUEUE = "/admin/labs/proposal/"


@pytest.fixture
def ada():
    return people.researcher()


@pytest.fixture
def ed():
    return people.editor()


@pytest.fixture
def desk(client, ed):
    """The browser of an editor."""
    client.force_login(ed)
    return client


def change(ada, record=None, **fields):
    record = record or factories.access_event(summary="Old.")
    return review.propose(record=record, state=fields or {"summary": "New."}, reason="We read it again.", by=ada)


def draft(ada, model=None, key="test-new-event", **changes):
    model = model or factories.ai_model()
    values = {"activity": "model_evaluation", "outcome": "granted", "timing": "before_deployment", "summary": "A test."}
    event = AccessEvent(key=key, lab=model.lab, model=model, **values | changes)
    supports = ["evaluators", "activity", "timing"]
    parts = {
        "participations": [Participation(evaluator=factories.evaluator())],
        "citations": [AccessEventCitation(source=factories.source(lab=model.lab), quote="Q.", supports=supports)],
    }
    return review.save_draft(record=event, parts=parts, by=ada)


def published(ada, *args, **changes):
    """A proposal to publish a new event."""
    return review.submit(record=draft(ada, *args, **changes), by=ada)


def address(*proposals):
    if len(proposals) == 1:
        return reverse("admin:labs_proposal_change", args=[proposals[0].pk])
    return reverse("admin:labs_proposal_together") + "?" + "&".join(f"id={each.pk}" for each in proposals)


def page(client, url):
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return html.unescape(words_of(response.content.decode()))


def decide(client, decision, *proposals, **typed):
    """What a browser sends from the form on the page, where several are ticked; the response."""
    url = address(*proposals)
    if len(proposals) > 1:
        seen = {f"seen-{number}": row.seen for number, row in rows_of(client.get(url)).items()}
        return client.post(url, {"decision": decision, "tick": [each.pk for each in proposals], **seen, **typed})
    response = client.get(url)
    seen = response.context["seen"] if response.context else ""
    return client.post(url, {"decision": decision, "seen": seen, **typed})


def rows_of(response):
    """The rows of the screen of several, by the number of the proposal."""
    groups = response.context["groups"] if response.context and "groups" in response.context else []
    return {row.number: row for _, rows in groups for row in rows}


def words(response):
    assert response.status_code == 200, response.status_code
    return html.unescape(words_of(response.content.decode()))


# --- the queue ---------------------------------------------------------------------------------------------


def test_the_queue_shows_what_waits_with_who_proposed_it(desk, ada):
    change(ada, factories.evaluator(name="Waiting evaluator"), name="New name")
    decided = change(ada, factories.evaluator(name="Decided evaluator"), name="Other name")
    review.reject(proposal=decided, by=people.editor(), note="No.")

    found = page(desk, QUEUE)

    assert "Waiting evaluator" in found
    assert ada.username in found
    assert "Decided evaluator" not in found


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("?stage=all", True),
        ("?stage=sent_back", False),
        ("?kind__exact=change", True),
        ("?kind__exact=publish", False),
        ("?record=evaluator", True),
        ("?record=lab", False),
        ("?record=nonsense", True),
        ("?batch=file.csv", True),
        ("?batch=other.csv", False),
        ("?q=waiting", True),
        ("?q=nothing-like-it", False),
    ],
)
def test_the_queue_can_be_filtered_and_searched(desk, ada, query, is_there):
    proposal = change(ada, factories.evaluator(name="Waiting evaluator"), name="New name")
    Proposal.objects.filter(pk=proposal.pk).update(batch="file.csv")

    response = desk.get(QUEUE + query)

    assert response.status_code == 200
    assert [each.pk for each in response.context["cl"].result_list] == ([proposal.pk] if is_there else [])


def test_the_queue_costs_the_same_queries_for_one_and_for_many(desk, ada):
    desk.get(QUEUE)
    change(ada)
    with CaptureQueriesContext(connection) as one:
        desk.get(QUEUE)
    for _ in range(4):
        change(people.researcher())

    with CaptureQueriesContext(connection) as many:
        desk.get(QUEUE)

    assert len(many) == len(one)


def test_nobody_writes_or_deletes_proposals_by_hand(client, ada):
    client.force_login(User.objects.create_superuser("root"))
    proposal = change(ada)

    assert client.get(QUEUE + "add/").status_code == 403
    assert client.post(f"{QUEUE}{proposal.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Proposal.objects.filter(pk=proposal.pk).exists()


def test_only_people_of_the_desk_see_proposals(client, ada):
    proposal = change(ada)
    assert client.get(address(proposal)).status_code == 302
    client.force_login(User.objects.create_user("guest", is_staff=True))

    for url in (QUEUE, address(proposal), address(proposal, change(ada))):
        assert client.get(url).status_code == 403


# --- what the screen shows ---------------------------------------------------------------------------------


def test_the_screen_shows_each_field_old_and_new_and_why(desk, ada):
    event = factories.access_event(summary="Old words.")
    proposal = change(ada, event, summary="New words.", timing="after_deployment")

    found = page(desk, address(proposal))

    assert f"Change: access event {event}" in found
    assert "Why We read it again." in found
    assert ada.username in found
    assert "Summary Old words. New words." in found
    assert "Timing before deployment after deployment" in found


def test_a_publication_shows_everything_as_new(desk, ada):
    found = page(desk, address(published(ada, summary="All of it is new.")))

    assert "First publication: access event test-new-event" in found
    assert "Becomes public" in found
    assert "All of it is new." in found
    assert "It has no public page yet." in found


def test_a_change_that_corrects_an_error_says_so(desk, ada):
    proposal = review.propose(
        record=factories.access_event(), state={"summary": "Right."}, reason="Wrong.", by=ada, is_correction=True
    )

    assert "corrects our error" in page(desk, address(proposal))


def test_citations_are_told_as_added_changed_removed_and_unchanged(desk, ada):
    cited = [{"quote": f"Quote {name}.", "supports": ["activity"]} for name in ("kept", "changed", "removed")]
    event = factories.access_event(citations=cited)
    kept, changed, _ = state_of(event)["citations"]
    changed["supports"] = ["timing"]
    source = factories.source(title="The new source")
    new = {"source": source.key, "quote": "Quote added.", "supports": ["results"]}

    response = desk.get(address(change(ada, event, citations=[kept, changed, new])))

    shown = response.context["reviewed"]
    assert {(each.quote, each.what) for each in shown.citations} == {
        ("Quote kept.", "unchanged"),
        ("Quote changed.", "changed"),
        ("Quote removed.", "removed"),
        ("Quote added.", "added"),
    }
    text = words(response)
    assert "Supports: timing (before: activity)" in text
    assert "The new source" in text
    assert source.url in response.content.decode()


def test_each_quote_says_whether_its_snapshot_has_it(desk, ada, nothing_is_found):
    assert "not found in the snapshot" in page(desk, address(published(ada)))


@pytest.fixture
def nothing_is_found(monkeypatch):
    """As if a snapshot of each source lacked every quote."""

    def check(citations):
        for each in citations:
            each.quote_check = QuoteCheck.NOT_FOUND.value

    monkeypatch.setattr("labs.actions.records.check_quotes", check)
    monkeypatch.setattr("evaltracker.admin.reviewed.check_quotes", check)


def test_each_quote_says_how_it_was_found_and_what_it_leaves_out(desk, ada):
    event = draft(ada)
    source = event.citations.get().source
    event.citations.update(quote="METR … tested it")
    text = "METR <soon> tested it."
    snapshots.add_snapshot(source=source, text=text, taken_on=timezone.localdate(), by=None)
    proposal = review.submit(record=AccessEvent.objects.get(pk=event.pk), by=ada)

    shown = page(desk, address(proposal))

    assert "perhaps in the snapshot: with omissions" in shown
    assert "Left out here: “<soon>”" in shown
    assert "Why you keep the quotes that were not found or are doubtful" in shown


@pytest.mark.usefixtures("one_release_is_enough")
def test_the_screen_shows_the_effect_on_scores(desk, empty_database, ada):
    model = factories.ai_model(released_on="2024-06-15")

    found = page(desk, address(published(ada, model)))

    assert f"{model.lab.name}, all time, score 0.0 36.8–88.2" in found


def test_it_says_plainly_that_nothing_changes(desk, ada):
    assert "No score and no verdict changes." in page(desk, address(change(ada)))


def test_other_proposals_for_the_same_record_are_linked(desk, ada):
    event = factories.access_event()
    proposal, other = change(ada, event, summary="One."), change(ada, event, timing="after_deployment")

    response = desk.get(address(proposal))

    assert "Other open proposals for this record" in words(response)
    assert address(other) in response.content.decode()


def test_a_conflict_shows_both_versions(desk, ada):
    event = factories.access_event(summary="Old.")
    mine, other = change(ada, event, summary="Mine."), change(ada, event, summary="Theirs.")
    review.accept(proposal=other, by=people.editor())

    found = page(desk, address(mine))

    assert "Somebody else has changed the same fields since" in found
    assert "Summary Theirs. Mine." in found
    assert "What prevents it" in found
    assert desk.get(address(mine)).context["buttons"] == ["send_back", "reject"]


def test_what_refers_to_drafts_offers_to_publish_them_together(desk, ada):
    model = factories.ai_model(status="draft")
    event = published(ada, model)
    model_proposal = review.submit(record=model, by=ada)

    response = desk.get(address(event))

    assert "It refers to records that are not public" in words(response)
    assert response.context["together_url"] == address(event, model_proposal)


def test_what_people_write_is_escaped(desk, ada):
    event = factories.access_event(summary="<b>old</b>")
    reason = "<script>alert(1)</script>"
    proposal = review.propose(record=event, state={"summary": "<img src=x>"}, reason=reason, by=ada)

    source = desk.get(address(proposal)).content.decode()

    assert reason not in source
    assert "<img src=x>" not in source
    assert "&lt;script&gt;" in source


def test_a_decided_proposal_says_what_was_decided_by_whom_and_offers_nothing(desk, ada):
    proposal = change(ada)
    other = people.editor()
    review.accept(proposal=proposal, by=other, note="Fine.")

    found = page(desk, address(proposal))

    assert f"accepted by {other.username}" in found
    assert "Fine." in found
    assert "Summary Old. New." in found
    assert "Send back" not in found


def test_the_author_gets_a_link_to_revise_a_change(client, ada):
    proposal = change(ada)
    client.force_login(ada)

    source = client.get(address(proposal)).content.decode()

    assert f"/admin/labs/accessevent/{proposal.object_id}/change/?proposal={proposal.pk}" in source


def test_a_draft_is_revised_in_its_own_form(client, ada):
    proposal = published(ada)
    client.force_login(ada)

    source = client.get(address(proposal)).content.decode()

    assert f'href="/admin/labs/accessevent/{proposal.object_id}/change/">Revise' in source


@pytest.mark.parametrize("number", ["0", "999999", "abc", "9" * 40, "1 OR 1", "²"])
def test_a_proposal_that_is_not_there_is_a_404(desk, number):
    assert desk.get(f"{QUEUE}{number}/change/").status_code == 404


# --- decisions ---------------------------------------------------------------------------------------------


def test_accepting_a_change_makes_it_public_and_says_so_with_a_link(desk, ada):
    proposal = change(ada)

    response = decide(desk, "accept", proposal, note="Well done.")

    assert response.status_code == 302
    event = AccessEvent.objects.get(pk=proposal.object_id)
    assert event.summary == "New."
    proposal.refresh_from_db()
    assert (proposal.stage, proposal.note) == (Stage.ACCEPTED, "Well done.")
    queue = desk.get(response["Location"])
    assert f'<a href="{event.get_absolute_url()}">See its public page</a>' in queue.content.decode()


def test_accepting_a_draft_publishes_it(desk, ada, ed):
    proposal = published(ada)

    decide(desk, "accept", proposal)

    event = AccessEvent.objects.get(pk=proposal.object_id)
    assert (event.status, event.checked_by) == (RecordStatus.PUBLISHED, ed)


@pytest.mark.parametrize(("decision", "stage"), [("send_back", Stage.SENT_BACK), ("reject", Stage.REJECTED)])
def test_sending_back_and_rejecting_make_a_draft_again_with_the_note(desk, ada, decision, stage):
    proposal = published(ada)

    decide(desk, decision, proposal, note="Which day?")

    proposal.refresh_from_db()
    assert (proposal.stage, proposal.note) == (stage, "Which day?")
    assert AccessEvent.objects.get(pk=proposal.object_id).status == RecordStatus.DRAFT


@pytest.mark.parametrize("decision", ["send_back", "reject"])
def test_without_a_note_it_is_not_done_and_says_what_is_missing(desk, ada, decision):
    proposal = change(ada)

    found = words(decide(desk, decision, proposal, note="  "))

    assert "Tell its author why in the note." in found
    proposal.refresh_from_db()
    assert proposal.stage == Stage.IN_REVIEW


def test_what_was_typed_is_kept_when_it_cannot_be_accepted(desk, ada, nothing_is_found):
    proposal = published(ada)

    response = decide(desk, "accept", proposal, note="Typed <note>.")

    assert "Not found in the snapshot of their source" in words(response)
    assert "Typed &lt;note&gt;.</textarea>" in response.content.decode()


def test_quotes_that_are_not_found_are_accepted_with_a_reason(desk, ada, nothing_is_found):
    proposal = published(ada)
    assert "Why you keep the quotes that were not found or are doubtful" in page(desk, address(proposal))

    decide(desk, "accept", proposal, unfound_because="The page was cut off.")

    event = AccessEvent.objects.get(pk=proposal.object_id)
    assert event.status == RecordStatus.PUBLISHED
    assert event.citations.get().unfound_because == "The page was cut off."


def test_nobody_asks_for_a_reason_where_all_quotes_are_found(desk, ada):
    assert "Why you keep the quotes" not in page(desk, address(published(ada)))


def test_its_author_cannot_decide_and_is_told_why(client):
    both = people.editor()
    proposal = change(both)
    client.force_login(both)

    assert "You proposed it, so somebody else has to decide about it." in page(client, address(proposal))
    for decision in ("accept", "send_back", "reject"):
        response = decide(client, decision, proposal, note="Mine.")
        assert "somebody else has to" in words(response)
        proposal.refresh_from_db()
        assert proposal.stage == Stage.IN_REVIEW


def test_who_changed_a_draft_last_cannot_decide_and_is_told_why(desk, ada, ed):
    event = draft(ada)
    event.summary = "An editor's words."
    save_record(record=event, parts=apply_state(event, {}), by=ed)
    proposal = review.submit(record=event, by=ada)

    assert "You wrote a part of it" in page(desk, address(proposal))
    assert "somebody else has to" in words(decide(desk, "accept", proposal))
    assert AccessEvent.objects.get(pk=event.pk).status == RecordStatus.IN_REVIEW


def test_a_superuser_is_no_exception(client):
    root = User.objects.create_superuser("root")
    proposal = change(root)
    client.force_login(root)

    assert "somebody else has to" in words(decide(client, "accept", proposal))


@pytest.mark.parametrize("decision", ["accept", "send_back", "reject"])
def test_a_researcher_sees_no_buttons_and_a_forged_decision_is_refused(client, ada, decision):
    proposal = change(ada)
    client.force_login(people.researcher())

    assert "Only an editor can decide about it." in page(client, address(proposal))
    assert f'name="decision" value="{decision}"' not in client.get(address(proposal)).content.decode()
    assert decide(client, decision, proposal, note="Forged.").status_code == 403
    proposal.refresh_from_db()
    assert proposal.stage == Stage.IN_REVIEW


def test_a_decision_without_the_token_of_the_form_is_refused(ed, ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ed)

    assert client.post(address(change(ada)), {"decision": "accept"}).status_code == 403


def test_what_was_decided_already_is_not_decided_again(desk, ada):
    proposal = change(ada)
    seen = desk.get(address(proposal)).context["seen"]
    review.reject(proposal=proposal, by=people.editor(), note="No.")

    response = desk.post(address(proposal), {"decision": "accept", "seen": seen})

    assert "it is already rejected" in words(response)
    assert AccessEvent.objects.get(pk=proposal.object_id).summary == "Old."


def test_what_was_sent_back_can_only_be_rejected(desk, ada):
    proposal = change(ada)
    review.send_back(proposal=proposal, by=people.editor(), note="Which day?")

    response = desk.get(address(proposal))
    assert response.context["buttons"] == ["reject"]
    assert "sent back to its author" in words(decide(desk, "accept", proposal))


def test_what_changed_while_it_was_read_has_to_be_read_again(desk, ada):
    proposal = change(ada)
    seen = desk.get(address(proposal)).context["seen"]
    review.revise(proposal=proposal, state={"summary": "Something else."}, reason="Better.", by=ada)

    response = desk.post(address(proposal), {"decision": "accept", "seen": seen, "note": "Fine."})

    assert "It has changed while you were reading." in words(response)
    assert "Fine.</textarea>" in response.content.decode()
    assert "Something else." in words(response)
    assert AccessEvent.objects.get(pk=proposal.object_id).summary == "Old."


def test_an_edited_draft_has_to_be_read_again_too(desk, ada):
    proposal = published(ada)
    seen = desk.get(address(proposal)).context["seen"]
    event = AccessEvent.objects.get(pk=proposal.object_id)
    event.summary = "Something else."
    review.save_draft(record=event, parts=apply_state(event, {}), by=ada)

    response = desk.post(address(proposal), {"decision": "accept", "seen": seen})

    assert "It has changed while you were reading." in words(response)


@pytest.mark.parametrize("decision", ["", "publish", "accept\0"])
def test_a_decision_that_there_is_not_says_what_to_do(desk, ada, decision):
    assert "Choose one of the buttons below." in words(decide(desk, decision, change(ada)))


@pytest.mark.usefixtures("one_release_is_enough")
def test_the_public_page_has_the_figures_that_the_screen_foretold(desk, empty_database, ada):
    model = factories.ai_model()
    proposal = published(ada, model)
    (score,) = [each for each in desk.get(address(proposal)).context["effect"].scores if each.of.endswith("all time")]
    lab_page = f"/labs/{model.lab.key}/?window=all"
    before = page(desk, lab_page)

    decide(desk, "accept", proposal)

    after = page(desk, lab_page)
    assert (score.old, score.new) == ("0.0", "36.8–88.2")
    low, high = "37", "88"  # pages print whole numbers
    assert not re.search(rf"{low}\s*–\s*{high}", before)
    assert re.search(rf"{low}\s*–\s*{high}", after)


# --- several at once ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("one_release_is_enough")
def test_several_are_accepted_together_in_the_order_in_which_they_refer_to_each_other(desk, empty_database, ada):
    model = factories.ai_model(status="draft")
    event = published(ada, model)
    model_proposal = review.submit(record=model, by=ada)

    found = page(desk, address(event, model_proposal))
    assert "Review 2 proposals together" in found
    assert f"{model.lab.name}, all time, score no release in the window 36.8–88.2" in found
    assert found.index("AI model") < found.index("access event")
    assert "not public" not in found.replace("Not public", "")
    decide(desk, "accept_ticked", event, model_proposal)

    model.refresh_from_db()
    assert model.status == RecordStatus.PUBLISHED
    assert AccessEvent.objects.get(pk=event.object_id).status == RecordStatus.PUBLISHED


def test_an_evaluator_and_its_own_source_can_only_go_together(desk, ada):
    evaluator = Evaluator(key="test-new-evaluator", name="New evaluator", kind="nonprofit", note="It stands ready.")
    evaluator = review.save_draft(record=evaluator, parts={"former_names": [], "citations": []}, by=ada)
    source = factories.source(evaluator=evaluator, status="draft")
    parts = {"former_names": [], "citations": [EvaluatorCitation(source=source, quote="Q.", supports=["note"])]}
    review.save_draft(record=evaluator, parts=parts, by=ada)
    proposals = [review.submit(record=each, by=ada) for each in (source, evaluator)]

    assert "not public" in words(decide(desk, "accept", proposals[0]))
    decide(desk, "accept_ticked", *proposals)

    assert Source.objects.get(pk=source.pk).status == RecordStatus.PUBLISHED
    assert Evaluator.objects.get(pk=evaluator.pk).status == RecordStatus.PUBLISHED


def test_one_that_cannot_be_accepted_holds_up_no_other(desk, ada):
    good = change(ada)
    bad = published(ada, factories.ai_model(status="draft"))

    response = decide(desk, "accept_ticked", good, bad)

    assert "1 accepted" in words(response)
    assert "records that are not public" in words(response)
    assert AccessEvent.objects.get(pk=good.object_id).summary == "New."
    assert AccessEvent.objects.get(pk=bad.object_id).status == RecordStatus.IN_REVIEW


def test_one_of_my_own_among_several_is_named_and_the_others_are_decided(client, ada):
    both = people.editor()
    theirs, mine, more = change(ada), change(both, factories.evaluator(), name="Mine"), change(ada)
    client.force_login(both)

    response = client.get(address(theirs, mine, more))

    assert "1 of them: You proposed it" in words(response)
    assert {number for number, row in rows_of(response).items() if row.is_free} == {theirs.pk, more.pk}
    assert "You proposed it" in words(decide(client, "accept_ticked", theirs, mine, more))
    assert AccessEvent.objects.get(pk=theirs.object_id).summary == "New."
    assert Evaluator.objects.get(pk=mine.object_id).name != "Mine"


def test_one_that_was_decided_meanwhile_is_named(desk, ada):
    open_one, decided = change(ada), change(ada)
    review.accept(proposal=decided, by=people.editor())

    assert "Somebody has already decided about it." in words(desk.get(address(open_one, decided)))
    response = decide(desk, "accept_ticked", open_one, decided)
    assert "It is already accepted." in words(desk.get(response["Location"]))
    assert AccessEvent.objects.get(pk=open_one.object_id).summary == "New."


def test_the_queue_leads_to_those_that_were_chosen(desk, ada):
    chosen = [change(ada), change(ada)]

    response = desk.post(QUEUE, {"action": "review_together", "_selected_action": [each.pk for each in chosen]})

    assert response["Location"] == address(*chosen)
    response = desk.post(QUEUE, {"action": "review_together", "_selected_action": [chosen[0].pk]})
    assert response["Location"] == address(chosen[0])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?id=", 404),
        ("?id=abc&id=1", 404),
        ("?id=999999&id=999998", 404),
        ("?id=" + "9" * 30, 404),
        ("?" + "&".join(f"id={number}" for number in range(1, 202)), 400),
    ],
)
def test_numbers_that_lead_nowhere_are_no_error_of_ours(desk, query, status):
    assert desk.get(f"{QUEUE}together/{query}").status_code == status


def test_too_many_at_once_says_how_many_are_allowed(desk, ada, monkeypatch):
    monkeypatch.setattr("evaltracker.admin.proposals.TOGETHER_AT_MOST", 1)
    chosen = [change(ada), change(ada)]

    response = desk.post(
        QUEUE, {"action": "review_together", "_selected_action": [each.pk for each in chosen]}, follow=True
    )

    assert "You can review at most 1 proposals together" in words(response)
    assert desk.get(address(*chosen)).status_code == 400


def test_a_researchers_forged_acceptance_of_several_is_refused(client, ada):
    proposals = [change(ada), change(ada)]
    client.force_login(people.researcher())

    assert decide(client, "accept_ticked", *proposals).status_code == 403


# --- withdrawal, and checked again -------------------------------------------------------------------------


def of_record(record, word):
    return f"/admin/{record._meta.app_label}/{record._meta.model_name}/{record.pk}/{word}/"


def test_a_withdrawal_is_proposed_with_its_reason_and_accepted_by_another(client, ada, ed):
    event = factories.access_event()
    client.force_login(ada)
    response = client.post(of_record(event, "withdraw"), {"reason": "It was another model."})
    proposal = Proposal.objects.get(object_id=event.pk, kind="withdraw")
    assert response["Location"] == address(proposal)
    assert "Public until then" in page(client, address(proposal))

    client.force_login(ed)
    decide(client, "accept", proposal)

    event.refresh_from_db()
    assert (event.status, event.withdrawn_because) == (RecordStatus.WITHDRAWN, "It was another model.")


def test_a_withdrawal_without_a_reason_is_not_proposed(client, ada):
    event = factories.access_event()
    client.force_login(ada)

    assert "Nothing was proposed" in words(client.post(of_record(event, "withdraw"), {"reason": " "}))
    assert not Proposal.objects.exists()


def test_what_public_records_rest_on_is_not_withdrawn_and_they_are_named(client, ada):
    event = factories.access_event()
    source = event.citations.get().source
    client.force_login(ada)

    assert str(event) in page(client, of_record(source, "withdraw"))
    response = client.post(of_record(source, "withdraw"), {"reason": "Gone, <b>really</b>."})
    assert "public records refer to it" in words(response)
    assert "Gone, &lt;b&gt;really&lt;/b&gt;.</textarea>" in response.content.decode()


def test_a_draft_is_not_withdrawn(client, ada):
    event = draft(ada)
    client.force_login(ada)

    assert "Only a public record can be withdrawn" in page(client, of_record(event, "withdraw"))
    assert "Only a public record can be withdrawn" in words(
        client.post(of_record(event, "withdraw"), {"reason": "No."})
    )


def test_a_record_that_comes_back_shows_what_is_different_from_then(desk, ada):
    event = factories.access_event(summary="Before.")
    withdrawn = review.propose_withdrawal(record=event, reason="Doubtful.", by=ada)
    review.accept(proposal=withdrawn, by=people.editor())
    event.refresh_from_db()
    event.summary = "After."
    review.save_draft(record=event, parts=apply_state(event, {}), by=ada)

    found = page(desk, address(review.submit(record=event, by=ada, reason="It is settled.")))

    assert "Was withdrawn Doubtful." in found
    assert "Summary Before. After." in found


def test_an_editor_says_that_a_record_was_checked_again(desk, ed):
    event = factories.access_event()

    assert "Checked again" in page(desk, of_record(event, "checked"))
    assert AccessEvent.objects.get(pk=event.pk).checked_on is None
    desk.post(of_record(event, "checked"))

    assert AccessEvent.objects.get(pk=event.pk).checked_by == ed


def test_a_draft_is_not_checked_again(desk, ada):
    event = draft(ada)

    assert "Only a public record can be checked again" in page(desk, of_record(event, "checked"))
    assert "Only a public record can be checked again" in words(desk.post(of_record(event, "checked")))


def test_a_researcher_cannot_mark_a_record_as_checked(client, ada):
    event = factories.access_event()
    client.force_login(ada)

    assert client.get(of_record(event, "checked")).status_code == 403
    assert client.post(of_record(event, "checked")).status_code == 403
    assert AccessEvent.objects.get(pk=event.pk).checked_on is None


def test_who_may_not_edit_cannot_propose_a_withdrawal(client):
    event = factories.access_event()
    client.force_login(User.objects.create_user("guest", is_staff=True))

    assert client.post(of_record(event, "withdraw"), {"reason": "No."}).status_code == 403
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("number", ["0", "abc", "9" * 30])
@pytest.mark.parametrize("word", ["withdraw", "checked"])
def test_a_record_that_is_not_there_is_a_404(client, number, word):
    client.force_login(User.objects.create_superuser("root"))

    assert client.get(f"/admin/labs/lab/{number}/{word}/").status_code == 404


def test_the_form_of_a_public_record_links_to_both_pages(client):
    client.force_login(User.objects.create_superuser("root"))
    event = factories.access_event()

    source = client.get(f"/admin/labs/accessevent/{event.pk}/change/").content.decode()

    assert of_record(event, "withdraw") in source
    assert of_record(event, "checked") in source


# --- mergers -----------------------------------------------------------------------------------------------


def test_a_merger_shows_where_the_two_records_differ_and_what_moves(desk):
    loser, winner = factories.evaluator(name="Old name"), factories.evaluator(name="Right name")
    event = factories.access_event(evaluators=[loser])
    proposal = review.propose_merger(loser=loser, winner=winner, reason="The same.", by=people.editor())

    found = page(desk, address(proposal))
    assert "Merged into Right name" in found
    assert "Name Old name Right name" in found
    assert f"What refers to it {event}" in found
    assert "No score and no verdict changes." in found
    response = desk.get(decide(desk, "accept", proposal)["Location"])

    assert event.participations.get().evaluator == winner
    assert f'<a href="{winner.get_absolute_url()}">See its public page</a>' in response.content.decode()
    assert "accepted" in page(desk, address(proposal))
