"""The test database is full for every test, whatever an earlier test did."""

import subprocess
import sys

import pytest

from evaltracker.fixtures import has_records
from labs.models import Lab
from tests import records


@pytest.fixture
def house(tmp_path, settings):
    """A checkout with one file of each kind that the template is made from."""
    settings.BASE_DIR = tmp_path
    for place in ("labs/migrations/0001_initial.py", "labs/models/base.py", "labs/choices.py", "fixtures/labs.json"):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("as it was")
    return tmp_path


@pytest.mark.parametrize(
    "place", ["labs/migrations/0001_initial.py", "labs/models/base.py", "labs/choices.py", "fixtures/labs.json"]
)
def test_another_template_is_made_after_a_change_of_what_it_is_made_from(house, place):
    before = records.content_digest()
    (house / place).write_text("as it is")
    assert records.content_digest() != before


def test_another_template_is_made_after_a_new_migration(house):
    before = records.content_digest()
    (house / "labs/migrations/0002_more.py").write_text("")
    assert records.content_digest() != before


@pytest.mark.django_db
def test_the_process_that_makes_the_template_beside_the_tests_starts_and_finds_it(pytestconfig):
    folder = pytestconfig.cache.mkdir("test-database")
    subprocess.run([sys.executable, "-m", "tests.records", str(folder)], check=True)


def test_the_template_stays_after_a_change_of_a_rule(house):
    before = records.content_digest()
    (house / "labs/rules").mkdir()
    (house / "labs/rules/dates.py").write_text("as it is")
    assert records.content_digest() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_test_that_commits_finds_the_records_and_leaves_them(turn):
    """The second turn fails unless something undoes the first."""
    assert Lab.objects.filter(key="openai").exists()
    Lab.objects.create(key="test-committed", name="Committed")


@pytest.mark.django_db
def test_a_test_finds_the_records():
    assert has_records()
    assert not Lab.objects.filter(key="test-committed").exists()
