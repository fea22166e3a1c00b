#!/usr/bin/env bash
# trafilatura 2.3.1 (courlan 1.4.0): the address of a page, "https://example.org/cards?model=3&section=2", is recorded as
# "https://example.org/cards?model=3§ion=2", whether the page names it or whoever calls hands it over; and so are the
# links in its text. That is another document: the model is "3§ion=2", and there is no section. Likewise "&region=",
# "&notes=", "&current=", "&timestamp=", "&quote=", "&copy=".
# Expected: the address. RFC 3986, section 3.4: "&" is a character of a query and begins no character reference. In HTML,
# too, "&sect" before a letter, a digit or "=" in an attribute is no reference (HTML Living Standard 13.2.5.73, "for
# historical reasons"), and here it stands as "&amp;section", which the parser of HTML has read already.
# Why: trafilatura reads character references a second time, in each field and in the whole text that it has made, as in
# running text, where "&sect" needs no semicolon. courlan's clean_url does the same with an address of its own accord.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check trafilatura==2.3.1 courlan==1.4.0 lxml_html_clean==0.4.6
"$folder/venv/bin/python" - <<'PY'
import json
from html import escape
from html.parser import HTMLParser
from importlib.metadata import version

import trafilatura
from courlan import clean_url

ADDRESS = "https://example.org/cards?model=3&section=2"
OTHER = "https://example.org/cards?model=3§ion=2"
PAGE = "<html><head><title>Card</title>{}</head><body><article><p>{}</p><p>{}</p></article></body></html>"
WORDS = "We asked an outside group to test the model. " * 8
NAMED = f'<link rel="canonical" href="{escape(ADDRESS)}">'
LINK = f'The card has <a href="{escape(ADDRESS)}">a section on these tests</a> and others.'


class Links(HTMLParser):
    def handle_starttag(self, tag, attrs):
        found.extend(value for name, value in attrs if name == "href")


def source(head="", url=None):
    page = PAGE.format(head, WORDS, "")
    return json.loads(trafilatura.extract(page, url=url, output_format="json", with_metadata=True))["source"]


found = []
Links().feed(NAMED + LINK)
assert found == [ADDRESS, ADDRESS], "the page itself is at fault"
print("trafilatura", version("trafilatura"), "courlan", version("courlan"))
text = trafilatura.extract(PAGE.format("", WORDS, LINK), include_links=True)
seen = {"named by the page": source(NAMED), "handed over": source(url=ADDRESS), "a link": text.split("](")[1].split(")")[0]}
print("the address:      ", ADDRESS)
for name, address in seen.items():
    print(f"{name + ':':18} {address}")
cleaned = clean_url(ADDRESS)
print("courlan.clean_url:", cleaned)
assert source(url="https://example.org/cards?model=3&part=2").endswith("&part=2")
assert set(seen.values()) == {OTHER}, "an address stays as it is now"
assert cleaned == "https://example.org/cards?model=3%C2%A7ion%3D2", "clean_url keeps the address now"
PY
