"""Several proposals on one screen: a decision about each and about all that are ticked; and the page of a batch."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from evaltracker.admin.reviewed import (
    ReviewedProposal,
    Together,
    barred,
    name_of_person,
    read_together,
    reviewed_proposal,
    version_seen,
)
from evaltracker.effects import effect_of
from evaltracker.worklist.groups import by_release
from labs.actions.batches import Decided, decide_each, order_for_review
from labs.actions.permissions import REVIEW_PROPOSAL
from labs.choices import Stage
from labs.models import Proposal
from labs.rules.order import people_order
from labs.rules.text import clean_text
from labs.web.parameters import address

CHANGED_MEANWHILE = (
    "It has changed while you were reading. Below is what is proposed now. Look again, then decide. Nothing that you "
    "wrote is lost."
)
NOTHING_CHOSEN = "Nothing was chosen. Tick records, or choose a decision beside a record."
AS_TICKED, ACCEPT, SEND_BACK, SKIP = "", "accept", "send_back", "skip"
CHOICES = {AS_TICKED: "as ticked", ACCEPT: "accept", SEND_BACK: "send back", SKIP: "skip"}
BUTTONS = {"accept_ticked": ACCEPT, "send_back_ticked": SEND_BACK, "chosen": SKIP}  # what each does with the ticked
NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One proposal on the screen, with what the person typed beside it."""

    reviewed: ReviewedProposal
    seen: str
    refusals: Sequence[str]  # why it cannot be accepted as it is
    decision: str
    note: str
    is_ticked: bool

    @property
    def number(self) -> int:
        """The primary key of the proposal."""
        return int(self.reviewed.proposal.pk)

    @property
    def is_free(self) -> bool:
        """Whether this person may decide about it."""
        return not self.reviewed.barred

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The decisions that are offered beside it."""
        return [(value, label) for value, label in CHOICES.items() if value != ACCEPT or not self.refusals]


# --- the review of several ---------------------------------------------------------------------------------


def review_of_several(request: HttpRequest, proposals: Sequence[Proposal]) -> dict[str, Any]:
    """What the screen shows: the effect first, then the proposals by release, then the decision about the ticked."""
    waiting = [proposal for proposal in proposals if proposal.is_open]
    effect = effect_of(waiting) if waiting else None
    refused = effect.refused if effect else {}
    together = read_together(proposals)
    rows = {}
    for proposal in proposals:
        reviewed = reviewed_proposal(proposal, request.user, together)
        rows[proposal.pk] = _row(request, reviewed, together, refused.get(proposal.pk, ()))
    free = [row for row in rows.values() if row.is_free]
    return {
        "effect": effect,
        "groups": [(group.title, [rows[each.pk] for each in group.proposals]) for group in by_release(proposals)],
        "free": free,
        "acceptable": sum(not row.refusals for row in free),
        "barred": Counter(row.reviewed.barred for row in rows.values() if not row.is_free).most_common(),
        "quotes_need_a_reason": any(row.reviewed.quotes_need_a_reason for row in free),
    }


def _row(request: HttpRequest, reviewed: ReviewedProposal, together: Together, refusals: Sequence[str]) -> Row:
    proposal, typed = reviewed.proposal, request.POST
    is_ticked = str(proposal.pk) in typed.getlist("tick") or (
        request.GET.get("ticked") == "all" and not typed and not refusals
    )
    return Row(
        reviewed=reviewed,
        seen=version_seen([proposal], together),
        refusals=refusals,
        decision=typed.get(f"decision-{proposal.pk}", AS_TICKED),
        note=typed.get(f"note-{proposal.pk}", ""),
        is_ticked=is_ticked,
    )


@transaction.atomic
def decide_several(request: HttpRequest, proposals: Sequence[Proposal]) -> Decided:
    """Carry out the decisions in the form; what cannot be done is refused, with the reason, and holds up nothing.

    A decision beside a record goes before that about the ticked. Raises PermissionDenied, and ValidationError if
    nothing was chosen.
    """
    if not request.user.has_perm(REVIEW_PROPOSAL):
        raise PermissionDenied
    button, ticked = request.POST.get("decision"), set(request.POST.getlist("tick"))
    if button not in BUTTONS:
        raise ValidationError("Choose one of the buttons below.")
    chosen: dict[int, str] = {}
    for proposal in proposals:
        own = request.POST.get(f"decision-{proposal.pk}", AS_TICKED)
        if own not in CHOICES:
            raise ValidationError(f"{proposal}: choose one of: {', '.join(CHOICES.values())}.")
        of_ticked = BUTTONS[button] if str(proposal.pk) in ticked else SKIP
        if (decision := of_ticked if own == AS_TICKED else own) != SKIP:
            chosen[proposal.pk] = decision
    if not chosen:
        raise ValidationError(NOTHING_CHOSEN)
    current = _lock([proposal for proposal in proposals if proposal.pk in chosen])
    together = read_together(current)
    refused = {each.pk: [why] for each in current if (why := _refusal(request, each, together))}
    free = [proposal for proposal in current if proposal.pk not in refused]
    decided = decide_each(
        accept=[(each, _note(request, each, "")) for each in free if chosen[each.pk] == ACCEPT],
        send_back_with=[
            (each, _note(request, each, request.POST.get("note", ""))) for each in free if chosen[each.pk] == SEND_BACK
        ],
        by=request.user,
        unfound_because=request.POST.get("unfound_because", ""),
    )
    decided.refused = {**refused, **decided.refused}
    return decided


def _note(request: HttpRequest, proposal: Proposal, otherwise: str) -> str:
    return clean_text(request.POST.get(f"note-{proposal.pk}", "")) or clean_text(otherwise)


def _refusal(request: HttpRequest, proposal: Proposal, together: Together) -> str:
    """Why this person cannot decide about a proposal now; empty if they can."""
    if not proposal.is_open:
        return f"It is already {Stage(proposal.stage).label}."
    if request.POST.get(f"seen-{proposal.pk}") != version_seen([proposal], together):
        return CHANGED_MEANWHILE
    return barred(proposal, together.records.get(proposal.pk), request.user, together)


def _lock(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Lock the records, as their forms do, and return the proposals as they are stored now."""
    lock_records(proposals)
    return list(Proposal.objects.select_related("content_type").filter(pk__in=[each.pk for each in proposals]))


