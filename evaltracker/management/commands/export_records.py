"""Export the public records into files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaltracker.exporting.records import FORMATS, write_all
from evaltracker.importing.kinds import KINDS
from labs.actions.sheets import FileProblem
from labs.queries.kept import one_version

USAGE = 2


class Command(BaseCommand):
    """Exit codes: 0 done; 2 wrong use, or a folder that cannot be written to."""

    help = (
        "Writes the public records as known today into a folder, one file for each kind: as JSON in the format of the "
        "curated data, or as CSV or XLSX with the columns of the public tables. import_records reads all of them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder to write to; created if it does not exist")
        parser.add_argument("--format", choices=sorted(FORMATS), default="json", help="default: json")
        parser.add_argument("--kind", choices=[kind.name for kind in KINDS], action="append", help="only this kind")
        parser.add_argument("--overwrite", action="store_true", help="also if the folder is not empty")

    @one_version()
    def handle(self, *_args: Any, **options: Any) -> None:
        kinds = [kind for kind in KINDS if not options["kind"] or kind.name in options["kind"]]
        folder, is_overwrite = options["folder"], options["overwrite"]
        try:
            for path, size in write_all(folder, options["format"], kinds, is_overwrite=is_overwrite):
                self.stdout.write(f"{path} ({size:,} bytes)")
        except FileProblem as problem:
            raise CommandError(str(problem), returncode=USAGE) from problem
