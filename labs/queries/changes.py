"""The public changes: what was published, changed, withdrawn or merged, when and why, with old and new values.

They are the accepted proposals. They name a reviewer only where that person agreed, and never an author.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, assert_never

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.fields.json import KT
from django.utils import timezone

from labs.choices import Activity, Domain, Outcome, ProposalKind, RecordStatus
from labs.models import AccessEvent, Alias, Evaluator, Lab, Proposal, Record
from labs.models.addresses import page_path
from labs.models.registry import kind_of, names_of, record_kinds
from labs.models.states import Keys
from labs.queries.change_words import ChangeRow, change_rows, value_words
from labs.queries.checks import Check, check_of, checked_sentence, public_name
from labs.queries.editions import first_edition
from labs.queries.kept import kept, past_version
from labs.queries.moments import end_of
from labs.queries.withdrawn import all_as_public, as_public
from labs.rules.access import UNSPECIFIED_GROUPS
from labs.rules.differences import State
from labs.rules.event_words import event_title, tester_names
from labs.rules.vocabulary import Term

HISTORY_SHOWN = 20
CHANGES_AT_ONCE = 2000
_Term = TypeVar("_Term", bound=Term)


@dataclass(frozen=True, slots=True)
class PublicChange:
    """One public change. ``rows`` hold the values before and after, where it changed a record."""

    pk: int
    made_at: dt.datetime
    record_kind: str  # in words: “access event”
    key: str
    name: str
    reference: str  # the kind and the key as addresses write them: “access-event:gpt-4-metr”
    url: str  # of the record's page; empty if it is gone, or withdrawn
    kind: ProposalKind
    is_again: bool  # published after a withdrawal; the rows compare it with what was withdrawn
    is_correction: bool
    is_word_on_quotes: bool  # only an editor's reason to keep a quote is new
    into: str  # the name of the record that it was merged into
    again: str  # the name of the record that stands alone again, where a merger was undone
    rows: tuple[ChangeRow, ...]
    reason: str  # empty where none was given
    checked_by: str  # a role, with a name only where the person agreed to it; empty if it came with an edition
    edition: str  # the edition of the records that it came with; empty if it was published at the desk
    data_version: str  # the data version with which it became public; empty where none has a name

    @property
    def label(self) -> str:
        """The kind of change in words."""
        if self.is_correction:
            return "correction"
        return "published again" if self.is_again else self.kind.label

    @property
    def summary(self) -> str:
        """What happened to the record, in a few words."""
        match self.kind:
            case ProposalKind.PUBLISH:
                return "Became public again." if self.is_again else "Became public."
            case ProposalKind.WITHDRAW:
                return "Was withdrawn."
            case ProposalKind.MERGE:
                return f"Was found to be the same as “{self.into}”: its address leads there."
            case ProposalKind.UNMERGE:
                return f"“{self.again}”, once merged into it, was found to be another one and has its address again."
            case ProposalKind.CHANGE if self.is_word_on_quotes:
                return "Nothing it says changed: an editor gave the reason for a quote that its snapshot lacks."
            case ProposalKind.CHANGE if not self.rows:
                return "Nothing it says changed."
            case ProposalKind.CHANGE:
                return f"Changed: {', '.join(dict.fromkeys(row.label for row in self.rows))}."
            case _:
                assert_never(self.kind)


@dataclass(frozen=True, slots=True)
class History:
    """The public changes of a record up to a day, newest first.

    ``edition`` is the edition of the data that the record came with; empty if it was published at the desk.
    """

    reference: str
    changes: tuple[PublicChange, ...]
    count: int
    later_count: int  # recorded after the day
    edition: str
    check: Check | None  # the last check; None for a past day, as it is about today
    checked_sentence: str  # how many of all records a second person has checked

    @property
    def is_cut(self) -> bool:
        """Whether there are more than are shown."""
        return self.count > len(self.changes)


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """An accepted change with what lists look at; ``described_changes`` says the rest."""

    pk: int
    made_at: dt.datetime
    model: type[Record]
    record_pk: int
    record_key: str
    record_name: str  # as it was called then
    kind: ProposalKind
    is_correction: bool
    reason: str
    reasons: Mapping[str, str]
    other_key: str  # of the record that it was merged into, or that was parted from it; "" else
    version: int  # the primary key of the data version with which it became public; 0 where none has a name
    data_version: str  # its name; "" where none has one

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the records that it is about."""
        return (self.record_key, self.other_key) if self.other_key else (self.record_key,)

    @property
    def references(self) -> tuple[str, ...]:
        """The same records as addresses write them."""
        return tuple(reference_of(self.model, key) for key in self.keys)


