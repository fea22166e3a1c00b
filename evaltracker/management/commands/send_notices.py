"""Tell people at the desk by e-mail what is new for them."""

import smtplib
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from evaltracker.actions.notices import choice_of, mark_mailed
from evaltracker.notices import notices_of, words_of_mail
from labs.web.parameters import today


class Command(BaseCommand):
    """Exit codes: 0 done; 1 some e-mail could not be sent, and is tried again with the next run."""

    help = (
        "Sends one e-mail to each person at the desk for whom something is new: what waits for their review, what was "
        "sent back to them, which replies are due, new notes on what they follow. Run it every hour or so. Each person "
        "chooses at the desk."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        failed = []
        for person in User.objects.filter(is_active=True).exclude(email="").order_by("pk"):
            choice, now = choice_of(person), timezone.now()
            if not choice.by_mail:
                continue
            words = words_of_mail(notices_of(person, choice, today()), choice.mailed_at, settings.SITE_URL)
            if words is None:
                continue
            try:
                send_mail(words[0], words[1], None, [person.email])
            except (OSError, smtplib.SMTPException) as error:
                failed.append(f"{person.get_username()}: {error}")
                continue
            mark_mailed(person=person, at=now)
            self.stdout.write(f"{person.get_username()}: {words[0]}")
        if failed:
            raise CommandError("Not sent: " + "; ".join(failed))
