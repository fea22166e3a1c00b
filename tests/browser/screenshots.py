"""`make screenshots`: pictures of every type of page, to look at: three widths, light and dark, and print.

They go into `screenshots/`, whose index.html shows all on one sheet. An argument takes only the pages whose name or
address contains it.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

import django
from playwright.sync_api import Browser, sync_playwright

from tests.browser.browsers import launched, program
from tests.browser.site import ROOT, serving

FOLDER = ROOT / "screenshots"
WIDTHS = (360, 768, 1440)
THEMES = ("light", "dark")
A4 = 794  # px wide, at 96 to the inch
TALLEST = 16_000  # px; Chromium draws no higher picture

STYLE = """body{font:16px sans-serif;margin:2rem;background:#ddd;color:#111}
ul{display:flex;gap:1rem;overflow-x:auto;padding:0;list-style:none;align-items:flex-start}
li{flex:none}
img{display:block;width:15rem;max-height:30rem;object-fit:cover;object-position:top;border:1px solid #777}"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="make screenshots", description="Take pictures of every type of page.")
    parser.add_argument("only", nargs="?", default="", help="take the pages with this in their name or address")
    only = parser.parse_args().only
    if program() is None:
        sys.exit("make screenshots: Chromium is not installed (on Debian: chromium)")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from tests.browser.page_types import page_types  # needs the addresses, so Django

    pages = {name: path for name, path in page_types().items() if only in name or only in path}
    if not pages:
        sys.exit(f"make screenshots: no type of page has {only!r} in its name or address")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    print("Starting the site …", flush=True)
    taken = {}
    with (
        tempfile.TemporaryDirectory() as place,
        serving(Path(place)) as site,
        sync_playwright() as playwright,
        launched(playwright) as browser,
    ):
        for number, (name, path) in enumerate(pages.items(), start=1):
            print(f"{number:3} of {len(pages)}  {path}", flush=True)
            taken[name] = path, list(take(browser, site + path, re.sub(r"\W+", "-", name).strip("-") or "home"))
    (FOLDER / "index.html").write_text(sheet(taken))
    print(f"{FOLDER / 'index.html'} shows them all.")


def take(browser: Browser, url: str, stem: str) -> Iterator[tuple[str, str]]:
    """Take the pictures of a page; yields the words under each, and the name of its file."""
    with browser.new_context(reduced_motion="reduce") as window:
        page = window.new_page()
        page.goto(url)
        for width in WIDTHS:
            for theme in THEMES:
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=theme)
                yield f"{width}, {theme}", _picture(page, f"{stem}-{width}-{theme}.png")
        page.set_viewport_size({"width": A4, "height": 1123})
        page.emulate_media(color_scheme="light", media="print")
        yield "as printed", _picture(page, f"{stem}-print.png")
        page.pdf(path=FOLDER / f"{stem}.pdf", format="A4")
        yield "PDF", f"{stem}.pdf"


def _picture(page, name: str) -> str:
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    width = page.viewport_size["width"]
    page.screenshot(path=FOLDER / name, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    return name


def sheet(taken: dict[str, tuple[str, list[tuple[str, str]]]]) -> str:
    """The page that shows all pictures."""
    parts = [f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Screenshots</title><style>{STYLE}</style>']
    for name, (path, pictures) in taken.items():
        parts.append(f"<h2>{escape(name)}</h2><p>{escape(path)}</p><ul>")
        for words, file in pictures:
            shown = f'<img src="{file}" alt="" loading="lazy">' if file.endswith(".png") else ""
            parts.append(f'<li><a href="{file}">{shown}{escape(words)}</a></li>')
        parts.append("</ul>")
    return "\n".join(parts)


if __name__ == "__main__":
    main()
