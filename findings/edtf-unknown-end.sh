#!/usr/bin/env bash
# edtf 5.0.2: an interval whose end is unknown ("2024/") has a strict upper bound ten years after its start, and one whose
# start is unknown ("/2024") a strict lower bound ten years before its end. The open interval ("2024/..") is unbounded, as
# one would expect of both. Whoever filters or sorts by strict bounds states a day that no source gives.
# We read both as open: labs/rules/dates.py, `span`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check edtf==5.0.2
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

from edtf import parse_edtf


def day(bound):
    return "-".join(f"{part:02}" for part in bound[:3]) if hasattr(bound, "tm_year") else str(bound)


print("edtf", version("edtf"))
seen = {}
for text in ("2024/", "2024/..", "/2024", "../2024"):
    date = parse_edtf(text)
    seen[text] = day(date.lower_strict()), day(date.upper_strict())
    print(f"{text:8} strict bounds: {seen[text][0]} to {seen[text][1]}")
assert seen["2024/"] == ("2024-01-01", "2034-01-01"), "the unknown end is no longer ten years away"
assert seen["/2024"] == ("2014-12-31", "2024-12-31"), "the unknown start is no longer ten years away"
assert seen["2024/.."][1] == "inf" and seen["../2024"][0] == "-inf", "open ends are no longer unbounded"
PY
