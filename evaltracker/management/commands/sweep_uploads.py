"""Delete what interrupted uploads left behind."""

from typing import Any

from django.core.management.base import BaseCommand

from labs.actions.uploads import sweep_uploads


class Command(BaseCommand):
    """Exit code: 0."""

    help = (
        "Deletes from the folder for uploads (UPLOADS_DIR) what an interrupted upload left, after an hour, and "
        "spreadsheets that nobody confirmed, after a day. Run it every night; each start of the site does the same."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = sweep_uploads()
        self.stdout.write(f"{count} {'file' if count == 1 else 'files'} deleted.")
