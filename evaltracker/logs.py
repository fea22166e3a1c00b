"""What the log leaves out, and what it says of letters where there is no mail server."""

import logging
from collections.abc import Sequence

from django.core.exceptions import BadRequest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)


class ShortBadRequests(logging.Filter):
    """One line for an address that cannot be answered: it is no error of ours, and needs no traceback.

    A traceback would also print the address's text as it came, line breaks included; Django's own line escapes it.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], BadRequest):
            record.exc_info = None
        return True


class NoMail(BaseEmailBackend):
    """Sends nothing: the log has one line for each letter, without its text."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            logger.warning("No mail server (EMAIL_URL), not sent to %s: %r", ", ".join(message.to), message.subject)
        return 0
