"""Django's ``loaddata``, which raises the data version in the same transaction: the records may be others then."""

from typing import Any

from django.core.management.commands import loaddata

from labs.actions.versions import raise_data_version


class Command(loaddata.Command):
    def loaddata(self, fixture_labels: Any) -> None:
        super().loaddata(fixture_labels)
        raise_data_version()
