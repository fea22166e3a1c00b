#!/usr/bin/env bash
# edtf 5.0.2, text_to_edtf: any small number near a year is taken for a month or a day, and two for a year as well. "Q3
# 2024" becomes March 2024, "week 12 of 2024" December 2024, "GPT-4 in May 2024" the 4th of May, and "5-9 May 2024",
# five days in 2024, one day in 2005. Each result is valid EDTF without a sign of doubt, so no check behind it sees
# anything.
# EDTF (Library of Congress, Level 2, "Sub-year groupings"; ISO 8601-2:2019) has what was meant: 2024-35 is the third
# quarter, and 2024-05-05/2024-05-09 the days. Expected: that, or None, which is the library's answer to what it cannot
# read.
# We take no words for a date: whoever enters one types EDTF (labs/rules/dates.py, `span`).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check edtf==5.0.2 python-dateutil==4.0.0
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

from edtf import parse_edtf, text_to_edtf

SEEN = {
    "Q3 2024": "2024-03",
    "week 12 of 2024": "2024-12",
    "GPT-4 in May 2024": "2024-05-04",
    "5-9 May 2024": "2005-05-09",
}
print("edtf", version("edtf"))
for text, seen in SEEN.items():
    date = text_to_edtf(text)
    parsed = parse_edtf(date)
    print(f"{text:20} {date:12} {type(parsed).__name__}")
    assert date == seen, f"“{text}” is read otherwise now"
assert text_to_edtf("some time or other") is None
PY
