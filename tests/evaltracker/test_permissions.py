"""What each role may do at the desk, and that the others are refused: on the page, and by a forged form.

A test does each thing as every role. Those who may, change something; for the others everything stays as it was.
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core import serializers
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from evaltracker.models import ErrorReport
from labs.actions import review
from labs.models import Edition, Proposal, Record
from tests import factories, people
from tests.admin_forms import form_data

pytestmark = pytest.mark.django_db

ROLES = ("Researcher", "Editor", "Administrator", "nobody", "visitor")
RESEARCHERS = {"Researcher", "Editor"}
EDITORS = {"Editor"}


@dataclass(frozen=True)
class Deed:
    """Something done at the desk. ``prepare`` makes what it needs and gives the address and what is sent to it."""

    name: str
    allowed: set[str]
    prepare: Callable[[Client], tuple[str, dict[str, Any]]]

    def __str__(self) -> str:
        return self.name


def url_of(record: Any, name: str = "change") -> str:
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{name}", args=[record.pk])


def sent(url: str, **changes: Any) -> tuple[str, dict[str, Any]]:
    """What a person who may do everything would send from the form at an address: what a forger would imitate."""
    root = Client()
    root.force_login(User.objects.get_or_create(username="root", is_superuser=True, is_staff=True)[0])
    return url, form_data(root.get(url)) | changes


def of_the_screen(decision: str, record: Record | None = None, **typed: str) -> Callable[[Client], tuple[str, dict]]:
    def prepare(client: Client) -> tuple[str, dict[str, Any]]:
        proposal = waiting()
        url = reverse("admin:labs_proposal_change", args=[proposal.pk])
        root = Client()
        root.force_login(User.objects.get_or_create(username="root", is_superuser=True, is_staff=True)[0])
        return url, {"decision": decision, "seen": root.get(url).context["seen"], **typed}

    return prepare


def waiting() -> Proposal:
    return review.propose(
        record=factories.access_event(), state={"summary": "New."}, reason="Because.", by=people.researcher()
    )


def report() -> ErrorReport:
    return ErrorReport.objects.create(page="/", claim="A claim", wrong="It is wrong.", sender="x")


def merged(client: Client) -> tuple[str, dict[str, Any]]:
    loser, winner = factories.lab(), factories.lab()
    return url_of(loser, "merge"), {"winner": winner.pk, "reason": "They are one.", "_propose": "1", "propose": "1"}


def lowered(client: Client) -> tuple[str, dict[str, Any]]:
    event = factories.access_event()
    return sent(url_of(event), lowered_to="disputed", lowered_because="They deny it.", reason="Denied.")


def imported(client: Client) -> tuple[str, dict[str, Any]]:
    lab = factories.lab()
    file = SimpleUploadedFile("labs.csv", f"key,website\n{lab.key},https://example.org/\n".encode(), "text/csv")
    return reverse("admin:labs_lab_import"), {"file": file}


def edition(client: Client) -> tuple[str, dict[str, Any]]:
    return reverse("admin:labs_edition_add"), {"version": "2099.01", "complete_to": "2098-12-31", "note": ""}


DEEDS = [
    Deed(
        "add a draft",
        RESEARCHERS,
        lambda client: sent(reverse("admin:labs_lab_add"), name="New lab", key="new-lab", _save="1"),
    ),
    Deed(
        "edit a draft",
        RESEARCHERS,
        lambda client: sent(url_of(factories.access_event(status="draft")), summary="New.", _save="1"),
    ),
    Deed(
        "send a draft to review",
        RESEARCHERS,
        lambda client: sent(url_of(factories.access_event(status="draft")), _submit="1"),
    ),
    Deed(
        "delete a draft",
        RESEARCHERS,
        lambda client: (url_of(factories.access_event(status="draft"), "delete"), {"post": "yes"}),
    ),
    Deed(
        "propose a change",
        RESEARCHERS,
        lambda client: sent(url_of(factories.access_event()), summary="New.", reason="Because."),
    ),
    Deed(
        "propose a withdrawal",
        RESEARCHERS,
        lambda client: (url_of(factories.access_event(), "withdraw"), {"reason": "It was wrong."}),
    ),
    Deed("accept a proposal", EDITORS, of_the_screen("accept")),
    Deed("send a proposal back", EDITORS, of_the_screen("send_back", note="Cite it.")),
    Deed("reject a proposal", EDITORS, of_the_screen("reject", note="No source.")),
    Deed("mark as checked", EDITORS, lambda client: (url_of(factories.access_event(), "checked"), {})),
    Deed("propose a merger", EDITORS, merged),
    Deed("add an edition", set(), edition),
    Deed(
        "change an edition",
        set(),
        lambda client: sent(
            url_of(Edition.objects.create(version="2099.02", complete_to=dt.date(2098, 1, 1))), note="New."
        ),
    ),
    Deed("answer a report of error", RESEARCHERS, lambda client: sent(url_of(report()), state="declined", note="No.")),
    Deed(
        "enter a person",
        {"Administrator"},
        lambda client: sent(
            reverse("admin:auth_user_add"),
            username="new",
            usable_password="true",
            password1="quite a long one",
            password2="quite a long one",
        ),
    ),
    Deed(
        "change a person",
        {"Administrator"},
        lambda client: sent(url_of(people.researcher()), first_name="Ada"),
    ),
]


def everything() -> str:
    """All that is stored of records, proposals, editions, reports and people, but for who logged in when."""
    rows = []
    for app in ("labs", "commitments", "evaltracker"):
        for model in apps.get_app_config(app).get_models():
            if not hasattr(model, "instance_type"):
                rows += json.loads(serializers.serialize("json", model._base_manager.order_by("pk")))
    people_now = list(User.objects.order_by("pk").values_list("username", "first_name", "is_active", "is_superuser"))
    return json.dumps([rows, people_now], default=str)


def as_role(role: str) -> Client:
    client = Client()
    if role == "nobody":
        client.force_login(people.person())
    elif role != "visitor":
        client.force_login(people.person(role))
    return client


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("deed", DEEDS, ids=str)
def test_who_may_does_it_and_the_others_are_refused(empty_database, deed, role):
    client = as_role(role)
    url, data = deed.prepare(client)
    before = everything()

    response = client.post(url, data)

    if role in deed.allowed:
        assert response.status_code == 302, response.content.decode()[:2000]
        assert everything() != before
    else:
        assert response.status_code in (302, 403)
        assert response.status_code == 403 or reverse("admin:login") in response.url
        assert everything() == before


@pytest.mark.parametrize("role", ROLES)
def test_only_an_editor_lowers_certainty_by_a_forged_form(empty_database, role):
    client = as_role(role)
    url, data = lowered(client)

    client.post(url, data)

    asked = [proposal.after["lowered_to"] for proposal in Proposal.objects.all()]
    assert asked == (["disputed"] if role == "Editor" else [])


@pytest.mark.parametrize("role", ROLES)
def test_who_may_propose_may_import(empty_database, role):
    client = as_role(role)
    url, data = imported(client)
    before = everything()

    response = client.post(url, data)

    assert response.status_code == (200 if role in RESEARCHERS else 403)
    assert everything() == before  # a file is looked at first


@pytest.mark.parametrize("role", ROLES)
def test_who_works_on_records_may_export(records, role):
    response = as_role(role).get(reverse("admin:labs_lab_export"), {"format": "csv"})

    assert response.status_code == (200 if role in RESEARCHERS else 302 if role == "visitor" else 403)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "page",
    [
        "admin:labs_proposal_changelist",
        "admin:labs_accessevent_changelist",
        "admin:labs_accessevent_add",
        "admin:system_card",
        "admin:commitments_reply_changelist",
        "admin:evaltracker_errorreport_changelist",
    ],
)
def test_who_does_not_work_on_records_sees_no_page_of_them(records, page, role):
    response = as_role(role).get(reverse(page))

    assert response.status_code == (200 if role in RESEARCHERS else 302 if role == "visitor" else 403)


def test_an_author_takes_their_own_proposal_back_and_nobody_elses(empty_database):
    author, other = people.researcher(), people.editor()
    proposal = review.propose(record=factories.access_event(), state={"summary": "N."}, reason="B.", by=author)
    url = reverse("admin:labs_proposal_change", args=[proposal.pk])
    clients = {}
    for person in (author, other):
        clients[person] = Client()
        clients[person].force_login(person)

    assert "Take it back" not in clients[other].get(url).content.decode()
    assert clients[other].post(url, {"decision": "take_back"}).status_code == 403
    assert "Take it back" in clients[author].get(url).content.decode()
    clients[author].post(url, {"decision": "take_back"})

    proposal.refresh_from_db()
    assert proposal.stage == "rejected"


@pytest.mark.parametrize("role", ["Researcher", "Editor"])
def test_an_author_decides_nothing_of_their_own_whatever_their_role(empty_database, role):
    author = people.person(role)
    proposal = review.propose(record=factories.access_event(), state={"summary": "N."}, reason="B.", by=author)
    client = Client()
    client.force_login(author)
    url = reverse("admin:labs_proposal_change", args=[proposal.pk])
    before = everything()

    for decision in ("accept", "reject", "send_back"):
        client.post(url, {"decision": decision, "seen": client.get(url).context["seen"], "note": "Mine."})

    assert everything() == before
