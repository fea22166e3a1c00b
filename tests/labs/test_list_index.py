"""The rows of a list as sets of bits (labs/web/list_index.py)."""

import datetime as dt
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from labs.web.list_index import ListIndex

DAY = dt.date(2026, 11, 26)


@dataclass(frozen=True)
class Row:
    key: int
    colours: frozenset[str]
    size: int | None
    weight: int | None


ROWS = st.lists(
    st.builds(
        Row,
        key=st.just(0),
        colours=st.frozensets(st.sampled_from(["red", "green", "blue"])),
        size=st.none() | st.integers(0, 3),
        weight=st.none() | st.integers(0, 3),
    ),
    max_size=40,
).map(lambda rows: [replace(row, key=place) for place, row in enumerate(rows)])
SORTS = st.lists(
    st.tuples(st.sampled_from(["size", "weight"]), st.booleans()), max_size=2, unique_by=lambda each: each[0]
)


def plainly_sorted(rows: list[Row], sorts: list[tuple[str, bool]]) -> list[Row]:
    for name, is_descending in reversed(sorts):
        valued = [row for row in rows if getattr(row, name) is not None]
        without = [row for row in rows if getattr(row, name) is None]
        rows = [*sorted(valued, key=lambda row: getattr(row, name), reverse=is_descending), *without]
    return rows


@given(ROWS, SORTS, st.sampled_from(["red", "green", "none such"]))
def test_sets_of_rows_are_those_that_a_plain_loop_finds(rows, sorts, colour):
    index = ListIndex(rows, DAY)
    having = index.having("colours", lambda row: row.colours)
    found = having.get(colour, 0)
    wanted = [row for row in rows if colour in row.colours]
    assert found.bit_count() == len(wanted)
    assert index.in_order(found) == wanted
    asked = [(name, lambda row, name=name: getattr(row, name), is_descending) for name, is_descending in sorts]
    assert index.in_order(found, asked) == plainly_sorted(wanted, sorts)
    assert index.in_order(index.all, asked) == plainly_sorted(rows, sorts)
    assert index.in_order(index.all & ~found) == [row for row in rows if colour not in row.colours]


@given(ROWS, st.sets(st.integers(-2, 50)))
def test_rows_are_found_by_their_keys_and_others_left_out(rows, keys):
    index = ListIndex(rows, DAY)
    assert index.in_order(index.with_keys(keys)) == [row for row in rows if row.key in keys]


def test_what_is_asked_twice_is_worked_out_once():
    calls = []
    index = ListIndex([Row(0, frozenset({"red"}), 1, None)], DAY)
    for _ in range(2):
        index.having("colours", lambda row: calls.append(row) or row.colours)
        index.in_order(index.all, [("size", lambda row: calls.append(row) or row.size, False)])
    assert len(calls) == 2


@given(ROWS, st.data())
def test_an_index_takes_from_an_earlier_one_what_has_not_changed(rows, data):
    def colours(row: Row) -> frozenset[str]:
        return row.colours

    before = ListIndex(rows, DAY)
    before.having("colours", colours)
    changed = data.draw(st.sets(st.integers(0, max(0, len(rows) - 1))))
    after = [replace(row, colours=frozenset({"red", "white"})) if row.key in changed else row for row in rows]
    made, taken, other = ListIndex(after, DAY), ListIndex(after, DAY), ListIndex(after[1:], DAY)
    for index in (taken, other):
        index.take_from(before, lambda row: row.key in changed)
    assert taken.having("colours", lambda _row: ()) == made.having("colours", colours)
    assert other.having("colours", lambda _row: ()) == ({} if rows else made.having("colours", colours))
