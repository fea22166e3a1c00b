"""Long files that were made once for a state of the records: on disk, until the records, the code or the day change.

A file with what rules conclude of each row costs many times as much to make as to send. It is kept compressed, so that
it takes little room and goes out to most readers as it lies there. What belongs to an older state is never found again,
and is deleted with the next file that is kept; but a file of which the next state takes lines (``labs.web.carried``)
stays until that of the same address replaces it, on the same day and with the same code.
"""

import json
import logging
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import DatabaseError

from evaltracker.web.streams import PIECE, WHOLE, Gzip, in_pieces
from labs.web.carried import State

log = logging.getLogger(__name__)

LONGEST = 1 / 4
"""How much of the room one file may take."""
LEAST_FREE = 1 << 30
"""Nothing is kept while less than this many bytes of the disk are free."""
_STATE = re.compile("[0-9a-f]{32}")
_LARGEST = 1 << 32
"""A file in gzip says of itself how long it is in four bytes (RFC 1952)."""


@dataclass(frozen=True, slots=True)
class LongAnswer:
    """A kept file: the headers of its answer, its bytes in gzip, how many they are, and how many unpacked.

    ``made_of`` is the state that its lines are of, where the next state takes lines from it.
    """

    headers: dict[str, str]
    made_of: State | None
    path: Path
    file: IO[bytes]
    packed: int
    unpacked: int

    def content(self, *, is_gzip: bool) -> "_Content":
        """Its bytes for a reader, who closes the file with it."""
        return _Content(self, is_gzip=is_gzip)


class _Content:
    def __init__(self, answer: LongAnswer, *, is_gzip: bool) -> None:
        self.close = answer.file.close
        pieces = iter(lambda: answer.file.read(PIECE), b"")
        self._pieces = pieces if is_gzip else _unpacked(answer.path, pieces)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)


def _unpacked(path: Path, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What was packed. Where it is damaged the answer breaks off, and nobody else gets it."""
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for piece in pieces:
            packed = piece
            while packed:
                yield unpack.decompress(packed, PIECE)  # no more memory for what was packed well
                packed = unpack.unconsumed_tail
        if not unpack.eof:
            raise zlib.error("it ends too early")
    except zlib.error:
        log.exception("The kept file %s is damaged. It is deleted.", path)
        path.unlink(missing_ok=True)
        raise


class LongAnswers:
    """The files of the newest state in a folder that the processes of a machine share, up to a number of bytes.

    A file has its place by a ``state`` and a ``name``. ``beside`` is the other place in which files of now may be.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self.folder, self.most = folder, most

    def get(self, state: str, name: str) -> LongAnswer | None:
        """The file that is kept under this name, opened."""
        if not self.most:
            return None
        path = self.folder / state / name
        try:
            file = path.open("rb")
        except OSError:
            return None
        try:
            headers, made_of = json.loads(file.readline())
            start = file.tell()
            end = file.seek(-4, os.SEEK_END) + 4
            unpacked = int.from_bytes(file.read(4), "little")
            file.seek(start)
            os.utime(path)  # what was asked for last is kept longest
        except (OSError, ValueError):
            file.close()
            return None
        return LongAnswer(headers, State(*made_of) if made_of else None, path, file, end - start, unpacked)

    def keeping(
        self,
        state: str,
        name: str,
        headers: dict[str, str],
        chunks: Iterable[bytes],
        is_true: Callable[[], bool],
        *,
        made_of: State | None = None,
        beside: str = "",
    ) -> Iterator[bytes]:
        """The same bytes, which are kept once the last of them is there, if it ``is_true`` then that they are of the
        state. Nothing is kept of what breaks off, nor of what is so short that it is kept as a page.
        """
        head = json.dumps([headers, made_of and [made_of.stamp, made_of.marks]])
        unfinished = self._begun(state, head)
        try:
            packed, size = Gzip(), 0
            for piece in in_pieces(chunks):
                size += len(piece)
                if unfinished is not None:
                    unfinished = self._written(unfinished, packed.add(piece), size)
                yield piece
            if unfinished is not None:
                unfinished = self._written(unfinished, packed.end(), size)
            if unfinished is not None and size > WHOLE and _holds(is_true):
                self._keep(unfinished, state, name, beside)
        finally:
            if unfinished is not None:
                self._drop(unfinished)

    def _begun(self, state: str, head: str) -> IO[bytes] | None:
        try:
            (self.folder / state).mkdir(mode=0o700, parents=True, exist_ok=True)
            if shutil.disk_usage(self.folder).free < LEAST_FREE:
                log.warning("No room to keep long answers in %s.", self.folder)
                return None
            file = tempfile.NamedTemporaryFile(dir=self.folder / state, prefix=".unfinished-", delete=False)  # noqa: SIM115
        except OSError as error:  # the answer is given all the same
            log.warning("Long answers cannot be kept: %s", error)
            return None
        return self._written(file, head.encode() + b"\n", 0)

    def _written(self, file: IO[bytes], packed: bytes, size: int) -> IO[bytes] | None:
        """The file with these bytes more; None where they do not fit. ``size`` is how many it holds, unpacked."""
        try:
            if file.tell() + len(packed) <= self.most * LONGEST and size < _LARGEST:
                file.write(packed)
                return file
        except OSError as error:
            log.warning("A long answer could not be kept: %s", error)
        self._drop(file)
        return None

    def _drop(self, file: IO[bytes]) -> None:
        with suppress(OSError):
            file.close()
        Path(file.name).unlink(missing_ok=True)

    def _keep(self, file: IO[bytes], state: str, name: str, beside: str) -> None:
        try:
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(self.folder / state / name)
            self._sweep((state, beside))
        except OSError as error:
            log.warning("A long answer could not be kept: %s", error)

    def _sweep(self, places: Collection[str]) -> None:
        """Delete what is in other places, and what nobody asked for longest where there is too much."""
        kept = []
        for folder in self.folder.iterdir():
            if folder.name in places:
                kept += [(each.stat(), each) for each in folder.iterdir()]
            elif _STATE.fullmatch(folder.name):
                shutil.rmtree(folder, ignore_errors=True)
        size = sum(stat.st_size for stat, _ in kept)
        for stat, each in sorted(kept, key=lambda found: found[0].st_mtime):
            if size <= self.most:
                break
            each.unlink(missing_ok=True)
            size -= stat.st_size


def _holds(is_true: Callable[[], bool]) -> bool:
    try:
        return is_true()
    except DatabaseError:
        return False


def long_answers() -> LongAnswers:
    """Where the settings say."""
    return LongAnswers(Path(settings.LONG_ANSWERS_DIR), settings.LONG_ANSWERS_BYTES)
