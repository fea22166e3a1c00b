"""Access events: who could test which release, when, how deeply, and what they could publish."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from labs.choices import (
    ACCESS_ANSWERS,
    BEFORE_RELEASE,
    Activity,
    Answer,
    Domain,
    EventField,
    EventLowering,
    LinkLowering,
    Mode,
    Outcome,
    Results,
    Timing,
)
from labs.models.base import (
    Citation,
    Part,
    Record,
    RecordManager,
    RecordQuerySet,
    check_citations,
    desk_constraints,
    first_public,
)
from labs.models.fields import (
    EDTFField,
    TermsField,
    are_terms,
    bounds_in_order,
    earliest_of,
    in_order,
    is_one_of,
    latest_of,
    said_alike,
    term_field,
    with_few_names,
)
from labs.models.parties import Evaluator, Lab
from labs.models.releases import AIModel
from labs.rules.glossary import Word

MOST_DAYS = 3660
NO_EVALUATOR = (
    "Name at least one evaluator. Where the source names none, choose the record for groups that it does not name."
)


def answer_field(field: str, question: str) -> models.CharField:
    """One answer of the access profile."""
    return said_alike(
        term_field(
            Answer,
            Answer.UNKNOWN,
            verbose_name=ACCESS_ANSWERS.get(field, field.replace("_", " ")),
            help_text=question,
        )
    )


class AccessEventQuerySet(RecordQuerySet):
    def lookalikes_of(self, event: "AccessEvent", evaluators: set[int]) -> list["AccessEvent"]:
        """Other events of the same lab, model, evaluators (by primary key), activity and timing."""
        alike = self.filter(
            lab_id=event.lab_id, model_id=event.model_id, activity=event.activity, timing=event.timing
        ).exclude(pk=event.pk)
        return [
            other
            for other in alike.prefetch_related("participations")
            if {part.evaluator_id for part in other.participations.all()} == evaluators
        ]


@with_few_names
class AccessEvent(Record):
    """An occasion on which outsiders got access to a model, or did not (methodology, sections 1, 4 and 5)."""

    lab = models.ForeignKey(Lab, on_delete=models.PROTECT, related_name="events")
    model = models.ForeignKey(
        AIModel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name="AI model",
        help_text="Which release. Empty: the source does not say; the page then says “not stated”.",
    )
    evaluators = models.ManyToManyField(Evaluator, through="Participation", related_name="events")
    activity = term_field(
        Activity,
        Activity.UNKNOWN,
        help_text="What outsiders did. Only “model evaluation” counts as one: red-teaming, safeguards testing and "
        "audits are shown on their own.",
    )
    outcome = term_field(
        Outcome,
        Outcome.UNKNOWN,
        help_text="“access refused” and “confirmed that none took place” need a quote that says so.",
    )
    timing = term_field(
        Timing,
        Timing.UNKNOWN,
        help_text="When against the release. If the source does not say, leave “not disclosed”; the site finds launch "
        f"documents by itself. Launch document: {Word.LAUNCH_DOCUMENT.explanation}",
    )
    mode = said_alike(term_field(Mode, Mode.UNKNOWN, help_text="How they worked with the model."))
    started_on = EDTFField("started")
    started_on_earliest = earliest_of("started_on")
    started_on_latest = latest_of("started_on")
    ended_on = EDTFField("ended")
    ended_on_earliest = earliest_of("ended_on")
    ended_on_latest = latest_of("ended_on")
    access_days = models.PositiveSmallIntegerField(
        "days of access",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
        help_text="Calendar days of access before the release. Working days × 7/5, rounded down. Empty: not disclosed.",
    )
    domains = TermsField(
        "risk domains",
        terms=Domain,
        help_text="What was tested for. None ticked: the source names none. “other”: it names one outside this list.",
    )
    no_safety_filters = answer_field("no_safety_filters", "Were the safety filters off?")
    helpful_only = answer_field("helpful_only", "Was there a version without harmlessness training?")
    fine_tuning = answer_field("fine_tuning", "Could they fine-tune the model?")
    weights = answer_field("weights", "Did they have the weights?")
    raw_reasoning = answer_field("raw_reasoning", "Did they see the raw chain of thought?")
    internal_information = answer_field("internal_information", "Did the lab share information that is not public?")
    final_version = answer_field("final_version", "Did they test the version that was released?")
    lab_support = answer_field("lab_support", "Did staff of the lab help them?")
    mitigations_argued = said_alike(
        term_field(
            Answer,
            Answer.UNKNOWN,
            verbose_name="mitigations argued for in the safety case",
            help_text="Did the lab argue in its safety case that what was left on may be relied on?",
        )
    )
    results = term_field(Results, Results.UNKNOWN, help_text="Where the results were published.")
    free_to_publish = said_alike(
        term_field(
            Answer,
            Answer.UNKNOWN,
            verbose_name="free to publish",
            help_text="Could the evaluator publish without the lab's approval?",
        )
    )
    summary = models.TextField(help_text="Two sentences at most, in our own words, of what the sources say.")
    lowered_to = term_field(
        EventLowering,
        EventLowering.AS_CITED,
        verbose_name="certainty",
        help_text=f"{Word.CERTAINTY.explanation} An editor may lower it, with a reason; nobody can raise it.",
    )
    lowered_because = models.TextField(
        "reason for lowering it", blank=True, help_text="Needed when certainty is lowered. Shown on the page."
    )
    is_distinct = models.BooleanField(
        "distinct from events that look alike",
        default=False,
        help_text="Tick it if another event has the same lab, model, evaluators, activity and timing, yet is another.",
    )

    objects = RecordManager.from_queryset(AccessEventQuerySet)()
    url_name = "labs:event_detail"
    guarded = dict.fromkeys(("lowered_to", "lowered_because"), "labs.lower_certainty")

    class Meta:
        verbose_name = "access event"
        ordering = ("key",)
        constraints = [
            *is_one_of(
                "accessevent",
                activity=Activity,
                outcome=Outcome,
                timing=Timing,
                mode=Mode,
                results=Results,
                free_to_publish=Answer,
                mitigations_argued=Answer,
                lowered_to=EventLowering,
                **dict.fromkeys(ACCESS_ANSWERS, Answer),
            ),
            *desk_constraints("accessevent"),
            are_terms("accessevent", "domains", Domain),
            *bounds_in_order("accessevent", "started_on", "ended_on"),
            in_order("accessevent", "started_on", "ended_on"),
            models.CheckConstraint(
                name="accessevent_access_days_in_range",
                condition=Q(access_days__isnull=True) | Q(access_days__gte=1, access_days__lte=MOST_DAYS),
                violation_error_message=f"Days of access lie between 1 and {MOST_DAYS}; empty: not disclosed.",
            ),
            models.CheckConstraint(
                name="accessevent_lowering_has_a_reason",
                condition=Q(lowered_to=EventLowering.AS_CITED.value, lowered_because="")
                | (~Q(lowered_to=EventLowering.AS_CITED.value) & ~Q(lowered_because="")),
                violation_error_message="A lowered certainty needs a reason, and a reason needs a lowered certainty.",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def known_from(self) -> dt.date | None:
        return first_public(self.citations.all())

    def clean(self) -> None:
        super().clean()
        if self.model is not None and self.lab_id and self.model.lab_id != self.lab_id:
            raise ValidationError(
                {"model": f"{self.model} is a release of {self.model.lab}. Choose a release of {self.lab}."}
            )
        self._check_against_release()

    def check_parts(self, parts: Mapping[str, Sequence[Any]]) -> None:
        check_citations(parts["citations"])
        check_answers(self, parts["citations"])
        check_evaluators(self, [part.evaluator for part in parts["participations"]])

    def _check_against_release(self) -> None:
        """A test before the release cannot start after it, and cannot last longer than until the release."""
        released = self.model.released_on_latest if self.model else None
        started = self.started_on_earliest
        if self.timing not in BEFORE_RELEASE or released is None or started is None:
            return
        if started > released:
            raise ValidationError(
                {
                    "started_on": f"It starts after {self.model} was released ({self.model.released_on_label}). "
                    f"Choose the timing “{Timing.AFTER_DEPLOYMENT.label}”, or correct the dates."
                }
            )
        longest = (released - started).days + 1
        if self.access_days is not None and self.access_days > longest:
            raise ValidationError(
                {
                    "access_days": f"From its start to the release of {self.model} there are at most {longest} days. "
                    "Enter the days before the release only, or correct the dates."
                }
            )


class Participation(Part):
    """One evaluator's part in an access event, which can be less certain than the event (methodology, section 1)."""

    event = models.ForeignKey(AccessEvent, on_delete=models.CASCADE, related_name="participations")
    evaluator = models.ForeignKey(Evaluator, on_delete=models.PROTECT, related_name="participations")
    lowered_to = term_field(
        LinkLowering,
        LinkLowering.AS_EVENT,
        verbose_name="certainty of this evaluator's part",
        help_text="Lower it where the source is less sure of this evaluator than of the event.",
    )
    lowered_because = models.TextField(
        "reason for lowering it", blank=True, help_text="Why it is lowered. Shown on the page."
    )

    record_field = "event"
    identity = ("evaluator",)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["event", "evaluator"],
                name="participation_is_unique",
                violation_error_message="This evaluator is named already.",
            ),
            *is_one_of("participation", lowered_to=LinkLowering),
            models.CheckConstraint(
                name="participation_reason_needs_a_lowering",
                condition=Q(lowered_because="") | ~Q(lowered_to=LinkLowering.AS_EVENT.value),
                violation_error_message="A reason needs a lowered certainty.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.evaluator)

    def clean(self) -> None:
        super().clean()
        event = getattr(self, "event", None)  # in a form, one that is not saved yet
        if event and self.evaluator_id and self.evaluator.lab_id and self.evaluator.lab_id == event.lab_id:
            raise ValidationError(
                {"evaluator": f"{self.evaluator} is the lab itself; an evaluator is someone outside it."}
            )


class AccessEventCitation(Citation):
    """A quote on an access event."""

    record = models.ForeignKey(AccessEvent, on_delete=models.CASCADE, related_name="citations")
    supports = TermsField(terms=EventField, help_text="What of this record the quote backs.")

    class Meta(Citation.Meta):
        constraints = [*Citation.Meta.constraints, are_terms("accesseventcitation", "supports", EventField)]


def check_evaluators(event: AccessEvent, evaluators: Collection[Evaluator]) -> None:
    """An event has an evaluator, and does not look like another event unless it is marked as distinct.

    Events look alike if lab, release, evaluators, activity and timing are the same. Each participation checks that its
    evaluator is not the lab itself.

    Raises ValidationError, which names the other event.
    """
    if not evaluators:
        raise ValidationError(NO_EVALUATOR, code="no_evaluator")
    if event.is_distinct:
        return
    others = AccessEvent.objects.lookalikes_of(event, {evaluator.pk for evaluator in evaluators})
    if others:
        names = ", ".join(f"“{other}”" for other in others)
        mark = AccessEvent._meta.get_field("is_distinct").verbose_name
        raise ValidationError(
            f"It looks like {names}: same lab, release, evaluators, activity and timing. Add to that record instead, "
            f"or mark this one as “{mark}”.",
            code="lookalike",
        )


def check_answers(event: AccessEvent, citations: Collection[Citation]) -> None:
    """An answer of the access profile other than "not disclosed" needs a quote that supports it (section 1).

    A quote that supports the whole profile supports each answer. Raises ValidationError that names them all.
    """
    supported = {field for citation in citations for field in citation.supports}
    if EventField.ACCESS in supported:
        return
    bare = [
        label
        for question, label in ACCESS_ANSWERS.items()
        if getattr(event, question) != Answer.UNKNOWN and f"access.{question}" not in supported
    ]
    if bare:
        raise ValidationError(
            f"No quote supports the answer on: {', '.join(bare)}. Tick it at the citation that says so, or answer "
            f"“{Answer.UNKNOWN.label}”.",
            code="unsupported_answer",
        )
