"""What a column is. Each kind of record declares its columns once; its table and its files all follow from that.

The declarations are in ``tables.py`` of each app. To add a column to a kind of record:

1. Add a ``Column`` to the kind's tuple of columns, with a name and an explanation.
2. For the files, give it ``fields``, each with its type and its meaning. CSV and JSON have them in the order of the
   tuple, and people read it by position too, so put the column last. Where a row has several of a thing, such as
   citations, give it a ``relation``, which JSON has as an array, and ``packed``, which the desk's spreadsheets have in
   one cell. An import reads those of the fields that people enter (``evaltracker/importing/kinds.py``).
3. For the table, give it a ``cell``, and add its name to the ``order`` of the table. ``sort`` reads what it sorts by,
   and ``is_default`` shows it to readers who chose no columns (at most eight).

One name means one thing in all files, and a published name stays: ``tests/test_columns.py`` compares them, and
``labs/web/renames.py`` lists what was called otherwise.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import Any, ClassVar, Self
from weakref import proxy

import django_tables2 as tables
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django_tables2.data import TableData

from labs.choices import Evidence, YesNo
from labs.models import Record
from labs.queries.editions import data_version
from labs.queries.plain_rows import Stored
from labs.rules import csv_cells, dates
from labs.rules.access import Window
from labs.rules.csv_cells import quote_line
from labs.rules.method import METHOD_VERSION
from labs.rules.order import PeopleOrder, people_order
from labs.rules.vocabulary import Term
from labs.web.list_index import ListIndex
from labs.web.parameters import with_kept
from labs.web.words import Meaning, coded, coded_again

NONE = "—"
Terms = type[Term]


class FieldType(Term):
    """What the values of a field are, in every format; each may be missing."""

    STRING = "string", "text", "A text; with a list of allowed values, one of them."
    INTEGER = "integer", "whole number", "A whole number."
    NUMBER = "number", "number", "A decimal number with a point."
    DATE = "date", "day", "One day, as 2024-05-24 (ISO 8601)."
    DATETIME = "datetime", "moment", "A moment in UTC, as 2024-05-24T10:00:00Z (ISO 8601)."
    EDTF = (
        "edtf",
        "date as precise as its source",
        "A date as precise as its source, as 2024, 2024-05~ or 2023-40, the first half of 2023 (EDTF, ISO 8601-2). "
        "Read it as text; the columns that end in _earliest and _latest are days.",
    )
    VERSION = (
        "version",
        "version",
        "A version as it is cited, as 2026.12.1 of the data. Read it as text: spreadsheets in some languages take it "
        "for a date.",
    )


AS_THEY_ARE = (FieldType.EDTF, FieldType.NUMBER, FieldType.VERSION)
"""What no apostrophe keeps from being taken for a date in a CSV file."""


@dataclass(frozen=True, slots=True)
class Field:
    """One published value of a row: its name in all files, how it is read from the row, and what it means.

    ``terms`` are the only values that a text can have. ``refers_to`` says of which list the text is a key. ``desk`` is
    its name in the desk's spreadsheets, where that differs. ``is_label`` says that it only puts into words what the
    field beside it says. A file writes None as an empty cell or as null.
    """

    name: str
    value: Callable[[Any], Any]
    description: str = ""
    type: FieldType = FieldType.STRING
    terms: Terms | None = None
    refers_to: str = ""
    desk: str = ""
    is_label: bool = False

    @property
    def label(self) -> str:
        """Its name for people."""
        return self.name.replace("_", " ").capitalize()

    @property
    def text(self) -> Callable[[Any], str]:
        """How its value becomes the text of a cell (``labs.rules.csv_cells``)."""
        return csv_cells.as_it_is if self.type in AS_THEY_ARE else csv_cells.cell

    def cell(self, row: Any) -> str:
        """The value as the text of a cell."""
        return self.text(self.value(row))

    def plain(self, row: Any) -> Any:
        """The value as JSON has it: a text, a number or None. An empty text is a missing one."""
        value = self.value(row)
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            return YesNo.of(value).value
        if self.type is FieldType.INTEGER:
            return int(value)
        return float(value) if self.type is FieldType.NUMBER else str(value)


@dataclass(frozen=True, slots=True)
class Relation:
    """Several things of one row, such as its citations: an array of objects in JSON, a table of its own in the package.

    ``rows`` gives them, in their order; ``fields`` and ``relations`` read each of them.
    """

    name: str
    description: str
    rows: Callable[[Any], Iterable[Any]]
    fields: tuple[Field, ...]
    relations: tuple["Relation", ...] = ()

    @property
    def without_labels(self) -> "Relation":
        """The same with the values alone."""
        fields = tuple(each for each in self.fields if not each.is_label)
        return replace(self, fields=fields, relations=tuple(each.without_labels for each in self.relations))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a kind of record.

    ``name`` is its name in the address of the list. ``fields`` are what public files hold of it (none: only the table
    shows it), ``relation`` what JSON has besides. ``packed`` are the fields that the desk's spreadsheets have in place
    of ``fields``; there a cell may hold a list. ``cell`` gives what the table shows of a row (None: only files hold
    it): a text, a number, a term, a record, a ``Link`` or ``Links``; ``RecordTable`` draws it. ``sort`` gives what
    a row is sorted by, None where it has no value (``name_order``, ``term_order``). ``style`` is a class of the style
    sheet for its header: num, wide or nowrap.
    """

    name: str
    explanation: str
    fields: tuple[Field, ...] = ()
    relation: Relation | None = None
    packed: tuple[Field, ...] | None = None
    cell: Callable[[Any], Any] | None = None
    header: str = ""
    sort: Callable[[Any], Any] | None = None
    is_default: bool = False
    style: str = ""


