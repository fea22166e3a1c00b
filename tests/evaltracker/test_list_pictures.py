"""Figures stand, or are linked, where a reader of their subject looks; a release has a picture beside links to it."""

import re
import struct
from dataclasses import replace
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from django.http import QueryDict

from evaltracker.web.charts.registry import FIGURES
from evaltracker.web.charts.release_card import ReleaseCard
from evaltracker.web.presenters.release import promised_for
from labs.choices import Evidence
from labs.queries import releases_as_of
from labs.web.parameters import requested_day
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

LISTS = ("/", "/labs/", "/models/", "/evaluators/", "/access/", "/commitments/matrix/")
SVG = "{http://www.w3.org/2000/svg}"


def shown(page):
    return re.findall(r'<figure class="figure" id="figure-([-\w]+)"', page)


def test_each_figure_is_reached_from_a_page_of_its_subject_and_no_page_shows_one_twice(client, records):
    pages = {path: client.get(path).content.decode() for path in LISTS}
    for path, page in pages.items():
        assert len(shown(page)) == len(set(shown(page))), path
    for kind in FIGURES:
        assert any(re.search(rf'href="/{kind.route}/[?#"]', page) for page in pages.values()), kind.slug
    assert shown(pages["/labs/"]) == ["scores"]
    assert shown(pages["/evaluators/"]) == ["who-tests-whom"]


@pytest.mark.parametrize(
    "address",
    ["/labs/?q=openai", "/labs/?weights=evaluated:50", "/evaluators/?kind=government", "/evaluators/?page=1"],
)
def test_a_list_that_is_narrowed_or_weighed_anew_shows_no_figure_of_all(client, records, address):
    response = client.get(address)
    assert response.status_code == 200
    assert shown(response.content.decode()) == []


def test_the_figure_of_a_list_is_of_its_day_and_its_links_keep_it(client, records):
    page = client.get("/labs/?as_of=2024-05-24&window=24").content.decode()
    assert "As known on 24 May 2024" in page
    assert 'href="/charts/domains/?as_of=2024-05-24&amp;window=24"' in page


def test_a_site_without_a_release_shows_no_empty_figure(client, empty_database):
    assert [shown(client.get(path).content.decode()) for path in ("/labs/", "/evaluators/")] == [[], []]


def card_of(key, query=""):
    parameters = QueryDict(query)
    release = releases_as_of(requested_day(parameters))[key]
    return ReleaseCard(release, promised_for(release.day, key, parameters).sentences, parameters)


def words_of(card):
    return [each.text for each in ET.fromstring(card.svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("query", ["", "?as_of=2026-08-31"])
def test_a_link_to_a_release_shows_its_own_picture(client, records, query):
    page = client.get(f"/models/gpt-5/{query}").content.decode()
    address = unescape(re.search(r'<meta property="og:image" content="([^"]+)"', page)[1])
    assert address.endswith(f"/models/gpt-5/card.png{query}")
    words = unescape(re.search(r'<meta property="og:image:alt" content="([^"]+)"', page)[1])
    assert "OpenAI, released 7 August 2025" in words
    assert "METR" in words
    image = client.get(f"/models/gpt-5/card.png{query}")
    assert image["Content-Type"] == "image/png"
    assert struct.unpack(">II", image.content[16:24]) == (1200, 630)


def test_it_says_name_lab_day_word_and_who_tested_and_of_which_day(records):
    for key, release in releases_as_of(requested_day(QueryDict("as_of=2026-08-31"))).items():
        if not release.is_known:
            continue
        card = card_of(key, "as_of=2026-08-31")
        written = words_of(card)
        text = " ".join(written)
        assert "…" not in text, f"{key}: a line is cut"
        assert text.startswith(card.made_by)
        assert release.record.name in text, key
        assert release.evidence.word.badge_label in text, key
        assert release.sentences[0] in text, key
        assert "As known on 31 August 2026" in text
        heights = [float(each.get("y")) for each in ET.fromstring(card.svg).iter(f"{SVG}text")]
        assert heights == sorted(heights), key
        assert heights[-2] < heights[-1] - 30, f"{key}: the text runs into the source"


def test_a_long_name_and_a_release_without_a_day_fit(empty_database):
    model = factories.ai_model(name=" ".join(["Enormous"] * 17), released_on="")
    card = replace(card_of(model.key), promised=["Of the promises in force when it came out none is testable."] * 9)
    written = words_of(card)
    assert "released on a day not disclosed" in written[0]
    assert model.name in " ".join(written)
    assert Evidence.NOTHING_FOUND.badge_label in written
    assert not any("promises" in line or "…" in line for line in written)


def test_of_a_day_before_it_was_known_it_says_no_more_than_the_page(client, records):
    image, page = (client.get(f"/models/gpt-5/{name}?as_of=2023-01-01") for name in ("card.png", ""))
    assert image["Content-Type"] == page["Content-Type"] == "text/html; charset=utf-8"
    assert b"METR" not in image.content
    assert client.get("/models/nothing/card.png").status_code == 404
    assert client.get("/models/gpt-5/card.png?colour=red").status_code == 400
