"""The kinds of records, and what the rest of the code needs to know about each.

Each app declares its kinds in ``models/kinds.py``. ``docs/architecture.md`` says who reads them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Exists, Manager, ManyToManyField, Model, OuterRef

from labs.choices import SearchField
from labs.models.base import Citation, Part, Record
from labs.models.compiled import Compiled, compiled
from labs.rules.lookalikes import KnownBy


@dataclass(frozen=True, slots=True, eq=False)
class RecordKind:
    """One kind of record.

    ``lists`` and ``parts`` name what belongs to a record: its lists of other records, such as the labs that made a
    commitment, and the rows that belong to it alone, such as citations. Both go by the name under which the record
    finds them, and pages show them in this order.

    ``rank`` is the order in which kinds are loaded, imported and published: a record refers to records of a lower
    rank. Evaluators and sources refer to each other and share a rank.
    """

    model: type[Record]
    slug: str  # in addresses
    rank: int
    file_names: tuple[str, ...]  # of its spreadsheets, without an ending; exports use the first one
    fixtures: tuple[str, ...] = ()  # the files of fixtures/ to load at its turn
    lists: Mapping[str, type[Record]] = field(default_factory=dict)
    parts: Mapping[str, type[Part]] = field(default_factory=dict)
    lab_paths: tuple[str, ...] = ()  # lookups to the keys of the labs that a record concerns
    evaluator_paths: tuple[str, ...] = ()  # the same of evaluators
    is_mergeable: bool = False
    other_names: str = ""  # the parts that keep the name of a merged or renamed record
    known_by: Mapping[str, KnownBy] = field(default_factory=dict)  # lookups to names, addresses …, for lookalikes.py
    searched: Mapping[str, SearchField] = field(default_factory=dict)  # lookups to the texts that a search looks at
    searched_by: tuple[str, ...] = ()  # lookups to the records by whose names a search finds it too
    is_listed_if_cited: bool = False  # lists leave out a record without a citation (methodology, section 2)

    @property
    def relations(self) -> dict[str, type[Record] | type[Part]]:
        """Its lists, then its parts."""
        return {**self.lists, **self.parts}

    def lab_keys(self, record: Record) -> set[str]:
        """The keys of the labs that a record of this kind concerns."""
        return self.keys_of(record, is_lab=True)

    def keys_of(self, record: Record, *, is_lab: bool) -> set[str]:
        """The keys of the labs, or else of the evaluators, that a record of this kind concerns."""
        paths = self.lab_paths if is_lab else self.evaluator_paths
        return {key for path in paths for key in _values(record, path.split("__"))}

    @property
    def identities(self) -> dict[str, tuple[str, ...]]:
        """For each relation of parts, the fields that make two parts the same (labs/rules/differences.py)."""
        return {relation: part.identity for relation, part in self.parts.items()}

    @property
    def label(self) -> str:
        """Its name for people: “access event”."""
        return str(self.model._meta.verbose_name)

    @property
    def plural(self) -> str:
        """Its plural for people."""
        return str(self.model._meta.verbose_name_plural)


def _values(row: Model, path: Sequence[str]) -> Iterator[Any]:
    """What a lookup such as ``event__lab__key`` leads to from a row."""
    value = getattr(row, path[0])
    for each in value.all() if isinstance(value, Manager) else [value]:
        if len(path) == 1:
            yield each
        elif each is not None:
            yield from _values(each, path[1:])


def related_records(record: Record, paths: Sequence[str]) -> Iterator[Record]:
    """The records to which lookups such as ``event__lab`` lead from a record."""
    for path in paths:
        yield from (found for found in _values(record, path.split("__")) if found is not None)


_KINDS: dict[type[Model], RecordKind] = {}


def register(*kinds: RecordKind) -> None:
    """Declare kinds of records; pages list them in the order of declaration."""
    _KINDS.update({kind.model: kind for kind in kinds})


def record_kinds() -> list[RecordKind]:
    """All kinds of records, as pages list them."""
    return list(_KINDS.values())


def kinds_by_rank() -> list[RecordKind]:
    """All kinds of records, in the order in which they are loaded, imported and published."""
    return sorted(_KINDS.values(), key=lambda kind: kind.rank)


def kind_of(record: Record | type[Record]) -> RecordKind:
    """The kind of a record or of a record model."""
    return _KINDS[record if isinstance(record, type) else type(record)]


def kind_by_slug(slug: str) -> RecordKind | None:
    """The kind that addresses write like this."""
    return next((kind for kind in _KINDS.values() if kind.slug == slug), None)


def identities_of(model: type[Model]) -> dict[str, tuple[str, ...]]:
    """``RecordKind.identities`` of a record model; empty for the model of a part."""
    return _KINDS[model].identities if model in _KINDS else {}


def names_of(model: type[Record], of: str = "") -> tuple[str, ...]:
    """The lookups to the name and the other names of a record, which a search for words looks at.

    ``of`` is the lookup that leads to the record: ``names_of(Lab, "model__lab")``.
    """
    start = f"{of}__" if of else ""
    return f"{start}name", f"{start}{kind_of(model).other_names}__name"


def citation_models() -> list[type[Citation]]:
    """The models of the citations of all kinds."""
    parts = [part for kind in _KINDS.values() for part in kind.parts.values()]
    return [part for part in parts if issubclass(part, Citation)]


def has_uncited(model: type[Record]) -> bool:
    """Whether a public record of this model has no citation. The database looks at all of them."""
    citations = model._meta.get_field("citations").related_model._default_manager.filter(record=OuterRef("pk"))
    return model._default_manager.published().exclude(Exists(citations)).exists()


def tables_with_history() -> list[type[Model]]:
    """The editions, the records and their parts: all that figures are computed from, except ``listed_relations``."""
    edition = apps.get_model("labs", "Edition")  # its module is read after this one
    return [edition, *(model for model in apps.get_models() if issubclass(model, Record | Part))]


def listed_relations() -> list[ManyToManyField]:
    """The lists of other records that are not rows of their own, such as the labs that made a commitment."""
    return [
        field
        for kind in kinds_by_rank()
        for field in kind.model._meta.many_to_many
        if field.remote_field.through._meta.auto_created
    ]


def list_name(field: ManyToManyField) -> str:
    """A list as data versions name it: ``commitments.commitment.labs``."""
    return f"{field.model._meta.label_lower}.{field.name}"


def list_pairs(field: ManyToManyField) -> list[tuple[int, int]]:
    """The pairs of a list in the database: the number of the record and that of the one in its list, in order."""
    return _pairs_query(field, field.remote_field.through._default_manager.db).rows()


@cache
def _pairs_query(field: ManyToManyField, alias: str) -> Compiled:
    owner, other = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
    pairs = field.remote_field.through._default_manager.using(alias)
    return compiled(pairs.order_by(owner, other).values_list(owner, other))
