"""Every type of page in the browser: nothing for axe to find, no error, no request that fails or leaves the site.

Each page is loaded once; then the width of the window, and its colours, change under it as a reader's may.
"""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.template.loader import render_to_string

from tests.browser import IN_A_BROWSER
from tests.browser.page_types import STATUS, page_types
from tests.browser.watching import watch

pytestmark = IN_A_BROWSER

PAGES = page_types()
BROKEN = "something that broke"
DESK = "the log-in of the desk"

WIDE, BETWEEN, NARROW, NARROWEST = 1440, 768, 360, 320
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules of axe whose answer depends on the colours; only they are asked again in another theme."""

AXE = """async rules => {
    await new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)));  // what it sets going
    document.getAnimations().forEach(each => each.finish());  // a colour on its way to another is neither
    return axe.run(document, {resultTypes: ["violations"], ...(rules && {runOnly: {type: "rule", values: rules}})})
        .then(({violations}) => violations.flatMap(({id, help, nodes}) => nodes.map(
            ({target, html, failureSummary}) => `${id} (${help}) at ${target}: ${html.slice(0, 200)} ${failureSummary}`
        )));
}"""

READ_ONCE = """() => {
    const {prototype} = axe.commons.color.Color, {parseString} = prototype, read = {};
    prototype.parseString = function (text) {
        if (!Object.hasOwn(read, text)) {
            const {r, g, b, alpha} = parseString.call(this, text);
            read[text] = {r, g, b, alpha};
        }
        return Object.assign(this, read[text]);
    };
}"""
"""Each colour is read once: axe reads those of each element anew, which takes a fifth of its time."""

THINNED = """() => {
    const shape = each => `${each.tagName}.${each.getAttribute("class")}(${[...each.children].map(shape)})`;
    const seen = {};
    for (const each of document.querySelectorAll("li, tbody tr, article, details, option, dl > div, svg g, svg a")) {
        const name = each.isConnected && `${shape(each)} in ${each.parentElement.getAttribute("class")}`;
        seen[name] = (seen[name] || 0) + 1;
        if (seen[name] > 2 && each.parentElement.childElementCount > 1) each.remove();
    }
}"""
"""Leaves of all rows and items of one shape the first two, and no list empty: the others look alike. It halves the
time of axe, which reads the whole page once before.
"""

TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
    .filter(each => !each.closest("[tabindex='0'], .table-scroll, .visually-hidden"))
    .slice(0, 5).map(each => each.outerHTML.slice(0, 160))"""

PUSHED = """() => [...document.querySelectorAll(".table-scroll:not(:has(> .matrix))")]
    .filter(each => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== "visible")
    .map(each => `${each.getAttribute("aria-labelledby")} of ${each.scrollWidth} px`)"""
"""The tables that are wider than their room, but for matrices, which keep their columns."""


@pytest.mark.parametrize("name", [*PAGES, BROKEN])
def test_a_page_is_in_order_in_every_theme_and_width(context, site, name):
    path = PAGES.get(name, "/broken/")
    window = context(base_url=site, viewport={"width": WIDE, "height": 900}, reduced_motion="reduce")
    page = window.new_page()
    wrong = watch(page, site)
    if name == BROKEN:
        broken = render_to_string("500.html")
        page.route("**/broken/", lambda asked: asked.fulfill(status=500, body=broken, content_type="text/html"))

    answer = page.goto(path)
    assert answer.status == {**STATUS, BROKEN: 500}.get(name, 200)
    page.evaluate(AXE_SCRIPT)
    page.evaluate(READ_ONCE)

    def ask(when: str, rules: list[str] | None = None) -> None:
        wrong.extend(f"{when}: {found}" for found in page.evaluate(AXE, rules))

    ask("wide")
    for width in (BETWEEN, NARROW, NARROWEST):
        page.set_viewport_size({"width": width, "height": 800})
        needed = page.evaluate("document.scrollingElement.scrollWidth")
        if needed > width:
            wrong.append(f"{needed} px wide in a window of {width}: {page.evaluate(TOO_WIDE)}")
        wrong += [f"in a window of {width} {table} is pushed sideways" for table in page.evaluate(PUSHED)]
    page.evaluate(THINNED)
    page.set_viewport_size({"width": NARROW, "height": 800})
    ask("narrow")
    page.emulate_media(forced_colors="active")
    if name != DESK:  # its head is Django's: Chromium shows it in forced colours, and axe reads the colour from before
        ask("narrow, forced colours", COLOURS)
    page.emulate_media(forced_colors="none", color_scheme="dark")
    ask("narrow, dark", COLOURS)
    page.set_viewport_size({"width": WIDE, "height": 900})
    ask("wide, dark", COLOURS)

    assert not wrong, "\n".join(wrong)


def test_each_type_of_page_has_an_example_and_error_pages_too():
    assert {"/", "/labs/", "/labs/<slug:key>/", "/report/received/", "no such page"} <= set(PAGES)
