import logging
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from evaltracker.web.frozen import Changed, freeze

TOLD_EACH = 5.0


class Command(BaseCommand):
    """The folder is there once it is whole."""

    help = (
        "Writes the public site with its files into a folder, for an archive or a content-delivery network. Its links "
        "hold without a server too; what needs one leads to SITE_URL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="one that is not there, or is empty")
        parser.add_argument(
            "--alone",
            action="store_true",
            help="for when the living site is gone: what needs one leads to a page of the copy that says so",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is not empty: the site is written into a new folder.")
        if not folder.parent.is_dir():
            raise CommandError(f"{folder.parent} is no folder.")
        logging.getLogger("evaltracker.web.request_log").setLevel(logging.WARNING)
        self.started = self.told = time.monotonic()
        try:
            with tempfile.TemporaryDirectory(prefix=f".{folder.name}-unfinished-", dir=folder.parent) as unfinished:
                whole = Path(unfinished, "site")
                whole.mkdir()
                frozen = freeze(whole, self._tell, is_alone=options["alone"])
                said = f"{len(frozen.files)} files, {frozen.size / 1_000_000:.1f} MB"
                if folder.exists():
                    folder.rmdir()
                whole.rename(folder)
        except Changed:
            raise CommandError("The record or the day changed meanwhile. Nothing was written; try again.") from None
        except OSError as error:
            raise CommandError(f"{folder} could not be written: {error}") from None
        self.stdout.write(f"{folder}: {said}, in {time.monotonic() - self.started:.0f} seconds.")
        for path, status in sorted(frozen.left_out.items()):
            where = "a page that says that it is not here" if options["alone"] else "the living site"
            self.stdout.write(f"{path} answers {status} and leads to {where}.")

    def _tell(self, done: int, known: int) -> None:
        if time.monotonic() - self.told >= TOLD_EACH:
            self.told = time.monotonic()
            self.stdout.write(f"{done} of {known} addresses so far …")
            self.stdout.flush()
