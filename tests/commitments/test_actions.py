"""Writes of the promises: all or nothing, and a sentence that says what to do."""

import pytest
from django.core.exceptions import ValidationError

from commitments.models import Commitment, CommitmentCitation, Requirement
from labs.actions import save_record
from labs.models.base import NO_CITATION
from tests import factories

pytestmark = pytest.mark.django_db


def requirement(**changes) -> Requirement:
    return Requirement(
        **{"reading": "strict", "activities": ["model_evaluation"], "evaluators": "any_outside"} | changes
    )


def quote(text="We will.", **changes) -> CommitmentCitation:
    return CommitmentCitation(**{"source": factories.source(), "quote": text, "supports": ["quote"]} | changes)


def save(parts=None, **changes) -> Commitment:
    fields = {"key": "new-promise", "title": "New promise", "quote": "We will.", "origin": "policy"} | changes
    given = {"labs": [factories.lab()], "requirements": [requirement()], "citations": [quote()]} | (parts or {})
    return save_record(record=Commitment(**fields), parts=given)


def refusal_of(parts=None, **changes) -> str:
    """The sentences with which it is refused; nothing may have been saved."""
    with pytest.raises(ValidationError) as refusal:
        save(parts, **changes)
    assert not Commitment.objects.filter(key="new-promise").exists()
    assert not Requirement.objects.filter(commitment__key="new-promise").exists()
    assert not CommitmentCitation.objects.filter(record__key="new-promise").exists()
    return " ".join(refusal.value.messages)


def test_a_commitment_is_saved_with_its_labs_readings_and_citations():
    labs = [factories.lab(), factories.lab()]
    readings = [requirement(), requirement(reading="lenient", releases="all")]

    save({"labs": labs, "requirements": readings})

    commitment = Commitment.objects.get(key="new-promise")
    assert set(commitment.labs.all()) == set(labs)
    assert list(commitment.requirements.values_list("reading", "releases")) == [
        ("strict", "frontier"),
        ("lenient", "all"),
    ]
    assert commitment.citations.get().quote == "We will."


def test_a_commitment_that_is_saved_again_keeps_exactly_what_it_is_given():
    commitment = factories.commitment(lenient={})
    strict = commitment.requirements.get(reading="strict")
    lab = factories.lab()

    parts = {"labs": [lab], "requirements": [strict], "citations": [quote("Another.")]}
    save_record(record=commitment, parts=parts)

    assert commitment.labs.get() == lab
    assert commitment.requirements.get() == strict
    assert commitment.citations.get().quote == "Another."


def test_a_commitment_that_is_not_testable_says_why_and_has_no_requirement():
    save({"requirements": []}, not_testable_because="it is too vague")

    assert Commitment.objects.get(key="new-promise").not_testable_because == "it is too vague"


def test_a_law_names_no_labs():
    save({"labs": []}, origin="law")

    assert not Commitment.objects.get(key="new-promise").labs.exists()


@pytest.mark.parametrize(
    ("parts", "changes", "sentence"),
    [
        ({"citations": []}, {}, NO_CITATION),
        ({}, {"origin": "law"}, "A law names no labs"),
        ({"labs": []}, {}, "Choose the lab that made it"),
        ({"labs": []}, {"origin": "unknown"}, "Choose the lab that made it"),
        ({"requirements": []}, {}, "or say why the commitment is not testable"),
        ({}, {"not_testable_because": "it is vague"}, "Delete one of the two"),
        ({}, {"made_on": "last May"}, "is not a date in EDTF"),
        ({}, {"fulfilled_on": "2024"}, "tick “fulfilled on” among what it supports"),
        ({}, {"quote": ""}, "cannot be blank"),
    ],
)
def test_a_commitment_with_something_wrong_is_refused_whole(parts, changes, sentence):
    assert sentence in refusal_of(parts, **changes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([{"reading": "lenient"}], "call it strict"),
        ([{}, {}], "Requirement 2: A commitment has one requirement per reading"),
        ([{"activities": []}], "Requirement 1: Activities: This field cannot be blank"),
        ([{"evaluators": "named"}], "Requirement 1: Name an evaluator with “a named evaluator”"),
        ([{"min_depth": 6}], "Requirement 1: Depth is a level from 1 to 5"),
    ],
)
def test_a_commitment_with_something_wrong_in_its_requirement_is_refused_whole(changes, sentence):
    assert sentence in refusal_of({"requirements": [requirement(**each) for each in changes]})


def test_a_fulfilled_commitment_cites_what_says_so():
    save(
        {"citations": [quote(), quote("We have.", supports=["fulfilled_on"])]}, due_on="2024-06", fulfilled_on="2024-05"
    )

    assert Commitment.objects.get(key="new-promise").fulfilled_on == "2024-05"


def test_successors_in_a_circle_are_refused():
    first = factories.commitment()
    second = factories.commitment(superseded_by=first)
    first.superseded_by = second

    parts = {"labs": first.labs.all(), "requirements": first.requirements.all(), "citations": [quote()]}

    with pytest.raises(ValidationError, match="in a circle"):
        save_record(record=first, parts=parts)

    first.refresh_from_db()
    assert first.superseded_by is None


def test_a_change_that_is_refused_leaves_the_commitment_as_it_was():
    commitment = factories.commitment(title="As it was")
    labs, cited = list(commitment.labs.all()), list(commitment.citations.values())
    commitment.title = "Changed"

    parts = {"labs": [factories.lab()], "requirements": [requirement()], "citations": [quote("word " * 41)]}

    with pytest.raises(ValidationError):
        save_record(record=commitment, parts=parts)

    commitment.refresh_from_db()
    assert commitment.title == "As it was"
    assert (list(commitment.labs.all()), list(commitment.citations.values())) == (labs, cited)
