"""Two records that turn out to be one: all that points to the loser, or belongs to it, moves to the winner."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Field, ForeignObjectRel, Model
from django.utils import timezone

from labs.actions.merged_parts import join, renamed, twin_of
from labs.actions.records import name_of, records_of
from labs.actions.references import relations_to
from labs.actions.snapshots import check_quotes
from labs.choices import ProposalKind, RecordStatus
from labs.models import Alias, Proposal, Record, Source
from labs.models.base import Part
from labs.models.errors import sentences
from labs.models.registry import citation_models, kind_of, record_kinds
from labs.models.states import merged_into

Problems = dict[Record, list[str]]


@dataclass(frozen=True, slots=True)
class MovedReference:
    """A row that pointed to the loser or belonged to it, and what became of it."""

    record: Record  # the row itself, or the record that it is a part of now
    relation: str  # what of the record it is: “lab”, “participation: evaluator”, “citation”
    words: str  # which of several
    is_joined: bool  # the winner had the like, so that there is one where there were two


@dataclass(frozen=True, slots=True)
class Merger:
    """All that a merger did."""

    loser: str
    winner: Record
    moved: tuple[MovedReference, ...]
    name: str  # that the winner goes by as well from now on; empty where it went by it already
    aliases: tuple[str, ...]  # the keys that lead to the winner from now on, the loser's first
    proposals: tuple[Proposal, ...]  # open ones that name the winner now where they named the loser

    @property
    def by_kind(self) -> list[tuple[str, list[MovedReference]]]:
        """What moved by the kind of record, under its plural name."""
        grouped = groupby(self.moved, key=lambda each: each.record._meta.verbose_name_plural)
        return [(str(kind), list(moved)) for kind, moved in grouped]


def can_be_merged(record: Record) -> bool:
    """Whether it can go, by its kind and status: what was never public needs no address that leads elsewhere."""
    return kind_of(record).is_mergeable and record.status in (RecordStatus.PUBLISHED, RecordStatus.WITHDRAWN)


@transaction.atomic
def merge(*, loser: Record, winner: Record, by: Any, reason: str) -> Merger:
    """Move all that points to the loser or belongs to it to the winner, drafts included, and delete the loser.

    Its key stays as an alias, and the name of a lab or an evaluator as another name of the winner. What the loser says
    of itself in its own fields goes with it. It checks no person: ``propose_merger`` and ``accept`` do.

    Raises ValidationError with everything that stands in the way and what to do about it; then nothing is changed.
    """
    _refuse_pair(loser, winner)
    loser, winner = _locked(loser, winner)
    _refuse_status(loser, winner)
    _refuse_undecided(loser, winner)
    why = f"{name_of(loser)} was merged into {winner.key}: {reason}"
    try:
        with transaction.atomic():
            merger, problems = _Merging(loser, winner, by, why).done()
            if problems:
                transaction.set_rollback(True)
    except IntegrityError as error:  # a constraint that nothing above foresaw
        raise ValidationError(f"The database cannot hold what would be left: {error}", code="integrity") from error
    if not problems:
        return merger
    _refuse_new(problems)
    return _Merging(*_locked(loser, winner), by, why).done()[0]


def _locked(loser: Record, winner: Record) -> tuple[Record, Record]:
    """Both records as they are stored now."""
    pks = loser.pk, winner.pk
    rows = type(loser)._default_manager.select_for_update().filter(pk__in=pks).order_by("pk")
    found = {record.pk: record for record in rows}
    if len(found) < len(pks):
        raise ValidationError("One of the two records is no longer there.", code="gone")
    return found[pks[0]], found[pks[1]]


def _refuse_new(problems: Problems) -> None:
    """What was wrong before, and is no worse now, does not stand in the way. Nothing has moved when this is asked."""
    new = []
    for record, found in problems.items():
        earlier = problems_of(record)
        new += [f"{name_of(record)}: {problem}" for problem in found if problem not in earlier]
    if new:
        raise ValidationError(list(dict.fromkeys(new)), code="invalid")


def _refuse_pair(loser: Record, winner: Record) -> None:
    kinds = [str(type(record)._meta.verbose_name) for record in (loser, winner)]
    if type(loser) is not type(winner):
        raise ValidationError(
            f"One is of the kind “{kinds[0]}”, the other “{kinds[1]}”: choose two of one kind.", code="two_kinds"
        )
    if not kind_of(loser).is_mergeable:
        names = ", ".join(kind.plural for kind in record_kinds() if kind.is_mergeable)
        raise ValidationError(f"A record of the kind “{kinds[0]}” is never merged; these are: {names}.", code="kind")
    if loser.pk == winner.pk:
        raise ValidationError("It is the same record: choose another one.", code="same_record")


def _refuse_status(loser: Record, winner: Record) -> None:
    if winner.status != RecordStatus.PUBLISHED:
        raise ValidationError(
            f"“{winner}” is {RecordStatus(winner.status).label}: only a public record can replace another.",
            code="not_public",
        )
    if not can_be_merged(loser):
        raise ValidationError(
            f"“{loser}” was never public, so nobody needs its address: let what refers to it refer to “{winner}”, and "
            "delete the draft.",
            code="never_public",
        )


def _refuse_undecided(loser: Record, winner: Record) -> None:
    """What is proposed for the loser would be lost with it; only this very merger may be waiting."""
    waiting = [each for each in Proposal.objects.of(loser).open() if not _leads_to(each, winner)]
    if waiting:
        names = "; ".join(f"{each.get_kind_display()}, “{each.reason}”" for each in waiting)
        raise ValidationError(f"Proposals on “{loser}” are open: {names}. Decide them first.", code="undecided")


def _leads_to(proposal: Proposal, winner: Record) -> bool:
    key = proposal.after.get("into") if proposal.kind == ProposalKind.MERGE else None
    return key is not None and (key == winner.key or merged_into(type(winner), key) == winner)


class _Merging:
    """One merger, step by step; each step leaves behind what ``Merger`` tells."""

    def __init__(self, loser: Record, winner: Record, by: Any, why: str) -> None:
        self.loser, self.winner, self.by, self.why = loser, winner, by, why
        self.kind = type(loser)
        self.moved: list[MovedReference] = []
        self._known: dict[tuple[type[Model], Any], Any] = {(type(row), row.pk): row for row in (loser, winner)}

    def done(self) -> tuple[Merger, Problems]:
        """Merge; returns also what is wrong then. Raises ValidationError for what the database could not store."""
        rows = list(self._rows())
        changed = records_of([*(self._record_of(row) for _, row in rows), self.winner])
        self._refuse_clashes(rows)
        for relation, row in rows:
            self._move(relation, row)
        name, aliases, proposals = self._keep_name(), self._keep_keys(), self._rename_in_proposals()
        self._check_quotes()
        for record in changed:
            self._save(record)
        loser_name, loser_pk = str(self.loser), self.loser.pk
        self._signed(self.loser, self.winner).delete()
        self.loser.pk = loser_pk
        moved = sorted(self.moved, key=lambda each: (str(each.record._meta.verbose_name_plural), each.record.key))
        problems = {record: problems_of(record) for record in changed}
        merger = Merger(loser_name, self.winner, tuple(moved), name, aliases, proposals)
        return merger, {record: found for record, found in problems.items() if found}

    # --- what points to the loser ----------------------------------------------------------------------------

    def _rows(self) -> Iterator[tuple[ForeignObjectRel, Any]]:
        """Every row of any app that points to the loser, apart from the loser itself, with how it does."""
        for relation in relations_to(self.kind):
            for row in relation.related_model._default_manager.filter(**{relation.field.name: self.loser}):
                if row != self.loser:
                    yield relation, self._one(row)

    def _one(self, row: Any) -> Any:
        """The one copy of a row that is worked on: a reply can point to the loser twice, and have parts that do."""
        return self._known.setdefault((type(row), row.pk), row)

    def _record_of(self, row: Model) -> Record:
        """The record that a row is, or will be a part of."""
        if isinstance(row, Record):
            return row
        whole = self._one(row.whole) if isinstance(row, Part) else self.loser  # such as a snapshot
        return self.winner if whole == self.loser else whole

    def _refuse_clashes(self, rows: Iterable[tuple[ForeignObjectRel, Model]]) -> None:
        """Records that could not stand side by side at the winner, and a winner that would point to itself."""
        clashes = []
        for relation, row in rows:
            twin = twin_of(row, relation.field, self.winner) if isinstance(row, Record) else None
            if row == self.winner:
                clashes.append(f"“{row}” has “{self.loser}” as its {relation.field.verbose_name}: take that out first.")
            elif twin is not None:
                clashes.append(
                    f"{name_of(row)} ({row.key}) of “{self.loser}” and {name_of(twin)} ({twin.key}) of “{self.winner}” "
                    "cannot both be there. Merge or correct these two first."
                )
        if clashes:
            raise ValidationError(clashes, code="clash")

    # --- moving ----------------------------------------------------------------------------------------------

    def _move(self, relation: ForeignObjectRel, row: Any) -> None:
        """Let a row name the winner. Records are saved later, once each."""
        field, record, words = relation.field, self._record_of(row), str(row)
        twin = None if isinstance(row, Record) else self._twin(row, field)
        is_joined = twin is not None
        if relation.many_to_many:
            is_joined = self._replace_in_list(row, field)
        elif twin is not None:
            if join(twin, row):
                self._signed(twin, record).save()
            self._signed(row, record).delete()
        else:
            setattr(row, field.name, self.winner)
            if row is not record:
                self._signed(row, record).save()
        self.moved.append(
            MovedReference(record, _relation_words(row, field), "" if row is record else words, is_joined)
        )

    def _replace_in_list(self, record: Record, field: Field) -> bool:
        """Let a list of the record name the winner instead; whether it did already."""
        rows = getattr(self._signed(record, record), field.name)
        is_there = rows.filter(pk=self.winner.pk).exists()
        rows.remove(self.loser)
        rows.add(self.winner)
        return is_there

    def _twin(self, row: Any, field: Field) -> Model | None:
        """What the winner has already that the row would only repeat; for another name that can be its own."""
        is_own_name = (
            kind_of(self.kind).other_names and isinstance(row, self._names().model) and row.name == self.winner.name
        )
        return self.winner if is_own_name else twin_of(row, field, self.winner)

    def _signed(self, row: Any, record: Record) -> Any:
        """For the history: who merged and why. In the history of what is not public nobody is named, so that whoever
        wrote it stays the last to have changed it (``last_changed_by``).
        """
        row._history_user = self.by if record.status == RecordStatus.PUBLISHED else None
        row._change_reason = self.why
        return row

    def _save(self, record: Record) -> None:
        """Save a record that changed, or whose parts did, with when what is public of it changed last."""
        if record.status == RecordStatus.PUBLISHED:
            record.changed_at = timezone.now()
        self._signed(record, record).save()

    # --- what stays of the loser -----------------------------------------------------------------------------

    def _names(self) -> Any:
        return getattr(self.winner, kind_of(self.kind).other_names)

    def _keep_name(self) -> str:
        """The loser's name as another one of the winner; empty where it has it or where such names are not kept."""
        if not kind_of(self.kind).other_names or self.loser.name == self.winner.name:
            return ""
        names = self._names()
        if names.filter(name=self.loser.name).exists():
            return ""
        self._signed(names.model(**{names.field.name: self.winner, "name": self.loser.name}), self.winner).save()
        return self.loser.name

    def _keep_keys(self) -> tuple[str, ...]:
        """Let the loser's key and all that led to it lead to the winner; returns them, the loser's first."""
        content_type = ContentType.objects.get_for_model(self.kind)
        earlier = Alias.objects.filter(content_type=content_type, object_id=self.loser.pk)
        keys = (self.loser.key, *earlier.order_by("key").values_list("key", flat=True))
        earlier.update(object_id=self.winner.pk)
        values = {"name": str(self.loser)[:300], "object_id": self.winner.pk}
        Alias.objects.update_or_create(content_type=content_type, key=self.loser.key, defaults=values)
        return keys

    def _rename_in_proposals(self) -> tuple[Proposal, ...]:
        """Let open changes name the winner where they named the loser: held against what stands then, a citation of
        the loser would else be one that somebody removed meanwhile.
        """
        types = ContentType.objects.get_for_models(*_kinds_naming(self.kind)).values()
        changes = Proposal.objects.open().filter(kind=ProposalKind.CHANGE.value, content_type__in=types)
        named = []
        for proposal in changes.select_related("content_type").order_by("pk"):
            kind = proposal.content_type.model_class()
            old = proposal.before, proposal.after
            new = tuple(renamed(kind, state, self.kind, self.loser.key, self.winner.key) for state in old)
            if new != old:
                proposal.before, proposal.after = new
                proposal.save(update_fields=["before", "after"])
                named.append(proposal)
        return tuple(named)

    def _check_quotes(self) -> None:
        """Hold the quotes of two sources that are one now against its newest snapshot."""
        for model in citation_models() if self.kind is Source else ():
            citations = list(model.objects.filter(source=self.winner).select_related("record"))
            earlier = [each.quote_check for each in citations]
            check_quotes(citations)
            for each, check in zip(citations, earlier, strict=True):
                if each.quote_check != check:
                    self._signed(each, each.record).save(update_fields=["quote_check"])


