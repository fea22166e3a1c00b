"""What a person is told: their own choice, and what was told by e-mail already."""

import datetime as dt
from functools import cache
from typing import Any

from evaltracker.models import NoticeChoice
from labs.actions.permissions import VIEW_PROPOSAL, require
from labs.models.compiled import CompiledRows, compiled_rows

KINDS = ("waiting", "sent_back", "reply_due", "noted")


def choice_of(person: Any) -> NoticeChoice:
    """What a person chose; unsaved, with everything on, if they chose nothing."""
    found = _choice_query(NoticeChoice.objects.db).instances(person.pk)
    return found[0] if found else NoticeChoice(person=person)


@cache
def _choice_query(alias: str) -> CompiledRows[NoticeChoice]:
    return compiled_rows(NoticeChoice.objects.using(alias).filter(person=0))


def choose(*, person: Any, by_mail: bool, **kinds: bool) -> NoticeChoice:
    """Save what a person wants to be told. Raises PermissionDenied for somebody who does not work on records."""
    require(person, VIEW_PROPOSAL)
    values = {"by_mail": by_mail, **{kind: kinds[kind] for kind in KINDS}}
    choice, _ = NoticeChoice.objects.update_or_create(person=person, defaults=values)
    return choice


def mark_mailed(*, person: Any, at: dt.datetime) -> None:
    """Remember that all up to a moment was told by e-mail."""
    NoticeChoice.objects.update_or_create(person=person, defaults={"mailed_at": at})
