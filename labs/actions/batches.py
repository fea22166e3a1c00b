"""Accept several proposals at once, such as a source, its release and its events, which refer to each other."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from labs.actions.review import carry_out, let_through
from labs.actions.versions import raise_data_version
from labs.choices import ProposalKind, RecordStatus
from labs.models import Proposal
from labs.models.errors import sentences
from labs.models.registry import kind_of


@transaction.atomic
def accept_all(*, proposals: Iterable[Proposal], by: Any, note: str = "", unfound_because: str = "") -> list[Proposal]:
    """Accept several proposals, all or none, as one data version. They may refer to records that the others publish.

    Raises PermissionDenied like ``accept``, and ValidationError with every problem of any of them.
    """
    accepted = _apply_to_all(proposals, partial(let_through, by=by, note=note, unfound_because=unfound_because))
    raise_data_version()
    return accepted


def carry_out_all(*, proposals: Iterable[Proposal], by: Any = None, unfound_because: str = "") -> list[Proposal]:
    """Do what the proposals ask for, all or none, without a check of permissions. For previews, which roll it back.

    Raises ValidationError with every problem of any of them.
    """
    return _apply_to_all(proposals, partial(carry_out, by=by, unfound_because=unfound_because))


@transaction.atomic
def _apply_to_all(proposals: Iterable[Proposal], act: Callable[..., Any]) -> list[Proposal]:
    ordered = order_for_review(proposals)
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


def order_for_review(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The proposals in the order in which to accept them: labs before releases, releases before events.

    Mergers follow, then withdrawals in the reverse order.
    """
    return sorted(proposals, key=_review_place)


def _review_place(proposal: Proposal) -> tuple[Any, ...]:
    turn = {ProposalKind.MERGE: 1, ProposalKind.WITHDRAW: 2}.get(ProposalKind(proposal.kind), 0)
    rank = kind_of(proposal.content_type.model_class()).rank
    return turn, -rank if turn == 2 else rank, proposal.sent_at, proposal.pk


def _mark_as_published(proposals: Iterable[Proposal]) -> None:
    """Set the status of all records that are about to be published.

    An evaluator and its source refer to each other, so neither could be published first.
    """
    for proposal in proposals:
        if proposal.kind == ProposalKind.PUBLISH and proposal.is_open:
            records = proposal.content_type.model_class()._default_manager.filter(pk=proposal.object_id)
            records.update(status=RecordStatus.PUBLISHED.value)