@kept(most=1)
def all_changes() -> tuple[RecordedChange, ...]:
    """The public changes, newest first; of an older data version, those up to it."""
    accepted = Proposal.objects.accepted()
    if (past := past_version()) is not None:
        accepted = accepted.filter(data_version__lte=past)
    found = accepted.order_by("-decided_at", "-pk").values_list(
        *("pk", "decided_at", "content_type", "object_id", "record_key", "record_name", "kind", "is_correction"),
        *("reason", "reasons", KT("after__into"), KT("after__again")),
        *("data_version", "data_version__edition__version", "data_version__number"),
    )
    return tuple(_recorded(*values) for values in found.iterator(chunk_size=CHANGES_AT_ONCE))


def _recorded(
    pk: int, made_at: dt.datetime, content_type: int, record_pk: int, key: str, name: str, kind: str, *rest: Any
) -> RecordedChange:
    is_correction, reason, reasons, into, again, version, edition, number = rest
    kind = ProposalKind(kind)
    other = {ProposalKind.MERGE: into, ProposalKind.UNMERGE: again}.get(kind) or ""
    model = ContentType.objects.get_for_id(content_type).model_class()
    data_version = f"{edition}.{number}" if edition else ""
    return RecordedChange(
        *(pk, made_at, model, record_pk, key, name, kind, is_correction, reason, reasons, other),
        *(version or 0, data_version),
    )


def changes_by(day: dt.date) -> list[RecordedChange]:
    """The public changes that were recorded up to the end of the day, newest first."""
    end = end_of(day)
    return [change for change in all_changes() if change.made_at < end]


@kept(most=1)
def _changes_of_records() -> Mapping[str, list[RecordedChange]]:
    found: dict[str, list[RecordedChange]] = defaultdict(list)
    for change in all_changes():
        for reference in dict.fromkeys(change.references):
            found[reference].append(change)
    return found


def changes_of(record: Record, day: dt.date) -> list[RecordedChange]:
    """The public changes of a record up to the end of the day, newest first, with the mergers into it."""
    end = end_of(day)
    found = _changes_of_records().get(reference_of(type(record), record.key), ())
    return [change for change in found if change.made_at < end]


def concerned(change: RecordedChange, party: type[Lab] | type[Evaluator]) -> set[str]:
    """The keys of the labs, or of the evaluators, that a change is about, or that its record concerns now."""
    if change.model is party:
        return set(change.keys)
    record = as_public(change.model, change.record_pk)
    return set() if record is None else kind_of(change.model).keys_of(record, is_lab=party is Lab)


def proposals_of(changes: Iterable[RecordedChange]) -> list[Proposal]:
    """The proposals that were accepted with these changes, in their order."""
    keys = [change.pk for change in changes]
    if not keys:
        return []
    related = Proposal.objects.select_related("decided_by__signature", "edition", "data_version__edition")
    found = related.defer("data_version__marks", "data_version__lists").in_bulk(keys)
    return [found[pk] for pk in keys if pk in found]


def is_called(words: str) -> Q:
    """The condition that a change is about a public record with these words in its name or another name of it. A change
    itself names the record as it was called then.
    """
    called = Q(pk__in=[])
    for kind in record_kinds():
        if kind.other_names:
            named = Q(*((f"{path}__icontains", words) for path in names_of(kind.model)), _connector=Q.OR)
            those = kind.model._default_manager.published().filter(named).order_by()
            called |= Q(content_type=ContentType.objects.get_for_model(kind.model), object_id__in=those.values("pk"))
    return called


