"""Decide about several proposals in one click: each good one is carried out, however many others are refused."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from labs.actions.permissions import REVIEW_PROPOSAL, VIEW_PROPOSAL, require
from labs.actions.review import WhoWrote, carry_out, let_through, send_back
from labs.actions.versions import in_turn, raise_data_version
from labs.choices import ProposalKind, RecordStatus
from labs.models import Proposal, Record
from labs.models.errors import sentences
from labs.models.lookalikes import KnownRecords
from labs.models.registry import kind_of
from labs.rules.text import one_line

Refusals = dict[int, list[str]]
"""Why proposals cannot be carried out, in sentences, by the primary key of each."""


@dataclass
class Decided:
    """What became of several proposals."""

    accepted: list[Proposal] = field(default_factory=list)
    sent_back: list[Proposal] = field(default_factory=list)
    refused: Refusals = field(default_factory=dict)


@in_turn
def decide_each(
    *,
    accept: Collection[tuple[Proposal, str]],
    send_back_with: Iterable[tuple[Proposal, str]] = (),
    by: Any,
    unfound_because: str = "",
) -> Decided:
    """Accept some proposals and send others back, each with a note. What cannot be done is refused, and holds up none.

    Those that are accepted may refer to records that the others publish, and make one data version together. One that
    refers to the record of a refused one is refused as well.

    Raises PermissionDenied like ``accept``.
    """
    require(by, REVIEW_PROPOSAL)
    decided = Decided()
    notes, known = {proposal.pk: note for proposal, note in accept}, KnownRecords()
    wrote = WhoWrote.read(_records_of(proposal for proposal, _ in accept), by)

    def act(*, proposal: Proposal) -> None:
        let_through(
            proposal=proposal,
            by=by,
            note=notes[proposal.pk],
            unfound_because=unfound_because,
            known=known,
            wrote=wrote,
        )

    decided.accepted, decided.refused = _carry_out_each([proposal for proposal, _ in accept], act)
    if decided.accepted:
        raise_data_version()
    for proposal, why in send_back_with:
        try:
            decided.sent_back.append(send_back(proposal=proposal, by=by, note=why))
        except ValidationError as error:
            decided.refused[proposal.pk] = error.messages
    return decided


def _records_of(proposals: Iterable[Proposal]) -> list[Record]:
    """The records of the proposals that are there, in one query for each kind."""
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    for proposal in proposals:
        numbers[proposal.content_type_id].append(proposal.object_id)
    return [
        record
        for content_type, wanted in numbers.items()
        for record in ContentType.objects.get_for_id(content_type).model_class()._default_manager.filter(pk__in=wanted)
    ]


def carry_out_each(*, proposals: Iterable[Proposal], by: Any = None, unfound_because: str = "") -> Refusals:
    """Do what the proposals ask for where it can be done, without a check of permissions; say why of the others.

    For previews, which roll it back. The proposals that are given stay as they are.
    """

    known = KnownRecords()

    def act(*, proposal: Proposal) -> None:
        carry_out(proposal=copy(proposal), by=by, unfound_because=unfound_because, known=known)

    return _carry_out_each(proposals, act)[1]


def _carry_out_each(proposals: Iterable[Proposal], act: Callable[..., Any]) -> tuple[list[Proposal], Refusals]:
    """Carry out the largest number of proposals that can be carried out together; the others are refused.

    All are tried together, since they may refer to each other. Where some are refused that trial is rolled back, and
    the others are tried without them.
    """
    left, refused = order_for_review(proposals), {}
    while left and (found := _try(left, act)):
        refused |= found
        left = [proposal for proposal in left if proposal.pk not in found]
    return left, refused


def _try(proposals: Iterable[Proposal], act: Callable[..., Any]) -> Refusals:
    """Carry out all or none of the proposals; why none, if none."""
    refused: Refusals = {}
    with transaction.atomic():
        before = _mark_as_published(proposals)
        for proposal in proposals:
            try:
                act(proposal=proposal)  # all of it or nothing
            except ValidationError as error:
                model = proposal.content_type.model_class()
                refused[proposal.pk] = sentences(error, model)
                if status := before.get((model, proposal.object_id)):
                    # What refers to it is then refused in this trial, not in one more for each link of a chain.
                    model._default_manager.filter(pk=proposal.object_id).update(status=status)
        if refused:
            transaction.set_rollback(True)
    return refused


def batch_name(name: str) -> str:
    """The name of what came in with a file, where a person gives none."""
    return f"{name[:80]}, {timezone.localtime():%Y-%m-%d %H:%M:%S}"


@in_turn
def name_batch(*, proposals: Iterable[Proposal], name: str, by: Any) -> int:
    """Let proposals be one batch of this name, which only the desk sees; returns how many they are.

    Raises PermissionDenied for somebody who may not decide about one of another person, and ValidationError for a name
    that is empty or too long.
    """
    require(by, VIEW_PROPOSAL)
    numbers = [proposal.pk for proposal in proposals]
    found = Proposal.objects.filter(pk__in=numbers)
    if found.exclude(author=by).exists() and not by.has_perm(REVIEW_PROPOSAL):
        raise PermissionDenied("Only an editor may name what somebody else proposed.")
    name, longest = one_line(name).strip(), Proposal._meta.get_field("batch").max_length
    if not name or len(name) > longest:
        raise ValidationError(f"Give the batch a name of at most {longest} characters, such as “September 2026”.")
    return found.update(batch=name)


def order_for_review(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The proposals in the order in which to accept them: labs before releases, releases before events.

    Mergers follow, then withdrawals in the reverse order.
    """
    return sorted(proposals, key=_review_place)


def _review_place(proposal: Proposal) -> tuple[Any, ...]:
    turns = {ProposalKind.MERGE: 1, ProposalKind.UNMERGE: 1, ProposalKind.WITHDRAW: 2}
    turn = turns.get(ProposalKind(proposal.kind), 0)
    rank = kind_of(proposal.content_type.model_class()).rank
    return turn, -rank if turn == 2 else rank, proposal.sent_at, proposal.pk


def _mark_as_published(proposals: Iterable[Proposal]) -> dict[tuple[type[Record], int], str]:
    """Set the status of all records that are about to be published; returns what it was.

    An evaluator and its source refer to each other, so neither could be published first.
    """
    numbers: defaultdict[type[Record], list[int]] = defaultdict(list)
    for proposal in proposals:
        if proposal.kind == ProposalKind.PUBLISH and proposal.is_open:
            numbers[proposal.content_type.model_class()].append(proposal.object_id)
    before = {}
    for model, wanted in numbers.items():
        records = model._default_manager.filter(pk__in=wanted)
        before |= {(model, pk): status for pk, status in records.values_list("pk", "status")}
        records.update(status=RecordStatus.PUBLISHED.value)
    return before
