"""A headless Chromium, and the site in front of it on 127.0.0.1.

Without Chromium the tests are skipped with the reason, which .ci/run does not allow.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from pytest_django.live_server_helper import LiveServer

from evaltracker.admin.sessions import BEGAN, moment
from tests.browser.browsers import launched, program
from tests.browser.person import PATIENCE, Person
from tests.browser.site import serving
from tests.records import SQLiteTemplate


@pytest.fixture(scope="package")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """The browser of the tests of this package in one process; each test has contexts of its own in it.

    Playwright runs an event loop in this thread as long as the browser is open, so it ends with the package: no other
    test may meet that loop. Django refuses the database to code that a loop runs; a test's own code is not such code.
    """
    if program() is None:
        pytest.skip("no browser: Chromium is not installed (on Debian: chromium)")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with launched(playwright) as browser:
            yield browser


@pytest.fixture(scope="package")
def windows(chromium: Browser) -> dict[str, BrowserContext]:
    """The windows that were opened, by their options: a new one costs more than the page in it."""
    return {}


@pytest.fixture
def context(chromium: Browser, windows: dict[str, BrowserContext]) -> Iterator[Callable[..., BrowserContext]]:
    """A function that gives a window with no page of the site, no cookies and nothing in its cache.

    The options are those of Playwright's new_context. The next test that asks for the same ones gets the window again.
    """
    used = []

    def open_context(**options: Any) -> BrowserContext:
        options = {"viewport": {"width": 1440, "height": 1000}} | options
        window = windows.pop(repr(sorted(options.items())), None)
        if window is None:
            window = chromium.new_context(**options)
            window.new_page()  # which stays: a window without any page is made anew too
        window.set_default_timeout(PATIENCE * 1000)
        used.append((repr(sorted(options.items())), window))
        return window

    yield open_context
    for options, window in used:
        for page in window.pages[1:]:
            page.close()
        window.clear_cookies()
        window.new_cdp_session(window.pages[0]).send("Network.clearBrowserCache")
        windows[options] = window


@pytest.fixture(scope="package")
def site(django_db_setup: None, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site with the curated records, which runs in a process and a database of its own.

    Tests of what readers see share it. Nothing that a reader does changes what others see.
    """
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(SQLiteTemplate(pytestconfig.cache.mkdir("test-database")).path, folder / "db.sqlite3")
    with ExitStack() as until_done:
        with _collected(pytestconfig.cache.mkdir("test-static"), folder / "static"):
            address = until_done.enter_context(serving(folder))
        yield address


@contextmanager
def _collected(kept: Path, static: Path) -> Iterator[None]:
    """In this block the site collects its static files: what is compressed once, which takes seconds, is kept."""
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_kept := (kept / "static").exists():
            fcntl.flock(lock, fcntl.LOCK_UN)
            shutil.copytree(kept / "static", static)
        yield
        if not is_kept:
            shutil.rmtree(kept / "unfinished", ignore_errors=True)
            shutil.copytree(static, kept / "unfinished").rename(kept / "static")


@pytest.fixture
def browse(live_server: LiveServer, context: Callable[..., BrowserContext]) -> Callable[..., Person]:
    """A function that gives a window to somebody who is signed in at the desk, with nothing counted yet."""

    def sign_in(user: Any, **options: Any) -> Person:
        session = SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
        session["_auth_user_hash"] = user.get_session_auth_hash()
        session[BEGAN] = moment()
        session.save()
        window = context(base_url=live_server.url, **options)
        window.add_cookies([{"name": "sessionid", "value": session.session_key, "url": live_server.url}])
        return Person(window.new_page())

    return sign_in


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder for what a person uploads."""
    return tmp_path
