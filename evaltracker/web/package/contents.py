"""Which records a package holds, and what it shows of each on its day."""

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, TypeVar

from django.db.models import Model

from commitments.choices import CommitmentField
from commitments.models import Commitment, Reply
from commitments.queries import CommitmentAsOf, commitments_as_of, ledger, replies_as_of
from commitments.rules.ledger import Ledger
from commitments.rules.verdicts import Verdict
from labs.choices import ACCESS_ANSWERS, RecordStatus
from labs.models import AccessEvent, AIModel, DataVersion, Evaluator, Lab, Record, Source, Statement
from labs.models.registry import kind_of
from labs.queries import (
    EventAsOf,
    ReleaseAsOf,
    events_as_of,
    labs_by_key,
    releases_as_of,
    sources_as_of,
    statements_as_of,
)
from labs.queries.facts import citation_facts, source_facts
from labs.queries.kept import records
from labs.queries.rows import related_rows
from labs.rules.access import Window
from labs.rules.as_of import is_field_public, public_on

_Record = TypeVar("_Record", bound=Record)

CITED_KINDS: tuple[type[Record], ...] = (AIModel, Evaluator, AccessEvent, Commitment)
"""The kinds of records that rest on citations."""

KINDS: tuple[type[Record], ...] = (Lab, Evaluator, AIModel, AccessEvent, Source, Statement, Commitment, Reply)
"""The kinds of records that are in it."""

_EVENT_FIELDS = {
    **{name: name for name in ("timing", "mode", "started_on", "ended_on", "access_days", "domains", "results")},
    **{name: name for name in ("mitigations_argued", "free_to_publish")},
    **{name: f"access.{name}" for name in ACCESS_ANSWERS},
}
"""The fields of an event that are known once a source cited for them is public, with their names in citations."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records are asked for; without a day all of them as they are recorded. Several values of one kind mean
    any of them, several kinds all of them.
    """

    day: dt.date | None = None
    labs: frozenset[str] = frozenset()
    evaluators: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()

    @property
    def is_filtered(self) -> bool:
        return bool(self.labs or self.evaluators or self.models)

    @property
    def is_whole(self) -> bool:
        return self.day is None and not self.is_filtered

    @property
    def words(self) -> str:
        """As the address has it; "" for the whole."""
        parts = [f"as_of={self.day}"] if self.day else []
        for name, keys in (("lab", self.labs), ("evaluator", self.evaluators), ("model", self.models)):
            parts += [f"{name}={key}" for key in sorted(keys)]
        return "&".join(parts)

    @property
    def suffix(self) -> str:
        """What the name of a package says of its selection; "" for the whole. Two parts never share one."""
        day = f"-as-of-{self.day}" if self.day else ""
        selected = f"-selected-{hashlib.sha256(self.words.encode()).hexdigest()[:8]}" if self.is_filtered else ""
        return f"{day}{selected}"


Public = Mapping[type[Model], Mapping[int, Record]]
"""The public records of each kind, by primary key. Through the attributes of a row it takes several times as long."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A record, and the names of its fields that were not known on the day."""

    record: Any
    public: Public
    hidden: frozenset[str] = frozenset()

    def value(self, name: str) -> Any:
        """A field: not known is ``unknown`` where the enumeration has that, else None. An empty text is None."""
        if name in self.hidden:
            choices = self.record._meta.get_field(name).choices or ()
            return "unknown" if any(value == "unknown" for value, _ in choices) else None
        value = getattr(self.record, name)
        return None if value == "" else value

    def key_of(self, name: str) -> str | None:
        """The key of the record that a field refers to; None where there is none that is public."""
        return None if name in self.hidden else _key_of(self.record, name, self.public)


def is_public(record: Record | None) -> bool:
    return record is not None and record.status == RecordStatus.PUBLISHED


def public_key(record: Record | None) -> str | None:
    """The key of a record; None where there is none or it is not public."""
    return record.key if record is not None and is_public(record) else None


