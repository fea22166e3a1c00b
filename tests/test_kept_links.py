"""Links and forms keep the day, the window and the weights that a page was asked for."""

import html
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

# Links are written from addresses; the pages are asked for on both databases by tests/test_urls.py.
pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]

KEPT = {"as_of": "2024-05-24", "window": "24", "weights": "evaluated:50,depth:50", "data_version": "2026.12.0"}
QUERY = "as_of=2024-05-24&window=24&weights=evaluated:50,depth:50&data_version=2026.12.0"
PAGES = (
    "/",
    "/labs/?country=US",
    "/labs/openai/",
    "/labs/compare/?lab=openai&lab=anthropic",
    "/models/?lab=openai",
    "/models/gpt-4/",
    "/evaluators/?kind=government",
    "/evaluators/metr/",
    "/access/?lab=openai&sort=-released",
    "/commitments/?lab=openai",
    "/commitments/white-house-2023-external-testing/",
    "/commitments/matrix/?origin=policy",
    "/sources/?lab=openai",
    "/timeline/?lab=openai",
    "/charts/share/",
    "/methodology/",
    "/report/",
    "/report/received/",
)
OWN_WORK = {
    "See it as of today": ("as_of", "data_version"),
    "see today": ("as_of", "data_version"),
    "see the history as of today": ("as_of", "data_version"),
    "12 months": ("window",),
    "all time": ("window",),
    "Back to the method’s weights": ("weights",),
    "Back to the method's own": ("weights",),
}
"""Links that change some of these, by their words; they keep the others."""


class Links(HTMLParser):
    """Collects (words, address) of each link, and (address, names of its fields) of each form."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[list[str]] = []
        self.forms: list[tuple[str, set[str]]] = []
        self._inside = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a":
            self.links.append(["", given.get("href", "")])
            self._inside = "a"
        elif tag == "form":
            self.forms.append((given.get("action") or "", set()))
        elif tag in ("input", "select") and self.forms and given.get("name"):
            self.forms[-1][1].add(given["name"])

    def handle_endtag(self, tag):
        if tag == "a":
            self._inside = ""

    def handle_data(self, data):
        if self._inside:
            self.links[-1][0] += data


def read(client, address: str, status: int = 200) -> Links:
    response = client.get(address)
    assert response.status_code == status, address
    found = Links()
    found.feed(response.content.decode())
    return found


def asked_by(page: str, address: str) -> dict[str, str] | None:
    """What an address within the site carries; None where it leads elsewhere or to the admin."""
    parts = urlsplit(urljoin(f"http://testserver{page}", address))
    is_feed = parts.path.endswith(".atom")  # of what is to come, whatever the day of the page
    if parts.netloc != "testserver" or parts.path.startswith("/admin/") or address.startswith("#") or is_feed:
        return None
    return {name: values[0] for name, values in parse_qs(parts.query).items() if name in KEPT}


def losing(page: str, found: Links) -> list[tuple[str, str]]:
    """The links that carry less than the page was asked for, but for what it is their work to change."""
    lost = []
    for words, address in found.links:
        carried = asked_by(page, address)
        changed = dict.fromkeys(OWN_WORK.get(words.strip(), ()))
        if carried is not None and {**carried, **changed} != {**KEPT, **changed}:
            lost.append((words.strip(), address))
    return lost


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_keeps_the_day_the_window_and_the_weights(client, records, page):
    page = f"{page}{'&' if '?' in page else '?'}{QUERY}"

    assert losing(page, read(client, page)) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_form_of_a_page_keeps_the_day_the_window_and_the_weights(client, records, page):
    page = f"{page}{'&' if '?' in page else '?'}{QUERY}"
    for address, names in read(client, page).forms:
        carried = names | set(asked_by(page, address) or {})
        assert KEPT.keys() <= carried or "depth" in names, address  # the form of weights sets them itself


def test_a_link_out_of_a_bad_address_keeps_what_was_good_and_drops_what_was_not(client, records):
    page = "/labs/?as_of=2024-05-24&window=13&weights=depth:1&colour=red"
    found = dict(read(client, page, status=400).links)

    assert found["Open the page without these parameters"] == "/labs/?as_of=2024-05-24&weights=depth:1"
    assert found["Models"] == "/models/?as_of=2024-05-24&weights=depth:1"
    assert found["Go to the home page"] == "/?as_of=2024-05-24&weights=depth:1"


def test_the_page_for_an_unknown_address_keeps_the_day(client, records):
    page = f"/labs/nobody/?{QUERY}"

    assert losing(page, read(client, page, status=404)) == []


def test_a_report_names_the_page_with_the_day_it_was_read_as_of(client, records):
    found = dict(read(client, "/models/gpt-4/?as_of=2024-05-24").links)
    form = html.unescape(client.get(found["Report an error on this page"]).content.decode())

    assert 'value="/models/gpt-4/?as_of=2024-05-24"' in form
