"""The day to which the records are complete: of each lab, and of the whole site."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from labs.models import AIModel, Edition, Lab
from labs.queries.editions import newest_edition
from labs.queries.facts import release_facts
from labs.queries.kept import kept, records, renewed
from labs.rules.access import ReleaseStanding, Window, release_standing
from labs.rules.facts import ReleaseFact


def lab_complete_to(lab: Lab) -> dt.date | None:
    """The day up to which this lab's releases have been entered; None where neither an editor nor an edition says.

    An editor's word on the lab goes before that of the newest edition.
    """
    return _complete_to(lab, newest_edition())


@kept(most=1)
def records_complete_to() -> dt.date | None:
    """The day to which the records are complete, one for the whole site (methodology, section 3).

    It is the earliest of the days of the labs with a release that counts, whenever it came out; where there is none,
    that of the newest edition. None where no day is known, or one of these labs has none.
    """
    edition = newest_edition()
    counting = _labs_with_counted_releases().labs
    days = [_complete_to(lab, edition) for key, lab in records()[Lab].by_key.items() if key in counting]
    if None in days:
        return None
    return min(days, default=edition.complete_to if edition else None)


def _complete_to(lab: Lab, edition: Edition | None) -> dt.date | None:
    return lab.complete_to or (edition.complete_to if edition else None)


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
    counting = (
        release.lab
        for release in facts.values()
        if release_standing(release, dt.date.max, Window.ALL) is ReleaseStanding.COUNTS
    )
    return _Counting(facts, frozenset(counting))


def newest_release(lab: Lab) -> AIModel | None:
    """The lab's public release that came out last, by its latest possible day; None where none has a day."""
    releases = [each for each in records()[AIModel].published if each.lab_id == lab.pk and each.released_on_latest]
    return max(releases, key=lambda release: (release.released_on_latest, release.key), default=None)
