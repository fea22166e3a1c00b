"""Commitments: what a lab promised, where, how firmly, and what is required to keep it."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from commitments.choices import (
    About,
    Binding,
    CommitmentField,
    Firmness,
    Origin,
    Reading,
    RequiredEvaluators,
    RequiredReleases,
    StatedBy,
    Wording,
)
from labs.choices import Activity, Results, Timing
from labs.models.base import Citation, Part, Record, check_citations, desk_constraints, first_public
from labs.models.fields import (
    EDTFField,
    TermsField,
    are_terms,
    bounds_in_order,
    earliest_of,
    in_order,
    is_one_of,
    latest_of,
    term_field,
)

DEEPEST_LEVEL = 5


class Commitment(Record):
    """A promise, or a law that binds labs (methodology, section 7). Laws name no labs."""

    title = models.CharField(max_length=200, help_text="In our own words; the public page has it as its heading.")
    origin = term_field(Origin, Origin.UNKNOWN, help_text="Where it stands written.")
    labs = models.ManyToManyField(
        "labs.Lab", related_name="commitments", blank=True, help_text="Who made it. None for a law."
    )
    framework = models.SlugField(
        max_length=80, blank=True, help_text="The document or series that it belongs to, such as rsp or seoul-2024."
    )
    counterparty = models.ForeignKey(
        "labs.Evaluator",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments_received",
        help_text="To whom it was made, if to an evaluator or a public body.",
    )
    quote = models.TextField(help_text="The words themselves. The public page shows them first.")
    wording = term_field(
        Wording, Wording.VERBATIM, help_text="Whether these are the words as they stand in the source."
    )
    made_on = EDTFField("made")
    made_on_earliest = earliest_of("made_on")
    made_on_latest = latest_of("made_on")
    effective_on = EDTFField("in force from")
    effective_on_earliest = earliest_of("effective_on")
    effective_on_latest = latest_of("effective_on")
    due_on = EDTFField("due", help_text="Only for a promise to do one thing by a day.")
    due_on_earliest = earliest_of("due_on")
    due_on_latest = latest_of("due_on")
    ended_on = EDTFField("ended", help_text="When it stopped being in force, if it did.")
    ended_on_earliest = earliest_of("ended_on")
    ended_on_latest = latest_of("ended_on")
    fulfilled_on = EDTFField(
        "fulfilled",
        help_text="For a promise to do one thing: when it was done, with a citation that supports it.",
    )
    fulfilled_on_earliest = earliest_of("fulfilled_on")
    fulfilled_on_latest = latest_of("fulfilled_on")
    superseded_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        help_text="The later promise that took its place.",
    )
    about = term_field(About, About.UNKNOWN, help_text="Its topic.")
    firmness = term_field(Firmness, Firmness.UNKNOWN, help_text="How firmly it was promised, by its words alone.")
    stated_by = term_field(
        StatedBy,
        StatedBy.UNKNOWN,
        help_text="Whose words they are. What others say that a lab promised counts for less.",
    )
    binding = term_field(
        Binding,
        Binding.UNKNOWN,
        help_text="Did the lab say that it will not deploy unless an outside evaluation passes?",
    )
    scope = models.TextField(blank=True, help_text="What it covers and leaves out, in our own words.")
    not_testable_because = models.CharField(
        max_length=300,
        blank=True,
        help_text="Why it carries no requirement, as the end of “It is not testable because …”. "
        "Empty if it has one below.",
    )

    _history_m2m_fields = (labs,)  # read by django-simple-history

    url_name = "commitments:commitment_detail"

    class Meta:
        ordering = ("made_on_earliest", "key")
        constraints = [
            *is_one_of(
                "commitment",
                origin=Origin,
                wording=Wording,
                about=About,
                firmness=Firmness,
                stated_by=StatedBy,
                binding=Binding,
            ),
            *desk_constraints("commitment"),
            *bounds_in_order("commitment", "made_on", "effective_on", "due_on", "ended_on", "fulfilled_on"),
            in_order("commitment", "made_on", "effective_on"),
            in_order("commitment", "made_on", "due_on"),
            in_order("commitment", "made_on", "ended_on"),
            in_order("commitment", "made_on", "fulfilled_on"),
            models.CheckConstraint(
                name="commitment_has_a_quote",
                condition=~Q(quote=""),
                violation_error_message="A commitment needs its words.",
            ),
            models.CheckConstraint(
                name="commitment_is_no_successor_of_itself",
                condition=Q(superseded_by__isnull=True) | ~Q(superseded_by=models.F("id")),
                violation_error_message="A commitment cannot supersede itself.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def known_from(self) -> dt.date | None:
        return first_public(self.citations.all())

    def clean(self) -> None:
        super().clean()
        chain, successor = [self], self.superseded_by
        while successor is not None:
            if successor in chain:
                names = " → ".join(f"“{each}”" for each in [*chain, self])
                raise ValidationError(
                    {"superseded_by": f"These commitments supersede one another in a circle: {names}. Remove one link."}
                )
            chain.append(successor)
            successor = successor.superseded_by

    def check_parts(self, parts: Mapping[str, Sequence[Any]]) -> None:
        check_citations(parts["citations"])
        check_labs(self.origin, parts["labs"])
        check_requirements(self, parts["requirements"])
        check_fulfilment(self, parts["citations"])

    @property
    def is_law(self) -> bool:
        """Whether it is a legal obligation rather than a promise; laws are listed separately."""
        return self.origin == Origin.LAW


class Requirement(Part):
    """What is required to keep a commitment, in one reading (methodology, section 7)."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="requirements")
    reading = term_field(Reading, None)
    activities = TermsField(terms=Activity, blank=False, help_text="Any one of these keeps it.")
    evaluators = term_field(RequiredEvaluators, None, help_text="Who has to be let in.")
    named_evaluator = models.ForeignKey(
        "labs.Evaluator",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="With “a named evaluator” only: which.",
    )
    timing = term_field(Timing, Timing.BEFORE_DEPLOYMENT, help_text="When against the release.")
    min_depth = models.PositiveSmallIntegerField(
        "least depth",
        null=True,
        blank=True,
        help_text=f"Level 1 to {DEEPEST_LEVEL} of the methodology. Empty: no depth is asked for.",
    )
    results_at_least = term_field(
        Results, None, blank=True, help_text="The least publication asked for. Empty: none is."
    )
    releases = term_field(RequiredReleases, RequiredReleases.FRONTIER, help_text="For which releases it holds.")
    visible_in_public = models.BooleanField(
        default=True,
        help_text="Would keeping it be visible in public? If not, silence is “cannot tell” and not “nothing found”.",
    )

    record_field = "commitment"
    identity = ("reading",)

    class Meta:
        ordering = ("commitment", "-reading")
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "reading"],
                name="requirement_is_unique",
                violation_error_message="A commitment has one requirement per reading.",
            ),
            *is_one_of(
                "requirement",
                reading=Reading,
                evaluators=RequiredEvaluators,
                timing=Timing,
                releases=RequiredReleases,
            ),
            models.CheckConstraint(
                name="requirement_results_at_least_is_a_choice",
                condition=Q(results_at_least="") | Q(results_at_least__in=Results.values()),
            ),
            are_terms("requirement", "activities", Activity),
            models.CheckConstraint(
                name="requirement_asks_for_an_activity",
                condition=~Q(activities=""),
                violation_error_message="Tick at least one activity.",
            ),
            models.CheckConstraint(
                name="requirement_names_an_evaluator",
                condition=Q(evaluators=RequiredEvaluators.NAMED.value, named_evaluator__isnull=False)
                | (~Q(evaluators=RequiredEvaluators.NAMED.value) & Q(named_evaluator__isnull=True)),
                violation_error_message="Name an evaluator with “a named evaluator”, and only with it.",
            ),
            models.CheckConstraint(
                name="requirement_min_depth_in_range",
                condition=Q(min_depth__isnull=True) | Q(min_depth__gte=1, min_depth__lte=DEEPEST_LEVEL),
                violation_error_message=f"Depth is a level from 1 to {DEEPEST_LEVEL}; empty: none is asked for.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reading_display()} of {self.commitment}"


class CommitmentCitation(Citation):
    """A quote on a commitment."""

    record = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="citations")
    supports = TermsField(terms=CommitmentField, help_text="What of this record the quote backs.")

    class Meta(Citation.Meta):
        constraints = [*Citation.Meta.constraints, are_terms("commitmentcitation", "supports", CommitmentField)]


