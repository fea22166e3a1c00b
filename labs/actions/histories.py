"""Complete the histories of tables: rows that fixtures and migrations write leave no trace there by themselves."""

from django.db import connection, models
from django.db.models import Max
from django.utils import timezone

from labs.models.registry import tables_with_history
from labs.models.versions import LOADED


def complete_histories() -> bool:
    """Add a row to the history of each table for every row whose newest state it lacks; returns whether there
    were any.

    The rows name nobody: what was loaded, nobody at the desk wrote.
    """
    return sum(_complete(model) for model in tables_with_history()) > 0


def _complete(model: type[models.Model]) -> int:
    past = model.history.model
    names = [field.attname for field in model._meta.concrete_fields]
    newest = past.objects.values("id").annotate(newest=Max("history_id")).values("newest")
    recorded = {values[0]: values for values in past.objects.filter(pk__in=newest).values_list("id", *names)}
    recorded = {pk: values[1:] for pk, values in recorded.items()}
    if not recorded:
        return _add_all(model)
    now = timezone.now()
    rows = [
        past(
            history_date=now,
            history_type="~" if values[0] in recorded else "+",
            history_change_reason=LOADED,
            **dict(zip(names, values[1:], strict=True)),
        )
        for values in model._default_manager.order_by("pk").values_list("pk", *names)
        if recorded.get(values[0]) != values[1:]
    ]
    past.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _add_all(model: type[models.Model]) -> int:
    """Copy a whole table into its empty history, in one statement."""
    past, quoted = model.history.model._meta, connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in model._meta.concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quoted(past.db_table)} ({columns}, history_date, history_type, history_change_reason) "  # noqa: S608
            f"SELECT {columns}, %s, '+', %s FROM {quoted(model._meta.db_table)} ORDER BY id",
            [connection.ops.adapt_datetimefield_value(timezone.now()), LOADED],
        )
        return cursor.rowcount
