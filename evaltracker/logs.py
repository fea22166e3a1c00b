"""What the log leaves out."""

import logging

from django.core.exceptions import BadRequest


class ShortBadRequests(logging.Filter):
    """One line for an address that cannot be answered: it is no error of ours, and needs no traceback.

    A traceback would also print the address's text as it came, line breaks included; Django's own line escapes it.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], BadRequest):
            record.exc_info = None
        return True