def check_labs(origin: str, labs: Collection[Any]) -> None:
    """A law names no labs; every other commitment is made by at least one (methodology, section 7).

    Raises ValidationError.
    """
    if origin == Origin.LAW and labs:
        raise ValidationError("A law names no labs: remove them, or choose another origin.", code="law_with_labs")
    if origin != Origin.LAW and not labs:
        raise ValidationError("Choose the lab that made it, or all labs that did.", code="no_labs")


def check_requirements(commitment: Commitment, requirements: Collection[Requirement]) -> None:
    """A commitment has a strict requirement or says why it is not testable (methodology, section 7).

    Raises ValidationError.
    """
    readings = {requirement.reading for requirement in requirements}
    reason = commitment.not_testable_because
    if readings and reason:
        raise ValidationError(
            "It has a requirement and a reason why it is not testable. Delete one of the two.",
            code="testable_and_not",
        )
    if not readings and not reason:
        raise ValidationError(
            "Add the requirement in its strict reading, or say why the commitment is not testable.",
            code="no_requirement",
        )
    if readings and Reading.STRICT not in readings:
        raise ValidationError(
            "A lenient reading needs a strict one beside it. If there is only one reading, call it strict.",
            code="lenient_alone",
        )


def check_fulfilment(commitment: Commitment, citations: Collection[CommitmentCitation]) -> None:
    """A fulfilled promise needs a quote that says so (methodology, section 7).

    Raises ValidationError.
    """
    field = CommitmentField.FULFILLED_ON
    if commitment.fulfilled_on and not any(field in citation.supports for citation in citations):
        raise ValidationError(
            f"It is marked as fulfilled: cite the quote that says so, and tick “{field.label}” among what it supports.",
            code="fulfilled_without_citation",
        )
