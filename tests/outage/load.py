"""Readers and writers, and what each of them got."""

import datetime as dt
import http.client
import itertools
import re
import threading
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field

from tests.outage.setting import HOST, Setting

LEAST_SECONDS = 3.2
"""Who sends a form sooner than three seconds after it was opened is taken for a robot."""

PAGES = ("/", "/labs/", "/labs/anthropic/", "/access/", "/labs.csv", "/models.json", "/timeline/")
"""Each reader asks for these again and again, and after each round for one list that nobody has asked for before."""
NEVER_ASKED = ("/access/?as_of={day}", "/models/?as_of={day}")
FIRST_DAY, DAYS = dt.date(2023, 1, 1), 1300
STALE = ("STALE", "UPDATING")
READ = ("page: 200, fresh", "page: 200, stale", "page: 503", "page: no answer", "page: other")
WRITTEN = ("report: accepted", "report: 503 with a sentence", "report: no answer", "report: other")
PATIENCE = 30
"""Seconds for which a phase waits for its first answers on a busy machine."""
SENTENCES = (b"Nothing that you sent was stored", b"What you sent may not have been stored")


@dataclass
class Counts:
    """What came back in one phase; what was odd about it, and which pages could not be had."""

    found: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


class Load:
    """Readers and one writer, in threads, until it is closed. An answer counts for the phase in which it was asked.

    Where there was none, that counts for the phase in which it broke off.
    """

    def __init__(self, setting: Setting, writes_each: float, readers: int = 3) -> None:
        self.setting, self.phase, self.writes_each = setting, "warm-up", writes_each
        self.counts: dict[str, Counts] = {}
        self.accepted: list[str] = []
        self._numbers = itertools.count()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._reader, daemon=True) for _ in range(readers)]
        self._threads.append(threading.Thread(target=self._writer, daemon=True))

    def __enter__(self) -> "Load":
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for each in self._threads:
            each.join(120)

    def run(self, phase: str, seconds: float) -> None:
        """Let this phase last for so long, and until a page and a report of it were answered."""
        self.phase = phase
        time.sleep(seconds)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with self._lock:
                found = self.counts.get(phase, Counts()).found
                if all(any(found[what] for what in each) for each in (READ, WRITTEN)):
                    return
            time.sleep(0.05)

    def _count(self, phase: str, what: str, odd: str = "") -> None:
        with self._lock:
            counts = self.counts.setdefault(phase, Counts())
            counts.found[what] += 1
            if odd:
                counts.odd.append(odd)

    def _reader(self) -> None:
        while not self._over.is_set():
            rounds, number = divmod(next(self._numbers), DAYS)
            new = NEVER_ASKED[rounds].format(day=FIRST_DAY + dt.timedelta(days=number))
            for path in (*PAGES, new):
                if self._over.is_set():
                    return
                self._read(path)
                time.sleep(0.02)

    def _read(self, path: str) -> None:
        phase = self.phase
        try:
            answer = self.setting.ask("GET", path)
        except (OSError, http.client.HTTPException):
            self._count(self.phase, READ[3])
            return
        headers = answer.headers
        if answer.status == http.client.OK and answer.body and headers.get("Data-Version"):
            self._count(phase, READ[1] if headers.get("X-Cache") in STALE else READ[0])
        elif answer.status == http.client.SERVICE_UNAVAILABLE and headers.get("Retry-After"):
            self._count(phase, READ[2])
            self.counts[phase].missed.append(f"{path}: {_words(answer.body)[-200:]}")
        else:
            odd = f"{path}: {answer.status} {headers.get('X-Cache')} {answer.body[:80]!r}"
            self._count(phase, READ[4], odd)

    def _writer(self) -> None:
        self._over.wait(max(0, self.setting.filled_at + LEAST_SECONDS - time.monotonic()))
        for number in itertools.count(1):
            if self._over.is_set():
                return
            self._write(f"claim-{number:05}", f"127.0.1.{number % 250 + 1}")
            self._over.wait(self.writes_each)

    def _write(self, claim: str, source: str) -> None:
        """One report of error, as a reader sends it; five from each address, for more are not taken."""
        phase = self.phase
        token = "a" * 32
        form = {
            "page": "/labs/",
            "claim": claim,
            "wrong": "all of it",
            "source": "https://a.example/",
            "opened": self.setting.filled["opened"],
        }
        body = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"csrftoken={token}",
            "Referer": f"https://{HOST}/report/",
        }
        try:
            answer = self.setting.ask("POST", "/report/", body, headers, source)
        except (OSError, http.client.HTTPException):
            self._count(self.phase, WRITTEN[2])
            return
        if answer.status == http.client.FOUND:
            self.accepted.append(claim)
            self._count(phase, WRITTEN[0])
        elif answer.status == http.client.SERVICE_UNAVAILABLE and any(each in answer.body for each in SENTENCES):
            self._count(phase, WRITTEN[1])
        else:
            self._count(phase, WRITTEN[3], f"report: {answer.status} {_words(answer.body)[-300:]}")


def _words(body: bytes) -> str:
    """What a page says, without its markup."""
    return re.sub(r"(?s)<[^>]*>|\s+", " ", body.decode(errors="replace"))
