"""What the log says of letters where there is no mail server."""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)


class NoMail(BaseEmailBackend):
    """Sends nothing: the log has one line for each letter, without its text and without those to whom it goes."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            logger.warning("No mail server (EMAIL_URL), a letter to %d was not sent.", len(message.recipients()))
        return 0
