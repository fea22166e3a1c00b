#!/usr/bin/env bash
# url-normalize 3.1.0: an address with a text fragment, which opens the page at the quoted words, is "normalized" into one
# without: "#:~:text=red,team" becomes "#%3A~%3Atext=red%2Cteam", the name of a place that no page has. "#/models/4", the
# route of a page made by scripts, becomes "#%2Fmodels%2F4"; and an archived copy of https://example.com/card one of
# https:/example.com/card, for two slashes in a path become one. rfc3986 leaves all of them as they are.
# RFC 3986, 3.5: ":", "/" and "," may stand in a fragment as they are; 2.2: an address with a reserved character and one with
# its percent-encoding are not equivalent, and 6.2.2.2 normalizes the unreserved alone; 3.3: an empty segment is a segment.
# URL Fragment Text Directives (WICG): a browser looks for the characters ":~:" as they are. The library's page says that it
# is for storage too, and "Fragments are preserved".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check url-normalize==3.1.0 rfc3986==2.0.0
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

import rfc3986
from url_normalize import url_normalize

SEEN = {
    "https://example.com/card#:~:text=red,team": "https://example.com/card#%3A~%3Atext=red%2Cteam",
    "https://example.com/#/models/4": "https://example.com/#%2Fmodels%2F4",
    "https://web.archive.org/web/2024/https://example.com/card": "https://web.archive.org/web/2024/https:/example.com/card",
    "https://example.com/card#tests": "https://example.com/card#tests",
}
print("url-normalize", version("url-normalize"), "and, for comparison, rfc3986", version("rfc3986"))
for address, seen in SEEN.items():
    by_rfc3986, normalized = rfc3986.normalize_uri(address), url_normalize(address)
    print(address, normalized, sep="\n  ")
    assert by_rfc3986 == address, "the other library changes the address too"
    assert normalized == seen, "it is normalized otherwise now"
PY
