"""Whoever runs the site is told of its errors, and no answer waits for it."""

import json
import logging
import stat
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.core import mail

from evaltracker.web import error_reports
from evaltracker.web.error_reports import ErrorReports

PERSONAL = "ada.lovelace@example.org"


@pytest.fixture
def hook(settings):
    """A place on this machine to which reports are posted; ``answers`` with 500 if told so."""

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(
                (self.headers["Content-Type"], json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            )
            self.send_response(server.answers)
            self.end_headers()

        def log_message(self, *_) -> None:
            pass

    told: list[tuple[str, dict]] = []
    server = HTTPServer(("127.0.0.1", 0), Hook)
    server.told, server.answers = told, 200
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.ERROR_WEBHOOK_URL = f"http://127.0.0.1:{server.server_port}/hook"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def reports(settings, tmp_path):
    """The handler, on the root of the log; one whose hour is over when the test says so."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    now = [0.0]
    handler = ErrorReports(lambda: now[0])
    handler.now = now
    root = logging.getLogger()
    before = root.handlers[:]
    root.handlers = [each for each in before if not isinstance(each, ErrorReports)] + [handler]
    yield handler
    root.handlers = before


@pytest.mark.django_db
def test_an_error_is_told_by_mail_and_to_the_hook_without_what_was_asked(
    client, records, settings, monkeypatch, hook, reports
):
    def broken(*_, **__):
        raise ValueError(PERSONAL)

    settings.ADMINS = [("", "ops@example.org"), ("", "more@example.org")]
    monkeypatch.setattr("labs.web.lists.requested_day", broken)
    client.raise_request_exception = False
    answer = client.get("/access/", {"q": PERSONAL}, headers={"user-agent": PERSONAL})
    reports.waiting.join()

    ((kind, told),) = hook.told
    assert (answer.status_code, kind) == (500, "application/json")
    assert told["text"] == "ValueError at http://testserver: Internal Server Error"
    assert (told["error"], told["method"], told["route"]) == ("ValueError", "GET", "access/")
    assert told["request"] == answer["X-Request-ID"]
    assert "broken" in told["at"][-1]
    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == ("EvalTracker: ValueError", ["ops@example.org", "more@example.org"])
    assert answer["X-Request-ID"] in letter.body
    assert PERSONAL not in f"{told}{letter.message()}"


def test_so_many_an_hour_and_the_next_says_how_many_were_left_out(settings, hook, reports):
    settings.ERROR_REPORTS_PER_HOUR = 2
    log = logging.getLogger("labs.test")
    for _ in range(5):
        log.error("It broke.")
    reports.waiting.join()
    reports.now[0] += error_reports.HOUR
    log.error("It broke again.")
    reports.waiting.join()
    assert [told["left_out"] for _, told in hook.told] == [0, 0, 3]


def test_all_processes_of_a_machine_share_the_hour_and_without_a_disk_each_has_its_own(settings, hook, reports):
    settings.ERROR_REPORTS_PER_HOUR = 2
    log, other = logging.getLogger("labs.test"), ErrorReports(lambda: reports.now[0])
    record = log.makeRecord("labs.test", logging.ERROR, "", 0, "It broke elsewhere.", (), None)
    log.error("It broke.")
    for _ in range(3):
        other.emit(record)
    log.error("It broke.")
    assert (reports.left_out, other.left_out) == (1, 2)

    file = Path(settings.FILE_UPLOAD_TEMP_DIR, error_reports.SENT)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for broken in ("no moment", None):
        file.unlink()
        if broken:
            file.write_text(broken)
        else:
            file.mkdir()
        log.error("It broke.")
    assert reports.left_out == 0
    for each in (reports, other):
        each.waiting.join()
    assert len(hook.told) == 4


@pytest.mark.parametrize("level", [logging.WARNING, logging.INFO])
def test_what_is_no_error_is_not_told(hook, reports, level):
    logging.getLogger("labs.test").log(level, "So.")
    assert reports.waiting.empty()
    assert hook.told == []


def test_without_anybody_to_tell_nothing_is_done(reports, settings):
    settings.ERROR_WEBHOOK_URL, settings.ADMINS = "", []
    logging.getLogger("labs.test").error("It broke.")
    assert (reports.works_in, reports.left_out) == (0, 0)


def test_a_hook_that_fails_is_a_warning_and_the_letter_goes_all_the_same(settings, hook, reports, caplog):
    hook.answers = 500
    settings.ADMINS = [("", "ops@example.org")]
    logging.getLogger("labs.test").error("It broke.")
    reports.waiting.join()
    assert len(hook.told) == len(mail.outbox) == 1
    assert "could not be reported (post): HTTPError" in caplog.text


def test_no_answer_waits_while_nobody_takes_the_reports(client, settings, reports, monkeypatch):
    """The thread is held in its first report: all others are left out, and nothing is raised."""
    held, go_on = threading.Event(), threading.Event()

    def hold(_):
        held.set()
        go_on.wait(60)

    monkeypatch.setattr(error_reports, "post", hold)
    settings.ERROR_WEBHOOK_URL, settings.ERROR_REPORTS_PER_HOUR = "https://hook.example/", 1000
    log = logging.getLogger("labs.test")
    log.error("It broke.")
    held.wait(60)
    for _ in range(error_reports.WAITING + 3):
        log.error("It broke.")
    assert reports.left_out == 3
    assert client.get("/healthz").status_code == 200
    go_on.set()
    reports.waiting.join()


def test_a_report_that_cannot_be_made_harms_nobody(settings, reports, monkeypatch, capsys):
    settings.ERROR_WEBHOOK_URL = "https://hook.example/"
    monkeypatch.setattr(error_reports, "source_version", lambda: 1 / 0)
    logging.getLogger("labs.test").error("It broke.")
    assert "ZeroDivisionError" in capsys.readouterr().err
