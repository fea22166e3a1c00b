"""Put off items of the worklist, say that nothing is to be done about them, or give them to somebody.

The items of a call are pairs of the subject and the digest of what the item says.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from evaltracker.models import TaskMark
from labs.actions.permissions import VIEW_PROPOSAL, require
from labs.rules.text import clean_text

LONGEST_SNOOZE = dt.timedelta(days=366)

Items = Iterable[tuple[str, str]]


@transaction.atomic
def snooze(*, task: str, items: Items, until: dt.date, reason: str, by: Any, day: dt.date) -> int:
    """Hide items until a day, for a reason; returns how many.

    Raises PermissionDenied, and ValidationError for no reason, or a day that is not within the next year.
    """
    if not day < until <= day + LONGEST_SNOOZE:
        raise ValidationError("Choose a day from tomorrow to a year from today.")
    return _mark(task, items, by, snoozed_until=until, is_settled=False, reason=_needed(reason))


@transaction.atomic
def settle(*, task: str, items: Items, reason: str, by: Any) -> int:
    """Mark items as looked at, with nothing to do, for a reason; each is back once it says something else.

    Raises PermissionDenied, and ValidationError for no reason.
    """
    return _mark(task, items, by, snoozed_until=None, is_settled=True, reason=_needed(reason))


@transaction.atomic
def assign(*, task: str, items: Items, to: Any, by: Any) -> int:
    """Give items to somebody who works on records, or to nobody.

    Raises PermissionDenied, and ValidationError for a person who does not.
    """
    if to is not None and not to.has_perm(VIEW_PROPOSAL):
        raise ValidationError("That person does not work on records.")
    return _mark(task, items, by, assigned_to=to)


@transaction.atomic
def bring_back(*, task: str, items: Items, by: Any) -> int:
    """Show items again that were put off or settled. Raises PermissionDenied."""
    return _mark(task, items, by, snoozed_until=None, is_settled=False, reason="")


def _needed(reason: str) -> str:
    if not clean_text(reason):
        raise ValidationError("Say why.")
    return clean_text(reason)


def _mark(task: str, items: Items, by: Any, **values: Any) -> int:
    require(by, VIEW_PROPOSAL)
    items = list(items)
    if not items:
        raise ValidationError("Tick at least one row.")
    for subject, said in items:
        mark, _ = TaskMark.objects.select_for_update().get_or_create(task=task, subject=subject)
        for name, value in values.items():
            setattr(mark, name, value)
        mark.said, mark.marked_by = said, by
        mark.full_clean()
        mark.save()
    return len(items)
