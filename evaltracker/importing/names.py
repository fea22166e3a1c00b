"""Find the record that a cell names: by its key, name, other name, address or title (labs/rules/lookalikes.py)."""

from collections.abc import Mapping
from typing import Any

from evaltracker.importing.problems import Problem
from labs.models import Record
from labs.models.lookalikes import known_by_state, lookalikes_among
from labs.models.registry import kind_of
from labs.models.states import Keys
from labs.rules.lookalikes import Known, Likeness, Lookalike, Lookalikes

NAMED_AT_MOST = 5
SUGGESTED_FOR = 50  # names for which a similar one is looked for: looking for thousands is slow


class Names(Keys):
    """Finds records for one import, those of its own files included. Reads each kind once.

    ``touched`` collects what was found, for the caller to empty; ``given`` are the kinds that the files hold.
    """

    def __init__(self) -> None:
        super().__init__()
        self.touched: list[Record] = []
        self.given: set[type[Record]] = set()
        self._rows: set[int] = set()  # the new records of rows
        self._index: dict[type[Record], Lookalikes] = {}
        self._missing: dict[tuple[type[Record], str], Problem] = {}

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
        if problem := self._missing.get((model, text)):
            raise problem
        keys = self.keys_of(model, text)
        if len(keys) != 1:
            problem = self._missing[model, text] = self._problem(model, text, keys)
            raise problem
        record = self.get(model, keys[0])
        self.touched.append(record)
        return record

    def keys_of(self, model: type[Record], text: str) -> list[str]:
        """The keys of all records that a text may name; one if it is a key or the name of one.

        A stored record has its name before a row of the files, which may be about the same.
        """
        index = self._index_of(model)
        if text in self._found[model]:
            return [text]
        entitled = (each for each in index.of(Known("", texts=(text,))) if Likeness.TEXT in each.likenesses)
        keys = index.called(text) or [each.key for each in entitled]
        stored = [key for key in keys if id(self.get(model, key)) not in self._rows]
        return stored if len(stored) == 1 else keys

    def alike(self, record: Record, state: Mapping[str, Any]) -> list[Lookalike]:
        """The records that look like one in this state."""
        return self._index_of(type(record)).of(known_by_state(type(record), record.key, state))

    def _index_of(self, model: type[Record]) -> Lookalikes:
        if model not in self._index:
            self._index[model] = lookalikes_among(model)
            self.read_all(model)
        return self._index[model]

    def _problem(self, model: type[Record], text: str, keys: list[str]) -> Problem:
        kind = str(model._meta.verbose_name)
        article = "an" if kind[0] in "aeiouAEIOU" else "a"
        if keys:
            return Problem("", f"“{text}” names several records.", f"one of the keys {', '.join(keys[:NAMED_AT_MOST])}")
        near = self._index_of(model).nearest(text) if len(self._missing) < SUGGESTED_FOR else []
        hint = "".join(f" Did you mean “{key}” ({self.get(model, key)})?" for key in near)
        if len(self.given) > 1 and model not in self.given:
            hint += f" The files hold no {kind_of(model).plural} ({kind_of(model).file_names[0]})."
        return Problem("", f"There is no {kind} “{text}”.{hint}", f"the key or the name of {article} {kind}")
