"""Merge two records of the same thing: whatever points to the loser, or belongs to it, moves to the winner."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Field, ForeignObjectRel, Model
from django.utils import timezone

from labs.actions.distinctions import forget_distinctions
from labs.actions.merged_parts import replace_key, take_over, twin_of
from labs.actions.merger_logs import LoggedRow, MergerLog, values_of
from labs.actions.records import name_of, records_of
from labs.actions.references import relations_to
from labs.actions.snapshots import check_quotes
from labs.choices import ProposalKind, RecordStatus
from labs.models import Alias, Proposal, Record, Source
from labs.models.base import Part
from labs.models.errors import sentences
from labs.models.registry import citation_models, kind_of, record_kinds
from labs.models.states import merged_into

LONGEST_WORDS = 200
Problems = dict[Record, list[str]]


@dataclass(frozen=True, slots=True)
class MovedReference:
    """A row that pointed to the loser or belonged to it, and where it went."""

    record: Record  # the row itself, or the record that it is a part of now
    relation: str  # how it belongs to the record: “lab”, “participation: evaluator”, “citation”
    words: str  # which one of several
    is_joined: bool  # the winner had an equal row, so the two became one


@dataclass(frozen=True, slots=True)
class Merger:
    """Everything that a merger did."""

    loser: str
    winner: Record
    moved: tuple[MovedReference, ...]
    name: str  # the new other name of the winner; empty if it had it already
    aliases: tuple[str, ...]  # the keys that lead to the winner now, the loser's first
    proposals: tuple[Proposal, ...]  # open ones that named the loser and name the winner now
    log: MergerLog

    @property
    def by_kind(self) -> list[tuple[str, list[MovedReference]]]:
        """The moved rows by the plural name of the kind of record."""
        grouped = groupby(self.moved, key=lambda each: each.record._meta.verbose_name_plural)
        return [(str(kind), list(moved)) for kind, moved in grouped]


def can_be_merged(record: Record) -> bool:
    """Whether it can be the loser, by its kind and status. A record that was never public needs no redirect."""
    return kind_of(record).is_mergeable and record.status in (RecordStatus.PUBLISHED, RecordStatus.WITHDRAWN)


@transaction.atomic
def merge(*, loser: Record, winner: Record, by: Any, reason: str) -> Merger:
    """Move whatever points to the loser or belongs to it to the winner, drafts included, and delete the loser.

    Its key becomes an alias, and the name of a lab or an evaluator another name of the winner. The loser's own fields
    are lost. Checks no permission: ``propose_merger`` and ``accept`` do.

    Raises ValidationError with every problem and how to solve it; then nothing is changed.
    """
    _refuse_pair(loser, winner)
    loser, winner = _lock_both(loser, winner)
    _refuse_status(loser, winner)
    _refuse_undecided(loser, winner)
    why = f"{name_of(loser)} was merged into {winner.key}: {reason}"
    try:
        with transaction.atomic():
            merger, problems = _Merging(loser, winner, by, why).run()
            if problems:
                transaction.set_rollback(True)
    except IntegrityError as error:  # a constraint that no check above covers
        raise ValidationError(f"The database refuses the result: {error}", code="integrity") from error
    if not problems:
        return merger
    _refuse_new(problems)
    return _Merging(*_lock_both(loser, winner), by, why).run()[0]


def _lock_both(loser: Record, winner: Record) -> tuple[Record, Record]:
    """Lock both records and return them as stored."""
    pks = loser.pk, winner.pk
    rows = type(loser)._default_manager.select_for_update().filter(pk__in=pks).order_by("pk")
    found = {record.pk: record for record in rows}
    if len(found) < len(pks):
        raise ValidationError("One of the two records is no longer there.", code="gone")
    return found[pks[0]], found[pks[1]]


def _refuse_new(problems: Problems) -> None:
    """Raise ValidationError for problems that the merger would cause. Call it while nothing is moved: problems that
    exist already do not count.
    """
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
    """Open proposals on the loser would be lost. Only the proposal of this merger may be open."""
    waiting = [each for each in Proposal.objects.of(loser).open() if not _leads_to(each, winner)]
    if waiting:
        names = "; ".join(f"{each.get_kind_display()}, “{each.reason}”" for each in waiting)
        raise ValidationError(f"Proposals on “{loser}” are open: {names}. Decide them first.", code="undecided")


def _leads_to(proposal: Proposal, winner: Record) -> bool:
    key = proposal.after.get("into") if proposal.kind == ProposalKind.MERGE else None
    return key is not None and (key == winner.key or merged_into(type(winner), key) == winner)


class _Merging:
    """One merger, step by step; the steps collect what ``Merger`` holds."""

    def __init__(self, loser: Record, winner: Record, by: Any, why: str) -> None:
        self.loser, self.winner, self.by, self.why = loser, winner, by, why
        self.model = type(loser)
        self.moved: list[MovedReference] = []
        self.log = MergerLog(loser=values_of(loser))
        self._copies: dict[tuple[type[Model], Any], Any] = {(type(row), row.pk): row for row in (loser, winner)}

    def run(self) -> tuple[Merger, Problems]:
        """Merge; returns also the problems of the result. Raises ValidationError for what the database cannot store."""
        rows = list(self._rows())
        changed = records_of([*(self._record_of(row) for _, row in rows), self.winner])
        self._refuse_clashes(rows)
        for relation, row in rows:
            self._move(relation, row)
        name, aliases, proposals = self._keep_name(), self._keep_keys(), self._rename_in_proposals()
        self._check_quotes()
        for record in changed:
            self._save(record)
        forget_distinctions(self.loser)
        loser_name, loser_pk = str(self.loser), self.loser.pk
        self._set_history(self.loser, self.winner).delete()
        self.loser.pk = loser_pk
        moved = sorted(self.moved, key=lambda each: (str(each.record._meta.verbose_name_plural), each.record.key))
        problems = {record: problems_of(record) for record in changed}
        merger = Merger(loser_name, self.winner, tuple(moved), name, aliases, proposals, self.log)
        return merger, {record: found for record, found in problems.items() if found}

    # --- what points to the loser ----------------------------------------------------------------------------

    def _rows(self) -> Iterator[tuple[ForeignObjectRel, Any]]:
        """Every row of any app that points to the loser, with the relation; not the loser itself."""
        for relation in relations_to(self.model):
            for row in relation.related_model._default_manager.filter(**{relation.field.name: self.loser}):
                if row != self.loser:
                    yield relation, self._same_copy(row)

    def _same_copy(self, row: Any) -> Any:
        """The one instance of a row to work on: a reply can point to the loser twice."""
        return self._copies.setdefault((type(row), row.pk), row)

    def _record_of(self, row: Model) -> Record:
        """The record that a row is, or that it will belong to."""
        if isinstance(row, Record):
            return row
        whole = self._same_copy(row.whole) if isinstance(row, Part) else self.loser  # such as a snapshot
        return self.winner if whole == self.loser else whole

    def _refuse_clashes(self, rows: Iterable[tuple[ForeignObjectRel, Model]]) -> None:
        """Raise ValidationError for records that would break a unique constraint, and for a winner that would point to
        itself.
        """
        clashes = []
        for relation, row in rows:
            twin = twin_of(row, relation.field, self.winner) if isinstance(row, Record) else None
            if row == self.winner:
                clashes.append(f"“{row}” has “{self.loser}” as its {relation.field.verbose_name}: remove that first.")
            elif twin is not None:
                clashes.append(
                    f"{name_of(row)} ({row.key}) of “{self.loser}” and {name_of(twin)} ({twin.key}) of “{self.winner}” "
                    "cannot both exist. Merge or correct these two first."
                )
        if clashes:
            raise ValidationError(clashes, code="clash")

    # --- moving ----------------------------------------------------------------------------------------------

    def _move(self, relation: ForeignObjectRel, row: Any) -> None:
        """Point a row to the winner. Records are saved later, once each."""
        field, record, words = relation.field, self._record_of(row), str(row)
        twin = None if isinstance(row, Record) else self._twin_at_winner(row, field)
        is_joined = twin is not None
        logged = LoggedRow(
            "moved", row._meta.label_lower, row.pk, field.name, _relation_words(row, field), words[:LONGEST_WORDS]
        )
        self.log.rows.append(logged)
        if relation.many_to_many:
            is_joined = self._replace_in_list(row, field)
            logged.how, logged.was_listed = "listed", is_joined
        elif twin is not None:
            logged.how, logged.values = "joined", values_of(row)
            logged.twin = None if twin == self.winner else twin.pk
            before = values_of(twin)
            if take_over(twin, row):
                self._set_history(twin, record).save()
                logged.twin_before, logged.twin_after = before, values_of(twin)
            self._set_history(row, record).delete()
        else:
            setattr(row, field.name, self.winner)
            if row is not record:
                self._set_history(row, record).save()
        self.moved.append(
            MovedReference(record, _relation_words(row, field), "" if row is record else words, is_joined)
        )

    def _replace_in_list(self, record: Record, field: Field) -> bool:
        """Replace the loser by the winner in a list of the record; returns whether the winner was in it already."""
        rows = getattr(self._set_history(record, record), field.name)
        is_there = rows.filter(pk=self.winner.pk).exists()
        rows.remove(self.loser)
        rows.add(self.winner)
        return is_there

    def _twin_at_winner(self, row: Any, field: Field) -> Model | None:
        """The row of the winner that this row would repeat; for another name also the winner's own name."""
        is_own_name = (
            kind_of(self.model).other_names and isinstance(row, self._names().model) and row.name == self.winner.name
        )
        return self.winner if is_own_name else twin_of(row, field, self.winner)

    def _set_history(self, row: Any, record: Record) -> Any:
        """Set who merged and why, for the history. The history of a record that is not public names nobody, so that its
        writers stay those who wrote it (``writers_of``).
        """
        row._history_user = self.by if record.status == RecordStatus.PUBLISHED else None
        row._change_reason = self.why
        return row

    def _save(self, record: Record) -> None:
        """Save a record that changed, or whose parts did; a public one with the time of its last public change."""
        if record.status == RecordStatus.PUBLISHED:
            record.changed_at = timezone.now()
        self._set_history(record, record).save()

    # --- what is kept of the loser -----------------------------------------------------------------------------

    def _names(self) -> Any:
        return getattr(self.winner, kind_of(self.model).other_names)

    def _keep_name(self) -> str:
        """Keep the loser's name as another name of the winner and return it; empty if it is there or not kept."""
        if not kind_of(self.model).other_names or self.loser.name == self.winner.name:
            return ""
        names = self._names()
        if names.filter(name=self.loser.name).exists():
            return ""
        name = self._set_history(names.model(**{names.field.name: self.winner, "name": self.loser.name}), self.winner)
        name.save()
        self.log.name = name.pk
        return self.loser.name

    def _keep_keys(self) -> tuple[str, ...]:
        """Let the loser's key and its aliases lead to the winner; returns them, the loser's key first."""
        content_type = ContentType.objects.get_for_model(self.model)
        earlier = Alias.objects.filter(content_type=content_type, object_id=self.loser.pk)
        self.log.aliases = list(earlier.order_by("key").values_list("key", flat=True))
        keys = (self.loser.key, *self.log.aliases)
        earlier.update(object_id=self.winner.pk)
        values = {"name": str(self.loser)[:300], "object_id": self.winner.pk}
        Alias.objects.update_or_create(content_type=content_type, key=self.loser.key, defaults=values)
        return keys

    def _rename_in_proposals(self) -> tuple[Proposal, ...]:
        """Put the winner in place of the loser in open proposals of changes. Otherwise they would seem to conflict: a
        citation of the loser would look like one that somebody removed.
        """
        types = ContentType.objects.get_for_models(*_models_naming(self.model)).values()
        changes = Proposal.objects.open().filter(kind=ProposalKind.CHANGE.value, content_type__in=types)
        renamed = []
        for proposal in changes.select_related("content_type").order_by("pk"):
            model = proposal.content_type.model_class()
            old = proposal.before, proposal.after
            new = tuple(replace_key(model, state, self.model, self.loser.key, self.winner.key) for state in old)
            if new != old:
                self.log.proposals.append({"pk": proposal.pk, "old": old, "new": new})
                proposal.before, proposal.after = new
                proposal.save(update_fields=["before", "after"])
                renamed.append(proposal)
        return tuple(renamed)

    def _check_quotes(self) -> None:
        """Check the quotes of a merged source against its newest snapshot."""
        for model in citation_models() if self.model is Source else ():
            citations = list(model.objects.filter(source=self.winner).select_related("record"))
            earlier = [citation.quote_check for citation in citations]
            check_quotes(citations)
            for citation, check in zip(citations, earlier, strict=True):
                if citation.quote_check != check:
                    self._set_history(citation, citation.record).save(update_fields=["quote_check", "unfound_because"])


def _models_naming(model: type[Record]) -> set[type[Record]]:
    """The record models that can refer to this one, themselves or in a part."""
    rows = {relation.related_model for relation in relations_to(model)}
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
    """The problems of a record as stored, with its parts, in sentences."""
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
    """Like ``full_clean`` without the constraints, which the database checks itself; many times as fast."""
    related = {field.name for field in row._meta.concrete_fields if field.is_relation}
    row.full_clean(exclude=related, validate_unique=False, validate_constraints=False)
