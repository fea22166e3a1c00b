"""The published columns of each public file, in their order: they stay, and a rename is a change to list."""

from pathlib import Path


def _read() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    file = ""
    for line in Path(__file__).with_name("published_columns.txt").read_text().splitlines():
        if line.startswith(" "):
            found[file] += line.split()
        else:
            file = line.removesuffix(".csv")
            found[file] = []
    return found


PUBLISHED = _read()


def header(file: str) -> str:
    """The first line of a file with all its columns."""
    return ",".join([f'"{name}"' for name in PUBLISHED[file]]) + "\r\n"
