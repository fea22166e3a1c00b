"""A proposal as the person who checks it reads it: what changes, what it rests on, and what stands in its way."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects

from labs.actions.permissions import REVIEW_PROPOSAL, permission_to
from labs.actions.proposals import last_changed_by
from labs.actions.references import not_public, referred_by, referring_to
from labs.actions.snapshots import check_quotes
from labs.admin.addresses import change_url
from labs.choices import ProposalKind, QuoteCheck, RecordStatus, Stage
from labs.models import Citation, Proposal, Record
from labs.models.registry import kind_of
from labs.models.states import Keys, put, state_of, version_of
from labs.queries.change_words import ChangeRow, described, value_words
from labs.rules.differences import Difference, PartChange, State, difference, rebase

DECISIONS = {Stage.IN_REVIEW: ("accept", "send_back", "reject"), Stage.SENT_BACK: ("reject",)}
CITATIONS = "citations"


@dataclass(frozen=True, slots=True)
class CitationRow:
    """A citation of the record as it would be, or one that would go; ``supports_before`` where that changes."""

    what: str  # added, changed, removed or unchanged
    quote: str
    source: str
    source_url: str  # the document itself
    change_url: str  # its record at the desk
    supports: str
    supports_before: str
    check: QuoteCheck | None  # None where it would go
    unfound_because: str

    @property
    def needs_a_reason(self) -> bool:
        """Whether it is let through only with a reason."""
        return self.check is QuoteCheck.NOT_FOUND and not self.unfound_because


@dataclass(frozen=True, slots=True)
class LinkedRecord:
    """Another record, with its page at the desk and the proposal that would publish it, if there is one."""

    record: Record
    change_url: str
    proposal: Proposal | None = None

    @property
    def publication(self) -> int | None:
        """The number of that proposal."""
        return self.proposal.pk if self.proposal else None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A proposal with everything that a reviewer asks of it."""

    proposal: Proposal
    record: Record | None  # None where it is gone
    kind_of_record: str
    rows: Sequence[ChangeRow]
    citations: Sequence[CitationRow]
    barred: str  # why this person cannot decide it; empty where they can
    urls: Mapping[str, str]  # public, change, revise; empty where there is none
    conflicts: Sequence[ChangeRow] = ()  # as it is now → as proposed
    unpublished: Sequence[LinkedRecord] = ()  # what it refers to
    relying: Sequence[LinkedRecord] = ()  # what refers to a record that is to be withdrawn or merged
    others: Sequence[Proposal] = ()
    into: LinkedRecord | None = None
    decisions: Sequence[str] = ()

    @property
    def heading(self) -> str:
        """“Change: access event gpt-4-metr”."""
        kind = ProposalKind(self.proposal.kind).label
        return f"{kind[0].upper()}{kind[1:]}: {self.kind_of_record} {self.record or self.proposal.record_name}"

    @property
    def is_again(self) -> bool:
        """Whether it is to be public again after a withdrawal."""
        return self.proposal.is_open and self.record is not None and self.record.status == RecordStatus.WITHDRAWN

    @property
    def side(self) -> str:
        """The only side that the rows have, in words; empty where they say old and new."""
        if self.proposal.kind == ProposalKind.WITHDRAW:
            return "Public until then"
        return "Becomes public" if self.proposal.kind == ProposalKind.PUBLISH and not self.is_again else ""

    @property
    def quotes_need_a_reason(self) -> bool:
        return any(each.needs_a_reason for each in self.citations)

    @property
    def publish_together(self) -> list[Proposal]:
        """The proposals that would publish what it refers to."""
        return [each.proposal for each in self.unpublished if each.proposal]


