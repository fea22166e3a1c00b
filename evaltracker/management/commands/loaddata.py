"""Django's ``loaddata``, which in the same transaction writes the histories and the data version, as the desk does.

It reads a record that rows refer to once.
"""

from typing import Any

from django.core.management.commands import loaddata

from evaltracker.fixtures import each_record_read_once
from labs.actions.histories import complete_histories
from labs.actions.versions import lock_versions, raise_data_version


class Command(loaddata.Command):
    def loaddata(self, fixture_labels: Any) -> None:
        lock_versions()
        complete_histories()  # what moved no figure and left no trace is no change of this file
        with each_record_read_once():
            super().loaddata(fixture_labels)
        is_changed = complete_histories()
        raise_data_version("Records were loaded from files." if is_changed else "", is_told=False)
