"""The public changes as they were recorded: which there are, of which records, up to a day. ``labs.queries.changes``
says in words what they changed.

They are the accepted proposals, which never change again.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KT

from labs.choices import ProposalKind
from labs.models import Proposal, Record
from labs.models.compiled import Compiled, compiled
from labs.models.registry import kind_of
from labs.queries.kept import past_version, renewed
from labs.queries.moments import end_of


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


@dataclass(frozen=True, slots=True)
class _Recorded:
    """All public changes, newest first, and those of each record, by its reference. ``newest`` is the last data version
    of any; 0 where one has none.
    """

    changes: tuple[RecordedChange, ...]
    of_records: Mapping[str, Sequence[RecordedChange]]
    newest: int


def all_changes() -> tuple[RecordedChange, ...]:
    """The public changes, newest first; of an older data version, those up to it."""
    return _all().changes


@renewed(most=1)
def _all(earlier: _Recorded | None) -> _Recorded:
    alias = Proposal.objects.db
    if (past := past_version()) is not None:
        return _of(_read(compiled(_values(Proposal.objects.accepted().filter(data_version__lte=past))).rows()))
    if earlier is not None and earlier.newest:
        added = _read(_added_query(alias).rows(earlier.newest))
        count = sum(number for (number,) in _count_query(alias).rows())
        if count == len(earlier.changes) + len(added):
            return _with(added, earlier)
    return _of(_read(_accepted_query(alias).rows()))


def _of(changes: tuple[RecordedChange, ...]) -> _Recorded:
    found: dict[str, list[RecordedChange]] = defaultdict(list)
    for change in changes:
        for reference in dict.fromkeys(change.references):
            found[reference].append(change)
    return _Recorded(changes, found, _newest(changes))


def _with(added: tuple[RecordedChange, ...], earlier: _Recorded) -> _Recorded:
    if added and earlier.changes and _place(added[-1]) < _place(earlier.changes[0]):  # of two clocks
        return _of(tuple(sorted((*added, *earlier.changes), key=_place, reverse=True)))
    of_records = dict(earlier.of_records)
    for change in reversed(added):
        for reference in dict.fromkeys(change.references):
            of_records[reference] = (change, *of_records.get(reference, ()))
    return _Recorded((*added, *earlier.changes), of_records, _newest(added) if added else earlier.newest)


def _newest(changes: Sequence[RecordedChange]) -> int:
    versions = [change.version for change in changes]
    return max(versions) if versions and all(versions) else 0


def _values(accepted: QuerySet[Proposal]) -> QuerySet[Proposal, Any]:
    return accepted.order_by("-decided_at", "-pk").values_list(
        *("pk", "decided_at", "content_type", "object_id", "record_key", "record_name", "kind", "is_correction"),
        *("reason", "reasons", KT("after__into"), KT("after__again")),
        *("data_version", "data_version__edition__version", "data_version__number"),
    )


@cache
def _accepted_query(alias: str) -> Compiled:
    return compiled(_values(Proposal.objects.using(alias).accepted()))


@cache
def _added_query(alias: str) -> Compiled:
    """Of what became public after a data version, which never changes again; or has none."""
    added = Q(data_version=None) | Q(data_version__gt=0)
    return compiled(_values(Proposal.objects.using(alias).accepted().filter(added)))


@cache
def _count_query(alias: str) -> Compiled:
    counts = Proposal.objects.using(alias).accepted().order_by().values("stage").annotate(count=Count("pk"))
    return compiled(counts.values_list("count"))


def _read(found: Iterable[Sequence[Any]]) -> tuple[RecordedChange, ...]:
    return tuple(_recorded(*values) for values in found)


def _place(change: RecordedChange) -> tuple[dt.datetime, int]:
    return change.made_at, change.pk


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


def changes_of(record: Record, day: dt.date) -> list[RecordedChange]:
    """The public changes of a record up to the end of the day, newest first, with the mergers into it."""
    end = end_of(day)
    found = _all().of_records.get(reference_of(type(record), record.key), ())
    return [change for change in found if change.made_at < end]


def reference_of(model: type[Record], key: str) -> str:
    """A record as addresses write it: ``access-event:gpt-4-metr``."""
    return f"{kind_of(model).slug}:{key}"
