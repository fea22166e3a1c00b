"""The page on which a merger is proposed: choose, preview, propose; a second person decides."""

import html

import pytest
from django.contrib.auth.models import User

from evaltracker.admin.merging import NO_REASON
from labs.actions import review
from labs.actions.versions import lock_versions
from labs.models import Alias, Evaluator, Lab, Proposal, Source
from tests import factories, people
from tests.evaltracker.pages import rows_of_csv, words_of
from tests.labs.test_merging import everything, pair

# The figures of a proposal are weighed on all records, so a page about one is quick where there are few.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]
WHY = "They say so themselves."


@pytest.fixture
def ada():
    return people.editor()


@pytest.fixture
def desk(client, ada):
    """The browser of somebody who may merge."""
    client.force_login(ada)
    return client


def address(record) -> str:
    return f"/admin/{record._meta.app_label}/{record._meta.model_name}/{record.pk}/merge/"


def words(response) -> str:
    assert response.status_code == 200, response.status_code
    return html.unescape(words_of(response.content.decode()))


def send(client, loser, winner, button="_preview", reason=WHY):
    return client.post(address(loser), {"winner": winner.pk, "reason": reason, button: "1"})


def test_the_page_offers_the_public_records_of_the_kind_with_their_keys(desk):
    loser, winner = pair(Lab)
    draft = factories.lab(status="draft")

    page = words(desk.get(address(loser)))

    assert f"{winner} — {winner.key}" in page
    assert f"— {loser.key}" not in page
    assert f"— {draft.key}" not in page
    assert "Preview" in page
    assert "Propose the merger" not in page


def test_the_preview_says_record_by_record_what_would_move(desk):
    loser, winner = pair(Evaluator)
    event = factories.access_event(evaluators=[loser])
    draft = factories.access_event(evaluators=[loser, winner], status="draft")
    source = factories.source(evaluator=loser)

    page = words(send(desk, loser, winner))

    assert f"Goes {loser}, {loser.key} Stays {winner}, {winner.key}" in page
    assert (
        f"Keys that lead to it from then on {loser.key} Added to its names {loser.name} Records that change 3" in page
    )
    assert "Access events that change: 2" in page
    assert f"{event} published Participation: evaluator: {loser}" in page
    assert f"{draft} draft Participation: evaluator: {loser} in both records, becomes one" in page
    assert f"{source} published Evaluator" in page
    assert "Propose the merger" in page


def test_the_preview_says_what_goes_with_the_record(desk):
    loser, winner = factories.lab(country="GB"), factories.lab(country="US", website="https://example.org/")

    page = words(send(desk, loser, winner))

    assert f"Name {loser} {winner}" in page
    assert "Country United Kingdom United States" in page
    assert "Website nothing https://example.org/" in page


def test_the_preview_shows_what_it_does_to_scores(desk, empty_database):
    event = factories.access_event(lab=factories.lab(name="Tested"))
    loser, winner = event.lab, factories.lab(name="Right name")

    page = words(send(desk, loser, winner))

    assert "What it does to scores and verdicts" in page
    assert "Right name, all time, score no release in the window " in page
    assert "Tested, all time, score " in page


def test_the_preview_names_open_proposals_that_will_name_the_other_record(desk, ada):
    loser, winner = pair(Source)
    event = factories.access_event(citations=[loser])
    review.propose(record=event, state={"summary": "New."}, reason="Better words.", by=ada)

    assert "Better words." in words(send(desk, loser, winner))


def test_the_preview_says_what_stands_in_the_way_and_offers_no_proposal(desk):
    loser, winner = pair(Lab)
    factories.ai_model(lab=loser, name="Same"), factories.ai_model(lab=winner, name="Same")

    page = words(send(desk, loser, winner))

    assert "What prevents it" in page
    assert "Merge or correct these two first." in page
    assert "Propose the merger" not in page


@pytest.mark.parametrize("model", [Lab, Evaluator, Source])
def test_a_preview_changes_nothing(desk, model):
    loser, winner = pair(model)
    factories.source(**{model._meta.model_name: loser} if model is not Source else {})
    factories.citation(factories.evaluator(), source=factories.source())
    desk.get(address(loser))
    lock_versions()  # whoever asks first makes the row of the lock
    before = everything()

    words(send(desk, loser, winner))

    assert everything() == before


@pytest.mark.parametrize("button", ["_preview", "_propose"])
def test_what_was_typed_stays(desk, button):
    loser = factories.lab()

    response = desk.post(address(loser), {"winner": "", "reason": "Long and <careful>.", button: "1"})

    page = words(response)
    assert "Choose the record that stays." in page
    assert "Long and <careful>." in page
    assert "&lt;careful&gt;" in response.content.decode()


def test_the_choice_stays_in_the_form_beside_the_preview(desk):
    loser, winner = pair(Lab)

    page = send(desk, loser, winner).content.decode()

    assert f'<option value="{winner.pk}" selected>' in page
    assert WHY in html.unescape(page)


@pytest.mark.parametrize("wrong", ["0", "x", "9" * 30, "-1"])
def test_a_winner_that_is_not_offered_is_refused_in_a_sentence(desk, wrong):
    response = desk.post(address(factories.lab()), {"winner": wrong, "reason": WHY, "_preview": "1"})

    assert "It does not exist or is not public" in words(response)


