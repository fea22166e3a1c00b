"""Tells whoever runs the site of its errors: by e-mail to ``ADMINS``, and as JSON to ``ERROR_WEBHOOK_URL``.

A report says what broke where, and nothing of who asked for what. A thread of its own sends it, so no answer waits for
it or is harmed by it: at most ``ERROR_REPORTS_PER_HOUR`` from all processes of this machine; the next one of a process
says how many it left out. A file in the site's own folder counts them, for the database may be what is away.
"""

import fcntl
import json
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.mail import EmailMessage

from evaltracker.web.code_version import source_version
from evaltracker.web.request_log import current_trace, places, words

logger = logging.getLogger(__name__)

HOUR = 3600.0
SECONDS = 5
"""How long the one who is told may take."""
WAITING = 20
SENT = "error-reports-sent"
"""The file with the moments of those that were sent, which `sweep_uploads` deletes an hour after the last one."""

Report = dict[str, Any]


class ErrorReports(logging.Handler):
    """Takes what is logged as an error."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__(logging.ERROR)
        self.clock = clock
        self.sent_at: list[float] = []
        self.left_out = 0
        self.waiting: queue.Queue[Report] = queue.Queue(WAITING)
        self.works_in = 0
        """The process in which the thread runs: a fork has none."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if not (settings.ADMINS or settings.ERROR_WEBHOOK_URL):
                return
            if not self._may_send():
                self.left_out += 1
                return
            report = self._report(record)
        except Exception:
            self.handleError(record)  # never the request's concern
            return
        try:
            self.waiting.put_nowait(report)
            self.left_out = 0
        except queue.Full:
            self.left_out += 1
        self._start()

    def _may_send(self) -> bool:
        try:
            return self._may_all_send()
        except (OSError, ValueError):  # a full disk, or a file that somebody else wrote into: then each for itself
            self.sent_at = self._lately(self.sent_at)
            if len(self.sent_at) >= settings.ERROR_REPORTS_PER_HOUR:
                return False
            self.sent_at.append(self.clock())
            return True

    def _may_all_send(self) -> bool:
        folder = settings.FILE_UPLOAD_TEMP_DIR
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor = os.open(os.path.join(folder, SENT), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            sent = self._lately([float(each) for each in file.read().split()])
            if len(sent) >= settings.ERROR_REPORTS_PER_HOUR:
                return False
            file.seek(0)
            file.write("\n".join(map(str, [*sent, self.clock()])))
            file.truncate()
        return True

    def _lately(self, moments: list[float]) -> list[float]:
        now = self.clock()
        return [each for each in moments if 0 <= now - each < HOUR]

    def _report(self, record: logging.LogRecord) -> Report:
        trace = current_trace()
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else record.levelname
        at = places(record.exc_info[2])[-5:] if record.exc_info else []
        return {
            "text": f"{kind} at {settings.SITE_URL}: {words(record)}",
            "site": settings.SITE_URL,
            "logger": record.name,
            "error": kind,
            "at": at,
            "method": trace.method if trace else None,
            "route": trace.route if trace else None,
            "request": trace.name if trace else None,
            "code_version": source_version(),
            "left_out": self.left_out,
        }

    def _start(self) -> None:
        if self.works_in != os.getpid():
            self.works_in = os.getpid()
            threading.Thread(target=self._send_all, name="error-reports", daemon=True).start()

    def _send_all(self) -> None:
        while True:
            report = self.waiting.get()
            for send in (post, mail):
                try:
                    send(report)
                except Exception as error:
                    logger.warning("An error could not be reported (%s): %s", send.__name__, type(error).__name__)
            self.waiting.task_done()


def post(report: Report) -> None:
    """To the webhook, if there is one."""
    if settings.ERROR_WEBHOOK_URL:
        body = json.dumps(report).encode()
        # The settings take http and https only.
        request = Request(settings.ERROR_WEBHOOK_URL, body, {"Content-Type": "application/json"})  # noqa: S310
        with urlopen(request, timeout=SECONDS):  # noqa: S310
            pass


def mail(report: Report) -> None:
    """To those who run the site, if they are named."""
    if settings.ADMINS:
        addresses = [address for _, address in settings.ADMINS]
        lines = [f"{name}: {value}" for name, value in report.items() if name not in ("text", "at")]
        text = "\n".join([report["text"], "", *lines, "", *report["at"]])
        EmailMessage(f"EvalTracker: {report['error']}", text, settings.SERVER_EMAIL, addresses).send()