@dataclass(frozen=True, slots=True)
class PartRow:
    """A row that belongs to a record: which one, its place among its like from 1, and itself."""

    owner: Shown
    position: int
    part: Any

    def key_of(self, name: str) -> str | None:
        """The key of the record that the part refers to; None where there is none."""
        return _key_of(self.part, name, self.owner.public)


@dataclass(frozen=True)
class Package:
    """What one package holds: of a data version, by a selection.

    ``day`` is the day that the rules' tables hold for: the one asked for, else that of the data version.
    """

    version: DataVersion
    selection: Selection

    @cached_property
    def day(self) -> dt.date:
        return self.selection.day or self.version.made_at.astimezone(dt.UTC).date()

    @cached_property
    def version_name(self) -> str:
        """The data version, as every row of the rules' tables names it."""
        return str(self.version)

    @cached_property
    def ledger(self) -> Ledger:
        return ledger(self.day)

    def shown(self, model: type[Record]) -> list[Shown]:
        """The records of a kind, by key."""
        return list(self._records.get(model, {}).values())

    def has(self, record: Record | None) -> bool:
        return record is not None and record.key in self._records.get(type(record), {})

    def has_key(self, model: type[Record], key: str) -> bool:
        return key in self._records.get(model, {})

    @cached_property
    def _records(self) -> Mapping[type[Record], Mapping[str, Shown]]:
        visible = _visible(self.selection.day)
        chosen = _chosen(self, visible) if self.selection.is_filtered else visible
        chosen = _with_references(self, chosen)
        day, public = self.selection.day, self._public
        return {
            model: {key: Shown(found[key], public, _hidden(found[key], day)) for key in sorted(found)}
            for model, found in chosen.items()
        }

    @cached_property
    def _public(self) -> Public:
        every = records()
        return {model: {record.pk: record for record in every[model].published} for model in KINDS}

    def parts(self, model: type[Record], relation: str) -> Iterator[PartRow]:
        """The rows of a relation of all records of a kind, with their places."""
        for owner in self.shown(model):
            if relation not in owner.hidden:
                found = [each for each in related_rows(owner.record, relation) if self._shows(each)]
                yield from (PartRow(owner, place, part) for place, part in enumerate(found, start=1))

    @cached_property
    def citations(self) -> list[PartRow]:
        """The citations of all kinds, by kind, key and place."""
        return [row for model in CITED_KINDS for row in self.parts(model, "citations")]

    def _shows(self, part: Any) -> bool:
        """Whether a part was known on the day, and refers to nothing that is not public."""
        for reference in _references_of(type(part)):
            pk = part.__dict__[reference.column]
            if pk is not None and pk not in self._public[reference.model]:
                return False
        day = self.selection.day
        if day is None:
            return True
        if hasattr(part, "source_id"):
            return public_on(source_facts()[part.source_id]) <= day
        return getattr(part, "searched_on", day) <= day

    # What the rules say, for the records that are in the package and that were known on its day.

    @cached_property
    def releases(self) -> list[ReleaseAsOf]:
        found = releases_as_of(self.day)
        return [found[each.record.key] for each in self.shown(AIModel) if each.record.key in found]

    @cached_property
    def events(self) -> list[EventAsOf]:
        found = events_as_of(self.day)
        return [found[each.record.key] for each in self.shown(AccessEvent) if each.record.key in found]

    @cached_property
    def commitments(self) -> list[CommitmentAsOf]:
        found = commitments_as_of(self.day, Window.ALL)
        return [found[each.record.key] for each in self.shown(Commitment) if each.record.key in found]

    @cached_property
    def verdicts(self) -> list[Verdict]:
        found = [
            each
            for each in self.ledger.verdicts(Window.ALL)
            if self.has_key(AIModel, each.release.key) and self.has_key(Commitment, each.commitment.key)
        ]
        return sorted(found, key=lambda each: (each.commitment.key, each.release.key))

    @cached_property
    def labs(self) -> list[str]:
        """The labs whose figures are in it, by key."""
        keys = [each.record.key for each in self.shown(Lab)]
        return [key for key in keys if key in self.selection.labs] if self.selection.labs else keys


