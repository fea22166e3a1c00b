"""Uploaded files, stored between preview and confirmation."""

import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from django.core import signing

from labs.actions.sheets import FileProblem
from labs.actions.uploads import HOURS, PREFIX, sweep_uploads, uploads_folder

_SALT = "evaltracker.admin.uploads"
GONE = "The file is no longer here. Choose it again."
NamedFiles = Sequence[tuple[str, bytes]]


def store_upload(files: NamedFiles, person: int, kind: str) -> str:
    """Store files with their names; returns the token to read them, for the same person and kind only."""
    sweep_uploads()
    file = tempfile.NamedTemporaryFile(prefix=PREFIX, dir=uploads_folder(), delete=False)  # noqa: SIM115
    with file as stored, zipfile.ZipFile(stored, "w") as archive:
        for place, (name, data) in enumerate(files):
            archive.writestr(f"{place}/{name}", data)
    return signing.dumps(Path(stored.name).name, salt=f"{_SALT}:{person}:{kind}")


def read_upload(token: str, person: int, kind: str) -> list[tuple[str, bytes]]:
    """Names and contents of stored files. Raises FileProblem if this person has none such."""
    try:
        with zipfile.ZipFile(_stored(token, person, kind)) as archive:
            return [(each.partition("/")[2], archive.read(each)) for each in archive.namelist()]
    except (OSError, zipfile.BadZipFile) as error:
        raise FileProblem(GONE) from error


def delete_upload(token: str, person: int, kind: str) -> None:
    """Delete stored files if they exist."""
    with suppress(FileProblem, OSError):
        _stored(token, person, kind).unlink()


def _stored(token: str, person: int, kind: str) -> Path:
    try:
        return uploads_folder() / signing.loads(token, salt=f"{_SALT}:{person}:{kind}", max_age=HOURS * 3600)
    except signing.BadSignature as error:
        raise FileProblem(GONE) from error
