"""The index of a search: the texts of all public records, folded, each with the day since which it is known.

What is looked for: labs/rules/search_words.py. Which texts a kind has: ``RecordKind.searched``.
"""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from django.db import models

from labs.choices import SearchField
from labs.models.base import Citation, Part, Record
from labs.models.fields import is_one_of, term_field
from labs.models.registry import kind_of
from labs.rules.search_words import folded_url, folded_words, index_tokens


class SearchText(models.Model):
    """A text of a public record. ``labs/actions/search_index.py`` writes it, with each accepted change.

    ``record`` and ``part`` are primary keys; ``part`` is 0 where the text is one of the record itself. ``tokens`` is
    what the index of the database has: PostgreSQL in a column of its own, ``vector``, with a GIN index; SQLite in the
    FTS5 table ``labs_searchtext_fts``, which triggers keep. A migration makes both, and Django knows of neither: who
    lets it remake this table on SQLite makes the triggers again.
    """

    kind = models.CharField(max_length=20)  # as addresses write it
    record = models.BigIntegerField()
    part = models.BigIntegerField(default=0)
    key = models.SlugField(max_length=80, db_index=False)
    field = term_field(SearchField, SearchField.NAME)
    known_from = models.DateField(null=True)  # empty: at all times
    words = models.TextField()
    tokens = models.TextField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "record", "field", "part"], name="searchtext_is_unique"),
            *is_one_of("searchtext", field=SearchField),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.field}"


class FoundText(NamedTuple):
    """One text of a record as it is looked through; ``field`` is the value of a ``SearchField``."""

    kind: str
    record: int
    key: str
    field: str
    part: int
    words: str
    known_from: dt.date | None = None

    def is_known(self, day: dt.date) -> bool:
        """Whether it was known on the day."""
        return self.known_from is None or self.known_from <= day


def texts_of(record: Record) -> Iterator[FoundText]:
    """The texts of a record by which a search finds it; empty ones are passed over."""
    kind = kind_of(record)
    known = record.known_from
    for path, field in kind.searched.items():
        relation, _, name = path.partition("__")
        for row in getattr(record, relation).all() if name else (record,):
            text = _text(row, name or relation, field)
            if text:
                part = row.pk if name else 0
                day = _known_from(record, row, field)
                yield FoundText(kind.slug, record.pk, record.key, field.value, part, text, _later(known, day))


def _text(row: Record | Part, name: str, field: SearchField) -> str:
    value = getattr(row, name)
    match field:
        case SearchField.ACTIVITY:
            return folded_words(str(dict(row._meta.get_field(name).choices)[value]))
        case SearchField.ADDRESS:
            return folded_url(value)
        case _:
            return folded_words(value)


def _known_from(record: Record, row: Record | Part, field: SearchField) -> dt.date | None:
    """Since when a text is known, where that is later than of its record (methodology, section 2)."""
    match field:
        case SearchField.QUOTE if isinstance(row, Citation):
            return row.source.public_on
        case SearchField.SUMMARY | SearchField.ARRANGEMENTS:  # written from all sources
            return max((each.source.public_on for each in record.citations.all()), default=None)
        case SearchField.SCOPE:
            naming = [each for each in record.citations.all() if field.value in each.supports]
            return min((each.source.public_on for each in naming), default=None)
        case SearchField.ANSWER:
            return record.answered_on
        case SearchField.OTHER_NAME:
            return getattr(row, "used_earliest", None)
        case _:
            return None


def _later(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return max((day for day in (one, other) if day is not None), default=None)


def search_row(text: FoundText) -> SearchText:
    """The text as a row of the index, unsaved."""
    return SearchText(
        kind=text.kind,
        record=text.record,
        part=text.part,
        key=text.key,
        field=text.field,
        known_from=text.known_from,
        words=text.words,
        tokens=index_tokens(text.words),
    )
