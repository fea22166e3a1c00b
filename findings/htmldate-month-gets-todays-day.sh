#!/usr/bin/env bash
# htmldate 1.11.0: a page that says only the month of its publication is given a day: today's. On the 3rd of a month
# <time datetime="2024-05"> is 2024-05-03, on the 4th it is 2024-05-04, so two people who look a source up on two days
# write down two dates, and both look exact. The same month in the page's JSON-LD is its first day.
# Valid: HTML Living Standard 4.5.14, the time element, "a valid month string"; schema.org datePublished is an ISO 8601
# date, and ISO 8601-1:2019, 5.2.2.2 has the calendar date of reduced precision, YYYY-MM. Expected: no date, or the
# month.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check htmldate==1.11.0 dateparser==1.5.0 python-dateutil==4.0.0
"$folder/venv/bin/python" - <<'PY'
import datetime as dt
from importlib.metadata import version

from htmldate import find_date

PAGE = "<html><head>{}</head><body><article>{}<p>{}</p></article></body></html>"
WORDS = "We asked an outside group to test the model. " * 8


def found(head="", body=""):
    return find_date(PAGE.format(head, body, WORDS), original_date=True)


print("htmldate", version("htmldate"))
before = dt.date.today()
element = found(body='<time datetime="2024-05">May 2024</time>')
json_ld = found(head='<script type="application/ld+json">{"@type": "Article", "datePublished": "2024-05"}</script>')
exact = found(body='<time datetime="2024-05-13">13 May 2024</time>')
days = {f"2024-05-{day.day:02}" for day in (before, dt.date.today())}  # two if midnight passed
print(f"today is {before}")
print(f'<time datetime="2024-05">:          {element}')
print(f'"datePublished": "2024-05":         {json_ld}')
print(f'<time datetime="2024-05-13">:       {exact}')
assert exact == "2024-05-13", "a day is read otherwise now"
assert element in days, "the month no longer gets today's day"
assert json_ld == "2024-05-01", "the month in JSON-LD is no longer its first day"
PY