def published_fields(columns: Iterable[Column]) -> tuple[Field, ...]:
    """The fields of a public CSV file, in its order; JSON has the same before its ``relations``."""
    return tuple(field for column in columns for field in column.fields)


def published_relations(columns: Iterable[Column]) -> tuple[Relation, ...]:
    """What a row has several of."""
    return tuple(column.relation for column in columns if column.relation is not None)


def desk_fields(columns: Iterable[Column]) -> tuple[Field, ...]:
    """The fields of the desk's spreadsheets, under the names of the desk: an import reads them back."""
    return tuple(
        replace(field, name=field.desk or field.name)
        for column in columns
        for field in (column.fields if column.packed is None else column.packed)
    )


def path_reader(*path: str) -> Callable[[Any], Any]:
    """Reads an attribute, or an attribute of an attribute that may be None."""

    def value(row: Any) -> Any:
        for step in path:
            row = getattr(row, step) if row is not None else None
        return row

    return value


def field(name: str, *path: str, description: str = "", type: FieldType = FieldType.STRING, desk: str = "") -> Field:
    """A field that is an attribute of the row, of the same name if no path is given."""
    return Field(name, path_reader(*(path or (name,))), description, type, desk=desk)


def count_field(name: str, description: str, value: Callable[[Any], int | None]) -> Field:
    """A number of things; never negative."""
    return Field(name, value, description, FieldType.INTEGER)


def yes_no_field(name: str, description: str, value: Callable[[Any], bool | None]) -> Field:
    """A question that our records always answer, with a word."""
    return Field(name, value, description, terms=YesNo)


def key_field(*path: str) -> Field:
    """The key of the row's own record."""
    return field("key", *path, description="The key of the record: its name in addresses, which never changes.")


def name_field(*path: str) -> Field:
    """The name of the row's own record."""
    return field("name", *path, description="The name of the record.")


_KEY_OF = {
    "lab": ("labs", "lab"),
    "model": ("models", "release"),
    "evaluator": ("evaluators", "evaluator"),
    "event": ("access", "access event"),
    "commitment": ("commitments", "commitment"),
    "source": ("sources", "source"),
}
"""Of each field that is a key wherever it stands: the list that has it, and what it names."""


def reference(name: str, *path: str, description: str = "", to: str = "", desk: str = "") -> Field:
    """The key of another record: of the list ``to``, or as the name says it."""
    listed, what = (to, "") if to else _KEY_OF[name]
    meaning = description or f"The {what} that the row is about: its key."
    return Field(name, path_reader(*(path or (name,))), meaning, refers_to=listed, desk=desk)


def named_reference(name: str, *path: str) -> tuple[Field, Field]:
    """The key and the name of another record, both empty where there is none."""
    what = _KEY_OF[name][1]
    title = field(f"{name}_name", *(path or (name,)), "name", description=f"The name of the {what}.")
    return reference(name, *(path or (name,)), "key"), title


def term_fields(
    name: str, term: Callable[[Any], Term | None], terms: type[Term], description: str, desk: str = ""
) -> tuple[Field, Field]:
    """The two fields of an enumeration: its value and its public label."""

    def value(row: Any) -> str | None:
        found = term(row)
        return None if found is None else found.value

    def label(row: Any) -> str | None:
        found = term(row)
        return None if found is None else found.label

    in_words = f"The value of {name} in words."
    return (
        Field(name, value, description, terms=terms, desk=desk),
        Field(f"{name}_label", label, in_words, desk=f"{desk}_label" if desk else "", is_label=True),
    )


