"""What the promises refuse when they are validated."""

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from commitments.choices import Origin
from commitments.models import Commitment
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_successor_is_another_commitment():
    commitment = factories.commitment()
    commitment.superseded_by = commitment

    with pytest.raises(ValidationError, match="in a circle"):
        commitment.full_clean()


def test_successors_that_go_in_a_circle_are_refused_and_named():
    first = factories.commitment(title="First")
    second = factories.commitment(title="Second", superseded_by=first)
    third = factories.commitment(title="Third", superseded_by=second)
    first.superseded_by = third

    with pytest.raises(ValidationError) as refusal:
        first.full_clean()

    (sentence,) = refusal.value.message_dict["superseded_by"]
    assert "“First” → “Third” → “Second” → “First”" in sentence


def test_a_line_of_successors_is_allowed():
    first = factories.commitment()
    second = factories.commitment(superseded_by=first)
    third = factories.commitment(superseded_by=second)

    assert third.full_clean() is None


def test_a_new_commitment_can_have_a_successor():
    new = Commitment(
        key="new", title="New", quote="We will.", not_testable_because="it is new", superseded_by=factories.commitment()
    )
    assert new.full_clean() is None


@pytest.mark.parametrize("later", ["effective_on", "due_on", "ended_on", "fulfilled_on"])
def test_nothing_lies_before_the_day_it_was_made(later):
    commitment = factories.commitment(made_on="2024-05", due_on="2025")
    setattr(commitment, later, "2024-04")

    with pytest.raises(ValidationError, match=f"{later} lies before made_on"):
        commitment.full_clean()


@pytest.mark.parametrize(("origin", "is_law"), [(origin, origin is Origin.LAW) for origin in Origin])
def test_a_commitment_is_a_law_by_its_origin(origin, is_law):
    assert Commitment(origin=origin.value).is_law is is_law


def test_a_requirement_says_whose_reading_it_is():
    commitment = factories.commitment(title="A promise", lenient={})

    assert [str(requirement) for requirement in commitment.requirements.all()] == [
        "strict reading of A promise",
        "lenient reading of A promise",
    ]


def test_records_that_a_commitment_names_cannot_be_deleted():
    counterparty = factories.evaluator()
    named = factories.evaluator()
    successor = factories.commitment()
    factories.commitment(
        counterparty=counterparty,
        superseded_by=successor,
        requirement={"evaluators": "named", "named_evaluator": named},
    )

    for record in (counterparty, named, successor):
        with pytest.raises(ProtectedError):
            record.delete()
