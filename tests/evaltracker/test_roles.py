"""The roles in breadth: every kind of record with its parts.

``test_permissions.py`` goes through what there is to do at the desk, one example each, and ``tests/attack`` asks for
every address of it as each role.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from evaltracker.models import ErrorReport
from labs.choices import ProposalKind, RecordStatus
from labs.models import AccessEvent, AIModelName, EvaluatorName, Lab, LabName, Proposal, Record, Search
from labs.models.registry import kind_of
from labs.models.states import state_of
from tests import factories, people
from tests.admin_forms import form_data, messages_on
from tests.evaltracker.desk_pages import as_new, desk_of, list_of, nothing_is_written, root, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

ON_RECORDS = ("Researcher", "Editor")
NEW = "New words."


def outsiders(kind: str) -> dict[str, User | None]:
    """Those who have no business with records, whatever they know of its addresses.

    What the desk says to an administrator hangs on the kind; the others are turned away before it is known.
    """
    administrator = {"administrator": people.administrator()}
    if kind != "event":
        return administrator
    return administrator | {
        "without a role": people.person(),
        "not staff": people.person("Editor", is_staff=False),
        "out of action": people.person("Editor", is_active=False),
        "visitor": None,
    }


def is_refused(response: HttpResponse) -> bool:
    """Whether it is forbidden, or the visitor is asked to sign in."""
    return response.status_code == 403 or response.headers.get("Location", "").startswith(reverse("admin:login"))


# --- every kind of record, with two of each part ---------------------------------------------------------------


def full_lab(status: str) -> Lab:
    lab = factories.lab(status=status)
    for name in ("One name", "Other name"):
        LabName.objects.create(lab=lab, name=name)
    return lab


def full_evaluator(status: str) -> Record:
    evaluator = factories.evaluator(status=status, note="It has an arrangement.")
    for name in ("One name", "Other name"):
        EvaluatorName.objects.create(evaluator=evaluator, name=name)
        factories.citation(evaluator, supports=["note"])
    return evaluator


def full_release(status: str) -> Record:
    release = factories.ai_model(status=status)
    factories.citation(release, supports=["name"])
    for name in ("One name", "Other name"):
        AIModelName.objects.create(model=release, name=name)
    for day in ("2026-01-01", "2026-02-01"):
        Search.objects.create(model=release, searched_on=day, where="Everywhere.")
    return release


def full_event(status: str) -> AccessEvent:
    event = factories.access_event(status=status, evaluators=[factories.evaluator(), factories.evaluator()])
    factories.citation(event, supports=["domains"])
    return event


def full_commitment(status: str) -> Record:
    commitment = factories.commitment(status=status, lenient={})
    factories.citation(commitment, supports=["quote"])
    return commitment


FULL: dict[str, tuple[Callable[[str], Record], str]] = {
    "lab": (full_lab, "name"),
    "evaluator": (full_evaluator, "name"),
    "source": (lambda status: factories.source(status=status), "title"),
    "release": (full_release, "name"),
    "event": (full_event, "summary"),
    "commitment": (full_commitment, "title"),
    "reply": (lambda status: factories.reply(status=status), "question"),
}
IN_PARTS = {
    "other_names": ("name", "New name."),
    "former_names": ("name", "New name."),
    "citations": ("quote", NEW),
    "searches": ("where", NEW),
    "participations": ("lowered_to", "inferred"),
    "requirements": ("min_depth", 3),
}
each_kind = pytest.mark.parametrize("kind", FULL)
each_role = pytest.mark.parametrize("role", ON_RECORDS)


def made(kind: str, status: str = "draft") -> tuple[Record, str]:
    """A record of the kind with two of each part, and the name of a field of words."""
    make, field = FULL[kind]
    return make(status), field


def reworded(record: Record, field: str) -> dict[str, Any]:
    """What the form sends with a field changed, the first of each part changed and the last one taken out."""
    data = form_data(desk_of(root()).get(url_of(record))) | {field: NEW, "reason": "Because."}
    for relation in set(kind_of(record).parts):
        name, value = IN_PARTS[relation]
        data[f"{relation}-0-{name}"] = value
        data[f"{relation}-1-DELETE"] = "on"
    return data


def is_reworded(state: dict[str, Any], record: Record, field: str) -> bool:
    """Whether the state has what ``reworded`` sent; a public record also keeps its old name as another one."""
    kind = kind_of(record)
    wanted = {relation: [IN_PARTS[relation][1]] for relation in kind.parts}
    if kind.other_names and record.status == RecordStatus.PUBLISHED:
        wanted[kind.other_names].append(record.name)
    found = {relation: [row[IN_PARTS[relation][0]] for row in state[relation]] for relation in kind.parts}
    return state[field] == NEW and found == wanted


@each_kind
@each_role
def test_a_record_of_every_kind_is_added_with_its_parts(kind, role):
    record, _ = made(kind)
    wanted, data = state_of(record), as_new(desk_of(root()).get(url_of(record)), record)
    record.delete()

    response = desk_of(people.person(role)).post(list_of(record, "add"), data)

    assert messages_on(response) == ""
    added = type(record).objects.get(key=record.key)
    assert added.status == RecordStatus.DRAFT
    assert state_of(added) == wanted


@each_kind
@each_role
def test_a_draft_of_every_kind_is_changed_with_its_parts_and_deleted(kind, role):
    record, field = made(kind)
    client = desk_of(people.person(role))

    assert messages_on(client.post(url_of(record), reworded(record, field) | {"_save": "1"})) == ""
    assert is_reworded(state_of(type(record).objects.get(pk=record.pk)), record, field)

    client.post(url_of(record, "delete"), {"post": "yes"})
    assert not type(record).objects.filter(pk=record.pk).exists()


@each_kind
@each_role
def test_a_public_record_of_every_kind_is_changed_and_withdrawn_by_proposal_only(kind, role):
    record, field = made(kind, "published")
    before, client = state_of(record), desk_of(people.person(role))

    assert messages_on(client.post(url_of(record), reworded(record, field))) == ""
    client.post(url_of(record, "withdraw"), {"reason": "It was wrong."})

    proposals = {each.kind: each for each in Proposal.objects.of(record).open()}
    assert set(proposals) == {ProposalKind.CHANGE, ProposalKind.WITHDRAW}
    assert is_reworded(proposals[ProposalKind.CHANGE].after, record, field)
    now = type(record).objects.get(pk=record.pk)
    assert (now.status, state_of(now)) == (RecordStatus.PUBLISHED, before)


@each_kind
def test_outsiders_touch_no_record_of_any_kind(kind):
    record, field = made(kind)
    public, _ = made(kind, "published")
    new = as_new(desk_of(root()).get(url_of(record)), record) | {"key": "forged-key"}
    forms = [
        (list_of(record), {"action": "delete_selected", "_selected_action": [record.pk], "post": "yes"}),
        (list_of(record, "add"), new),
        (list_of(record, "import"), {"token": "forged"}),
        (url_of(record), reworded(record, field) | {"_save": "1"}),
        (url_of(record), reworded(record, field) | {"_submit": "1"}),
        (url_of(record, "delete"), {"post": "yes"}),
        (url_of(public), reworded(public, field)),
        (url_of(public, "withdraw"), {"reason": "Forged."}),
        (url_of(public, "checked"), {}),
        (url_of(public, "merge"), {"_propose": "1"}),
        (url_of(public, "history"), {}),
    ]

    for who, user in outsiders(kind).items():
        client = desk_of(user) if user else Client()
        with nothing_is_written():
            for url, data in forms:
                assert is_refused(client.post(url, data)), (who, url)


@each_kind
@pytest.mark.parametrize("role", [*ON_RECORDS, "root"])
def test_what_is_or_was_public_is_deleted_by_nobody_alone_or_in_bulk(kind, role):
    client = desk_of(root() if role == "root" else people.person(role))
    public, _ = made(kind, "published")
    withdrawn, _ = made(kind)
    type(withdrawn).objects.filter(pk=withdrawn.pk).update(status="withdrawn", withdrawn_because="Wrong.")
    chosen = {"action": "delete_selected", "_selected_action": [public.pk, withdrawn.pk], "post": "yes"}

    with nothing_is_written():
        assert client.post(url_of(public, "delete"), {"post": "yes"}).status_code == 403
        assert client.post(url_of(withdrawn, "delete"), {"post": "yes"}).status_code == 403
        client.post(list_of(public), chosen)
    assert "Delete the draft" not in client.get(url_of(public)).content.decode()


def test_of_drafts_and_public_records_chosen_together_none_is_deleted():
    client = desk_of(people.researcher())
    draft, public = factories.lab(status="draft"), factories.lab()

    with nothing_is_written():
        data = {"action": "delete_selected", "_selected_action": [draft.pk, public.pk], "post": "yes"}
        assert client.post(list_of(draft), data).status_code == 200


# --- what is offered, and what nobody does ------------------------------------------------------------------------


def test_nobody_but_editors_is_offered_what_editors_do():
    lab, edition = factories.lab(), factories.proposal(factories.lab())
    offers = {
        url_of(lab): [url_of(lab, "merge"), url_of(lab, "checked")],
        reverse("admin:labs_proposal_change", args=[edition.pk]): ['name="decision" value="reject"'],
    }
    for role in ON_RECORDS:
        client = desk_of(people.person(role))
        for url, words in offers.items():
            page = client.get(url).content.decode()
            assert [word in page for word in words] == [role == "Editor"] * len(words), (role, url)


@pytest.mark.parametrize("role", [*ON_RECORDS, "Administrator"])
def test_reports_and_proposals_are_written_and_deleted_by_no_role(role):
    client, proposal = desk_of(people.person(role)), factories.proposal()
    report = ErrorReport.objects.create(page="/", claim="A claim", wrong="Wrong.", sender="x")

    with nothing_is_written():
        for url in (
            reverse("admin:evaltracker_errorreport_add"),
            url_of(report, "delete"),
            reverse("admin:labs_proposal_add"),
            url_of(proposal, "delete"),
        ):
            assert client.post(url, {"post": "yes", "wrong": "Forged."}).status_code == 403
