"""Reports of error: stored, and limited by day."""

from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from evaltracker.models import ErrorReport

REPORTS_OF_ONE = 5
REPORTS_OF_ALL = 200
PERIOD = timedelta(days=1)


class TooManyReports(Exception):
    """One sender, or all together, sent as many reports as a day takes."""


def sender_digest(address: str) -> str:
    """What tells senders apart for a day without keeping their address: a keyed digest of both."""
    return salted_hmac("evaltracker.reports", f"{timezone.localdate()} {address}", algorithm="sha256").hexdigest()


def receive_report(*, report: ErrorReport, address: str) -> ErrorReport:
    """Store a validated report from a network address, of which only a digest is kept.

    Raises TooManyReports after five of one sender, or two hundred of all, within a day.
    """
    recent = ErrorReport.objects.filter(sent_at__gt=timezone.now() - PERIOD)
    report.sender = sender_digest(address)
    if recent.filter(sender=report.sender).count() >= REPORTS_OF_ONE or recent.count() >= REPORTS_OF_ALL:
        raise TooManyReports
    report.full_clean()
    report.save()
    return report
