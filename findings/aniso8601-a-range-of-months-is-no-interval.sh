#!/usr/bin/env bash
# aniso8601 10.0.1: "2004-06/2006-08", June 2004 to August 2006, is refused as a date that nobody wrote, "2004-2006-08",
# and "1964/2008" because there is no month 20. So is every interval that ends with a month, a year, a week or a day of
# the year; only one that ends with a full day is read. The short form of June to August 2004, "2004-06/08", is read
# without a word: as the first eight days of June. An end shorter than a full day is always taken for the rest of one.
# Both intervals are the examples of the Library of Congress for EDTF, Level 0, "Time Interval", which it takes over from
# ISO 8601-1. ISO 8601:2004, 4.4.5: an end may leave out higher elements, which are then those of the start; so "08" after
# a month is a month. The library's page reads "2007-03/P1Y" and has a resolution of its own for intervals of months.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check aniso8601==10.0.1
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

import aniso8601

REFUSED = {
    "2004-06/2006-08": '"2004-2006-08" is not a valid ISO 8601 date.',
    "1964/2008": "Month must be between 1..12.",
    "2024-W20/2024-W22": '"2024-2024-W22" is not a valid ISO 8601 date.',
    "2024-145/2024-150": '"2024-2024-150" is not a valid ISO 8601 date.',
}


def read(text):
    try:
        return " to ".join(day.isoformat() for day in aniso8601.parse_interval(text))
    except ValueError as error:
        return str(error)


print("aniso8601", version("aniso8601"))
for text in (*REFUSED, "2004-06/08", "2004-06/2006-08-31"):
    print(f"{text:20} {read(text)}")
for text, refusal in REFUSED.items():
    for end in text.split("/"):
        aniso8601.parse_date(end)
    assert read(text) == refusal, f"{text} is read otherwise now"
assert read("2004-06/08") == "2004-06-01 to 2004-06-08", "the short form is read otherwise now"
assert read("2004-06/2006-08-31") == "2004-06-01 to 2006-08-31"
PY
