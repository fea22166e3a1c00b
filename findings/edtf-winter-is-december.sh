#!/usr/bin/env bash
# edtf 5.0.2: the winter of 2024 ("2024-24") is December 2024 and nothing else, by its strict bounds; spring, summer and
# autumn have three months each. It is the same with the northern winter ("2024-28") and the southern summer
# ("2024-30"): January and February are in no season of any year.
# EDTF (Library of Congress, Level 1, "Seasons", and Level 2, "Sub-year groupings"; ISO 8601-2:2019) gives the seasons
# no months. Expected of strict bounds, which are to hold whatever was meant: three months, over the new year.
# We bound a winter ourselves: labs/rules/dates.py, `span`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check edtf==5.0.2
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

from edtf import parse_edtf

print("edtf", version("edtf"))
months = {}
for season in (*range(21, 33),):
    date = parse_edtf(f"2024-{season}")
    lower, upper = date.lower_strict(), date.upper_strict()
    months[season] = set(range(lower.tm_mon, upper.tm_mon + 1))
    assert lower.tm_year == upper.tm_year == 2024
    print(f"2024-{season}: months {lower.tm_mon} to {upper.tm_mon}")
assert all(months[season] == {12} for season in (24, 28, 30)), "a season over the new year has more than December now"
assert all(len(each) == 3 for season, each in months.items() if season not in (24, 28, 30))
assert not {1, 2} & set().union(*months.values()), "January and February are in a season now"
PY
