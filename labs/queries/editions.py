"""Editions of the data, and the data versions that figures name."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.db.models import Count, QuerySet
from django.utils import timezone

from labs.choices import ProposalKind
from labs.models import DataVersion, Edition, Proposal
from labs.models.compiled import CompiledRows, compiled_rows
from labs.queries.kept import alone, past_version, records
from labs.queries.moments import end_of
from labs.queries.records import newest_version
from labs.rules.numbers import as_number


@alone(lambda: records().editions)
def editions() -> tuple[Edition, ...]:
    """The editions of the records, the newest first."""
    return tuple(_editions_query(Edition._default_manager.db).instances())


@cache
def _editions_query(alias: str) -> CompiledRows[Edition]:
    return compiled_rows(Edition.objects.using(alias))


def newest_edition() -> Edition | None:
    """The edition that the records are of; None where there is none yet."""
    return next(iter(editions()), None)


def first_edition() -> str:
    """The version of the edition with which the curated records came; empty where there is none."""
    oldest = min(editions(), key=lambda edition: (edition.complete_to, edition.version), default=None)
    return oldest.version if oldest else ""


@alone(lambda: past_version() or records().version)
def version_of_data() -> DataVersion | None:
    """The data version of the records; None where no edition gives it a name."""
    return newest_version()


def data_version() -> str:
    """The data version that every figure names, such as 2026.12.7; empty where no edition gives it a name."""
    return str(version_of_data() or "")


def data_version_made_on() -> dt.date | None:
    """The day on which that data version was made; None where there is none."""
    version = version_of_data()
    return timezone.localdate(version.made_at) if version else None


@dataclass(frozen=True, slots=True)
class VersionMade:
    """A data version for the list of all: how many changes it made public, and of few, which."""

    version: DataVersion
    count: int
    changes: tuple[str, ...]


NAMED = 3


def versions_listed(day: dt.date) -> QuerySet[DataVersion]:
    """The data versions that were made up to the end of the day, the newest first."""
    made = DataVersion.objects.filter(made_at__lt=end_of(day))
    if (past := past_version()) is not None:
        made = made.filter(pk__lte=past.pk)
    return (
        made.select_related("edition").defer("marks", "lists").annotate(change_count=Count("changes")).order_by("-pk")
    )


def versions_made(versions: Iterable[DataVersion]) -> list[VersionMade]:
    """These versions with what changed, in one query."""
    versions = list(versions)
    few = [version.pk for version in versions if version.change_count <= NAMED]
    names = defaultdict(list)
    changes = Proposal.objects.filter(data_version__in=few).order_by("decided_at", "pk")
    for pk, kind, name in changes.values_list("data_version", "kind", "record_name"):
        names[pk].append(f"{name} ({ProposalKind(kind).label})")
    return [VersionMade(each, each.change_count, tuple(names[each.pk])) for each in versions]


def find_data_version(text: str) -> DataVersion | None:
    """The data version of this name, with what it keeps of the records; None where there is none."""
    edition, _, number = text.rpartition(".")
    found = as_number(number)
    if found is None or str(found) != number or not edition.isprintable():  # 2026.12.07 is no name; nor is a NUL
        return None
    return DataVersion.objects.select_related("edition").filter(edition__version=edition, number=found).first()
