"""What the site's own pages read besides the ledger: labs, a lab's promises, what is new, how many there are."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.db.models.functions import Least

from commitments.models import Commitment
from commitments.queries import CommitmentKnown, commitments_known
from commitments.rules.ledger import Ledger
from commitments.rules.verdicts import Verdict
from labs.models import AccessEvent, Evaluator, Lab, Source
from labs.queries import EventKnown, events_known, releases_listed, sources_listed
from labs.rules.access import Window


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """How many records of each kind were known on a day; the same numbers as above the lists."""

    labs: int
    releases: int
    evaluators: int
    events: int
    commitments: int
    sources: int


def record_counts(day: dt.date, is_past: bool) -> RecordCounts:
    """The counts of the day, one query for each kind of record."""
    return RecordCounts(
        labs=Lab.objects.published().count(),
        releases=releases_listed(day, is_past).count(),
        evaluators=Evaluator.objects.published().count(),
        events=AccessEvent.objects.known_by(day).count(),
        commitments=Commitment.objects.known_by(day).count(),
        sources=sources_listed(day, is_past).count(),
    )


def labs_listed() -> QuerySet[Lab]:
    """All published labs with the other names that they go by. A lab needs no source, so it is there on each day."""
    return Lab.objects.published().prefetch_related("other_names")


def promises_of(lab: Lab, ledger: Ledger, window: Window) -> list[CommitmentKnown]:
    """The lab's commitments known on the ledger's day, with the verdicts on its own releases in the window."""
    verdicts: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in ledger.verdicts(window, lab=lab.key):
        verdicts[verdict.commitment.key].append(verdict)
    records = Commitment.objects.published().filter(pk__in=lab.commitments.values("pk")).for_rules()
    return [replace(known, verdicts=tuple(verdicts[known.key])) for known in commitments_known(records, ledger)]


def events_without_release(lab: Lab, day: dt.date) -> list[EventKnown]:
    """The lab's access events whose release no source names, as known on the day."""
    return events_known(AccessEvent.objects.published().filter(lab=lab, model=None), day)


def own_source_count(lab: Lab, day: dt.date, is_past: bool) -> int:
    """How many sources are the lab's own word; the same number as above the list of sources."""
    return sources_listed(day, is_past).filter(lab=lab).count()


def newest_sources(day: dt.date, is_past: bool, count: int) -> list[Source]:
    """The dated sources that became public last (methodology, section 2), the newest first."""
    dated = sources_listed(day, is_past).exclude(published_on="")
    return list(dated.annotate(public_on=Least("published_on_latest", "read_on")).order_by("-public_on", "key")[:count])
