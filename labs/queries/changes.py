"""The public changes: what was published, changed, withdrawn or merged, when and why, with old and new values.

They are the accepted proposals. They name a reviewer only where that person agreed, and never an author.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar, assert_never

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from labs.choices import Activity, Domain, Outcome, ProposalKind, RecordStatus
from labs.models import AccessEvent, Alias, Evaluator, Lab, Proposal, Record, Signature
from labs.models.addresses import page_path
from labs.models.compiled import Compiled, CompiledRows, compiled, compiled_rows
from labs.models.registry import kind_of, names_of, record_kinds
from labs.models.states import Keys
from labs.queries.change_words import ChangeRow, change_rows, value_words
from labs.queries.checks import ROLE, Check, by_name, check_of, checked_sentence, public_name
from labs.queries.editions import first_edition
from labs.queries.kept import renewed
from labs.queries.recorded_changes import RecordedChange, changes_of, reference_of
from labs.queries.records import VERSION_READ_BY
from labs.queries.rows import padded
from labs.queries.withdrawn import as_public, public_by_key
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


def concerned(change: RecordedChange, party: type[Lab] | type[Evaluator]) -> set[str]:
    """The keys of the labs, or of the evaluators, that a change is about, or that its record concerns now."""
    if change.model is party:
        return set(change.keys)
    record = as_public(change.model, change.record_pk)
    return set() if record is None else kind_of(change.model).keys_of(record, is_lab=party is Lab)


def proposals_of(changes: Iterable[RecordedChange]) -> list[Proposal]:
    """The proposals that were accepted with these changes, in their order."""
    keys = [change.pk for change in changes]
    alias = Proposal.objects.db
    found = {each.pk: each for some in padded(keys) for each in _proposals_query(alias, len(some)).instances(*some)}
    return [found[pk] for pk in keys if pk in found]


@cache
def _proposals_query(alias: str, count: int) -> CompiledRows[Proposal]:
    accepted = Proposal.objects.using(alias).filter(pk__in=range(1, count + 1)).order_by()
    related = ("edition", "data_version", "data_version__edition", "decided_by", "decided_by__signature")
    return compiled_rows(accepted, *related, without=VERSION_READ_BY)


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
        changes=tuple(changes_in_words(known[:HISTORY_SHOWN])),
        count=count,
        later_count=len(ever) - count,
        edition="" if is_published_alone else first_edition(),
        check=check_of(record, day) if day >= timezone.localdate() else None,
        checked_sentence=checked_sentence(),
    )


def changes_in_words(changes: Sequence[RecordedChange]) -> list[PublicChange]:
    """These changes in words. Those described lately are described anew only where something that they name is called
    otherwise since.
    """
    lately = _lately()
    known = {change.pk: lately.of[change.pk] for change in changes if change.pk in lately.of}
    names, people = _Names(each for one in known.values() for each in one.named), _public_names(known.values())
    same = {
        change.pk: known[change.pk]
        for change in changes
        if change.pk in known and known[change.pk].variable == _variable(known[change.pk], change, names, people)
    }
    found = {one.change.pk: one for one in _described(proposals_of([each for each in changes if each.pk not in same]))}
    lately.of = dict([*{**lately.of, **same, **found}.items()][-LATELY_KEPT:])
    return [(same.get(each.pk) or found[each.pk]).change for each in changes if each.pk in same or each.pk in found]


def described_changes(proposals: Iterable[Proposal]) -> list[PublicChange]:
    """These accepted proposals in words, in a fixed number of queries."""
    return [each.change for each in _described(list(proposals))]


@dataclass(frozen=True, slots=True)
class _Described:
    """A change in words. ``named`` are the records that it names, by their keys; ``variable`` is what others can change
    of it: how these are called, the address of its own record, and who checked it.
    """

    change: PublicChange
    named: tuple[tuple[type[Record], str], ...]
    decided_by: int | None
    variable: tuple[str, ...]


@dataclass(slots=True)
class _Lately:
    """The changes that were described last, by their primary keys."""

    of: Mapping[int, _Described]


LATELY_KEPT = 300
"""So many described changes stay in the process."""


@renewed(most=1)
def _lately(earlier: _Lately | None) -> _Lately:
    return _Lately(earlier.of if earlier is not None else {})


def _variable(
    one: _Described, change: RecordedChange, names: "_Names", people: Mapping[int | None, str]
) -> tuple[str, ...]:
    checked_by = "" if one.change.edition else people.get(one.decided_by, ROLE)
    called = (names.called(model, key) for model, key in one.named)
    return (*called, _url(change.model, change.record_pk, change.record_key), checked_by)


def _public_names(ones: Collection[_Described]) -> Mapping[int | None, str]:
    if all(one.decided_by is None for one in ones):
        return {}
    return {person: by_name(name) for person, name in _signatures_query(Signature._default_manager.db).rows()}


@cache
def _signatures_query(alias: str) -> Compiled:
    return compiled(Signature.objects.using(alias).values_list("person", "name"))


def _described(proposals: Sequence[Proposal]) -> list[_Described]:
    models = {each: _model_of(each) for each in proposals}
    withdrawn = _withdrawn_states(proposals)
    named = {}
    for proposal in proposals:
        collector = _KeyCollector()
        _descriptions(proposal, models[proposal], withdrawn.get(proposal, {}), collector)
        named[proposal] = tuple(collector.keys)
    names = _Names(each for keys in named.values() for each in keys)
    found = []
    for proposal in proposals:
        change = _change(proposal, models[proposal], withdrawn.get(proposal), names)
        variable = (*(names.called(*each) for each in named[proposal]), change.url, change.checked_by)
        found.append(_Described(change, named[proposal], proposal.decided_by_id, variable))
    return found


def _model_of(proposal: Proposal) -> type[Record]:
    return ContentType.objects.get_for_id(proposal.content_type_id).model_class()


def _change(proposal: Proposal, model: type[Record], withdrawn: State | None, names: Keys) -> PublicChange:
    name, into, rows = _descriptions(proposal, model, withdrawn or {}, names)
    return PublicChange(
        pk=proposal.pk,
        made_at=proposal.decided_at,
        record_kind=str(model._meta.verbose_name),
        key=proposal.record_key,
        name=name,
        reference=reference_of(model, proposal.record_key),
        url=_url(model, proposal.object_id, proposal.record_key),
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


def _url(model: type[Record], pk: int, key: str) -> str:
    """The address of a record's page; a record without its own page is shown on that of another record.

    Empty for a withdrawn record, whose page answers that it is gone: the change itself says why.
    """
    record = as_public(model, pk)
    if url_name := getattr(model, "url_name", ""):
        return "" if record is not None and record.status == RecordStatus.WITHDRAWN else page_path(url_name, key)
    return "" if record is None else record.get_absolute_url()


class _KeyCollector(Keys):
    """Finds nothing, but collects the keys that were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[tuple[type[Record], str], None] = {}

    def get(self, model: type[Record], key: Any) -> Record:
        self.keys[model, str(key)] = None
        raise ValidationError("Only remembered, not looked up.")


class _Names(Keys):
    """The records with these keys. For a key that a merger removed, its old name."""

    def __init__(self, keys: Iterable[tuple[type[Record], str]]) -> None:
        super().__init__()
        self._names: dict[tuple[type[Record], str], Any] = {}
        missing = []
        for model, key in dict.fromkeys(keys):
            if (record := public_by_key(model, key)) is not None:
                self._names[model, key] = record
            else:
                missing.append(key)
        if missing:
            aliases = Alias.objects.filter(key__in=missing).select_related("content_type")
            found = {(each.content_type.model_class(), each.key): each.name for each in aliases}
            self._names = found | self._names

    def called(self, model: type[Record], key: str) -> str:
        """How the record is called; by its key where there is none."""
        return str(self._names.get((model, key), key))

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
