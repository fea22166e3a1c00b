"""Make the index of the search anew, for records that something wrote past the desk and ``loaddata``."""

from typing import Any

from django.core.management.base import BaseCommand

from labs.actions.versions import rebuild_search_index
from labs.models import SearchText


class Command(BaseCommand):
    help = "Make the index of the search anew, from the public records."

    def handle(self, *_args: Any, **_options: Any) -> None:
        rebuild_search_index()
        self.stdout.write(f"{SearchText.objects.count()} texts are in the index of the search.")
