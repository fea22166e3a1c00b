"""The site as files: each page is what is served, its links hold, and what needs a server leads to the living site."""

import contextlib
import datetime as dt
import http.client
import os
import re
import shutil
from html import unescape
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from evaltracker.web import frozen
from evaltracker.web.sitemap import NOT_LISTED
from labs.actions.versions import renew_stamp
from tests.outage.setting import adapted, free_ports, nginx_with
from tests.test_urls import read

pytestmark = pytest.mark.django_db

LIVE = "http://testserver"
STRIP = re.compile(
    r'<aside class="notice notice--past notice--strip" data-apart aria-label="A copy">.*?</aside>\n  ', re.S
)
SOME = (
    "/", "/labs/", "/labs.csv", "/labs.json", "/labs/openai/", "/labs/openai.json", "/labs/openai/feed.atom",
    "/labs/openai/scorecard/", "/models/", "/models.csv", "/models/gpt-4/", "/commitments/", "/commitments/matrix/",
    "/changes/", "/charts/", "/timeline/", "/methodology/", "/about/", "/data/", "/robots.txt", "/sitemap.xml",
)  # fmt: skip
"""One of each sort: the whole site takes minutes."""


def is_in_part(path: str) -> bool:
    return path in SOME or path.startswith("/static/")


