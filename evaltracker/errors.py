"""Pages for what went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from labs.parameters import BadParameters


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: which parameter cannot be answered, and what is allowed."""
    problems = exception.problems if isinstance(exception, BadParameters) else []
    return render(request, "400.html", {"problems": problems, "clear_url": request.path}, status=400)
