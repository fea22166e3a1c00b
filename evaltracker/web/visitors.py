"""From where a request comes."""

from django.conf import settings
from django.http import HttpRequest


def visitor_address(request: HttpRequest) -> str:
    """The visitor's network address; behind a proxy that we trust, the one that this proxy saw."""
    if settings.TRUST_X_FORWARDED_FOR:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR", "")
