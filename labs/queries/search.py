"""The search: which records have the words that somebody typed, by the day.

The database finds the texts that may have them; the rule (labs/rules/search_words.py) decides. The index is of the
newest records: of what has changed since an older data version the rule looks through the texts of then, and through
all texts where the index is not of the records that this request reads.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import starmap
from operator import itemgetter
from typing import Any

from django.db import connection

from labs.choices import NAMES_SEARCHED, SearchField
from labs.models import AccessEvent, Record, Stamp
from labs.models.marks import Marks, changed_since
from labs.models.registry import kind_of, record_kinds, related_records
from labs.models.search import FoundText, texts_of
from labs.queries.events import DAYS_KEPT, events_as_of
from labs.queries.kept import MadeWhenAsked, kept, records, store
from labs.queries.records import RecordsOfKind
from labs.rules.lookalikes import Known, KnownBy, Lookalikes
from labs.rules.order import people_order
from labs.rules.search_words import All, Token, TypedSearch, fit, read_search

SEARCHES_KEPT = 20
_SAMPLED = 200  # texts, to see which of the words is rare
_RANKS = {field.value: rank for rank, field in enumerate(SearchField)}
_BY_NAMES = _RANKS[SearchField.ACTIVITY] + 0.5  # by what its title is made of: what was done, and the names of others
_NAMES = {_RANKS[field] for field in NAMES_SEARCHED}
_IN_SEVERAL = len(_RANKS)


class Match(IntEnum):
    """How well a record fits a search, the best first; kinds of records stand in this order."""

    SAME_NAME = 0  # what was typed is its name, another name, its key or its title
    IN_A_NAME = 1
    ELSEWHERE = 2


Place = tuple[str, str]
"""The kind and the key of a record, as addresses write them."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found. ``texts`` are where the words stand, the best first: one, or several that have all."""

    kind: str
    key: str
    texts: tuple[FoundText, ...]
    match: Match


def matching_keys(model: type[Record], text: str, day: dt.date) -> frozenset[str]:
    """The keys of the public records of a model that have the words, by what was known on the day.

    Raises SearchError if the text is too long.
    """
    return frozenset(hit.key for hit in found(text, day).get(kind_of(model).slug, ()))


@kept(most=SEARCHES_KEPT)
def found(text: str, day: dt.date) -> Mapping[str, Sequence[Hit]]:
    """The public records that have the words, by kind; those first whose names are what was typed.

    Raises SearchError if the text is too long.
    """
    search = read_search(text)
    if search is None:
        return {}
    return _ranked(search, _matches(search, day), day)


# --- the texts that have words -------------------------------------------------------------------------------------


def _matches(search: TypedSearch, day: dt.date) -> Iterator[tuple[int, FoundText]]:
    """The texts that were known on the day and have any of the words, with the mask of those that they have."""
    texts = _candidates(search, day)
    if len(search.words) > 1 and not search.is_sentence:
        texts = _hopeful(search, list(texts))
    for text in texts:
        if mask := search.words_in(text.words):
            yield mask, text


