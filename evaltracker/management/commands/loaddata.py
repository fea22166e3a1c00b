"""Django's ``loaddata``, which raises the data version in the same transaction: the records may be others then.

It reads a record that rows refer to once.
"""

from typing import Any

from django.core.management.commands import loaddata

from evaltracker.fixtures import each_record_read_once
from labs.actions.versions import raise_data_version


class Command(loaddata.Command):
    def loaddata(self, fixture_labels: Any) -> None:
        with each_record_read_once():
            super().loaddata(fixture_labels)
        raise_data_version()