def history_of(record: Record, day: dt.date) -> History:
    """The public history of a record for its page: the newest changes up to the day."""
    ever, known = changes_of(record, timezone.localdate()), changes_of(record, day)
    count = len(known)
    own = [change.kind for change in ever if change.record_key == record.key]
    is_published_alone = bool(own) and own[-1] == ProposalKind.PUBLISH
    return History(
        reference=reference_of(type(record), record.key),
        changes=tuple(described_changes(proposals_of(known[:HISTORY_SHOWN]))),
        count=count,
        later_count=len(ever) - count,
        edition="" if is_published_alone else first_edition(),
        check=check_of(record, day) if day >= timezone.localdate() else None,
        checked_sentence=checked_sentence(),
    )


def reference_of(model: type[Record], key: str) -> str:
    """A record as addresses write it: ``access-event:gpt-4-metr``."""
    return f"{kind_of(model).slug}:{key}"


def described_changes(proposals: Iterable[Proposal]) -> list[PublicChange]:
    """These accepted proposals in words, in a fixed number of queries."""
    proposals = list(proposals)
    models = {each: _model_of(each) for each in proposals}
    withdrawn = _withdrawn_states(proposals)
    collected = _KeyCollector()
    for proposal in proposals:
        _descriptions(proposal, models[proposal], withdrawn.get(proposal, {}), collected)
    names = _Names(collected.keys)
    urls = _urls(models)
    return [
        _change(proposal, models[proposal], withdrawn.get(proposal), names, urls[proposal]) for proposal in proposals
    ]


def _model_of(proposal: Proposal) -> type[Record]:
    return ContentType.objects.get_for_id(proposal.content_type_id).model_class()


def _change(proposal: Proposal, model: type[Record], withdrawn: State | None, names: Keys, url: str) -> PublicChange:
    name, into, rows = _descriptions(proposal, model, withdrawn or {}, names)
    return PublicChange(
        pk=proposal.pk,
        made_at=proposal.decided_at,
        record_kind=str(model._meta.verbose_name),
        key=proposal.record_key,
        name=name,
        reference=reference_of(model, proposal.record_key),
        url=url,
        kind=ProposalKind(proposal.kind),
        is_again=withdrawn is not None,
        is_correction=proposal.is_correction,
        is_word_on_quotes=proposal.kind == ProposalKind.CHANGE and proposal.before == proposal.after,
        into=into if proposal.kind == ProposalKind.MERGE else "",
        again=into if proposal.kind == ProposalKind.UNMERGE else "",
        rows=rows,
        reason=proposal.given_reason,
        checked_by="" if proposal.edition else public_name(proposal.decided_by),
        edition=proposal.edition.version if proposal.edition else "",
        data_version=str(proposal.data_version or ""),
    )


def _descriptions(
    proposal: Proposal, model: type[Record], withdrawn: State, names: Keys
) -> tuple[str, str, tuple[ChangeRow, ...]]:
    """The name of the record, that of the one that it was merged into or was parted from, and the rows."""
    into, rows = "", ()
    state = proposal.after
    match kind := ProposalKind(proposal.kind):
        case ProposalKind.CHANGE:
            rows = tuple(change_rows(model, proposal.before, proposal.after, names))
        case ProposalKind.PUBLISH:
            rows = tuple(change_rows(model, withdrawn, proposal.after, names)) if withdrawn else ()
        case ProposalKind.MERGE:
            into, state = _name(model, proposal.after.get("into", ""), names), proposal.before
        case ProposalKind.UNMERGE:
            into = _name(model, proposal.after.get("again", ""), names)
        case ProposalKind.WITHDRAW:
            state = proposal.before
        case _:
            assert_never(kind)
    rows = tuple(replace(row, reason=proposal.reasons.get(row.field, "")) for row in rows)
    title = _event_title(state, names) if model is AccessEvent and state.get("lab") else ""
    return title or proposal.record_name, into, rows


