"""The data package of each data version, and the page that explains its tables."""

import datetime as dt
import hashlib
from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response

from evaltracker.web.package.contents import Package, Selection
from evaltracker.web.package.files import PackageFiles
from evaltracker.web.package.requested import refuse_others, requested_selection
from evaltracker.web.package.tables import TABLES, TABLES_BY_NAME, VIEWS
from evaltracker.web.parameters import request_parameters
from labs.actions.kept_figures import FigureName, KeptFigure, keep_figure, read_figure
from labs.models import DataVersion
from labs.queries.editions import data_version, find_data_version
from labs.queries.kept import at_version, kept, records
from labs.rules.data_package import EDTF_WORDS, GUARD_WORDS, UNKNOWN
from labs.rules.method import METHOD_VERSION
from labs.web.parameters import BadParameters, ParameterProblem, address

LATEST = "latest"
MOST_KEPT = 200
"""So many files of packages are kept for one data version and one version of the method."""

_WHOLE = (
    ("package_zip", ".zip", "CSV, with datapackage.json, CSV on the Web, a dictionary, the method, citations."),
    ("package_sqlite", ".sqlite", "One SQLite database, with types, keys and views."),
    ("package_datasette", "-datasette.json", "Titles and descriptions for Datasette."),
)
_PARTS = (
    ("as_of=2024-05-24", "what was publicly known by the day."),
    ("lab=openai&lab=anthropic", "the records about these labs, and all that they refer to."),
    ("evaluator=metr", "the tests of an evaluator, and the promises that name it."),
    ("model=gpt-4", "what there is about a release."),
)

Make = Callable[[PackageFiles], bytes]


def package_zip(request: HttpRequest, version: str) -> HttpResponseBase:
    """The package: CSV, with its descriptions for programs and people."""
    return _file(request, version, "package_zip", {}, ".zip", "application/zip", PackageFiles.zipped)


def package_sqlite(request: HttpRequest, version: str) -> HttpResponseBase:
    """All tables in one SQLite file."""
    return _file(request, version, "package_sqlite", {}, ".sqlite", "application/vnd.sqlite3", PackageFiles.sqlite)


def package_datasette(request: HttpRequest, version: str) -> HttpResponseBase:
    """The metadata with which Datasette shows the SQLite file."""
    ending, kind = "-datasette.json", "application/json"
    return _file(request, version, "package_datasette", {}, ending, kind, PackageFiles.datasette)


def package_parquet(request: HttpRequest, version: str, table: str) -> HttpResponseBase:
    """One table as Parquet. Raises BadParameters for a table that there is not."""
    if table not in TABLES_BY_NAME:
        raise BadParameters([ParameterProblem("table", table, "There is no such table.", list(TABLES_BY_NAME))])
    ending, kind = f"-{table}.parquet", "application/vnd.apache.parquet"

    def make(files: PackageFiles) -> bytes:
        return files.parquet(TABLES_BY_NAME[table])

    return _file(request, version, "package_parquet", {"table": table}, ending, kind, make)


def package_page(request: HttpRequest) -> HttpResponse:
    """Where the package is, and every table of it with its columns, their types and what they mean."""
    request_parameters(request.GET)
    version = data_version()
    context = {
        "nav": "data",
        "version": version,
        "files": [
            {"label": f"evaltracker-{version}{ending}", "url": reverse(name, args=[version]), "about": about}
            for name, ending, about in _WHOLE
            if version
        ],
        "parts": [
            {"address": f"/data/evaltracker-{version}.zip?{query}", "about": about}
            for query, about in _PARTS
            if version
        ],
        "tables": [
            (table, reverse("package_parquet", args=[version, table.name]) if version else "") for table in TABLES
        ],
        "views": list(VIEWS),
        "unknown": UNKNOWN,
        "edtf": EDTF_WORDS,
        "guard": GUARD_WORDS,
    }
    return render(request, "evaltracker/package.html", context)


def _file(
    request: HttpRequest, version: str, url_name: str, more: dict[str, str], ending: str, content_type: str, make: Make
) -> HttpResponseBase:
    """A file of the package of a data version: as it was kept, else made now.

    ``latest`` redirects to the newest. Raises BadParameters for a version that there is not, for a day, and for a key
    that was never public.
    """
    refuse_others(request.GET)
    newest = data_version()
    if version == LATEST and newest:
        path = reverse(url_name, kwargs={"version": newest, **more})
        response: HttpResponse = HttpResponseRedirect(address(path, request.GET) if request.GET else path)
        response["Cache-Control"] = "no-cache"
        return response
    found = find_data_version(version)
    if found is None:
        allowed = [f"{newest}, the newest; /data/versions/ lists all"] if newest else ["none yet"]
        raise BadParameters([ParameterProblem("data_version", version, "There is no such data version.", allowed)])
    with at_version(None if version == newest else found):
        selection = requested_selection(request.GET)
        files = PackageFiles(Package(found, selection))
        name = f"{files.name}{ending}"
        of_all = partial(_files, selection.day)
        body = _kept(request.path, found, selection, name, lambda: make(files if selection.is_filtered else of_all()))
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Data-Version"], response["Method-Version"] = str(found), str(METHOD_VERSION)
    response["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


@kept(most=1)
def _files(day: dt.date | None) -> PackageFiles:
    """The files of all records, with the rows that were read for the first of them: there is one for each table."""
    version = records().version
    assert version is not None
    return PackageFiles(Package(version, Selection(day)))


def _kept(path: str, version: DataVersion, selection: Selection, file_name: str, make: Callable[[], bytes]) -> bytes:
    """The file as it was kept, else made now; one without a filter is kept, for all who ask for it later."""
    if selection.is_filtered:
        return make()
    of = f"{path}?{selection.words}" if selection.words else path
    name = FigureName(of, str(version), str(version.stamp), METHOD_VERSION, kind="packages")
    if (figure := read_figure(name)) is not None:
        return figure.body
    body = make()
    keep_figure(name, KeptFigure(file_name, body), most=MOST_KEPT)
    return body
