"""What every page needs: the day that it is for, up to when the records are complete, and the data's version."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from labs.queries import records_complete_to
from labs.queries.editions import data_version, newest_edition
from labs.rules.method import METHOD_VERSION
from labs.web.parameters import VERSIONS, BadParameters, address, permalink, requested_day, today


def site(request: HttpRequest) -> dict[str, Any]:
    """``site``: the day, the versions and the addresses that every page needs. Computed when used."""
    return {"site": SimpleLazyObject(lambda: _site(request))}


def _site(request: HttpRequest) -> dict[str, Any]:
    try:
        day = requested_day(request.GET)
    except BadParameters:  # on the 400 page about it
        day = today()
    query = request.GET.copy()
    query.pop("as_of", None)
    edition = newest_edition()
    versions = {"data_version": data_version(), "method_version": str(METHOD_VERSION)}
    fixed = versions if data_version() else {}
    asked = getattr(request, "asked_versions", None)
    return {
        "as_of": day,
        "is_past": day < today(),
        "complete_to": records_complete_to(),
        "edition": edition.version if edition else "",
        "data_version": data_version(),
        "method_version": METHOD_VERSION,
        "today_url": address(request.path, query, **dict.fromkeys(VERSIONS)),
        "old_version": asked.data if asked is not None and asked.is_old else None,
        "newest_version": asked.newest if asked is not None else "",
        "newest_url": address(request.path, request.GET, **dict.fromkeys(VERSIONS)),
        "permalink": {
            "url": permalink(address(request.path, request.GET, as_of=day.isoformat(), **fixed)),
            "as_of": day,
            "data_version": data_version() or "none yet",
            "method_version": METHOD_VERSION,
        },
    }