def edtf_fields(name: str, *path: str, description: str, only_if: str = "") -> tuple[Field, ...]:
    """The four fields of an EDTF date: its text, its earliest and its latest possible day, and its words.

    ``path`` leads to the record that has the date. ``only_if`` names an attribute of the row that is false or
    empty where the date was not known on the day; the fields are empty then.
    """

    def read(*steps: str) -> Callable[[Any], Any]:
        found = path_reader(*path, *steps)
        return lambda row: found(row) if not only_if or getattr(row, only_if) else None

    text = read(name)
    return edtf_field_group(name, description, text, read(f"{name}_earliest"), read(f"{name}_latest"))


def edtf_field_group(
    name: str,
    description: str,
    text: Callable[[Any], str | None],
    earliest: Callable[[Any], dt.date | None],
    latest: Callable[[Any], dt.date | None],
) -> tuple[Field, ...]:
    """The four fields of an EDTF date, each with its reader."""
    return (
        Field(name, text, description, FieldType.EDTF),
        Field(f"{name}_earliest", earliest, f"The earliest possible day of {name}.", FieldType.DATE),
        Field(f"{name}_latest", latest, f"The latest possible day of {name}.", FieldType.DATE),
        Field(
            f"{name}_label", lambda row: dates.dated(text(row) or ""), f"The value of {name} in words.", is_label=True
        ),
    )


CITATION = (
    reference("source", "source", "key"),
    field("source_title", "source", "title", description="The title of the source."),
    field("quote", description="The words, word for word as the copy that we read has them."),
)
"""What a citation says, of whatever record."""

SUPPORTS = Relation(
    name="supports",
    description="The fields of the record that the quote supports.",
    rows=lambda citation: citation.supports,
    fields=(Field("supported_field", str, "A field of the record that the quote supports."),),
)


def citations_column(citations: Callable[[Any], Iterable[Any]]) -> Column:
    """The citations of a row. At the desk one in each line of the cell (``labs.rules.csv_cells.quote_line``)."""

    def packed(row: Any) -> str:
        return "\n".join(quote_line(each.source.key, each.supports, each.quote) for each in citations(row))

    explanation = "The quotes that the record rests on, each with its source and the fields that it supports."
    return Column(
        name="citations",
        explanation=explanation,
        fields=(
            count_field(
                "citation_count", "How many quotes the record rests on.", lambda row: sum(1 for _ in citations(row))
            ),
        ),
        relation=Relation("citations", explanation, citations, CITATION, (SUPPORTS,)),
        packed=(Field("citations", packed),),
    )


def sources_column() -> Column:
    """How many sources tell of a row; its citations name them. At the desk their keys, in one cell."""

    def keys(row: Any) -> list[str]:
        return list(dict.fromkeys(each.source.key for each in row.citations))

    def number(row: Any) -> int:
        return len({each.source_id for each in row.citations})

    return Column(
        name="sources",
        explanation="How many sources tell of it; the citations name them.",
        fields=(count_field("source_count", "How many sources the record rests on.", number),),
        packed=(Field("sources", keys),),
    )


def changed_at_column(*path: str) -> Column:
    """When the public last saw the record change, to the microsecond in UTC; empty where it never did.

    It tells an import whether somebody changed the record since the file was made.
    """
    read = path_reader(*path, "changed_at")

    def value(row: Any) -> str | None:
        changed = read(row)
        return (
            f"{changed.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
            if changed
            else None
        )

    explanation = "When the public record last changed, in UTC; empty where it never did."
    return Column(
        name="changed_at",
        explanation=explanation,
        fields=(Field("changed_at", value, explanation, FieldType.DATETIME),),
    )


def _as_of(*path: str) -> Column:
    explanation = "The day that the row holds for: it leaves out what became known later."
    fields = (field("as_of", *path, description=explanation, type=FieldType.DATE),)
    return Column(name="as_of", explanation=explanation, fields=fields)


AS_OF = _as_of("day")
"""For rows that have a ``day``."""

VERSION_WORDS = "The data version of which the row is."
DATA_VERSION = Column(
    name="data_version",
    explanation="The data version of which the row is.",
    fields=(Field("data_version", lambda _: data_version() or None, VERSION_WORDS, FieldType.VERSION),),
)
"""For rows of figures, in every file that says the version of the method."""

