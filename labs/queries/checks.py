"""Who last checked a record against its sources, when, and when the next check is due."""

import datetime as dt
from dataclasses import dataclass

from labs.models import AccessEvent, AIModel, Record, Source
from labs.models.registry import kind_of, record_kinds
from labs.queries.editions import newest_edition
from labs.queries.kept import kept, records
from labs.rules.checks import next_check
from labs.rules.sentences import checked_words

ROLE = "an editor"


@dataclass(frozen=True, slots=True)
class Check:
    """The last check of a record. ``by`` is a role, with a name only where the person agreed to be shown."""

    checked_on: dt.date | None
    by: str
    read_on: dt.date | None  # the last day on which one of its sources was read; counts where nobody checked it
    due_on: dt.date

    @property
    def is_named(self) -> bool:
        """Whether the person agreed to be shown by name."""
        return self.by != ROLE


def check_of(record: Record, day: dt.date) -> Check:
    """The last check of a record, and when the next one is due as of the day."""
    read_on = last_read_on(record)
    looked_on = record.checked_on or read_on
    return Check(
        record.checked_on,
        public_name(record.checked_by),
        read_on,
        next_check(looked_on, latest_release_day(record), day),
    )


@kept(most=1)
def checked_sentence() -> str:
    """With which edition the records came in, and how many a second person has checked since; "" without an edition."""
    edition = newest_edition()
    if edition is None:
        return ""
    counts = checked_counts()
    return checked_words(edition.version, sum(each.checked for each in counts), sum(each.public for each in counts))


@dataclass(frozen=True, slots=True)
class CheckedCount:
    """Of one kind of record, how many are public, and how many of them a second person has checked."""

    kind: str
    public: int
    checked: int


@kept(most=1)
def checked_counts() -> tuple[CheckedCount, ...]:
    """The counts of each kind of record that has any, in their usual order."""
    found = []
    for kind in record_kinds():
        of_kind = records()[kind.model]
        name = str(kind.model._meta.verbose_name_plural)
        found.append(CheckedCount(name, len(of_kind.published), of_kind.checked_count))
    return tuple(each for each in found if each.public)


def public_name(person: object) -> str:
    """How pages show a person at the desk: by role, and by name only where they agreed."""
    signature = getattr(person, "signature", None)
    return by_name(signature.name) if signature else ROLE


def by_name(name: str) -> str:
    """How they show somebody who agreed to this name."""
    return f"{name}, {ROLE}"


def latest_release_day(record: Record) -> dt.date | None:
    """The latest possible day of the release that a record is about; None without a release."""
    release = record if isinstance(record, AIModel) else record.model if isinstance(record, AccessEvent) else None
    return release.released_on_latest if release else None


def last_read_on(record: Record) -> dt.date | None:
    """The last day on which a source of the record was read; None without a source."""
    if isinstance(record, Source):
        return record.read_on
    if "citations" not in kind_of(record).parts:
        return None
    return max((citation.source.read_on for citation in record.citations.all()), default=None)
