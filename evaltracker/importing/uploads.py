"""Files that wait on the server between their preview and the person's yes."""

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core import signing
from import_export.tmp_storages import TempFolderStorage

from evaltracker.importing.problems import FileProblem

PREFIX = "evaltracker-import-"
HOURS = 24
_SALT = "evaltracker.importing.uploads"
GONE = "The file is no longer here. Choose it once more."


class UploadStorage(TempFolderStorage):
    """As the library's, under names that tell whose files they are, so that forgotten ones can be swept out."""

    def _open(self, mode: str = "r") -> Any:
        if self.name:
            return open(self.get_full_path(), mode)
        file = tempfile.NamedTemporaryFile(prefix=PREFIX, delete=False)  # noqa: SIM115 — the caller closes it
        self.name = os.path.basename(file.name)
        return file


def keep(name: str, data: bytes, person: int, kind: str) -> str:
    """Put a file aside; returns what brings it back, to the same person and for the same kind only."""
    _sweep()
    storage = UploadStorage(read_mode="rb")
    storage.save(data)
    return signing.dumps([storage.name, name, person, kind], salt=_SALT)


def kept(token: str, person: int, kind: str) -> tuple[str, bytes]:
    """Name and content of a file that was put aside. Raises FileProblem where it is not there for this person."""
    storage, name = _storage(token, person, kind)
    try:
        return name, storage.read()
    except OSError as error:
        raise FileProblem(GONE) from error


def forget(token: str, person: int, kind: str) -> None:
    """Remove a file that was put aside, if it is still there."""
    with suppress(FileProblem, OSError):
        _storage(token, person, kind)[0].remove()


def _storage(token: str, person: int, kind: str) -> tuple[UploadStorage, str]:
    try:
        stored, name, *whose = signing.loads(token, salt=_SALT, max_age=HOURS * 3600)
    except (signing.BadSignature, ValueError) as error:
        raise FileProblem(GONE) from error
    if whose != [person, kind]:
        raise FileProblem(GONE)
    return UploadStorage(name=stored, read_mode="rb"), name


def _sweep() -> None:
    """Remove files that nobody came back for."""
    oldest = time.time() - HOURS * 3600
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()
