"""Several proposals decided as one: a source, its release and its events that refer to each other."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from labs.actions.review import accept, carry_out
from labs.choices import ProposalKind, RecordStatus
from labs.models import Proposal
from labs.models.errors import sentences
from labs.models.registry import kind_of


def accept_together(
    *, proposals: Iterable[Proposal], by: Any, note: str = "", unfound_because: str = ""
) -> list[Proposal]:
    """Let several proposals through, all or none; they may refer to what the others publish.

    Raises PermissionDenied as ``accept``, and ValidationError with everything that stands in the way of any of them.
    """
    return _all_of(proposals, partial(accept, by=by, note=note, unfound_because=unfound_because))


def carry_out_together(*, proposals: Iterable[Proposal], by: Any = None, unfound_because: str = "") -> list[Proposal]:
    """Do what the proposals ask for without asking who may, all or none; for previews, which undo it.

    Raises ValidationError with everything that stands in the way of any of them.
    """
    return _all_of(proposals, partial(carry_out, by=by, unfound_because=unfound_because))


@transaction.atomic
def _all_of(proposals: Iterable[Proposal], act: Callable[..., Any]) -> list[Proposal]:
    ordered = in_order(proposals)
    _mark_as_published(ordered)
    problems = []
    for proposal in ordered:
        try:
            with transaction.atomic():
                act(proposal=proposal)
        except ValidationError as error:
            name = f"{proposal}: " if len(ordered) > 1 else ""
            problems += [f"{name}{sentence}" for sentence in sentences(error, proposal.content_type.model_class())]
    if problems:
        raise ValidationError(problems)
    return ordered


def in_order(proposals: Iterable[Proposal]) -> list[Proposal]:
    """So that each finds what it refers to: labs before releases, releases before events; withdrawals come last and
    the other way round.
    """
    return sorted(proposals, key=_place)


def _place(proposal: Proposal) -> tuple[Any, ...]:
    turn = {ProposalKind.MERGE: 1, ProposalKind.WITHDRAW: 2}.get(ProposalKind(proposal.kind), 0)
    rank = kind_of(proposal.content_type.model_class()).rank
    return turn, -rank if turn == 2 else rank, proposal.sent_at, proposal.pk


def _mark_as_published(proposals: Iterable[Proposal]) -> None:
    """Make what is about to be published count as public for the others of the transaction: an evaluator and the
    source that belongs to it refer to each other, so that neither could go first.
    """
    for proposal in proposals:
        if proposal.kind == ProposalKind.PUBLISH and proposal.is_open:
            records = proposal.content_type.model_class()._default_manager.filter(pk=proposal.object_id)
            records.update(status=RecordStatus.PUBLISHED.value)
