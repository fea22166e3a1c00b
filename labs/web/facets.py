"""Filters in the address, with counts beside each choice.

Facets from which the reader chose nothing count the same rows, so they share one query. A facet has its own query where
the reader chose from it, or where a row can count for several of its choices.
"""

import copy
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Self

import django_filters
from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from labs.models.fields import holding
from labs.queries.kept import records
from labs.rules.vocabulary import Term
from labs.web.parameters import BadParameters, ParameterProblem, address


class Checkboxes(forms.CheckboxSelectMultiple):
    """Django's checkboxes, byte for byte, without a template for each choice."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, **_: Any) -> SafeString:
        chosen, box = set(self.format_value(value)), (attrs or {}).get("id", "")
        choices = (
            (box, place, name, choice, " checked" if str(choice) in chosen else "", label)
            for place, (choice, label) in enumerate(self.choices)
        )
        options = format_html_join(
            "",
            '<div>\n    <label for="{0}_{1}">'
            '<input type="checkbox" name="{2}" value="{3}" id="{0}_{1}"{4}>\n {5}</label>'
            "\n\n</div>",
            choices,
        )
        return format_html('<div id="{}">{}\n</div>', box, options)


class Selection(forms.SelectMultiple):
    """Django's select box for several choices, byte for byte, without a template for each choice."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, **_: Any) -> SafeString:
        chosen, box = set(self.format_value(value)), (attrs or {}).get("id", "")
        choices = ((choice, " selected" if str(choice) in chosen else "", label) for choice, label in self.choices)
        options = format_html_join("", '\n  <option value="{}"{}>{}</option>\n', choices)
        return format_html('<select name="{}" id="{}" multiple>{}\n</select>', name, box, options)


