"""Report packs: a page with rows as a zip."""

from http import HTTPStatus
from tempfile import SpooledTemporaryFile

from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from evaltracker.web.in_process import serve
from evaltracker.web.pack import material_of, write_pack
from labs.queries.editions import data_version
from labs.web.parameters import requested_day

IN_MEMORY = 4 << 20
"""Larger packs are written to disk."""


def pack(request: HttpRequest, page: str) -> HttpResponseBase:
    """The report pack of the page in whose folder this address lies, with all parameters of that page.

    Where the page is gone or bad, it answers as the page does; of a page that has moved it leads to the new one.
    """
    served = serve(request.META, f"/{page}", request.META["QUERY_STRING"], answered_at=request.path)
    if served.response.status_code in (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND):
        path, mark, query = served.response["Location"].partition("?")
        return HttpResponseRedirect(f"{path}pack.zip{mark}{query}")
    if served.response.status_code != HTTPStatus.OK:
        return served.response
    material = material_of(served.request)
    if material is None:
        raise Http404(f"/{page} has no report pack: a lab, a comparison and a list have one.")
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the response closes it)
    write_pack(file, served.request, material)  # type: ignore[arg-type]
    file.seek(0)
    name = "-".join(filter(None, ["evaltracker", *page.strip("/").split("/"), str(requested_day(request.GET))]))
    version = f"-data-{data_version()}" if data_version() else ""
    return FileResponse(file, as_attachment=True, filename=f"{name}{version}.zip", content_type="application/zip")
