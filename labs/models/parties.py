"""Labs and evaluators, with their other names."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from labs.choices import Country, EvaluatorField, EvaluatorKind
from labs.models.base import Citation, Part, Record, desk_constraints
from labs.models.fields import (
    EDTFField,
    TermsField,
    WebAddressField,
    are_terms,
    bounds_in_order,
    earliest_of,
    is_one_of,
    latest_of,
    term_field,
)


class Lab(Record):
    """An organisation that makes AI models or made a promise about them."""

    name = models.CharField(max_length=120, unique=True, help_text="As the lab writes it.")
    country = term_field(Country, Country.UNKNOWN, help_text="Where it has its seat.")
    website = WebAddressField(blank=True)
    complete_to = models.DateField(
        "records complete to",
        null=True,
        blank=True,
        help_text="Its releases up to this day have been entered. Later ones may be missing: our gap, not the lab's. "
        "Empty: the day of the newest edition.",
    )

    url_name = "labs:lab_detail"
    guarded = {"complete_to": "labs.review_proposal"}  # an editor looked

    class Meta:
        ordering = ("name",)
        constraints = [*is_one_of("lab", country=Country), *desk_constraints("lab")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.complete_to is not None and self.complete_to > timezone.localdate():
            raise ValidationError({"complete_to": "The day is in the future: releases cannot be complete up to it."})


class LabName(Part):
    """Another name of a lab."""

    lab = models.ForeignKey(Lab, on_delete=models.CASCADE, related_name="other_names")
    name = models.CharField(max_length=120)

    record_field = "lab"
    identity = ("name",)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["lab", "name"], name="lab_name_is_unique")]

    def __str__(self) -> str:
        return self.name


class Evaluator(Record):
    """A body outside a lab that tests its models. It may itself be a lab; then that lab's sources speak for it."""

    name = models.CharField(max_length=160, unique=True, help_text="The name it goes by today.")
    kind = term_field(EvaluatorKind, EvaluatorKind.UNSPECIFIED)
    country = term_field(Country, Country.UNKNOWN, help_text="Where it has its seat.")
    website = WebAddressField(blank=True)
    lab = models.OneToOneField(
        Lab,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="as_evaluator",
        help_text="Only if this evaluator is itself a lab: which one.",
    )
    note = models.TextField(
        "standing arrangements",
        blank=True,
        help_text="What is known of its standing arrangements with labs, with citations below. Shown on its page.",
    )

    url_name = "labs:evaluator_detail"

    class Meta:
        ordering = ("name",)
        constraints = [*is_one_of("evaluator", kind=EvaluatorKind, country=Country), *desk_constraints("evaluator")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.pk and self.lab_id and (event := self.events.filter(lab=self.lab_id).first()):
            raise ValidationError(
                {
                    "lab": f"It is an evaluator in “{event}”, an event of {event.lab} itself; an evaluator is someone "
                    "outside the lab. Correct that event first."
                }
            )

    @property
    def is_government(self) -> bool:
        """Whether it is a public body."""
        return self.kind == EvaluatorKind.GOVERNMENT


class EvaluatorName(Part):
    """A former or other name of an evaluator, with the time when it was in use."""

    evaluator = models.ForeignKey(Evaluator, on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField(max_length=160)
    used = EDTFField(
        "in use",
        is_open_allowed=True,
        help_text="When it was in use, in EDTF: 2023, or ../2025-02-14 for “until 14 February 2025”.",
    )
    used_earliest = earliest_of("used")
    used_latest = latest_of("used")

    record_field = "evaluator"
    identity = ("name",)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["evaluator", "name"], name="evaluator_name_is_unique"),
            *bounds_in_order("evaluatorname", "used"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.used_label})" if self.used else self.name


class EvaluatorCitation(Citation):
    """A quote on an evaluator: its kind, its names, its standing arrangements."""

    record = models.ForeignKey(Evaluator, on_delete=models.CASCADE, related_name="citations")
    supports = TermsField(terms=EvaluatorField, help_text="What of this record the quote backs.")

    class Meta(Citation.Meta):
        constraints = [*Citation.Meta.constraints, are_terms("evaluatorcitation", "supports", EvaluatorField)]
