from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labs.queries.consistency import broken_records
from labs.queries.snapshots import one_snapshot


class Command(BaseCommand):
    """Run it every night, and after a database was restored. It changes nothing; people may work meanwhile."""

    help = "Check what must hold between records, such as that public ones refer to public ones; fails if it does not."

    def handle(self, *_args: Any, **_options: Any) -> None:
        with one_snapshot():
            found = broken_records(is_thorough=True)
        for broken in found:
            self.stdout.write(broken.sentence)
        if found:
            raise CommandError(f"{len(found)} things do not hold.")
        self.stdout.write("All holds.")
