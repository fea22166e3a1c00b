"""Who makes this, how it is checked, how to write to us, and what becomes of an error."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from commitments.queries import record_counts
from evaltracker.web.parameters import request_parameters
from labs.queries.checks import checked_counts, checked_sentence
from labs.queries.editions import editions
from labs.web.parameters import today


def about(request: HttpRequest) -> HttpResponse:
    """The page, with its counts as of the day."""
    requested = request_parameters(request.GET)
    context = {
        "nav": "about",
        "counts": record_counts(requested.day, requested.day < today()),
        "editions": editions(),
        "checked_sentence": checked_sentence(),
        "checked_counts": checked_counts(),
        "contact": settings.CONTACT_EMAIL,
    }
    return render(request, "evaltracker/about.html", context)