class Facet(django_filters.MultipleChoiceFilter):
    """Choices with counts. Several choices of a facet widen the selection (any of them), several facets narrow it
    (all).

    ``column`` is what is counted; ``with_column`` replaces it by the value as known on a past day.
    """

    def __init__(self, column: str, **kwargs: Any) -> None:
        self.column = column
        kwargs.setdefault("widget", Checkboxes)
        super().__init__(field_name=column, **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A facet of its own for each request. The choices are replaced and never changed, so they can be shared."""
        facet = copy.copy(self)
        facet.extra = dict(self.extra)
        return facet

    def prepare(self, queryset: QuerySet) -> None:
        """Set the choices that depend on the data: all that an address may ask for."""

    def prepare_shown(self, queryset: QuerySet) -> None:
        """Set the choices of a facet that the address does not name: at least those with a row, for only these show."""
        self.prepare(queryset)

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return qs
        return qs.filter(**{f"{self.column}__in": value})

    def has_one_value(self, model: type[Model]) -> bool:
        """Whether each record has at most one value in the column, so rows can be counted by it."""
        for name in self.column.split("__"):
            try:
                field = model._meta.get_field(name)
            except FieldDoesNotExist:  # the queryset annotates it
                return True
            if field.one_to_many or field.many_to_many:
                return False
            model = field.related_model or model
        return True

    def with_column(self, qs: QuerySet) -> tuple[QuerySet, str]:
        """The query with the column that holds what was known on the day, and the name of that column."""
        return qs, self.column

    def choices_of(self, value: Any) -> Iterable[str]:
        """The choices that a row counts for which has this value in the column."""
        return (value,)

    def by_choice(self, by_value: Mapping[Any, int]) -> dict[str, int]:
        """How many rows each choice has, from how many each value of the column has."""
        counts: Counter[str] = Counter()
        for value, count in by_value.items():
            for choice in self.choices_of(value):
                counts[choice] += count
        return counts

    def counts(self, qs: QuerySet) -> dict[str, int]:
        """How many rows of the query each choice has."""
        qs, column = self.with_column(qs)
        return self.by_choice(dict(qs.order_by().values_list(column).annotate(count=Count("pk", distinct=True))))


class TermFacet(Facet):
    """A facet on an enumeration. ``quoted_as``: the field that a quote supports; on a past day it may be unknown."""

    def __init__(self, column: str, terms: type[Term], quoted_as: str = "", **kwargs: Any) -> None:
        self.quoted_as = quoted_as
        super().__init__(column, choices=terms.choices(), **kwargs)

    def with_column(self, qs: QuerySet) -> tuple[QuerySet, str]:
        day = self.parent.past_day
        if day is None or not self.quoted_as:
            return qs, self.column
        return qs.with_field_as_of(self.column, self.quoted_as, day), f"{self.column}_as_of"

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return qs
        if "__" in self.column:
            # Through a relation with several rows, a subquery keeps one row one row.
            return qs.filter(pk__in=qs.model._default_manager.filter(**{f"{self.column}__in": value}).values("pk"))
        qs, column = self.with_column(qs)
        return qs.filter(**{f"{column}__in": value})


class TermsFacet(TermFacet):
    """A facet on a list of terms; a row counts for each of its terms. ``none`` means an empty list."""

    NONE = "none"

    def __init__(self, column: str, terms: type[Term], none_label: str, **kwargs: Any) -> None:
        super().__init__(column, terms, **kwargs)
        self.extra["choices"] = [*terms.choices(), (self.NONE, none_label)]

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return qs
        qs, column = super().with_column(qs)
        condition = holding(column, *(each for each in value if each != self.NONE))
        return qs.filter(condition | Q(**{column: ""}) if self.NONE in value else condition)

    def with_column(self, qs: QuerySet) -> tuple[QuerySet, str]:
        qs, column = super().with_column(qs)
        return qs.annotate(**{f"text_of_{self.column}": Cast(column, TextField())}), f"text_of_{self.column}"

    def choices_of(self, value: str) -> Iterable[str]:
        return value.split() or (self.NONE,)


class KeyFacet(Facet):
    """A facet on a related record, by its key. ``empty_label`` offers the rows that have none, as ``none``."""

    NONE = "none"

    def __init__(self, relation: str, empty_label: str = "", **kwargs: Any) -> None:
        self.relation, self.none_label = relation, empty_label
        kwargs.setdefault("widget", Selection)
        super().__init__(f"{relation}__key", **kwargs)

    def prepare(self, queryset: QuerySet) -> None:
        pairs = (
            queryset.exclude(**{self.column: None})
            .order_by(f"{self.relation}__name")
            .values_list(self.column, f"{self.relation}__name")
            .distinct()
        )
        self._set_choices(pairs)

    def prepare_shown(self, queryset: QuerySet) -> None:
        model = queryset.model
        for step in self.relation.split("__"):
            model = model._meta.get_field(step).related_model
        named = [(record.key, record.name) for record in records()[model].published]
        self._set_choices(sorted(named, key=lambda pair: pair[1]))

    def _set_choices(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.extra["choices"] = [*pairs, *([(self.NONE, self.none_label)] if self.none_label else [])]

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return qs
        keys = [each for each in value if each != self.NONE]
        # A subquery: a row with several such relations stays one row.
        chosen = Q(pk__in=qs.model._default_manager.filter(**{f"{self.column}__in": keys}).values("pk"))
        return qs.filter(chosen | Q(**{self.relation: None}) if self.NONE in value else chosen)

    def choices_of(self, value: str | None) -> Iterable[str]:
        return (self.NONE if value is None else value,)


class TextSearch(django_filters.CharFilter):
    """A search for words: each word must occur in one of the columns."""

    def __init__(self, *columns: str, **kwargs: Any) -> None:
        self.columns = columns
        kwargs.setdefault("label", "Words")
        super().__init__(widget=forms.TextInput(attrs={"type": "search"}), max_length=200, **kwargs)

    def matching(self, word: str) -> Q:
        """The condition that the word occurs."""
        return Q(*((f"{column}__icontains", word) for column in self.columns), _connector=Q.OR)

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        for word in (value or "").split():
            qs = qs.filter(pk__in=qs.model._default_manager.filter(self.matching(word)).values("pk"))
        return qs


class FacetedFilterSet(django_filters.FilterSet):
    """A filter set that counts the choices, refuses unknown values, and lists the filters in force.

    ``day`` is the day of the page; ``past_day`` is the same day if it is before today, else None.
    """

    def __init__(self, data: QueryDict, queryset: QuerySet, day: dt.date, is_past: bool) -> None:
        self.day, self.past_day = day, day if is_past else None
        super().__init__(data=data, queryset=queryset)
        for name, facet in self._facets().items():
            if name in self.data:  # a download needs the choices of no other facet
                facet.prepare(queryset)

    def _facets(self) -> dict[str, Facet]:
        return {name: each for name, each in self.filters.items() if isinstance(each, Facet)}

    def check(self) -> None:
        """Raise BadParameters for values that are no choice; it names the choices."""
        if self.is_valid():
            return
        problems = []
        for name, errors in self.errors.get_json_data().items():
            choices = getattr(self.form.fields[name], "choices", ())
            problems.append(
                ParameterProblem(
                    parameter=name,
                    value=", ".join(self.data.getlist(name)),
                    message=" ".join(error["message"] for error in errors),
                    allowed=[str(value) for value, _ in choices] or [str(self.form.fields[name].help_text)],
                )
            )
        raise BadParameters(problems)

    def count_choices(self) -> None:
        """Put counts beside the choices: how many rows each would give together with the other filters.

        Choices without a row are left out, unless chosen.
        """
        chosen, facets = self.form.cleaned_data, self._facets()
        for name, facet in facets.items():
            if name not in self.data:
                facet.prepare_shown(self.queryset)
        model = self.queryset.model
        one_valued = {name: facet for name, facet in facets.items() if not chosen[name] and facet.has_one_value(model)}
        counts = self._counts_together(one_valued)
        for name, facet in facets.items():
            found = counts[name] if name in one_valued else facet.counts(self._narrowed_by_others(name))
            self.form.fields[name].choices = [
                (value, f"{label} ({found.get(value, 0)})")
                for value, label in facet.extra["choices"]
                if found.get(value) or value in chosen[name]
            ]

    def _counts_together(self, facets: Mapping[str, Facet]) -> dict[str, dict[str, int]]:
        """The counts of several facets from one query; ``qs`` is narrowed by none of them."""
        queryset, columns = self.qs.order_by(), {}
        for name, facet in facets.items():
            queryset, columns[name] = facet.with_column(queryset)
        by_value: dict[str, Counter[Any]] = {name: Counter() for name in facets}
        for row in queryset.values(*columns.values()).annotate(count=Count("pk", distinct=True)) if facets else ():
            for name, column in columns.items():
                by_value[name][row[column]] += row["count"]
        return {name: facet.by_choice(by_value[name]) for name, facet in facets.items()}

    def _narrowed_by_others(self, name: str) -> QuerySet:
        """The rows that all filters but this one leave."""
        chosen = self.form.cleaned_data
        if not chosen[name]:
            return self.qs
        queryset = self.queryset.all()
        for other, each in self.filters.items():
            if other != name:
                queryset = each.filter(queryset, chosen[other])
        return queryset

    def active(self, parameters: QueryDict) -> list[Mapping[str, str]]:
        """The filters in use as {label, value, remove_url}, each with the address of this page without it."""
        active = []
        for name, each in self.filters.items():
            labels = dict(each.extra.get("choices", ()))
            for value in [value for value in parameters.getlist(name) if value]:
                rest = parameters.copy()
                rest.setlist(name, [other for other in parameters.getlist(name) if other != value])
                active.append(
                    {
                        "label": each.label,
                        "value": labels.get(value, value),
                        "remove_url": address("", rest, page=None),
                    }
                )
        return active