class Links(HTMLParser):
    """The addresses that a page names, and its places."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places.add(given.get("id") or "")
        for name in ("href", "src", "action", "data-url", "data-figure", "data-plotly"):
            if name in given:
                self.found.append((name, given[name] or ""))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("frozen") / "site"


@pytest.fixture
def part(folder, records, monkeypatch):
    """A part of the site, written once."""
    if not folder.exists():
        monkeypatch.setattr(
            "evaltracker.management.commands.freeze.freeze",
            lambda into, tell, is_alone: frozen.freeze(into, tell, is_in_part, is_alone=is_alone),
        )
        said = StringIO()
        call_command("freeze", str(folder), stdout=said)
        assert re.search(r"\d+ files, \d+\.\d MB, in \d+ seconds\.", said.getvalue())
    return folder


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def address_of(folder: Path, file: Path) -> str:
    name = file.relative_to(folder).as_posix()
    return "/" + (name.removesuffix("index.html") if name.endswith("index.html") else name)


def as_served(page: str, address: str, folder: Path) -> str:
    """The page as it was before its links were led elsewhere, but for the form in which a link was written."""

    def back(match: re.Match[str]) -> str:
        link = unescape(match[2])
        if link.startswith("#"):
            return match[0]
        if link.startswith(LIVE):
            return f'{match[1]}="{link.removeprefix(LIVE)}"'
        if urlsplit(link).scheme:
            return match[0]
        target, place = urldefrag(link)
        file = (
            (folder / address.lstrip("/") / target) if address.endswith("/") else (folder / address[1:]).parent / target
        )
        whole = address_of(folder, Path(os.path.normpath(file)))
        return f'{match[1]}="{unquote(whole)}{f"#{place}" if place else ""}"'

    return frozen.LINK.sub(back, page)


def absolute_links(page: str, address: str) -> str:
    """The page with each link of it written in one way."""

    def write(match: re.Match[str]) -> str:
        link = unescape(match[2])
        if link.startswith("#") or (urlsplit(link).scheme and not link.startswith(LIVE)):
            return match[0]
        return f'{match[1]}="{urljoin(address, link.removeprefix(LIVE)) if link else address}"'

    return frozen.LINK.sub(write, page)


def test_each_file_is_what_is_served_but_for_the_note_and_where_links_lead(part):
    client = Client()
    found = files(part)
    names = {address_of(part, file) for file in found}
    assert set(SOME) <= names
    assert any(name.startswith("/static/css/") for name in names)
    for file in found:
        address = address_of(part, file)
        if address == frozen.NOT_IN_COPY:
            continue  # of the copy alone
        served = read(client.get(address))
        content = file.read_bytes()
        if file.suffix != ".html":
            assert content == served, address
            continue
        page = content.decode()
        without, count = STRIP.subn("", page)
        assert count == 1, address
        assert as_served(without, address, part) == absolute_links(served.decode(), address), address


def test_every_link_of_the_files_holds_or_leads_to_the_living_site(part):
    pages = {file: Links(file.read_text()) for file in files(part) if file.suffix == ".html"}
    held = led = 0
    for file, page in pages.items():
        for name, link in page.found:
            if urlsplit(link).scheme:
                led += link.startswith(LIVE)
                continue
            target, place = urldefrag(link)
            there = file if not target else Path(os.path.normpath(file.parent / unquote(target)))
            assert there.is_file(), (file, link)
            assert name != "action", (file, link)
            if place and there in pages:
                assert unquote(place) in pages[there].places | {"top"}, (file, link)
            held += 1
    assert held > 500
    assert led > 500


def test_a_page_says_that_it_is_a_copy_and_leads_to_the_living_one(part):
    page = (part / "labs" / "openai" / "index.html").read_text()
    strip = STRIP.search(page)[0]
    assert "This is a copy of data version 2026.12." in strip
    assert f'href="{LIVE}/labs/openai/"' in strip
    assert page.index(strip) < page.index("<main")
    assert 'action="http://testserver/search/"' in page


def test_nothing_of_the_desk_and_no_form_is_among_the_files(part):
    names = [address_of(part, file) for file in files(part)]
    assert not [name for name in names if name.startswith(("/admin", *(f"/{route}" for route in NOT_LISTED)))]


@pytest.mark.parametrize(
    ("link", "becomes"),
    [
        ("/labs/", "../index.html"),
        ("/labs/#top", "../index.html#top"),
        ("/labs.csv", "../../labs.csv"),
        ("/", "../../index.html"),
        ("#place", "#place"),
        ("/labs/?as_of=2024-05-24&amp;sort=key", f"{LIVE}/labs/?as_of=2024-05-24&amp;sort=key"),
        ("?page=2", f"{LIVE}/labs/a-lab/?page=2"),
        ("", f"{LIVE}/labs/a-lab/"),
        ("/models/other/", f"{LIVE}/models/other/"),
        ("https://else.example/labs/", "https://else.example/labs/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("//else.example/", "//else.example/"),
    ],
)
def test_where_a_link_leads(settings, link, becomes):
    settings.SITE_URL = LIVE
    written = frozen.frozen_page(f'<a href="{link}">', "/labs/a-lab/", {"/", "/labs/", "/labs.csv", "/labs/a-lab/"}, "")
    assert written == f'<a href="{becomes}">'


def test_a_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "mine").write_text("mine")
    for folder, words in [("site", "is not empty"), ("site/mine", "is not empty"), ("no/site", "is no folder")]:
        with pytest.raises(CommandError, match=words):
            call_command("freeze", str(tmp_path / folder))
    assert [path.name for path in tmp_path.rglob("*")] == ["site", "mine"]


def test_a_change_meanwhile_leaves_no_folder(records, tmp_path, monkeypatch):
    def change(path: str) -> bool:
        if path == "/about/":
            renew_stamp()
        return path == "/about/"

    monkeypatch.setattr(
        "evaltracker.management.commands.freeze.freeze", lambda into, tell, **_: frozen.freeze(into, tell, change)
    )
    with pytest.raises(CommandError, match="changed meanwhile"):
        call_command("freeze", str(tmp_path / "site"), stdout=StringIO())
    assert list(tmp_path.iterdir()) == []


def test_the_copy_has_a_page_that_says_what_is_not_in_it(part):
    page = (part / "not-in-this-copy" / "index.html").read_text()
    assert "What you asked for is not in this copy" in page
    assert "data version 2026.12." in page
    assert 'href="../data/index.html"' in page


@pytest.mark.parametrize(
    ("html", "becomes"),
    [
        ('<a href="/labs/?sort=key">', '<a href="../../not-in-this-copy/index.html">'),
        ('<a href="?page=2">', '<a href="../../not-in-this-copy/index.html">'),
        ('<form action="/search/">', '<form action="../../not-in-this-copy/index.html">'),
        ('<form action="">', '<form action="../../not-in-this-copy/index.html">'),
        ('<a href="/labs/#top">', '<a href="../index.html#top">'),
        ('<a href="https://else.example/?a=1">', '<a href="https://else.example/?a=1">'),
    ],
)
def test_a_copy_that_stands_alone_leads_nowhere_else(html, becomes):
    assert frozen.frozen_page(html, "/labs/a-lab/", {"/labs/"}, "", is_alone=True) == becomes
    note = frozen.note_of(dt.date(2026, 11, 30), "2026.12.0", is_alone=True)
    page = frozen.frozen_page("<main>", "/labs/", set(), note, is_alone=True)
    assert '<a href="../not-in-this-copy/index.html">are not in it</a>' in page
    assert LIVE not in page


def test_nginx_does_not_answer_a_filter_with_all_rows(tmp_path):
    """Nor a file with columns of its own; the tags of a campaign ask for nothing."""
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    for name in ("index.html", "labs.csv", "not-in-this-copy/index.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (port,) = free_ports(1)
    tls = "    listen 443 ssl;\n    server_name copy.evaltracker.example;\n"
    certificates = "".join(
        f"    ssl_certificate{name} /etc/ssl/evaltracker/{file}.pem;\n"
        for name, file in (("", "fullchain"), ("_key", "key"))
    )
    replaced = {tls + certificates: f"    listen 127.0.0.1:{port};\n", "/srv/evaltracker-copy": str(tmp_path)}
    found = {}
    with nginx_with(tmp_path, adapted("nginx/frozen.conf", replaced), port):
        for path in ("/", "/labs.csv", "/labs.csv?utm_source=a", "/?utm_a=1&utm_b=2", "/labs.csv?lab=openai", "/?q=",
                     "/?utm_a=1&as_of=2024-01-01", "/nothing/"):  # fmt: skip
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            with contextlib.closing(connection):
                connection.request("GET", path)
                answer = connection.getresponse()
                found[path] = (answer.status, answer.read().decode())
    missing = (404, "not-in-this-copy/index.html")
    assert found == {
        "/": (200, "index.html"),
        "/labs.csv": (200, "labs.csv"),
        "/labs.csv?utm_source=a": (200, "labs.csv"),
        "/?utm_a=1&utm_b=2": (200, "index.html"),
        "/labs.csv?lab=openai": missing,
        "/?q=": missing,
        "/?utm_a=1&as_of=2024-01-01": missing,
        "/nothing/": missing,
    }


def test_the_command_writes_a_copy_that_stands_alone(records, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "evaltracker.management.commands.freeze.freeze",
        lambda into, tell, is_alone: frozen.freeze(into, tell, lambda path: path == "/labs/", is_alone=is_alone),
    )
    call_command("freeze", str(tmp_path / "site"), "--alone", stdout=StringIO())
    pages = [file.read_text() for file in (tmp_path / "site").rglob("*.html")]
    assert len(pages) == 2
    for page in pages:
        links = Links(page)
        assert [link for name, link in links.found if link.startswith(LIVE) and name == "action"] == []
        assert 'action="../not-in-this-copy/index.html"' in page or 'action="index.html"' in page
        assert "lead to the living site" not in page
