"""The frame of every page: five sections and More, the day where it can be changed."""

import html
import re

import pytest

from tests.evaltracker.pages import source_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]


def navigation(page: str) -> tuple[list[str], list[str]]:
    """The labels in sight, and those behind "More"."""
    nav = re.search(r'<nav class="site-nav".*?</nav>', page, re.S)[0]
    first, _, more = nav.partition("<details>")
    return [[words_of(link) for link in re.findall(r"<a .*?</a>", part, re.S)] for part in (first, more)]


def test_five_sections_are_in_sight_and_the_others_behind_more(client, empty_database):
    first, more = navigation(source_of(client, "/"))
    assert first == ["Labs", "Models", "Evaluators", "Access events", "Commitments"]
    assert {"Timeline", "Sources", "Changes", "Methodology", "Data"} <= set(more)


@pytest.mark.parametrize(
    ("address", "label", "summary"),
    [
        ("/access/", "Access events", "More"),
        ("/sources/", "Sources", "More: Sources"),
        ("/data/", "Data", "More: Data"),
    ],
)
def test_the_section_of_the_page_is_marked_behind_more_too(client, empty_database, address, label, summary):
    nav = re.search(r'<nav class="site-nav".*?</nav>', source_of(client, address), re.S)[0]
    assert [words_of(link) for link in re.findall(r'<a [^>]*aria-current="true">.*?</a>', nav)] == [label]
    assert words_of(re.search(r"<summary.*?</summary>", nav)[0]).replace(" :", ":") == summary


def test_the_links_of_the_frame_keep_the_day(client, empty_database):
    page = source_of(client, "/sources/?as_of=2025-05-01")
    nav = re.search(r'<nav class="site-nav".*?</nav>', page, re.S)[0]
    assert all("as_of=2025-05-01" in link for link in re.findall(r'href="([^"]+)"', nav))


@pytest.mark.parametrize("address", ["/", "/access/?lab=none&sort=-days", "/methodology/?window=24", "/search/?q=metr"])
def test_the_day_is_changed_where_it_stands_and_all_else_stays(client, empty_database, address):
    response = client.get(address.replace("lab=none&", ""))
    form = re.search(r'<details class="dateline">.*?</details>', response.content.decode(), re.S)[0]
    assert '<input type="date" id="asof-day" name="as_of"' in form
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html.unescape(form))
    asked = dict(response.wsgi_request.GET.items())
    assert dict(hidden) == asked
    assert response.content.decode().count('id="asof-day"') == 1


def test_a_past_day_is_shown_in_the_box(client, empty_database):
    page = source_of(client, "/access/?as_of=2024-05-24")
    form = re.search(r'<details class="dateline">.*?</details>', page, re.S)[0]
    assert 'value="2024-05-24"' in form
    assert 'type="hidden"' not in form
