import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from evaltracker.management.backups import Backup, open_backup
from evaltracker.management.databases import is_empty
from labs.queries.migrations import migrations_known, migrations_missing


class Command(BaseCommand):
    """It checks all sums first, and afterwards that every table holds what it held."""

    help = "Puts a file of `backup` into an empty database and an empty KEPT_FIGURES_DIR, and checks what came of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        with open_backup(path) as backup:
            self._refuse_newer(backup)
            self._refuse_full()
            if differing := backup.restore_database():
                raise CommandError(
                    f"The database is not what {path} says: {', '.join(differing)} differ. Do not use it; drop it."
                )
            figures = backup.restore_figures()
            manifest = backup.manifest
            self.stdout.write(
                f"Data version {manifest['data_version']} of {manifest['made_at']}: {len(manifest['tables'])} tables "
                f"hold what they held, {figures} kept figures."
            )
        if migrations_missing():
            self.stdout.write("The backup is of older code: migrating …")
            call_command("migrate", verbosity=0)
        call_command("check_records", stdout=self.stdout)
        self.stdout.write("Nobody is signed in: sessions are left out of a backup.")

    def _refuse_newer(self, backup: Backup) -> None:
        """Raise CommandError for a database that this code does not know."""
        if newer := sorted(set(backup.manifest["migrations"]) - migrations_known()):
            raise CommandError(
                f"The backup is of newer code: this one does not know {', '.join(newer)}. Nothing was touched."
            )

    def _refuse_full(self) -> None:
        """Raise CommandError where something would be lost or mixed."""
        if not is_empty():
            raise CommandError(
                "The database that DATABASE_URL names has tables already. A backup goes into an empty one: make a new "
                "database (createdb, or another file of SQLite) and name that. Nothing was touched."
            )
        folder = settings.KEPT_FIGURES_DIR
        if os.path.isdir(folder) and os.listdir(folder):
            raise CommandError(
                f"{folder} (KEPT_FIGURES_DIR) is not empty. Move it away, or name another one. Nothing was touched."
            )
