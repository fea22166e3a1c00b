"""The installed Chromium, without a window."""

import shutil

from playwright.sync_api import Browser, Playwright

FLAGS = ("no-sandbox", "disable-gpu", "disable-quic", "disable-component-update", "disable-sync")


def program() -> str | None:
    """Where Chromium is; None where it is not installed."""
    return shutil.which("chromium") or shutil.which("google-chrome")


def launched(playwright: Playwright) -> Browser:
    """Start it; as a block, it ends with the block."""
    return playwright.chromium.launch(executable_path=program(), args=[f"--{flag}" for flag in FLAGS])
