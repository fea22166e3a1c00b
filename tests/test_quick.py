"""Which tests a quick run takes."""

from pathlib import Path, PurePath
from unittest.mock import Mock

import pytest

from tests.quick import ROOT, files_named_after, may_be_quick, pytest_collection_modifyitems

TESTS = {
    PurePath(f"tests/{name}.py")
    for name in (
        "labs/test_lists",
        "labs/test_dates",
        "evaltracker/test_importing",
        "evaltracker/test_importing_formats",
        "evaltracker/test_labs",
        "test_urls",
    )
}


@pytest.mark.parametrize(
    ("changed", "chosen"),
    [
        ("tests/test_urls.py", {"test_urls"}),
        ("labs/web/lists.py", {"test_lists"}),
        ("labs/rules/dates.py", {"test_dates"}),
        ("evaltracker/web/views/labs.py", {"test_labs"}),
        ("evaltracker/importing/plans.py", {"test_importing", "test_importing_formats"}),
        ("templates/includes/_lists.html", {"test_lists"}),
        ("labs/models/base.py", set()),
        ("README.md", set()),
    ],
)
def test_a_changed_file_brings_the_tests_of_its_name(changed, chosen):
    assert {path.stem for path in files_named_after([PurePath(changed)], TESTS)} == chosen


@pytest.mark.parametrize(
    ("test", "may_be"),
    [
        ("labs/test_dates.py", True),
        ("test_architecture.py", True),
        ("commitments/test_oracle.py", True),
        ("test_urls.py", False),
        ("test_demo.py", False),
        ("labs/test_apart.py", False),
        ("browser/test_words.py", False),
    ],
)
def test_the_rules_tests_stand_in_files_that_need_no_database_browser_or_process(test, may_be):
    assert may_be_quick(Path(ROOT, "tests", test)) is may_be


def test_of_these_files_the_tests_that_need_the_database_after_all_are_left_out(pytestconfig, monkeypatch):
    left_out = []
    monkeypatch.setattr(pytestconfig.hook, "pytest_deselected", lambda items: left_out.extend(items))

    def item(path: str, *fixtures: str) -> Mock:
        return Mock(path=ROOT / path, fixturenames=fixtures, get_closest_marker=lambda name: None)

    rule, asking = item("tests/commitments/test_oracle.py"), item("tests/commitments/test_oracle.py", "records", "db")
    changed = item("tests/test_urls.py", "db")
    monkeypatch.setattr("tests.quick.changed_files", lambda: {PurePath("tests/test_urls.py")})
    items = [rule, asking, changed]
    pytest_collection_modifyitems(pytestconfig, items)

    assert items == [rule, changed]
    assert left_out == [asking]
