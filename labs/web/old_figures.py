"""Pages and files at a data version of the reader's choice: read again from the histories.

Files of figures are kept on disk besides, once made, so that they can be fetched under a newer method too.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from labs.actions.kept_figures import FigureName, KeptFigure, keep_figure, read_figure
from labs.models import DataVersion
from labs.queries.editions import data_version, find_data_version, version_of_data
from labs.queries.kept import at_version
from labs.rules.method import METHOD_VERSION
from labs.rules.numbers import as_number
from labs.web.formats import Format
from labs.web.parameters import KEPT, VERSIONS, BadParameters, ParameterProblem, address

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class AskedVersions:
    """The data version and the version of the method that a request asks for. ``newest`` is the newest data version."""

    data: DataVersion
    method: int
    newest: str

    @property
    def is_old(self) -> bool:
        """Whether the data version is not the newest."""
        return str(self.data) != self.newest


def reading(asked: AskedVersions | None) -> AbstractContextManager[None]:
    """Let all inside read the records of the data version that was asked for; without one, the newest."""
    return at_version(asked.data) if asked is not None and asked.is_old else nullcontext()


def asked_versions(request: HttpRequest) -> AskedVersions | None:
    """The versions in ``data_version`` and ``method_version``; None where neither is given.

    Raises BadParameters for what is no version, and for a data version without a day.
    """
    parameters = request.GET
    if not any(name in parameters for name in VERSIONS):
        return None
    newest, text = data_version(), parameters.get("data_version", "")
    problems = []
    found = version_of_data() if newest and text == newest else find_data_version(text)
    if found is None:
        allowed = [f"{newest}, the newest; /data/versions/ lists all"] if newest else ["none yet"]
        problems.append(ParameterProblem("data_version", text, "There is no such data version.", allowed))
    written = parameters.get("method_version", str(METHOD_VERSION))
    method = as_number(written)
    if method is None or str(method) != written or not 1 <= method <= METHOD_VERSION:
        allowed = [str(number) for number in range(METHOD_VERSION, 0, -1)]
        problems.append(ParameterProblem("method_version", written, "There is no such version of the method.", allowed))
    if "as_of" not in parameters:
        sentence = "What a data version says is of a day: say which."
        problems.append(ParameterProblem("as_of", "", sentence, ["a day such as 2024-05-24"]))
    if problems or found is None or method is None:
        raise BadParameters(problems)
    return AskedVersions(found, method, newest)


def kept_on_disk(view: View) -> View:
    """Keep the files of a view that are asked for with ``data_version``, and fetch them ever after as they were.

    That are those for a day and a window, by the method's own weights and without filters. By an older version of the
    method there is only what was kept. Raises BadParameters for what was not.
    """

    @wraps(view)
    def with_files(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not hasattr(request, "asked_versions"):  # a command calls the view, without what middleware does
            request.asked_versions = asked_versions(request)
            with reading(request.asked_versions):
                return with_files(request, **kwargs)
        asked: AskedVersions | None = request.asked_versions
        # JSON says when it was fetched, and so is made anew.
        if asked is not None and kwargs.get("ending", Format.CSV) == Format.CSV and _is_plain(request):
            return _file(partial(view, **kwargs), request, asked)
        refuse_older_method(request)
        return view(request, **kwargs)

    with_files.is_kept_on_disk = True  # type: ignore[attr-defined]
    return with_files


def _is_plain(request: HttpRequest) -> bool:
    """Whether the address has nothing but the versions, a day and a window, each once."""
    names = [name for name, values in request.GET.lists() for _ in values if not name.startswith("utm_")]
    return len(set(names)) == len(names) and set(names) <= {*KEPT} - {"weights"}


def refuse_older_method(request: HttpRequest) -> None:
    """Raise BadParameters where a request asks for an older version of the method: nothing can be made by it again."""
    asked: AskedVersions | None = getattr(request, "asked_versions", None)
    if asked is not None and asked.method != METHOD_VERSION:
        raise _not_kept(asked)


def _file(view: View, request: HttpRequest, asked: AskedVersions) -> HttpResponse:
    """The file: as it was kept, else made now."""
    parameters = {name: request.GET[name] for name in sorted(request.GET) if name in KEPT and name not in VERSIONS}
    name = FigureName(address(request.path, parameters), str(asked.data), str(asked.data.stamp), asked.method)
    figure = read_figure(name)
    if figure is None:
        refuse_older_method(request)
        figure = _made(view(request))
        keep_figure(name, figure)
    response = HttpResponse(figure.body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{figure.file_name}"'
    response["Data-Version"], response["Method-Version"] = str(asked.data), str(asked.method)
    return response


def _made(response: HttpResponseBase) -> KeptFigure:
    is_stream = isinstance(response, StreamingHttpResponse)
    body = b"".join(response.streaming_content) if is_stream else response.content
    return KeptFigure(response["Content-Disposition"].split('"')[1], body)


def _not_kept(asked: AskedVersions) -> BadParameters:
    sentence = (
        "It was not kept under this version of the method, and cannot be made by it any more. Pages are never kept; "
        "files of the headline, the scorecards and the verdicts are, once somebody asked for them."
    )
    allowed = [f"{METHOD_VERSION}, by which it is computed now"]
    return BadParameters([ParameterProblem("method_version", str(asked.method), sentence, allowed)])
