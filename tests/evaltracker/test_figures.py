"""Every figure of the registry: the picture says what its table and the ledger say, and is safe to show anywhere."""

import csv
import datetime as dt
import io
import re
import struct
import zlib
from collections import Counter
from html import unescape
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.http import QueryDict

from commitments.queries import ledger
from evaltracker.web.charts import drawing, releases
from evaltracker.web.charts.alone import alone
from evaltracker.web.charts.figure import figure
from evaltracker.web.charts.png import png, width_within
from evaltracker.web.charts.registry import FIGURE, FIGURES
from labs.choices import Evidence, LinkLowering
from labs.rules.access import Window
from tests import factories
from tests.test_urls import read

# Pictures are drawn from what is kept of the records; tests/test_urls.py asks for each on both databases.
pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]
SVG = "{http://www.w3.org/2000/svg}"
DAYS = ("2024-05-24", "2026-08-31")
SLUGS = [kind.slug for kind in FIGURES]
ROUTE = {kind.slug: kind.route for kind in FIGURES}
SAFE = {"svg", "title", "desc", "g", "a", "rect", "line", "path", "circle", "text", "tspan"}
"""The elements that pictures are made of: none loads, runs or styles anything."""


def document_of(client, slug: str, query: str) -> ET.Element:
    return ET.fromstring(client.get(f"/{ROUTE[slug]}.svg?{query}").content)


def links_of(root: ET.Element) -> list[tuple[str, str]]:
    """Each link of a picture: where it leads and its title."""
    links = [(each.get("href"), each.find(f"{SVG}title").text) for each in root.iter(f"{SVG}a")]
    return [(href, title) for href, title in links if "/methodology/" not in href]  # those lead from coded words


def rows_of(client, slug: str, query: str) -> list[dict[str, str]]:
    text = read(client.get(f"/{ROUTE[slug]}.csv?{query}")).decode()
    return list(csv.DictReader(io.StringIO(text)))


def pixels(image: bytes) -> tuple[int, int, set[bytes]]:
    """Width, height and the different lines of a PNG."""
    width, height = struct.unpack(">II", image[16:24])
    data, at = b"", 8
    while at < len(image):
        (length,) = struct.unpack(">I", image[at : at + 4])
        if image[at + 4 : at + 8] == b"IDAT":
            data += image[at + 8 : at + 8 + length]
        at += 12 + length
    raw = zlib.decompress(data)
    stride = len(raw) // height
    return width, height, {raw[line * stride : (line + 1) * stride] for line in range(height)}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_picture_as_a_file_needs_nothing_and_says_where_it_is_from(client, records, slug, day):
    root = document_of(client, slug, f"as_of={day}")
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= SAFE
    for each in root.iter():
        assert "var(" not in " ".join(each.attrib.values())
        assert not any(name.startswith("on") or name in ("style", "class") for name in each.attrib if name != "class")
        if each.get("href"):
            assert each.tag == f"{SVG}a"
            assert each.get("href").startswith("http")
    words = " ".join("".join(each.itertext()) for each in root.iter(f"{SVG}text"))
    shown = figure(slug, QueryDict(f"as_of={day}"))
    whole = " ".join(words.split())
    for part in (shown.question, shown.finding, "EvalTracker", "2026.12.0", "CC BY 4.0"):
        assert part in whole
    assert shown.question.endswith("?")


