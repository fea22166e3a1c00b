"""Filters in the address, with counts beside each choice.

What a filter looks at is read from the rows as known on the day, so none looks at what came out later. The rows that
have each value are sets (``labs.web.list_index``): no filter, count or sort asks the database.
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, reduce
from operator import and_, attrgetter, or_
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import conditional_escape

from labs.models import Record
from labs.queries.kept import kept, records, renewed
from labs.queries.public_keys import current_key
from labs.queries.search import matching_keys
from labs.rules import dates
from labs.rules.order import people_order
from labs.rules.search_words import MOST_CHARACTERS, SearchError, folded_words, read_search
from labs.rules.vocabulary import Term
from labs.web.facet_boxes import MOST_SHOWN, ChoicesField, Counted, DayBox, TypedBox
from labs.web.list_index import ListIndex
from labs.web.parameters import BadParameters, ParameterProblem, address
from labs.web.words import coded

DAY_HELP = "a day such as 2024-05-24"
LISTS_KEPT = 32
"""For how many lists and days their indexes are kept."""
ALL_FILTERS = "filters"
"""The parameter by which a reader asks for all filters of a list, where some stand behind a link: ``filters=all``."""
MOST_NAMED = 200
"""So many allowed values a refusal names at most."""


class Filter(ABC):
    """One filter of a list. Its ``name`` is the parameter in the address; ``read`` gives what it looks at in a row."""

    name = ""
    is_repeatable = False

    def __init__(self, read: Callable[[Any], Any], *, label: str, help_text: str = "") -> None:
        self.read, self.label, self.help_text = read, label, help_text

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    @abstractmethod
    def field(self) -> forms.Field:
        """The field of the form, which refuses what cannot be asked for."""

    @abstractmethod
    def found(self, index: ListIndex, value: Any) -> int:
        """The rows that a value of the field leaves; of an empty one, all."""

    def label_of(self, value: str) -> str:
        """A value in words."""
        return value

    def drawn(self, value: str) -> str:
        """A value in words, escaped; a coded word with its meaning."""
        return conditional_escape(self.label_of(value))


class Facet(Filter):
    """A filter with choices and counts. Several choices of a facet widen the selection (any of them), several facets
    narrow it (all). ``read`` gives the choices that a row has; ``words`` are those of them that are coded.
    """

    is_repeatable = True
    is_typed = False  # whether choices beyond the largest are typed; else they are folded

    def __init__(
        self,
        read: Callable[[Any], Iterable[str]],
        *,
        label: str,
        choices: Sequence[tuple[str, str]] = (),
        words: Iterable[Term] = (),
        says_itself: bool = False,
    ) -> None:
        super().__init__(read, label=label)
        self.words = {each.value: each for each in words}
        self.choices, self._labels, self.says_itself = choices, dict(choices), says_itself

    def field(self) -> ChoicesField:
        return ChoicesField(self)

    def having(self, index: ListIndex) -> Mapping[Any, int]:
        """The rows that have each choice."""
        return index.having(self.name, self.read)

    def found(self, index: ListIndex, value: Sequence[str]) -> int:
        if not value:
            return index.all
        having = self.having(index)
        return reduce(or_, (having.get(each, 0) for each in value), 0)

    def resolved(self, value: str) -> str | None:
        """The choice that a value in the address means; None where it may not be asked for."""
        return value if value in self._labels else None

    def named(self, name: str) -> str | None:
        """The choice that has this name; capital letters make no difference."""
        asked = name.strip().casefold()
        return next((value for value, label in self.choices if label.casefold() == asked), None)

    def near(self, text: str) -> list[str]:
        """The names that may be asked for and contain what somebody typed."""
        asked = text.strip().casefold()
        return [label for _, label in self.choices if asked in label.casefold()]

    def offered(self, _index: ListIndex) -> Iterable[tuple[str, str]]:
        """All choices with their labels, in the order of the form."""
        return self.choices

    def allowed(self) -> list[str]:
        """What may be asked for, for the page that refuses something else."""
        return [value for value, _ in self.choices]

    def label_of(self, value: str) -> str:
        return self._labels.get(value, value)

    def drawn(self, value: str) -> str:
        word = self.words.get(value)
        return super().drawn(value) if word is None else coded(word, is_held=True)

    def in_words(self, values: Sequence[str]) -> str:
        """Chosen values in a sentence, with the name of the facet unless the value says all (``says_itself``)."""
        names = " or ".join(map(self.label_of, values))
        return names if self.says_itself else f"{self.label[0].lower()}{self.label[1:]}: {names}"


class TermFacet(Facet):
    """A facet on an enumeration; ``read`` gives the term of a row. Any term may be asked for."""

    def __init__(
        self, read: Callable[[Any], Term], terms: type[Term], *, label: str, says_itself: bool = False
    ) -> None:
        super().__init__(
            lambda row: (read(row),), label=label, choices=terms.choices(), words=terms, says_itself=says_itself
        )


class TermsFacet(Facet):
    """A facet on a list of terms; a row counts for each of its terms. ``none`` means an empty list."""

    NONE = "none"

    def __init__(
        self, read: Callable[[Any], Iterable[Term]], terms: type[Term], *, label: str, none_label: str = ""
    ) -> None:
        none = [(self.NONE, none_label)] if none_label else []
        choices = [*terms.choices(), *none]
        super().__init__(lambda row: tuple(read(row)) or (self.NONE,), label=label, choices=choices, words=terms)


class KeyFacet(Facet):
    """A facet on related records, by their keys. ``empty_label`` offers the rows that have none, as ``none``.

    Any record that is or ever was public may be asked for, whether or not the list has rows of it; one that was merged
    means the record into which it was merged.
    """

    NONE = "none"
    is_typed = True

    def __init__(
        self,
        read: Callable[[Any], Iterable[Record | None]],
        model: type[Record],
        *,
        label: str,
        empty_label: str = "",
        says_itself: bool = True,
    ) -> None:
        choices = [(self.NONE, empty_label)] if empty_label else []
        super().__init__(read, label=label, choices=choices, says_itself=says_itself)
        self.model = model

    def having(self, index: ListIndex) -> Mapping[Any, int]:
        return index.having(self.name, self.keys_of)

    def keys_of(self, row: Any) -> Iterable[str]:
        """The keys of the records that a row has."""
        return {each.key for each in self.read(row) if each is not None} or (self.NONE,)

    def resolved(self, value: str) -> str | None:
        return super().resolved(value) or current_key(self.model, value)

    def named(self, name: str) -> str | None:
        return super().named(name) or _keys_by_name(self.model).get(name.strip().casefold())

    def near(self, text: str) -> list[str]:
        asked = text.strip().casefold()
        return [
            *super().near(text),
            *(each.name for each in records()[self.model].published if asked in each.name.casefold()),
        ]

    def offered(self, index: ListIndex) -> Iterable[tuple[str, str]]:
        return index.once(("offered", self.name), lambda: self._offered(index))

    def _offered(self, index: ListIndex) -> list[tuple[str, str]]:
        public, having = records()[self.model].by_key, self.having(index)
        named = [(key, public[key].name) for key in having if key in public]
        return [*sorted(named, key=lambda pair: people_order(pair[1])), *self.choices]

    def allowed(self) -> list[str]:
        return [*records()[self.model].by_key, *super().allowed()]

    def label_of(self, value: str) -> str:
        record = records()[self.model].by_key.get(value)
        return super().label_of(value) if record is None else record.name


@kept(most=8)
def _keys_by_name(model: type[Record]) -> Mapping[str, str]:
    """The public records of a kind by their names in small letters, without names that several have."""
    found: dict[str, str] = {}
    shared = set()
    for record in records()[model].published:
        name = record.name.casefold()
        shared |= {name} & found.keys()
        found[name] = record.key
    return {name: key for name, key in found.items() if name not in shared}


def refuse_long_search(text: str) -> None:
    """Raise ValidationError for a search that is too long; it says what is not."""
    try:
        read_search(text)
    except SearchError as error:
        raise ValidationError(f"{error} A search has {error.allowed}.", code="too_long") from error


class TextSearch(Filter):
    """A search for words in the texts that ``read`` gives of a row (labs/rules/search_words.py)."""

    def __init__(self, read: Callable[[Any], Iterable[str]], *, help_text: str) -> None:
        super().__init__(read, label="Words", help_text=help_text)

    def field(self) -> forms.Field:
        box = TypedBox(attrs={"type": "search", "maxlength": MOST_CHARACTERS})
        return text_field(self, validators=[refuse_long_search], widget=box)

    def found(self, index: ListIndex, value: str) -> int:
        search = read_search(value)
        if search is None:
            return index.all if not value.strip() else 0
        texts = index.once(
            ("texts", self.name), lambda: [" \n ".join(map(folded_words, self.read(row))) for row in index.rows]
        )
        return index.at(place for place, text in enumerate(texts) if search.words_in(text) == search.all_words)


class RecordSearch(TextSearch):
    """A search for words in records of a model, as on the page of the search: by all their texts, and by the names of
    those whom they are of.
    """

    def __init__(self, model: type[Record], *, help_text: str) -> None:
        self.model = model
        super().__init__(lambda _row: (), help_text=help_text)

    def found(self, index: ListIndex, value: str) -> int:
        return index.with_keys(matching_keys(self.model, value, index.day)) if value.strip() else index.all


class DayFilter(Filter):
    """A filter on a day, written as 2024-05-24: the rows whose day is on or after it (``is_from``), else up to it.
    Rows without a day are left out.
    """

    def __init__(self, read: Callable[[Any], dt.date | None], *, is_from: bool, label: str) -> None:
        super().__init__(read, label=label, help_text=DAY_HELP)
        self.is_from = is_from

    def field(self) -> forms.Field:
        widget = DayBox(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(
            required=False, label=self.label, help_text=self.help_text, input_formats=["%Y-%m-%d"], widget=widget
        )

    def found(self, index: ListIndex, value: dt.date | None) -> int:
        if value is None:
            return index.all
        having = index.having(self.name, lambda row: filter(None, (self.read(row),)))
        return reduce(
            or_, (rows for day, rows in having.items() if (day >= value if self.is_from else day <= value)), 0
        )


def text_field(of: Filter, **options: Any) -> forms.CharField:
    return forms.CharField(required=False, label=of.label, help_text=of.help_text, **{"widget": TypedBox} | options)


@renewed(most=LISTS_KEPT)
def list_index(earlier: ListIndex | None, filters: type["FacetedFilterSet"], day: dt.date, is_past: bool) -> ListIndex:
    """The rows of a list on a day, with what its filters and sorts look at."""
    rows = filters.rows_on(day, is_past)
    index = ListIndex(rows if filters.are_in_order else sorted(rows, key=attrgetter("key")), day)
    if earlier is not None and (model := filters.of_records) is not None:
        touched = records().touched[model]
        index.take_from(earlier, lambda row: row.record.pk in touched)
    return index


class FacetedFilterSet(ABC):
    """The filters of a list, in the order of the form; a class declares them, and ``rows_on`` says what they filter.

    It counts the choices, refuses unknown values, and lists the filters in force. ``is_past`` says whether the day is
    before today: on today's page are records too of which no day says that they were public.

    ``in_sight`` names the filters that most readers need. Then the others, and the names that a box to type into
    suggests, stand behind a link (``filters=all``), so that a first view stays small. What is in force is always shown.
    """

    base_filters: ClassVar[Mapping[str, Filter]] = {}
    in_sight: ClassVar[tuple[str, ...]] = ()
    of_records: ClassVar[type[Record] | None] = None
    """The model of the rows' records, where filters look at nothing but those, their parts and what these refer to."""
    are_in_order = False  # whether ``rows_on`` gives the rows in their order; else that is the order of their keys

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        declared = {**cls.base_filters, **vars(cls)}
        cls.base_filters = {name: each for name, each in declared.items() if isinstance(each, Filter)}

    def __init__(self, data: QueryDict, day: dt.date, is_past: bool) -> None:
        self.data, self.day, self.is_past = data, day, is_past

    @classmethod
    @abstractmethod
    def rows_on(cls, day: dt.date, is_past: bool) -> Iterable[Any]:
        """The rows known on the day."""

    @classmethod
    def repeatable(cls) -> list[str]:
        """The names that an address may give several times."""
        return [name for name, each in cls.base_filters.items() if each.is_repeatable]

    @property
    def filters(self) -> Mapping[str, Filter]:
        return self.base_filters

    @property
    def asked_in_full(self) -> tuple[str, ...]:
        """The name of the parameter that asks for all filters, where some stand behind a link."""
        return (ALL_FILTERS,) if self.in_sight else ()

    @property
    def is_whole(self) -> bool:
        """Whether the page shows all filters, with all that they suggest."""
        return not self.in_sight or self.data.get(ALL_FILTERS) == "all"

    @property
    def is_opened(self) -> bool:
        """Whether the reader asked for all filters, and so wants to see them on a narrow page too."""
        return bool(self.in_sight) and self.is_whole

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """The fields in sight: of a facet, only if there is anything to choose."""
        return [each for each in self.form if self._is_in_sight(each.name) and self._has_choices(each)]

    @property
    def more(self) -> list[str]:
        """The names of the filters behind the link."""
        return [each.label for each in self.form if not self._is_in_sight(each.name) and self._has_choices(each)]

    def _is_in_sight(self, name: str) -> bool:
        return self.is_whole or name in self.in_sight or any(self.data.getlist(name))

    def _has_choices(self, field: forms.BoundField) -> bool:
        return bool(field.errors or not field.use_fieldset or field.field.choices)

    @cached_property
    def form(self) -> forms.Form:
        form = forms.Form(self.data)
        form.fields = {name: each.field() for name, each in self.base_filters.items()}
        return form

    @cached_property
    def index(self) -> ListIndex:
        return list_index(type(self), self.day, self.is_past)

    def check(self) -> None:
        """Raise BadParameters for values that are no choice; it names the choices."""
        problems = []
        if self.in_sight and self.data.get(ALL_FILTERS, "all") != "all":
            asked = self.data[ALL_FILTERS]
            problems.append(ParameterProblem(ALL_FILTERS, asked, "The filters are shown as they are, or all.", ["all"]))
        if self.form.is_valid() and not problems:
            return
        for name, errors in self.form.errors.get_json_data().items():
            each = self.base_filters[name]
            problems.append(
                ParameterProblem(
                    parameter=name,
                    value=", ".join(self.data.getlist(name)),
                    message=" ".join(error["message"] for error in errors),
                    allowed=_some(self._allowed(name, each)) if isinstance(each, Facet) else [each.help_text],
                )
            )
        raise BadParameters(problems)

    def _allowed(self, name: str, facet: Facet) -> list[str]:
        """What a facet takes, first the names that are like what was asked for."""
        resolved = self.form.fields[name].resolved
        wrong = [each for each in self.data.getlist(name) if each.strip() and resolved(each) is None]
        return list(dict.fromkeys([*(near for each in wrong for near in facet.near(each)), *facet.allowed()]))

    @cached_property
    def found(self) -> int:
        """The rows that all filters leave, as ``ListIndex`` writes them. Call ``check`` before."""
        return reduce(and_, self._each_found.values(), self.index.all)

    @cached_property
    def _each_found(self) -> dict[str, int]:
        chosen = self.form.cleaned_data
        return {name: each.found(self.index, chosen[name]) for name, each in self.base_filters.items() if chosen[name]}

    def having(self, name: str, value: str) -> int:
        """The rows of the list that have this choice of a facet, whatever the filters."""
        facet = self.base_filters[name]
        return facet.having(self.index).get(value, 0) if isinstance(facet, Facet) else 0

    def count_choices(self) -> None:
        """Put counts beside the choices: how many rows each would give together with the other filters.

        Choices without a row are left out, unless chosen. Where there are many, the chosen and the largest come first.
        """
        for name, facet in self.base_filters.items():
            if isinstance(facet, Facet):
                self.form.fields[name].choices = self._counted(name, facet)
                self.form.fields[name].widget.suggests = self.is_whole

    def _counted(self, name: str, facet: Facet) -> list[tuple[str, Counted]]:
        chosen, asked = self.form.cleaned_data[name], [each for each in self.data.getlist(name) if each.strip()]
        resolved = self.form.fields[name].resolved
        others = (rows for other, rows in self._each_found.items() if other != name)
        narrowed = reduce(and_, others, self.index.all)
        having = facet.having(self.index)
        choices = []
        for value, label in facet.offered(self.index):
            count = (having.get(value, 0) & narrowed).bit_count()
            if value in asked or (count and value not in chosen):
                choices.append((value, Counted(label, count)))
        shown = {value for value, _ in choices}
        for value in dict.fromkeys(each for each in asked if each not in shown):
            found = resolved(value)
            count = (having.get(found, 0) & narrowed).bit_count()
            choices.append((value, Counted(facet.label_of(found), count)))
        if len(choices) > MOST_SHOWN:
            choices.sort(key=lambda choice: (choice[0] not in asked, -choice[1].count))
        return choices

    @property
    def total(self) -> int:
        """How many rows the list has without any filter."""
        return self.index.all.bit_count()

    @property
    def shown(self) -> int:
        """How many rows the filters leave."""
        return self.found.bit_count()

    def in_words(self) -> list[str]:
        """What the rows are narrowed to, in a few words for each filter."""
        words = []
        for name, each in self.base_filters.items():
            value = self.form.cleaned_data.get(name)
            if value and isinstance(each, Facet):
                words.append(each.in_words(value))
            elif isinstance(each, DayFilter) and (name.endswith("_from") or not self._from(name)):
                words += self._days_in_words(name.removesuffix("_from").removesuffix("_to"))
            elif value and not isinstance(each, DayFilter):
                words.append(f"“{value}”")
        return words

    def _from(self, name: str) -> Filter | None:
        return self.base_filters.get(f"{name.removesuffix('_to')}_from")

    def _days_in_words(self, what: str) -> list[str]:
        first, last = (self.form.cleaned_data.get(f"{what}_{side}") for side in ("from", "to"))
        days = dates.days_in_words(first, last)
        return [f"{what} {days}"] if days else []

    def active(self, parameters: QueryDict) -> list[Mapping[str, str]]:
        """The filters in use as {label, value, remove_url}, each with the address of this page without it."""
        active = []
        for name, each in self.base_filters.items():
            for value in [value for value in parameters.getlist(name) if value]:
                rest = parameters.copy()
                rest.setlist(name, [other for other in parameters.getlist(name) if other != value])
                found = self.form.fields[name].resolved(value) if isinstance(each, Facet) else value
                active.append(
                    {
                        "label": each.label,
                        "value": each.drawn(found or value),
                        "remove_url": address("", rest, page=None),
                    }
                )
        return active


def _some(values: list[str]) -> list[str]:
    """The values, or the first of very many and how many there are besides."""
    more = len(values) - MOST_NAMED
    return values if more <= 0 else [*values[:MOST_NAMED], f"and {more} others"]
