"""The day to which the records are complete: of each lab, and of the whole site."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from labs.choices import Frontier, RecordStatus, ReleaseKind
from labs.models import AIModel, Lab
from labs.models.compiled import Compiled, compiled
from labs.queries.editions import newest_edition
from labs.queries.facts import release_facts
from labs.queries.kept import alone, kept, records, renewed
from labs.rules.access import ReleaseStanding, Window, release_standing
from labs.rules.dates import span_between
from labs.rules.facts import ReleaseFact


def lab_complete_to(lab: Lab) -> dt.date | None:
    """The day up to which this lab's releases have been entered; None where neither an editor nor an edition says.

    An editor's word on the lab goes before that of the newest edition.
    """
    return lab.complete_to or _complete_to_edition()


@kept(most=1)
def _by_records() -> dt.date | None:
    counting = _labs_with_counted_releases().labs
    return _complete_to(lab.complete_to for key, lab in records()[Lab].by_key.items() if key in counting)


@alone(_by_records)
def records_complete_to() -> dt.date | None:
    """The day to which the records are complete, one for the whole site (methodology, section 3).

    It is the earliest of the days of the labs with a release that counts, whenever it came out; where there is none,
    that of the newest edition. None where no day is known, or one of these labs has none.
    """
    counting = {
        lab: complete_to
        for lab, complete_to, kind, frontier, variant_of, earliest, latest in _releases_query(Lab.objects.db).rows()
        if _counts(
            ReleaseFact(
                key="",
                lab=str(lab),
                name="",
                released=span_between(earliest, latest),
                kind=ReleaseKind(kind),
                frontier=Frontier(frontier),
                variant_of=str(variant_of) if variant_of else None,
            )
        )
    }
    return _complete_to(counting.values())


@cache
def _releases_query(alias: str) -> Compiled:
    releases = AIModel.objects.using(alias).published().filter(lab__status=RecordStatus.PUBLISHED)
    columns = ("lab", "lab__complete_to", "release", "frontier", "variant_of")
    dates = ("released_on_earliest", "released_on_latest")
    return compiled(releases.order_by().values_list(*columns, *dates).distinct())


def _complete_to(days: Iterable[dt.date | None]) -> dt.date | None:
    """The earliest of these days of labs, with that of the edition for each which has none."""
    of_edition = _complete_to_edition()
    found = [day or of_edition for day in days]
    return None if None in found else min(found, default=of_edition)


def _complete_to_edition() -> dt.date | None:
    edition = newest_edition()
    return edition.complete_to if edition else None


@dataclass(frozen=True, slots=True)
class _Counting:
    """The keys of the labs that have a release that counts, whenever it came out, by these facts."""

    facts: Mapping[str, ReleaseFact]
    labs: frozenset[str]


@renewed(most=1)
def _labs_with_counted_releases(earlier: _Counting | None) -> _Counting:
    facts = release_facts()
    if earlier is not None and earlier.facts is facts:
        return earlier
    return _Counting(facts, frozenset(release.lab for release in facts.values() if _counts(release)))


def _counts(release: ReleaseFact) -> bool:
    """Whether a release counts, whenever it came out."""
    return release_standing(release, dt.date.max, Window.ALL) is ReleaseStanding.COUNTS


def newest_release(lab: Lab) -> AIModel | None:
    """The lab's public release that came out last, by its latest possible day; None where none has a day."""
    releases = [each for each in records()[AIModel].published if each.lab_id == lab.pk and each.released_on_latest]
    return max(releases, key=lambda release: (release.released_on_latest, release.key), default=None)
