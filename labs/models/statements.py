"""Statements: sentences of a source that are no event and no promise, with the events that bear on them."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from labs.models.base import Record, desk_constraints, quote_problem
from labs.models.events import AccessEvent
from labs.models.sources import Source


class Statement(Record):
    """What a source says of outside evaluation in general. The methodology page shows it; no rule reads it."""

    text = models.CharField(
        "statement", max_length=300, help_text="The sentence in our own words. The methodology page shows it."
    )
    about = models.CharField(max_length=80, blank=True, help_text="Its topic in a few words, such as “cost of access”.")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="statements")
    quote = models.TextField(help_text="Word for word as the source has it. The page shows it.")
    related_events = models.ManyToManyField(
        AccessEvent,
        related_name="statements",
        blank=True,
        verbose_name="events that bear on it",
        help_text="The pages of these access events show the statement.",
    )

    _history_m2m_fields = (related_events,)  # read by django-simple-history

    class Meta:
        ordering = ("key",)
        constraints = [
            *desk_constraints("statement"),
            models.CheckConstraint(
                name="statement_has_a_text_and_a_quote",
                condition=~Q(text="") & ~Q(quote=""),
                violation_error_message="A statement needs its sentence and the words of its source.",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def known_from(self) -> dt.date:
        return self.source.public_on

    def clean(self) -> None:
        super().clean()
        if problem := quote_problem(self.quote):
            raise ValidationError({"quote": problem})

    def get_absolute_url(self) -> str:
        """The statement on the methodology page."""
        return f"{reverse('methodology')}#statement-{self.key}"
