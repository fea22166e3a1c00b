#!/usr/bin/env bash
# edtf-validate 2.0.0: "2024-06/2025" (from June 2024 until some time in 2025) is valid and "2024-06/2024" (until some
# time in 2024) is not; nor is "2024-06-11/2024-06". The end is taken for its first day, 1 January 2024, which lies
# before the start. Its own conformsLevel0 says that both conform to EDTF's level 0.
# EDTF (Library of Congress, Level 0, "Time Interval"; ISO 8601-2:2019): start and end may differ in precision, as in
# the example "2004-02-01/2005"; an end of the precision of a year is that year, all of it.
# We compare the earliest day of the start with the latest day of the end: labs/rules/dates.py, `span`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check edtf-validate==2.0.0
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

from edtf_validate.valid_edtf import conformsLevel0, is_valid

print("edtf-validate", version("edtf-validate"))
seen = {}
for text in ("2004-02-01/2005", "2024-06/2025", "2024/2024-06", "2024-06/2024", "2024-06-11/2024-06", "2024-06-11/2024"):
    seen[text] = bool(is_valid(text)), bool(conformsLevel0(text))
    print(f"{text:20} valid: {seen[text][0]!s:6} conforms to level 0: {seen[text][1]}")
assert all(conforms for _, conforms in seen.values())
assert [valid for valid, _ in seen.values()] == [True] * 3 + [False] * 3, "an end in the same year is judged otherwise now"
PY
