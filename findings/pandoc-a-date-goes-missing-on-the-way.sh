#!/usr/bin/env bash
# pandoc 3.9: a list of references loses dates when it is converted, and nothing warns. From CSL-JSON to CSL-JSON, a date in
# words is gone: "date-parts" is an empty list, which CSL-JSON does not allow. By way of biblatex it becomes the year 0, for
# pandoc writes "date = {}"; and a report of about May 2024 has no date left, for pandoc writes the tilde of "2024-05~" as
# \textasciitilde{} and does not know it again. By way of BibTeX a range of months has none, for it is written as the year
# "2024--2024". With --citeproc the same file is cited with its words: they are lost on writing. From RIS, a full day in the
# form of that format is no date, DA is passed over, and an organisation has its last word as its family name.
# CSL 1.0.2, csl-data.json: "date-parts" holds one or two lists; "literal" and "circa" are allowed. The biblatex manual,
# 2.3.8, writes an approximate date as "2024-05~". RIS Format Specifications: PY is YYYY/MM/DD/other information; the first
# comma of a name ends the last name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pypandoc_binary==1.17
cd "$folder"
venv/bin/python - <<'PY'
import json
import subprocess
from pathlib import Path

import pypandoc

PANDOC = pypandoc.get_pandoc_path()
DATES = {
    "in words": {"literal": "first half of 2023"},
    "about": {"date-parts": [[2024, 5]], "circa": True},
    "range": {"date-parts": [[2024, 6], [2024, 8]]},
    "month": {"date-parts": [[2024, 5]]},
}
works = [
    {"id": f"w{place}", "type": "webpage", "title": "A report", "issued": date} for place, date in enumerate(DATES.values())
]


def pandoc(text, *options):
    done = subprocess.run([PANDOC, *options], input=text, capture_output=True, text=True, check=True)
    assert not done.stderr, f"pandoc warns now: {done.stderr}"
    return done.stdout


def dates_after(*formats):
    text = json.dumps(works)
    for read, write in zip(("csljson", *formats), (*formats, "csljson"), strict=True):
        text = pandoc(text, "-f", read, "-t", write)
    return dict(zip(DATES, (work.get("issued") for work in json.loads(text)), strict=True))


print(pandoc("", "--version").splitlines()[0])
again, biblatex, bibtex = dates_after(), dates_after("biblatex"), dates_after("bibtex")
for name, date in DATES.items():
    print(f"{name}: {date}", f"again: {again[name]}", f"by biblatex: {biblatex[name]}", f"by BibTeX: {bibtex[name]}", sep="\n  ")
assert again == {**DATES, "in words": {"date-parts": []}}, "CSL-JSON keeps its dates now"
assert biblatex == {**DATES, "in words": {"date-parts": [[0]]}, "about": None}, "biblatex keeps dates otherwise now"
assert bibtex["month"] == DATES["month"] and bibtex["range"] == {"date-parts": []}, "BibTeX keeps ranges otherwise now"

RIS = "TY  - ELEC\r\nAU  - UK AI Security Institute\r\nTI  - A report\r\n{}  - 2024/05/24/\r\nER  - \r\n"
for tag, seen in (("PY", {"date-parts": []}), ("DA", None)):
    [work] = json.loads(pandoc(RIS.format(tag), "-f", "ris", "-t", "csljson"))
    print(f"RIS, {tag}  - 2024/05/24/: {work.get('issued')}, by {work['author']}")
    assert work.get("issued") == seen, "RIS is read otherwise now"
    assert work["author"] == [{"family": "Institute", "given": "UK AI Security"}], "an organisation stays one now"

Path("works.json").write_text(json.dumps(works))
cited = pandoc("See @w0.", "--citeproc", "--bibliography", "works.json", "-t", "plain")
assert "first half of 2023" in cited, "the words are not cited any more"
PY
