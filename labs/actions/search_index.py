"""Keep the index of the search: it has the texts of all public records, and of nothing else.

It is brought up to date from the histories, in the transaction of the change itself: every record of which a row, or a
source that it cites, was saved since. So it does not matter by which way a record became public, changed or went.
"""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from labs.models import Citation, Record, SearchText, Source
from labs.models.marks import Marks, changed_since, marks_now
from labs.models.registry import kind_of, record_kinds
from labs.models.search import search_row, texts_of

ROWS_AT_ONCE = 500


def update_index(before: Marks) -> Marks:
    """Index again what was saved since these marks, all without any; returns the marks of now.

    ``labs.actions.versions`` calls it with every change of what pages show.
    """
    marks = marks_now()
    if before:
        for model, records in changed_since(before, marks).items():
            _index(model, records)
    else:
        rebuild_index()
    return marks


def rebuild_index() -> None:
    """Make the index of all public records anew."""
    SearchText.objects.all().delete()
    for kind in record_kinds():
        _add(kind.model, kind.model._default_manager.values_list("pk", flat=True))


def _index(model: type[Record], records: Collection[int]) -> None:
    for some in _in_batches(records):
        SearchText.objects.filter(kind=kind_of(model).slug, record__in=some).delete()
    _add(model, records)


def _add(model: type[Record], records: Iterable[int]) -> None:
    """Add the texts of those that are public."""
    for some in _in_batches(records):
        public = _with_parts(model._default_manager.published().filter(pk__in=some))
        rows = [search_row(text) for record in public for text in texts_of(record)]
        SearchText.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def _in_batches(records: Iterable[int]) -> Iterable[list[int]]:
    numbers = sorted(records)
    return (numbers[start : start + ROWS_AT_ONCE] for start in range(0, len(numbers), ROWS_AT_ONCE))


def _with_parts(records: QuerySet) -> QuerySet:
    """With all that their texts are read from, in a few queries."""
    kind = kind_of(records.model)
    relations = {path.partition("__")[0] for path in kind.searched if "__" in path}
    names = [f"{name}__source" if issubclass(kind.parts[name], Citation) else name for name in sorted(relations)]
    has_source = any(field.related_model is Source for field in kind.model._meta.concrete_fields)
    records = records.order_by("pk").prefetch_related(*names)
    return records.select_related("source") if has_source else records
