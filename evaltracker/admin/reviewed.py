"""A proposal as its reviewer sees it: what changes, what supports it, and what prevents it."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.urls import reverse

from labs.actions.distinctions import questions_of
from labs.actions.given_passwords import GIVEN, standing_behind
from labs.actions.permissions import REVIEW_PROPOSAL, permission_to
from labs.actions.proposals import writers_of_each
from labs.actions.references import not_public, referred_by, referring_to
from labs.actions.review import asked_for
from labs.actions.snapshots import check_quotes
from labs.actions.unmerging import merger_undone_by
from labs.admin.addresses import change_url
from labs.admin.lookalikes import Compared, compared
from labs.choices import QUOTES_TO_JUDGE, ProposalKind, QuoteCheck, RecordStatus, Stage
from labs.models import Citation, Proposal, ProposalNote, Record
from labs.models.given_passwords import GivenPassword
from labs.models.lookalikes import KnownRecords
from labs.models.registry import kind_of
from labs.models.states import Keys, apply_state, state_of, version_of, with_state
from labs.queries.change_words import ChangeRow, change_rows, describe_changes, value_words
from labs.queries.given_passwords import given_password_of
from labs.rules.differences import Difference, PartChange, State, difference, rebase
from labs.rules.quotes import QuoteMatch
from labs.web.parameters import address


def name_of_person(person: Any) -> str:
    """The name of a person at the desk; empty for None."""
    return "" if person is None else person.get_full_name() or person.get_username()


DECISIONS = {Stage.IN_REVIEW: ("accept", "send_back", "reject"), Stage.SENT_BACK: ("reject",)}
CITATIONS = "citations"


@dataclass(frozen=True, slots=True)
class CitationRow:
    """A citation that the record would have, or would lose. ``supports_before`` is empty unless that changes."""

    what: str  # added, changed, removed or unchanged
    quote: str
    source: str
    source_url: str  # of the document itself
    change_url: str  # of the form of the source
    supports: str
    supports_before: str
    check: QuoteCheck | None  # None if it would be removed
    match: QuoteMatch | None
    needs_a_reason: bool  # it can be accepted only with one
    unfound_because: str


@dataclass(frozen=True, slots=True)
class LinkedRecord:
    """Another record, the address of its form, and the proposal that would publish it, if there is one."""

    record: Record
    change_url: str
    proposal: Proposal | None = None

    @property
    def publication(self) -> int | None:
        """The primary key of that proposal."""
        return self.proposal.pk if self.proposal else None


_RecordKey = tuple[int, int]  # of its content type and its own


@dataclass(frozen=True, slots=True)
class Together:
    """What the review of some proposals reads once for all of them. What they publish counts as public."""

    records: Mapping[int, Record]  # by the primary key of the proposal, with all that their states are made of
    others: Mapping[_RecordKey, Sequence[Proposal]]  # the open proposals on each record, these included
    writers: Mapping[Record, frozenset[int]]  # of those to be published
    keys: Keys = field(default_factory=Keys)
    known: KnownRecords = field(default_factory=KnownRecords)
    behind: dict[int, frozenset[int]] = field(default_factory=dict)  # who may be acting as a person

    def may_be(self, person: Any) -> frozenset[int]:
        """All who may be acting as a person, the person included."""
        if person.pk not in self.behind:
            self.behind[person.pk] = standing_behind(person)
        return self.behind[person.pk]

    def open_on(self, record: Record) -> Sequence[Proposal]:
        """The open proposals on a record."""
        key = (ContentType.objects.get_for_model(record).pk, record.pk)
        return self.others[key] if key in self.others else list(Proposal.objects.of(record).open())


def read_together(proposals: Collection[Proposal]) -> Together:
    """Read what the review of these proposals needs, in some queries for each kind of record."""
    records = _read_records(proposals)
    others: dict[_RecordKey, list[Proposal]] = {}
    for content_type, those in _by_kind(proposals).items():
        wanted = {each.object_id for each in those}
        others |= {(content_type.pk, pk): [] for pk in wanted}
        for proposal in Proposal.objects.filter(content_type=content_type, object_id__in=wanted).open():
            others[content_type.pk, proposal.object_id].append(proposal)
    to_publish = [each for each in proposals if each.is_open and each.kind == ProposalKind.PUBLISH]
    drafts = [records[each.pk] for each in to_publish if each.pk in records]
    return Together(records, others, writers_of_each(drafts))


def _read_records(proposals: Iterable[Proposal]) -> dict[int, Record]:
    """The records of the proposals by the primary keys of these, with all that their states are made of."""
    records: dict[int, Record] = {}
    for content_type, those in _by_kind(proposals).items():
        model = content_type.model_class()
        rows = with_state(model._default_manager.all()).in_bulk({each.object_id for each in those})
        records |= {each.pk: rows[each.object_id] for each in those if each.object_id in rows}
    return records


def _by_kind(proposals: Iterable[Proposal]) -> Mapping[ContentType, list[Proposal]]:
    of_kind: defaultdict[ContentType, list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        of_kind[proposal.content_type].append(proposal)
    return of_kind


@dataclass(frozen=True, slots=True)
class ReviewedProposal:
    """A proposal with everything that a reviewer needs to see."""

    proposal: Proposal
    record: Record | None  # None if it no longer exists
    kind_of_record: str
    rows: Sequence[ChangeRow]
    citations: Sequence[CitationRow]
    barred: str  # why this person cannot decide about it; empty if they can
    urls: Mapping[str, str]  # public, change, revise; "" if there is none
    conflicts: Sequence[ChangeRow] = ()  # as it is now → as proposed
    unpublished: Sequence[LinkedRecord] = ()  # what it refers to
    relying: Sequence[LinkedRecord] = ()  # what refers to it, if it is to be withdrawn or merged
    others: Sequence[Proposal] = ()  # open ones on the same record
    into: LinkedRecord | None = None  # the record that a merger keeps
    decisions: Sequence[str] = ()
    lookalikes: Sequence[Compared] = ()  # the records that it would look like, with the answers
    thread: Sequence[ProposalNote] = ()
    since_note: Sequence[ChangeRow] | None = None  # what changed since it was last sent back; None if it never was

    @property
    def heading(self) -> str:
        """“Change: access event gpt-4-metr”."""
        kind = ProposalKind(self.proposal.kind).label
        return f"{kind[0].upper()}{kind[1:]}: {self.kind_of_record} {self.record or self.proposal.record_name}"

    @property
    def given_password(self) -> GivenPassword | None:
        """The password set by somebody else with which it was accepted, if any."""
        return given_password_of(self.proposal) if self.proposal.stage == Stage.ACCEPTED else None

    @property
    def batch_url(self) -> str:
        """The page of what came in together with this one."""
        return address(reverse("admin:labs_proposal_batch"), {}, name=self.proposal.batch)

    @property
    def short(self) -> str:
        """What it does in a few words: “Summary, Timing, 2 citations added”, “12 fields, 3 citations”."""
        changed = [row for row in self.citations if row.what != "unchanged"]
        citations = []
        for what in dict.fromkeys(row.what for row in changed):
            count = sum(row.what == what for row in changed)
            citations.append(f"{count} {'citation' if count == 1 else 'citations'} {what}")
        if self.side:
            return ", ".join([f"{len(self.rows)} {'field' if len(self.rows) == 1 else 'fields'}", *citations])
        return ", ".join([*dict.fromkeys(row.label for row in self.rows), *citations]) or "nothing"

    @property
    def reports(self) -> Iterable[Any]:
        """The reports of error that it corrects."""
        return self.proposal.reports.all()

    @property
    def has_unanswered(self) -> bool:
        """Whether it looks like a record, and nobody has said yet whether it is the same."""
        return any(each.answer is None for each in self.lookalikes)

    @property
    def lookalikes_url(self) -> str:
        """The page on which a person says that it is another one."""
        return reverse("admin:labs_proposal_lookalikes", args=[self.proposal.pk])

    @property
    def is_again(self) -> bool:
        """Whether it would make a withdrawn record public again."""
        return self.proposal.is_open and self.record is not None and self.record.status == RecordStatus.WITHDRAWN

    @property
    def side(self) -> str:
        """A heading for rows that have only one value; empty if they have an old and a new one."""
        if self.proposal.kind == ProposalKind.WITHDRAW:
            return "Public until then"
        if self.proposal.kind == ProposalKind.UNMERGE:
            return "Becomes public again"
        return "Becomes public" if self.proposal.kind == ProposalKind.PUBLISH and not self.is_again else ""

    @property
    def undone(self) -> Proposal | None:
        """The merger that it asks to undo."""
        return merger_undone_by(self.proposal) if self.proposal.kind == ProposalKind.UNMERGE else None

    @property
    def undo_url(self) -> str:
        """The page on which an accepted merger can be undone; empty for anything else."""
        is_merger = self.proposal.kind == ProposalKind.MERGE and self.proposal.stage == Stage.ACCEPTED
        return reverse("admin:labs_proposal_undo", args=[self.proposal.pk]) if is_merger else ""

    @property
    def quotes_need_a_reason(self) -> bool:
        return any(citation.needs_a_reason for citation in self.citations)

    @property
    def publish_together(self) -> list[Proposal]:
        """The proposals that would publish the records that it refers to."""
        return [linked.proposal for linked in self.unpublished if linked.proposal]


def reviewed_proposal(proposal: Proposal, person: Any, together: Together | None = None) -> ReviewedProposal:
    """A proposal as this person sees it and may decide about it; ``together`` with those that were read with it."""
    together = together or read_together([proposal])
    keys = together.keys
    model = proposal.content_type.model_class()
    record = together.records.get(proposal.pk)
    changes = difference(*_compared_states(proposal, record), kind_of(model).identities)
    more: dict[str, Any] = {}
    parts: dict[str, list[Any]] = {}
    if record is not None and proposal.is_open:
        parts, conflicts = _proposed_parts(proposal, record, keys)
        more = {
            "conflicts": describe_changes(model, conflicts, keys),
            "unpublished": [
                linked for linked in _unpublished(record, parts, together) if linked.publication not in together.records
            ],
            "relying": _relying(proposal, record),
            "others": [other for other in together.open_on(record) if other.pk != proposal.pk],
            "into": _winner(proposal, model, keys),
            "decisions": DECISIONS[Stage(proposal.stage)],
            "lookalikes": compared_lookalikes(proposal, record, together.known),
        }
    return ReviewedProposal(
        proposal=proposal,
        record=record,
        kind_of_record=str(model._meta.verbose_name),
        rows=describe_changes(
            model, [*changes.fields, *(part for part in changes.parts if part.relation != CITATIONS)], keys
        ),
        citations=_citation_rows(model, changes, parts.get(CITATIONS, []), keys),
        barred=barred(proposal, record, person, together),
        urls=_urls(proposal, record, person),
        thread=list(proposal.notes.all()),
        since_note=_since_note(proposal, record, model, keys),
        **more,
    )


def compared_lookalikes(proposal: Proposal, record: Record, known: KnownRecords | None = None) -> list[Compared]:
    """The record as proposed beside each of those that it would look like."""
    questions = questions_of(proposal, record, known)
    if not questions:
        return []
    state = proposal.after if proposal.kind == ProposalKind.CHANGE else state_of(record)
    return compared(record, state, questions)


def _since_note(
    proposal: Proposal, record: Record | None, model: type[Record], keys: Keys
) -> Sequence[ChangeRow] | None:
    """What its author changed since a reviewer last sent it back; None if nobody did or it is decided."""
    asked_then = next((note.state for note in reversed(proposal.notes.all()) if note.state), None)
    if asked_then is None or record is None or proposal.stage != Stage.IN_REVIEW:
        return None
    return change_rows(model, asked_then, asked_for(proposal), keys)


def barred(proposal: Proposal, record: Record | None, person: Any, together: Together) -> str:
    """Why this person cannot decide about a proposal, in a sentence; empty if they can."""
    if not proposal.is_open:
        return "Somebody has already decided about it."
    if record is None:
        return "Its record no longer exists."
    if not person.has_perm(REVIEW_PROPOSAL):
        return "Only an editor can decide about it."
    if person.pk == proposal.author_id:
        return "You proposed it, so somebody else has to decide about it."
    if person.pk in proposal.writers or person.pk in together.writers.get(record, ()):
        return "You wrote a part of it, so somebody else has to decide about it."
    if together.may_be(person) & {*proposal.writers, *together.writers.get(record, ())}:
        return GIVEN
    return ""


def _compared_states(proposal: Proposal, record: Record | None) -> tuple[State, State]:
    """The two states that the page compares: public and proposed; after the decision, those of that moment."""
    if not proposal.is_open or record is None:
        if proposal.kind == ProposalKind.UNMERGE:
            return {}, merger_undone_by(proposal).before
        is_merger = proposal.kind == ProposalKind.MERGE
        return proposal.before, proposal.before if is_merger else proposal.after
    match ProposalKind(proposal.kind):
        case ProposalKind.PUBLISH:
            return _when_withdrawn(record), state_of(record)
        case ProposalKind.CHANGE:
            return proposal.before, proposal.after
        case ProposalKind.WITHDRAW:
            return state_of(record), {}
        case ProposalKind.UNMERGE:
            return {}, merger_undone_by(proposal).before
        case ProposalKind.MERGE:
            winner = _winner(proposal, type(record), Keys())
            return state_of(record), state_of(winner.record) if winner else {}


def _when_withdrawn(record: Record) -> State:
    """What was public of a record before its withdrawal; empty if it was never public."""
    if record.status != RecordStatus.WITHDRAWN:
        return {}
    withdrawals = Proposal.objects.of(record).accepted().filter(kind=ProposalKind.WITHDRAW.value)
    last = withdrawals.order_by("-decided_at").first()
    return last.before if last else {}


def _proposed_parts(proposal: Proposal, record: Record, keys: Keys) -> tuple[dict[str, list[Any]], Sequence[Any]]:
    """The parts that the record would have, with checked quotes; and conflicting changes made since it was proposed.

    There are no parts if the record would go, or if they cannot be read; the effect then says why.
    """
    state, conflicts, changed = {}, (), record
    if proposal.kind in (ProposalKind.WITHDRAW, ProposalKind.MERGE, ProposalKind.UNMERGE):
        return {}, ()
    if proposal.kind == ProposalKind.CHANGE:
        rebased = rebase(proposal.before, proposal.after, state_of(record), kind_of(record).identities)
        state, conflicts = rebased.state, rebased.conflicts
        changed = with_state(type(record)._default_manager.all()).get(pk=record.pk)  # a state is applied to it
    try:
        parts = apply_state(changed, state, keys)
    except ValidationError:
        return {}, conflicts
    citations = parts.get(CITATIONS, [])
    prefetch_related_objects(citations, "source")
    check_quotes(citations)
    return parts, conflicts


def _citation_rows(
    model: type[Record], changes: Difference, citations: Iterable[Citation], keys: Keys
) -> tuple[CitationRow, ...]:
    """First the citations that change, then those that stay as they are."""
    changed = [part for part in changes.parts if part.relation == CITATIONS]
    unchanged = {(citation.source.key, citation.quote): citation for citation in citations}
    rows = [_citation_row(model, part, unchanged.pop(_source_and_quote(part), None), keys) for part in changed]
    for citation in unchanged.values():
        state = {"source": citation.source.key, "quote": citation.quote, "supports": citation.supports}
        rows.append(_citation_row(model, PartChange(CITATIONS, state, state), citation, keys))
    return tuple(rows)


def _source_and_quote(part: PartChange) -> tuple[str, str]:
    state = part.new or part.old or {}
    return state.get("source", ""), state.get("quote", "")


def _citation_row(model: type[Record], part: PartChange, citation: Citation | None, keys: Keys) -> CitationRow:
    citations = kind_of(model).parts[CITATIONS]
    state = part.new or part.old or {}
    sources = citations._meta.get_field("source").related_model
    source = citation.source if citation else _record_or_none(keys, sources, state.get("source"))
    now, was = (value_words(citations, "supports", side.get("supports"), keys) for side in (state, part.old or state))
    what = "added" if part.old is None else "removed" if part.new is None else "changed"
    return CitationRow(
        what="unchanged" if part.old == part.new else what,
        quote=state.get("quote", ""),
        source=str(source or state.get("source", "")),
        source_url=source.url if source else "",
        change_url=change_url(source) if source else "",
        supports=now,
        supports_before=was if was != now else "",
        check=QuoteCheck(citation.quote_check) if citation else None,
        match=citation.quote_match if citation else None,
        needs_a_reason=citation is not None and citation.needs_a_word,
        unfound_because=citation.unfound_because if citation and citation.quote_check in QUOTES_TO_JUDGE else "",
    )


def _record_or_none(keys: Keys, model: type[Record], key: Any) -> Any:
    try:
        return keys.get(model, key)
    except ValidationError:  # it no longer exists; the effect says so
        return None


def _relying(proposal: Proposal, record: Record) -> list[LinkedRecord]:
    is_gone = proposal.kind in (ProposalKind.WITHDRAW, ProposalKind.MERGE)
    return [LinkedRecord(other, change_url(other)) for other in referring_to(record)] if is_gone else []


def _winner(proposal: Proposal, model: type[Record], keys: Keys) -> LinkedRecord | None:
    record = _record_or_none(keys, model, proposal.after.get("into")) if proposal.kind == ProposalKind.MERGE else None
    return LinkedRecord(record, change_url(record)) if record else None


def _unpublished(record: Record, parts: dict[str, list[Any]], together: Together) -> Iterable[LinkedRecord]:
    for other in not_public(referred_by(record, parts)):
        publications = (each for each in together.open_on(other) if each.kind == ProposalKind.PUBLISH)
        yield LinkedRecord(other, change_url(other), next(publications, None))


def _urls(proposal: Proposal, record: Record | None, person: Any) -> dict[str, str]:
    if record is None:
        return {"public": "", "change": "", "revise": ""}
    form = change_url(record)
    revise = {
        ProposalKind.PUBLISH: form,
        ProposalKind.CHANGE: change_url(record, proposal=str(proposal.pk)),
    }.get(proposal.kind, "")
    may_revise = proposal.is_open and person.has_perm(permission_to("change", type(record)))
    return {"public": public_url(record), "change": form, "revise": revise if may_revise else ""}


def public_url(record: Record) -> str:
    """The address of the record's public page; empty if it has none."""
    return record.get_absolute_url() if record.status in (RecordStatus.PUBLISHED, RecordStatus.WITHDRAWN) else ""


def version_seen(proposals: Sequence[Proposal], together: Together | None = None) -> str:
    """A digest that changes whenever one of these proposals or one of their records changes."""
    records = together.records if together else _read_records(proposals)
    parts: list[Any] = []
    for proposal in sorted(proposals, key=lambda proposal: proposal.pk):
        record = records.get(proposal.pk)
        version = f"{record.status} {version_of(record)}" if record else ""
        parts.append([proposal.pk, proposal.stage, proposal.reason, proposal.is_correction, proposal.after, version])
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
