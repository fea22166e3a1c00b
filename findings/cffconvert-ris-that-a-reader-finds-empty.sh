#!/usr/bin/env bash
# cffconvert 2.0.0 and rispy 0.10.0: the RIS file that the one writes holds no reference at all for the other.
# cffconvert ends the reference with the two letters ER; rispy takes a line for a tag only if a dash follows, so it
# never sees the end and returns an empty list: no error, no warning. With "ER  - " in that line it reads the reference.
# RIS Format Specifications (Research Information Systems): each tag is two characters, two spaces, a dash and a space;
# "ER  - " is the end of a reference and must be its last tag.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --use-pep517 'setuptools<81' cffconvert==2.0.0 rispy==0.10.0
cd "$folder"
cat >CITATION.cff <<'CFF'
cff-version: 1.2.0
message: Please cite it so.
title: A record of tests
date-released: "2026-12-01"
authors:
  - family-names: Roe
    given-names: Jane
CFF
venv/bin/cffconvert --format ris --infile CITATION.cff --outfile record.ris
venv/bin/python - <<'PY'
from importlib.metadata import version
from pathlib import Path

import rispy

print("cffconvert", version("cffconvert"), "and rispy", version("rispy"))
text = Path("record.ris").read_text().rstrip("\n")
print(text)
assert text.splitlines()[-1] == "ER", "cffconvert ends a reference otherwise now"
read = rispy.loads(text + "\n")
mended = rispy.loads(text + "  - \n")
print("read:", read)
print('read with "ER  - ":', [each["title"] for each in mended])
assert read == [], "rispy reads the reference now"
assert [each["title"] for each in mended] == ["A record of tests"]
PY
