"""What goes wrong in a page while it is read, beside what it shows."""

from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response


def watch(page: Page, site: str) -> list[str]:
    """A list that fills with errors of the page's scripts, requests that fail, and requests to another host."""
    wrong: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        # Of an error page, the browser says that the page itself answered with its status.
        is_status_of_page = "responded with a status of" in said.text and said.location["url"] == page.url
        if said.type in ("error", "warning") and not is_status_of_page:
            wrong.append(f"console: {said.text} ({said.location['url']})")

    def ask(request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in ("http", "https") and url.netloc != urlsplit(site).netloc:
            wrong.append(f"leaves the site: {request.url}")

    def answer(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            wrong.append(f"{response.status}: {response.url}")

    def fail(request: Request) -> None:
        if not request.is_navigation_request():  # what is saved as a file ends the way to a page
            wrong.append(f"failed: {request.url} ({request.failure})")

    page.on("console", hear)
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on("request", ask)
    page.on("requestfailed", fail)
    page.on("response", answer)
    return wrong
