"""Reports of error: stored, limited by day, linked with corrections, and answered."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from evaltracker.actions.networks import network_of
from evaltracker.actions.refused_writes import is_busy, is_met, takes_no_writes
from evaltracker.choices import ReportState
from evaltracker.models import ErrorReport
from labs.actions.permissions import permission_to, require
from labs.models import Proposal

logger = logging.getLogger(__name__)

REPORTS_OF_ONE = 5
REPORTS_OF_ALL = 200
LATER_OF_A_DAY = 2_000  # and how many of them may wait at all, and how long each may be: no more than 60 MB of disk
LATER_AT_ALL = 10_000
LATER_CHARACTERS = 1_500
WAITING = (ReportState.OPEN, ReportState.LATER)
PERIOD = timedelta(days=1)
_TYPED = ("page", "claim", "wrong", "source", "contact")


class NotStored(Exception):
    """The database can be read, and takes no writes at the moment."""


class TooManyReports(Exception):
    """One sender sent as many reports as a day takes."""


class NoRoomForReports(Exception):
    """All together sent so many reports that even those for later take no more."""


class TooLongForLater(Exception):
    """So many reports came today that only short ones are taken."""


def sender_digest(address: str) -> str:
    """What tells senders apart for a day without keeping their address: a keyed digest of both."""
    counted = f"{timezone.localdate()} {network_of(address)}"
    return salted_hmac("evaltracker.reports", counted, algorithm="sha256").hexdigest()


def receive_report(*, report: ErrorReport, address: str) -> ErrorReport:
    """Store a validated report from a network address, of which only a digest is kept.

    A report that this sender sent already within the day, as a double click or a reload does, is returned as it is
    stored. Where two writes meet it is tried once more; a lock was waited for long enough already. After two hundred of
    all within a day it is kept for later. Raises TooManyReports after five of one sender within a day,
    NoRoomForReports, TooLongForLater and NotStored.
    """
    try:
        try:
            return _receive(report, address)
        except DatabaseError as error:
            if not is_met(error):
                raise
            return _receive(report, address)
    except DatabaseError as error:
        if is_met(error) or is_busy(error) or takes_no_writes(error):
            raise NotStored from error
        raise


@transaction.atomic
def _receive(report: ErrorReport, address: str) -> ErrorReport:
    _wait_for_others()
    recent = ErrorReport.objects.filter(sent_at__gt=timezone.now() - PERIOD)
    report.sender = sender_digest(address)
    report.clean_fields(exclude=["state"])  # cleans the texts, so that they compare
    same = recent.filter(sender=report.sender, **{name: getattr(report, name) for name in _TYPED}).first()
    if same is not None:
        return same
    if recent.filter(sender=report.sender).count() >= REPORTS_OF_ONE:
        raise TooManyReports
    if (of_all := recent.count()) >= REPORTS_OF_ALL:
        later = ErrorReport.objects.filter(state=ReportState.LATER.value)
        if of_all >= REPORTS_OF_ALL + LATER_OF_A_DAY or later.count() >= LATER_AT_ALL:
            raise NoRoomForReports
        if sum(len(getattr(report, name)) for name in _TYPED) > LATER_CHARACTERS:
            raise TooLongForLater
        report.state = ReportState.LATER.value
    report.full_clean()
    report.save()
    return report


@transaction.atomic
def link_correction(*, report: ErrorReport, proposal: Proposal, by: Any) -> None:
    """Say that a proposal corrects what a reader reported. Raises PermissionDenied."""
    require(by, permission_to("change", ErrorReport))
    report.proposals.add(proposal)


def check_answer(report: ErrorReport) -> None:
    """Raise ValidationError where a report says “corrected” and no correction of it is public."""
    if report.state != ReportState.CORRECTED or report.proposals.accepted().exists():
        return
    if report.proposals.open().exists():
        raise ValidationError({"state": "Its correction still waits for a second person. Choose “corrected” then."})
    raise ValidationError(
        {"state": "Nothing was corrected yet: make it a correction first, or decline it and say why in the note."}
    )


@transaction.atomic
def answer_report(*, report: ErrorReport, by: Any) -> ErrorReport:
    """Save the state and the note of a report, and tell the reader once it is decided, if they left an address.

    Raises PermissionDenied, and ValidationError for “corrected” without a public correction.
    """
    require(by, permission_to("change", ErrorReport))
    before = ErrorReport.objects.select_for_update().get(pk=report.pk)
    report.full_clean()
    check_answer(report)
    is_decided = report.state not in WAITING and report.state != before.state
    if is_decided and report.contact:
        report.told_at = timezone.now()
        transaction.on_commit(partial(_tell, report))
    report.save(update_fields=["state", "note", "told_at"])
    return report


def _tell(report: ErrorReport) -> None:
    """Write to the reader. Where there is no mail server, or it fails, the log says so."""
    state = ReportState(report.state)
    lines = [
        f"You reported an error on {settings.SITE_URL}{report.page}:",
        report.wrong,
        f"Our answer: {state.label}. {state.explanation}",
        report.note,
        f"What changed: {settings.SITE_URL}/changes/" if state is ReportState.CORRECTED else "",
    ]
    message = EmailMessage(f"Your report on {report.page}", "\n\n".join(filter(None, lines)), to=[report.contact])
    try:
        message.send()
    except OSError:  # SMTPException is one
        logger.exception("The reader of report %s could not be told", report.pk)


@transaction.atomic
def answer_soon(*, reports: Iterable[ErrorReport], by: Any) -> int:
    """Move reports that were kept for later among those to answer; returns how many. Raises PermissionDenied."""
    require(by, permission_to("change", ErrorReport))
    later = ErrorReport.objects.filter(pk__in=[each.pk for each in reports], state=ReportState.LATER.value)
    return later.update(state=ReportState.OPEN.value)


def _wait_for_others() -> None:
    """Let one transaction at a time look for a report and store it, as two clicks may arrive at once."""
    ContentType.objects.select_for_update().get(pk=ContentType.objects.get_for_model(ErrorReport).pk)
