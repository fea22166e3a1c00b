"""What the columns of the files of each kind say, and which of them an import reads."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import product
from typing import NamedTuple

from commitments.choices import Reading
from evaltracker.exporting.kinds import AS_OF, CHANGED_AT, KEY, ExportKind
from labs.models.registry import kinds_by_rank
from labs.models.states import fields_of
from labs.rules.renames import RENAMES

SIDE_BY_SIDE: Mapping[str, Mapping[str, str]] = {
    "other_names": {"name": "other_names"},
    "former_names": {"name": "former_names", "used": "former_names_used"},
    "participations": {
        "evaluator": "evaluators",
        "lowered_to": "evaluator_lowerings",
        "lowered_because": "evaluator_lowered_because",
    },
}
"""Relations whose parts stand in lists beside one another: the column of each field. The first says how many."""


class Place(NamedTuple):
    """What a column says: a field or a relation of the record; of a relation, a field of its parts, or of one of them.

    ``which`` is the reading of a requirement, or the number of a citation.
    """

    name: str
    part: str = ""
    which: str = ""


class FileKind(ExportKind):
    """A kind of record with the columns that an import reads of its files."""

    def _places(self) -> Iterator[tuple[str, Place]]:
        for field in fields_of(self.model):
            yield field.name, Place(field.name)
        for relation, related in self.kind.relations.items():
            if relation == "requirements":
                parts = [field.name for field in fields_of(related) if field.name != "reading"]
                yield from (
                    (f"{each}_{part}", Place(relation, part, each)) for each in Reading.values() for part in parts
                )
            else:
                columns = SIDE_BY_SIDE.get(relation, {"": relation})
                yield from ((column, Place(relation, part)) for part, column in columns.items())

    @cached_property
    def fields(self) -> dict[str, Place]:
        """The columns that people fill, with what they say, in the order of the export."""
        places, order = dict(self._places()), [column.name for column in self.columns]
        if missing := places.keys() - set(order):
            raise TypeError(f"the export of {self.name} lacks the columns {sorted(missing)}")
        return {name: places[name] for name in order if name in places}

    @cached_property
    def column_of(self) -> dict[str, str]:
        """The column of each field and relation; the first, if it has several."""
        return {place.name: column for column, place in reversed(self.fields.items())}

    @cached_property
    def places(self) -> dict[str, Place]:
        """All columns that say something: ``fields``, and those of citations that have columns of their own."""
        numbered = product("123456789", ("quote", "source", "supports")) if "citations" in self.fields else ()
        return self.fields | {f"{part}_{number}": Place("citations", part, number) for number, part in numbered}

    @cached_property
    def spread(self) -> dict[str, dict[str, dict[str, str]]]:
        """For each relation with columns of its own, for each reading or number, the column of each field of a part."""
        found: dict[str, dict[str, dict[str, str]]] = {}
        for column, place in self.places.items():
            if place.part:
                found.setdefault(place.name, {}).setdefault(place.which, {})[place.part] = column
        return found

    def is_read(self, column: str) -> bool:
        """Whether an import reads the column."""
        return column in (KEY, CHANGED_AT, AS_OF) or column in self.places

    @cached_property
    def derived(self) -> set[str]:
        """The columns that follow from others, which an import leaves alone."""
        names = {column.name for column in (*self.columns, *self.public)}
        names |= {each.old for each in RENAMES if each.file in self.kind.file_names}
        return names - {KEY, CHANGED_AT, AS_OF, *self.fields, *self.desk_names}


KINDS = tuple(map(FileKind, kinds_by_rank()))
"""All kinds, in the order in which they are imported."""


def kind_by_file_name(name: str) -> FileKind | None:
    """The kind that a file name says; ignores the day and the versions of a download, and a browser's “(1)”."""
    stem = re.sub(r"( ?\(\d+\)|-(data|method)-[\w.]+|[-_]\d{4}-\d{2}-\d{2})+$", "", name.casefold().strip())
    return next((kind for kind in KINDS if stem in kind.kind.file_names), None)
