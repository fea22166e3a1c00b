"""The site's own folder for uploaded files, and what is left there.

Django writes a large file there while it is read; spreadsheets wait there between preview and confirmation. A request
that breaks off, or a process that is killed, leaves its file behind.
"""

import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

PREFIX = "evaltracker-import-"
"""How names of spreadsheets begin that wait for a person."""
HOURS = 24
"""For so long they wait."""
HOURS_OF_AN_UPLOAD = 1
"""No request takes so long."""


def uploads_folder() -> Path:
    """The folder, made if it is not there; nobody else on the machine may read it."""
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def sweep_uploads() -> int:
    """Delete what interrupted uploads left, and what nobody confirmed; returns how many files that were."""
    count, now = 0, time.time()
    for path in uploads_folder().iterdir():
        hours = HOURS if path.name.startswith(PREFIX) else HOURS_OF_AN_UPLOAD
        with suppress(OSError):  # another process deleted it
            if path.is_file() and path.stat().st_mtime < now - hours * 3600:
                path.unlink()
                count += 1
    return count
