"""Raise the data version: the one home of what tells every process that public records have changed."""

import uuid

from django.db import transaction

from labs.models import DataVersion


@transaction.atomic
def raise_data_version() -> int:
    """Raise the data version by one, in the transaction of the change itself, and return the new number."""
    row, _ = DataVersion.objects.select_for_update().get_or_create(pk=1)
    row.number, row.stamp = row.number + 1, uuid.uuid4()
    row.save()
    return row.number
