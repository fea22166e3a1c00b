"""A batch: a name, a page with its records by release, and one screen on which each is decided about."""

import datetime as dt
import html
from urllib.parse import quote, urlencode

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaltracker.admin.reviewed import read_together
from evaltracker.worklist.groups import by_release
from labs.actions import batches, review
from labs.actions.batches import decide_each, name_batch
from labs.actions.versions import raise_data_version
from labs.choices import RecordStatus, Stage
from labs.models import (
    AccessEvent,
    AccessEventCitation,
    AIModel,
    AIModelCitation,
    DataVersion,
    Edition,
    Participation,
    Proposal,
    Source,
)
from labs.models.states import state_of
from tests import factories, people
from tests.evaltracker.pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]
DAY = dt.date(2024, 6, 2)
MONTH = "September 2026"
QUERIES_OF_A_RECORD = 34
QUERIES_OF_AN_ACCEPTED_ONE = 33
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


@pytest.fixture
def edition():
    """An edition, with its first data version."""
    Edition.objects.create(version="2026.12", complete_to=dt.date(2026, 8, 31))
    raise_data_version()


def change(ada, **fields):
    event = factories.access_event(summary="Old.")
    return review.propose(record=event, state=fields or {"summary": "New."}, reason="Read again.", by=ada, batch=MONTH)


def a_month(ada, name="Nova", key="new"):
    """A new source, its release and an event, which refer to each other, as proposals in that order."""
    lab = factories.lab()
    source = review.save_draft(record=source_of(lab, key), parts={}, by=ada)
    cited = AIModelCitation(source=source, quote="It is out.", supports=["name"])
    model = AIModel(key=f"test-{key}", lab=lab, name=name, released_on="2024-06-01", release="api_or_product")
    model = review.save_draft(record=model, parts={"citations": [cited], "searches": [], "other_names": []}, by=ada)
    event = AccessEvent(
        key=f"test-{key}", lab=lab, model=model, activity="model_evaluation", outcome="granted", summary="S."
    )
    parts = {
        "participations": [Participation(evaluator=factories.evaluator())],
        "citations": [AccessEventCitation(source=source, quote="They tested it.", supports=["activity"])],
    }
    event = review.save_draft(record=event, parts=parts, by=ada)
    return [review.submit(record=each, by=ada, batch=MONTH) for each in (source, model, event)]


def source_of(lab, key):
    values = {
        "url": f"https://example.org/{key}",
        "kind": "lab_model_card",
        "published_on": "2024-06-01",
        "read_on": DAY,
    }
    return Source(key=f"test-card-{key}", title=f"Card {key}", publisher=lab.name, lab=lab, **values)


def screen(name=MONTH, **more):
    return f"{QUEUE}together/?" + urlencode({"batch": name, **more}, quote_via=quote)


def page_of(name=MONTH):
    return f"{QUEUE}batch/?" + urlencode({"name": name}, quote_via=quote)


def words(response):
    assert response.status_code == 200, response.status_code
    return html.unescape(words_of(response.content.decode()))


def rows(response):
    return {row.number: row for _, found in response.context["groups"] for row in found}


def send(client, decision, *ticked, **typed):
    """What a browser sends from the screen of the batch."""
    seen = {f"seen-{number}": row.seen for number, row in rows(client.get(screen())).items()}
    return client.post(
        screen(), {"decision": decision, "tick": [each.pk for each in ticked], **seen, **typed}, follow=True
    )


def stages(*proposals):
    return [Proposal.objects.get(pk=each.pk).stage for each in proposals]


# --- the action --------------------------------------------------------------------------------------------


def accepted(by, *proposals, back=()):
    return decide_each(accept=[(each, "") for each in proposals], send_back_with=back, by=by)


def version():
    return DataVersion.objects.count()


def test_each_good_one_is_accepted_and_one_click_is_one_data_version(ada, ed, edition):
    first, second, conflict = change(ada), change(ada), change(ada)
    other = review.propose(record=conflict.record, state={"summary": "Other."}, reason="So.", by=ada)
    review.accept(proposal=other, by=people.editor())
    before = version()

    decided = accepted(ed, first, conflict, second)

    assert decided.accepted == [first, second]
    assert "has changed since this was proposed" in decided.refused[conflict.pk][0]
    assert stages(first, second, conflict) == ["accepted", "accepted", "in_review"]
    assert version() == before + 1


