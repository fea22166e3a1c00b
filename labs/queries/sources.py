"""Sources and all that rests on them."""

import datetime as dt

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Least

from labs.choices import RecordStatus
from labs.models import AccessEventCitation, Citation, Lab, Source
from labs.models.registry import citation_models


def sources_listed(day: dt.date, is_past: bool) -> QuerySet[Source]:
    """The published sources that were public by the day, with the number of quotes of theirs that records rest on."""
    sources = Source.objects.as_of(day) if is_past else Source.objects.published()
    counts = sum(
        (
            Count(relation, filter=Q(**{f"{relation}__record__status": RecordStatus.PUBLISHED.value}), distinct=True)
            for relation in citation_relations().values()
        ),
        start=Count("pk", distinct=True),
    )
    return sources.select_related("lab", "evaluator").annotate(quote_count=counts - Count("pk", distinct=True))


def citation_relations() -> dict[type[Citation], str]:
    """Each kind of citation and the name under which a source finds its own, whichever app it belongs to."""
    return {model: model._meta.get_field("source").remote_field.get_accessor_name() for model in citation_models()}


def citations_of(source: Source) -> list[tuple[str, list[Citation]]]:
    """All that rests on a source: for each kind of record its plural name and the citations, by record."""
    groups = []
    for kind, relation in citation_relations().items():
        related = ["record"] if kind is not AccessEventCitation else ["record__lab", "record__model"]
        citations = (
            getattr(source, relation)
            .filter(record__status=RecordStatus.PUBLISHED.value)
            .select_related("source__lab", "source__evaluator", *related)
            .order_by("record", "pk")
        )
        if found := list(citations):
            groups.append((str(kind._meta.get_field("record").related_model._meta.verbose_name_plural), found))
    return groups


def own_source_count(lab: Lab, day: dt.date, is_past: bool) -> int:
    """How many sources are the lab's own word; the same number as above the list of sources."""
    return sources_listed(day, is_past).filter(lab=lab).count()


def newest_sources(day: dt.date, is_past: bool, count: int) -> list[Source]:
    """The dated sources that became public last (methodology, section 2), the newest first."""
    dated = sources_listed(day, is_past).exclude(published_on="")
    return list(dated.annotate(public_on=Least("published_on_latest", "read_on")).order_by("-public_on", "key")[:count])
