"""Sources, and the records that cite them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from labs.choices import RecordStatus
from labs.models import Citation, Lab, Record, Source
from labs.models.registry import citation_models
from labs.queries.facts import source_facts
from labs.queries.kept import MadeWhenAsked, kept, records
from labs.queries.rows import related_rows
from labs.rules.as_of import public_on
from labs.rules.key_sharing import key_sharing


@cache
def citation_relations() -> Mapping[type[Citation], str]:
    """Each citation model, and the name of the relation from a source to its citations, in both apps."""
    return {model: model._meta.get_field("source").remote_field.get_accessor_name() for model in citation_models()}


@key_sharing
@dataclass(frozen=True)
class SourceAsOf:
    """A source with all that public records quote from it, on whichever day."""

    record: Source

    @property
    def key(self) -> str:
        return self.record.key

    @cached_property
    def citations(self) -> list[tuple[str, list[Citation]]]:
        """The quotes from this source by kind of record: its plural name, and the quotes ordered by record."""
        groups = []
        for model, relation in citation_relations().items():
            record = model._meta.get_field("record").related_model
            found = [each for each in related_rows(self.record, relation) if _is_public(each.record)]
            if found:
                places = _places(record)
                found.sort(key=lambda citation: (places[citation.record_id], citation.pk))
                groups.append((str(record._meta.verbose_name_plural), found))
        return groups

    @cached_property
    def quote_count(self) -> int:
        """How many quotes of public records are from it."""
        relations = citation_relations().values()
        return sum(_is_public(each.record) for name in relations for each in related_rows(self.record, name))


@kept(most=8)
def _places(model: type[Record]) -> Mapping[int, int]:
    """The place of each public record of a model in their usual order, by primary key."""
    return {record.pk: place for place, record in enumerate(records()[model].published)}


def _is_public(record: Record) -> bool:
    return record.status == RecordStatus.PUBLISHED


@kept(most=1)
def sources_by_key() -> Mapping[str, SourceAsOf]:
    """The published sources by key, whenever they became public."""
    return MadeWhenAsked(records()[Source].by_key, SourceAsOf)


def sources_as_of(day: dt.date) -> Mapping[str, SourceAsOf]:
    """The published sources that were public by the day, by key (methodology, section 2)."""
    public = source_facts()
    return {source.key: source for source in sources_by_key().values() if public_on(public[source.record.pk]) <= day}


def sources_known(day: dt.date, is_past: bool) -> Iterable[SourceAsOf]:
    """The published sources that were public by the day; today's also those of which no day says since when."""
    return (sources_as_of(day) if is_past else sources_by_key()).values()


def own_source_count(lab: Lab, day: dt.date, is_past: bool) -> int:
    """How many sources belong to the lab; the same number as above the list of sources."""
    return sum(
        _is_public(source) and (not is_past or public_on(source_facts()[source.pk]) <= day)
        for source in lab.sources.all()
    )