def reviewed(proposal: Proposal, person: Any, keys: Keys | None = None, alongside: Collection[int] = ()) -> Reviewed:
    """A proposal as this person may see and decide it.

    ``keys`` saves queries where many are read; what the proposals ``alongside`` publish counts as public.
    """
    keys = keys or Keys()
    kind = proposal.content_type.model_class()
    record = kind._default_manager.filter(pk=proposal.object_id).first()
    found = difference(*_sides(proposal, record), kind_of(kind).identities)
    more: dict[str, Any] = {}
    parts: dict[str, list[Any]] = {}
    if record is not None and proposal.is_open:
        parts, conflicts = _outcome(proposal, record, keys)
        more = {
            "conflicts": described(kind, conflicts, keys),
            "unpublished": [each for each in _unpublished(record, parts) if each.publication not in alongside],
            "relying": _relying(proposal, record),
            "others": list(Proposal.objects.of(record).open().exclude(pk=proposal.pk)),
            "into": _winner(proposal, kind, keys),
            "decisions": DECISIONS[Stage(proposal.stage)],
        }
    return Reviewed(
        proposal=proposal,
        record=record,
        kind_of_record=str(kind._meta.verbose_name),
        rows=described(kind, [*found.fields, *(each for each in found.parts if each.relation != CITATIONS)], keys),
        citations=_citations(kind, found, parts.get(CITATIONS, []), keys),
        barred=barred(proposal, record, person),
        urls=_urls(proposal, record, person),
        **more,
    )


def barred(proposal: Proposal, record: Record | None, person: Any) -> str:
    """Why this person cannot decide about a proposal, in a sentence; empty where they can."""
    if not proposal.is_open:
        return "It is decided already."
    if record is None:
        return "Its record is no longer there."
    if not person.has_perm(REVIEW_PROPOSAL):
        return "An editor decides about it."
    if person.pk in (proposal.author_id, *proposal.writers):
        return "You proposed it, so somebody else has to decide about it."
    if proposal.kind == ProposalKind.PUBLISH and last_changed_by(record) == person.pk:
        return "You were the last to change the record, so somebody else has to decide about it."
    return ""


def _sides(proposal: Proposal, record: Record | None) -> tuple[State, State]:
    """What is held against what: what is public against what is proposed, or what was once it is decided."""
    if not proposal.is_open or record is None:
        is_merger = proposal.kind == ProposalKind.MERGE
        return proposal.before, proposal.before if is_merger else proposal.after
    match ProposalKind(proposal.kind):
        case ProposalKind.PUBLISH:
            return _when_withdrawn(record), state_of(record)
        case ProposalKind.CHANGE:
            return proposal.before, proposal.after
        case ProposalKind.WITHDRAW:
            return state_of(record), {}
        case ProposalKind.MERGE:
            winner = _winner(proposal, type(record), Keys())
            return state_of(record), state_of(winner.record) if winner else {}


def _when_withdrawn(record: Record) -> State:
    """What was public of a record before it was withdrawn; empty where it never was."""
    if record.status != RecordStatus.WITHDRAWN:
        return {}
    withdrawals = Proposal.objects.of(record).accepted().filter(kind=ProposalKind.WITHDRAW.value)
    last = withdrawals.order_by("-decided_at").first()
    return last.before if last else {}


def _outcome(proposal: Proposal, record: Record, keys: Keys) -> tuple[dict[str, list[Any]], Sequence[Any]]:
    """The parts that the record would have, their quotes checked, and what has changed since in the same places.

    No parts where the record goes, and where they cannot be read, which the effect says.
    """
    state, conflicts = {}, ()
    if proposal.kind in (ProposalKind.WITHDRAW, ProposalKind.MERGE):
        return {}, ()
    if proposal.kind == ProposalKind.CHANGE:
        rebased = rebase(proposal.before, proposal.after, state_of(record), kind_of(record).identities)
        state, conflicts = rebased.state, rebased.conflicts
    try:
        parts = put(type(record)._default_manager.get(pk=record.pk), state, keys)
    except ValidationError:
        return {}, conflicts
    citations = parts.get(CITATIONS, [])
    prefetch_related_objects(citations, "source")
    check_quotes(citations)
    return parts, conflicts


