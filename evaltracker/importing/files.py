"""Files and folders of records on disk."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from evaltracker.importing import formats
from evaltracker.importing.kinds import KINDS, FileKind, kind_by_file_name
from evaltracker.importing.problems import FileProblem
from evaltracker.importing.tables import Table

ENDINGS = tuple(f".{ending}" for ending in formats.FORMATS)


def open_files(path: Path, kind: FileKind | None = None) -> list[tuple[FileKind, Table]]:
    """Read a file, or all .csv, .xlsx and .json files of a folder. The name of a file says its kind.

    Raises FileProblem, which names the file.
    """
    if not path.exists():
        raise FileProblem(f"There is no {path}.")
    if kind is not None and path.is_dir():
        raise FileProblem("The kind of a folder's files follows from their names: name one file, or leave it out.")
    files = _files(path) if path.is_dir() else [path]
    found: dict[FileKind, Path] = {}
    for file in files:
        each = kind or kind_by_file_name(file.stem)
        if each is None:
            names = ", ".join(other.name for other in KINDS)
            raise FileProblem(f"{file.name}: the name does not tell what it holds. Name it after one of: {names}.")
        if each in found:
            raise FileProblem(f"{found[each].name} and {file.name} both hold {each.name}: leave one of them out.")
        found[each] = file
    return [(each, read_file(file, each)) for each, file in found.items()]


def _files(folder: Path) -> list[Path]:
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix.casefold() in ENDINGS]
    if not files:
        raise FileProblem(f"There is no {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]} file in {folder}.")
    return files


def read_file(path: Path, kind: FileKind) -> Table:
    """The rows of one file. Raises FileProblem, which names it."""
    try:
        return formats.read(path.name, path.read_bytes(), kind, formats.SHELL)
    except OSError as error:
        raise FileProblem(f"{path.name} cannot be read: {error.strerror}.") from error
    except FileProblem as problem:
        raise FileProblem(f"{path.name}: {problem}") from problem


def write_all(
    folder: Path, ending: str, kinds: Sequence[FileKind], *, is_overwrite: bool
) -> Iterator[tuple[Path, int]]:
    """Write the public records of these kinds into a folder, one file each; yields each file and its size in bytes.

    A file is written completely or not at all. Raises FileProblem if the folder is not empty, unless
    ``is_overwrite``.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not is_overwrite:
            raise FileProblem(f"{folder} is not empty. Name a new folder, or allow it with --overwrite.")
        for kind in kinds:
            path = folder / f"{kind.name}.{ending}"
            data = formats.export(kind, ending)
            _write(path, data)
            yield path, len(data)
    except OSError as error:
        raise FileProblem(f"{error.filename or folder}: {error.strerror}.") from error


def _write(path: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
