"""What each person at the desk wants to be told."""

from django.conf import settings
from django.db import models


class NoticeChoice(models.Model):
    """What one person is told, at the desk and by e-mail. Without a row: everything."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choice")
    waiting = models.BooleanField("waiting for my review", default=True)
    sent_back = models.BooleanField("sent back to me", default=True)
    reply_due = models.BooleanField("a reply is due", default=True)
    noted = models.BooleanField(
        "notes on what I follow",
        default=True,
        help_text="You follow what you wrote, what you wrote a note on, and what was given to you.",
    )
    by_mail = models.BooleanField(
        "also by e-mail", default=True, help_text="At most one e-mail for each run, and only if something is new."
    )
    mailed_at = models.DateTimeField(null=True, blank=True, editable=False)  # up to when everything was told by mail

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.person)