def test_what_refers_to_a_refused_record_is_refused_with_it_and_all_others_pass(ada, ed):
    source, model, event = a_month(ada)
    good = change(ada)
    AIModel.objects.filter(pk=model.object_id).update(released_on="nonsense")  # can no longer be saved

    decided = accepted(ed, source, model, event, good)

    assert set(decided.refused) == {model.pk, event.pk}
    assert "AI model Nova" in decided.refused[event.pk][0]
    assert stages(source, model, event, good) == ["accepted", "in_review", "in_review", "accepted"]
    assert AIModel.objects.get(pk=model.object_id).status == RecordStatus.IN_REVIEW
    assert AccessEvent.objects.get(pk=event.object_id).status == RecordStatus.IN_REVIEW


def test_a_chain_that_hangs_on_a_refused_record_is_refused_in_one_trial(ada, ed, monkeypatch):
    source, model, event = a_month(ada)
    good = change(ada)
    Source.objects.filter(pk=source.object_id).update(published_on="nonsense")  # can no longer be saved
    trials = []
    carried = batches._try
    monkeypatch.setattr(batches, "_try", lambda *given: trials.append(len(given[0])) or carried(*given))

    decided = accepted(ed, source, model, event, good)

    assert set(decided.refused) == {source.pk, model.pk, event.pk}
    assert trials == [4, 1]
    assert stages(source, model, event, good) == ["in_review", "in_review", "in_review", "accepted"]
    assert {each.record.status for each in (source, model, event)} == {RecordStatus.IN_REVIEW}


def test_ones_own_are_refused_and_the_others_accepted(ed, ada):
    mine, theirs = change(ed), change(ada)

    decided = accepted(ed, mine, theirs)

    assert "somebody else has to check it" in decided.refused[mine.pk][0]
    assert stages(mine, theirs) == ["in_review", "accepted"]


def test_nothing_accepted_makes_no_data_version(ada, ed, edition):
    proposal, other = change(ada), change(ed)
    before = version()

    decided = accepted(ed, other, back=[(proposal, "Cite it.")])

    assert (decided.accepted, decided.sent_back) == ([], [proposal])
    assert version() == before


def test_sending_back_needs_a_note_and_holds_up_nothing_without_one(ada, ed):
    good, silent = change(ada), change(ada)

    decided = accepted(ed, good, back=[(silent, " ")])

    assert decided.refused == {silent.pk: ["Tell its author why in the note."]}
    assert stages(good, silent) == ["accepted", "in_review"]


# --- the screen --------------------------------------------------------------------------------------------


def test_the_screen_has_the_records_by_release_with_nothing_decided(desk, ada):
    source, model, event = a_month(ada)
    other = change(ada)

    response = desk.get(screen())

    groups = [(title, [row.number for row in found]) for title, found in response.context["groups"]]
    lab = AIModel.objects.get(pk=model.object_id).lab
    assert (f"{lab}: Nova", [source.pk, model.pk, event.pk]) in groups
    assert len(groups) == 2
    assert not any(row.is_ticked for row in rows(response).values())
    assert f'href="#group-{len(groups)}"' in response.content.decode()
    assert other.pk in rows(response)


def test_all_that_can_be_accepted_are_ticked_by_a_link(desk, ada):
    good, bad = change(ada), change(ada)
    other = review.propose(record=bad.record, state={"summary": "Other."}, reason="So.", by=ada)
    review.accept(proposal=other, by=people.editor())

    response = desk.get(screen(ticked="all"))

    assert {number for number, row in rows(response).items() if row.is_ticked} == {good.pk}
    assert "Cannot be accepted as it is: The record has changed" in words(response)
    assert "accept" not in dict(rows(response)[bad.pk].choices)


def test_the_ticked_are_accepted_and_one_is_sent_back_by_its_own_decision(desk, ada, edition):
    proposals = a_month(ada)
    odd = change(ada)
    before = version()
    chosen = {f"decision-{odd.pk}": "send_back", f"note-{odd.pk}": "Which day?"}

    response = send(desk, "accept_ticked", *proposals, odd, **chosen)

    assert stages(*proposals, odd) == ["accepted"] * 3 + ["sent_back"]
    assert Proposal.objects.get(pk=odd.pk).note == "Which day?"
    assert version() == before + 1
    assert len(response.context["messages"]) == 1
    assert "3 accepted" in words(response)
    assert "1 sent back" in words(response)


def test_what_is_skipped_or_not_ticked_keeps_waiting(desk, ada):
    done, skipped, untouched = change(ada), change(ada), change(ada)

    send(desk, "accept_ticked", done, skipped, **{f"decision-{skipped.pk}": "skip"})

    assert stages(done, skipped, untouched) == ["accepted", "in_review", "in_review"]


