"""Figures at a data version of the reader's choice: recomputed from the histories, and kept on disk once made."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from labs.actions.kept_figures import FigureName, KeptFigure, keep_figure, read_figure
from labs.models import DataVersion
from labs.queries.editions import data_version, find_data_version
from labs.queries.kept import at_version, records
from labs.rules.method import METHOD_VERSION
from labs.rules.numbers import as_number
from labs.web.formats import COLUMNS, PAGE, Format
from labs.web.parameters import KEPT, BadParameters, ParameterProblem, address, refuse_unknown

VERSIONS = ("data_version", "method_version")
"""The parameters that choose both."""

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class RequestedVersions:
    """The data version, and the version of the method, that a request asks for."""

    data: DataVersion
    method: int


def at_asked_version(*, is_file: bool) -> Callable[[View], View]:
    """Let a page or a file of figures be asked for with ``data_version``, and with ``method_version`` besides.

    Then it takes only a day, which has to be given, a window and weights; its view allows both names. A file with the
    method's own weights is kept once it was made, and fetched ever after as it was. By an older version of the method
    there is only what was kept.

    Raises BadParameters for versions that there are not, and for what was not kept.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def with_versions(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            request.takes_versions = True  # then the permalink has them
            asked = requested_versions(request)
            if asked is None:
                return view(request, **kwargs)
            request.asked_versions = asked
            bound = partial(view, **kwargs)
            # JSON says when it was fetched, and so is made anew.
            if not is_file or kwargs.get("ending", Format.CSV) != Format.CSV or COLUMNS in request.GET:
                if asked.method != METHOD_VERSION:
                    raise _not_kept(asked)
                with _at(asked.data):
                    return _named(bound(request), asked)
            return _file(bound, request, asked)

        return with_versions

    return decorate


def requested_versions(request: HttpRequest) -> RequestedVersions | None:
    """The versions in ``data_version`` and ``method_version``; None where neither is given.

    Raises BadParameters for what is no version, for a data version without a day, and for other parameters beside it.
    """
    parameters = request.GET
    if not any(name in parameters for name in VERSIONS):
        return None
    refuse_unknown(parameters, [*KEPT, *VERSIONS, COLUMNS, PAGE], [COLUMNS])
    newest, text = data_version(), parameters.get("data_version", "")
    problems = []
    found = find_data_version(text)
    if found is None:
        allowed = [f"{newest}, the newest; /data/versions/ lists all"] if newest else ["none yet"]
        problems.append(ParameterProblem("data_version", text, "There is no such data version.", allowed))
    written = parameters.get("method_version", str(METHOD_VERSION))
    method = as_number(written)
    if method is None or str(method) != written or not 1 <= method <= METHOD_VERSION:
        allowed = [str(number) for number in range(METHOD_VERSION, 0, -1)]
        problems.append(ParameterProblem("method_version", written, "There is no such version of the method.", allowed))
    if "as_of" not in parameters:
        sentence = "A figure of a data version is of a day: say which."
        problems.append(ParameterProblem("as_of", "", sentence, ["a day such as 2024-05-24"]))
    if problems or found is None or method is None:
        raise BadParameters(problems)
    return RequestedVersions(found, method)


def _at(version: DataVersion) -> AbstractContextManager[None]:
    return at_version(None if records().version == version else version)


def _file(view: View, request: HttpRequest, asked: RequestedVersions) -> HttpResponse:
    """The file: as it was kept, else made now."""
    parameters = {name: request.GET[name] for name in sorted(request.GET) if name in KEPT}
    is_kept = "weights" not in parameters
    name = FigureName(address(request.path, parameters), str(asked.data), str(asked.data.stamp), asked.method)
    figure = read_figure(name) if is_kept else None
    if figure is None:
        if asked.method != METHOD_VERSION:
            raise _not_kept(asked)
        figure = _made(view, request, asked)
        if is_kept:
            keep_figure(name, figure)
    response = HttpResponse(figure.body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{figure.file_name}"'
    return _named(response, asked)


def _made(view: View, request: HttpRequest, asked: RequestedVersions) -> KeptFigure:
    with _at(asked.data):
        response = view(request)
        is_stream = isinstance(response, StreamingHttpResponse)
        body = b"".join(response.streaming_content) if is_stream else response.content
    return KeptFigure(response["Content-Disposition"].split('"')[1], body)


def _named(response: HttpResponseBase, asked: RequestedVersions) -> HttpResponseBase:
    response["Data-Version"], response["Method-Version"] = str(asked.data), str(asked.method)
    return response


def _not_kept(asked: RequestedVersions) -> BadParameters:
    sentence = (
        "It was not kept under this version of the method, and cannot be made by it any more. Pages are never kept; "
        "files of the headline, the scorecards and the verdicts are, once somebody asked for them."
    )
    allowed = [f"{METHOD_VERSION}, by which it is computed now"]
    return BadParameters([ParameterProblem("method_version", str(asked.method), sentence, allowed)])
