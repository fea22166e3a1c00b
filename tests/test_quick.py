"""Which tests a quick run takes."""

from pathlib import Path, PurePath

import pytest

from tests.quick import ROOT, files_named_after, without_database

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
    ("test", "is_without"),
    [("labs/test_dates.py", True), ("test_architecture.py", True), ("test_urls.py", False), ("test_demo.py", False)],
)
def test_the_rules_tests_are_those_without_a_database(test, is_without):
    assert without_database(Path(ROOT, "tests", test)) is is_without
