"""A password that somebody else set: it is noted, and its person is told."""

import logging
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from labs.actions.given_passwords import give_password

logger = logging.getLogger(__name__)


@transaction.atomic
def give(*, person: Any, by: Any, what: str = "password") -> None:
    """Note that somebody else (None: on the server) set a person's password or reset their second factor.

    The person is written to.
    """
    give_password(person=person, by=by)
    transaction.on_commit(partial(_tell, person, by, what))


def _tell(person: Any, by: Any, what: str) -> None:
    who = (by.get_full_name() or by.get_username()) if by is not None else "Somebody on the server"
    done = "set another password for you" if what == "password" else "reset your second factor"
    words = (
        f"{who} {done} at the desk of {settings.SITE_URL}.\n\n"
        "At your next log-in you choose a password of your own. Until then, and for 14 days after it, what is accepted "
        "in your name is marked, for whoever set it could act as you: “For you” lists it. If you did not ask for this, "
        "tell another administrator.\n"
    )
    write_to(person, f"somebody {done}", words)


def write_to(person: Any, subject: str, words: str) -> None:
    """Write to a person who has an address. Where there is no mail server, or it fails, the log says so."""
    if not person.email:
        return
    try:
        EmailMessage(f"EvalTracker: {subject}", words, to=[person.email]).send()
    except OSError:  # SMTPException is one
        logger.exception("Person %s could not be told: %s", person.pk, subject)
