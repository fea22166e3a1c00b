"""Passwords that somebody set for another person: until that person has chosen their own, both can act as them."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

COUNTS_FOR = dt.timedelta(days=14)
"""How long a given password counts after its person has chosen one of their own. The site cannot tell who chose:
whoever set the old one may have, until the person finds that theirs no longer works."""


class GivenPasswordQuerySet(models.QuerySet):
    def open(self) -> "GivenPasswordQuerySet":
        """Those whose person has not chosen one of their own yet."""
        return self.filter(counts_until=None)

    def counting(self, at: Any) -> "GivenPasswordQuerySet":
        """Those by which whoever gave them may be acting at a moment, which may be an expression."""
        return self.filter(Q(counts_until=None) | Q(counts_until__gt=at), given_at__lte=at)


class GivenPassword(models.Model):
    """A password of one person that another one set, or a second factor that another one took away. Never public."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="given_passwords")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="Nobody: somebody on the server.",
    )
    given_at = models.DateTimeField(default=timezone.now)
    counts_until = models.DateTimeField(null=True)  # set when the person chooses a password of their own

    objects = GivenPasswordQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["person", "counts_until"], name="given_to_a_person")]
        constraints = [
            models.CheckConstraint(
                name="givenpassword_is_by_somebody_else",
                condition=Q(given_by__isnull=True) | ~Q(given_by=F("person")),
                violation_error_message="Nobody gives a password to themselves.",
            ),
            models.CheckConstraint(
                name="givenpassword_counts_after_it_was_given",
                condition=Q(counts_until__isnull=True) | Q(counts_until__gt=F("given_at")),
                violation_error_message="It counts for some time after it was given.",
            ),
        ]

    def __str__(self) -> str:
        return f"for {self.person}, {self.given_at:%Y-%m-%d}"
