from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from evaltracker.management.backups import write_backup


class Command(BaseCommand):
    """People may work meanwhile: the file is of the one moment at which it was begun."""

    help = (
        "Writes the whole database and the kept figures into one new file, with a manifest and sums. "
        "`restore` puts it back into an empty database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help="a name that is not taken; in a folder the moment becomes the file's name"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if path.is_dir():
            path /= f"evaltracker-{timezone.now():%Y-%m-%dT%H%M%SZ}.backup"
        try:
            manifest = write_backup(path)
        except OSError as error:
            raise CommandError(f"{path} could not be written: {error}") from None
        rows = sum(each["rows"] for each in manifest["tables"].values())
        self.stdout.write(
            f"{path}: data version {manifest['data_version']}, {rows} rows in {len(manifest['tables'])} tables, "
            f"{len(manifest['parts']) - 1} kept figures, {path.stat().st_size} bytes."
        )
