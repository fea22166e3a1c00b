"""What changed between two states, and whether two changes can stand together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.rules import differences
from labs.rules.differences import FieldChange, PartChange

IDENTITIES = {"citations": ("source", "quote")}


def difference(before: dict, after: dict) -> differences.Difference:
    return differences.difference(before, after, IDENTITIES)


def rebase(before: dict, after: dict, current: dict) -> differences.Rebased:
    return differences.rebase(before, after, current, IDENTITIES)


def citation(quote: str, *supports: str, source: str = "card") -> dict:
    return {"source": source, "quote": quote, "supports": list(supports)}


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ({"name": "A"}, {"name": "A"}, []),
        ({"name": "A"}, {"name": "B"}, [FieldChange("name", "A", "B")]),
        ({}, {"name": "A", "days": None, "note": "", "domains": []}, [FieldChange("name", None, "A")]),
        ({"days": 5}, {"days": None}, [FieldChange("days", 5, None)]),
        ({"is_distinct": False}, {"is_distinct": True}, [FieldChange("is_distinct", False, True)]),
        ({"labs": ["a"]}, {"labs": ["a", "b"]}, [FieldChange("labs", ["a"], ["a", "b"])]),
    ],
)
def test_fields_that_differ_are_named_with_both_values(before, after, changes):
    assert list(difference(before, after)) == changes


def test_unknown_is_a_value_and_not_nothing():
    assert list(difference({"timing": "unknown"}, {"timing": ""})) == [FieldChange("timing", "unknown", "")]


def test_parts_are_added_removed_and_changed_by_what_tells_them_apart():
    kept, gone = citation("Kept.", "timing"), citation("Gone.")
    changed, new = citation("Kept.", "timing", "results"), citation("New.")

    found = difference({"citations": [gone, kept]}, {"citations": [changed, new]})

    assert list(found) == [
        PartChange("citations", kept, changed),
        PartChange("citations", None, new),
        PartChange("citations", gone, None),
    ]
    assert found.parts[0].changes == [FieldChange("supports", ["timing"], ["timing", "results"])]
    assert found.parts[1].changes == []


def test_the_order_of_parts_is_no_difference():
    one, two = citation("One."), citation("Two.")

    assert not difference({"citations": [one, two]}, {"citations": [two, one]})


def test_a_change_is_made_on_what_stands_now():
    before = {"name": "A", "note": "old", "citations": [citation("One.")]}
    after = {"name": "A", "note": "new", "citations": [citation("One."), citation("Mine.")]}
    current = {"name": "B", "note": "old", "citations": [citation("One."), citation("Theirs.")]}

    rebased = rebase(before, after, current)

    assert not rebased.conflicts
    assert rebased.state["name"] == "B"
    assert rebased.state["note"] == "new"
    assert [part["quote"] for part in rebased.state["citations"]] == ["One.", "Theirs.", "Mine."]


@pytest.mark.parametrize(
    ("current", "conflicts"),
    [
        ({"note": "old"}, []),
        ({"note": "new"}, []),
        ({"note": "theirs"}, [FieldChange("note", "theirs", "new")]),
    ],
)
def test_a_field_that_both_changed_differently_is_a_conflict(current, conflicts):
    assert list(rebase({"note": "old"}, {"note": "new"}, current).conflicts) == conflicts


def test_a_part_that_one_changed_and_the_other_removed_is_a_conflict():
    before, after = [citation("One.")], [citation("One.", "timing")]

    rebased = rebase({"citations": before}, {"citations": after}, {"citations": []})

    assert rebased.conflicts == (PartChange("citations", None, after[0]),)


def test_a_part_that_both_removed_stays_removed():
    rebased = rebase({"citations": [citation("One.")]}, {"citations": []}, {"citations": []})

    assert (rebased.state, rebased.conflicts) == ({"citations": []}, ())


def test_a_part_that_both_added_is_there_once():
    added = [citation("One.")]

    rebased = rebase({"citations": []}, {"citations": added}, {"citations": added})

    assert (rebased.state["citations"], rebased.conflicts) == (added, ())


def test_what_stands_now_is_not_touched():
    current = {"citations": [citation("One.")]}

    rebase({"citations": []}, {"citations": [citation("Two.")]}, current)

    assert current == {"citations": [citation("One.")]}


quotes = st.lists(st.sampled_from(["One.", "Two.", "Three."]), unique=True)
states = st.builds(
    lambda name, days, quotes: {"name": name, "days": days, "citations": [citation(each) for each in quotes]},
    st.sampled_from(["A", "B", "C"]),
    st.one_of(st.none(), st.integers(1, 3)),
    quotes,
)


@given(states, states)
def test_upon_the_state_it_rests_on_a_change_gives_what_it_asks_for(before, after):
    rebased = rebase(before, after, before)

    assert not rebased.conflicts
    assert not difference(rebased.state, after)


@given(states, states)
def test_a_change_that_is_there_already_changes_nothing(before, after):
    rebased = rebase(before, after, after)

    assert not rebased.conflicts
    assert not difference(rebased.state, after)


@given(states, states)
def test_there_is_a_difference_exactly_where_states_differ(before, after):
    assert bool(difference(before, after)) == (
        {**before, "citations": sorted(map(str, before["citations"]))}
        != {**after, "citations": sorted(map(str, after["citations"]))}
    )