def test_a_merger_is_not_proposed_without_a_reason(desk):
    loser, winner = pair(Lab)

    page = words(send(desk, loser, winner, "_propose", reason="  "))

    assert NO_REASON in page
    assert not Proposal.objects.exists()


def test_a_merger_that_cannot_be_done_is_not_proposed_and_nothing_typed_is_lost(desk):
    loser, winner = pair(Lab)
    factories.ai_model(lab=loser, name="Same"), factories.ai_model(lab=winner, name="Same")

    page = words(send(desk, loser, winner, "_propose"))

    assert "Nothing was proposed: " in page
    assert WHY in page
    assert not Proposal.objects.exists()


def test_a_merger_goes_from_the_page_through_review_to_the_public(desk, ada, client):
    loser, winner = factories.evaluator(name="Old name"), factories.evaluator(name="Right name")
    event, key = factories.access_event(evaluators=[loser]), loser.key

    response = send(desk, loser, winner, "_propose")

    proposal = Proposal.objects.get()
    review_page = f"/admin/labs/proposal/{proposal.pk}/change/"
    assert response.url == review_page
    assert (proposal.kind, proposal.author, proposal.reason) == ("merge", ada, WHY)
    assert Evaluator.objects.filter(pk=loser.pk).exists()
    page = words(desk.get(review_page))
    assert "The merger of “Old name” into “Right name” waits for a second person." in page
    assert "You proposed it, so somebody else has to decide about it." in page

    client.force_login(people.editor())
    seen = client.get(review_page).context["seen"]
    response = client.post(review_page, {"decision": "accept", "seen": seen}, follow=True)
    assert "Accepted: “Old name” is merged." in words(response)

    client.logout()
    assert event.participations.get().evaluator == winner
    assert Alias.objects.get(key=key).record == winner
    changes = words(client.get("/changes/"))
    assert "Was found to be the same as “Right name”" in changes
    assert WHY in changes
    assert "Old name" in words(client.get(f"/evaluators/{winner.key}/"))


def test_scores_move_with_the_events(empty_database, ada, client):
    event = factories.access_event(lab=factories.lab(name="Tested"))
    loser, winner = event.lab, factories.lab(name="Right name")
    columns = ("score_low", "score_high", "releases")

    def printed():
        rows = rows_of_csv(client, "/labs.csv?window=all")
        return {row["lab"]: tuple(row[column] for column in columns) for row in rows}

    before, key = printed(), loser.key
    assert before[key] != before.get(winner.key)
    proposal = review.propose_merger(loser=loser, winner=winner, reason=WHY, by=ada)
    review.accept(proposal=proposal, by=people.editor())

    assert printed() == {winner.key: before[key]}


def test_an_open_merger_is_linked_and_not_proposed_twice(desk, ada):
    loser, winner = pair(Lab)
    proposal = review.propose_merger(loser=loser, winner=winner, reason="Once.", by=ada)

    page = desk.get(address(loser)).content.decode()
    assert f"/admin/labs/proposal/{proposal.pk}/change/" in page
    assert "waits for review already" in words(send(desk, loser, winner, "_propose"))
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("model", [Lab, Source])
def test_without_the_permission_nothing_is_shown_and_nothing_done(client, method, model):
    loser, winner = pair(model)
    client.force_login(people.researcher())

    data = {"winner": winner.pk, "reason": WHY, "_propose": "1"}
    response = client.post(address(loser), data) if method == "post" else client.get(address(loser))

    assert response.status_code == 403
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_is_not_of_the_desk_is_asked_to_sign_in(client, method):
    loser, winner = pair(Lab)
    client.force_login(User.objects.create_user("reader"))

    response = getattr(client, method)(address(loser), {"winner": winner.pk, "reason": WHY, "_propose": "1"})

    assert response.status_code == 302
    assert "/admin/login/" in response.url
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("make", [factories.access_event, factories.commitment, factories.reply])
def test_kinds_that_are_not_merged_have_no_such_page(desk, make):
    assert desk.get(address(make())).status_code == 404


@pytest.mark.parametrize("number", ["0", "x", "9" * 30, "1.5"])
def test_a_record_that_is_not_there_is_a_404(desk, number):
    assert desk.get(f"/admin/labs/lab/{number}/merge/").status_code == 404


@pytest.mark.parametrize("model", [Lab, Evaluator, Source])
def test_the_form_of_a_record_links_to_the_page(desk, model):
    record = pair(model)[0]

    assert address(record) in desk.get(address(record).replace("/merge/", "/change/")).content.decode()


def test_the_form_links_to_no_merger_without_the_permission_of_a_draft_or_of_other_kinds(desk, client):
    draft, event, lab = factories.lab(status="draft"), factories.access_event(), factories.lab()
    for record in (draft, event):
        assert "/merge/" not in desk.get(address(record).replace("/merge/", "/change/")).content.decode()

    client.force_login(people.researcher())
    assert "/merge/" not in client.get(address(lab).replace("/merge/", "/change/")).content.decode()


def test_a_draft_says_that_it_cannot_be_merged(desk):
    draft, winner = factories.lab(status="draft"), factories.lab()

    assert "was never public" in words(send(desk, draft, winner))


def test_names_are_escaped(desk):
    loser, winner = factories.lab(name="<b>Bold</b>"), factories.lab(name="<i>Slanted</i>")
    factories.source(lab=loser, title="<u>Title</u>")

    page = send(desk, loser, winner).content.decode()

    assert not any(tag in page for tag in ("<b>Bold", "<i>Slanted", "<u>Title"))
