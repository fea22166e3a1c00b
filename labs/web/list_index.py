"""The rows of a list on a day, and sets of them as whole numbers: bit n stands for row n.

So filters are ``&`` and ``|`` of numbers and counts are the bits that are set, on every database and for every data
version alike. An index is made once for a list, a day and a data version, and kept (``labs.web.facets.list_index``).
"""

import datetime as dt
from array import array
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import compress
from typing import Any, TypeVar

_Result = TypeVar("_Result")

_TO_BITS = bytes.maketrans(b"01", b"\x00\x01")


class ListIndex:
    """The rows of a list as known on a day, in their order. What is asked of it is worked out once."""

    def __init__(self, rows: Iterable[Any], day: dt.date) -> None:
        self.day = day
        self.rows: tuple[Any, ...] = tuple(rows)
        self.all = (1 << len(self.rows)) - 1
        self.read: dict[str, tuple[Callable[[Any], Iterable[Hashable]], Mapping[Hashable, int]]] = {}
        self._once: dict[Hashable, Any] = {}

    def take_from(self, earlier: "ListIndex", changed: Callable[[Any], bool]) -> None:
        """Take what an earlier index of the list says of each row, where both have the same rows in one order and what
        filters look at is another for those alone that have ``changed``.
        """
        if [row.key for row in self.rows] != [row.key for row in earlier.rows]:
            return
        places = [place for place, row in enumerate(self.rows) if changed(row)]
        others = ~self.at(places)
        for name, (read, found) in earlier.read.items():
            having = {value: rows & others for value, rows in found.items()}
            for place in places:
                for value in read(self.rows[place]):
                    having[value] = having.get(value, 0) | 1 << place
            self.read[name] = read, {value: rows for value, rows in having.items() if rows}

    def once(self, name: Hashable, make: Callable[[], _Result]) -> _Result:
        """What ``make`` returns, from the first time on."""
        if name not in self._once:
            self._once[name] = make()
        return self._once[name]

    def having(self, name: str, values: Callable[[Any], Iterable[Hashable]]) -> Mapping[Hashable, int]:
        """For each value that any row has, the rows that have it. ``name`` is that of the filter."""
        if name not in self.read:
            self.read[name] = values, self._having(values)
        return self.read[name][1]

    def _having(self, values: Callable[[Any], Iterable[Hashable]]) -> dict[Hashable, int]:
        places: dict[Hashable, list[int]] = defaultdict(list)
        for place, row in enumerate(self.rows):
            for value in values(row):
                places[value].append(place)
        return {value: self.at(found) for value, found in places.items()}

    def at(self, places: Iterable[int]) -> int:
        """The rows at these places."""
        found = bytearray(len(self.rows) // 8 + 1)
        for place in places:
            found[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(found, "little")

    def with_keys(self, keys: Iterable[str]) -> int:
        """The rows with these keys; others are left out."""
        places = self._places
        return self.at(places[key] for key in keys if key in places)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {row.key: place for place, row in enumerate(self.rows)}

    def in_order(self, found: int, sorts: Sequence[tuple[str, Callable[[Any], Any], bool]] = ()) -> list[Any]:
        """These rows, sorted by name of a column, what it sorts by, and whether descending; the first weighs most.

        Rows without a value come last in both directions. Ties, and rows without any sort, are in their own order.
        """
        is_found = f"{found:b}".encode().translate(_TO_BITS)[::-1].ljust(len(self.rows), b"\0")
        if not sorts:
            return list(compress(self.rows, is_found))
        *further, (name, read, is_descending) = sorts
        order = self.once(("order", name, is_descending), lambda: self._order(name, read, is_descending))
        places = list(compress(order, map(is_found.__getitem__, order)))
        for name, read, is_descending in reversed(further):
            places = _sorted(places, self._sort_values(name, read), is_descending)
        return [self.rows[place] for place in places]

    def _order(self, name: str, read: Callable[[Any], Any], is_descending: bool) -> Sequence[int]:
        return array("I", _sorted(range(len(self.rows)), self._sort_values(name, read), is_descending))

    def _sort_values(self, name: str, read: Callable[[Any], Any]) -> Sequence[Any]:
        return self.once(("sort", name), lambda: [read(row) for row in self.rows])


def _sorted(places: Iterable[int], values: Sequence[Any], is_descending: bool) -> list[int]:
    with_value, without = [], []
    for place in places:
        (without if values[place] is None else with_value).append(place)
    with_value.sort(key=values.__getitem__, reverse=is_descending)
    return [*with_value, *without]
