"""The one figure that plotly can draw too: on demand, with a way back, and its marks lead to records."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import IN_A_BROWSER
from tests.browser.person import PATIENCE
from tests.browser.watching import watch

pytestmark = IN_A_BROWSER


@pytest.fixture
def page(context, site) -> Iterator[Page]:
    """The page of the figure, in which nothing goes wrong."""
    page = context(base_url=site, viewport={"width": 1440, "height": 1200}).new_page()
    wrong = watch(page, site)
    page.goto("/charts/share/?as_of=2026-08-31")
    yield page
    assert not wrong, "\n".join(wrong)


def test_the_interactive_version_comes_on_demand_and_goes_again_and_the_button_keeps_the_focus(page):
    assert page.locator("script[src*=plotly]").count() == 0
    page.get_by_role("button", name="Interactive version").press("Enter")
    back = page.get_by_role("button", name="Back to the static picture")
    expect(back).to_be_focused(timeout=PATIENCE * 1000)  # its library is large
    picture, plot = page.locator(".figure__picture"), page.locator(".interactive__plot")
    expect(picture).to_be_hidden()
    expect(plot).to_be_visible()
    back.press("Enter")
    expect(picture).to_be_visible()
    expect(plot).to_have_count(0)
    expect(page.get_by_role("button", name="Interactive version")).to_be_focused()


def test_a_mark_of_the_interactive_version_leads_to_its_releases(page):
    page.get_by_role("button", name="Interactive version").press("Enter")
    mark = page.locator(".interactive__plot .scatterlayer .trace").nth(2).locator(".points path").first
    box = mark.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(r"/models/\?.*released_from=\d{4}-\d\d-\d\d.*as_of=2026-08-31"))
