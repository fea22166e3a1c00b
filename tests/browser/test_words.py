"""The meaning of a coded word shows while the pointer or the focus is on it, and goes with Escape."""

import pytest

from commitments.rules.criteria import Criterion
from labs.choices import Timing
from tests.browser import IN_A_BROWSER

pytestmark = IN_A_BROWSER


@pytest.fixture
def page(context, site):
    return context(base_url=site, viewport={"width": 1440, "height": 900}).new_page()


def test_a_criterion_and_a_word_further_down_a_column_and_one_in_a_summary_have_their_meaning(page):
    page.goto("/labs/openai/")
    help = page.locator("#word-help")
    page.locator("#criteria a.word", has_text="Follow-through").focus()
    assert Criterion.FOLLOW_THROUGH.explanation in help.inner_text()
    assert "Methodology: The score" in help.inner_text()
    page.keyboard.press("Escape")
    assert help.is_hidden()

    page.goto("/access/?columns=timing")
    again = page.locator("tbody span.word", has_text=Timing.BEFORE_DEPLOYMENT.label)
    again.first.hover()
    assert Timing.BEFORE_DEPLOYMENT.explanation in help.inner_text()

    page.goto("/commitments/white-house-2023-external-testing/")
    held = page.locator("summary:has(span.word)").first
    meaning, section = held.locator(".word").first.get_attribute("title").split("\n")
    held.focus()
    assert help.inner_text().split("\n") == [meaning, section]
