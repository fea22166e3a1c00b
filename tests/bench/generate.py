"""The shipped records times a factor: each copy has the shipped records again, varied and under new keys.

Rows are those of the fixtures: {"model": …, "fields": …}, with keys in place of primary keys. Bounds of dates are left
out, since a model derives them on saving.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]

YEARS_BACK = 5  # copies lie 0 to 4 years before the shipped records, so none lies in the future
# Half of what the records of a copy say is of shipped labs and evaluators, which grow so; the rest is of new ones.
SHARE_OF_SHIPPED = 0.5
LABS = {"lab", "labs"}
LISTS = {"labs", "related_events"}
EVALUATORS = {"evaluator", "counterparty", "named_evaluator"}
# Rows that belong to one lab or evaluator and stay with it.
OF_A_PARTY = {"labs.lab", "labs.labname", "labs.evaluator", "labs.evaluatorname", "labs.evaluatorcitation"}
NOT_COPIED = {"labs.edition"}  # no record: it says how complete the records are
UNIQUE_TEXTS = {"name", "title"}
YEAR = re.compile(r"(\d{4})(-02-29)?")


def shipped_rows(fixtures: Path) -> list[Row]:
    """The rows of all fixture files but the changes of editions, which are no records."""
    paths = [path for path in sorted(fixtures.glob("*.json")) if path.stem != "changes"]
    rows = [row for path in paths for row in json.loads(path.read_text(encoding="utf-8"))]
    return [{"model": row["model"], "fields": _without_bounds(row["fields"])} for row in rows]


def copies(shipped: Iterable[Row], numbers: Iterable[int]) -> Iterator[Row]:
    """The rows of the copies with these numbers; number 0 is the shipped records as they are."""
    shipped = list(shipped)
    for number in numbers:
        for row in shipped:
            if number == 0:
                yield row
            elif row["model"] not in NOT_COPIED:
                yield {"model": row["model"], "fields": _varied(row, number)}


def _without_bounds(fields: Row) -> Row:
    return {name: value for name, value in fields.items() if not name.endswith(("_earliest", "_latest"))}


def _varied(row: Row, number: int) -> Row:
    fields = {name: _value(row["model"], name, value, number) for name, value in row["fields"].items()}
    if row["model"] == "labs.accessevent" and fields["model"] is None:
        fields["is_distinct"] = True  # without a release, copies of one event look alike
    return fields


def _value(model: str, name: str, value: Any, number: int) -> Any:
    if isinstance(value, list):
        if name in LISTS:
            return [[_reference(model, name, key, number)] for (key,) in value]
        return [_reference(model, name, key, number) for key in value]
    if name == "key":
        return _copied_key(value, number)
    if name in UNIQUE_TEXTS:
        return f"{value} ({number})"
    if name == "url":
        return f"{value}{'&' if '?' in value else '?'}copy={number}"
    if name in ("used", "complete_to") or (name.endswith("_on") and name != "read_on"):
        return _earlier(value, number % YEARS_BACK)
    return value


def _reference(model: str, name: str, key: str, number: int) -> str:
    is_party = name in LABS or name in EVALUATORS
    if is_party and model not in OF_A_PARTY and random.Random(f"{number} {key}").random() < SHARE_OF_SHIPPED:
        return key
    return _copied_key(key, number)


def _copied_key(key: str, number: int) -> str:
    return f"{key}-copy-{number}"


def _earlier(date: str, years: int) -> str:
    """An EDTF date so many years before; the 29th of February becomes the 28th."""

    def year(match: re.Match[str]) -> str:
        return f"{int(match[1]) - years}{'-02-28' if match[2] and years else match[2] or ''}"

    return YEAR.sub(year, date)