METHOD = Column(
    name="method_version",
    explanation="The version of the method that computed the figures.",
    fields=(
        Field(
            "method_version",
            lambda _: str(METHOD_VERSION),
            "The version of the method that computed the figures, a text. Programs that guess types take it for a "
            "whole number, which loses nothing.",
            FieldType.VERSION,
        ),
    ),
)


class WindowWord(Term):
    """A window as files write it: a word, for programs would take 12 for a number in one file and not in the next."""

    YEAR = "12_months", Window.YEAR.label, Window.YEAR.explanation
    TWO_YEARS = "24_months", Window.TWO_YEARS.label, Window.TWO_YEARS.explanation
    ALL = "all_time", Window.ALL.label, Window.ALL.explanation

    @classmethod
    def of(cls, window: Window) -> Self:
        """The word for a window of the method."""
        return cls[window.name]


def window_column(window: Callable[[Any], Window], first: Callable[[Any], Any], last: Callable[[Any], Any]) -> Column:
    """Which releases the figures of a row are about."""
    return Column(
        name="window",
        explanation="Which releases the figures are about: the window, its first day (empty for all time), its last.",
        fields=(
            Field(
                "window",
                lambda row: WindowWord.of(window(row)).value,
                "Which releases the figures are about; addresses say 12, 24 and all.",
                terms=WindowWord,
            ),
            Field("window_from", first, "The first day of the window; empty for all time.", FieldType.DATE),
            Field("window_to", last, "The last day of the window.", FieldType.DATE),
        ),
    )


def joined(names: Iterable[Any]) -> str:
    """Names in one text for people; programs read the relation."""
    return ", ".join(map(str, names))


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a cell: to the page of a record or to an address, with its text and a note below it."""

    target: Record | str
    text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """Links to several records in a cell, and how many more there are."""

    records: Sequence[Record]
    others: int = 0


@dataclass(frozen=True, slots=True)
class Items:
    """Several things in a cell, one below the other; each is a value and what is said of it."""

    each: Sequence[Sequence[Any]]

    def __bool__(self) -> bool:
        return bool(self.each)


@dataclass(frozen=True, slots=True)
class Badge:
    """A status in a cell: a term, the shape that the style sheet has for it, its word, and a text after it."""

    term: Term
    shape: str
    label: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Coded:
    """A coded word in a cell, or a text in its place, and what stands after it."""

    term: Meaning
    text: str = ""
    after: str = ""


def name_order(name: str | None) -> PeopleOrder | None:
    """What a column of names is sorted by: people's order; None where there is no name."""
    return people_order(name) if name else None


def term_order(term: Term) -> int:
    """What a column of terms is sorted by: the order in which the enumeration defines them."""
    return type(term).values().index(term.value)


class ListedRows(TableData):
    """The rows of a list for a table: sorted when the table says by what, and made when it asks for them."""

    def __init__(self, index: ListIndex, found: int) -> None:
        self.index, self.found = index, found
        self._sorts: list[tuple[str, Callable[[Any], Any], bool]] = []

    def __len__(self) -> int:
        return self.found.bit_count()

    def order_by(self, aliases: Iterable[str]) -> None:
        columns = self.table.base_columns
        self._sorts = [(name, columns[name].by, each != name) for each in aliases if (name := each.removeprefix("-"))]
        self.__dict__.pop("data", None)

    @cached_property
    def data(self) -> list[Any]:
        return self.index.in_order(self.found, self._sorts)


