"""Django's ``dumpdata``, for records alone: what the desk makes names rows by numbers, which are others elsewhere."""

from typing import Any

from django.core.management import CommandError
from django.core.management.commands import dumpdata

from labs.models import Edition
from labs.models.registry import record_kinds

INSTEAD = (
    "Proposals, histories and notices name rows by numbers, which are others after `loaddata`: they would be restored "
    "wrong, without a word. To copy the database: manage.py backup FILE. To give away the public records: the data "
    "package of /data/."
)


class Command(dumpdata.Command):
    help = "Writes records that are named one by one, for files such as those in fixtures/. To copy all: backup."

    def handle(self, *app_labels: str, **options: Any) -> None:
        refused = sorted({label for label in app_labels if label.lower() not in tables()})
        if refused or not app_labels:
            raise CommandError(f"dumpdata does not write {', '.join(refused) or 'all tables'}. {INSTEAD}")
        if not (options["use_natural_foreign_keys"] and options["use_natural_primary_keys"]):
            raise CommandError("Records are named by their keys: add --natural-foreign --natural-primary.")
        super().handle(*app_labels, **options)


def tables() -> set[str]:
    """The tables that a file can name without a number: records, their parts, editions."""
    models = {Edition}
    for kind in record_kinds():
        models |= {kind.model, *kind.parts.values()}
    return {model._meta.label_lower for model in models}
