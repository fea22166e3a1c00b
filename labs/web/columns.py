"""What a column is. Each kind of record declares its columns once; its table and its CSV both follow from that.

The declarations are in ``tables.py`` of each app. To add a column to a kind of record:

1. Add a ``Column`` to the kind's tuple of columns, with a name and an explanation.
2. For the CSV, give it ``fields``. The file has them in the order of the tuple, and people read it by position too, so
   put the column last. An import reads those of the fields that people enter (``evaltracker/importing/forms.py``).
3. For the table, give it a ``cell``, and add its name to the ``order`` of the table. ``sort`` names what it sorts by,
   and ``is_default`` shows it to readers who chose no columns (at most eight).
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from labs.choices import Evidence
from labs.models import Record
from labs.queries.editions import data_version
from labs.rules.csv_cells import quote_line
from labs.rules.vocabulary import Term
from labs.web.parameters import with_kept

NONE = "—"


@dataclass(frozen=True, slots=True)
class Field:
    """One published value of a row: its name in the header of the CSV, and how it is read from the row.

    ``labs.rules.csv_cells`` writes the value: None is an empty cell, a list is joined.
    """

    name: str
    value: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a kind of record.

    ``name`` is its name in the address of the list. ``fields`` are what the CSV holds of it (none: only the table
    shows it). ``cell`` gives what the table shows of a row (None: only the CSV holds it): a text, a number, a term, a
    record, a ``Link`` or ``Links``; ``RecordTable`` draws it. ``sort`` are the fields of the database that
    sort it. ``style`` is a class of the style sheet for its header: num, wide or nowrap.
    """

    name: str
    explanation: str
    fields: tuple[Field, ...] = ()
    cell: Callable[[Any], Any] | None = None
    header: str = ""
    sort: tuple[str, ...] = ()
    is_default: bool = False
    style: str = ""


def published_fields(columns: Iterable[Column]) -> tuple[Field, ...]:
    """The fields of a CSV file, in its order."""
    return tuple(field for column in columns for field in column.fields)


def path_reader(*path: str) -> Callable[[Any], Any]:
    """Reads an attribute, or an attribute of an attribute that may be None."""

    def value(row: Any) -> Any:
        for step in path:
            row = getattr(row, step) if row is not None else None
        return row

    return value


def field(name: str, *path: str) -> Field:
    """A field that is an attribute of the row, of the same name if no path is given."""
    return Field(name, path_reader(*(path or (name,))))


def term_fields(name: str, term: Callable[[Any], Term]) -> tuple[Field, Field]:
    """The two fields of an enumeration: its value and its public label."""
    return Field(name, lambda row: term(row).value), Field(f"{name}_label", lambda row: term(row).label)


def edtf_fields(name: str, *path: str, only_if: str = "") -> tuple[Field, ...]:
    """The three fields of an EDTF date: its text, its earliest and its latest possible day.

    ``path`` leads to the record that has the date. ``only_if`` names an attribute of the row that is false or
    empty where the date was not known on the day; the fields are empty then.
    """

    def end_of(end: str) -> Field:
        read = path_reader(*path, f"{name}{end}")
        return Field(f"{name}{end}", lambda row: read(row) if not only_if or getattr(row, only_if) else None)

    return end_of(""), end_of("_earliest"), end_of("_latest")


def citations_column(citations: Callable[[Any], Iterable[Any]]) -> Column:
    """The citations of a row, one in each line of the cell, as ``labs.rules.csv_cells.quote_line`` writes them."""

    def value(row: Any) -> str:
        return "\n".join(quote_line(each.source.key, each.supports, each.quote) for each in citations(row))

    return Column(
        name="citations",
        explanation="The quotes that the record rests on, each with its source and the fields that it supports.",
        fields=(Field("citations", value),),
    )


def changed_at_column(*path: str) -> Column:
    """When the public last saw the record change, to the microsecond in UTC; empty where it never did.

    It tells an import whether somebody changed the record since the file was made.
    """
    read = path_reader(*path, "changed_at")

    def value(row: Any) -> str | None:
        changed_at = read(row)
        return changed_at and f"{changed_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ}"

    return Column(
        name="changed_at",
        explanation="When the public record last changed, in UTC; empty where it never did.",
        fields=(Field("changed_at", value),),
    )


AS_OF = Column(
    name="as_of",
    explanation="The day that the row holds for: it leaves out what became known later.",
    fields=(field("as_of", "day"),),
)
"""For rows that have a ``day``."""

DATA_VERSION = Column(
    name="data_version",
    explanation="The data version of which the row is.",
    fields=(Field("data_version", lambda _: data_version() or None),),
)
"""For rows of figures, in every file that says the version of the method."""


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


