"""What the first view of each type of page costs a reader on a slow line, beside its goals.

The demo serves the shipped records as a site does, with static files compressed and named by their content. Chromium
opens each page with an empty cache, on a line of 1.6 Mbit/s with 150 ms from end to end and back, with a processor
four times slower than this one: Lighthouse's "slow 4G" on a middling phone. Bytes are those that came over the wire.
"""

import contextlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.bench.builds import ROOT, BenchError, progress

LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
SLOWER = 4
KINDS = {"Document": "html", "Stylesheet": "css", "Script": "js", "Image": "images"}
WITHOUT_PICTURES, WITH_PICTURES, EVENTS = 60_000, 150_000, 40_000
PAINT = 1.5
"""The goals: bytes of a page without and with pictures, and of the events' HTML; seconds to the largest paint."""
PATIENCE = 180
SETTLED = """() => new Promise((done) => {
  let last = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) last = entry.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => done(last), 300);
})"""
PAGES = {
    "home": "/",
    "labs": "/labs/",
    "lab": "/labs/anthropic/",
    "models": "/models/",
    "release": "/models/claude-opus-4-6/",
    "evaluators": "/evaluators/",
    "events": "/access/",
    "event": "/access/gdm-gemini-1-5-pro-external/",
    "commitments": "/commitments/",
    "commitment": "/commitments/white-house-2023-external-testing/",
    "matrix": "/commitments/matrix/",
    "compare": "/labs/compare/?lab=anthropic&lab=openai",
    "sources": "/sources/",
    "timeline": "/timeline/",
    "figures": "/charts/",
    "share": "/charts/share/",
    "changes": "/changes/",
    "methodology": "/methodology/",
    "data": "/data/",
    "search": "/search/?q=metr",
    "about": "/about/",
}


@dataclass
class FirstView:
    """One page: what came over the wire by kind, seconds to its largest paint, and whether it has a picture."""

    name: str
    path: str
    has_picture: bool = False
    paint: float = 0.0
    bytes_of: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*KINDS.values(), "other"), 0))

    @property
    def total(self) -> int:
        """All bytes of the page."""
        return sum(self.bytes_of.values())

    @property
    def most(self) -> int:
        """The goal for all bytes."""
        return WITH_PICTURES if self.has_picture else WITHOUT_PICTURES

    def missed(self) -> list[str]:
        """The goals that the page misses, in words."""
        missed = [f"{self.total / 1000:.0f} kB of {self.most // 1000}"] if self.total > self.most else []
        if self.name == "events" and self.bytes_of["html"] > EVENTS:
            missed.append(f"HTML {self.bytes_of['html'] / 1000:.0f} kB of {EVENTS // 1000}")
        return [*missed, f"paint {self.paint:.2f} s of {PAINT}"] if self.paint > PAINT else missed


def table(views: Sequence[FirstView]) -> str:
    """All pages with their goals, in Markdown."""
    lines = [
        "| page | HTML, kB | CSS | scripts | images | other | all, kB | goal | largest paint, s | goal | |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for view in views:
        kinds = " | ".join(f"{size / 1000:.1f}" for size in view.bytes_of.values())
        verdict = "; ".join(view.missed()) or "met"
        sizes = f"{kinds} | {view.total / 1000:.1f} | {view.most // 1000}"
        lines.append(f"| `{view.path}` | {sizes} | {view.paint:.2f} | {PAINT} | {verdict} |")
    return "\n".join(lines)


def measure(names: Sequence[str] = (), rounds: int = 3) -> list[FirstView]:
    """The first view of each page, or of those named; the median paint of ``rounds`` views.

    Raises BenchError without Chromium, and for a page that is not among ``PAGES``.
    """
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise BenchError("Chromium is not installed (on Debian: chromium)")
    if unknown := set(names) - set(PAGES):
        raise BenchError(f"there is no page {', '.join(sorted(unknown))}; there are {', '.join(PAGES)}")
    asked = {name: path for name, path in PAGES.items() if not names or name in names}
    with (
        _site() as address,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"]) as browser,
    ):
        views = []
        for name, path in asked.items():
            if not _is_there(address + path):
                continue
            progress(path)
            tries = []
            for _ in range(rounds):
                context = browser.new_context(viewport={"width": 1440, "height": 900})
                tries.append(_first_view(context.new_page(), address, FirstView(name, path)))
                context.close()
            tries.sort(key=lambda view: view.paint)
            tries[0].paint = median(view.paint for view in tries)
            views.append(tries[0])
        return views


def _first_view(page: Page, address: str, view: FirstView) -> FirstView:
    session: CDPSession = page.context.new_cdp_session(page)
    kinds: dict[str, str] = {}

    def answered(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = KINDS.get(event["type"], "other")

    def ended(event: dict[str, Any]) -> None:
        view.bytes_of[kinds.get(event["requestId"], "other")] += int(event["encodedDataLength"])

    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", ended)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address + view.path, wait_until="networkidle", timeout=PATIENCE * 1000)
    view.paint = page.evaluate(SETTLED) / 1000
    view.has_picture = page.locator("main figure svg, main figure img").count() > 0
    return view


def _is_there(url: str) -> bool:
    """Asked before it is measured, so that the site has read its records."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            answer.read()
    except urllib.error.HTTPError:
        return False
    return True


@contextlib.contextmanager
def _site() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "evaltracker.demo", "--port", str(port), "--folder", folder]
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as served:
            try:
                _wait_for(f"http://127.0.0.1:{port}/", served)
                yield f"http://127.0.0.1:{port}"
            finally:
                served.send_signal(signal.SIGTERM)
                served.communicate()


def _wait_for(url: str, served: "subprocess.Popen[str]") -> None:
    for _ in range(PATIENCE):
        if served.poll() is not None:
            said = re.sub(r"\s+", " ", served.stderr.read() if served.stderr else "")
            raise BenchError(f"the site did not start: {said[-300:]}")
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            answer.read()
            return
        time.sleep(1)
    raise BenchError("the site did not answer")
