"""/style/ shows each part in each state to those who work on the site, and is no page of a deployed one."""

import re

import pytest
from django.urls import include, path

from evaltracker.web.views.style import COLOURS, WORDS, style_page
from tests.test_stylesheet import PARTS

urlpatterns = [path("style/", style_page), path("", include("evaltracker.urls"))]

# No record is read.
pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]


def test_it_is_not_there_without_debug(client, empty_database):
    assert client.get("/style/").status_code == 404


@pytest.mark.urls(__name__)
def test_its_view_refuses_without_debug_too(client, empty_database):
    assert client.get("/style/").status_code == 404


@pytest.mark.urls(__name__)
def test_it_shows_every_state(client, records, settings):
    settings.DEBUG = True
    page = client.get("/style/").content.decode()
    for terms in WORDS:
        for term in terms:
            assert re.search(rf'class="badge badge--(evidence-)?{term.value}"', page), term
    for name in COLOURS:
        assert f"swatch--{name}" in page
    shown = ("button--quiet", "aria-current", "aria-sort", "chip__x", "field--error", "table__empty")
    for part in (*shown, "pagination", "disclosure", "notice--past", "citation__quote", "ladder__rung--open"):
        assert part in page, part
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_it_has_all_colours_but_those_of_series_and_shadows():
    tokens = PARTS[0].read_text().partition("/* Light.")[2].partition("}")[0]
    named = set(re.findall(r"--([\w-]+): (?:#|rgb)", tokens))
    assert named - set(COLOURS) == {each for each in named if each.startswith("series-")} | {"shade"}
