"""What every answer of the site carries."""

from collections.abc import Callable

from typing import Any

from django.http import HttpRequest, HttpResponse

from evaltracker.parameters import DEFAULT_WINDOW, requested_weights
from labs.parameters import requested_day, requested_window

# Nothing inline and nothing from elsewhere: a page can only run and show what this site serves.
# (`data:` images are the small icons in Django's admin stylesheet.)
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class SecurityHeadersMiddleware:
    """Adds the headers that Django's SecurityMiddleware does not know.

    That one, placed before this, sets Referrer-Policy and X-Content-Type-Options.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class KeptParametersMiddleware:
    """Checks the day, the window and the weights on every public page, for each link carries them further.

    Raises BadParameters, which becomes a 400 page that says what is allowed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        if request.resolver_match is None or request.resolver_match.app_name == "admin":
            return
        requested_day(request.GET)
        requested_window(request.GET, DEFAULT_WINDOW)
        requested_weights(request.GET)
