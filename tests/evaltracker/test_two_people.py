"""Who may do what, whichever way it is asked for: every action, certainty, and the rule that takes two people."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labs.actions import review
from labs.actions.batches import decide_each
from labs.actions.snapshots import add_snapshot
from labs.actions.versions import lock_versions
from labs.choices import ProposalKind, Stage
from labs.models import AccessEvent, Lab, Proposal, Record
from labs.models.states import apply_state, state_of
from tests import factories, people
from tests.admin_forms import form_data, messages_on
from tests.evaltracker.desk_pages import as_new, desk_of, list_of, nothing_is_written, root, url_of

# The figures of a proposal are weighed on all records, so a page about one is quick where there are few.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]

ON_RECORDS = ("Researcher", "Editor")
EDITORS = ("Editor",)
NEW = "New words."


# --- every action, whoever calls it -----------------------------------------------------------------------------


def waiting(kind: ProposalKind = ProposalKind.CHANGE, by: User | None = None) -> Proposal:
    """A proposal of a kind that waits for review."""
    by = by or people.editor()
    match kind:
        case ProposalKind.PUBLISH:
            return review.submit(record=drafted(by), by=by)
        case ProposalKind.CHANGE:
            return review.propose(record=factories.lab(), state={"country": "FR"}, reason="Because.", by=by)
        case ProposalKind.WITHDRAW:
            return review.propose_withdrawal(record=factories.lab(), reason="Because.", by=by)
        case ProposalKind.MERGE:
            return review.propose_merger(loser=factories.lab(), winner=factories.lab(), reason="One.", by=by)
        case ProposalKind.UNMERGE:
            merger = review.accept(proposal=waiting(ProposalKind.MERGE), by=people.editor())
            return review.propose_undoing(merger=merger, reason="Two.", by=by)


def drafted(by: User) -> Lab:
    return review.save_draft(record=Lab(key="drafted", name="Drafted"), parts={"other_names": []}, by=by)


def a_draft() -> Record:
    return factories.lab(status="draft")


def two_labs() -> tuple[Lab, Lab]:
    return factories.lab(), factories.lab()


# What each needs, and who may do what with it.
ACTIONS: dict[str, tuple[Callable[[], Any], tuple[str, ...], Callable[[Any, User], Any]]] = {
    "add a draft": (lambda: None, ON_RECORDS, lambda nothing, by: drafted(by)),
    "edit a draft": (
        a_draft,
        ON_RECORDS,
        lambda lab, by: review.save_draft(record=lab, parts=apply_state(lab, {}), by=by),
    ),
    "submit": (a_draft, ON_RECORDS, lambda lab, by: review.submit(record=lab, by=by)),
    "delete a draft": (a_draft, ON_RECORDS, lambda lab, by: review.delete_draft(record=lab, by=by)),
    "propose": (
        factories.lab,
        ON_RECORDS,
        lambda lab, by: review.propose(record=lab, state={"country": "FR"}, reason="Because.", by=by),
    ),
    "revise": (
        waiting,
        ON_RECORDS,
        lambda change, by: review.revise(proposal=change, state={"country": "DE"}, reason="Because.", by=by),
    ),
    "propose a withdrawal": (
        factories.lab,
        ON_RECORDS,
        lambda lab, by: review.propose_withdrawal(record=lab, reason="Because.", by=by),
    ),
    "add a snapshot": (
        factories.source,
        ON_RECORDS,
        lambda source, by: add_snapshot(source=source, text="Words.", taken_on=timezone.localdate(), by=by),
    ),
    "propose a merger": (
        two_labs,
        EDITORS,
        lambda labs, by: review.propose_merger(loser=labs[0], winner=labs[1], reason="One.", by=by),
    ),
    "accept": (waiting, EDITORS, lambda change, by: review.accept(proposal=change, by=by)),
    "accept several": (
        lambda: (waiting(), waiting()),
        EDITORS,
        lambda changes, by: decide_each(accept=[(each, "") for each in changes], by=by),
    ),
    "send back": (waiting, EDITORS, lambda change, by: review.send_back(proposal=change, by=by, note="Cite it.")),
    "reject": (waiting, EDITORS, lambda change, by: review.reject(proposal=change, by=by, note="No.")),
    "mark as checked": (factories.lab, EDITORS, lambda lab, by: review.mark_checked(record=lab, by=by)),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_asks_for_the_permission_itself(empty_database, name):
    prepare, allowed, act = ACTIONS[name]
    thing = prepare()
    lock_versions()  # whoever asks first makes the row of the lock
    refused = [people.person(role) for role in (*ON_RECORDS, "Administrator") if role not in allowed]
    for person in [*refused, people.person(), people.person("Editor", is_active=False)]:
        with nothing_is_written(), pytest.raises(PermissionDenied):
            act(thing, person)

    act(thing, people.person(allowed[0]))


# --- certainty ----------------------------------------------------------------------------------------------------

LOWERED = {"lowered_to": "disputed", "lowered_because": "They deny it."}


def test_certainty_is_lowered_by_editors_only_whichever_action_is_called():
    ada = people.researcher()
    draft, public = factories.access_event(status="draft"), factories.access_event()
    proposal = review.propose(record=public, state={"summary": NEW}, reason="Because.", by=ada)
    for field, value in LOWERED.items():
        setattr(draft, field, value)

    with pytest.raises(PermissionDenied, match="Only an editor"):
        review.save_draft(record=draft, parts=apply_state(draft, {}), by=ada)
    with pytest.raises(PermissionDenied, match="Only an editor"):
        review.propose(record=public, state=LOWERED, reason="Because.", by=ada)
    with pytest.raises(PermissionDenied, match="Only an editor"):
        review.revise(proposal=proposal, state=LOWERED, reason="Because.", by=ada)

    editor = people.editor()
    assert review.save_draft(record=draft, parts=apply_state(draft, {}), by=editor).lowered_to == "disputed"
    assert review.revise(proposal=proposal, state=LOWERED, reason="Why.", by=editor).after["lowered_to"] == "disputed"


def test_a_new_event_with_a_forged_certainty_is_as_its_citations_say():
    event = factories.access_event(status="draft")
    data = as_new(desk_of(root()).get(url_of(event)), event) | LOWERED
    event.delete()

    assert messages_on(desk_of(people.researcher()).post(list_of(event, "add"), data)) == ""

    added = AccessEvent.objects.get(key=event.key)
    assert (added.lowered_to, added.lowered_because) == ("as_cited", "")


@pytest.mark.parametrize("status", ["draft", "published"])
def test_what_an_editor_lowered_stays_so_when_a_researcher_edits_the_event(status):
    event, client = factories.access_event(status=status, **LOWERED), desk_of(people.researcher())
    data = form_data(client.get(url_of(event)))
    raised = {"lowered_to": "as_cited", "lowered_because": ""}

    assert messages_on(client.post(url_of(event), data | raised | {"summary": NEW, "reason": "Because."})) == ""

    event.refresh_from_db()
    said = state_of(event) if status == "draft" else Proposal.objects.of(event).get().after
    assert said["summary"] == NEW
    assert {name: said[name] for name in LOWERED} == LOWERED


# --- the rule of two ----------------------------------------------------------------------------------------------


def decided(client: Client, proposal: Proposal, decision: str) -> Stage:
    url = reverse("admin:labs_proposal_change", args=[proposal.pk])
    seen = client.get(url).context["seen"]
    client.post(url, {"decision": decision, "seen": seen, "note": "Mine."})
    return Stage(Proposal.objects.get(pk=proposal.pk).stage)


@pytest.mark.parametrize("kind", list(ProposalKind))
@pytest.mark.parametrize("is_superuser", [False, True], ids=["editor", "superuser"])
def test_nobody_decides_their_own_proposal_of_any_kind(empty_database, kind, is_superuser):
    author = root() if is_superuser else people.editor()
    proposal, client = waiting(kind, author), desk_of(author)

    for decision in ("accept", "send_back", "reject"):
        assert decided(client, proposal, decision) == Stage.IN_REVIEW
    with pytest.raises(ValidationError, match="somebody else has to"):
        review.accept(proposal=proposal, by=author)

    assert decided(desk_of(people.editor()), proposal, "accept") == Stage.ACCEPTED


def test_an_editor_who_edits_a_draft_in_review_leaves_it_to_a_third_person(empty_database):
    ada, editor = people.researcher(), people.editor()
    event = factories.access_event(status="draft")
    proposal = review.submit(record=event, by=ada)
    client = desk_of(editor)
    client.post(url_of(event), form_data(client.get(url_of(event))) | {"summary": NEW, "_save": "1"})

    assert decided(client, proposal, "accept") == Stage.IN_REVIEW
    assert decided(desk_of(people.editor()), proposal, "accept") == Stage.ACCEPTED
    assert AccessEvent.objects.get(pk=event.pk).summary == NEW


def test_who_revises_a_change_cannot_let_it_through(empty_database):
    editor = people.editor()
    proposal = waiting(by=people.researcher())
    review.revise(proposal=proposal, state={"country": "DE"}, reason="Because.", by=editor)

    assert decided(desk_of(editor), proposal, "accept") == Stage.IN_REVIEW
