"""What the site answers a visitor who asks for the curated records, in short: so two databases can be compared."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import setup_test_environment

from evaltracker.web.openapi import described_addresses
from labs.web.formats import Format
from tests.records import SQLiteTemplate
from tests.test_urls import OF_A_RECORD, PLAIN, RECORDS, read

DAYS = ("", "as_of=2024-05-24")
LEFT_OUT = ("report/", "data/check/", "data/package/", "data/versions/", "sitemap.xml")
"""Forms, whose tokens are new each time, what has no record in it, and what tells the day of loading the records."""
PACKED = (".png", ".xlsx", ".zip", ".sqlite", ".parquet")
"""Made of the same rows and pictures as other addresses, and dear to make."""
ASKED = ("AISI", "gpt-5", "red teaming", "“safety”", "openai access", "METR's")


MOMENT = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?|\d{8}T\d{6}Z")
"""When the records were loaded into this database."""


def addresses() -> list[str]:
    """Pages and files on two days, in every order that they can be sorted by, and what is found by words."""
    found = [f"/{route}?{day}" for day in DAYS for route in PLAIN]
    for route in OF_A_RECORD:
        if (model := RECORDS.get(route.split("/")[0])) is not None:
            keys = model.objects.published().order_by("key").values_list("key", flat=True)
            found += ["/" + route.replace("<slug:key>", key) for key in keys[:: max(len(keys) // 4, 1)]]
    found += [*_sorted(), *(f"/search/?q={words}" for words in ASKED)]
    return [each for each in found if not (each[1:].startswith(LEFT_OUT) or each.partition("?")[0].endswith(PACKED))]


def _sorted() -> Iterator[str]:
    for path, _, ending, what in described_addresses():
        if ending is Format.JSONL and not what.is_record:
            yield from (f"{path}?sort={each}" for each in what.sorts)
            if what.filters is not None and "q" in what.filters.base_filters:
                yield from (f"{path}?q={words}" for words in ASKED)


def answers() -> dict[str, str]:
    """Each address with what it answers: its status, its type and a digest of its bytes."""
    client, found = Client(), {}
    for address in addresses():
        response = client.get(address)
        digest = hashlib.sha256(MOMENT.sub(b"a moment", read(response))).hexdigest()
        found[address] = f"{response.status_code} {response['Content-Type']} {digest}"
    return found


def note(file: str, folder: str) -> None:
    """Write into the file what is answered on SQLite, from the template that is kept in the folder.

    For a process of its own, in which Django is set up and nothing else.
    """
    setup_test_environment()
    template = SQLiteTemplate(Path(folder))
    if not template.exists():
        template.make()
    connection.close()
    connection.settings_dict["NAME"] = str(template.path)
    Path(file).write_text(json.dumps(answers()))
