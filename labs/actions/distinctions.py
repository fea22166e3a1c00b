"""Say that two records that look alike are not the same, so that nobody is asked again."""

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Q

from labs.actions.permissions import permission_to, require
from labs.actions.versions import in_turn
from labs.choices import ProposalKind
from labs.models import Distinction, Proposal, Record
from labs.models.lookalikes import KnownRecords, Question, questions_about
from labs.models.states import State, state_of


@in_turn
def say_distinct(*, record: Record, questions: Iterable[Question], by: Any) -> None:
    """Store the answer that the record is none of these others, which it looks like. Raises PermissionDenied."""
    require(by, permission_to("change", type(record)))
    for question in questions:
        one, other = sorted((record.pk, question.record.pk))
        Distinction.objects.update_or_create(
            content_type=ContentType.objects.get_for_model(record),
            one=one,
            other=other,
            defaults={"likenesses": [each.value for each in question.likenesses], "said_by": by},
        )


def forget_distinctions(record: Record) -> None:
    """Delete what was said of a record that goes."""
    said = Distinction.objects.filter(content_type=ContentType.objects.get_for_model(record))
    said.filter(Q(one=record.pk) | Q(other=record.pk)).delete()


def questions_of(
    proposal: Proposal, record: Record, known: KnownRecords | None = None, state: State | None = None
) -> list[Question]:
    """What the record of an open proposal would look like if it were accepted, with the answers.

    ``state`` is that of the record, if it was read already.
    """
    match ProposalKind(proposal.kind):
        case ProposalKind.PUBLISH:
            return questions_about(record, state_of(record) if state is None else state, known)
        case ProposalKind.CHANGE:
            return questions_about(record, proposal.after, known, is_change=True)
        case _:
            return []


def refuse_unanswered(proposal: Proposal, record: Record, known: KnownRecords | None, state: State) -> None:
    """Raise ValidationError while nobody has said whether the record, now in this state, is one that it looks like."""
    asked = [each for each in questions_of(proposal, record, known, state) if each.answer is None]
    if asked:
        alike = "; ".join(f"“{each.record}” ({each.words})" for each in asked)
        raise ValidationError(
            f"It looks like {alike}, and nobody has said whether it is the same. Compare them and say so first.",
            code="lookalike",
        )
