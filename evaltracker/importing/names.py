"""Find the record that a cell names: by its key, name, other name, address or title (labs/rules/lookalikes.py)."""

from collections.abc import Callable, Mapping
from typing import Any

from evaltracker.importing.tables import Problem
from labs.models import Record
from labs.models.lookalikes import known_by_state, lookalikes_among
from labs.models.registry import kind_of
from labs.models.states import Keys
from labs.rules.lookalikes import Known, Likeness, Lookalike, Lookalikes

NAMED_AT_MOST = 5
SUGGESTED_FOR = 50  # names for which a similar one is looked for: looking for thousands is slow


class Names(Keys):
    """Finds records for one import, those of its own files included. Reads each kind once.

    ``given`` are the kinds that the files hold, ``wrong`` the records of wrong rows. ``met_wrong`` says that one of
    these was found, until the caller takes it back.
    """

    def __init__(self) -> None:
        super().__init__()
        self.given: set[type[Record]] = set()
        self.wrong: set[int] = set()
        self.met_wrong = False
        self._rows: set[int] = set()  # the new records of rows
        self._index: dict[type[Record], Lookalikes] = {}
        self._suggested_for: set[str] = set()

    def add_row(self, record: Record, values: Mapping[str, Any]) -> None:
        """Add the new record of a row with these values."""
        index = self._index_of(type(record))
        self.add(record)
        self._rows.add(id(record))
        texts = {name: value for name, value in values.items() if isinstance(value, str)}
        index.add(known_by_state(type(record), record.key, texts))

    def is_called(self, record: Record, key: str) -> None:
        """Let another key lead to a record: the key of a row about it."""
        self._index_of(type(record))
        self._found[type(record)][key] = record

    def find(self, model: type[Record], text: str) -> Record:
        """The record that a text names, or the winner if it was merged.

        Raises Problem where there is none, with the nearest name, and where several have the name.
        """
        index = self._index_of(model)
        keys = [text] if text in self._found[model] else index.called(text)
        if not keys:
            keys = [each.key for each in index.of(Known("", texts=(text,))) if Likeness.TEXT in each.likenesses]
        if len(keys) > 1:  # a stored record has its name before a row of the files, which may be about the same
            keys = [key for key in keys if id(self.get(model, key)) not in self._rows] or keys
        if len(keys) != 1:
            raise self._problem(model, text, keys)
        record = self.get(model, keys[0])
        self.met_wrong |= id(record) in self.wrong
        return record

    def reader(self, model: type[Record]) -> Callable[[str], str]:
        """What makes of a text the key of the record that it names."""
        return lambda text: self.find(model, text).key

    def alike(self, record: Record, state: Mapping[str, Any]) -> list[tuple[Lookalike, Record]]:
        """The records that look like one in this state, each after what they have in common."""
        model = type(record)
        found = self._index_of(model).of(known_by_state(model, record.key, state))
        return [(each, self.get(model, each.key)) for each in found]

    def _index_of(self, model: type[Record]) -> Lookalikes:
        if model not in self._index:
            self._index[model] = lookalikes_among(model)
            self.read_all(model)
        return self._index[model]

    def _problem(self, model: type[Record], text: str, keys: list[str]) -> Problem:
        kind = kind_of(model)
        if keys:
            return Problem("", f"“{text}” names several records.", f"one of the keys {', '.join(keys[:NAMED_AT_MOST])}")
        if len(self._suggested_for) < SUGGESTED_FOR:
            self._suggested_for.add(text)
        near = self._index_of(model).nearest(text) if text in self._suggested_for else []
        hint = "".join(f" Did you mean “{key}” ({self.get(model, key)})?" for key in near)
        if len(self.given) > 1 and model not in self.given:
            hint += f" The files hold no {kind.plural} ({kind.file_names[0]})."
        return Problem("", f"There is no {kind.label} “{text}”.{hint}")