class SortedColumn(tables.Column):
    """A declared column as django-tables2 needs it. Rows without a value come last; ties are sorted by key.

    If the records have the annotation ``<field>_as_of``, the field as known on a past day, that sorts.
    """

    def __init__(self, column: Column) -> None:
        self.by, self.cell = column.sort, column.cell
        header = column.header or column.name.replace("_", " ").capitalize()
        attrs = {"th": {"class": column.style}} if column.style else {}
        super().__init__(verbose_name=header, attrs=attrs, empty_values=(), orderable=bool(column.sort))

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Each table gets columns of its own. What they hold never changes, so it can be shared."""
        return copy(self)

    def order(self, queryset: QuerySet, is_descending: bool) -> tuple[QuerySet, bool]:
        direction = "desc" if is_descending else "asc"
        annotated = queryset.query.annotations
        names = [f"{name}_as_of" if f"{name}_as_of" in annotated else name for name in self.by]
        return queryset.order_by(*(getattr(F(name), direction)(nulls_last=True) for name in names), "key"), True


class RecordTable(tables.Table):
    """A table of records. ``declared`` are the columns of the kind, ``order`` names those of the table.

    The first column is always shown, ``default_columns`` (at most eight) unless the reader chooses others.
    ``caption`` says what the rows are, ``empty_text`` what would be here.
    """

    declared: ClassVar[Sequence[Column]] = ()
    order: ClassVar[tuple[str, ...]] = ()
    default_columns: ClassVar[tuple[str, ...]] = ()
    caption = "records"
    caption_one = "record"
    day: dt.date
    request: HttpRequest

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        columns = {column.name: column for column in cls.declared}
        cls.base_columns = {name: SortedColumn(columns[name]) for name in cls.order}
        if "default_columns" not in vars(cls):
            cls.default_columns = tuple(name for name in cls.order if columns[name].is_default)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._links: dict[tuple[Any, str], SafeString] = {}

    @classmethod
    def as_of(cls, day: dt.date) -> Mapping[str, Any]:
        """What the fields and the cells read: the records as known on the day, by key."""
        raise TypeError(f"{cls.__name__} has to say what its columns read on {day}")

    def rows_as_of(self, records: Iterable[Any]) -> Iterable[Any]:
        """What the cells read, for each record of the page."""
        return pick(self.as_of(self.day), (record.key for record in records))

    @property
    def drawn_rows(self) -> list[SafeString]:
        """The cells of each row of the page in HTML; django-tables2 would inspect each method again for each cell."""
        cells = [column.column.cell for column in self.columns.itervisible()]
        return [self._drawn_row([cell(row) for cell in cells]) for row in self.rows_as_of(self.paginated_rows.data)]

    def _drawn_row(self, values: Sequence[Any]) -> SafeString:
        first, *others = map(self._drawn, values)
        return SafeString(f'<th scope="row">{first}</th>{"".join([f"<td>{other}</td>" for other in others])}')

    def _drawn(self, value: Any) -> str:
        """A value in HTML, escaped."""
        match value:
            case Term():
                return conditional_escape(value.label)
            case str():
                return conditional_escape(value)
            case int():
                return str(value)
            case Record():
                return self._linked(value)
            case Link():
                link = self._linked(value.target, value.text)
                return format_html('{}<span class="ledger__note">{}</span>', link, value.note) if value.note else link
            case Links():
                links = ", ".join(map(self._linked, value.records)) or NONE
                return f"{links} and {value.others} others" if value.others else links
            case None:
                return NONE
        raise TypeError(f"A cell cannot show {type(value).__name__}.")

    def _linked(self, target: Record | str, text: str = "") -> SafeString:
        """A link that keeps the day. One record is often in many rows, so each link is made once."""
        page = target if isinstance(target, str) else (type(target), target.pk)
        if (page, text) not in self._links:
            url = with_kept(target if isinstance(target, str) else target.get_absolute_url(), self.request.GET)
            self._links[page, text] = format_html('<a href="{}">{}</a>', url, text or str(target))
        return self._links[page, text]


def badge(term: Any) -> SafeString:
    """A status as a shape and a word."""
    return format_html('<span class="badge badge--{}">{}</span>', term.value, term.label)


def evidence_badge(word: Evidence) -> SafeString:
    """The word for what the record shows of a release, as a shape and a word; it has shapes of its own."""
    return format_html('<span class="badge badge--evidence-{}">{}</span>', word.value, word.badge_label)


def pick(found: Mapping[str, Any], keys: Iterable[str]) -> list[Any]:
    """The values for these keys, in their order; keys without a value are left out."""
    return [found[key] for key in keys if key in found]
