"""Fills a database of the build in whose folder this runs: `python load.py < rows`, one JSON row a line.

It uses nothing of ours but the models, by their names, so that any build can run it. A model or field that the build
does not have is left out.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Max

BATCH = 2000


def load(rows: Iterable[dict[str, Any]]) -> None:
    """Write the rows with ``bulk_create``, all or none. They may refer to each other and to what is there already."""
    by_model: dict[type[models.Model], list[dict[str, Any]]] = defaultdict(list)
    models_by_label = {model._meta.label_lower: model for model in apps.get_models()}
    for row in rows:
        if model := models_by_label.get(row["model"]):
            by_model[model].append(row["fields"])
    keys: dict[type[models.Model], dict[str, int]] = {}
    first: dict[type[models.Model], int] = {}
    for model in apps.get_models():
        if hasattr(model, "key"):
            keys[model] = dict(model._base_manager.values_list("key", "pk"))
    for model, written in by_model.items():
        first[model] = 1 + (model._base_manager.aggregate(last=Max("pk"))["last"] or 0)
        if model in keys:
            keys[model].update((fields["key"], pk) for pk, fields in enumerate(written, first[model]))
    with transaction.atomic():
        for model, written in by_model.items():
            _write(model, written, first[model], keys)


def _write(
    model: type[models.Model],
    written: list[dict[str, Any]],
    first: int,
    keys: dict[type[models.Model], dict[str, int]],
) -> None:
    columns = {field.name: field for field in model._meta.concrete_fields}
    lists = {field.name: field for field in model._meta.many_to_many}
    made, links = [], defaultdict(list)
    for pk, fields in enumerate(written, first):
        row = model(pk=pk)
        for name, value in fields.items():
            if name in lists:
                field = lists[name]
                pks = keys[field.related_model]
                ends = (field.m2m_field_name(), field.m2m_reverse_field_name())
                through = field.remote_field.through
                links[through] += [through(**{f"{ends[0]}_id": pk, f"{ends[1]}_id": pks[key]}) for (key,) in value]
            elif name in columns and isinstance(field := columns[name], models.ForeignKey):
                setattr(row, field.attname, keys[field.related_model][value[0]] if value else None)
            elif name in columns:
                setattr(row, name, columns[name].to_python(value))
        made.append(row)
    model._base_manager.bulk_create(made, batch_size=BATCH)
    for through, each in links.items():
        through._base_manager.bulk_create(each, batch_size=BATCH)


def main() -> None:
    import django
    from django.core.management import call_command, get_commands

    django.setup()
    call_command("migrate", verbosity=0)
    load(map(json.loads, sys.stdin))
    if "rebuild_search_index" in get_commands():  # actions keep it up; they were not asked
        call_command("rebuild_search_index")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
