"""Reports of error: stored, and limited by day."""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from evaltracker.models import ErrorReport

REPORTS_OF_ONE = 5
REPORTS_OF_ALL = 200
PERIOD = timedelta(days=1)
_TYPED = ("page", "claim", "wrong", "source", "contact")


class TooManyReports(Exception):
    """One sender, or all together, sent as many reports as a day takes."""


def sender_digest(address: str) -> str:
    """What tells senders apart for a day without keeping their address: a keyed digest of both."""
    return salted_hmac("evaltracker.reports", f"{timezone.localdate()} {address}", algorithm="sha256").hexdigest()


@transaction.atomic
def receive_report(*, report: ErrorReport, address: str) -> ErrorReport:
    """Store a validated report from a network address, of which only a digest is kept.

    A report that this sender sent already within the day, as a double click or a reload does, is returned as it is
    stored. Raises TooManyReports after five of one sender, or two hundred of all, within a day.
    """
    _wait_for_others()
    recent = ErrorReport.objects.filter(sent_at__gt=timezone.now() - PERIOD)
    report.sender = sender_digest(address)
    report.clean_fields(exclude=["state"])  # cleans the texts, so that they compare
    same = recent.filter(sender=report.sender, **{name: getattr(report, name) for name in _TYPED}).first()
    if same is not None:
        return same
    if recent.filter(sender=report.sender).count() >= REPORTS_OF_ONE or recent.count() >= REPORTS_OF_ALL:
        raise TooManyReports
    report.full_clean()
    report.save()
    return report


def _wait_for_others() -> None:
    """Let one transaction at a time look for a report and store it, as two clicks may arrive at once."""
    ContentType.objects.select_for_update().get(pk=ContentType.objects.get_for_model(ErrorReport).pk)
