"""Reads the parameters of a request, refuses those that no page has, and writes addresses."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils import timezone

from labs.models import Lab
from labs.queries.kept import records
from labs.queries.public_keys import current_key
from labs.rules.access import Window
from labs.rules.dates import YEARS
from labs.rules.numbers import as_number

VERSIONS = ("data_version", "method_version")
"""The parameters that choose the data version of a page, and the version of the method."""

KEPT = ("as_of", "window", "weights", *VERSIONS)
"""The parameters of the whole site: each link keeps them."""

READABLE = ":,"
"""What addresses hold as it is, for people read them: ``weights=evaluated:25,depth:15``."""


@dataclass(frozen=True, slots=True)
class ParameterProblem:
    """A parameter that is not valid: what was given, what is wrong with it, what is allowed."""

    parameter: str
    value: str
    message: str
    allowed: list[str] = field(default_factory=list)


class BadParameters(BadRequest):
    """A request that no page can answer as it is; it becomes a 400 page that lists the problems."""

    def __init__(self, problems: Iterable[ParameterProblem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{each.parameter}: {each.message}" for each in self.problems))


def today() -> dt.date:
    """The day of the request; no other function of the pages reads the clock."""
    return timezone.localdate()


def requested_page(parameters: Mapping[str, str], last: int) -> int:
    """The page of a list in ``page``; without it, the first. Raises BadParameters for one beyond the last."""
    text = parameters.get("page", "1")
    number = as_number(text)
    if number is None or not 1 <= number <= last:
        raise BadParameters([ParameterProblem("page", text, "There is no such page.", [f"1 to {last}"])])
    return number


def requested_day(parameters: Mapping[str, str]) -> dt.date:
    """The day in ``as_of``; without it, today (methodology, section 2).

    Raises BadParameters for anything but a day written as 2024-05-24, and for days in the future or before all dates.
    """
    text = parameters.get("as_of")
    if text is None:
        return today()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    # Besides this form, fromisoformat reads 20240524 and weeks such as 2024-W21-5.
    if day is None or day.isoformat() != text:
        raise BadParameters([ParameterProblem("as_of", text, "This is not a day.", ["a day such as 2024-05-24"])])
    if day.year < YEARS[0]:
        raise BadParameters([ParameterProblem("as_of", text, "No record is that old.", [f"from {YEARS[0]}-01-01"])])
    if day > today():
        raise BadParameters(
            [ParameterProblem("as_of", text, "Nobody can know yet what will be known by then.", [f"up to {today()}"])]
        )
    return day


def requested_window(parameters: Mapping[str, str], default: Window) -> Window:
    """The window in ``window`` (methodology, section 3). Raises BadParameters for an unknown one."""
    text = parameters.get("window", default.value)
    if text not in Window.values():
        raise BadParameters([ParameterProblem("window", text, "There is no such window of releases.", Window.values())])
    return Window(text)


def requested_labs(parameters: QueryDict) -> list[str]:
    """The keys of the labs in ``lab``, each once; of one that was merged, that of the lab into which it was merged.

    A lab that is public no more is among them. Raises BadParameters for what was never a public lab.
    """
    keys = {key: current_key(Lab, key) for key in parameters.getlist("lab")}
    if unknown := [key for key, found in keys.items() if found is None]:
        allowed = list(records()[Lab].by_key)
        raise BadParameters([ParameterProblem("lab", key, "There is no such lab.", allowed) for key in unknown])
    return list(dict.fromkeys(found for found in keys.values() if found is not None))


def window_choices(parameters: QueryDict, chosen: Window) -> list[dict[str, Any]]:
    """The windows as links to this page, everything else kept: {label, url, is_chosen}."""
    return [
        {
            "label": window.label,
            "url": address("", parameters, window=window.value),
            "is_chosen": window is chosen,
        }
        for window in Window
    ]


def refuse_unknown(parameters: QueryDict, allowed: Iterable[str], repeatable: Iterable[str] = ()) -> None:
    """Raise BadParameters for names that the page does not have, and for single values given twice.

    A misspelt filter would otherwise show everything without a warning. Campaign tags (``utm_…``) are allowed.
    """
    names, repeatable = list(allowed), set(repeatable)
    problems = [
        ParameterProblem(name, parameters[name], "This page has no such parameter.", names)
        for name in parameters
        if name not in names and not name.startswith("utm_")
    ]
    problems += [
        ParameterProblem(name, ", ".join(values), "This can be given only once.", ["one value"])
        for name, values in parameters.lists()
        if name in names and name not in repeatable and len(values) > 1
    ]
    if problems:
        raise BadParameters(problems)


def address(path: str, parameters: QueryDict | Mapping[str, str], **changes: str | list[str] | None) -> str:
    """The address of a page with these parameters, each of ``changes`` set to its value or left out if that is None.

    An empty path means the page that is being shown; without parameters its address is "?".
    """
    lists = dict(parameters.lists()) if isinstance(parameters, QueryDict) else {}
    query: dict[str, str | list[str] | None] = {**parameters, **lists, **changes}
    pairs = [
        f"{quote(name, READABLE)}={quote(str(each), READABLE)}"
        for name, value in query.items()
        if value is not None
        for each in (value if isinstance(value, list) else [value])
    ]
    return _joined(path, "&".join(pairs)) or "?"


def absolute(path: str) -> str:
    """The whole address of a page of ours, for what is read elsewhere. The host of a request plays no part in it.

    Where the settings do not say where the site is, it is that of a site on this machine.
    """
    return f"{settings.SITE_URL}{path}"


def permalink(path: str) -> str:
    """The address that a page gives itself: a whole one if the settings say where the site is, else the path."""
    return f"{settings.PERMALINKS_AT}{path}"


def kept_parameters(parameters: QueryDict) -> dict[str, str]:
    """The parameters that each link keeps."""
    return {name: parameters[name] for name in KEPT if name in parameters}


def with_kept(path: str, parameters: Mapping[str, str]) -> str:
    """The address of a page with the parameters of this page that the site keeps."""
    if not parameters:
        return path
    return _joined(path, _kept_query(*map(parameters.get, KEPT)))


@lru_cache(maxsize=100)
def _kept_query(*values: str | None) -> str:
    """Cached: a page has a hundred links, and all of them keep the same parameters."""
    return address("", {name: value for name, value in zip(KEPT, values, strict=True) if value is not None})[1:]


def _joined(path: str, query: str) -> str:
    if not query:
        return path
    path, mark, place = path.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{query}{mark}{place}"
