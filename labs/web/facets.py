"""Filters that live in the address, with counts beside each choice."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from labs.models.fields import holding
from labs.rules.vocabulary import Term
from labs.web.parameters import BadParameters, ParameterProblem


class Facet(django_filters.MultipleChoiceFilter):
    """Choices with counts; several of them widen the selection (any of them), several facets narrow it (all of them).

    ``column`` is what is counted; on a past day the record's queryset says what was known of it.
    """

    def __init__(self, column: str, **kwargs: Any) -> None:
        self.column = column
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(field_name=column, **kwargs)

    def prepare(self, queryset: QuerySet) -> None:
        """Set the choices that depend on the data."""

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return qs
        return qs.filter(**{f"{self.column}__in": value})

    def counts(self, qs: QuerySet) -> dict[str, int]:
        """How many rows of the query each value has."""
        return dict(qs.order_by().values_list(self.column).annotate(count=Count("pk", distinct=True)))


class TermFacet(Facet):
    """A facet on an enumeration. ``known_as``: the field that a quote supports, where a past day may not know it."""

    def __init__(self, column: str, terms: type[Term], known_as: str = "", **kwargs: Any) -> None:
        self.known_as = known_as
        super().__init__(column, choices=terms.choices(), **kwargs)

    def _known(self, qs: QuerySet) -> tuple[QuerySet, str]:
        day = self.parent.past_day
        if day is None or not self.known_as:
            return qs, self.column
        return qs.with_field_as_of(self.column, self.known_as, day), f"known_{self.column}"

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return qs
        if "__" in self.column:
            # Through a relation with several rows, a subquery keeps one row one row.
            return qs.filter(pk__in=qs.model._default_manager.filter(**{f"{self.column}__in": value}).values("pk"))
        qs, column = self._known(qs)
        return qs.filter(**{f"{column}__in": value})

    def counts(self, qs: QuerySet) -> dict[str, int]:
        qs, column = self._known(qs)
        return dict(qs.order_by().values_list(column).annotate(count=Count("pk", distinct=True)))


class TermsFacet(TermFacet):
    """A facet on a list of terms; a row counts for each of its terms. ``none`` stands for an empty list."""

    NONE = "none"

    def __init__(self, column: str, terms: type[Term], none_label: str, **kwargs: Any) -> None:
        super().__init__(column, terms, **kwargs)
        self.terms = terms
        self.extra["choices"] = [*terms.choices(), (self.NONE, none_label)]

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return qs
        qs, column = self._known(qs)
        return qs.filter(self._condition(column, value))

    def counts(self, qs: QuerySet) -> dict[str, int]:
        qs, column = self._known(qs)
        values = [value for value, _ in self.extra["choices"]]
        return qs.aggregate(
            **{value: Count("pk", filter=self._condition(column, [value]), distinct=True) for value in values}
        )

    def _condition(self, column: str, values: list[str]) -> Q:
        condition = holding(column, *(value for value in values if value != self.NONE))
        return condition | Q(**{column: ""}) if self.NONE in values else condition


class KeyFacet(Facet):
    """A facet on a related record, by its key. ``empty_label`` offers the rows that have none, as ``none``."""

    NONE = "none"

    def __init__(self, relation: str, empty_label: str = "", **kwargs: Any) -> None:
        self.relation, self.none_label = relation, empty_label
        kwargs.setdefault("widget", forms.SelectMultiple)
        super().__init__(f"{relation}__key", **kwargs)

    def prepare(self, queryset: QuerySet) -> None:
        pairs = (
            queryset.exclude(**{self.column: None})
            .order_by(f"{self.relation}__name")
            .values_list(self.column, f"{self.relation}__name")
            .distinct()
        )
        self.extra["choices"] = [*pairs, *([(self.NONE, self.none_label)] if self.none_label else [])]

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return qs
        keys = [each for each in value if each != self.NONE]
        # A subquery, so that a row with several such relations stays one row.
        chosen = Q(pk__in=qs.model._default_manager.filter(**{f"{self.column}__in": keys}).values("pk"))
        return qs.filter(chosen | Q(**{self.relation: None}) if self.NONE in value else chosen)

    def counts(self, qs: QuerySet) -> dict[str, int]:
        counts = super().counts(qs)
        return {self.NONE if key is None else key: count for key, count in counts.items()}


class TextSearch(django_filters.CharFilter):
    """A search for words: each of them has to stand in one of the columns."""

    def __init__(self, *columns: str, **kwargs: Any) -> None:
        self.columns = columns
        kwargs.setdefault("label", "Words")
        super().__init__(widget=forms.TextInput(attrs={"type": "search"}), max_length=200, **kwargs)

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        for word in (value or "").split():
            matching = Q()
            for column in self.columns:
                matching |= Q(**{f"{column}__icontains": word})
            qs = qs.filter(pk__in=qs.model._default_manager.filter(matching).values("pk"))
        return qs


class FacetedFilterSet(django_filters.FilterSet):
    """A filter set that counts, refuses what it does not know, and says what is chosen.

    ``day`` is the day that the page holds for; ``past_day`` is the same where it lies before the day of the request.
    """

    def __init__(self, data: QueryDict, queryset: QuerySet, day: dt.date, is_past: bool) -> None:
        self.day, self.past_day = day, day if is_past else None
        super().__init__(data=data, queryset=queryset)
        for each in self.filters.values():
            if isinstance(each, Facet):
                each.prepare(queryset)

    def check(self) -> None:
        """Raise BadParameters for values that cannot be chosen, with those that can."""
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

        Choices without a row are left out, unless chosen. One query for each facet.
        """
        chosen = self.form.cleaned_data
        for name, facet in self.filters.items():
            if not isinstance(facet, Facet):
                continue
            queryset = self.queryset.all()
            for other, each in self.filters.items():
                if other != name:
                    queryset = each.filter(queryset, chosen[other])
            counts = facet.counts(queryset)
            self.form.fields[name].choices = [
                (value, f"{label} ({counts.get(value, 0)})")
                for value, label in facet.extra["choices"]
                if counts.get(value) or value in chosen[name]
            ]

    def active(self, parameters: QueryDict) -> list[Mapping[str, str]]:
        """The filters in force as {label, value, remove_url}, each with the address of this page without it."""
        active = []
        for name, each in self.filters.items():
            labels = dict(each.extra.get("choices", ()))
            for value in [value for value in parameters.getlist(name) if value]:
                rest = parameters.copy()
                rest.setlist(name, [other for other in parameters.getlist(name) if other != value])
                rest.pop("page", None)
                active.append(
                    {
                        "label": each.label,
                        "value": labels.get(value, value),
                        "remove_url": f"?{rest.urlencode()}",
                    }
                )
        return active
