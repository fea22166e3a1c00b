"""Snapshots of sources, and the check of quotes against them."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from labs.actions.documents import cleaned
from labs.actions.permissions import ADD_SNAPSHOT, require
from labs.actions.versions import in_turn, renew_stamp
from labs.choices import QuoteCheck
from labs.models import Citation, Snapshot, Source
from labs.models.registry import citation_models
from labs.rules.quotes import QuoteMatch, SourceText, check_of, find


@dataclass(frozen=True, slots=True)
class CheckedQuote:
    """A citation checked against a snapshot and the one before."""

    citation: Citation
    match: QuoteMatch | None  # None if it is not found
    is_gone: bool  # found in the snapshot before, but not in this one

    @property
    def check(self) -> QuoteCheck:
        return check_of(self.match)


@in_turn
def add_snapshot(
    *, source: Source, text: str, taken_on: dt.date, by: Any, file_name: str = "", sha256: str = ""
) -> Snapshot:
    """Save the text of a source on a day, and check every quote of the source against its newest snapshot.

    ``sha256`` is that of the file that the text was read from (``labs.actions.documents``); empty for a pasted text.
    ``by`` is None in a command.

    Raises PermissionDenied, and ValidationError for a future day, a text without words, or a snapshot that exists.
    """
    if by is not None:
        require(by, ADD_SNAPSHOT)
    if taken_on > timezone.localdate():
        raise ValidationError({"taken_on": "This day is in the future."})
    text = cleaned(text)
    source = Source.objects.select_for_update().get(pk=source.pk)  # locked: no snapshot is saved twice
    snapshot = Snapshot(
        source=source,
        text=text,
        sha256=sha256 or hashlib.sha256(text.encode()).hexdigest(),
        taken_on=taken_on,
        file_name=file_name[-255:],
        added_by=by,
    )
    snapshot.full_clean()
    snapshot.save()
    check_source(source)
    return snapshot


def newest_snapshot(source: Source) -> Snapshot | None:
    """The snapshot of the latest day; of several on that day, the one added last."""
    return source.snapshots.order_by("-taken_on", "-pk").first()


def snapshot_before(snapshot: Snapshot) -> Snapshot | None:
    """The snapshot of the same source before this one, in the same order."""
    earlier = snapshot.source.snapshots.filter(taken_on__lt=snapshot.taken_on)
    same_day = snapshot.source.snapshots.filter(taken_on=snapshot.taken_on, pk__lt=snapshot.pk)
    return (earlier | same_day).order_by("-taken_on", "-pk").first()


def check_quotes(citations: Iterable[Citation]) -> None:
    """Set ``quote_check`` and ``quote_match`` of citations from the newest snapshot of each source; saves nothing.

    A reason to keep a quote was accepted in review and stays, unless it was given for a doubtful quote that is gone.
    One query, and one more for each snapshot that is not in the cache.
    """
    citations = list(citations)
    snapshots = _newest_by_source({citation.source_id for citation in citations if citation.source_id})
    # By source, so that each text is read once.
    for citation in sorted(citations, key=lambda each: each.source_id or 0):
        if snapshot := snapshots.get(citation.source_id):
            citation.quote_match = find(citation.quote, _read(*snapshot))
            _set_check(citation, check_of(citation.quote_match))
        else:
            citation.quote_match = None
            _set_check(citation, QuoteCheck.NO_SNAPSHOT)


def _set_check(citation: Citation, check: QuoteCheck) -> None:
    if citation.quote_check == QuoteCheck.DOUBTFUL and check is QuoteCheck.NOT_FOUND:
        citation.unfound_because = ""  # it said why a doubtful quote stands, not one that is gone
    citation.quote_check = check.value


def check_source(source: Source) -> None:
    """Check every quote of a source against its newest snapshot, and save what changes.

    Writes no history: nobody changed the record, and the history decides who may not publish it.
    """
    is_changed = False
    for citations in _citations_of(source):
        rows = list(citations)
        stored = [row.quote_check for row in rows]
        check_quotes(rows)
        for row, earlier in zip(rows, stored, strict=True):
            if row.quote_check != earlier:
                changes = {"quote_check": row.quote_check, "unfound_because": row.unfound_because}
                type(row).objects.filter(pk=row.pk).update(**changes)
                is_changed = True
    if is_changed:  # public pages say of a quote that it was not found
        renew_stamp(is_told=False)


def quotes_against(snapshot: Snapshot) -> list[CheckedQuote]:
    """All citations of the source checked against the snapshot: gone quotes first, others not found, doubtful ones."""
    text, earlier = _read(snapshot.pk, snapshot.added_at), snapshot_before(snapshot)
    earlier_text = _read(earlier.pk, earlier.added_at) if earlier else None
    rows = []
    for citations in _citations_of(snapshot.source):
        for citation in citations.select_related("record").order_by("record", "pk"):
            match = find(citation.quote, text)
            had_it = earlier_text is not None and match is None and find(citation.quote, earlier_text) is not None
            rows.append(CheckedQuote(citation, match, had_it))
    return sorted(rows, key=lambda row: (not row.is_gone, _ORDER.index(row.check)))


_ORDER = (QuoteCheck.NOT_FOUND, QuoteCheck.DOUBTFUL, QuoteCheck.FOUND)


def gone_quotes(snapshot: Snapshot) -> list[Citation]:
    """The citations that are in the snapshot before, but not in this one."""
    return [row.citation for row in quotes_against(snapshot) if row.is_gone]


def _citations_of(source: Source) -> Iterator[QuerySet[Citation]]:
    """The source's citations, one queryset for each model, drafts included."""
    return (model.objects.filter(source=source) for model in citation_models())


def _newest_by_source(sources: Iterable[int]) -> dict[int, tuple[int, dt.datetime]]:
    """For each source, the primary key and the time of its newest snapshot."""
    rows = Snapshot.objects.filter(source__in=sources).order_by("taken_on", "pk")
    return {source: (pk, added_at) for source, pk, added_at in rows.values_list("source_id", "pk", "added_at")}


@lru_cache(maxsize=2)  # many saves read the same text; a snapshot never changes
def _read(number: int, added_at: dt.datetime) -> SourceText:
    """The text of a snapshot. A rollback can free its primary key, but not with the same time."""
    return SourceText(Snapshot.objects.values_list("text", flat=True).get(pk=number, added_at=added_at))
