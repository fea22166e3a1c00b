"""What is said of a name that is kept beside the name of today (labs/rules/former_names.py)."""

import pytest

from labs.rules.former_names import how_called


@pytest.mark.parametrize(
    ("name", "has_ended", "quotes", "said"),
    [
        ("ARC Evals", False, [], "also or formerly"),
        ("ARC Evals", True, [], "formerly"),
        ("ARC Evals", False, ["METR, formerly ARC  evals, is"], "formerly"),
        ("ARC Evals", False, ["METR is a nonprofit"], "also or formerly"),
    ],
)
def test_formerly_needs_the_record_to_say_so(name, has_ended, quotes, said):
    assert how_called(name, has_ended=has_ended, quotes=quotes) == said
