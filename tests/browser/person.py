"""Somebody at a browser, whose clicks and page loads are counted."""

import contextlib
from pathlib import Path
from typing import Any

from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 20  # seconds; a page is waited for, never slept for


class Person:
    """Clicks with the mouse and types. A keyboard's Tab and Enter are no clicks; every press of the mouse is one."""

    def __init__(self, driver: WebDriver, site: str) -> None:
        self.driver, self.site = driver, site
        self.clicks = self.loads = 0

    # --- pages ---------------------------------------------------------------------------------------------

    def open(self, path: str) -> None:
        """Type an address."""
        self.loads += 1
        self.driver.get(self.site + path)

    def follow(self, element: WebElement | str) -> None:
        """Click what leads to another page, and wait for that page."""
        self.loads += 1
        before = self.driver.find_element(By.TAG_NAME, "html")
        self.click(element)
        self.wait(lambda: _is_gone(before))
        self.wait(lambda: self.driver.execute_script("return document.readyState") == "complete")

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        return " ".join(self.driver.find_element(By.TAG_NAME, "body").text.split())

    # --- finding -------------------------------------------------------------------------------------------

    def find(self, css: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def named(self, name: str) -> WebElement:
        """The field or button of that name."""
        return self.find(f'[name="{name}"]')

    def link(self, words: str) -> WebElement:
        return self.driver.find_element(By.PARTIAL_LINK_TEXT, words)

    def button(self, words: str) -> WebElement:
        """The button with these words."""
        return self.driver.find_element(By.XPATH, f"//button[contains(normalize-space(.), '{words}')]")

    def wait(self, condition: Any) -> Any:
        return WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05).until(lambda _: condition())

    # --- mouse and keyboard --------------------------------------------------------------------------------

    def click(self, element: WebElement | str) -> None:
        """Press the mouse once on an element, or on the field or button of that name."""
        self.clicks += 1
        element = self.named(element) if isinstance(element, str) else element
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def press(self, name: str) -> None:
        """Click a button that changes the page in place, and wait until it has."""
        form = self.find("form.desk-card")
        self.click(name)
        self.wait(lambda: _is_gone(form))

    def type(self, *keys: str) -> None:
        """Type where the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def type_over(self, text: str) -> None:
        """Type in place of what the field with the focus holds."""
        ActionChains(self.driver).key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).send_keys(text).perform()

    def type_fields(self, first: str, *texts: str) -> None:
        """Click a field, type, and go on to the next with the Tab key; an empty text leaves a field as it is."""
        self.click(first)
        self.type_on(*texts)

    def type_on(self, *texts: str) -> None:
        """Type where the focus is, and go on to the next field with the Tab key."""
        for place, text in enumerate(texts):
            self.type(*([Keys.TAB] if place else []), *([text] if text else []))

    def choose(self, name: str, words: str) -> None:
        """Click a box that finds records, type, and take the first that it finds with the Enter key."""
        select = self.named(name)
        box = select.find_element(By.XPATH, "following-sibling::span[contains(@class, 'select2')]")
        self.click(box.find_element(By.CSS_SELECTOR, ".select2-selection"))
        self.type(words)
        self.wait(lambda: words.casefold() in self._highlighted().casefold())
        self.type(Keys.ENTER)

    def _highlighted(self) -> str:
        with contextlib.suppress(Exception):
            return self.find(".select2-results__option--highlighted").text
        return ""

    def pick(self, name: str, value: str) -> None:
        """Choose from a list: two clicks, one on the list and one on the choice."""
        self.clicks += 2
        self.driver.execute_script(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change', {bubbles: true}))",
            self.named(name),
            value,
        )

    def tick(self, name: str, *values: str) -> None:
        for value in values:
            self.click(self.find(f'input[name="{name}"][value="{value}"]'))

    def upload(self, name: str, *files: Path) -> None:
        """Choose files: one click on the field, and one for each file in the window of the system."""
        self.clicks += 1 + len(files)
        self.named(name).send_keys("\n".join(map(str, files)))


def _is_gone(element: WebElement) -> bool:
    try:
        element.is_enabled()
    except Exception:  # whatever the driver says of an element of a page that was left
        return True
    return False
