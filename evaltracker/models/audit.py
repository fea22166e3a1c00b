"""The audit log: who signed in, and who changed what anybody may do."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone

from evaltracker.choices import AuditKind
from labs.models.fields import is_one_of, term_field


class AppendOnly(models.QuerySet):
    """Rows that are added, read, and nothing else."""

    def update(self, *_args: Any, **_values: Any) -> NoReturn:
        """Raises TypeError, always."""
        raise TypeError("The audit log is only added to.")

    delete = bulk_update = update  # type: ignore[assignment]


class AuditEntry(models.Model):
    """What one person did to another, or to themselves. Never public, never changed, never deleted.

    It holds no password, no network address and no name that somebody typed: what is not of a person says so in words.
    The database itself refuses to change, replace or delete a row (migrations 0009 and 0011).
    """

    at = models.DateTimeField(default=timezone.now, db_index=True)
    kind = term_field(AuditKind, None)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Nobody: a visitor, or somebody on the server.",
    )
    whom = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=300, blank=True)

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ("-at", "-pk")
        default_permissions = ("view",)
        verbose_name = "entry of the audit log"
        verbose_name_plural = "audit log"
        indexes = [models.Index(fields=["whom", "kind", "at"], name="audit_of_a_person")]
        constraints = is_one_of("auditentry", kind=AuditKind)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises TypeError for an entry that is stored already."""
        if not self._state.adding:
            raise TypeError("The audit log is only added to.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Raises TypeError, always."""
        raise TypeError("The audit log is only added to.")
