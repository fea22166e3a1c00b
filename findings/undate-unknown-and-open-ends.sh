#!/usr/bin/env bash
# undate 0.8.0: it reads "2024/" (from 2024 to an unknown end) and writes "2024/.." (from 2024, still going on), and
# with its formatter for ISO 8601 writes "2024/.." as "2024/": each of the two becomes the other. edtf 5.0.2, given what
# undate wrote, then bounds what goes on without end at 2034. Whether a date is approximate or uncertain ("2024~",
# "2024?") is lost on reading, without a word: both are written "2024".
# EDTF (ISO 8601-2:2019; Library of Congress, Level 1): "Extended Interval" has "1985/" for an unknown and "1985/.." for
# an open end, and calls them different; "Qualification of a date (complete)" has "?" and "~". All of it is valid EDTF.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check undate==0.8.0 edtf==5.0.2
"$folder/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

from edtf import parse_edtf
from undate import Undate

print("undate", version("undate"), "and edtf", version("edtf"))
written = {}
for text in ("2024/", "2024/..", "2024~", "2024?"):
    read = Undate.parse(text, "EDTF")
    written[text] = read.format("EDTF"), read.format("ISO8601")
    print(f"{text:8} written again as EDTF: {written[text][0]:8} as ISO 8601: {written[text][1]}")
assert written["2024/"] == ("2024/..", "2024/"), "an unknown end is written otherwise now"
assert written["2024/.."] == ("2024/..", "2024/"), "an open end is written otherwise now"
assert written["2024~"] == written["2024?"] == ("2024", "2024"), "~ and ? are kept now"
before, after = (parse_edtf(text).upper_strict() for text in ("2024/..", written["2024/.."][1]))
print("edtf, the latest day of 2024/..:", before, "and of what undate wrote for it:", "-".join(map(str, after[:3])))
assert before == float("inf") and after.tm_year == 2034
PY
