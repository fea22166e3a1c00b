"""What must hold between rows, which no constraint of a single row can say: looked for in the database as it is now.

Actions keep it, one after the other. This finds what a fault of ours, a restored copy or a hand in the database broke.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Model, Q

from labs.choices import ProposalKind, RecordStatus, Stage
from labs.models import Alias, DataVersion, Edition, Proposal, Record
from labs.models.errors import sentences
from labs.models.registry import RecordKind, kinds_by_rank, list_name, list_pairs, listed_relations, tables_with_history
from labs.models.search import SearchText, texts_of
from labs.models.states import with_state

PUBLIC = RecordStatus.PUBLISHED.value
# What is written without a row in the history, which tells of content only.
NOT_IN_HISTORY = frozenset({"status", "quote_check", "unfound_because"})
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that does not hold: a sentence, and the record or the proposal that it is about, if there is one."""

    sentence: str
    row: Record | Proposal | None = None


def broken_records(*, is_thorough: bool) -> list[Broken]:
    """What does not hold, at most some of each sort; empty where all is well.

    The thorough way reads every record and its history, the other one asks the database a few dozen questions.
    """
    checks = [_public_refers_to_public, _found_is_public, _waits_once, _is_of_a_version, _leads_somewhere]
    checks += [_is_whole, _is_in_its_history, _is_found] if is_thorough else []
    return [broken for check in checks for broken in islice(check(), SHOWN)]


def _public_refers_to_public() -> Iterator[Broken]:
    for kind in kinds_by_rank():
        for table, owner in [(kind.model, ""), *((part, part.record_field) for part in kind.parts.values())]:
            status = f"{owner}__status" if owner else "status"
            for name in _references(table, besides=owner):
                hidden = table._default_manager.filter(**{status: PUBLIC, f"{name}__isnull": False})
                for row in hidden.exclude(**{f"{name}__status": PUBLIC}):
                    record, other = getattr(row, owner) if owner else row, getattr(row, name)
                    yield Broken(f"{kind.label} {record} is public and refers to {other}, which is not.", record)
    for field in listed_relations():
        pairs = field.remote_field.through._default_manager.filter(**{f"{field.m2m_field_name()}__status": PUBLIC})
        for pair in pairs.exclude(**{f"{field.m2m_reverse_field_name()}__status": PUBLIC}):
            record = getattr(pair, field.m2m_field_name())
            other = getattr(pair, field.m2m_reverse_field_name())
            yield Broken(f"{record._meta.verbose_name} {record} is public and lists {other}, which is not.", record)


def _references(model: type[Model], besides: str) -> list[str]:
    """The fields by which a row points to a record other than the one that it belongs to."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.is_relation and field.name != besides and issubclass(field.related_model, Record)
    ]


def _found_is_public() -> Iterator[Broken]:
    for kind in kinds_by_rank():
        public = kind.model._default_manager.published().values("pk")
        for text in SearchText.objects.filter(kind=kind.slug).exclude(record__in=public):
            yield Broken(f"A search finds {kind.label} {text.key}, which is not public.")


def _waits_once() -> Iterator[Broken]:
    waiting = Proposal.objects.open()
    for kind in kinds_by_rank():
        content_type = ContentType.objects.get_for_model(kind.model)
        of_kind = waiting.filter(content_type=content_type)
        for proposal in of_kind.exclude(object_id__in=kind.model._default_manager.values("pk")):
            yield Broken(f"The open proposal “{proposal}” is about a record that is gone.", proposal)
        single = of_kind.exclude(kind=ProposalKind.CHANGE.value)
        for row in single.values("object_id", "kind").annotate(many=Count("pk"), last=Max("pk")).filter(many__gt=1):
            proposal = Proposal.objects.get(pk=row["last"])
            yield Broken(f"“{proposal}” waits {row['many']} times.", proposal)
        sent = of_kind.filter(kind=ProposalKind.PUBLISH.value, stage=Stage.IN_REVIEW.value)
        in_review = kind.model._default_manager.filter(status=RecordStatus.IN_REVIEW.value)
        for record in in_review.exclude(pk__in=sent.values("object_id")):
            yield Broken(f"{kind.label} {record} is in review, and no proposal asks to publish it.", record)
        others = kind.model._default_manager.filter(status__in=[PUBLIC, RecordStatus.DRAFT.value]).values("pk")
        for proposal in sent.filter(object_id__in=others):
            yield Broken(f"“{proposal}” waits, and its record is not in review.", proposal)


def _is_of_a_version() -> Iterator[Broken]:
    if not Edition.objects.exists():
        return
    for proposal in Proposal.objects.accepted().filter(data_version=None):
        yield Broken(f"“{proposal}” was accepted and belongs to no data version.", proposal)
    for row in DataVersion.objects.order_by().values("edition__version").annotate(many=Count("pk"), last=Max("number")):
        if row["many"] != row["last"] + 1:
            yield Broken(f"Edition {row['edition__version']} lacks some of its {row['last'] + 1} data versions.")


def _leads_somewhere() -> Iterator[Broken]:
    for kind in kinds_by_rank():
        aliases = Alias.objects.filter(content_type=ContentType.objects.get_for_model(kind.model))
        records = kind.model._default_manager
        for alias in aliases.filter(~Q(object_id__in=records.values("pk")) | Q(key__in=records.values("key"))):
            yield Broken(f"The old address of {kind.label} {alias.key} leads nowhere, or to two records.")


def _with_parts(kind: RecordKind) -> Iterator[Record]:
    yield from with_state(kind.model._default_manager.published().order_by("pk")).iterator(chunk_size=500)


def _is_whole() -> Iterator[Broken]:
    for kind in kinds_by_rank():
        for record in _with_parts(kind):
            try:
                record.check_parts({name: list(getattr(record, name).all()) for name in kind.relations})
            except ValidationError as error:
                why = " ".join(sentences(error, kind.model))
                yield Broken(f"{kind.label} {record} is public and not whole: {why}", record)


def _is_in_its_history() -> Iterator[Broken]:
    """Data versions are read from the histories, so the newest row there says what the table says."""
    for model in tables_with_history():
        past = model.history.model
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in NOT_IN_HISTORY]
        newest = past.objects.order_by().values("id").annotate(newest=Max("history_id")).values("newest")
        kept = past.objects.filter(pk__in=newest).exclude(history_type="-")
        recorded = {values[0]: values for values in kept.values_list(*names)}
        for values in model._default_manager.order_by("pk").values_list(*names):
            if recorded.pop(values[0], None) != values:
                yield Broken(f"The history of {model._meta.verbose_name} number {values[0]} does not say what it says.")
        for pk in recorded:
            yield Broken(f"{model._meta.verbose_name} number {pk} is gone, and its history does not say so.")
    version = DataVersion.objects.first()
    for field in listed_relations() if version else ():
        public = set(field.model._default_manager.published().values_list("pk", flat=True))
        now = {pair for pair in list_pairs(field) if pair[0] in public}
        if now != {tuple(pair) for pair in version.lists.get(list_name(field), ()) if pair[0] in public}:
            yield Broken(f"The newest data version does not have the list {list_name(field)} as it is.")


def _is_found() -> Iterator[Broken]:
    for kind in kinds_by_rank():
        columns = ("record", "field", "part", "words")
        found = set(SearchText.objects.filter(kind=kind.slug).values_list(*columns))
        wanted = {
            tuple(getattr(text, name) for name in columns) for record in _with_parts(kind) for text in texts_of(record)
        }
        for pk in sorted({row[0] for row in found ^ wanted}):
            yield Broken(f"The index of the search does not have the texts of {kind.label} number {pk} as they are.")