class SortedColumn(tables.Column):
    """A declared column as django-tables2 needs it; the rows themselves are sorted by ``ListedRows``."""

    def __init__(self, column: Column) -> None:
        self.by, self.cell = column.sort, column.cell
        header = column.header or column.name.replace("_", " ").capitalize()
        attrs = {"th": {"class": column.style}} if column.style else {}
        super().__init__(verbose_name=header, attrs=attrs, empty_values=(), orderable=column.sort is not None)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Each table gets columns of its own. What they hold never changes, so it can be shared."""
        return copy(self)


class RecordTable(tables.Table):
    """A table of records. ``declared`` are the columns of the kind, ``order`` names those of the table.

    The first column is always shown, ``default_columns`` (at most eight) unless the reader chooses others.
    ``caption`` says what the rows are, ``caption_of_all`` what the filters count where that is more, ``empty_text``
    what would be here. ``stored`` says where the table of the database has the values and relations that it has under
    another name (``labs.web.plain_files``).
    """

    declared: ClassVar[Sequence[Column]] = ()
    order: ClassVar[tuple[str, ...]] = ()
    default_columns: ClassVar[tuple[str, ...]] = ()
    stored: ClassVar[Mapping[str, Stored]] = {}
    caption = "records"
    caption_one = "record"
    caption_of_all = ""
    request: HttpRequest

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        columns = {column.name: column for column in cls.declared}
        cls.base_columns = {name: SortedColumn(columns[name]) for name in cls.order}
        if "default_columns" not in vars(cls):
            cls.default_columns = tuple(name for name in cls.order if columns[name].is_default)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._hold_weakly()
        self._links: dict[tuple[Any, str], SafeString] = {}
        self._explained: set[tuple[int, str]] = set()

    def _hold_weakly(self) -> None:
        """Let the parts of the table not hold it, so that it goes with its page: else it would keep all rows of a
        version that is gone until Python searches for cycles.
        """
        parts = [self.data, self.rows, *([self.page.object_list] if hasattr(self, "page") else [])]
        for part in parts:
            part.table = proxy(self)
        for each in (self.columns, *self.columns.columns.values()):
            each._table = proxy(self)

    def rows_as_of(self, rows: Iterable[Any]) -> Iterable[Any]:
        """What the cells read, for each row of the page."""
        return rows

    @property
    def drawn_rows(self) -> list[SafeString]:
        """The cells of each row of the page in HTML; django-tables2 would inspect each method again for each cell."""
        cells = [column.column.cell for column in self.columns.itervisible()]
        return [self._drawn_row([cell(row) for cell in cells]) for row in self.rows_as_of(self.paginated_rows.data)]

    def _drawn_row(self, values: Sequence[Any]) -> SafeString:
        first, *others = [self._drawn(value, column) for column, value in enumerate(values)]
        return SafeString(f'<th scope="row">{first}</th>{"".join([f"<td>{other}</td>" for other in others])}')

    def _drawn(self, value: Any, column: int = 0) -> str:
        """A value in HTML, escaped."""
        match value:
            case Term():
                return self._word(value, value.label, column)
            case Coded():
                return self._word(value.term, value.text or value.term.label, column) + escaped(value.after)
            case str():
                return escaped(value)
            case int():
                return str(value)
            case Record():
                return self._linked(value)
            case Badge():
                shape = f"badge badge--{value.shape}"
                word = self._word(value.term, value.label, column, shape)
                drawn = word if word.startswith("<u ") else f'<span class="{escaped(shape)}">{word}</span>'
                return f"{drawn} {escaped(value.after)}" if value.after else drawn
            case Link():
                link = self._linked(value.target, value.text)
                return f'{link}<span class="ledger__note">{escaped(value.note)}</span>' if value.note else link
            case Links():
                links = ", ".join(map(self._linked, value.records)) or NONE
                return f"{links} and {value.others} others" if value.others else links
            case tuple():
                return "; ".join([self._drawn(part, column) for part in value])
            case Items():
                lines = [": ".join([self._drawn(part, column) for part in parts]) for parts in value.each]
                return f'<ul class="items">{"".join([f"<li>{line}</li>" for line in lines])}</ul>'
            case None:
                return NONE
        raise TypeError(f"A cell cannot show {type(value).__name__}.")

    def _word(self, term: Meaning, text: str, column: int, shape: str = "") -> SafeString:
        """A coded word; its meaning stands with the first of them in the column. ``shape``: classes of a badge."""
        if (column, text) in self._explained:
            return coded_again(term, text, shape)
        self._explained.add((column, text))
        return coded(term, text, self.request.GET)

    def _linked(self, target: Record | str, text: str = "") -> SafeString:
        """A link that keeps the day. One record is often in many rows, so each link is made once."""
        page = target if isinstance(target, str) else (type(target), target.pk)
        if (page, text) not in self._links:
            url = with_kept(target if isinstance(target, str) else target.get_absolute_url(), self.request.GET)
            self._links[page, text] = SafeString(f'<a href="{escaped(url)}">{escaped(text or str(target))}</a>')
        return self._links[page, text]


def escaped(text: str) -> str:
    """As Django's ``conditional_escape``, which first looks for translations: a table has thousands of texts."""
    return text if isinstance(text, SafeString) else escape(text)


def badge(term: Term, after: str = "") -> Badge:
    """A status as a shape and a word, with its meaning."""
    return Badge(term, term.value, term.label, after)


def evidence_badge(word: Evidence) -> Badge:
    """The word for what the record shows of a release, as a shape and a word; it has shapes of its own."""
    return Badge(word, f"evidence-{word.value}", word.badge_label)


def pick(found: Mapping[str, Any], keys: Iterable[str]) -> list[Any]:
    """The values for these keys, in their order; keys without a value are left out."""
    return [found[key] for key in keys if key in found]
