"""Replies: what a lab or an evaluator answers to our records, in its own words."""

import datetime as dt

from django.db import models
from django.db.models import Q

from commitments.models.promises import Commitment
from labs.models import AccessEvent, Evaluator, Lab
from labs.models.base import Record, desk_constraints
from labs.models.fields import WebAddressField


class Reply(Record):
    """What we asked a lab or an evaluator about one of our records, and its answer, verbatim.

    Without an answer it is an open question, or an unanswered one after its deadline. No rule reads it.
    """

    event = models.ForeignKey(
        AccessEvent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replies",
        verbose_name="access event",
    )
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="replies")
    lab = models.ForeignKey(
        Lab,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replies",
        verbose_name="lab's page",
        help_text="What it is about: an access event, a commitment, or all that we say of a lab. Exactly one.",
    )
    by_lab = models.ForeignKey(
        Lab,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replies_given",
        help_text="Whose word it is: a lab or an evaluator. Exactly one.",
    )
    by_evaluator = models.ForeignKey(
        Evaluator, on_delete=models.PROTECT, null=True, blank=True, related_name="replies_given"
    )
    question = models.TextField(blank=True, help_text="What we asked. Empty: they wrote without being asked.")
    asked_on = models.DateField("asked", null=True, blank=True, help_text="The day on which we asked.")
    answer_by = models.DateField("answer by", null=True, blank=True, help_text="The day by which we asked for one.")
    answered_on = models.DateField("answered", null=True, blank=True)
    text = models.TextField("answer", blank=True, help_text="Verbatim. Empty: no answer yet.")
    published_url = WebAddressField(
        "where they published it", max_length=500, blank=True, help_text="Empty: it was sent to us only."
    )
    outcome = models.TextField(
        "what changed because of it", blank=True, help_text="In our own words; “nothing, because …” is an answer too."
    )

    class Meta:
        verbose_name_plural = "replies"
        ordering = ("asked_on", "answered_on", "key")
        constraints = [
            *desk_constraints("reply"),
            models.CheckConstraint(
                name="reply_is_about_one_thing",
                condition=Q(event__isnull=False, commitment__isnull=True, lab__isnull=True)
                | Q(event__isnull=True, commitment__isnull=False, lab__isnull=True)
                | Q(event__isnull=True, commitment__isnull=True, lab__isnull=False),
                violation_error_message="Choose what it is about: an access event, a commitment or a lab, exactly one.",
            ),
            models.CheckConstraint(
                name="reply_is_by_one_side",
                condition=Q(by_lab__isnull=False, by_evaluator__isnull=True)
                | Q(by_lab__isnull=True, by_evaluator__isnull=False),
                violation_error_message="Choose whose word it is: a lab or an evaluator, exactly one.",
            ),
            models.CheckConstraint(
                name="reply_answer_has_a_day",
                condition=Q(text="", answered_on__isnull=True) | (~Q(text="") & Q(answered_on__isnull=False)),
                violation_error_message="An answer needs its day, and a day of an answer its words.",
            ),
            models.CheckConstraint(
                name="reply_was_asked_or_given",
                condition=Q(asked_on__isnull=False) | Q(answered_on__isnull=False),
                violation_error_message="Enter the day on which we asked, or the answer with its day.",
            ),
            models.CheckConstraint(
                name="reply_question_has_a_day",
                condition=Q(asked_on__isnull=True, question="", answer_by__isnull=True)
                | (Q(asked_on__isnull=False) & ~Q(question="")),
                violation_error_message="What we asked and by when an answer is due go with the day of asking.",
            ),
            models.CheckConstraint(
                name="reply_days_in_order",
                condition=(Q(answer_by__isnull=True) | Q(answer_by__gte=models.F("asked_on")))
                & (Q(asked_on__isnull=True) | Q(answered_on__isnull=True) | Q(answered_on__gte=models.F("asked_on"))),
                violation_error_message="An answer, and the day by which it was due, cannot lie before the asking.",
            ),
        ]

    def __str__(self) -> str:
        return f"{'Reply of' if self.text else 'Question to'} {self.speaker} on {self.about}"

    @property
    def known_from(self) -> dt.date | None:
        """Since it was asked; the answer came later."""
        days = (self.asked_on, self.answered_on)
        return min((day for day in days if day is not None), default=None)

    @property
    def about(self) -> Record:
        """The record that it is about."""
        return self.event or self.commitment or self.lab

    @property
    def speaker(self) -> Record:
        """Whose word it is."""
        return self.by_lab or self.by_evaluator

    def get_absolute_url(self) -> str:
        """The reply on the page of the record that it is about."""
        return f"{self.about.get_absolute_url()}#reply-{self.key}"
