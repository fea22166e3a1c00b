"""What people at the desk agreed on about an item of the worklist."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from labs.models.fields import CleanTextModel


class TaskMark(CleanTextModel):
    """An item of the worklist that is put off, needs nothing, or is somebody's. Never public.

    ``subject`` names the item within its task. "Nothing to do" holds as long as the item says what it ``said`` then.
    """

    task = models.CharField(max_length=40)
    subject = models.CharField(max_length=300)
    snoozed_until = models.DateField(null=True, blank=True)
    is_settled = models.BooleanField(default=False)
    said = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    marked_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["task", "subject"], name="taskmark_is_unique"),
            models.CheckConstraint(
                name="taskmark_has_a_reason",
                condition=~Q(reason="") | Q(snoozed_until__isnull=True, is_settled=False),
                violation_error_message="Say why.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.subject}"