def test_the_ticked_are_sent_back_with_one_note_and_an_own_note_goes_before_it(desk, ada):
    one, other = change(ada), change(ada)

    send(desk, "send_back_ticked", one, other, note="For all.", **{f"note-{other.pk}": "For this."})

    assert [Proposal.objects.get(pk=each.pk).note for each in (one, other)] == ["For all.", "For this."]


def test_only_what_was_chosen_beside_the_records(desk, ada):
    ticked, chosen = change(ada), change(ada)

    send(desk, "chosen", ticked, **{f"decision-{chosen.pk}": "accept"})

    assert stages(ticked, chosen) == ["in_review", "accepted"]


def test_what_was_refused_is_shown_again_with_all_that_was_typed(desk, ada):
    good, silent, skipped = change(ada), change(ada), change(ada)
    typed = {f"decision-{silent.pk}": "send_back", f"note-{skipped.pk}": "Typed <note>."}

    response = send(desk, "accept_ticked", good, **typed)

    found = rows(response)
    assert set(found) == {silent.pk, skipped.pk}
    assert found[silent.pk].decision == "send_back"
    assert "Typed &lt;note&gt;." in response.content.decode()
    assert "Tell its author why in the note." in words(response)


def test_one_that_changed_while_it_was_read_is_refused_alone(desk, ada):
    good, changed = change(ada), change(ada)
    seen = {f"seen-{number}": row.seen for number, row in rows(desk.get(screen())).items()}
    review.revise(proposal=changed, state={"summary": "Something else."}, reason="Better.", by=ada)

    response = desk.post(screen(), {"decision": "accept_ticked", "tick": [good.pk, changed.pk], **seen})

    assert "It has changed while you were reading." in words(response)
    assert stages(good, changed) == ["accepted", "in_review"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"decision": "accept_ticked"}, "Nothing was chosen."),
        ({"decision": "accept"}, "Choose one of the buttons below."),
        ({}, "Choose one of the buttons below."),
        ({"decision": "chosen", "own": "publish"}, "choose one of: as ticked, accept, send back, skip"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_done(desk, ada, sent, said):
    proposals = [change(ada), change(ada)]
    typed = {f"decision-{proposals[0].pk}": sent.pop("own")} if "own" in sent else {}

    assert said in words(desk.post(screen(), {**sent, **typed}))
    assert stages(*proposals) == ["in_review", "in_review"]


def test_a_researcher_reads_it_and_decides_nothing(client, ada):
    proposals = [change(ada), change(ada)]
    client.force_login(people.researcher())

    response = client.get(screen())

    assert "Only an editor can decide about it." in words(response)
    assert 'name="decision"' not in response.content.decode()
    forged = {"decision": "accept_ticked", "tick": [each.pk for each in proposals]}
    assert client.post(screen(), forged).status_code == 403


def test_more_than_fit_on_the_screen_come_afterwards(desk, ada, monkeypatch):
    monkeypatch.setattr("evaltracker.admin.proposals.TOGETHER_AT_MOST", 2)
    for _ in range(3):
        change(ada)

    response = desk.get(screen())

    assert len(rows(response)) == 2
    assert "The batch has 1 more" in words(response)


def test_each_more_record_costs_few_more_queries(desk, ada):
    """Most of them carry the proposal out for its effect; reading all that the screen shows costs the same for many."""

    def queries():
        with CaptureQueriesContext(connection) as found:
            words(desk.get(screen()))
        return len(found)

    for key in ("one", "two"):
        a_month(ada, f"Nova {key}", key)
        change(ada)
    desk.get(screen())
    before = queries()
    for key in ("three", "four", "five"):
        a_month(ada, f"Nova {key}", key)
        change(ada)

    assert len(rows(desk.get(screen()))) == 20
    assert (queries() - before) / 12 <= QUERIES_OF_A_RECORD


def test_each_more_record_that_is_accepted_costs_few_more_queries(ada, ed):
    """Who wrote the drafts, and who may be behind the person who accepts, is read once for all."""

    def queries(proposals):
        with CaptureQueriesContext(connection) as found:
            decided = decide_each(accept=[(each, "") for each in proposals], by=ed)
        assert not decided.refused
        return len(found)

    few, many = a_month(ada, "Nova one", "one"), [each for n in ("2", "3") for each in a_month(ada, f"Nova {n}", n)]

    assert (queries(many) - queries(few)) / 3 <= QUERIES_OF_AN_ACCEPTED_ONE


def test_the_review_of_many_reads_records_and_what_belongs_to_them_once(desk, ada, django_assert_num_queries):
    """As many queries for five records of each kind as for one."""

    def read():
        return read_together(Proposal.objects.filter(batch=MONTH).select_related("content_type"))

    a_month(ada, "Nova one", "one")
    with CaptureQueriesContext(connection) as few:
        read()
    for key in ("two", "three", "four", "five"):
        a_month(ada, f"Nova {key}", key)

    with django_assert_num_queries(len(few)):
        together = read()
    with django_assert_num_queries(0):
        states = [state_of(record) for record in together.records.values()]
    assert len(states) == 15
    assert set(together.writers.values()) == {frozenset([ada.pk])}


# --- the page of the batch ---------------------------------------------------------------------------------


def test_the_page_says_how_far_it_is_and_who_proposed_it(desk, ada):
    proposals = a_month(ada)
    back = change(people.researcher())
    review.send_back(proposal=back, by=people.editor(), note="Why?")
    review.accept(proposal=proposals[0], by=people.editor())

    found = words(desk.get(page_of()))

    assert "4 records: 2 waiting for review, 1 sent back, 1 accepted" in found
    assert ada.username in found
    assert "Review the 2 that wait" in found
    assert ": Nova" in found


def test_when_nothing_waits_the_screen_leads_to_the_page(desk, ada):
    review.accept(proposal=change(ada), by=people.editor())

    assert desk.get(screen())["Location"] == page_of()
    assert "that waits" not in words(desk.get(page_of()))


@pytest.mark.parametrize("url", [page_of("Nothing"), f"{QUEUE}batch/", screen("Nothing")])
def test_a_batch_that_there_is_not_is_not_found(desk, url):
    assert desk.get(url).status_code == 404


def test_a_page_that_is_asked_for_more_says_what_it_can_be_asked(desk, ada):
    change(ada)

    assert desk.get(page_of() + "&colour=red").status_code == 400


def test_people_without_records_see_no_batch(client, ada):
    change(ada)
    client.force_login(User.objects.create_user("guest", is_staff=True))

    assert [client.get(url).status_code for url in (page_of(), screen())] == [403, 403]


# --- its name ----------------------------------------------------------------------------------------------


def test_ticked_proposals_become_a_batch_of_a_name(desk, ada):
    one, other = change(ada), review.propose(record=factories.lab(), state={"name": "N"}, reason="So.", by=ada)

    sent = {"action": "name_as_batch", "_selected_action": [one.pk, other.pk], "batch": " October 2026 "}
    response = desk.post(QUEUE, sent)

    assert response["Location"] == page_of("October 2026")
    assert set(Proposal.objects.values_list("batch", flat=True)) == {"October 2026"}


def test_a_batch_is_renamed_by_its_author_and_by_no_other_researcher(client, ada):
    proposal = change(ada)
    client.force_login(people.researcher())
    assert "Rename" not in words(client.get(page_of()))
    assert client.post(page_of(), {"name": "Theirs"}).status_code == 403

    client.force_login(ada)
    assert client.post(page_of(), {"name": "Mine"})["Location"] == page_of("Mine")
    proposal.refresh_from_db()
    assert proposal.batch == "Mine"


@pytest.mark.parametrize("name", ["", "  ", "\n", "x" * 121])
def test_a_name_is_needed_and_not_too_long(desk, ada, name):
    change(ada)

    response = desk.post(page_of(), {"name": name}, follow=True)

    assert "Give the batch a name of at most 120 characters" in words(response)
    assert Proposal.objects.get().batch == MONTH


def test_naming_asks_for_the_permission_itself(ada):
    with pytest.raises(Exception, match="needs the permission"):
        name_batch(proposals=[change(ada)], name="X", by=people.administrator())


# --- grouping ----------------------------------------------------------------------------------------------


def test_a_source_of_two_releases_and_what_has_no_release_go_by_kind(ada):
    source = factories.source()
    for model in (factories.ai_model(cited=False), factories.ai_model(cited=False)):
        factories.citation(model, source=source)
    proposals = [
        review.propose(record=each, state=state, reason="So.", by=ada)
        for each, state in (
            (source, {"title": "T"}),
            (factories.commitment(), {"title": "T"}),
            (factories.evaluator(), {"name": "N"}),
        )
    ]

    assert [group.title for group in by_release(proposals)] == ["Commitments", "Evaluators", "Sources"]


def test_grouping_costs_the_same_queries_for_few_and_for_many(ada, django_assert_max_num_queries):
    proposals = [change(ada) for _ in range(6)]
    proposals = list(Proposal.objects.filter(pk__in=[each.pk for each in proposals]).select_related("content_type"))

    with django_assert_max_num_queries(2):
        (by_release(proposals))
    assert reverse("admin:labs_proposal_batch") == f"{QUEUE}batch/"
    assert {each.stage for each in proposals} == {Stage.IN_REVIEW}
