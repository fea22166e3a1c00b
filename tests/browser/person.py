"""Somebody at a browser, whose clicks and page loads are counted."""

from pathlib import Path

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
    def focused(self) -> Locator:
        return self.find(":focus")

    # --- mouse and keyboard --------------------------------------------------------------------------------

    def click(self, element: Locator | str) -> None:
        """Press the mouse once on an element, or on the field or button of that name."""
        self.clicks += 1
        (self.named(element) if isinstance(element, str) else element).click()

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
