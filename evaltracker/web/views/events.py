"""The page of an access event: the facts, and the replies to them."""

from django.http import HttpRequest, HttpResponse

from commitments.queries import replies_of
from labs.web import views


def event_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One access event with what labs and evaluators replied to it."""
    return views.event_detail(request, key, more=lambda event: {"replies": replies_of(event.record, event.day)})
