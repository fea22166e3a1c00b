"""Pages of facts that show what only the site knows of them: replies, and what was promised."""

from django.http import HttpRequest, HttpResponse

from commitments.queries import replies_of
from evaltracker.web.presenters.release import promised_for
from labs.web import views


def event_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One access event with what labs and evaluators replied to it."""
    return views.event_detail(request, key, more=lambda event: {"replies": replies_of(event.record, event.day)})


def model_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One release with what its lab had promised for it."""
    return views.model_detail(
        request, key, more=lambda release: {"promised": promised_for(release.day, release.key, request.GET)}
    )
