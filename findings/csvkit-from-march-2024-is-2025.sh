#!/usr/bin/env bash
# csvkit 2.2.0 (agate 1.14.2, parsedatetime 2.6): csvsort, asked to sort by another column, turns the words "from March
# 2024" into 2025-03-01, "before May 2024" into 2023-05-01 and "after May 2024" into 2025-05-01: the preposition moves
# the year, and a month gets a day. One cell that it cannot read, such as "unknown", leaves the whole column as it was,
# so the same rows come out as written or shifted by a year depending on which other rows stand in the file.
# Expected: RFC 4180, section 2, knows only text, and sorting moves rows; or, where types are guessed, no date that the
# words do not give. That types are guessed is documented, and -I turns it off: "csvsort -I".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check csvkit==2.2.0 agate==1.14.2 parsedatetime==2.6
cd "$folder"
printf 'key,access\nb,from March 2024\na,before May 2024\nc,after May 2024\nd,June 2024\n' >months.csv
{ cat months.csv; echo e,unknown; } >months-and-unknown.csv
venv/bin/pip list --disable-pip-version-check | grep -E '^(csvkit|agate|parsedatetime) '
venv/bin/csvsort --columns key months.csv | tee sorted.csv
venv/bin/csvsort --columns key months-and-unknown.csv | tee sorted-unknown.csv
diff sorted.csv - <<'CSV' || { echo "csvsort reads these months otherwise now" >&2; exit 1; }
key,access
a,2023-05-01
b,2025-03-01
c,2025-05-01
d,2024-06-01
CSV
grep -q '^b,from March 2024' sorted-unknown.csv || { echo "an unknown no longer keeps the column as text" >&2; exit 1; }
venv/bin/csvsort --no-inference --columns key months.csv | grep -q '^b,from March 2024'
