"""Up to where each history goes at a moment, and which records changed since."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache

from django.db.models import CharField, Max, QuerySet, Value

from labs.models.base import Citation, Part, Record
from labs.models.compiled import Compiled, compiled
from labs.models.registry import tables_with_history
from labs.models.sources import Source

Marks = Mapping[str, int]
"""The number of the newest row in the history of each table: ``{"labs.lab": 31}``."""


def marks_now() -> Marks:
    """The marks as they are now. One query for all tables."""
    found = dict(_marks_query(Source._default_manager.db).rows())
    return {model._meta.label_lower: found.get(model._meta.label_lower) or 0 for model in tables_with_history()}


@cache
def _marks_query(alias: str) -> Compiled:
    newest = [
        model.history.model._base_manager.using(alias)
        .order_by()
        .values(table=Value(model._meta.label_lower, output_field=CharField()))
        .annotate(newest=Max("history_id"))
        .values_list("table", "newest")
        for model in tables_with_history()
    ]
    return compiled(newest[0].union(*newest[1:], all=True))


def changed_since(before: Marks, marks: Marks) -> Mapping[type[Record], set[int]]:
    """The records, by primary key, of which a row or a source that they cite was saved after ``before``.

    ``marks`` are those of now. A part that went from one record to another has changed both.
    """
    found: defaultdict[type[Record], set[int]] = defaultdict(set)
    for model in tables_with_history():
        label = model._meta.label_lower
        if label in marks and marks[label] <= before.get(label, 0):  # a new table has no mark yet
            continue
        history = model.history.model._base_manager
        saves = history.filter(history_id__gt=before.get(label, 0))
        if issubclass(model, Part):
            whole = model._meta.get_field(model.record_field)
            of_all_times = history.filter(id__in=saves.values("id"))
            found[whole.related_model].update(of_all_times.order_by().values_list(whole.attname, flat=True).distinct())
        elif issubclass(model, Record):
            found[model].update(saves.values_list("id", flat=True))
    if found[Source]:
        for model, records in _citing(found[Source]):
            found[model].update(records)
    return found


def _citing(sources: Collection[int]) -> Iterable[tuple[type[Record], QuerySet]]:
    for relation in Source._meta.related_objects:
        model, name = relation.related_model, relation.field.attname
        rows = model._default_manager.filter(**{f"{name}__in": sources})
        if issubclass(model, Citation):
            whole = model._meta.get_field(model.record_field)
            yield whole.related_model, rows.values_list(whole.attname, flat=True)
        elif issubclass(model, Record):
            yield model, rows.values_list("pk", flat=True)
