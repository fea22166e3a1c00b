"""Writes of the promises that touch several models: all of it is saved, or none.

As in labs/actions.py, the `check_…` functions are the one home of what no single row can say, for the actions
and for the admin's forms.
"""

from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from commitments.choices import CommitmentField, Origin, Reading
from commitments.models import Commitment, CommitmentCitation, Requirement
from labs.actions import check_citations, save_parts
from labs.models import Lab


def check_labs(origin: str, labs: Collection[Lab]) -> None:
    """A law names no labs; every other commitment is made by at least one (methodology, section 7).

    Raises ValidationError.
    """
    if origin == Origin.LAW and labs:
        raise ValidationError("A law names no labs: take them out, or choose another origin.", code="law_with_labs")
    if origin != Origin.LAW and not labs:
        raise ValidationError("Choose the lab that made it, or all labs that did.", code="no_labs")


def check_requirements(commitment: Commitment, requirements: Collection[Requirement]) -> None:
    """A commitment is testable, with a strict requirement, or says why it is not (methodology, section 7).

    Raises ValidationError.
    """
    readings = {requirement.reading for requirement in requirements}
    reason = commitment.not_testable_because
    if readings and reason:
        raise ValidationError(
            "It has a requirement and a reason why it is not testable. Empty the reason, or remove the requirement.",
            code="testable_and_not",
        )
    if not readings and not reason:
        raise ValidationError(
            "Add the requirement in its strict reading, or say why the commitment is not testable.",
            code="no_requirement",
        )
    if readings and Reading.STRICT not in readings:
        raise ValidationError(
            "A lenient reading stands beside a strict one. If there is one reading only, call it strict.",
            code="lenient_alone",
        )


def check_fulfilment(commitment: Commitment, citations: Collection[CommitmentCitation]) -> None:
    """That a promise was fulfilled needs a quote that says so (methodology, section 7).

    Raises ValidationError.
    """
    field = CommitmentField.FULFILLED_ON
    if commitment.fulfilled_on and not any(field in citation.supports for citation in citations):
        raise ValidationError(
            f"It is marked as fulfilled: cite the quote that says so, and tick “{field.label}” among what it supports.",
            code="fulfilled_without_citation",
        )


@transaction.atomic
def save_commitment(
    *,
    commitment: Commitment,
    labs: Collection[Lab],
    requirements: Sequence[Requirement],
    citations: Sequence[CommitmentCitation],
) -> Commitment:
    """Save a commitment with exactly these labs, requirements and citations; others that it had are deleted.

    Raises ValidationError for anything that is wrong; then nothing is saved.
    """
    check_citations(citations)
    commitment.full_clean()
    check_labs(commitment.origin, labs)
    check_requirements(commitment, requirements)
    check_fulfilment(commitment, citations)
    commitment.save()
    commitment.labs.set(labs)
    save_parts(commitment, "requirements", requirements)
    save_parts(commitment, "citations", citations)
    return commitment
