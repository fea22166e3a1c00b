"""Uploaded files, stored between preview and confirmation."""

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
GONE = "The file is no longer here. Choose it again."


class UploadStorage(TempFolderStorage):
    """The library's storage with our file-name prefix, so that old files can be removed."""

    def _open(self, mode: str = "r") -> Any:
        if self.name:
            return open(self.get_full_path(), mode)
        file = tempfile.NamedTemporaryFile(prefix=PREFIX, delete=False)  # noqa: SIM115 — the caller closes it
        self.name = os.path.basename(file.name)
        return file


def store_upload(name: str, data: bytes, person: int, kind: str) -> str:
    """Store a file; returns the token to read it, for the same person and kind only."""
    _sweep()
    storage = UploadStorage(read_mode="rb")
    storage.save(data)
    return signing.dumps([storage.name, name, person, kind], salt=_SALT)


def read_upload(token: str, person: int, kind: str) -> tuple[str, bytes]:
    """Name and content of a stored file. Raises FileProblem if this person has no such file."""
    storage, name = _storage(token, person, kind)
    try:
        return name, storage.read()
    except OSError as error:
        raise FileProblem(GONE) from error


def delete_upload(token: str, person: int, kind: str) -> None:
    """Delete a stored file if it exists."""
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
    """Delete old files that nobody confirmed."""
    oldest = time.time() - HOURS * 3600
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()
