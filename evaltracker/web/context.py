"""What every page needs: the day that it is for, up to when the records are complete, and the data's version."""

import datetime as dt
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from labs.models import DataVersion
from labs.queries import records_complete_to
from labs.queries.editions import data_version, newest_edition
from labs.rules.method import METHOD_VERSION
from labs.web.old_figures import AskedVersions
from labs.web.parameters import VERSIONS, BadParameters, address, permalink, requested_day, today


def site(request: HttpRequest) -> dict[str, Any]:
    """``site``: the day, the versions and the addresses that every page needs."""
    return {"site": Site(request)}


class Site:
    """What the pages of the site say of it. Each is found when it is first used, for an error needs few."""

    method_version = METHOD_VERSION

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._asked: AskedVersions | None = getattr(request, "asked_versions", None)

    @cached_property
    def as_of(self) -> dt.date:
        """The day of the page."""
        try:
            return requested_day(self._request.GET)
        except BadParameters:  # on the 400 page about it
            return today()

    @property
    def is_past(self) -> bool:
        """Whether that is a day before today."""
        return self.as_of < today()

    @cached_property
    def complete_to(self) -> dt.date | None:
        """The day to which the records are complete."""
        return records_complete_to()

    @property
    def edition(self) -> str:
        """The newest edition of the records; "" where there is none."""
        edition = newest_edition()
        return edition.version if edition else ""

    @cached_property
    def data_version(self) -> str:
        """The data version of the page; "" where no edition gives it a name."""
        return data_version()

    @property
    def today_url(self) -> str:
        """This page as of today."""
        query = self._request.GET.copy()
        query.pop("as_of", None)
        return address(self._request.path, query, **dict.fromkeys(VERSIONS))

    @property
    def old_version(self) -> DataVersion | None:
        """The data version of the page, if that is not the newest."""
        return self._asked.data if self._asked is not None and self._asked.is_old else None

    @property
    def newest_version(self) -> str:
        """The newest data version, on a page that was asked for with one."""
        return self._asked.newest if self._asked is not None else ""

    @property
    def newest_url(self) -> str:
        """This page with the newest data version."""
        return address(self._request.path, self._request.GET, **dict.fromkeys(VERSIONS))

    @cached_property
    def permalink(self) -> dict[str, Any]:
        """Its address with the day and the versions, and these."""
        version = self.data_version
        fixed = {"data_version": version, "method_version": str(METHOD_VERSION)} if version else {}
        request = self._request
        return {
            "url": permalink(address(request.path, request.GET, as_of=self.as_of.isoformat(), **fixed)),
            "as_of": self.as_of,
            "data_version": version or "none yet",
            "method_version": METHOD_VERSION,
        }
