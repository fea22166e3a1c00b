"""The file that `backup` writes and `restore` reads: a zip with the database, the kept figures and a manifest.

Its last 64 characters are the SHA-256 of all bytes before them, so a file that was damaged or cut off is known before
anything of it is read.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, is_zipfile

from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone

from evaltracker.management.databases import LEFT_OUT, Content, Contents, Copy, contents, dump, load
from evaltracker.web.code_version import source_version
from labs.rules.method import METHOD_VERSION

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
FIGURES = "kept-figures"
DIGITS = 64
PIECE = 1024 * 1024

Manifest = dict[str, Any]


def write_backup(path: Path) -> Manifest:
    """Write a new file; it is there once it is whole.

    Raises CommandError where the name is taken or the file cannot be made.
    """
    if path.exists():
        raise CommandError(f"{path} is there already: a backup never replaces a file.")
    if not path.parent.is_dir():
        raise CommandError(f"{path.parent} is no folder.")
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-unfinished-", dir=path.parent) as folder:
        database = Path(folder, DATABASE[connection.vendor])
        copy = dump(database)
        # Figures that are asked for meanwhile are of a state that has a name of its own: one more does no harm.
        parts = {database.name: database, **_kept_figures()}
        manifest = _manifest(copy)
        whole = Path(folder, "whole")
        with os.fdopen(os.open(whole, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            with ZipFile(file, "w") as archive:
                for name, part in parts.items():
                    with part.open("rb") as content:
                        manifest["parts"][name] = {"bytes": part.stat().st_size, "sha256": sha256(content)}
                    kind = ZIP_STORED if name == DATABASE["postgresql"] else ZIP_DEFLATED
                    archive.write(part, name, compress_type=kind)
                archive.writestr(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False), ZIP_DEFLATED)
                archive.comment = b"0" * DIGITS
            sealed = file.seek(-DIGITS, os.SEEK_END)
            file.seek(0)
            digest = sha256(file, sealed)
            file.write(digest.encode())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(whole, path)  # unlike a rename, it replaces nothing
        except FileExistsError:
            raise CommandError(f"{path} is there already: a backup never replaces a file.") from None
    return manifest


def _manifest(copy: Copy) -> Manifest:
    return {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "database": connection.vendor,
        "data_version": copy.data_version,
        "method_version": METHOD_VERSION,
        "code_version": source_version(),
        "migrations": copy.migrations,
        "left_out": list(LEFT_OUT),
        "tables": {name: asdict(content) for name, content in copy.tables.items()},
        "parts": {},
    }


def _kept_figures() -> dict[str, Path]:
    root = Path(settings.KEPT_FIGURES_DIR)
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {f"{FIGURES}/{path.relative_to(root).as_posix()}": path for path in files}


class Backup:
    """A file whose sums are right. ``open_backup`` makes it."""

    def __init__(self, archive: ZipFile, manifest: Manifest) -> None:
        self.archive, self.manifest = archive, manifest

    @property
    def tables(self) -> Contents:
        """What each table of the database held."""
        return {name: Content(**content) for name, content in self.manifest["tables"].items()}

    def restore_database(self) -> list[str]:
        """Fill the empty database; returns the tables that are not what they were, if there are any."""
        name = DATABASE[connection.vendor]
        with tempfile.TemporaryDirectory() as folder:
            load(Path(self.archive.extract(name, folder)))
        found, wanted = contents(), self.tables
        return sorted(table for table in found.keys() | wanted.keys() if found.get(table) != wanted.get(table))

    def restore_figures(self) -> int:
        """Put the kept figures into their folder; returns how many."""
        root, count = Path(settings.KEPT_FIGURES_DIR), 0
        for name in self.manifest["parts"]:
            if name.startswith(f"{FIGURES}/"):
                path = root / PurePosixPath(name).relative_to(FIGURES)
                path.parent.mkdir(parents=True, exist_ok=True)
                with self.archive.open(name) as part, path.open("xb") as file:
                    shutil.copyfileobj(part, file)
                count += 1
        return count


@contextmanager
def open_backup(path: Path) -> Iterator[Backup]:
    """A file of `backup`, every sum of which is right.

    Raises CommandError for one that is damaged, cut off, of another kind or of another database than this one.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            digest = sha256(file, max(size - DIGITS, 0)).encode()
            if file.read() != digest or not is_zipfile(file):
                raise CommandError(f"{path} is no whole backup: its sums are not right. Nothing was touched.")
            archive = stack.enter_context(ZipFile(file))
            manifest = _checked(archive, path)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from None
        yield Backup(archive, manifest)


def _checked(archive: ZipFile, path: Path) -> Manifest:
    try:
        manifest = json.loads(archive.read(MANIFEST))
        names, parts = set(archive.namelist()) - {MANIFEST}, manifest["parts"]
        is_whole = names == set(parts) and all(_is_inside(name) for name in names)
        for name in names:
            with archive.open(name) as part:
                is_whole = is_whole and sha256(part) == parts[name]["sha256"]
        is_known, vendor = manifest["format"] == FORMAT, manifest["database"]
    except (KeyError, ValueError, TypeError):
        raise CommandError(f"{path} is no backup of this site.") from None
    if not is_whole or not is_known or DATABASE.get(vendor) not in names:
        raise CommandError(f"{path} is no backup that this code reads.")
    if vendor != connection.vendor:
        raise CommandError(
            f"{path} is of a database on {vendor}, and DATABASE_URL names one on {connection.vendor}: a backup goes "
            "back into the kind of database that it was made of."
        )
    return manifest


def _is_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not name.startswith("/") and ".." not in parts and "\\" not in name


def sha256(file: Any, most: int | None = None) -> str:
    """The SHA-256 of what is left of a file, or of its next bytes."""
    digest = hashlib.sha256()
    while piece := file.read(PIECE if most is None else min(PIECE, most)):
        digest.update(piece)
        most = None if most is None else most - len(piece)
    return digest.hexdigest()
