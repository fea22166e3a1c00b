"""What programs that list the web ask for."""

from django.http import Http404, HttpRequest, HttpResponse

from evaltracker.web.parameters import request_parameters
from evaltracker.web.sitemap import addresses, index_xml, parts_of, robots_text, sitemap_xml

XML = "application/xml; charset=utf-8"


def sitemap(request: HttpRequest) -> HttpResponse:
    """The addresses of all public pages; where they are too many for one file, the files that hold them."""
    request_parameters(request.GET)
    parts = parts_of(addresses())
    return HttpResponse(sitemap_xml(addresses()) if len(parts) < 2 else index_xml(len(parts)), content_type=XML)


def sitemap_part(request: HttpRequest, number: int) -> HttpResponse:
    """One of several files of addresses."""
    request_parameters(request.GET)
    parts = parts_of(addresses())
    if len(parts) < 2 or not 1 <= number <= len(parts):
        raise Http404("There is no such part of the sitemap.")
    return HttpResponse(sitemap_xml(parts[number - 1]), content_type=XML)


def robots(request: HttpRequest) -> HttpResponse:
    """What such programs may ask for."""
    request_parameters(request.GET)
    return HttpResponse(robots_text(), content_type="text/plain; charset=utf-8")
