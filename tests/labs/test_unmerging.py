"""A merger is undone: what it moved goes back, as far as nobody moved it on since."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labs.actions import review
from labs.choices import ProposalKind
from labs.models import AccessEvent, AIModel, Alias, Evaluator, Lab, Participation, Proposal, Record, Source
from labs.models.registry import record_kinds
from labs.models.states import Keys, state_of
from labs.queries.changes import described_changes, proposals_of
from labs.queries.recorded_changes import changes_of
from tests import factories, people
from tests.labs.test_merging import POINTING, RELATION_IDS, RELATIONS, pair

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return people.editor()


@pytest.fixture
def ed():
    return people.editor()


def merged(loser: Record, winner: Record, ada, ed) -> Proposal:
    """The accepted merger."""
    proposal = review.propose_merger(loser=loser, winner=winner, reason="They are one.", by=ada)
    review.accept(proposal=proposal, by=ed)
    return Proposal.objects.get(pk=proposal.pk)


def undone(merger: Proposal, ada, ed) -> Proposal:
    proposal = review.propose_undoing(merger=merger, reason="They are two.", by=ada)
    return review.accept(proposal=proposal, by=ed)


def everything() -> dict:
    """The states of all records, with their statuses; parts in an order that does not depend on their numbers."""
    found = {}
    for kind in record_kinds():
        for record in kind.model.objects.all():
            state = state_of(record)
            for relation in kind.parts:
                state[relation] = sorted(map(str, state[relation]))
            found[kind.slug, record.key] = (record.pk, record.status, state)
    return found


def rows_of(source: Source) -> list[str]:
    return sorted(source.snapshots.values_list("sha256", flat=True))


@pytest.mark.parametrize(("model", "name"), RELATIONS, ids=RELATION_IDS)
def test_what_moved_goes_back(empty_database, ada, ed, model, name):
    loser, winner = pair(model)
    row = POINTING[model][name](loser)
    before = everything()

    merger = merged(loser, winner, ada, ed)
    assert everything() != before
    undone(merger, ada, ed)

    assert everything() == before
    field = name.split(".")[1]
    pointed_to = getattr(type(row).objects.get(pk=row.pk), field)
    assert (pointed_to.get() if hasattr(pointed_to, "get") else pointed_to) == loser


def test_a_source_with_citations_that_both_have_stands_alone_again(empty_database, ada, ed):
    loser, winner = pair(Source)
    event = factories.access_event()
    for source, supports in ((loser, ["activity", "timing"]), (winner, ["activity"])):
        factories.citation(event, source=source, quote="They tested it.", supports=supports)
    only = factories.citation(factories.commitment(), source=loser)
    before = everything()

    merger = merged(loser, winner, ada, ed)
    assert event.citations.get(source=winner).supports == ["activity", "timing"]
    undone(merger, ada, ed)

    assert everything() == before
    assert event.citations.get(source=winner).supports == ["activity"]
    only.refresh_from_db()
    assert only.source == loser


def test_an_evaluator_with_events_that_both_took_part_in_stands_alone_again(empty_database, ada, ed):
    loser, winner = pair(Evaluator)
    both = factories.access_event(evaluators=[loser, winner])
    alone = factories.access_event(evaluators=[loser])
    Participation.objects.filter(event=both, evaluator=loser).update(lowered_to="inferred", lowered_because="Perhaps.")
    loser.former_names.create(name="Old", used="2023")
    winner.former_names.create(name="Old")
    before = everything()

    undone(merged(loser, winner, ada, ed), ada, ed)

    assert everything() == before
    assert {each.key for each in both.evaluators.all()} == {loser.key, winner.key}
    assert alone.evaluators.get() == loser
    assert not winner.former_names.filter(name=loser.name).exists()


def test_a_release_with_variants_and_searches_stands_alone_again(empty_database, ada, ed):
    loser, winner = pair(AIModel)
    variant = factories.ai_model(lab=loser.lab, variant_of=loser)
    for model, where in ((loser, "In the card."), (winner, "On the site.")):
        model.searches.create(searched_on="2026-01-01", where=where)
    before = everything()

    undone(merged(loser, winner, ada, ed), ada, ed)

    assert everything() == before
    variant.refresh_from_db()
    assert variant.variant_of == loser


def test_a_lab_that_made_a_promise_with_the_other_stands_alone_again(empty_database, ada, ed):
    loser, winner = pair(Lab)
    both, alone = factories.commitment(labs=[loser, winner]), factories.commitment(labs=[loser])
    before = everything()

    undone(merged(loser, winner, ada, ed), ada, ed)

    assert everything() == before
    assert {each.key for each in both.labs.all()} == {loser.key, winner.key}
    assert alone.labs.get() == loser


# --- something changed since -------------------------------------------------------------------------------------


def test_what_was_moved_on_since_stays_there(empty_database, ada, ed):
    loser, winner = pair(Source)
    moved_on, stayed = (factories.citation(factories.access_event(), source=loser) for _ in range(2))
    merger, third = merged(loser, winner, ada, ed), factories.source()
    type(moved_on).objects.filter(pk=moved_on.pk).update(source=third)

    undone(merger, ada, ed)

    for row in (moved_on, stayed):
        row.refresh_from_db()
    assert (moved_on.source, stayed.source) == (third, loser)


def test_what_was_changed_since_goes_back_as_it_is_now(empty_database, ada, ed):
    loser, winner = pair(Evaluator)
    event = factories.access_event(evaluators=[loser])
    merger = merged(loser, winner, ada, ed)
    change = review.propose(record=event, state={"summary": "Better words."}, reason="Read again.", by=ada)
    review.accept(proposal=change, by=ed)
    added = factories.access_event(evaluators=[winner])

    undone(merger, ada, ed)

    event = AccessEvent.objects.get(pk=event.pk)
    assert (event.summary, event.evaluators.get()) == ("Better words.", loser)
    assert added.evaluators.get() == winner


def test_what_was_removed_since_stays_away(empty_database, ada, ed):
    loser, winner = pair(Lab)
    loser.other_names.create(name="Other")
    promise = factories.commitment(labs=[loser])
    merger, third = merged(loser, winner, ada, ed), factories.lab()
    winner.other_names.filter(name="Other").delete()
    promise.labs.set([third])

    undone(merger, ada, ed)

    assert not loser.other_names.exists()
    assert promise.labs.get() == third


def test_the_winner_keeps_what_it_said_since(empty_database, ada, ed):
    loser, winner = pair(Lab)
    merger = merged(loser, winner, ada, ed)
    Lab.objects.filter(pk=winner.pk).update(country="GB")

    undone(merger, ada, ed)

    assert Lab.objects.get(pk=winner.pk).country == "GB"
    assert Lab.objects.get(pk=loser.pk).country == loser.country


def test_an_open_proposal_names_the_record_again(empty_database, ada, ed):
    loser, winner = pair(Source)
    event = factories.access_event()
    citations = [*state_of(event)["citations"], {"source": loser.key, "quote": "New.", "supports": ["timing"]}]
    change = review.propose(record=event, state={"citations": citations}, reason="It says so.", by=ada)
    merger = merged(loser, winner, ada, ed)

    undone(merger, ada, ed)

    change.refresh_from_db()
    assert [each["source"] for each in change.after["citations"]][-1] == loser.key


# --- it can no longer be undone ----------------------------------------------------------------------------------


def refusal(merger: Proposal, ada) -> str:
    with pytest.raises(ValidationError) as refused:
        review.propose_undoing(merger=merger, reason="They are two.", by=ada)
    return " ".join(refused.value.messages)


def test_a_merger_is_undone_once(empty_database, ada, ed):
    merger = merged(*pair(Lab), ada, ed)
    undone(merger, ada, ed)
    assert "undone already" in refusal(merger, ada)


def test_one_proposal_to_undo_it_is_enough(empty_database, ada, ed):
    merger = merged(*pair(Lab), ada, ed)
    review.propose_undoing(merger=merger, reason="They are two.", by=ada)
    assert "waits for review already" in refusal(merger, ada)


def test_a_merger_of_an_edition_says_that_it_kept_nothing(records, ada):
    merger = Proposal.objects.filter(kind=ProposalKind.MERGE.value).first()
    assert "was not kept" in refusal(merger, ada)


def test_mergers_are_undone_from_the_last_one_back(empty_database, ada, ed):
    first, second, third = (factories.lab(key=f"lab-{letter}") for letter in "abc")
    before = everything()
    one, two = merged(first, second, ada, ed), merged(second, third, ada, ed)
    assert "undo that merger first" in refusal(one, ada)

    undone(two, ada, ed)
    assert Keys().get(Lab, "lab-a") == second
    undone(one, ada, ed)

    assert everything() == before
    assert not Alias.objects.filter(key__startswith="lab-").exists()


def test_a_name_that_was_taken_since_is_in_the_way(empty_database, ada, ed):
    loser, winner = pair(Lab)
    merger = merged(loser, winner, ada, ed)
    factories.lab(name=loser.name)
    assert "cannot stand alone again" in refusal(merger, ada)


def test_a_record_that_it_needs_and_that_went_is_in_the_way(empty_database, ada, ed):
    loser, winner = pair(Source)
    Source.objects.filter(pk=loser.pk).update(lab=factories.lab())
    loser.refresh_from_db()
    merger = merged(loser, winner, ada, ed)
    merged(loser.lab, factories.lab(), ada, ed)
    assert "was merged or removed since" in refusal(merger, ada)


def test_a_winner_that_is_withdrawn_is_in_the_way(empty_database, ada, ed):
    loser, winner = pair(Lab)
    merger = merged(loser, winner, ada, ed)
    review.accept(proposal=review.propose_withdrawal(record=winner, reason="Wrong.", by=ada), by=ed)
    assert "publish it again first" in refusal(merger, ada)


def test_a_state_that_is_not_allowed_is_in_the_way(empty_database, ada, ed):
    loser, winner = pair(AIModel)
    citation = loser.citations.get()
    merger = merged(loser, winner, ada, ed)
    citation.delete()
    assert "Cite at least one source" in refusal(merger, ada)
    assert not AIModel.objects.filter(pk=loser.pk).exists()


def test_only_who_may_merge_may_undo(empty_database, ada, ed):
    merger = merged(*pair(Lab), ada, ed)
    with pytest.raises(PermissionDenied):
        review.propose_undoing(merger=merger, reason="They are two.", by=people.researcher())
    assert people.researcher()


def test_nobody_undoes_alone(empty_database, ada, ed):
    merger = merged(*pair(Lab), ada, ed)
    proposal = review.propose_undoing(merger=merger, reason="They are two.", by=ada)
    with pytest.raises(ValidationError):
        review.accept(proposal=proposal, by=ada)


# --- pages -------------------------------------------------------------------------------------------------------


def test_old_addresses_behave_right_again(client, empty_database, ada, ed):
    older, loser, winner = (factories.lab(key=key) for key in ("older", "loser", "winner"))
    merged(older, loser, ada, ed)
    merger = merged(loser, winner, ada, ed)
    assert client.get("/labs/loser/").url == "/labs/winner/"

    undone(merger, ada, ed)

    assert client.get("/labs/loser/").status_code == 200
    assert client.get("/labs/winner/").status_code == 200
    assert client.get("/labs/older/").url == "/labs/loser/"


def test_changes_say_that_they_were_parted(client, empty_database, ada, ed):
    loser, winner = factories.lab(key="loser", name="Loser"), factories.lab(key="winner", name="Winner")
    undone(merged(loser, winner, ada, ed), ada, ed)

    page = client.get("/changes/").content.decode()
    assert "“Loser”, once merged into it, was found to be another one" in page
    assert "They are two." in page
    for record in (loser, winner):
        kinds = [each.kind for each in described_changes(proposals_of(changes_of(record, timezone.localdate())))]
        assert ProposalKind.UNMERGE in kinds
    assert "It stands alone again" in client.get("/labs/loser/").content.decode()


def desk_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_page_shows_what_goes_back_and_proposes_it(empty_database, ada, ed):
    loser, winner = factories.lab(key="loser", name="Loser"), factories.lab(key="winner", name="Winner")
    factories.ai_model(lab=loser, name="Its model")
    merger, client = merged(loser, winner, ada, ed), desk_of(ada)
    address = reverse("admin:labs_proposal_undo", args=[merger.pk])
    assert address in client.get(reverse("admin:labs_proposal_change", args=[merger.pk])).content.decode()

    page = client.get(address).content.decode()
    assert "Its model" in page
    assert "Nothing was proposed" in client.post(address, {"reason": ""}).content.decode()
    assert client.post(address, {"reason": "They are two."}).status_code == 302
    proposal = Proposal.objects.get(kind=ProposalKind.UNMERGE.value)

    review_page = desk_of(ed).get(reverse("admin:labs_proposal_change", args=[proposal.pk]))
    assert "it stands alone again" in review_page.content.decode()
    assert "Becomes public again" in review_page.content.decode()


def test_the_page_says_why_it_can_no_longer_be_undone(empty_database, ada, ed):
    merger = merged(*pair(Lab), ada, ed)
    undone(merger, ada, ed)
    page = desk_of(ada).get(reverse("admin:labs_proposal_undo", args=[merger.pk])).content.decode()
    assert "This merger is undone already." in page


def test_only_a_merger_has_the_page(empty_database, ada, ed):
    proposal = undone(merged(*pair(Lab), ada, ed), ada, ed)
    client = desk_of(ada)
    for number in (proposal.pk, 0, "x", 99999999):
        assert client.get(f"/admin/labs/proposal/{number}/undo/").status_code == 404