def _kinds_naming(kind: type[Record]) -> set[type[Record]]:
    """The kinds of records that can name one of this kind, themselves or in a part."""
    rows = {relation.related_model for relation in relations_to(kind)}
    wholes = {each._meta.get_field(each.record_field).related_model for each in rows if issubclass(each, Part)}
    return wholes | {each for each in rows if issubclass(each, Record)}


def _relation_words(row: Model, field: Field) -> str:
    """“lab” of a record, “citation: source” of a part of another record, “other name” of a part that only belongs."""
    name = str(getattr(field, "verbose_name", field.name))
    if isinstance(row, Record):
        return name
    kind = str(row._meta.verbose_name)
    is_belonging = not isinstance(row, Part) or field.name == row.record_field
    return kind if is_belonging else f"{kind}: {name}"


def problems_of(record: Record) -> list[str]:
    """What is wrong with a record as it is stored, its parts included, in sentences."""
    record = type(record)._default_manager.get(pk=record.pk)
    kind = kind_of(record)
    parts = {relation: list(getattr(record, relation).all()) for relation in kind.relations}
    rows = [row for relation in kind.parts for row in parts[relation]]
    problems: list[str] = []
    for row in (record, *rows):
        try:
            _clean(row)
        except ValidationError as error:
            problems += sentences(error, type(row))
    try:
        record.check_parts(parts)
    except ValidationError as error:
        problems += sentences(error, type(record))
    return problems


def _clean(row: Model) -> None:
    """As ``full_clean``, without what the database checks itself, many times as fast."""
    related = {field.name for field in row._meta.concrete_fields if field.is_relation}
    row.full_clean(exclude=related, validate_unique=False, validate_constraints=False)