def _name(model: type[Record], key: str, names: Keys) -> str:
    try:
        return str(names.get(model, key))
    except ValidationError:  # deleted later
        return key


def _event_title(state: State, names: Keys) -> str:
    lab_name, release_name = (value_words(AccessEvent, field, state.get(field), names) for field in ("lab", "model"))
    keys = [each.get("evaluator", "") for each in state.get("participations", ())]
    named = [None if key == UNSPECIFIED_GROUPS else _name(Evaluator, key, names) for key in keys]
    activity = _term(Activity, state.get("activity"))
    domains = [each for each in Domain if each in (state.get("domains") or ())]
    outcome = _term(Outcome, state.get("outcome"))
    testers = tester_names(named, activity, domains, outcome)
    return event_title(testers, activity, outcome, release_name, lab_name, domains)


def _term(terms: type[_Term], value: Any) -> _Term:
    """The value as a term; unknown where an older state has none, or one that is gone."""
    return terms(value) if value in terms.values() else terms("unknown")


def _withdrawn_states(proposals: Sequence[Proposal]) -> dict[Proposal, State]:
    """For each publication after a withdrawal: the state that was withdrawn."""
    publications = [each for each in proposals if each.kind == ProposalKind.PUBLISH]
    if not publications:
        return {}
    found = defaultdict(list)
    earlier = Proposal.objects.accepted().filter(
        kind=ProposalKind.WITHDRAW.value, object_id__in={each.object_id for each in publications}
    )
    for withdrawal in earlier.order_by("decided_at", "pk"):
        found[withdrawal.content_type_id, withdrawal.object_id].append(withdrawal)
    states = {}
    for publication in publications:
        for withdrawal in found[publication.content_type_id, publication.object_id]:
            if withdrawal.decided_at < publication.decided_at:
                states[publication] = withdrawal.before
    return states


def _urls(models: dict[Proposal, type[Record]]) -> dict[Proposal, str]:
    """The address of each record's page; a record without its own page is shown on that of another record.

    Empty for a withdrawn record, whose page answers that it is gone: the change itself says why.
    """
    urls = {}
    for proposal, model in models.items():
        record = as_public(model, proposal.object_id)
        if url_name := getattr(model, "url_name", ""):
            is_withdrawn = record is not None and record.status == RecordStatus.WITHDRAWN
            urls[proposal] = "" if is_withdrawn else page_path(url_name, proposal.record_key)
        else:
            urls[proposal] = "" if record is None else record.get_absolute_url()
    return urls


class _KeyCollector(Keys):
    """Finds nothing, but collects the keys that were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[type[Record], set[str]] = defaultdict(set)

    def get(self, model: type[Record], key: Any) -> Record:
        self.keys[model].add(str(key))
        raise ValidationError("Only remembered, not looked up.")


class _Names(Keys):
    """The records with these keys. For a key that a merger removed, its old name."""

    def __init__(self, collected: dict[type[Record], set[str]]) -> None:
        super().__init__()
        self._names: dict[tuple[type[Record], str], Any] = {}
        for model, keys in collected.items():
            found = all_as_public(model)
            self._names |= {(model, key): found[key] for key in keys if key in found}
        missing = [(model, key) for model, keys in collected.items() for key in keys if (model, key) not in self._names]
        if missing:
            aliases = Alias.objects.filter(key__in={key for _, key in missing}).select_related("content_type")
            self._names |= {(each.content_type.model_class(), each.key): each.name for each in aliases}

    def get(self, model: type[Record], key: Any) -> Record:
        try:
            return self._names[model, str(key)]
        except KeyError:
            raise ValidationError(f"There is no {model._meta.verbose_name} “{key}”.") from None


def each_row(changes: Iterable[PublicChange]) -> Iterator[tuple[PublicChange, ChangeRow | None]]:
    """A pair for each row of each change; a change without rows comes once, with None."""
    for change in changes:
        for row in change.rows or (None,):
            yield change, row