Found = dict[type[Record], dict[str, Any]]


def _visible(day: dt.date | None) -> Found:
    """The public records, or those known by the day (methodology, section 2)."""
    every = records()
    if day is None:
        return {model: dict(every[model].by_key) for model in KINDS}
    events = {key: each.record for key, each in events_as_of(day).items()}
    promises = {key: each.record for key, each in commitments_as_of(day, Window.ALL).items()}
    replies = {
        key: each.record
        for key, each in replies_as_of(day).items()
        if isinstance(each.about, Lab)
        or each.about.key in (events if isinstance(each.about, AccessEvent) else promises)
    }
    return {
        Lab: dict(labs_by_key()),
        Evaluator: dict(every[Evaluator].by_key),
        AIModel: {key: each.record for key, each in releases_as_of(day).items() if each.is_known},
        AccessEvent: events,
        Source: {key: each.record for key, each in sources_as_of(day).items()},
        Statement: dict(statements_as_of(day)),
        Commitment: promises,
        Reply: replies,
    }


def _chosen(package: Package, visible: Found) -> Found:
    """The records about the labs, evaluators and releases that are asked for."""
    wanted = package.selection
    verdicts = package.ledger.verdicts(Window.ALL) if wanted.models else ()
    owed = {each.commitment.key for each in verdicts if each.release.key in wanted.models}

    def is_wanted_event(event: AccessEvent) -> bool:
        testers = {part.evaluator.key for part in event.participations.all()}
        return (
            _any(wanted.labs, event.lab.key)
            and _any(wanted.models, event.model.key if event.model else None)
            and (not wanted.evaluators or bool(wanted.evaluators & testers))
        )

    events = _only(visible[AccessEvent], is_wanted_event)
    tested = {event.model.key for event in events.values() if event.model}

    def is_wanted_release(release: AIModel) -> bool:
        return (
            _any(wanted.labs, release.lab.key)
            and _any(wanted.models, release.key)
            and (not wanted.evaluators or release.key in tested)
        )

    def is_wanted_promise(promise: Commitment) -> bool:
        makers = {lab.key for lab in promise.labs.all()}
        named = [promise.counterparty, *(each.named_evaluator for each in promise.requirements.all())]
        return (
            (not wanted.labs or bool(wanted.labs & makers))
            and (not wanted.evaluators or any(each and each.key in wanted.evaluators for each in named))
            and (not wanted.models or promise.key in owed)
        )

    promises = _only(visible[Commitment], is_wanted_promise)
    chosen: Found = {
        Lab: _only(visible[Lab], lambda lab: lab.key in wanted.labs),
        Evaluator: _only(visible[Evaluator], lambda each: each.key in wanted.evaluators),
        AIModel: _only(visible[AIModel], is_wanted_release),
        AccessEvent: events,
        Source: {},
        Commitment: promises,
    }
    about = {AccessEvent: events, Commitment: promises, Lab: chosen[Lab]}
    chosen[Reply] = _only(visible[Reply], lambda reply: reply.about.key in about[type(reply.about)])
    chosen[Statement] = _only(
        visible[Statement], lambda each: any(event.key in events for event in each.related_events.all())
    )
    return chosen


def _any(wanted: frozenset[str], key: str | None) -> bool:
    return not wanted or key in wanted


def _only(found: Mapping[str, Any], is_wanted: Callable[[Any], bool]) -> dict[str, Any]:
    return {key: each for key, each in found.items() if is_wanted(each)}


def _with_references(package: Package, chosen: Found) -> Found:
    """The same records, with all public ones that they and their parts refer to; without those that miss one they need.

    What refers to nothing comes in whatever order: a record that is added is looked at as well.
    """
    if package.selection.is_whole:  # all that they refer to is in it
        public = package._public
        return {
            model: {key: each for key, each in by.items() if _is_complete(each, public)} for model, by in chosen.items()
        }
    found: Found = {model: {} for model in chosen}
    waiting = [record for records in chosen.values() for record in records.values()]
    while waiting:
        record = waiting.pop()
        if record.key in found.setdefault(type(record), {}) or not _is_complete(record, package._public):
            continue
        found[type(record)][record.key] = record
        waiting += _referred(package, record)
    return found


