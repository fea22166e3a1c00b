"""Snapshots of sources, and what their quotes become when held against them."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from labs.actions.documents import cleaned
from labs.actions.permissions import ADD_SNAPSHOT, require
from labs.models import Citation, Snapshot, Source
from labs.models.registry import citation_models
from labs.rules.quotes import check, folded, is_found


@dataclass(frozen=True, slots=True)
class CheckedQuote:
    """A citation held against a snapshot, and against the one before."""

    citation: Citation
    is_found: bool
    is_gone: bool  # the snapshot before has it, and this one has not


@transaction.atomic
def add_snapshot(
    *, source: Source, text: str, taken_on: dt.date, by: Any, file_name: str = "", content: bytes | None = None
) -> Snapshot:
    """Keep the text of a source as it stood on a day, and hold every quote of the source against the newest one.

    ``content`` is the file that the text was read from (``labs.actions.documents``); without one the text was pasted.
    ``by`` is None in a command.

    Raises PermissionDenied, and ValidationError for a day to come, a text without words, or a snapshot that we hold.
    """
    if by is not None:
        require(by, ADD_SNAPSHOT)
    if taken_on > timezone.localdate():
        raise ValidationError({"taken_on": "This day is still to come."})
    text = cleaned(text)
    source = Source.objects.select_for_update().get(pk=source.pk)  # one after the other, so that none is kept twice
    snapshot = Snapshot(
        source=source,
        text=text,
        sha256=hashlib.sha256(text.encode() if content is None else content).hexdigest(),
        taken_on=taken_on,
        file_name=file_name[-255:],
        added_by=by,
    )
    snapshot.full_clean()
    snapshot.save()
    check_source(source)
    return snapshot


def newest(source: Source) -> Snapshot | None:
    """The snapshot of the latest day; of several on a day the one that was added last."""
    return source.snapshots.order_by("-taken_on", "-pk").first()


def before(snapshot: Snapshot) -> Snapshot | None:
    """The snapshot of the same source that comes before this one, by the same order."""
    earlier = snapshot.source.snapshots.filter(taken_on__lt=snapshot.taken_on)
    same_day = snapshot.source.snapshots.filter(taken_on=snapshot.taken_on, pk__lt=snapshot.pk)
    return (earlier | same_day).order_by("-taken_on", "-pk").first()


def check_quotes(citations: Iterable[Citation]) -> None:
    """Set ``quote_check`` of citations by the newest snapshot of each one's source, and save nothing.

    A reason why a quote stands was settled in review: no snapshot takes it away. One query, and one for each source
    whose snapshot is not at hand.
    """
    citations = list(citations)
    snapshots = _newest_of({citation.source_id for citation in citations if citation.source_id})
    # By source, so that the text of each is taken to hand once.
    for citation in sorted(citations, key=lambda each: each.source_id or 0):
        known = snapshots.get(citation.source_id)
        citation.quote_check = check(citation.quote, _folded(*known) if known else None).value


def check_source(source: Source) -> None:
    """Hold every quote of a source against its newest snapshot, and save what that changes.

    This writes no history: nobody said anything else, and whoever changed a record last is who it says there, since
    that person may not publish it.
    """
    for citations in _citations_of(source):
        rows = list(citations)
        stored = [row.quote_check for row in rows]
        check_quotes(rows)
        for row, earlier in zip(rows, stored, strict=True):
            if row.quote_check != earlier:
                type(row).objects.filter(pk=row.pk).update(quote_check=row.quote_check)


def quotes_against(snapshot: Snapshot) -> list[CheckedQuote]:
    """All citations of the snapshot's source held against it: those that are gone first, then others not found."""
    text, earlier = _text(snapshot), before(snapshot)
    earlier_text = _text(earlier) if earlier else None
    rows = []
    for citations in _citations_of(snapshot.source):
        for citation in citations.select_related("record").order_by("record", "pk"):
            has_it = is_found(citation.quote, text)
            had_it = earlier_text is not None and not has_it and is_found(citation.quote, earlier_text)
            rows.append(CheckedQuote(citation, has_it, had_it))
    return sorted(rows, key=lambda row: (not row.is_gone, row.is_found))


def gone_quotes(snapshot: Snapshot) -> list[Citation]:
    """The citations that are found in the snapshot before and not in this one."""
    return [row.citation for row in quotes_against(snapshot) if row.is_gone]


def _citations_of(source: Source) -> Iterator[QuerySet[Citation]]:
    """The source's citations of each kind, whichever app it belongs to, drafts included."""
    return (model.objects.filter(source=source) for model in citation_models())


def _newest_of(sources: Iterable[int]) -> dict[int, tuple[int, dt.datetime]]:
    """By source, its newest snapshot as number and moment."""
    rows = Snapshot.objects.filter(source__in=sources).order_by("taken_on", "pk")
    return {source: (pk, added_at) for source, pk, added_at in rows.values_list("source_id", "pk", "added_at")}


def _text(snapshot: Snapshot) -> str:
    return _folded(snapshot.pk, snapshot.added_at)


@lru_cache(maxsize=4)  # saving one record after another would fold the same text each time; a snapshot never changes
def _folded(number: int, added_at: dt.datetime) -> str:
    """The folded text of a snapshot. Its number could come back after a rollback; not with the same moment."""
    return folded(Snapshot.objects.values_list("text", flat=True).get(pk=number, added_at=added_at))
