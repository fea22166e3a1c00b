"""Headers of every response, one data version for every request, and refusals of bad parameters on every page."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from evaltracker.web.parameters import DEFAULT_WINDOW, requested_weights
from evaltracker.web.public_answers import READING
from labs.models.addresses import one_root
from labs.queries.editions import data_version
from labs.queries.kept import one_version, public_state
from labs.rules.method import METHOD_VERSION
from labs.web.old_figures import asked_versions, reading, refuse_older_method
from labs.web.parameters import BadParameters, requested_day, requested_window
from labs.web.problems import is_data, problem_response

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
ADMIN = "/admin/"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class SecurityHeadersMiddleware:
    """Adds the headers that Django's SecurityMiddleware does not have, and all that fit to what it never sees.

    An answer that brings a policy of its own is one to be framed. Images, figures and files may be shown by any site;
    nothing of the desk may (Fetch standard, Cross-Origin-Resource-Policy).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Content-Security-Policy" not in response.headers:
            response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
            response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        whose = "same-origin" if request.path_info.startswith(ADMIN) else "cross-origin"
        response.headers.setdefault("Cross-Origin-Resource-Policy", whose)
        return response


class DataAddressesMiddleware:
    """Lets the pages of any site read the addresses for programs, and refuses there what only asks to change something.

    Pages refuse that too, but for the desk's and those that take a form (``takes_forms``).

    Nothing at these addresses depends on who asks, so no credentials are allowed with it (Fetch standard, CORS).
    """

    METHODS = ("GET", "HEAD", "OPTIONS")
    OF_PAGES = ("GET", "HEAD")
    OF_DESK = ("GET", "HEAD", "POST")
    EXPOSED = ("Data-Version", "Method-Version", "Link", "Content-Disposition")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_data(request.path_info):
            return self.get_response(request)
        allowed = ", ".join(self.METHODS)
        if request.method == "OPTIONS":
            response = HttpResponse(status=HTTPStatus.NO_CONTENT)
            del response["Content-Type"]
            response["Allow"] = response["Access-Control-Allow-Methods"] = allowed
            response["Access-Control-Allow-Headers"] = "*"
            response["Access-Control-Max-Age"] = "86400"
        elif request.method not in self.METHODS:
            detail = f"This address can be read only: {allowed}."
            response = problem_response(request, HTTPStatus.METHOD_NOT_ALLOWED, detail) or HttpResponse(
                detail, status=HTTPStatus.METHOD_NOT_ALLOWED, content_type="text/plain; charset=utf-8"
            )
            response["Allow"] = allowed
        else:
            response = self.get_response(request)
        links = [f'<{reverse("api_description")}>; rel="service-desc"', response.get("Link", "")]
        response["Link"] = ", ".join(filter(None, links))
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = ", ".join(self.EXPOSED)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], *_: object) -> HttpResponse | None:
        """Refuse what a page does not take, before a form is looked for in the request."""
        match = request.resolver_match
        is_desk = match is not None and match.app_name == "admin"
        methods = self.OF_DESK if is_desk or getattr(view, "takes_forms", False) else self.OF_PAGES
        if request.method in methods:
            return None
        allowed = ", ".join(methods)
        return HttpResponse(
            f"This address takes only {allowed}.\n",
            status=HTTPStatus.METHOD_NOT_ALLOWED,
            content_type="text/plain; charset=utf-8",
            headers={"Allow": allowed},
        )


class DataVersionMiddleware:
    """Lets a request read all records from one data version, and ask for that version once.

    A public page reads one state of the database, in however many queries; ``request.made_of`` says which. Who is
    signed in is asked before: that may end a session, which is a write.

    The data version is the one in the address of a public page or file (``labs.web.old_figures``), else the newest. An
    address that names versions which there are not is refused when its page was found.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(ADMIN):
            with one_version(), one_root():
                return self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            bool(request.user.is_authenticated)
        with public_state() if request.method in READING else one_version() as made_of:
            request.made_of = made_of
            try:
                asked, request.refusal = asked_versions(request), None
            except BadParameters as refusal:
                asked, request.refusal = None, refusal
            request.asked_versions = asked
            with reading(asked), one_root():
                return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], *_: object) -> None:
        """Refuse what the versions in the address cannot give."""
        if (refusal := getattr(request, "refusal", None)) is not None:
            raise refusal
        if not getattr(view, "is_kept_on_disk", False):
            refuse_older_method(request)


class KeptParametersMiddleware:
    """Refuses a bad day, window or weight on every public page, because every link would keep it.

    It runs after the page: a page that reads these parameters itself names all problems at once. Raises BadParameters,
    which becomes a 400 page that says what is allowed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code == HTTPStatus.OK and match is not None and match.app_name != "admin":
            requested_day(request.GET)
            requested_window(request.GET, DEFAULT_WINDOW)
            requested_weights(request.GET)
        return response


class VersionHeadersMiddleware:
    """Says in every public answer of which data version and by which method version it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code == HTTPStatus.OK and match is not None and match.app_name != "admin":
            if version := data_version():
                response.headers.setdefault("Data-Version", version)
            response.headers.setdefault("Method-Version", str(METHOD_VERSION))
        return response
