"""What a search shows: records by kind, with the words marked and the reason why each was found."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from commitments.models import Commitment, Reply
from labs.choices import EvaluatorField, SearchField
from labs.models import AccessEvent, AIModel, Citation, Evaluator, EvaluatorName, Lab, Record, Source, Statement
from labs.models.registry import RecordKind, kind_by_slug, kind_of
from labs.models.search import FoundText
from labs.queries.kept import records
from labs.queries.search import Hit, Place, nearest, titles
from labs.queries.search import found as records_found
from labs.rules.event_words import fairly_quoted
from labs.rules.former_names import how_called
from labs.rules.search_words import EXCERPT, Piece, TypedSearch, marked, unmarked
from labs.web.parameters import address, kept_parameters, with_kept

SHOWN = 10

LISTS: dict[type[Record], str] = {
    Lab: "labs:lab_list",
    AIModel: "labs:model_list",
    Evaluator: "labs:evaluator_list",
    AccessEvent: "labs:event_list",
    Commitment: "commitments:commitment_list",
    Source: "labs:source_list",
    Reply: "commitments:reply_list",
    Statement: "",  # all are on one page
}
"""The kinds in the order of the page, with the list that has all that was found."""

SEARCHED: dict[type[Record], str] = {
    Lab: "names and other names",
    AIModel: "names and other names, the lab’s too, and quotes",
    Evaluator: "names and former names, quotes, and standing arrangements",
    AccessEvent: "what was done, by whom and with which release, quotes, and summaries",
    Commitment: "titles, the words of the promise, quotes, scope, and the names of labs",
    Source: "titles, publishers and addresses, and the names of whose words they are",
    Reply: "what we asked, and what was answered",
    Statement: "sentences on outside testing that are no event and no promise, and their quotes",
}

Mark = Callable[..., tuple[Piece, ...]]
"""``marked``, or ``unmarked`` for files."""

_KEY = "known here as"
_IN = {
    SearchField.KEY: _KEY,
    SearchField.PROMISE: "in its words",
    SearchField.SUMMARY: "in the summary",
    SearchField.ARRANGEMENTS: "in its standing arrangements",
    SearchField.SCOPE: "in its scope",
    SearchField.QUESTION: "in what we asked",
    SearchField.ANSWER: "in the answer",
    SearchField.FRAMEWORK: "in its framework",
    SearchField.PUBLISHER: "published by",
    SearchField.ADDRESS: "in its address",
}
_IN_THE_TITLE = (SearchField.NAME, SearchField.TITLE, SearchField.ACTIVITY)
_OUR_WORDS = (SearchField.SUMMARY, SearchField.ARRANGEMENTS, SearchField.SCOPE)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record was found: where, and what stands there with the words marked. ``is_quote``: word for word."""

    where: str
    pieces: tuple[Piece, ...] = ()
    is_quote: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One record that was found."""

    kind: str
    key: str
    title: tuple[Piece, ...]
    url: str
    reasons: tuple[Reason, ...]

    @property
    def title_text(self) -> str:
        """The title without marks."""
        return _text_of(self.title)

    @property
    def reason_text(self) -> str:
        """The reasons as one text: “evaluator METR, also or formerly: ARC Evals”."""
        return "; ".join(f"{each.where}: {_text_of(each.pieces)}" for each in self.reasons)


def _text_of(pieces: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


@dataclass(frozen=True, slots=True)
class Section:
    """The records of one kind that were found: the first few, how many there are, and where all are."""

    slug: str
    name: str
    plural: str
    count: int
    results: tuple[Result, ...]
    all_url: str  # empty where all are shown, or no list has them

    @property
    def counted(self) -> str:
        """“34 access events”."""
        return f"{self.count:,} {self.name if self.count == 1 else self.plural}"


def search_sections(search: TypedSearch, day: dt.date, parameters: QueryDict) -> list[Section]:
    """What was found, by kind."""
    return [_section(kind, hits, search, day, parameters) for kind, hits in _by_kind(search, day)]


def hits_in_order(search: TypedSearch, day: dt.date) -> list[Hit]:
    """All that was found, in the order of the page."""
    return [hit for _, hits in _by_kind(search, day) for hit in hits]


def _by_kind(search: TypedSearch, day: dt.date) -> list[tuple[RecordKind, Sequence[Hit]]]:
    """What was found by kind: first where a record has the very name, then where the words are in a name."""
    found = records_found(search.typed, day)
    kinds = [(kind, found[kind.slug]) for kind in map(kind_of, LISTS) if kind.slug in found]
    return sorted(kinds, key=lambda pair: min(hit.match for hit in pair[1]))


def results_of(hits: Iterable[Hit], search: TypedSearch, day: dt.date, parameters: QueryDict) -> Iterator[Result]:
    """What files say of records that were found."""
    kept = kept_parameters(parameters)
    return (_result(hit, search, day, kept, unmarked) for hit in hits)


def _section(
    kind: RecordKind, hits: Sequence[Hit], search: TypedSearch, day: dt.date, parameters: QueryDict
) -> Section:
    path = LISTS[kind.model]
    shown = hits[:SHOWN] if path else hits
    return Section(
        kind.slug,
        kind.label,
        kind.plural,
        len(hits),
        tuple(_result(hit, search, day, parameters) for hit in shown),
        with_kept(address(reverse(path), {"q": search.typed}), parameters) if len(hits) > len(shown) else "",
    )


def _result(hit: Hit, search: TypedSearch, day: dt.date, parameters: Mapping[str, str], mark: Mark = marked) -> Result:
    record, title = _record((hit.kind, hit.key)), titles(day)[hit.kind][hit.key]
    reasons = [_reason(text, hit, search, day, mark) for text in hit.texts]
    url = record.get_absolute_url()
    quotes = [part for text in hit.texts if isinstance(part := _part(record, text), Citation)]
    if quotes and "#" not in url:
        url = f"{url}#{quotes[0].anchor}"
    reasons_given = tuple(each for each in reasons if each is not None)
    return Result(kind_of(record).label, hit.key, mark(title, search), with_kept(url, parameters), reasons_given)


def _record(place: Place) -> Any:
    kind = kind_by_slug(place[0])
    assert kind is not None, place
    return records()[kind.model].by_key[place[1]]


def _part(record: Record, text: FoundText) -> Any:
    """The row that the text is of: a part of the record, or the record itself."""
    if (kind_of(record).slug, record.key) != (text.kind, text.key):
        return None
    if not text.part:
        return record
    relation = _path(record, text).partition("__")[0]
    return next(row for row in getattr(record, relation).all() if row.pk == text.part)


def _path(record: Record, text: FoundText) -> str:
    return next(path for path, field in kind_of(record).searched.items() if field == text.field)


def _reason(text: FoundText, hit: Hit, search: TypedSearch, day: dt.date, mark: Mark) -> Reason | None:
    """Why the record was found by this text; None where its title says it."""
    record = _record((text.kind, text.key))
    row, name = _part(record, text), _path(record, text).rpartition("__")[2]
    is_own = (text.kind, text.key) == (hit.kind, hit.key)
    said = str(getattr(row, name))
    if not is_own:
        return _by_name(record, row, text, said, titles(day)[hit.kind][hit.key], search, day, mark)
    if text.field in _IN_THE_TITLE:
        return None
    if text.field == SearchField.OTHER_NAME:
        return Reason(_named(record, row, day), mark(str(row), search))
    if text.field == SearchField.QUOTE:
        source = row.source if isinstance(row, Citation) else record.source
        return Reason(f"in a quote from {source.title}", mark(said, search, EXCERPT), is_quote=True)
    if text.field in _OUR_WORDS:
        said = fairly_quoted(said, [citation.quote for citation in record.citations.all()])
    return Reason(_IN[SearchField(text.field)], mark(said, search, EXCERPT), is_quote=text.field == SearchField.ANSWER)


def _by_name(
    record: Any, row: Any, text: FoundText, said: str, title: str, search: TypedSearch, day: dt.date, mark: Mark
) -> Reason | None:
    if said in title:
        return None
    label = kind_of(record).label
    if text.field == SearchField.KEY:
        return Reason(f"{label} {record}, {_KEY}", mark(said, search))
    if text.field == SearchField.OTHER_NAME:
        return Reason(f"{label} {record}, {_named(record, row, day)}", mark(str(row), search))
    return Reason(label, mark(said, search))


def _named(record: Any, name: Any, day: dt.date) -> str:
    """How the record goes or went by the name, as far as was known on the day."""
    if not isinstance(name, EvaluatorName):
        return "also called"
    quotes = [
        each.quote
        for each in record.citations.all()
        if EvaluatorField.FORMER_NAMES in each.supports and each.source.public_on <= day
    ]
    has_ended = name.used_latest is not None and name.used_latest < day
    return how_called(name.name, has_ended=has_ended, quotes=quotes)


def suggestions(text: str, day: dt.date, parameters: QueryDict) -> list[dict[str, str]]:
    """The records whose name is nearest to what was typed: {name, kind, url}."""
    near = [(titles(day)[kind][key], _record((kind, key))) for kind, key in nearest(text, day)]
    return [
        {"name": name, "kind": kind_of(record).label, "url": with_kept(record.get_absolute_url(), parameters)}
        for name, record in near
    ]


def searched_kinds(day: dt.date) -> list[Mapping[str, Any]]:
    """What can be searched: {plural, count, texts} of each kind that has records on the day."""
    counts = {slug: len(found) for slug, found in titles(day).items() if found}
    kinds: Iterable[RecordKind] = map(kind_of, LISTS)
    return [
        {"plural": kind.plural, "count": counts[kind.slug], "texts": SEARCHED[kind.model]}
        for kind in kinds
        if kind.slug in counts
    ]
