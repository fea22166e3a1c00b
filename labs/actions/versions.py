"""Make a data version, and tell every process that what pages show has changed: the one home of both."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from django.db.models import Max, OuterRef, QuerySet
from django.utils import timezone

from labs.actions.search_index import Marks, update_index
from labs.choices import CheckedBy
from labs.models import DataVersion, Edition, Proposal, Stamp
from labs.models.registry import has_uncited, list_name, list_pairs, listed_relations, record_kinds

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


@contextmanager
def turn() -> Iterator[None]:
    """A transaction in which nobody else writes records or proposals: all writes of them are one after the other.

    It takes its lock before anything else is read or locked, so two of them neither wait for each other in a circle nor
    decide on what the other is about to change.
    """
    with transaction.atomic():
        lock_versions()
        yield


def in_turn(action: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Mark an action that writes records or proposals: all of it is done or nothing, in its turn."""

    @wraps(action)
    def acting(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        with turn():
            return action(*args, **kwargs)

    return acting


def lock_versions() -> Stamp:
    """Let no other transaction change records or proposals until this one ends; what ``turn`` begins with.

    Data versions are so made one after the other, and what the histories hold at the end of one is what was public.
    """
    row, _ = Stamp.objects.select_for_update().get_or_create(pk=1)
    return row


FOLLOWED = 20
"""A process that did not look for so many changes reads all records again."""


@transaction.atomic
def renew_stamp(*, is_told: bool = True) -> int:
    """Make every process see the records as they are now, for a change that moves no figure; returns the new number.

    Where the histories do not tell what changed (``is_told``), every process reads all records again. The index of the
    search then has what is public. Call it in the transaction of the change itself.
    """
    return _renew(is_told=is_told).number


@transaction.atomic
def rebuild_search_index() -> None:
    """Make the index of the search anew, whatever it has, and let every process read all records again."""
    _renew(indexed={}, is_told=False)


def _renew(indexed: Marks | None = None, *, is_told: bool = True) -> Stamp:
    row = lock_versions()
    row.follows = [*row.follows, str(row.stamp)][-FOLLOWED:] if is_told else []
    row.indexed = update_index(row.indexed if indexed is None else indexed)
    row.uncited = [kind.slug for kind in record_kinds() if kind.is_listed_if_cited and has_uncited(kind.model)]
    row.number, row.stamp, row.renewed_at = row.number + 1, uuid.uuid4(), timezone.now()
    row.save()
    return row


@transaction.atomic
def raise_data_version(note: str = "", *, is_told: bool = True) -> DataVersion | None:
    """Make a data version of all that became public in this transaction, and renew the stamp.

    That are the accepted proposals which have no version yet. Without any, and without a ``note`` that says what else
    changed, no version is made. The first version of an edition is number 0. Without an edition there is no version to
    name: the first edition then takes all changes before it. Returns the new version, if any. ``is_told`` as in
    ``renew_stamp``.
    """
    marks = _renew(is_told=is_told).indexed
    edition = Edition.objects.first()
    if edition is None:
        return None
    changes = Proposal.objects.accepted().filter(data_version=None)
    last = edition.data_versions.aggregate(last=Max("number"))["last"]
    is_checked = False
    if last is not None:
        _return_to_their_edition(changes.exclude(edition=None))
        is_checked = changes.exists()
        if not note and not is_checked:
            return None
    version = _make_version(
        edition=edition,
        number=0 if last is None else last + 1,
        made_at=timezone.now(),
        checked_by=(CheckedBy.EDITOR if is_checked else CheckedBy.NOBODY).value,
        note="" if last is None else note,
        marks=marks,
    )
    changes.update(data_version=version)
    return version


@transaction.atomic
def restore_data_version(
    *, edition: Edition, number: int, made_at: dt.datetime, checked_by: str, note: str
) -> DataVersion:
    """Make a data version that was made elsewhere, under its name and of its day, of the records that are here now.

    For a database that has none yet. Renews the stamp.
    """
    marks = _renew(is_told=False).indexed
    return _make_version(edition=edition, number=number, made_at=made_at, checked_by=checked_by, note=note, marks=marks)


def _make_version(**values: Any) -> DataVersion:
    """A data version, with the lists of the records."""
    return DataVersion.objects.create(
        **values,
        lists={list_name(field): list_pairs(field) for field in listed_relations()},
    )


def _return_to_their_edition(changes: QuerySet[Proposal]) -> None:
    """Changes that came with an edition and were loaded again belong to the version that they first came with."""
    first = DataVersion.objects.filter(edition=OuterRef("edition"), number=0)
    changes.update(data_version=first.values("pk"))
