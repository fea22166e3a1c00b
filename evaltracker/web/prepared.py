"""What takes long to make, made before anybody asks: each file as a visitor gets it, which keeps it for all.

Which answers are kept is decided where every answer is (``evaltracker.web.public_answers``, ``kept_on_disk``): here
they are only asked for.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from evaltracker.web.counts import ANSWERED_FROM
from evaltracker.web.in_process import answered, body_pieces, connection_stays
from evaltracker.web.package.tables import TABLES
from evaltracker.web.sitemap import file_paths
from labs.queries.editions import data_version

LISTS = (".csv", ".jsonl")
"""Whole lists. JSON comes in pages, and a workbook is not kept."""
PICTURES = (".png",)
PACKAGE = ("package_zip", "package_sqlite", "package_datasette")


@dataclass(frozen=True, slots=True)
class Prepared:
    """One file: what it answered, how long that took, and whether the whole answer was there already."""

    path: str
    status: int
    size: int
    seconds: float
    was_there: bool


def addresses() -> list[str]:
    """The files that need neither a record nor parameters: of all lists, and what is kept of a data version, pictures
    and the data package.
    """
    version = data_version()
    if not version:
        return file_paths(LISTS)
    package = [reverse(name, args=[version]) for name in PACKAGE]
    tables = [reverse("package_parquet", args=[version, table.name]) for table in TABLES]
    return [*file_paths(LISTS + PICTURES), *package, *tables]


def prepare(path: str) -> Prepared:
    """Ask the site for a file, and read all of it."""
    started = time.monotonic()
    with answered(path) as served:
        size = sum(map(len, body_pieces(served.response)))
    return Prepared(
        path,
        served.response.status_code,
        size,
        time.monotonic() - started,
        getattr(served.request, ANSWERED_FROM, "") == "kept",
    )


def prepare_all() -> Iterator[Prepared]:
    """Each file, once it is there."""
    with connection_stays():
        yield from map(prepare, addresses())