def lock_records(proposals: Iterable[Proposal]) -> None:
    """Lock the records of proposals, so that nobody changes them before the decision."""
    for proposal in order_for_review(proposals):
        proposal.content_type.model_class()._default_manager.select_for_update().filter(pk=proposal.object_id).first()


def tell(request: HttpRequest, decided: Decided, proposals: Sequence[Proposal]) -> None:
    """Say in one message what became of all."""
    names = {proposal.pk: str(proposal) for proposal in proposals}
    done = [
        f"{len(those)} {word}" + (f" ({'; '.join(map(str, those))})" if len(those) <= NAMED_AT_MOST else "")
        for word, those in (("accepted", decided.accepted), ("sent back", decided.sent_back))
        if those
    ]
    sentence = capfirst(", ".join(done)) + "." if done else "Nothing was carried out."
    if not decided.refused:
        messages.success(request, sentence)
        return
    reasons = format_html_join(
        "", "<li>{}: {}</li>", ((names[number], " ".join(found)) for number, found in decided.refused.items())
    )
    rest = f"{len(decided.refused)} could not be and still {'waits' if len(decided.refused) == 1 else 'wait'}:"
    messages.warning(request, format_html("{} {}<ul>{}</ul>", sentence, rest, reasons))


# --- the page of a batch -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Batch:
    """What came in together under one name."""

    name: str
    proposals: Sequence[Proposal]

    @property
    def waiting(self) -> list[Proposal]:
        """Those that wait for review."""
        return [proposal for proposal in self.proposals if proposal.stage == Stage.IN_REVIEW]

    @property
    def progress(self) -> str:
        """How many are at each stage: “27 waiting for review, 12 accepted”."""
        counts = Counter(Stage(proposal.stage) for proposal in self.proposals)
        return ", ".join(f"{counts[stage]} {stage.label}" for stage in Stage if counts[stage])

    @property
    def authors(self) -> list[str]:
        """Who proposed them."""
        names = {name_of_person(proposal.author) or "a former user" for proposal in self.proposals}
        return sorted(names, key=people_order)

    @property
    def groups(self) -> list[Any]:
        """The proposals by release."""
        return by_release(order_for_review(self.proposals))


def batch_of(name: str) -> Batch | None:
    """The batch of this name; None if there is none."""
    found = Proposal.objects.filter(batch=name).defer("before", "after") if name else Proposal.objects.none()
    proposals = list(found.select_related("content_type", "author", "decided_by"))
    return Batch(name, proposals) if proposals else None


def batch_url(name: str) -> str:
    """The page of a batch."""
    return address(reverse("admin:labs_proposal_batch"), {}, name=name)


def review_batch_url(name: str) -> str:
    """The screen on which what waits of a batch is reviewed."""
    return address(reverse("admin:labs_proposal_together"), {}, batch=name)
