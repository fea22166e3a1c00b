"""Addresses of pages on the web, as records hold them and public pages link to them."""

import re
from urllib.parse import urlsplit

ALLOWED = (
    "an address that begins with https:// or http://, without a user name or password, blanks and control characters"
)
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


def address_problem(address: str) -> str:
    """What is wrong with an address of a record, in a sentence; "" for a good one.

    Refused are other schemes than http and https, a user name or password before the host (RFC 3986, section 3.2.1),
    with which a link looks as if it led elsewhere, and all that no reader can see: blanks, control characters, marks
    that turn the direction of writing.
    """
    if not address.isprintable() or " " in address:
        return "It has a blank or a character that cannot be seen."
    if not _SCHEME.match(address):
        return "It does not begin with https:// or http://."
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "Its host or port is not one."
    if "@" in parts.netloc:
        return "It has a user name or password before the host."
    if not host or "\\" in parts.netloc:
        return "It names no host."
    return ""