def _citations(
    kind: type[Record], found: Difference, citations: Iterable[Citation], keys: Keys
) -> tuple[CitationRow, ...]:
    """What changes first, then the citations that stay as they are."""
    changes = [part for part in found.parts if part.relation == CITATIONS]
    rows = {(row.source.key, row.quote): row for row in citations}
    listed = [_citation(kind, part, rows.pop(_identity(part), None), keys) for part in changes]
    for row in rows.values():
        state = {"source": row.source.key, "quote": row.quote, "supports": row.supports}
        listed.append(_citation(kind, PartChange(CITATIONS, state, state), row, keys))
    return tuple(listed)


def _identity(part: PartChange) -> tuple[str, str]:
    state = part.new or part.old or {}
    return state.get("source", ""), state.get("quote", "")


def _citation(kind: type[Record], part: PartChange, row: Citation | None, keys: Keys) -> CitationRow:
    rows = kind_of(kind).parts[CITATIONS]
    state = part.new or part.old or {}
    source = row.source if row else _found(keys, rows._meta.get_field("source").related_model, state.get("source"))
    now, was = (value_words(rows, "supports", each.get("supports"), keys) for each in (state, part.old or state))
    what = "added" if part.old is None else "removed" if part.new is None else "changed"
    return CitationRow(
        what="unchanged" if part.old == part.new else what,
        quote=state.get("quote", ""),
        source=str(source or state.get("source", "")),
        source_url=source.url if source else "",
        change_url=change_url(source) if source else "",
        supports=now,
        supports_before=was if was != now else "",
        check=QuoteCheck(row.quote_check) if row else None,
        unfound_because=row.unfound_because if row else "",
    )


def _found(keys: Keys, kind: type[Record], key: Any) -> Any:
    try:
        return keys.get(kind, key)
    except ValidationError:  # gone since, which the effect says
        return None


def _relying(proposal: Proposal, record: Record) -> list[LinkedRecord]:
    is_gone = proposal.kind in (ProposalKind.WITHDRAW, ProposalKind.MERGE)
    return [LinkedRecord(each, change_url(each)) for each in referring_to(record)] if is_gone else []


def _winner(proposal: Proposal, kind: type[Record], keys: Keys) -> LinkedRecord | None:
    record = _found(keys, kind, proposal.after.get("into")) if proposal.kind == ProposalKind.MERGE else None
    return LinkedRecord(record, change_url(record)) if record else None


def _unpublished(record: Record, parts: dict[str, list[Any]]) -> Iterable[LinkedRecord]:
    for each in not_public(referred_by(record, parts)):
        publications = Proposal.objects.of(each).open().filter(kind=ProposalKind.PUBLISH.value)
        yield LinkedRecord(each, change_url(each), publications.first())


def _urls(proposal: Proposal, record: Record | None, person: Any) -> dict[str, str]:
    if record is None:
        return {"public": "", "change": "", "revise": ""}
    form = change_url(record)
    revise = {
        ProposalKind.PUBLISH: form,
        ProposalKind.CHANGE: change_url(record, proposal=proposal.pk),
    }.get(proposal.kind, "")
    may_revise = proposal.is_open and person.has_perm(permission_to("change", type(record)))
    return {"public": public_url(record), "change": form, "revise": revise if may_revise else ""}


def public_url(record: Record) -> str:
    """The record's public page; empty while it has none."""
    return record.get_absolute_url() if record.status in (RecordStatus.PUBLISHED, RecordStatus.WITHDRAWN) else ""


def version_seen(proposals: Iterable[Proposal]) -> str:
    """A digest of what is proposed and of the records that it is proposed for: it changes with any of them."""
    parts: list[Any] = []
    for each in sorted(proposals, key=lambda proposal: proposal.pk):
        record = each.content_type.model_class()._default_manager.filter(pk=each.object_id).first()
        version = f"{record.status} {version_of(record)}" if record else ""
        parts.append([each.pk, each.stage, each.reason, each.is_correction, each.after, version])
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
