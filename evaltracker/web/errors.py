"""Pages for errors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from labs.web.parameters import BadParameters, address


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: which parameter is not valid, and what is allowed.

    The links of the page keep the parameters of the request, without those that would lead to this page again.
    """
    problems = exception.problems if isinstance(exception, BadParameters) else []
    query = request.GET.copy()
    for problem in problems:
        query.pop(problem.parameter, None)
    request.GET = query
    return render(request, "400.html", {"problems": problems, "clear_url": address(request.path, query)}, status=400)
