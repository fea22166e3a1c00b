"""Somebody at a browser, whose clicks and page loads are counted."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

PATIENCE = 20  # seconds; a page is waited for, never slept for


class Person:
    """Clicks with the mouse and types. A keyboard's Tab and Enter are no clicks; every press of the mouse is one."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.loads = 0

    # --- pages ---------------------------------------------------------------------------------------------

    def open(self, path: str) -> None:
        """Type an address."""
        self.loads += 1
        self.page.goto(path)

    def follow(self, element: Locator | str) -> None:
        """Click what leads to another page, and wait for that page."""
        self.loads += 1
        with self.page.expect_navigation():
            self.click(element)

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        return " ".join(self.page.locator("body").inner_text().split())

    # --- finding -------------------------------------------------------------------------------------------

    def find(self, css: str) -> Locator:
        return self.page.locator(css)

    def named(self, name: str) -> Locator:
        """The field or button of that name."""
        return self.find(f'[name="{name}"]')

    def link(self, words: str) -> Locator:
        """The first link with these words."""
        return self.page.get_by_role("link", name=words).first

    def button(self, words: str) -> Locator:
        """The button with these words."""
        return self.page.get_by_role("button", name=words)

    @property
    def main(self) -> Locator:
        """What is below the header and above the footer."""
        return self.page.get_by_role("main")

    @property
    def nav(self) -> Locator:
        """The links to the parts of the site."""
        return self.page.get_by_role("navigation", name="Main")

    @property
    def focused(self) -> Locator:
        return self.find(":focus")

    # --- mouse and keyboard --------------------------------------------------------------------------------

    def click(self, element: Locator | str) -> None:
        """Press the mouse once on an element, or on the field or button of that name."""
        self.clicks += 1
        (self.named(element) if isinstance(element, str) else element).click()

    def unfold(self, words: str | re.Pattern[str], unless: Locator | None = None) -> None:
        """Open what is folded under these words; not if ``unless`` can be seen already."""
        if unless is None or not unless.is_visible():
            self.click(self.find("summary").filter(has_text=words).first)

    def download(self, words: str, within: Locator | None = None) -> str:
        """Click the link to a file, and read it."""
        with self.page.expect_download() as download:
            self.click((within or self.main).get_by_role("link", name=words, exact=True).first)
        return download.value.path().read_text("utf-8")

    def json(self, address: str) -> Any:
        """What an address gives to a program. Raises AssertionError where it answers with an error."""
        answer = self.page.request.get(address)
        assert answer.ok, f"{answer.status}: {address}"
        return answer.json()

    def named_by_head(self, relation: str, media_type: str) -> str:
        """The address that the page names for programs."""
        return self.find(f"link[rel={relation}][type='{media_type}']").get_attribute("href")

    def write(self, label: str, text: str) -> None:
        """Go into the field with this label and type."""
        self.click(self.main.get_by_label(label))
        self.type(text)

    def date(self, field: Locator, day: str) -> None:
        """Fill a field with a day (2024-05-24)."""
        self.clicks += 1
        field.fill(day)

    def press(self, name: str) -> None:
        """Click a button that changes the page in place, and wait until it has."""
        form = self.find("form.desk-card").element_handle()
        self.click(name)
        self.page.wait_for_function("form => !form.isConnected", arg=form)

    def type(self, text: str) -> None:
        """Type where the focus is."""
        self.page.keyboard.type(text)

    def key(self, *keys: str) -> None:
        """Press keys by their names: Tab, Enter, Control+a."""
        for key in keys:
            self.page.keyboard.press(key)

    def enter(self) -> None:
        """Press Enter where that leads to another page."""
        self.loads += 1
        with self.page.expect_navigation():
            self.key("Enter")

    def type_over(self, text: str) -> None:
        """Type in place of what the field with the focus holds."""
        self.key("Control+a")
        self.type(text)

    def type_fields(self, first: str, *texts: str) -> None:
        """Click a field, type, and go on to the next with the Tab key; an empty text leaves a field as it is."""
        self.click(first)
        self.type_on(*texts)

    def type_on(self, *texts: str) -> None:
        """Type where the focus is, and go on to the next field with the Tab key."""
        for place, text in enumerate(texts):
            if place:
                self.key("Tab")
            self.type(text)

    def choose(self, name: str, words: str) -> None:
        """Click a box that finds records, type, and take the first that it finds with the Enter key."""
        self.click(self.named(name).locator("+ .select2 .select2-selection"))
        self.type(words)
        expect(self.find(".select2-results__option--highlighted")).to_contain_text(words, ignore_case=True)
        self.key("Enter")

    def pick(self, name: str, value: str) -> None:
        """Choose from a list: two clicks, one on the list and one on the choice."""
        self.clicks += 2
        self.named(name).select_option(value)

    def tick(self, name: str, *values: str) -> None:
        for value in values:
            self.click(self.find(f'input[name="{name}"][value="{value}"]'))

    def upload(self, name: str, *files: Path) -> None:
        """Choose files: one click on the field, and one for each file in the window of the system."""
        self.clicks += 1 + len(files)
        self.named(name).set_input_files(files)


class WithoutMouse(Person):
    """Reaches everything with the Tab key and presses Enter there, or the space bar to tick: no click is counted.

    It fails on what the Tab key does not reach.
    """

    MOST_STEPS = 1500

    def click(self, element: Locator | str) -> None:
        self.reach(self.named(element) if isinstance(element, str) else element)
        ticks = self.focused.evaluate("each => each.matches('[type=checkbox], [type=radio]')")
        types = self.focused.evaluate("each => each.matches('input:not([type=checkbox], [type=radio]), textarea')")
        if not types:
            self.key("Space" if ticks else "Enter")

    def date(self, field: Locator, day: str) -> None:
        """Type it as the browser asks for it: the month first or the day first."""
        self.reach(field)
        year, month, of_month = day.split("-")
        for typed in (month + of_month + year, of_month + month + year):
            self.key("ArrowLeft", "ArrowLeft", "ArrowLeft")
            self.type(typed)
            if field.input_value() == day:
                return
        raise AssertionError(f"{day} cannot be typed into {field}")

    def reach(self, element: Locator) -> None:
        """Press the Tab key until the element has the focus; past the header by the link that skips it."""
        goal = element.element_handle()
        skip = goal.evaluate("each => !!each.closest('main') && !document.activeElement.closest('main')")
        for _ in range(self.MOST_STEPS):
            if goal.evaluate("each => each === document.activeElement"):
                return
            self.key("Tab")
            if skip and self.focused.get_attribute("class") == "skip-link":
                self.key("Enter")
                skip = False
        raise AssertionError(f"the Tab key does not reach {element}")