@pytest.mark.parametrize("slug", SLUGS)
def test_every_link_of_a_picture_leads_to_a_page_with_the_day_and_has_a_title(client, records, slug):
    pages = set()
    for form in ("svg", "page", "embed"):
        shown = figure(slug, QueryDict("as_of=2026-08-31"))
        on_page = "".join([shown.svg, *(drawing for _, drawing in shown.parts)])
        drawn = {"svg": shown.document, "page": on_page, "embed": shown.embedded}[form]
        for link in re.findall(r"<a [^>]*>", drawn):
            address = unescape(re.search(r'href="([^"]+)"', link)[1])
            assert "as_of=2026-08-31" in address
            assert re.search(r'aria-label="[^"]+"', link)
            assert ("_top" in link) == (form == "embed")
            pages.add(f"{urlsplit(address).path}?{urlsplit(address).query}".split("&data_version")[0])
    assert pages
    for page in sorted(pages)[:: max(len(pages) // 40, 1)]:
        assert client.get(page).status_code == 200, page


@pytest.mark.parametrize("slug", SLUGS)
def test_a_figure_has_a_page_with_its_table_a_bar_and_its_citation(client, records, slug):
    page = client.get(f"/{ROUTE[slug]}/?as_of=2026-08-31").content.decode()
    shown = figure(slug, QueryDict("as_of=2026-08-31"))
    assert shown.question in unescape(page)
    on_page = shown.picture.parts[0].rows if shown.picture.parts else shown.picture.rows
    assert page.split('id="table"')[1].count("<tr>") == min(len(on_page), 400) + 1
    for ending in ("svg", "png", "csv"):
        assert f'href="/{ROUTE[slug]}.{ending}?as_of=2026-08-31"' in page
    assert f"/embed/{slug}/?as_of=2026-08-31" in page
    cited = read(client.get(f"/{ROUTE[slug]}/cite.txt?as_of=2026-08-31")).decode()
    assert shown.finding.split(".")[0] in cited or shown.question in cited
    listed = client.get("/data/").content.decode()
    assert f"/{ROUTE[slug]}.csv" in listed
    assert f"/{ROUTE[slug]}/" in client.get("/sitemap.xml").content.decode()


@pytest.mark.parametrize("slug", SLUGS)
def test_an_embed_may_be_framed_and_nothing_else(client, records, slug):
    answer = client.get(f"/embed/{slug}/")
    assert "X-Frame-Options" not in answer
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert "<nav" not in page
    assert "<script" not in page
    assert all('target="_top"' in link for link in re.findall(r"<a [^>]+>", page))
    for other in ("/", f"/{ROUTE[slug]}/", f"/{ROUTE[slug]}.svg", "/labs/"):
        refused = client.get(other)
        assert refused["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in refused["Content-Security-Policy"]
    assert f"/embed/{slug}/" not in client.get("/sitemap.xml").content.decode()


@pytest.mark.parametrize("slug", SLUGS)
def test_a_png_has_its_size_and_shows_something_and_is_drawn_once(
    client, records, slug, settings, tmp_path, monkeypatch
):
    settings.KEPT_FIGURES_DIR = tmp_path
    image = client.get(f"/{ROUTE[slug]}.png?as_of=2026-08-31").content
    width, height, lines = pixels(image)
    assert width == 1616 or 5_900_000 < width * height < 6_100_000
    assert height > 400
    assert len(lines) > 50
    monkeypatch.setattr("evaltracker.web.views.figures.png", lambda *_: pytest.fail("drawn again"))
    assert client.get(f"/{ROUTE[slug]}.png?as_of=2026-08-31").content == image


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("query", ["as_of=2024-13-01", "window=13", "colour=red", "lab=no-such-lab", "lab=a&lab=b"])
def test_a_figure_refuses_what_it_cannot_be_asked_for(client, records, slug, query):
    for address in (
        f"/{ROUTE[slug]}/",
        f"/{ROUTE[slug]}.svg",
        f"/{ROUTE[slug]}.png",
        f"/{ROUTE[slug]}.csv",
        f"/embed/{slug}/",
    ):
        assert client.get(f"{address}?{query}").status_code == 400, address


@pytest.mark.parametrize("slug", SLUGS)
def test_without_any_record_a_figure_says_so(client, empty_database, slug):
    for address in (f"/{ROUTE[slug]}/", f"/embed/{slug}/", f"/{ROUTE[slug]}.svg", f"/{ROUTE[slug]}.png"):
        assert client.get(address).status_code == 200, address
    assert rows_of(client, slug, "") == []
    assert links_of(document_of(client, slug, "")) == []


def test_of_a_very_long_picture_the_file_of_dots_has_the_first_part_and_says_what_is_left_out(records, monkeypatch):
    shown = figure("timeline", QueryDict("as_of=2026-08-31"), "")
    whole = shown.document_for_dots
    assert whole == shown.document
    monkeypatch.setattr("evaltracker.web.charts.figure.LONG", 1000)
    first, second, *_ = shown.picture.parts
    assert len(shown.document_for_dots) < len(whole)
    words = " ".join(ET.fromstring(shown.document_for_dots).itertext())
    assert f"{first.title} alone. Left out: {second.title}" in " ".join(words.split())


def test_a_hostile_name_is_written_and_not_read(client, empty_database):
    name = "</title><script>alert(1)</script>&\"'<b>"
    factories.ai_model(name=name, lab=factories.lab(name=name), released_on="2024-06-15")
    for address in ("/charts/releases/", "/embed/releases/", "/charts/releases.svg"):
        assert "<script>alert" not in client.get(address).content.decode()
    [(_, title)] = links_of(document_of(client, "releases", ""))
    assert title.startswith(name)
    assert pixels(client.get("/charts/releases.png").content)[0] == 1616


def test_a_colour_of_a_file_is_that_of_the_light_scheme():
    root = drawing.picture(10, 10)
    drawing.rect(root, 0, 0, 1, 1, fill=drawing.GOOD)
    assert re.search(r'<rect[^>]*fill="#1a6e3d"', alone(drawing.written(root), question="What?", lines=["This."]))


# ------------------------------------------------------------------------------------- 1. every release, one square


@pytest.mark.parametrize("lab", ["", "openai"])
@pytest.mark.parametrize("day", DAYS)
def test_squares_rows_legend_and_ledger_agree(client, records, day, lab):
    query = f"as_of={day}" + (f"&lab={lab}" if lab else "")
    counted = ledger(dt.date.fromisoformat(day)).access.counted_in(Window.ALL, lab or None)
    words = Counter(each.evidence.word for each in counted)
    rows = rows_of(client, "releases", query)
    assert Counter(row["evidence"] for row in rows) == {word.value: count for word, count in words.items()}
    root = document_of(client, "releases", query)
    titles = [title for _, title in links_of(root)]
    assert len(titles) == len(rows) == len(counted)
    assert Counter(title.rpartition(": ")[2] for title in titles) == {w.label: count for w, count in words.items()}
    texts = {each.text for each in root.iter(f"{SVG}text")}
    assert {f"{word.badge_label}: {words[word]}" for word in Evidence} <= texts
    drawn = {text for text in texts if text.startswith("n = ")}
    halves = Counter(row["release_half_year"] for row in rows)
    assert {f"n = {count}" for count in halves.values()} <= drawn


def test_a_half_year_that_is_not_over_is_marked(client, records):
    texts = [each.text for each in document_of(client, "releases", "as_of=2026-08-31").iter(f"{SVG}text")]
    assert [text for text in texts if text.endswith("so far")] == ["2026, so far"]
    texts = [each.text for each in document_of(client, "releases", "as_of=2025-12-31").iter(f"{SVG}text")]
    assert not [text for text in texts if text and text.endswith("so far")]


def test_every_word_has_a_shape_of_its_own():
    shapes = set()
    for word in Evidence:
        root = drawing.picture(20, 20)
        releases.draw_word(root, 0, 0, word=word, side=18)
        shapes.add(re.sub(r"var\(--\w+\)", "", drawing.written(root)))
    assert len(shapes) == len(Evidence)


def test_of_very_many_releases_the_newest_half_years_are_drawn_and_the_others_are_counted(
    client, empty_database, monkeypatch
):
    monkeypatch.setattr(releases, "MOST_DRAWN", 1)
    lab = factories.lab()
    old, new = (factories.ai_model(lab=lab, released_on=day) for day in ("2023-06-15", "2024-06-16"))
    shown = figure("releases", QueryDict(""))
    assert new.get_absolute_url() in shown.svg
    assert old.get_absolute_url() not in shown.svg
    assert "Not drawn, but in the table: 1 older release." in shown.picture.note
    assert len(shown.picture.rows) == 2


# ------------------------------------------------------------------------------------------------ 2. who tests whom


@pytest.mark.parametrize("day", DAYS)
def test_cells_rows_and_ledger_agree_on_who_tested_whom(client, records, day):
    surely, possibly = {}, {}
    for each in ledger(dt.date.fromisoformat(day)).access.counted_in(Window.ALL):
        for weighed in each.counted:
            for part in weighed.event.participations:
                pair = (part.evaluator, each.release.lab)
                possibly.setdefault(pair, set()).add(each.release.key)
                if weighed.is_strict and part.lowering is LinkLowering.AS_EVENT:
                    surely.setdefault(pair, set()).add(each.release.key)
    rows = {(row["evaluator"], row["lab"]): row for row in rows_of(client, "who-tests-whom", f"as_of={day}")}
    assert rows.keys() == possibly.keys()
    cells = [
        title for href, title in links_of(document_of(client, "who-tests-whom", f"as_of={day}")) if "/access/?" in href
    ]
    assert len(cells) == len(rows)
    for pair, row in rows.items():
        low, high = len(surely.get(pair, ())), len(possibly[pair])
        assert (int(row["releases_tested_low"]), int(row["releases_tested_high"])) == (low, high)
        [title] = [each for each in cells if each.startswith(f"{figure_name(row)} and {row['lab_name']}: ")]
        assert f": {low} release" in title
        assert (f"{high - low} more possible" in title) == (high > low)


def figure_name(row: dict[str, str]) -> str:
    return "Unnamed testers" if row["evaluator"] == "unspecified-external-groups" else row["evaluator_name"]


def test_a_cell_leads_to_the_access_events_behind_it(client, records):
    shown = figure("who-tests-whom", QueryDict("as_of=2026-08-31"))
    for pair in shown.picture.rows[:6]:
        found = client.get(f"{pair.path}&as_of=2026-08-31").content.decode()
        assert len(set(re.findall(r'<th scope="row"[^>]*><a href="(/access/[^"?]+)', found))) >= pair.possible


def test_text_is_measured_rather_too_wide(records):
    assert drawing.width_of("Frontier releases") > 13 * 0.5 * len("Frontier releases")
    assert drawing.shortened("Frontier releases", 60).endswith("…")
    assert drawing.wrapped("one two three", 70) == ["one two", "three"]
    assert png(drawing.written(drawing.picture(10, 10)).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"'), 20)


@pytest.mark.parametrize(
    ("wide", "high", "width"),
    [
        (808, 500, 1616),  # twice its own size
        (808, 3000, 1271),  # what there is room for
        (808, 4183, 808),  # for a third more: its own size, in which lines fall on pixels
        (808, 7500, 803),
        (2244, 8852, 1233),
        (10, 10, 1616),
    ],
)
def test_a_high_picture_is_drawn_less_wide(wide, high, width):
    assert width_within(1616, wide, high) == width


@pytest.mark.parametrize("slug", SLUGS)
def test_a_figure_has_a_picture_beside_links_to_it_of_the_size_that_services_ask_for(client, records, slug):
    image = client.get(f"/{FIGURE[slug].route}/card.png?as_of=2026-08-31").content
    assert image.startswith(b"\x89PNG")
    assert struct.unpack(">II", image[16:24]) == (1200, 630)
    shown = figure(slug, QueryDict("as_of=2026-08-31"))
    words = " ".join("".join(each.itertext()) for each in ET.fromstring(shown.card).iter(f"{SVG}text"))
    assert shown.question in words
    assert "As known on 31 August 2026" in words


@pytest.mark.parametrize("page", ["/", "/labs/openai/", "/charts/depth/"])
def test_a_page_with_a_figure_is_shared_with_it(client, records, page):
    source = client.get(f"{page}?as_of=2026-08-31").content.decode()
    address = unescape(re.search(r'<meta property="og:image" content="([^"]+)"', source)[1])
    assert "/card.png" in address
    assert ("lab=openai" in address) == (page == "/labs/openai/")
    image = client.get(address.removeprefix("http://127.0.0.1:8000"))
    assert image["Content-Type"] == "image/png"
