"""Releases of AI models."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from labs.choices import Found, Frontier, ReleaseField, ReleaseKind
from labs.models.base import Citation, Part, Record, check_citations, desk_constraints, first_public
from labs.models.fields import (
    EDTFField,
    TermsField,
    are_terms,
    bounds_in_order,
    earliest_of,
    is_one_of,
    latest_of,
    term_field,
)
from labs.models.parties import Lab
from labs.rules.glossary import Word


class AIModel(Record):
    """One release of an AI model (methodology, section 3). Named AIModel because Django has a Model already."""

    lab = models.ForeignKey(Lab, on_delete=models.PROTECT, related_name="models")
    name = models.CharField(max_length=160, help_text="As the lab writes it.")
    released_on = EDTFField("released")
    released_on_earliest = earliest_of("released_on")
    released_on_latest = latest_of("released_on")
    release = term_field(ReleaseKind, ReleaseKind.UNKNOWN, verbose_name="kind of release")
    frontier = term_field(
        Frontier,
        Frontier.UNKNOWN,
        help_text=Word.FRONTIER.explanation,
    )
    variant_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="variants",
        help_text=f"Of which release it is a variant, if it is one. Variant: {Word.VARIANT.explanation}",
    )

    url_name = "labs:model_detail"

    class Meta:
        verbose_name = "AI model"
        ordering = ("-released_on_earliest", "name")
        constraints = [
            models.UniqueConstraint(
                fields=["lab", "name"],
                name="aimodel_name_is_unique_in_lab",
                violation_error_message="This lab has a release of that name already.",
            ),
            *is_one_of("aimodel", release=ReleaseKind, frontier=Frontier),
            *bounds_in_order("aimodel", "released_on"),
            *desk_constraints("aimodel"),
            models.CheckConstraint(
                name="aimodel_is_no_variant_of_itself",
                condition=Q(variant_of__isnull=True) | ~Q(variant_of=models.F("id")),
                violation_error_message="A release cannot be a variant of itself.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def known_from(self) -> dt.date | None:
        """Since it was surely out, or since a source that it cites was public."""
        days = (first_public(self.citations.all()), self.released_on_latest)
        return min((day for day in days if day is not None), default=None)

    def check_parts(self, parts: Mapping[str, Sequence[Any]]) -> None:
        check_citations(parts["citations"])

    def clean(self) -> None:
        super().clean()
        if self.pk and self.lab_id:
            for other in (self.events.exclude(lab=self.lab_id).first(), self.variants.exclude(lab=self.lab_id).first()):
                if other:
                    raise ValidationError(
                        {
                            "lab": f"“{other}” of {other.lab} refers to this release, so its lab cannot change. "
                            "Remove that reference first."
                        }
                    )
        if self.variant_of is None or self.variant_of == self:  # a constraint refuses the latter
            return
        if self.variant_of.lab_id != self.lab_id:
            raise ValidationError(
                {"variant_of": f"{self.variant_of} is a release of {self.variant_of.lab}: choose one of the same lab."}
            )
        if self.variant_of.variant_of_id is not None:
            raise ValidationError(
                {"variant_of": f"{self.variant_of} is itself a variant: choose {self.variant_of.variant_of} instead."}
            )
        if self.pk and self.variants.exists():
            raise ValidationError({"variant_of": "Other releases are variants of this one, so it cannot be a variant."})


class AIModelName(Part):
    """Another name of a release: what it was called before, or what sources call it."""

    model = models.ForeignKey(AIModel, on_delete=models.CASCADE, related_name="other_names")
    name = models.CharField(max_length=160)

    record_field = "model"
    identity = ("name",)

    class Meta:
        verbose_name = "other name"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["model", "name"],
                name="aimodel_name_is_unique",
                violation_error_message="This name is there already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AIModelCitation(Citation):
    """A quote on a release."""

    record = models.ForeignKey(AIModel, on_delete=models.CASCADE, related_name="citations")
    supports = TermsField(terms=ReleaseField, help_text="What of this record the quote backs.")

    class Meta(Citation.Meta):
        constraints = [*Citation.Meta.constraints, are_terms("aimodelcitation", "supports", ReleaseField)]


class Search(Part):
    """A search for access events of a release.

    One that found nothing is no evidence that none took place (methodology, section 1). No rule reads a search.
    """

    model = models.ForeignKey(AIModel, on_delete=models.CASCADE, related_name="searches")
    searched_on = models.DateField("searched on")
    found = term_field(Found, Found.NOTHING)
    where = models.TextField(help_text="Where we looked: which documents, sites and archives, with which words.")
    note = models.TextField(blank=True, help_text="What was found, or what else to know of the search. Shown with it.")

    record_field = "model"
    identity = ("searched_on",)

    class Meta:
        verbose_name_plural = "searches"
        ordering = ("searched_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["model", "searched_on"],
                name="search_is_unique",
                violation_error_message="There is a search of that day already: add to it.",
            ),
            *is_one_of("search", found=Found),
            models.CheckConstraint(
                name="search_something_has_a_note",
                condition=Q(found=Found.NOTHING.value) | ~Q(note=""),
                violation_error_message="Say in the note what the search found.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model}, searched on {self.searched_on}"
