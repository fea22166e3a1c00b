"""On paper: a lab's scorecard is two pages of A4, and what is folded on a screen is printed."""

import io

import pytest
from pypdf import PdfReader

from tests.browser import IN_A_BROWSER

pytestmark = [*IN_A_BROWSER, pytest.mark.django_db(transaction=True)]


def printed(context, live_server, address: str, size: str = "A4") -> list[str]:
    """The words of each sheet."""
    page = context(base_url=live_server.url).new_page()
    page.goto(address)
    document = PdfReader(io.BytesIO(page.pdf(format=size)))
    page.close()
    return [" ".join(sheet.extract_text().split()) for sheet in document.pages]


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_the_scorecard_of_every_lab_with_much_to_say_is_two_sheets_at_most(records, context, live_server, size):
    for key in ("anthropic", "openai", "google-deepmind"):
        for window in ("12", "all"):
            sheets = printed(context, live_server, f"/labs/{key}/scorecard/?window={window}", size)
            assert len(sheets) <= 2, (key, window)
            text = " ".join(sheets)
            for part in ("What the score is made of", "Score, 0 to 100", "Promises in force", "Sources", "https://"):
                assert part in text, (key, part)
            for control in ("Search", "Change the day", "Cite this page", "Methodology", "Report an error"):
                assert control not in text, (key, control)


def test_what_is_folded_is_printed_and_what_is_pressed_is_not(records, context, live_server):
    page = context(base_url=live_server.url).new_page()
    page.goto("/commitments/white-house-2023-external-testing/")
    folded = page.locator("main details.verdict .verdict__body").first
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
    assert page.locator(".site-footer .print-only").inner_text().startswith("Cite as: EvalTracker: ")
    for control in (".site-nav", ".site-search", ".dateline__form", "main form", ".breadcrumb", ".cite"):
        for each in page.locator(control).all():
            assert not each.is_visible(), control
