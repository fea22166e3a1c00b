"""Writes the audit log."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from evaltracker.choices import AuditKind
from evaltracker.models import AuditEntry

FAILURES_TOLD = 20
PERIOD = timedelta(hours=1)


def note(kind: AuditKind, *, by: Any = None, whom: Any = None, words: str = "") -> AuditEntry:
    """Add an entry. ``by`` is who did it; somebody who is not signed in counts as nobody."""
    by = by if getattr(by, "pk", None) else None
    room = AuditEntry._meta.get_field("words").max_length
    return AuditEntry.objects.create(kind=kind.value, by_id=by and by.pk, whom_id=whom and whom.pk, words=words[:room])


def note_failure(kind: AuditKind, *, whom: Any, words: str = "") -> None:
    """Add an entry on a log-in that failed, unless an hour has enough of them on the person, or on names of nobody.

    So whoever guesses cannot fill the log.
    """
    recent = AuditEntry.objects.filter(kind=kind.value, whom=whom, at__gt=timezone.now() - PERIOD)
    if recent.count() < FAILURES_TOLD:
        note(kind, whom=whom, words=words)
