"""Editions of the data, which make figures citable."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from labs.models.base import history
from labs.models.fields import CleanTextModel


class EditionManager(models.Manager):
    def get_by_natural_key(self, version: str) -> "Edition":
        return self.get(version=version)


class Edition(CleanTextModel):
    """A citable edition of the records: its version and the day up to which releases are complete."""

    version = models.CharField(max_length=20, unique=True, help_text="Such as 2026.11; stands beside every figure.")
    complete_to = models.DateField(
        help_text="Releases up to this day have been entered. What came later may be missing: our gap, not a lab's."
    )
    note = models.TextField(blank=True, help_text="What changed since the edition before.")

    history = history()
    objects = EditionManager()

    class Meta:
        ordering = ("-complete_to", "-version")
        get_latest_by = ("complete_to", "version")

    def clean(self) -> None:
        super().clean()
        if self.complete_to is not None and self.complete_to > timezone.localdate():
            raise ValidationError({"complete_to": "The day is in the future: releases cannot be complete up to it."})
        stored = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        if stored and stored.version != self.version and stored.data_versions.exists():
            raise ValidationError({"version": f"Figures name {stored}: an edition keeps its name."})

    def __str__(self) -> str:
        return self.version

    def natural_key(self) -> tuple[str]:
        return (self.version,)
