"""A headless Chromium, driven through its own driver, and a server of the site on 127.0.0.1.

Without Chromium and its driver the tests are skipped with the reason, which .ci/run does not allow.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from pytest_django.live_server_helper import LiveServer
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from tests.browser.person import Person

FLAGS = (
    "headless",
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "window-size=1440,1000",
)


@pytest.fixture(scope="session")
def driver(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, live_server: LiveServer
) -> Iterator[webdriver.Chrome]:
    """The browser of all tests. It ends first, then the server, then the database, to which the server is connected."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    program = shutil.which("chromedriver")
    if chromium is None or program is None:
        pytest.skip("no browser: Chromium and its driver are not installed (on Debian: chromium and chromium-driver)")
    options = Options()
    options.binary_location = chromium
    for flag in (*FLAGS, f"user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(f"--{flag}")
    os.environ["SE_AVOID_STATS"] = "true"
    with webdriver.Chrome(options=options, service=Service(program)) as driver:
        driver.set_page_load_timeout(60)
        yield driver
    for thread in threading.enumerate():  # those that the server keeps for a browser, each with a database connection
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)


@pytest.fixture
def browse(driver: webdriver.Chrome, live_server: LiveServer) -> Iterator[object]:
    """A function that gives the browser to somebody who is signed in at the desk, with nothing counted yet."""

    def sign_in(user: object) -> Person:
        session = SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
        session["_auth_user_hash"] = user.get_session_auth_hash()
        session.save()
        driver.get(f"{live_server.url}/about-blank-404/")
        driver.delete_all_cookies()
        driver.add_cookie({"name": "sessionid", "value": session.session_key, "path": "/"})
        return Person(driver, live_server.url)

    yield sign_in
    driver.get("about:blank")  # no request is under way when the server stops


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder for what a person uploads."""
    return tmp_path
