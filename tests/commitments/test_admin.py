"""Data entry of the promises. What all records have in common is tested with the facts."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from commitments.models import Commitment
from labs.models.base import NO_CITATION
from tests import factories
from tests.admin_forms import add_row, form_data, messages_on

pytestmark = pytest.mark.django_db

ADD = "admin:commitments_commitment_add"
LIST = "admin:commitments_commitment_changelist"


@pytest.fixture
def editor(client: Client) -> Client:
    """Somebody signed in who may edit everything."""
    client.force_login(User.objects.create_superuser("editor"))
    return client


def new_commitment_data(editor: Client) -> dict:
    """The add form of a commitment that is not testable, with the fields that it needs."""
    return form_data(editor.get(reverse(ADD))) | {
        "title": "New promise",
        "key": "new-promise",
        "quote": "We will.",
        "origin": "policy",
        "labs": [factories.lab().pk],
        "not_testable_because": "it is too vague",
        "citations-0-source": factories.source().pk,
        "citations-0-quote": "We will.",
        "citations-0-supports": ["quote"],
    }


def add_requirement(data: dict, **changes) -> None:
    values = {"reading": "strict", "activities": ["model_evaluation"], "evaluators": "any_outside"}
    values |= {"timing": "before_deployment", "releases": "frontier", "visible_in_public": "on"}
    add_row(data, "requirements", **values | changes)


def refused_with(editor: Client, data: dict) -> str:
    """What the add form complains about; nothing may have been saved."""
    response = editor.post(reverse(ADD), data)
    assert response.status_code == 200
    assert not Commitment.objects.filter(key="new-promise").exists()
    return messages_on(response)


def test_a_commitment_that_is_not_testable_is_added(editor):
    data = new_commitment_data(editor)

    response = editor.post(reverse(ADD), data)

    assert messages_on(response) == ""
    commitment = Commitment.objects.get(key="new-promise")
    assert commitment.labs.get().pk == data["labs"][0]
    assert commitment.citations.get().supports == ["quote"]
    assert not commitment.requirements.exists()


def test_a_commitment_with_two_readings_is_added(editor):
    data = new_commitment_data(editor) | {"not_testable_because": ""}
    add_requirement(data)
    add_requirement(data, reading="lenient", activities=["red_teaming", "model_evaluation"])

    response = editor.post(reverse(ADD), data)

    assert messages_on(response) == ""
    assert list(Commitment.objects.get(key="new-promise").requirements.values_list("reading", "activities")) == [
        ("strict", ["model_evaluation"]),
        ("lenient", ["model_evaluation", "red_teaming"]),
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"origin": "law"}, "A law names no labs"),
        ({"labs": []}, "Choose the lab that made it"),
        ({"not_testable_because": ""}, "or say why the commitment is not testable"),
        ({"citations-TOTAL_FORMS": "0"}, NO_CITATION),
        ({"fulfilled_on": "2024"}, "tick “fulfilled on” among what it supports"),
        ({"made_on": "2024-05", "ended_on": "2024-04"}, "ended_on lies before made_on"),
        ({"made_on": "last May"}, "is not a date in EDTF"),
        ({"quote": ""}, "This field is required"),
        ({"key": "matrix"}, "is the address of another page"),
    ],
)
def test_a_commitment_with_something_wrong_is_refused_with_what_to_do(editor, changes, sentence):
    assert sentence in refused_with(editor, new_commitment_data(editor) | changes)


def test_a_commitment_with_a_requirement_and_a_reason_for_none_is_refused(editor):
    data = new_commitment_data(editor)
    add_requirement(data)

    assert "Delete one of the two" in refused_with(editor, data)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reading": "lenient"}, "call it strict"),
        ({"activities": []}, "This field is required"),
        ({"evaluators": "named"}, "Name an evaluator with “a named evaluator”"),
        ({"min_depth": "6"}, "Depth is a level from 1 to 5"),
        ({"results_at_least": "everything"}, "everything is not one of the available choices"),
    ],
)
def test_a_commitment_with_something_wrong_in_its_requirement_is_refused(editor, changes, sentence):
    data = new_commitment_data(editor) | {"not_testable_because": ""}
    add_requirement(data, **changes)

    assert sentence in refused_with(editor, data)


def test_the_same_reading_twice_is_refused(editor):
    data = new_commitment_data(editor) | {"not_testable_because": ""}
    add_requirement(data)
    add_requirement(data)

    assert "duplicate" in refused_with(editor, data)


def change_url(commitment: Commitment) -> str:
    return reverse("admin:commitments_commitment_change", args=[commitment.pk])


def test_a_reason_can_take_the_place_of_the_requirement(editor):
    commitment = factories.commitment(status="draft")
    data = form_data(editor.get(change_url(commitment)))

    response = editor.post(
        change_url(commitment), data | {"requirements-0-DELETE": "on", "not_testable_because": "it is too vague"}
    )

    assert messages_on(response) == ""
    assert not commitment.requirements.exists()


def test_a_requirement_can_take_the_place_of_the_reason(editor):
    commitment = factories.commitment(status="draft", requirement=None)
    data = form_data(editor.get(change_url(commitment))) | {"not_testable_because": ""}
    add_requirement(data)

    response = editor.post(change_url(commitment), data)

    assert messages_on(response) == ""
    assert commitment.requirements.get().reading == "strict"


def test_the_strict_reading_cannot_be_deleted_from_beside_a_lenient_one(editor):
    commitment = factories.commitment(lenient={})
    data = form_data(editor.get(change_url(commitment)))

    response = editor.post(change_url(commitment), data | {"requirements-0-DELETE": "on", "title": "Changed"})

    assert "call it strict" in messages_on(response)
    assert commitment.requirements.count() == 2
    assert not Commitment.objects.filter(title="Changed").exists()


def test_a_commitment_that_was_fulfilled_is_saved_with_the_citation_that_says_so(editor):
    commitment = factories.commitment(status="draft", due_on="2024-06")
    data = form_data(editor.get(change_url(commitment))) | {"fulfilled_on": "2024-05"}
    add_row(data, "citations", source=factories.source().pk, quote="We have.", supports=["fulfilled_on"])

    response = editor.post(change_url(commitment), data)

    assert messages_on(response) == ""
    commitment.refresh_from_db()
    assert commitment.fulfilled_on == "2024-05"


def test_the_citation_that_says_it_was_fulfilled_cannot_be_deleted(editor):
    commitment = factories.commitment(due_on="2024-06", fulfilled_on="2024-05")
    factories.citation(commitment, supports=["fulfilled_on"])
    data = form_data(editor.get(change_url(commitment)))

    response = editor.post(change_url(commitment), data | {"citations-1-DELETE": "on"})

    assert "tick “fulfilled on”" in messages_on(response)
    assert commitment.citations.count() == 2


def test_successors_in_a_circle_are_refused(editor):
    first = factories.commitment()
    second = factories.commitment(superseded_by=first)
    data = form_data(editor.get(change_url(first)))

    response = editor.post(change_url(first), data | {"superseded_by": second.pk})

    assert "in a circle" in messages_on(response)
    first.refresh_from_db()
    assert first.superseded_by is None


def test_a_lab_of_a_commitment_cannot_be_deleted(editor):
    lab = factories.lab(status="draft")
    commitment = factories.commitment(labs=[lab], citations=[factories.source()])
    url = reverse("admin:labs_lab_delete", args=[lab.pk])

    page = editor.get(url).content.decode()
    editor.post(url, {"post": "yes"})

    assert f'Commitment: <a href="{change_url(commitment)}">{commitment}</a>' in page
    assert commitment.labs.get() == lab


@pytest.mark.parametrize(("value", "is_testable"), [("yes", True), ("no", False)])
def test_commitments_are_filtered_by_being_testable(editor, empty_database, value, is_testable):
    by_testable = {True: factories.commitment(lenient={}), False: factories.commitment(requirement=None)}

    found = editor.get(reverse(LIST), {"testable": value}).context["cl"].result_list

    assert list(found) == [by_testable[is_testable]]
