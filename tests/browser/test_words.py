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
    again = page.locator("tbody u", has_text=Timing.BEFORE_DEPLOYMENT.label)
    again.first.hover()
    assert Timing.BEFORE_DEPLOYMENT.explanation in help.inner_text()

    choice = page.get_by_label(Timing.AFTER_DEPLOYMENT.label)
    choice.focus()
    assert Timing.AFTER_DEPLOYMENT.explanation in help.inner_text()
    choice.check()
    page.get_by_role("button", name="Apply filters").click()
    page.locator(".chip u").hover()
    assert Timing.AFTER_DEPLOYMENT.explanation in help.inner_text()

    page.goto("/commitments/white-house-2023-external-testing/")
    held = page.locator("summary:has(u)").first
    meaning, section = held.locator("u").first.get_attribute("title").split("\n")
    held.focus()
    assert help.inner_text().split("\n") == [meaning, section]


def test_a_box_to_type_into_suggests_names_once_somebody_is_about_to_type(page):
    page.goto("/access/?sort=lab")
    assert page.locator("datalist").count() == 0
    page.locator("#id_evaluator_more").focus()
    page.locator("#id_evaluator_names option[value='SecureBio']").wait_for(state="attached")
    page.locator("#id_model_more").focus()
    assert page.locator("datalist#id_model_names").count() == 1
