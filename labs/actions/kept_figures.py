"""Files of figures that were made once and are kept on disk, so that they can be fetched as they were.

A kept file is bound to its name: the address, the data version with its stamp, and the version of the method. It holds
a checksum of its content; one that was damaged counts as not kept.
"""

import hashlib
import json
import logging
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)

MOST_FILES = 1000
"""So many files are kept for one data version and one version of the method."""
LEAST_FREE = 1 << 30
"""Nothing more is kept while less than this many bytes of the disk are free."""


@dataclass(frozen=True, slots=True)
class FigureName:
    """What a file of figures is of. ``address`` has the path and the parameters without the two versions.

    Files of another ``kind`` have a folder of their own.
    """

    address: str
    data_version: str
    stamp: str
    method_version: int
    kind: str = ""

    @property
    def folder(self) -> Path:
        """Where all files of the two versions are."""
        version = f"{self.data_version}-{self.stamp[:8]}"
        return Path(settings.KEPT_FIGURES_DIR) / version / f"method-{self.method_version}" / self.kind

    @property
    def path(self) -> Path:
        return self.folder / hashlib.sha256(json.dumps(self.said).encode()).hexdigest()[:40]

    @property
    def said(self) -> dict[str, str | int]:
        """What a kept file says of itself; the name of a file without a kind is older than kinds are."""
        return {name: value for name, value in asdict(self).items() if name != "kind" or value}


@dataclass(frozen=True, slots=True)
class KeptFigure:
    """A file of figures as it was sent: its name for a download, and its bytes."""

    file_name: str
    body: bytes


def read_figure(name: FigureName) -> KeptFigure | None:
    """The file that was kept under this name; None where none was, or where it was damaged."""
    try:
        head, _, body = name.path.read_bytes().partition(b"\n")
    except OSError:
        return None
    try:
        said = json.loads(head)
        is_whole = said["of"] == name.said and said["sha256"] == hashlib.sha256(body).hexdigest()
        file_name = str(said["file_name"])
    except (ValueError, TypeError, KeyError):
        is_whole = False
    if not is_whole:
        log.error("The kept file %s is damaged: remove it.", name.path)
        return None
    return KeptFigure(file_name, body)


def keep_figure(
    name: FigureName, figure: KeptFigure, most: int | None = None, *, in_place_of_oldest: bool = False
) -> bool:
    """Keep a file of figures, whole or not at all; returns whether it is kept now. The first one kept stays.

    Where there are as many as there may be, none more is kept, or the oldest goes.
    """
    head = {"of": name.said, "file_name": figure.file_name, "sha256": hashlib.sha256(figure.body).hexdigest()}
    try:
        name.folder.mkdir(parents=True, exist_ok=True)
        if name.path.exists():
            return read_figure(name) is not None
        there = list(name.folder.iterdir())
        is_full = len(there) >= (MOST_FILES if most is None else most)
        if is_full and in_place_of_oldest:
            min(there, key=lambda path: path.stat().st_mtime).unlink(missing_ok=True)
            is_full = False
        if is_full or shutil.disk_usage(name.folder).free < LEAST_FREE:
            log.warning("No room to keep %s of data version %s.", name.address.partition("?")[0], name.data_version)
            return False
        with tempfile.NamedTemporaryFile(dir=name.folder, prefix=".unfinished-", delete=False) as file:
            file.write(json.dumps(head).encode() + b"\n" + figure.body)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(name.path)
    except OSError as error:  # the answer is given all the same
        path = name.address.partition("?")[0]
        log.warning("%s of data version %s could not be kept: %s", path, name.data_version, error)
        return False
    return True
