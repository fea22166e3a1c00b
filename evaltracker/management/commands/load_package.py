"""Load a data package into an empty database, so that it holds what the package's site showed."""

import io
import zipfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from evaltracker.fixtures import has_records
from evaltracker.web.package.contents import Package, Selection
from evaltracker.web.package.files import csv_file
from evaltracker.web.package.reading import PackageProblem, read_package
from evaltracker.web.package.records import RECORD_TABLES
from evaltracker.web.package.tables import EDITIONS
from labs.actions.loading import load_public_version
from labs.models import DataVersion
from labs.queries.kept import uncommitted
from labs.rules.data_package import csv_path


class Command(BaseCommand):
    help = (
        "Loads a whole data package (/data/evaltracker-latest.zip of a site) into a database without records: the "
        "records, the editions, and the data version under its name. All or nothing. The package does not hold the "
        "histories, the list of changes, and the desk."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="such as evaltracker-2026.11.0.zip")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            body = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
        if has_records():
            raise CommandError("The database has records already. A package is loaded into an empty one.")
        try:
            loaded = read_package(body)
            with transaction.atomic():
                version = load_public_version(loaded)
                self._compare(version, body)
        except PackageProblem as problem:
            raise CommandError(f"{path.name}: {problem}") from None
        except ValidationError as error:
            raise CommandError(f"{path.name}: {' '.join(error.messages)}") from None
        count = sum(map(len, loaded.records.values()))
        self.stdout.write(f"Loaded data version {version}: {count:,} records.")

    def _compare(self, version: DataVersion, body: bytes) -> None:
        """Raise PackageProblem where the tables of the records would not go out again as they came in."""
        with uncommitted(), zipfile.ZipFile(io.BytesIO(body)) as archive:
            package = Package(version, Selection())
            for table in (*RECORD_TABLES, EDITIONS):
                if csv_file(table, table.values(package)) != archive.read(csv_path(table.name)):
                    raise PackageProblem(f"The table {table.name} would not go out again as it came in.")
