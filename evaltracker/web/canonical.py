"""The one address of a page, whatever of what it holds by default is written out."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, QueryDict
from django.urls import ResolverMatch

from commitments.rules.criteria import DEFAULT_WEIGHTS
from evaltracker.web.charts.registry import FIGURE
from evaltracker.web.parameters import DEFAULT_WINDOW, requested_weights
from labs.queries.editions import data_version
from labs.rules.access import Window
from labs.rules.method import METHOD_VERSION
from labs.web.parameters import BadParameters, absolute, address, today

PROMISES = "commitments"
"""The addresses of which the window is all time by default."""


def canonical_url(request: HttpRequest) -> str:
    """The address without campaign tags, empty fields and what is so by default, its parameters by name.

    It has the site's own name (``SITE_URL``).
    """
    match = request.resolver_match
    window = _default_window(match)
    kept = {
        name: values
        for name, values in sorted(request.GET.lists())
        if not name.startswith("utm_") and any(values) and not _is_default(name, request.GET, window)
    }
    return absolute(address(request.path, {}, **kept).removesuffix("?"))


def _default_window(match: ResolverMatch | None) -> Window:
    """The window of a page whose address names none."""
    if match is not None and (kind := FIGURE.get(match.kwargs.get("slug", ""))):
        return kind.window
    return Window.ALL if match is not None and match.namespace == PROMISES else DEFAULT_WINDOW


def _is_default(name: str, parameters: QueryDict, window: Window) -> bool:
    defaults: Mapping[str, Callable[[str], bool]] = {
        "as_of": lambda text: text == str(today()),
        "window": lambda text: text == window.value,
        "weights": lambda _: _has_weights_of_the_method(parameters),
        "page": lambda text: text == "1",
        "data_version": lambda text: text == data_version(),
        "method_version": lambda text: text == str(METHOD_VERSION),
    }
    return name in defaults and defaults[name](parameters[name])


def _has_weights_of_the_method(parameters: QueryDict) -> bool:
    try:
        return dict(requested_weights(parameters)) == dict(DEFAULT_WEIGHTS)
    except BadParameters:
        return False