def _is_complete(record: Record, public: Public) -> bool:
    """Whether all that the record cannot do without is public."""
    return all(
        each.may_be_empty or record.__dict__[each.column] in public[each.model] for each in _references_of(type(record))
    )


def _referred(package: Package, record: Record) -> Iterator[Record]:
    """The public records to which the record and its parts, as the package shows them, refer."""
    hidden = _hidden(record, package.selection.day)
    yield from _related(record, package._public, hidden)
    kind = kind_of(record)
    for relation in kind.parts:
        for part in related_rows(record, relation):
            if package._shows(part):
                yield from _related(part, package._public)
    for relation, model in kind.lists.items():
        if model is Lab:  # the events that a statement bears on are named where they are in it
            yield from filter(is_public, related_rows(record, relation))


def _related(row: Any, public: Public, hidden: Collection[str] = ()) -> Iterator[Record]:
    for each in _references_of(type(row)):
        found = public[each.model].get(row.__dict__[each.column])
        if found is not None and each.name not in hidden:
            yield found


@dataclass(frozen=True, slots=True)
class _Reference:
    """A field that refers to a record of a kind, and its column."""

    name: str
    column: str
    model: type[Record]
    may_be_empty: bool


@cache
def _references_of(model: type[Model]) -> Sequence[_Reference]:
    """The fields of a row that refer to a record."""
    return [
        _Reference(each.name, each.attname, each.related_model, each.null)
        for each in model._meta.concrete_fields
        if each.is_relation and issubclass(each.related_model, Record)
    ]


@cache
def _reference(model: type[Model], name: str) -> _Reference:
    return next(each for each in _references_of(model) if each.name == name)


def _key_of(row: Any, name: str, public: Public) -> str | None:
    reference = _reference(type(row), name)
    found = public[reference.model].get(row.__dict__[reference.column])
    return found.key if found is not None else None


_NOTHING: frozenset[str] = frozenset()


def _hidden(record: Record, day: dt.date | None) -> frozenset[str]:
    """The fields of a record that were not known on the day (methodology, section 2)."""
    if day is None:
        return _NOTHING
    match record:
        case AccessEvent():
            return _hidden_of_event(record, day)
        case Commitment():
            return _hidden_of_promise(commitments_as_of(day, Window.ALL)[record.key])
        case Evaluator():
            is_all_public = len(_public(record, day)) == len(record.citations.all())
            return _NOTHING if is_all_public else frozenset({"note"})
        case Reply():
            is_answered = record.answered_on is not None and record.answered_on <= day
            is_asked = record.asked_on is not None and record.asked_on <= day
            answer = () if is_answered else ("answered_on", "text", "published_url", "outcome")
            return frozenset((*answer, *(() if is_asked else ("question", "asked_on", "answer_by"))))
    return _NOTHING


def _public(record: Any, day: dt.date) -> list[Any]:
    return [each for each in record.citations.all() if public_on(source_facts()[each.source_id]) <= day]


def _hidden_of_event(event: AccessEvent, day: dt.date) -> frozenset[str]:
    citations = citation_facts(event.citations.all())
    hidden = {name for name, named in _EVENT_FIELDS.items() if not is_field_public(citations, named, day)}
    if len(_public(event, day)) < len(citations):
        hidden.add("summary")  # it is written from all of them
    return frozenset(hidden)


def _hidden_of_promise(known: CommitmentAsOf) -> frozenset[str]:
    is_known = {
        "ended_on": known.has_ended,
        "fulfilled_on": known.is_fulfilled,
        "superseded_by": known.successor is not None,
        CommitmentField.SCOPE.value: bool(known.scope),
        CommitmentField.BINDING.value: known.binding.value == known.record.binding,
    }
    return frozenset(name for name, is_so in is_known.items() if not is_so)
