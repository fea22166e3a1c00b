#!/usr/bin/env bash
# A day of a calendar (RFC 5545: VALUE=DATE, with no zone) becomes midnight in UTC, so it is another day in each zone to the
# west; and a calendar that names no scale, which means the Gregorian one, is written with the scale GEORGIAN.
set -euo pipefail
version=0.7.3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "ics==$version"

"$folder/venv/bin/python" - <<'PYTHON'
import datetime as dt
from importlib.metadata import version

import ics

TEXT = "\r\n".join([
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Deadlines//EN",
    "BEGIN:VEVENT", "UID:1@example.org", "DTSTAMP:20260101T000000Z",
    "DTSTART;VALUE=DATE:20231231", "DTEND;VALUE=DATE:20240101", "SUMMARY:Due", "END:VEVENT", "END:VCALENDAR", "",
])  # fmt: skip

print("ics", version("ics"))
calendar = ics.Calendar(TEXT)
(event,) = calendar.events
in_new_york = event.begin.to("America/New_York").date()
(scale,) = [line for line in calendar.serialize().split("\r\n") if line.startswith("CALSCALE")]
print("in the file: the day 2023-12-31; no CALSCALE, which means GREGORIAN (RFC 5545, section 3.7.1)")
print(f"ics: begins {event.begin}, whole day: {event.all_day}; in New York on {in_new_york}; writes {scale}")
assert event.begin.isoformat() == "2023-12-31T00:00:00+00:00", "a day is no moment in UTC now"
assert event.all_day
assert in_new_york == dt.date(2023, 12, 30)
assert scale == "CALSCALE:GEORGIAN", "the scale is right, or left out, now"
PYTHON
