"""What a visitor reads is the same on both databases, byte for byte.

So a test of what is answered runs on SQLite alone: those with the mark ``answers`` (tests/conftest.py).
"""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.answers import answers

NOTE = "import sys, django; django.setup(); from tests.answers import note; note(*sys.argv[1:])"

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("postgresql")]


def test_every_answer_is_the_one_of_sqlite(records, tmp_path, pytestconfig):
    noted, folder = tmp_path / "answers.json", pytestconfig.cache.mkdir("test-database")
    on_sqlite = {name: value for name, value in os.environ.items() if not name.startswith("TEST_DATABASE")}
    arguments = [sys.executable, "-c", NOTE, str(noted), str(folder)]
    child = subprocess.Popen(
        arguments, cwd=settings.BASE_DIR, env=on_sqlite | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    )
    here = answers()
    assert child.wait() == 0
    there = json.loads(noted.read_text())
    assert len(there) > 500
    assert {address for address, answer in there.items() if not answer.startswith("200")} == set()
    assert "\n".join(address for address in there if here[address] != there[address]) == ""
