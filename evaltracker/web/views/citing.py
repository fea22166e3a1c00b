"""What every page is cited as, as a file."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from evaltracker.web.in_process import serve
from labs.rules.citing import Reference
from labs.web.citing import citation_file


def cite(request: HttpRequest, page: str, ending: str) -> HttpResponseBase:
    """The citation of the page in whose folder this address lies, with all parameters of that page.

    Where the page is gone or bad, it answers as the page does; of a page that has moved it leads to the new one.
    """
    served = serve(request.META, f"/{page}", request.META["QUERY_STRING"], answered_at=request.path)
    response = served.response
    if response.status_code in (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND):
        path, mark, query = response["Location"].partition("?")
        return HttpResponseRedirect(f"{path}cite.{ending}{mark}{query}")
    reference: Reference | None = getattr(served.request, "cited", None)
    if response.status_code != HTTPStatus.OK:
        return response
    if reference is None:
        raise Http404(f"/{page} is nothing to cite.")
    return citation_file([reference], ending, reference.key)
