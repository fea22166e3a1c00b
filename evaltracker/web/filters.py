"""The filters of the site's own lists: the labs, and the public changes.

Do not change their names and values: people cite addresses that contain them.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import django_filters
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Count, Model, Q, QuerySet

from labs.choices import Country, ProposalKind, RecordStatus
from labs.models import Lab, Record
from labs.models.registry import kind_by_slug, names_of, record_kinds
from labs.queries.changes import concerns, is_about, is_called
from labs.queries.editions import data_version, find_data_version
from labs.queries.kept import records
from labs.web.facets import Facet, FacetedFilterSet, Selection, TermFacet, TextSearch
from labs.web.filters import day_filter


class LabFilter(FacetedFilterSet):
    q = TextSearch(*names_of(Lab), help_text="words in the name or another name")
    country = TermFacet("country", Country, label="Country")


def _content_type(model: type[Record]) -> ContentType:
    return ContentType.objects.get_for_model(model)


class RecordKindFacet(Facet):
    """A facet on the kind of record that changed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("content_type", **kwargs)

    def prepare(self, _queryset: QuerySet) -> None:
        self.extra["choices"] = [(kind.slug, kind.label) for kind in record_kinds()]

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        return super().filter(qs, [_content_type(kind.model).pk for kind in record_kinds() if kind.slug in value])

    def by_choice(self, by_value: Mapping[int, int]) -> dict[str, int]:
        return {kind.slug: by_value.get(_content_type(kind.model).pk, 0) for kind in record_kinds()}


class LabOfChangeFacet(Facet):
    """A facet on the lab of the record that changed: the lab itself, its releases, events, promises, sources, replies.

    A record belongs to the lab that it has today. A lab that was merged into another is found under both keys.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("record_key", widget=Selection, **kwargs)

    def prepare(self, _queryset: QuerySet) -> None:
        public = Lab.objects.filter(status__in=[RecordStatus.PUBLISHED.value, RecordStatus.WITHDRAWN.value])
        self.extra["choices"] = list(public.order_by("name").values_list("key", "name"))

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        return qs.filter(concerns(Lab, value)) if value else qs

    def has_one_value(self, _model: type[Model]) -> bool:
        return False

    def counts(self, qs: QuerySet) -> dict[str, int]:
        found = qs.order_by().values_list("content_type", "object_id").annotate(count=Count("pk"))
        changes = {(type_pk, pk): count for type_pk, pk, count in found}
        counts: dict[str, int] = defaultdict(int)
        for kind in record_kinds():
            if not kind.lab_paths:
                continue
            content_type, found = _content_type(kind.model), records()[kind.model].by_pk
            for (type_pk, pk), count in changes.items():
                if type_pk == content_type.pk and pk in found:
                    for key in kind.lab_keys(found[pk]):
                        counts[key] += count
        kinds = [ProposalKind.MERGE.value, ProposalKind.UNMERGE.value]
        mergers = qs.filter(content_type=_content_type(Lab), kind__in=kinds).order_by()
        for after in mergers.values_list("after", flat=True):
            counts[after.get("into") or after.get("again", "")] += 1
        return counts


class YesOrNoFacet(Facet):
    """A facet on a field that is true or false."""

    CHOICES = {"yes": True, "no": False}

    def __init__(self, column: str, **kwargs: Any) -> None:
        super().__init__(column, choices=[(each, each) for each in self.CHOICES], **kwargs)

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        return super().filter(qs, [self.CHOICES[each] for each in value])

    def choices_of(self, value: bool) -> tuple[str]:
        return ("yes" if value else "no",)


def _refuse_what_names_no_record(text: str) -> None:
    slug, _, key = text.partition(":")
    if kind_by_slug(slug) is None or not key:
        kinds = ", ".join(kind.slug for kind in record_kinds())
        raise ValidationError(f"Write the kind of record, a colon and its key. The kinds are {kinds}.")


class OneRecord(django_filters.CharFilter):
    """The changes of one record: ``access-event:gpt-4-metr``. A merged record keeps its own changes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="One record",
            help_text="its kind and key, such as access-event:gpt-4-metr",
            max_length=200,
            validators=[_refuse_what_names_no_record],
            **kwargs,
        )

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        if not value:
            return qs
        slug, _, key = value.partition(":")
        kind = kind_by_slug(slug)
        return qs.filter(is_about(kind.model, key)) if kind else qs.none()


def _refuse_unknown_version(text: str) -> None:
    if find_data_version(text) is None:
        newest = data_version()
        sentence = f"The newest is {newest}; /data/versions/ lists all." if newest else "There is none yet."
        raise ValidationError(f"There is no such data version. {sentence}")


class OneVersion(django_filters.CharFilter):
    """The changes with which a data version was made: ``2026.12.7``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="One data version",
            help_text="such as 2026.12.0",
            max_length=40,
            validators=[_refuse_unknown_version],
            **kwargs,
        )

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        return qs.filter(data_version=find_data_version(value)) if value else qs


class ChangeSearch(TextSearch):
    """A search for words in the changes, and in all names of the records, which they may have got later."""

    def matching(self, word: str) -> Q:
        return super().matching(word) | is_called(word)


class ChangeFilter(FacetedFilterSet):
    """The filters of the public changes."""

    q = ChangeSearch(
        "record_name", "record_key", "reason", "reasons", help_text="words in the record's name or in the reason"
    )
    kind = RecordKindFacet(label="Kind of record")
    change = TermFacet("kind", ProposalKind, label="Kind of change")
    correction = YesOrNoFacet("is_correction", label="Corrects an error of ours")
    lab = LabOfChangeFacet(label="Lab")
    recorded_from = day_filter("decided_at", "date__gte", "Recorded from")
    recorded_to = day_filter("decided_at", "date__lte", "Recorded up to")
    record = OneRecord()
    version = OneVersion()


class CorrectionFilter(ChangeFilter):
    """The same filters for the corrections, which are one kind of change."""

    change = None
    correction = None
