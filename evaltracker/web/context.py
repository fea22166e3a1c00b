"""What every page says about itself: the day it holds for, how far the records go, and the data's version."""

from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from labs.models import Edition
from labs.web.parameters import BadParameters, requested_day, today


def site(request: HttpRequest) -> dict[str, Any]:
    """``site``: as_of, is_past, complete_to, data_version, today_url, permalink. Read from the database when used."""
    return {"site": SimpleLazyObject(lambda: _site(request))}


def _site(request: HttpRequest) -> dict[str, Any]:
    try:
        day = requested_day(request.GET)
    except BadParameters:  # the page that says so
        day = today()
    query = request.GET.copy()
    query.pop("as_of", None)
    today_url = f"{request.path}?{query.urlencode(safe=':,')}" if query else request.path
    query["as_of"] = day.isoformat()
    edition = Edition.objects.first()
    return {
        "as_of": day,
        "is_past": day < today(),
        "complete_to": edition.complete_to if edition else None,
        "data_version": edition.version if edition else "",
        "today_url": today_url,
        "permalink": {
            "url": _absolute(request, f"{request.path}?{query.urlencode(safe=':,')}"),
            "as_of": day,
            "data_version": edition.version if edition else "none yet",
        },
    }


def _absolute(request: HttpRequest, address: str) -> str:
    """The whole address; under the site's own name where the request came with one that is not ours."""
    try:
        return request.build_absolute_uri(address)
    except DisallowedHost:  # the page that says so
        return f"{settings.SITE_URL}{address}"