def _hopeful(search: TypedSearch, texts: list[FoundText]) -> Iterable[FoundText]:
    """Those of the texts whose record may have all words, for it has the rarest one; and all names, for what belongs to
    whom they name.
    """
    rarest = search.rarest_in([text.words for text in texts[:: len(texts) // _SAMPLED + 1]])
    having = [text for text in texts if rarest.words_in(text.words)]
    have = {(text.kind, text.key) for text in having}
    by_names = _belonging()
    for text in having:
        if text.field in NAMES_SEARCHED:
            have.update(map(_place_of, by_names.get((text.kind, text.key), ())))
    return (text for text in texts if (text.kind, text.key) in have or text.field in NAMES_SEARCHED)


def _candidates(search: TypedSearch, day: dt.date) -> Iterable[FoundText]:
    """The texts known on the day that may have the words, and others: of the index, as far as it has those of the
    records that this request reads.
    """
    rows = _indexed(search, day)
    index = _index_now()  # asked afterwards, so that no change came between
    past = store().past
    if past is None and index is not None and index.is_of_now:
        return rows
    if past is None or index is None:
        return (text for text in all_texts() if text.is_known(day))
    changed = _changed_since_then(index)
    others = (text for texts in changed.values() for text in texts if text.is_known(day))
    return [*(row for row in rows if (row.kind, row.record) not in changed), *others]


@dataclass(frozen=True, slots=True)
class _Index:
    """Of which state of the records the index is."""

    stamp: str
    marks: Marks = field(compare=False)

    @property
    def is_of_now(self) -> bool:
        """Whether it is of the records that this request reads."""
        return self.stamp == store().version.stamp


def _index_now() -> _Index | None:
    """None where there is no index yet."""
    row = Stamp.objects.values_list("stamp", "indexed").first()
    return _Index(str(row[0]), row[1]) if row is not None and row[1] else None


@kept(most=1)
def _changed_since_then(index: _Index) -> Mapping[tuple[str, int], Sequence[FoundText]]:
    """The records of which the index does not have the texts that they had at the older data version, with those."""
    past = store().past
    assert past is not None
    found: dict[tuple[str, int], Sequence[FoundText]] = {}
    for model, keys in changed_since(past.marks, index.marks).items():
        then = {record.pk: record for record in records()[model].published}
        slug = kind_of(model).slug
        found |= {(slug, pk): list(texts_of(then[pk])) if pk in then else [] for pk in keys}
    return found


@kept(most=1)
def all_texts() -> Sequence[FoundText]:
    """The texts of all public records."""
    return [text for kind in record_kinds() for record in records()[kind.model].published for text in texts_of(record)]


_SELECT = "SELECT t.kind, t.record, t.key, t.field, t.part, t.words FROM labs_searchtext t"
_BY_VENDOR = {
    "sqlite": f"{_SELECT} JOIN labs_searchtext_fts i ON i.rowid = t.id WHERE i.labs_searchtext_fts MATCH %s",
    "postgresql": f"{_SELECT} WHERE t.vector @@ %s::tsquery",
}


def _indexed(search: TypedSearch, day: dt.date) -> list[FoundText]:
    """The texts that the index has for the search, known on the day. One query, however many words there are."""
    condition = _condition(search, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_BY_VENDOR[connection.vendor]} AND (t.known_from IS NULL OR t.known_from <= %s)", [condition, day]
        )
        return [*starmap(FoundText, cursor.fetchall())]


def _condition(search: TypedSearch, vendor: str) -> str:
    """The search as the database reads it: any of its words, or all of a sentence."""
    is_sqlite = vendor == "sqlite"
    either, both = (" OR ", " AND ") if is_sqlite else (" | ", " & ")

    def token(asked: Token) -> str:
        if is_sqlite:
            return f'"{asked.text}"{"*" if asked.is_prefix else ""}'
        return f"'{asked.text}'{':*' if asked.is_prefix else ''}"

    def each(alternative: All) -> str:
        return both.join(f"({either.join(map(token, any_of))})" for any_of in alternative)

    words = (either.join(f"({each(alternative)})" for alternative in alternatives) for alternatives in search.in_index)
    return (both if search.is_sentence else either).join(f"({word})" for word in words)


# --- the records ---------------------------------------------------------------------------------------------------


class _Found:
    """What was found of one record."""

    __slots__ = ("best", "mask", "named", "parts", "record")

    def __init__(self) -> None:
        self.mask = 0
        self.best: tuple[tuple[float, int], FoundText] | None = None  # the best text that has all words
        self.parts: dict[int, FoundText] = {}  # by their words, the first text that has them
        self.named: dict[int, FoundText] = {}  # the same of the names of others, and of what was done


def _ranked(search: TypedSearch, matches: Iterable[tuple[int, FoundText]], day: dt.date) -> Mapping[str, Sequence[Hit]]:
    everything = search.all_words
    of: defaultdict[Place, _Found] = defaultdict(_Found)
    named: defaultdict[Place, dict[int, FoundText]] = defaultdict(dict)
    for mask, text in matches:
        place = (text.kind, text.key)
        record = of[place]
        record.mask |= mask
        if mask == everything:
            rank = _text_rank(text, search)
            if record.best is None or rank < record.best[0]:
                record.best = rank, text
        elif not search.is_sentence:
            (record.named if text.field == SearchField.ACTIVITY else record.parts).setdefault(mask, text)
        if text.field in NAMES_SEARCHED and not search.is_sentence:
            better = named[place].setdefault(mask, text)
            if _text_rank(text, search) < _text_rank(better, search):
                named[place][mask] = text
    by_names = _belonging()
    for place, texts in named.items():
        for other in by_names.get(place, ()):
            record = of[_place_of(other)]
            for mask, text in texts.items():
                record.mask |= mask
                record.named.setdefault(mask, text)
    called, hits = titles(day), defaultdict(list)
    for (kind, key), record in of.items():
        if record.mask == everything and key in called[kind]:
            rank, texts = _rank(record, search)
            order = (rank, people_order(called[kind][key]), key)
            hits[kind].append((order, Hit(kind, key, texts, _match(*rank))))
    return {kind: [hit for _, hit in sorted(each, key=itemgetter(0))] for kind, each in hits.items()}


def _text_rank(text: FoundText, search: TypedSearch) -> tuple[float, int]:
    """How high a text stands; of a longer one it does not matter how it begins."""
    return _RANKS[text.field], fit(text.words, search) if text.field in NAMES_SEARCHED else 0


def _rank(record: _Found, search: TypedSearch) -> tuple[tuple[float, int], tuple[FoundText, ...]]:
    """How high a record stands, the lowest first, and the texts that say why."""
    names = _covering(record.named, search.all_words)
    if record.best is not None and not (names and record.best[0][0] > _BY_NAMES):
        return record.best[0], (record.best[1],)
    if names:
        return (_BY_NAMES, len(names) + (fit(names[0].words, search) if len(names) == 1 else 3)), names
    return (_IN_SEVERAL, 0), _covering({**record.named, **record.parts}, search.all_words)


def _match(field: float, fitting: int) -> Match:
    if field in _NAMES and fitting == 0:
        return Match.SAME_NAME
    return Match.IN_A_NAME if field <= _RANKS[SearchField.OTHER_NAME] else Match.ELSEWHERE


def _covering(texts: Mapping[int, FoundText], everything: int) -> tuple[FoundText, ...]:
    """Texts that have all words between them, those with most words first; none where they have not."""
    left, chosen = everything, []
    for mask, text in sorted(texts.items(), key=lambda pair: (-pair[0].bit_count(), _RANKS[pair[1].field])):
        if mask & left:
            chosen.append(text)
            left &= ~mask
    return () if left else tuple(chosen)


@kept(most=1)
def _belonging() -> Mapping[Place, Sequence[Record]]:
    """The records that a search finds by the names of this one, such as the access events of an evaluator."""
    found_by: defaultdict[Place, dict[Place, Record]] = defaultdict(dict)
    for kind in record_kinds():
        for record in records()[kind.model].published if kind.searched_by else ():
            place = _place_of(record)
            for named in related_records(record, kind.searched_by):
                found_by[_place_of(named)][place] = record
    return {place: tuple(others.values()) for place, others in found_by.items()}


def _place_of(record: Record) -> Place:
    return kind_of(record).slug, record.key


@kept(most=DAYS_KEPT)
def titles(day: dt.date) -> Mapping[str, Mapping[str, str]]:
    """What each record that was known on the day is called on its page, by kind and key."""
    events = events_as_of(day)

    def title(record: Record) -> str:
        return events[record.key].title if isinstance(record, AccessEvent) else str(record)

    return {kind.slug: MadeWhenAsked(_known_on(day, records()[kind.model]), title) for kind in record_kinds()}


def _known_on(day: dt.date, of_kind: RecordsOfKind[Record]) -> Mapping[str, Record]:
    """The public records of a kind that were known on the day, by key."""
    known = {record.key: record for record in of_kind.published if (since := record.known_from) is None or since <= day}
    return of_kind.by_key if len(known) == len(of_kind.published) else known


# --- where nothing was found ---------------------------------------------------------------------------------------

MOST_NEAR = 5
_LONGEST_NAME = 80


def nearest(text: str, day: dt.date) -> list[Place]:
    """The records known on the day whose name is most like the text, or like one of its words; the nearest first."""
    asked = [text, *(word for word in text.split() if len(word) > 2)] if len(text) <= _LONGEST_NAME else []
    called = titles(day)
    near = [
        (kind, key)
        for each in asked
        for kind, index in _names().items()
        for key in index.nearest(each, most=MOST_NEAR)
        if key in called[kind]
    ]
    return list(dict.fromkeys(near))[:MOST_NEAR]


@kept(most=1)
def _names() -> Mapping[str, Lookalikes]:
    """The names of the public records of each kind that has names."""
    found_names = {}
    for kind in record_kinds():
        if kind.other_names:
            known = [
                Known.of(record.key, ((KnownBy.NAME, name) for name in _names_of(record, kind.other_names)))
                for record in records()[kind.model].published
            ]
            found_names[kind.slug] = Lookalikes(known)
    return found_names


def _names_of(record: Any, other_names: str) -> Iterator[str]:
    yield record.name
    for other in getattr(record, other_names).all():
        yield other.name
